// Which features a training set knows, how much each one tells (inverse document frequency), and a text as a weighted vector over them.
// Features the training set does not know still count in the vector's length: unfamiliar text gets weaker scores, so lower confidence.
// It must not look at labels.
import { BUCKETS } from "./features.ts";

/** More rows cost memory and bring nothing measurable; the rarest go first. */
export const MAX_ROWS = 20_000;

export interface Vocabulary {
  /** Known buckets, ascending; a feature's row is its place here. */
  buckets: Uint32Array;
  /** Inverse document frequency per row. */
  idf: Float32Array;
  /** The same for a bucket without a row. */
  unknownIdf: number;
  /** Row + 1 per bucket, 0 = unknown. Derived from buckets. */
  rowOf: Uint16Array;
}

export interface TextVector {
  rows: Uint16Array;
  values: Float32Array;
}

export function learnVocabulary(texts: readonly Uint32Array[]): Vocabulary {
  const documents = new Uint32Array(BUCKETS);
  const lastSeen = new Int32Array(BUCKETS).fill(-1);
  texts.forEach((buckets, index) => {
    for (const bucket of buckets) {
      if (lastSeen[bucket] === index) continue;
      lastSeen[bucket] = index;
      documents[bucket]!++;
    }
  });
  // A feature of a single text cannot generalise.
  let kept = Array.from(documents.keys()).filter((bucket) => documents[bucket]! >= 2);
  if (kept.length > MAX_ROWS) kept = kept.sort((a, b) => documents[b]! - documents[a]! || a - b).slice(0, MAX_ROWS);
  const buckets = Uint32Array.from(kept).sort();
  const idfOf = (count: number) => Math.log((1 + texts.length) / (1 + count)) + 1;
  const idf = Float32Array.from(buckets, (bucket) => idfOf(documents[bucket]!));
  return vocabularyOf(buckets, idf, idfOf(1));
}

export function vocabularyOf(buckets: Uint32Array, idf: Float32Array, unknownIdf: number): Vocabulary {
  const rowOf = new Uint16Array(BUCKETS);
  buckets.forEach((bucket, row) => {
    rowOf[bucket] = row + 1;
  });
  return { buckets, idf, unknownIdf, rowOf };
}

// Counts of the text at hand, always zero between calls.
const counts = new Uint16Array(MAX_ROWS);
let touched = new Uint16Array(1024);

// A word said ten times is not ten times the evidence. Looked up, because the logarithm was the dearest part of a prediction.
const DAMPED = Float64Array.from({ length: 64 }, (_, count) => 1 + Math.log(Math.max(1, count)));

/** Unit-length TF-IDF vector with damped counts. */
export function vectorOf(vocabulary: Vocabulary, buckets: Uint32Array): TextVector {
  if (touched.length < buckets.length) touched = new Uint16Array(buckets.length);
  let size = 0;
  let unknown = 0;
  for (let i = 0; i < buckets.length; i++) {
    const row = vocabulary.rowOf[buckets[i]!]! - 1;
    if (row < 0) unknown++;
    else if (counts[row]!++ === 0) touched[size++] = row;
  }
  const rows = touched.slice(0, size);
  const values = new Float32Array(size);
  let length = unknown * vocabulary.unknownIdf ** 2;
  for (let i = 0; i < size; i++) {
    const row = rows[i]!;
    const value = DAMPED[Math.min(63, counts[row]!)]! * vocabulary.idf[row]!;
    counts[row] = 0;
    values[i] = value;
    length += value * value;
  }
  const scale = length > 0 ? 1 / Math.sqrt(length) : 0;
  for (let i = 0; i < size; i++) values[i]! *= scale;
  return { rows, values };
}
