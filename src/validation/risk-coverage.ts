// What automation costs in errors: for each threshold the share of records that is accepted (coverage) and the share of these that is wrong (risk).
// For charts and comparison. It must not choose a threshold by risk: a choice among counted risks is no proof (see certify.ts).
// Source: Y. Geifman and R. El-Yaniv, "Selective Classification for Deep Neural Networks", NeurIPS 2017.
import { type Acceptance, acceptances, riskOf, type Scored } from "./acceptance.ts";
import { CONFIDENCE, upperBound } from "./intervals.ts";

export interface CoveragePoint extends Acceptance {
  /** Accepted of all, 0..1. */
  readonly coverage: number;
  /** Wrong of the accepted, 0..1. */
  readonly risk: number;
  /** One-sided upper bound of the risk at this point alone. */
  readonly upper: number;
}

/** One point for each score that occurs, strictest first. */
export function riskCoverage(records: readonly Scored[], confidence: number = CONFIDENCE): CoveragePoint[] {
  return acceptances(records).map((acceptance) => ({
    ...acceptance,
    coverage: acceptance.accepted / records.length,
    risk: riskOf(acceptance),
    upper: upperBound(acceptance.errors, acceptance.accepted, confidence),
  }));
}

/** Area under the curve, 0..1: the mean risk over the coverages at which each record comes in. Less is better. No records: 0. */
export function areaUnderRisk(records: readonly Scored[]): number {
  let before = 0;
  let sum = 0;
  for (const acceptance of acceptances(records)) {
    sum += riskOf(acceptance) * (acceptance.accepted - before);
    before = acceptance.accepted;
  }
  return before === 0 ? 0 : sum / before;
}

export interface ThresholdCost {
  /** Null: everything is asked. */
  readonly threshold: number | null;
  readonly cost: number;
}

/**
 * The threshold at which errors and reviews together cost least, in the currency of the two prices, over the records given; on a tie the stricter one.
 * It knows nothing of limits: act on the stricter of this and the certified one.
 */
export function cheapestThreshold(records: readonly Scored[], costPerError: number, costPerReview: number): ThresholdCost {
  let best: ThresholdCost = { threshold: null, cost: records.length * costPerReview };
  for (const { threshold, accepted, errors } of acceptances(records)) {
    const cost = errors * costPerError + (records.length - accepted) * costPerReview;
    if (cost < best.cost) best = { threshold, cost };
  }
  return best;
}
