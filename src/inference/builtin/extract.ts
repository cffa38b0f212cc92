// One field whose value stands in the text: trained from texts with the value that belongs to each, answered with a probability per value that means what it says.
// It must not answer with anything that the text does not hold: no place, no answer.
// Sequence: kind of the values -> five folds -> temperature and honest accuracy from the texts left out -> one fit on all texts.
import { type Calibration, calibrationOf, type HeldOutScore, softmax, temperatureFor } from "./calibrate.ts";
import { foldsOf } from "./folds.ts";
import { type Place, placesOf, type ValueKind } from "./mentions.ts";
import type { Prediction } from "./predict.ts";
import { fitRanker, type RankerWeights, valueScores } from "./ranker.ts";
import { plainAmount } from "./read-amounts.ts";
import { readDates } from "./read-dates.ts";

export interface Extractor extends RankerWeights {
  kind: ValueKind;
  temperature: number;
  /** Share of texts that hold the right value in a form that can be read, 0..1. */
  coverage: number;
  /** Measured on texts left out of the fit; a text that does not hold its value counts as wrong. */
  heldOut: Calibration;
}

export interface ValuedText {
  text: string;
  value: string;
}

export interface ExtractorSettings {
  folds: number;
  seed: number;
  maxIterations: number;
}

/** Below this neither the fit nor the temperature means anything. */
const FEWEST = 10;
const STRENGTH = 3;

/** A day or an amount, by how the values are written; a sentence for anything else. */
export function kindOf(field: string, values: readonly string[]): ValueKind {
  const [first = ""] = values;
  const kind: ValueKind = isDay(first) ? "date" : "amount";
  const odd = values.find((value) => (kind === "date" ? !isDay(value) : plainAmount(value) !== value));
  if (odd === undefined) return kind;
  throw new RangeError(
    `the field "${field}" has the value ${JSON.stringify(odd)}: give every value as a day (2026-11-23), or every value as a plain amount (1234.50)`,
  );
}

const isDay = (value: string): boolean =>
  /^\d{4}-\d\d-\d\d$/.test(value) && readDates(value.replaceAll("-", "/")).some((read) => read.value === value);

export interface TrainedExtractor {
  extractor: Extractor;
  /** Per text, in their order: whether it was answered right while it was left out. */
  answers: { confidence: number; correct: boolean }[];
}

export function trainExtractor(field: string, samples: readonly ValuedText[], settings: ExtractorSettings): TrainedExtractor {
  if (samples.length < FEWEST)
    throw new RangeError(`add labelled records: ${samples.length} given with a value for "${field}", at least ${FEWEST} needed`);
  const kind = kindOf(
    field,
    samples.map(({ value }) => value),
  );
  const texts = samples.map(({ text, value }) => ({ places: placesOf(kind, text), own: value }));
  const readable = texts.filter(({ places, own }) => places.some(({ value }) => value === own)).length;
  // A share of a few texts is never taken for certainty.
  const coverage = (readable + 0.5) / (texts.length + 1);
  const fitting = { strength: STRENGTH, maxIterations: settings.maxIterations };

  const foldOf = foldsOf(
    texts.map(() => 0),
    settings,
  );
  const scored = new Array<{ value: string; score: number }[]>(texts.length);
  for (let fold = 0; fold < settings.folds; fold++) {
    const weights = fitRanker(
      texts.filter((_, index) => foldOf[index] !== fold),
      fitting,
    );
    texts.forEach(({ places }, index) => {
      if (foldOf[index] === fold) scored[index] = valueScores(weights, places);
    });
  }
  const heldOut = scored.flatMap((values, index): HeldOutScore[] => {
    const own = values.findIndex(({ value }) => value === texts[index]!.own);
    return own < 0 || values.length < 2 ? [] : [{ scores: Float64Array.from(values, ({ score }) => score), own }];
  });
  const temperature = heldOut.length > 0 ? temperatureFor(heldOut) : 1;
  const answers = scored.map((values, index) => {
    const [best] = ranked(values, temperature, coverage);
    return { confidence: best?.probability ?? 0, correct: best !== undefined && best.label === texts[index]!.own };
  });
  const extractor = { ...fitRanker(texts, fitting), kind, temperature, coverage, heldOut: calibrationOf(answers) };
  return { extractor, answers };
}

/** The values that the text holds, most probable first; none where it holds none. */
export function extract(extractor: Extractor, text: string): Prediction[] {
  const places: Place[] = placesOf(extractor.kind, text);
  return ranked(valueScores(extractor, places), extractor.temperature, extractor.coverage);
}

function ranked(values: readonly { value: string; score: number }[], temperature: number, coverage: number): Prediction[] {
  const shares = softmax(
    Float64Array.from(values, ({ score }) => score),
    temperature,
  );
  return values
    .map(({ value }, index) => ({ label: value, probability: shares[index]! * coverage }))
    .sort((a, b) => b.probability - a.probability);
}
