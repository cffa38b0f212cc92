// Trains the built-in statistical model (not a language model): one text classifier per choice field of a decision.
// It must not use a clock or chance: the same samples, in any order, give the same weights and the same id.
// Sequence per field: five folds -> temperature and honest accuracy from the texts left out -> one fit on all texts.
import { type Calibration, type HeldOutScore, measure, softmax, temperatureFor } from "./calibrate.ts";
import { hashText } from "./features.ts";
import { fitLogistic, type LinearWeights, scores } from "./logistic.ts";
import { learnVocabulary, type Vocabulary, vectorOf } from "./vocabulary.ts";

/** Part of every model id: a change of features or fitting gives new ids, so that nothing proved with old weights is taken for new ones. */
export const ALGORITHM = "tfidf-logistic-1";

/** Below this neither the fit nor the temperature means anything. */
const FEWEST_SAMPLES = 10;

export interface TrainingOptions {
  folds?: number;
  seed?: number;
  strength?: number;
  maxIterations?: number;
}

/** What one field's answer is computed from. */
export interface Head extends LinearWeights {
  /** Sorted; a class number is a place here. */
  labels: string[];
  temperature: number;
  /** Measured on texts left out of the fit. */
  heldOut: Calibration;
}

export interface Classifier {
  vocabulary: Vocabulary;
  head: Head;
}

export interface BuiltinWeights {
  /** builtin/<workflow>@<hash of algorithm and samples>. */
  id: string;
  vocabulary: Vocabulary;
  fields: Record<string, Head>;
}

export interface LabelledText {
  text: string;
  label: string;
}

export interface DecisionSample {
  text: string;
  labels: Record<string, string>;
}

export interface HeldOutPrediction {
  label: string;
  predicted: string;
  probability: number;
}

const DEFAULTS = { folds: 5, seed: 77, strength: 20, maxIterations: 40 };

export function trainClassifier(samples: readonly LabelledText[], options: TrainingOptions = {}): Classifier {
  const sorted = [...samples].sort((a, b) => order(a.text, b.text) || order(a.label, b.label));
  const texts = sorted.map((sample) => hashText(sample.text).buckets);
  const vocabulary = learnVocabulary(texts);
  const labels = sorted.map((sample) => sample.label);
  return { vocabulary, head: trainHead(texts, labels, vocabulary, { ...DEFAULTS, ...options }) };
}

/** The id that training these samples will give, without training. `hash` is a content hash in hex; its first 16 digits become the version. */
export function modelIdOf(
  workflow: string,
  samples: readonly DecisionSample[],
  hash: (text: string) => string,
  options: TrainingOptions = {},
): string {
  const { fields, rows } = tableOf(samples);
  return `builtin/${workflow}@${hash(JSON.stringify([ALGORITHM, { ...DEFAULTS, ...options }, fields, rows])).slice(0, 16)}`;
}

export function trainDecision(
  workflow: string,
  samples: readonly DecisionSample[],
  hash: (text: string) => string,
  options: TrainingOptions = {},
): BuiltinWeights {
  const { fields, rows } = tableOf(samples);
  const texts = rows.map(([text]) => hashText(text!).buckets);
  const vocabulary = learnVocabulary(texts);
  const heads = fields.map((field, index) => {
    const labels = rows.map((row) => row[index + 1]!);
    return [field, trainHead(texts, labels, vocabulary, { ...DEFAULTS, ...options })] as const;
  });
  return { id: modelIdOf(workflow, samples, hash, options), vocabulary, fields: Object.fromEntries(heads) };
}

/** The samples as rows of text and labels, in an order that depends on nothing but their content. */
function tableOf(samples: readonly DecisionSample[]): { fields: string[]; rows: string[][] } {
  const fields = Object.keys(samples[0]?.labels ?? {}).sort();
  const rows = samples
    .map(({ text, labels }) => [text, ...fields.map((field) => labelOf(labels, field))])
    .map((row) => ({ row, key: JSON.stringify(row) }))
    .sort((a, b) => order(a.key, b.key))
    .map(({ row }) => row);
  return { fields, rows };
}

/** What the classifier says of texts it was not trained on, in the order of the samples. */
export function crossValidate(samples: readonly LabelledText[], options: TrainingOptions = {}): HeldOutPrediction[] {
  const texts = samples.map((sample) => hashText(sample.text).buckets);
  const labels = [...new Set(samples.map((sample) => sample.label))].sort();
  const classes = samples.map((sample) => labels.indexOf(sample.label));
  const heldOut = scoreHeldOut(texts, classes, labels.length, { ...DEFAULTS, ...options });
  const temperature = temperatureFor(heldOut);
  return heldOut.map(({ scores: own, own: right }) => {
    const probabilities = softmax(own, temperature);
    const best = probabilities.indexOf(Math.max(...probabilities));
    return { label: labels[right]!, predicted: labels[best]!, probability: probabilities[best]! };
  });
}

type Settings = Required<TrainingOptions>;

function trainHead(texts: readonly Uint32Array[], own: readonly string[], vocabulary: Vocabulary, settings: Settings): Head {
  const labels = [...new Set(own)].sort();
  if (texts.length < FEWEST_SAMPLES) throw new RangeError(`add labelled records: ${texts.length} given, at least ${FEWEST_SAMPLES} needed`);
  if (labels.length < 2) throw new RangeError("add labelled records of another label: a choice needs at least two");
  const classes = own.map((label) => labels.indexOf(label));
  const heldOut = scoreHeldOut(texts, classes, labels.length, settings);
  const temperature = temperatureFor(heldOut);
  const linear = fitOn(texts, classes, labels.length, vocabulary, settings);
  return { ...linear, labels, temperature, heldOut: measure(heldOut, temperature) };
}

function fitOn(texts: readonly Uint32Array[], classes: readonly number[], classCount: number, vocabulary: Vocabulary, settings: Settings) {
  const vectors = texts.map((buckets) => vectorOf(vocabulary, buckets));
  const { strength, maxIterations } = settings;
  return fitLogistic({ vectors, classes, classCount, rowCount: vocabulary.buckets.length, strength, maxIterations });
}

/** Each fold learns its own vocabulary too: the texts left out must be as strange to it as tomorrow's. */
function scoreHeldOut(texts: readonly Uint32Array[], classes: readonly number[], classCount: number, settings: Settings): HeldOutScore[] {
  const foldOf = folds(classes, settings);
  const result: HeldOutScore[] = new Array(texts.length);
  for (let fold = 0; fold < settings.folds; fold++) {
    const kept = texts.filter((_, index) => foldOf[index] !== fold);
    const vocabulary = learnVocabulary(kept);
    const keptClasses = classes.filter((_, index) => foldOf[index] !== fold);
    const linear = fitOn(kept, keptClasses, classCount, vocabulary, settings);
    texts.forEach((buckets, index) => {
      if (foldOf[index] === fold) result[index] = { scores: scores(linear, vectorOf(vocabulary, buckets)), own: classes[index]! };
    });
  }
  return result;
}

/** Folds with every class spread evenly: dealt out round robin, class by class, in a seeded order. */
function folds(classes: readonly number[], { folds: count, seed }: Settings): Uint8Array {
  const random = sequence(seed);
  const dealt = classes.map((own, index) => ({ own, index, at: random() })).sort((a, b) => a.own - b.own || a.at - b.at);
  const foldOf = new Uint8Array(classes.length);
  dealt.forEach(({ index }, turn) => {
    foldOf[index] = turn % count;
  });
  return foldOf;
}

/** Mulberry32: numbers in 0..1 from a seed. */
function sequence(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function labelOf(labels: Record<string, string>, field: string): string {
  const label = labels[field];
  if (label === undefined) throw new RangeError(`a labelled record has no label for "${field}"`);
  return label;
}

/** By code units: the same everywhere, which a locale's order is not. */
function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
