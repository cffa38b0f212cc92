// Finds what the record itself says about a person: the requester's name, address, number. It is compared word by word without case, accents or punctuation, so that
// "DOE, Joanna" is the "Joanna Doe" of the record. Pure. It knows the values it is given and nobody else.
import type { Span } from "./scan.ts";

/** Values of the record by kind ("person", "address", "email", "phone", "customer-number", …). */
export type Known = Readonly<Record<string, readonly string[]>>;

export interface KnownSpan extends Span {
  readonly kind: string;
  /** The record's own spelling. */
  readonly value: string;
}

interface Word extends Span {
  readonly folded: string;
  readonly isCapital: boolean;
}

interface Pattern {
  readonly kind: string;
  readonly value: string;
  readonly words: readonly string[];
  /** A part of a name counts where it is written as a name. */
  readonly capital: boolean;
}

/** Below this a part of a name is an initial, or a word of every day ("de", "of"). */
const LEAST_PART = 3;
/** What may stand between two words of one value: a comma and a line break, say. */
const GAP = 4;
/** A telephone number is told from its end: people leave out the country code. */
const PHONE_END = 8;

/** Letters without case and accents. */
export const folded = (text: string): string => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replaceAll("ß", "ss");

const wordsOf = (text: string): Word[] =>
  [...text.matchAll(/[\p{L}\p{M}\p{N}]+/gu)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    folded: folded(match[0]),
    isCapital: /^\p{Lu}/u.test(match[0]),
  }));

const digitsOf = (text: string): string => text.replace(/\D/g, "");

function patternsOf(known: Known): Map<string, Pattern[]> {
  const byFirst = new Map<string, Pattern[]>();
  const add = (pattern: Pattern) => {
    const [first] = pattern.words;
    if (first === undefined) return;
    const same = byFirst.get(first);
    if (same) same.push(pattern);
    else byFirst.set(first, [pattern]);
  };
  for (const [kind, values] of Object.entries(known)) {
    for (const value of values) {
      const words = wordsOf(value).map((word) => word.folded);
      if (words.join("").length < LEAST_PART) continue;
      add({ kind, value, words, capital: false });
      if (kind === "person" && words.length > 1) {
        add({ kind, value, words: [words.at(-1) as string, ...words.slice(0, -1)], capital: false });
        for (const word of words) if (word.length >= LEAST_PART) add({ kind, value, words: [word], capital: true });
      }
      if (kind === "address") {
        for (const line of value.split(/[,;\n]/)) {
          const part = wordsOf(line).map((word) => word.folded);
          if (part.length > 1 && part.join("").length >= 2 * LEAST_PART) add({ kind, value, words: part, capital: false });
        }
      }
    }
  }
  for (const same of byFirst.values()) same.sort((a, b) => b.words.length - a.words.length);
  return byFirst;
}

export function* findKnown(text: string, known: Known): Generator<KnownSpan> {
  const patterns = patternsOf(known);
  if (patterns.size === 0) return;
  const words = wordsOf(text);
  for (let first = 0; first < words.length; first++) {
    const found = patterns.get((words[first] as Word).folded)?.find((pattern) => holds(words, first, pattern));
    if (!found) continue;
    const last = first + found.words.length - 1;
    yield { kind: found.kind, value: found.value, start: (words[first] as Word).start, end: (words[last] as Word).end };
    first = last;
  }
  yield* findKnownPhones(text, known.phone ?? []);
}

const holds = (words: readonly Word[], first: number, { words: wanted, capital }: Pattern): boolean =>
  wanted.every((word, index) => {
    const here = words[first + index];
    if (!here || here.folded !== word || (capital && !here.isCapital)) return false;
    return index === 0 || here.start - (words[first + index - 1] as Word).end <= GAP;
  });

function* findKnownPhones(text: string, phones: readonly string[]): Generator<KnownSpan> {
  const ends = phones.flatMap((value) => {
    const digits = digitsOf(value);
    return digits.length >= PHONE_END ? [{ value, end: digits.slice(-PHONE_END) }] : [];
  });
  if (ends.length === 0) return;
  for (const match of text.matchAll(/[+(]{0,2}\d(?:[ ().\-/]{0,3}\d){7,16}/g)) {
    const digits = digitsOf(match[0]);
    const own = ends.find(({ end }) => digits.endsWith(end));
    if (own) yield { kind: "phone", value: own.value, start: match.index, end: match.index + match[0].length };
  }
}
