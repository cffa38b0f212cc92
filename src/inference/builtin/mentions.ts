// The places of a text that may hold a field's value, each as hashed features of where it stands: the words around it, the lines above and below, how it was read, how it
// compares with the other places. It must not keep a word, and knows nothing of which place is right.
// Sequence: text (capped) -> every reading of the field's kind -> features of each.
import { readAmounts } from "./read-amounts.ts";
import { type Mention, readDates } from "./read-dates.ts";

export const VALUE_KINDS = ["date", "amount"] as const;
export type ValueKind = (typeof VALUE_KINDS)[number];

export interface Place {
  value: string;
  /** Hashed features, each once. */
  features: Uint32Array;
}

// As much as the classifier reads at most; and no text has a reason to mention more amounts than this.
const MAX_CHARACTERS = 16_000;
const MAX_PLACES = 400;

export const FEATURE_BUCKETS = 1 << 20;

export function placesOf(kind: ValueKind, text: string): Place[] {
  const read = text.slice(0, MAX_CHARACTERS);
  const mentions = (kind === "date" ? readDates(read) : readAmounts(read)).slice(0, MAX_PLACES).sort((a, b) => a.start - b.start);
  const lines = linesOf(read);
  const standing = standingOf(kind, mentions);
  return mentions.map((mention, index) => ({
    value: mention.value,
    features: hashed([...context(mention, lines, read), ...standing(mention, index)]),
  }));
}

interface Line {
  start: number;
  end: number;
  words: string[];
}

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  let start = 0;
  for (const line of text.split("\n")) {
    lines.push({ start, end: start + line.length, words: wordsOf(line) });
    start += line.length + 1;
  }
  return lines;
}

/** Small letters; a number is only as long as it is. */
const wordsOf = (text: string): string[] =>
  (text.toLowerCase().match(/\p{L}+|\d[\d.,:/-]*|[%#@*()$€£¥-]/gu) ?? []).map((word) =>
    /\d/.test(word) ? `0${Math.min(6, word.length)}` : word,
  );

function context({ start, end, reading }: Mention, lines: readonly Line[], text: string): string[] {
  const at = lineAt(lines, start);
  const line = lines[at]!;
  const left = wordsOf(text.slice(line.start, start));
  const right = wordsOf(text.slice(end, line.end));
  const near = (words: readonly string[], side: string) => words.slice(0, 3).map((word, index) => `${side}${index} ${word}`);
  const features = [
    `reading ${reading}`,
    ...near(left.toReversed(), "l"),
    ...near(right, "r"),
    ...left.map((word) => `left ${word}`),
    ...right.map((word) => `right ${word}`),
    ...pairs(left).map((pair) => `left2 ${pair}`),
    left.length === 0 ? "first" : right.length === 0 ? "last" : "inside",
    left.length === 0 && right.length === 0 ? "alone" : "",
  ];
  for (const [away, side] of [
    [-1, "up"],
    [-2, "up2"],
    [1, "down"],
    [2, "down2"],
  ] as const) {
    const words = lines[at + away]?.words ?? ["edge"];
    features.push(...words.map((word) => `${side} ${word}`));
  }
  // A label in a line of its own is often the only one above.
  const filled = lines.filter(({ words }) => words.length > 0);
  const place = filled.indexOf(line);
  features.push(`depth ${Math.floor((place / Math.max(1, filled.length)) * 8)}`);
  return features.filter((feature) => feature !== "");
}

const pairs = (words: readonly string[]): string[] => words.slice(1).map((word, index) => `${words[index]} ${word}`);

function lineAt(lines: readonly Line[], start: number): number {
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (lines[middle]!.start <= start) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** How a value stands among the others of its text: how often it is there, and how large, how late. */
function standingOf(kind: ValueKind, mentions: readonly Mention[]): (mention: Mention, index: number) => string[] {
  const times = new Map<string, number>();
  for (const { value } of mentions) times.set(value, (times.get(value) ?? 0) + 1);
  const firstAt = new Map<string, number>();
  for (const [index, { value }] of mentions.entries()) if (!firstAt.has(value)) firstAt.set(value, index);
  const sorted = [...times.keys()].sort((a, b) => (kind === "date" ? order(a, b) : Number(a) - Number(b)));
  const large = new Map(sorted.map((value, index) => [value, sorted.length - 1 - index]));
  const amounts = new Set(kind === "amount" ? sorted.map(cents) : []);
  const sums = new Map(
    kind === "amount" ? sorted.map((value) => [value, `${isSum(cents(value), amounts)} ${isDifference(cents(value), amounts)}`]) : [],
  );
  return ({ value, reading }, index) => {
    const count = Math.min(4, times.get(value)!);
    const rank = Math.min(5, large.get(value)!);
    const features = [
      `times ${count}`,
      `rank ${rank}`,
      `only ${sorted.length === 1}`,
      `order ${Math.min(4, index)}`,
      `again ${firstAt.get(value) !== index}`,
    ];
    if (kind === "amount") features.push(`decimals ${reading} ${rank}`, `times ${count} ${rank}`, `sum and change ${sums.get(value)}`);
    return features;
  };
}

/** In cents, so that sums are exact. */
const cents = (value: string): number => Math.round(Number(value) * 100);

function isSum(own: number, all: ReadonlySet<number>): boolean {
  for (const part of all) if (part > 0 && part < own && own - part !== part && all.has(own - part)) return true;
  return false;
}

/** What was paid less what was given back. */
function isDifference(own: number, all: ReadonlySet<number>): boolean {
  for (const larger of all) if (own > 0 && larger > own && larger - own !== own && all.has(larger - own)) return true;
  return false;
}

const FNV_PRIME = 0x01000193;

function hashed(features: readonly string[]): Uint32Array {
  const buckets = new Set<number>();
  for (const feature of features) {
    let hash = 0x811c9dc5;
    for (let i = 0; i < feature.length; i++) hash = Math.imul(hash ^ feature.charCodeAt(i), FNV_PRIME);
    hash ^= hash >>> 15;
    hash = Math.imul(hash, 0x2c1b3c6d);
    hash ^= hash >>> 13;
    buckets.add((hash >>> 0) % FEATURE_BUCKETS);
  }
  return Uint32Array.from(buckets);
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
