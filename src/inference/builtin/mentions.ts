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
  return mentions.map((mention, index) => {
    const features = new Set<number>();
    addContext(features, mention, lines);
    for (const fact of standing(mention, index)) features.add(bucketOf(hashOf(fact)));
    return { value: mention.value, features: Uint32Array.from(features) };
  });
}

interface Word {
  start: number;
  end: number;
  hash: number;
}

interface Line {
  start: number;
  /** Its place among the lines that hold a word, from 0 to 7: how far down the text it stands. */
  depth: number;
  words: Word[];
}

const WORD = /\p{L}+|\d[\d.,:/-]*|[%#@*()$€£¥-]/gu;

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  let start = 0;
  for (const line of text.split("\n")) {
    const words = Array.from(line.matchAll(WORD), ({ 0: word, index }) => ({
      start: start + index,
      end: start + index + word.length,
      hash: hashOf(shapeOf(word)),
    }));
    lines.push({ start, depth: 0, words });
    start += line.length + 1;
  }
  const filled = lines.filter(({ words }) => words.length > 0);
  for (const [place, line] of filled.entries()) line.depth = Math.floor((place / filled.length) * 8);
  return lines;
}

/** Small letters; of a number only how long it is. */
const shapeOf = (word: string): string => (/\d/.test(word) ? `0${Math.min(6, word.length)}` : word.toLowerCase());

/** What a feature says of a word: seeds that keep "left of it" and "above it" apart. */
const NEAR_LEFT = [11, 12, 13];
const NEAR_RIGHT = [21, 22, 23];
const LEFT = 31;
const RIGHT = 32;
const PAIR = 33;
const AROUND = [
  [-1, 41],
  [-2, 42],
  [1, 43],
  [2, 44],
] as const;
const EDGE = 51;
const SIDE = 52;
const DEPTH = 53;

function addContext(features: Set<number>, { start, end, reading }: Mention, lines: readonly Line[]): void {
  const at = lineAt(lines, start);
  const line = lines[at]!;
  const add = (seed: number, hash: number) => features.add(bucketOf(Math.imul(hash, 31) + Math.imul(seed, 0x9e3779b1)));
  const left = line.words.filter((word) => word.end <= start);
  const right = line.words.filter((word) => word.start >= end);
  for (const [away, seed] of NEAR_LEFT.entries()) if (away < left.length) add(seed, left[left.length - 1 - away]!.hash);
  for (const [away, seed] of NEAR_RIGHT.entries()) if (away < right.length) add(seed, right[away]!.hash);
  for (const { hash } of left) add(LEFT, hash);
  for (const { hash } of right) add(RIGHT, hash);
  for (let i = 1; i < left.length; i++) add(PAIR, Math.imul(left[i - 1]!.hash, 17) ^ left[i]!.hash);
  for (const [away, seed] of AROUND) {
    const other = lines[at + away];
    if (other === undefined) add(EDGE, seed);
    else for (const { hash } of other.words) add(seed, hash);
  }
  add(SIDE, (left.length === 0 ? 1 : 0) + (right.length === 0 ? 2 : 0));
  add(DEPTH, line.depth);
  features.add(bucketOf(hashOf(`reading ${reading}`)));
}

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

function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), FNV_PRIME);
  return hash;
}

function bucketOf(hash: number): number {
  let mixed = hash ^ (hash >>> 15);
  mixed = Math.imul(mixed, 0x2c1b3c6d);
  mixed ^= mixed >>> 12;
  mixed = Math.imul(mixed, 0x297a2d39);
  return ((mixed ^ (mixed >>> 15)) >>> 0) % FEATURE_BUCKETS;
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
