// The built-in model's answer for one text: every label of a field with its calibrated probability.
// It must not read anything but the text and the weights.
import { softmax } from "./calibrate.ts";
import { extract } from "./extract.ts";
import { hashText } from "./features.ts";
import { scores } from "./logistic.ts";
import type { BuiltinWeights, Classifier, Head } from "./train.ts";
import { type TextVector, vectorOf } from "./vocabulary.ts";

export interface Prediction {
  label: string;
  probability: number;
}

/** Most probable label first. */
export function predict({ vocabulary, head }: Classifier, text: string): Prediction[] {
  return ranked(head, vectorOf(vocabulary, hashText(text).buckets));
}

export interface FieldPredictions {
  fields: Record<string, Prediction[]>;
  /** By field whose value stands in the text; empty where the text holds none. */
  values: Record<string, Prediction[]>;
  /** Words read of the text. */
  words: number;
}

/** All fields of a decision; the text's features are worked out once. */
export function predictFields(weights: BuiltinWeights, text: string): FieldPredictions {
  const { buckets, words } = hashText(text);
  const vector = vectorOf(weights.vocabulary, buckets);
  const fields: Record<string, Prediction[]> = {};
  for (const field in weights.fields) fields[field] = ranked(weights.fields[field]!, vector);
  const values: Record<string, Prediction[]> = {};
  for (const field in weights.extractors) values[field] = extract(weights.extractors[field]!, text);
  return { fields, values, words };
}

function ranked(head: Head, vector: TextVector): Prediction[] {
  const probabilities = softmax(scores(head, vector), head.temperature);
  return head.labels.map((label, index) => ({ label, probability: probabilities[index]! })).sort((a, b) => b.probability - a.probability);
}
