// Error over a population whose parts were labelled unevenly: what was written automatically is only sampled, what was reviewed is seen whole.
// It must not pool the labels: the reviewed part would drown the sample. Each part counts by its size in the population.
import { CONFIDENCE, openShare, upperBound } from "./intervals.ts";

export interface Stratum {
  /** Records in this part, labelled or not. */
  readonly size: number;
  /** Drawn at random from it and labelled; at least one. */
  readonly labelled: number;
  readonly errors: number;
}

export interface StratifiedError {
  /** Best estimate of the share that is wrong, 0..1. */
  readonly point: number;
  /** What the share does not exceed, with the confidence asked for. */
  readonly upper: number;
}

/**
 * The bound adds the parts' exact upper bounds, each at a confidence so much higher that all hold together (Bonferroni). What is wanted before a threshold is
 * lowered: part one written automatically and audited, part two reviewed and to become automatic.
 */
export function stratifiedError(strata: readonly Stratum[], confidence: number = CONFIDENCE): StratifiedError {
  const total = strata.reduce((sum, { size }) => sum + size, 0);
  const each = 1 - openShare(confidence) / strata.length;
  if (!(total > 0)) throw new RangeError("the strata hold no records: give at least one with a size above 0");
  let [point, upper] = [0, 0];
  for (const [index, { size, labelled, errors }] of strata.entries()) {
    if (labelled === 0) throw new RangeError(`stratum ${index} has no labelled records: label at least one`);
    point += (size / total) * (errors / labelled);
    upper += (size / total) * upperBound(errors, labelled, each);
  }
  return { point, upper };
}
