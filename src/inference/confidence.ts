// How sure the model was of each choice it made and each value it extracted, read from the probabilities of the tokens that spell them.
// It must not use the model's own words about its certainty, and never reports a number when tokens and text do not line up.
// Sequence: lay the tokens over the answer -> find each choice's value -> one token: compare with the labels it competed with;
// several tokens: the product of their probabilities. An extracted value: the geometric mean of its tokens, and the least of them beside it.

import type { FieldConfidence } from "../core/decision.ts";
import { type Span, scalarSpans } from "./json-spans.ts";
import type { ChoiceField } from "./output-schema.ts";

export interface TokenLogprob {
  token: string;
  /** Natural logarithm of the token's probability. */
  logprob: number;
  /** UTF-8 bytes; present because a token can hold a part of a character, which `token` then cannot show. */
  bytes?: readonly number[] | null;
  top_logprobs: readonly { token: string; logprob: number }[];
}

export interface MeasuredFields {
  readonly choices: readonly ChoiceField[];
  /** Paths of extracted values. */
  readonly values: readonly string[];
}

/** Confidence per field, or null when the tokens do not spell the answer or a field is missing from it. */
export function confidences(
  content: string,
  tokens: readonly TokenLogprob[],
  { choices, values }: MeasuredFields,
): Record<string, FieldConfidence> | null {
  const starts = tokenStarts(content, tokens);
  if (starts === null) return null;
  const spans = scalarSpans(content);
  const fields: Record<string, FieldConfidence> = {};
  for (const choice of choices) {
    const span = spans.get(choice.path);
    if (span === undefined) return null;
    fields[choice.path] = confidenceOf(content, tokens, starts, choice, span);
  }
  for (const path of values) {
    const span = spans.get(path);
    if (span === undefined) return null;
    fields[path] = extractOf(content, tokens, starts, span);
  }
  return fields;
}

/** The product would punish long values for being long; the mean hides one wild guess, so the least stands beside it. */
function extractOf(content: string, tokens: readonly TokenLogprob[], starts: readonly number[], span: Span): FieldConfidence {
  // An empty text is as much a value as another: then the quotes are all there is to measure.
  const inside = content[span.start] === '"' && span.end - span.start > 2 ? 1 : 0;
  const from = span.start + inside;
  const to = span.end - inside;
  let sum = 0;
  let count = 0;
  let least = 0;
  for (let i = 0; i < tokens.length && starts[i]! < to; i++) {
    if (starts[i + 1]! <= from) continue;
    const { logprob } = tokens[i]!;
    sum += logprob;
    least = Math.min(least, logprob);
    count++;
  }
  const known = (probability: number): number => (count > 0 && Number.isFinite(probability) ? Math.min(1, probability) : 0);
  return { confidence: known(Math.exp(sum / count)), alternatives: [], weakest: known(Math.exp(least)) };
}

export function leastConfident(fields: Record<string, FieldConfidence>): number {
  let least = 1;
  let any = false;
  for (const path in fields) {
    any = true;
    least = Math.min(least, fields[path]!.confidence);
  }
  return any ? least : 0;
}

/** Offsets in `content` at which each token starts, with the end appended; null when the tokens spell something else. */
function tokenStarts(content: string, tokens: readonly TokenLogprob[]): number[] | null {
  const starts: number[] = [0];
  let at = 0;
  let plain = true;
  for (const { token } of tokens) {
    if (plain && !content.startsWith(token, at)) plain = false;
    at += token.length;
    starts.push(at);
  }
  if (plain && at === content.length) return starts;
  return startsFromBytes(content, tokens);
}

/** A token that ends inside a character starts the next one at that character: the value's own tokens keep their places. */
function startsFromBytes(content: string, tokens: readonly TokenLogprob[]): number[] | null {
  const encoder = new TextEncoder();
  const text = encoder.encode(content);
  const characterAt = new Uint32Array(text.length + 1).fill(content.length);
  let byte = 0;
  let unit = 0;
  for (const character of content) {
    const length = encoder.encode(character).length;
    characterAt.fill(unit, byte, byte + length);
    byte += length;
    unit += character.length;
  }
  const starts: number[] = [0];
  let at = 0;
  for (const { token, bytes } of tokens) {
    const own = bytes ?? encoder.encode(token);
    for (let i = 0; i < own.length; i++) if (text[at + i] !== own[i]) return null;
    at += own.length;
    starts.push(characterAt[at] ?? content.length);
  }
  return at === text.length ? starts : null;
}

function confidenceOf(
  content: string,
  tokens: readonly TokenLogprob[],
  starts: readonly number[],
  choice: ChoiceField,
  span: Span,
): FieldConfidence {
  const quoted = content[span.start] === '"';
  const start = quoted ? span.start + 1 : span.start;
  const end = quoted ? span.end - 1 : span.end;
  const chosen = content.slice(start, end);
  // Inside quotes only the string labels compete; outside only true, false and null.
  const labels = choice.literals
    .filter((literal) => (literal[0] === '"') === quoted)
    .map((literal) => (quoted ? literal.slice(1, -1) : literal));
  // After "low" the quote still has to win against "lowest": then it belongs to the choice.
  const last = labels.some((label) => label !== chosen && label.startsWith(chosen)) ? end + 1 : end;

  const covering: number[] = [];
  let sum = 0;
  for (let i = 0; i < tokens.length && starts[i]! < last; i++) {
    if (starts[i + 1]! <= start) continue;
    covering.push(i);
    sum += tokens[i]!.logprob;
  }
  const first = covering[0];
  if (first === undefined) return { confidence: 0, alternatives: [] };

  const before = content.slice(starts[first]!, start);
  const rivals = competition(tokens[first]!, before, labels, quoted);
  if (covering.length === 1 && labels.includes(chosen)) {
    // The chosen token itself may be missing among the top tokens.
    const own = Math.max(rivals.byLabel.get(chosen) ?? 0, Math.exp(sum));
    rivals.byLabel.set(chosen, own);
    let total = rivals.undecided;
    for (const mass of rivals.byLabel.values()) total += mass;
    if (rivals.byLabel.size > 1) return result(chosen, own / total, rivals.byLabel, total);
  }
  return result(chosen, Math.min(1, Math.exp(sum)), rivals.byLabel, 1);
}

function result(chosen: string, confidence: number, byLabel: Map<string, number>, total: number): FieldConfidence {
  const alternatives: { value: string; probability: number }[] = [];
  for (const [label, mass] of byLabel) {
    if (label !== chosen) alternatives.push({ value: unescaped(label), probability: Math.min(1, mass / total) });
  }
  alternatives.sort((a, b) => b.probability - a.probability);
  // A provider that sends no number must not look certain, nor put NaN into a record.
  return { confidence: Number.isFinite(confidence) ? confidence : 0, alternatives };
}

const unescaped = (label: string): string => (label.includes("\\") ? String(JSON.parse(`"${label}"`)) : label);

/** Probability per label at one position, from the tokens that could have stood there. */
function competition(token: TokenLogprob, before: string, labels: readonly string[], quoted: boolean) {
  const byLabel = new Map<string, number>();
  // Mass of tokens that fit several labels: it belongs to none of them, but it may be another label, so it stays in the total.
  let undecided = 0;
  for (const rival of token.top_logprobs) {
    if (!rival.token.startsWith(before)) continue;
    const rest = rival.token.slice(before.length);
    const stop = quoted ? rest.indexOf('"') : rest.search(/[\s,}\]]/);
    const part = stop < 0 ? rest : rest.slice(0, stop);
    const fitting = stop < 0 ? labels.filter((label) => label.startsWith(part)) : labels.filter((label) => label === part);
    const mass = Math.exp(rival.logprob);
    if (fitting.length === 1) byLabel.set(fitting[0]!, (byLabel.get(fitting[0]!) ?? 0) + mass);
    else if (fitting.length > 1) undecided += mass;
  }
  return { byLabel, undecided };
}
