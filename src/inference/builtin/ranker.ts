// Which of a text's places holds the value: a weight per feature, softmax over the places, fitted so that the places with the right value get the most together.
// A value's probability is that of its places, times the share of texts in which the right value was among the places at all: what remains is "something else".
// It must not make a value up: a text without a place has no answer.
import { minimise } from "./lbfgs.ts";
import type { Place } from "./mentions.ts";

export interface RankerWeights {
  /** Known feature buckets, ascending. */
  buckets: Uint32Array;
  /** Weight per known bucket as whole numbers; times `scale` is the weight. */
  weights: Int16Array;
  scale: number;
}

export interface RankedText {
  places: readonly Place[];
  /** The right value. */
  own: string;
}

export interface Fitting {
  /** Weight of the data against the pull towards zero. */
  strength: number;
  maxIterations: number;
}

export function fitRanker(texts: readonly RankedText[], { strength, maxIterations }: Fitting): RankerWeights {
  const buckets = knownBuckets(texts);
  const rowOf = new Map(Array.from(buckets, (bucket, row) => [bucket, row]));
  // A text whose right value is at no place says nothing about which place is right.
  const learnable = texts
    .map(({ places, own }) => ({
      rows: places.map(({ features }) => rowsIn(features, rowOf)),
      right: places.map(({ value }) => value === own),
    }))
    .filter(({ right }) => right.includes(true) && right.includes(false));

  const evaluate = (x: Float64Array, gradient: Float64Array): number => {
    let loss = 0;
    for (let i = 0; i < x.length; i++) {
      loss += (x[i]! * x[i]!) / (2 * strength);
      gradient[i] = x[i]! / strength;
    }
    for (const { rows, right } of learnable) {
      const chance = shares(rows.map((own) => sum(own, x)));
      let mass = 0;
      for (let i = 0; i < chance.length; i++) if (right[i]) mass += chance[i]!;
      mass = Math.max(mass, 1e-12);
      loss -= Math.log(mass);
      for (let i = 0; i < chance.length; i++) {
        const pull = chance[i]! - (right[i] ? chance[i]! / mass : 0);
        for (const row of rows[i]!) gradient[row]! += pull;
      }
    }
    return loss;
  };
  return compact(buckets, minimise({ evaluate, start: new Float64Array(buckets.length), maxIterations }));
}

/** Score per value: the logarithm of what its places weigh together. In the order of the text. */
export function valueScores({ buckets, weights, scale }: RankerWeights, places: readonly Place[]): { value: string; score: number }[] {
  const found = new Map<string, number[]>();
  for (const { value, features } of places) {
    let score = 0;
    for (const feature of features) {
      const row = find(buckets, feature);
      if (row >= 0) score += weights[row]!;
    }
    const own = found.get(value);
    if (own) own.push(score * scale);
    else found.set(value, [score * scale]);
  }
  return [...found].map(([value, scores]) => {
    const highest = Math.max(...scores);
    return { value, score: highest + Math.log(scores.reduce((total, score) => total + Math.exp(score - highest), 0)) };
  });
}

/** What stands in two texts at least: a feature of one cannot generalise. */
function knownBuckets(texts: readonly RankedText[]): Uint32Array {
  const texted = new Map<number, number>();
  for (const { places } of texts) {
    for (const feature of new Set(places.flatMap(({ features }) => [...features]))) texted.set(feature, (texted.get(feature) ?? 0) + 1);
  }
  return Uint32Array.from([...texted].filter(([, count]) => count >= 2).map(([bucket]) => bucket)).sort();
}

const rowsIn = (features: Uint32Array, rowOf: ReadonlyMap<number, number>): Uint32Array =>
  Uint32Array.from([...features].flatMap((feature) => rowOf.get(feature) ?? []));

function sum(rows: Uint32Array, x: Float64Array): number {
  let total = 0;
  for (const row of rows) total += x[row]!;
  return total;
}

function shares(scores: readonly number[]): number[] {
  const highest = Math.max(...scores);
  const parts = scores.map((score) => Math.exp(score - highest));
  const total = parts.reduce((all, part) => all + part, 0);
  return parts.map((part) => part / total);
}

function find(sorted: Uint32Array, wanted: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! === wanted) return middle;
    if (sorted[middle]! < wanted) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

function compact(buckets: Uint32Array, exact: Float64Array): RankerWeights {
  let largest = 0;
  for (const weight of exact) largest = Math.max(largest, Math.abs(weight));
  const scale = largest > 0 ? largest / 32_767 : 1;
  return { buckets, weights: Int16Array.from(exact, (weight) => Math.round(weight / scale)), scale };
}
