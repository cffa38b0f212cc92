// What one pooled threshold means for each label: the errors of a rare label hide behind those of the others. A label whose bound exceeds the limit is always
// asked. It must not promise anything per label: for that, each label would need its own proof, on as many records.
import type { Scored } from "./acceptance.ts";
import { CONFIDENCE, upperBound } from "./intervals.ts";
import { errorLimit } from "./sample-size.ts";

/** Accepted records from which a label's bound says more about the label than about their number. */
const JUDGED_FROM = 20;

export interface LabelledScore extends Scored {
  /** What the model answered. */
  readonly label: string;
}

export interface LabelStanding {
  readonly label: string;
  readonly records: number;
  readonly accepted: number;
  readonly errors: number;
  readonly upper: number;
  readonly alwaysAsk: boolean;
}

/** One row per label that was answered, in the order of their names. `threshold`: null when nothing is accepted. */
export function standingPerLabel(
  records: readonly LabelledScore[],
  threshold: number | null,
  limit: number,
  confidence: number = CONFIDENCE,
): LabelStanding[] {
  errorLimit(limit);
  const labels = [...new Set(records.map(({ label }) => label))].toSorted();
  return labels.map((label) => {
    const own = records.filter((record) => record.label === label);
    const accepted = own.filter(({ score }) => threshold !== null && score >= threshold);
    const errors = accepted.filter(({ correct }) => !correct).length;
    const upper = upperBound(errors, accepted.length, confidence);
    return {
      label,
      records: own.length,
      accepted: accepted.length,
      errors,
      upper,
      alwaysAsk: accepted.length >= JUDGED_FROM && upper > limit,
    };
  });
}
