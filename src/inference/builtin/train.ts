// Trains the built-in statistical model (not a language model): one text classifier per choice field of a decision, one extractor per field whose value stands in the text.
// It must not use a clock or chance: the same samples, in any order, give the same weights and the same id.
// Sequence per field: five folds -> temperature and honest accuracy from the texts left out -> one fit on all texts.
import { answersOf, type Calibration, calibrationOf, type HeldOutScore, softmax, temperatureFor } from "./calibrate.ts";
import { type Extractor, trainExtractor } from "./extract.ts";
import { hashText } from "./features.ts";
import { foldsOf } from "./folds.ts";
import { fitLogistic, type LinearWeights, scores } from "./logistic.ts";
import { learnVocabulary, type Vocabulary, vectorOf } from "./vocabulary.ts";

/** Part of every model id: a change of features or fitting gives new ids, so that nothing proved with old weights is taken for new ones. */
export const ALGORITHM = "tfidf-logistic-1";
/** The same, of the extractors. */
const EXTRACTION = "places-softmax-1";

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
  extractors: Record<string, Extractor>;
}

export interface LabelledText {
  text: string;
  label: string;
}

/** Whose word a sample is: written by the workflow's authors, confirmed by a reviewer as the model had answered, or corrected by one. */
export const ORIGINS = ["shipped", "approved", "edited"] as const;
export type Origin = (typeof ORIGINS)[number];

/** A text as the model will see it, and what is right about it. A sample may know some of the fields only. */
export interface DecisionSample {
  text: string;
  /** By choice field. */
  labels: Record<string, string>;
  /** By field whose value stands in the text: every value a day (2026-11-23), or every value a plain amount (1234.50). */
  values?: Record<string, string>;
  /** "shipped" where it is absent. No part of the id: the same text and answers teach the same. */
  origin?: Origin;
}

export interface FieldReport {
  field: string;
  kind: "choice" | Extractor["kind"];
  /** Of a choice. */
  labels: string[];
  heldOut: Calibration;
  /** The same, of the shipped samples alone: what two versions can be compared by, because their other samples differ. */
  shipped: Calibration;
}

export interface TrainedModel {
  weights: BuiltinWeights;
  rows: Record<Origin, number>;
  fields: FieldReport[];
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
  return { vocabulary, head: trainHead(texts, labels, vocabulary, { ...DEFAULTS, ...options }).head };
}

/** The id that training these samples will give, without training. `hash` is a content hash in hex; its first 16 digits become the version. */
export function modelIdOf(
  workflow: string,
  samples: readonly DecisionSample[],
  hash: (text: string) => string,
  options: TrainingOptions = {},
): string {
  const { choices, valued, rows } = tableOf(samples);
  const content = [
    ALGORITHM,
    { ...DEFAULTS, ...options },
    choices,
    rows.map(({ row }) => row),
    ...(valued.length > 0 ? [EXTRACTION, valued] : []),
  ];
  return `builtin/${workflow}@${hash(JSON.stringify(content)).slice(0, 16)}`;
}

export const trainDecision = (
  workflow: string,
  samples: readonly DecisionSample[],
  hash: (text: string) => string,
  options: TrainingOptions = {},
): BuiltinWeights => trainModel(workflow, samples, hash, options).weights;

export function trainModel(
  workflow: string,
  samples: readonly DecisionSample[],
  hash: (text: string) => string,
  options: TrainingOptions = {},
): TrainedModel {
  const settings = { ...DEFAULTS, ...options };
  const { choices, valued, rows } = tableOf(samples);
  const texts = rows.map(({ sample }) => hashText(sample.text).buckets);
  const vocabulary = learnVocabulary(choices.length > 0 ? texts : []);
  const reports: FieldReport[] = [];
  const report = (field: string, kind: FieldReport["kind"], labels: string[], own: readonly Row[], answers: readonly Answer[]) =>
    reports.push({
      field,
      kind,
      labels,
      heldOut: calibrationOf(answers),
      shipped: calibrationOf(answers.filter((_, index) => originOf(own[index]!.sample) === "shipped")),
    });

  const fields: Record<string, Head> = {};
  for (const field of choices) {
    const own = rows.filter(({ sample }) => sample.labels[field] !== undefined);
    const { head, answers } = trainHead(
      texts.filter((_, index) => rows[index]!.sample.labels[field] !== undefined),
      own.map(({ sample }) => sample.labels[field]!),
      vocabulary,
      settings,
    );
    fields[field] = head;
    report(field, "choice", head.labels, own, answers);
  }
  const extractors: Record<string, Extractor> = {};
  for (const field of valued) {
    const own = rows.filter(({ sample }) => sample.values?.[field] !== undefined);
    const samplesOf = own.map(({ sample }) => ({ text: sample.text, value: sample.values?.[field] as string }));
    const { extractor, answers } = trainExtractor(field, samplesOf, settings);
    extractors[field] = extractor;
    report(field, extractor.kind, [], own, answers);
  }
  const counted = { shipped: 0, approved: 0, edited: 0 };
  for (const sample of samples) counted[originOf(sample)]++;
  return { weights: { id: modelIdOf(workflow, samples, hash, options), vocabulary, fields, extractors }, rows: counted, fields: reports };
}

const originOf = ({ origin = "shipped" }: DecisionSample): Origin => origin;

interface Answer {
  confidence: number;
  correct: boolean;
}

interface Row {
  sample: DecisionSample;
  /** Text, labels, values: what of a sample makes the id. */
  row: (string | null)[];
}

/** The samples in an order that depends on nothing but their content, and the fields that they know. */
function tableOf(samples: readonly DecisionSample[]): { choices: string[]; valued: string[]; rows: Row[] } {
  const choices = [...new Set(samples.flatMap(({ labels }) => Object.keys(labels)))].sort();
  const valued = [...new Set(samples.flatMap(({ values }) => Object.keys(values ?? {})))].sort();
  const both = choices.find((field) => valued.includes(field));
  if (both !== undefined) throw new RangeError(`the field "${both}" has labels in some records and values in others`);
  const rows = samples
    .map((sample) => {
      const row = [
        sample.text,
        ...choices.map((field) => sample.labels[field] ?? null),
        ...valued.map((field) => sample.values?.[field] ?? null),
      ];
      if (row.slice(1).every((known) => known === null))
        throw new RangeError(`a labelled record has no label for ${[...choices, ...valued].map((field) => `"${field}"`).join(", ")}`);
      return { sample, row, key: JSON.stringify(row) };
    })
    .sort((a, b) => order(a.key, b.key));
  return { choices, valued, rows };
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

function trainHead(
  texts: readonly Uint32Array[],
  own: readonly string[],
  vocabulary: Vocabulary,
  settings: Settings,
): { head: Head; answers: Answer[] } {
  const labels = [...new Set(own)].sort();
  if (texts.length < FEWEST_SAMPLES) throw new RangeError(`add labelled records: ${texts.length} given, at least ${FEWEST_SAMPLES} needed`);
  if (labels.length < 2) throw new RangeError("add labelled records of another label: a choice needs at least two");
  const classes = own.map((label) => labels.indexOf(label));
  const heldOut = scoreHeldOut(texts, classes, labels.length, settings);
  const temperature = temperatureFor(heldOut);
  const linear = fitOn(texts, classes, labels.length, vocabulary, settings);
  const answers = answersOf(heldOut, temperature);
  return { head: { ...linear, labels, temperature, heldOut: calibrationOf(answers) }, answers };
}

function fitOn(texts: readonly Uint32Array[], classes: readonly number[], classCount: number, vocabulary: Vocabulary, settings: Settings) {
  const vectors = texts.map((buckets) => vectorOf(vocabulary, buckets));
  const { strength, maxIterations } = settings;
  return fitLogistic({ vectors, classes, classCount, rowCount: vocabulary.buckets.length, strength, maxIterations });
}

/** Each fold learns its own vocabulary too: the texts left out must be as strange to it as tomorrow's. */
function scoreHeldOut(texts: readonly Uint32Array[], classes: readonly number[], classCount: number, settings: Settings): HeldOutScore[] {
  const foldOf = foldsOf(classes, settings);
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

/** By code units: the same everywhere, which a locale's order is not. */
function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
