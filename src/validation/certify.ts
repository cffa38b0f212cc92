// The threshold that may be promised: from which score on "at most `limit` of what is written automatically is wrong" is proved. Pure; it must not look at which
// records are right before the thresholds to try are chosen, nor try them in another order: the proof rests on both.
// Sequence: too few records for any proof, none is tried -> up to 20 thresholds from the scores alone -> strictest first, the exact binomial test at each ->
// the first that fails ends it, the last that passed is proved. Because one failure ends it, testing many costs no certainty.
// Source: fixed-sequence testing in A. Angelopoulos and others, "Learn then Test" (arXiv 2110.01052), with the exact binomial p-value instead of Hoeffding's.
// It holds for records drawn as production draws them: another mix, model, prompt or schema is another workflow, and needs another proof.
import { type Acceptance, acceptances, byScore, riskOf, type Scored } from "./acceptance.ts";
import { binomialCdf } from "./binomial.ts";
import { CONFIDENCE, openShare, upperBound } from "./intervals.ts";
import { acceptedNeeded, errorLimit } from "./sample-size.ts";

/** Thresholds that are tried at most. More of them make smaller steps, and do not reach further. */
const STEPS = 20;

export interface CertifiedStep extends Acceptance {
  /** Chance of so few errors if `limit` of all such records were wrong. Passes when it is at most 1 - confidence. */
  readonly p: number;
  /** What the share of errors does not exceed, with the same confidence; at most `limit` exactly when the step passes. */
  readonly upper: number;
  readonly passes: boolean;
}

export type Certification =
  /** `certified`: the last step that passed. `failed`: the step that ended the walk, null when none did. */
  | {
      readonly kind: "certified";
      readonly certified: CertifiedStep;
      readonly failed: CertifiedStep | null;
      readonly steps: readonly CertifiedStep[];
    }
  | { readonly kind: "unproved"; readonly failed: CertifiedStep; readonly steps: readonly CertifiedStep[] }
  /** Not enough records for a proof even with one error: `missing` more are needed. */
  | { readonly kind: "too_few"; readonly needed: number; readonly missing: number };

/** `limit`: highest share of wrong ones that the owner accepts, 0..1. Throws RangeError on a limit, confidence or score that cannot be. */
export function certifyThreshold(records: readonly Scored[], limit: number, confidence: number = CONFIDENCE): Certification {
  const open = openShare(confidence);
  const needed = acceptedNeeded(1, errorLimit(limit), confidence);
  const curve = new Map(acceptances(records).map((acceptance) => [acceptance.threshold, acceptance]));
  if (records.length < needed) return { kind: "too_few", needed, missing: needed - records.length };
  const steps: CertifiedStep[] = [];
  let certified: CertifiedStep | null = null;
  for (const threshold of thresholdsToTry(records, needed)) {
    const acceptance = curve.get(threshold) as Acceptance;
    const p = binomialCdf(acceptance.errors, acceptance.accepted, limit);
    const step = { ...acceptance, p, upper: upperBound(acceptance.errors, acceptance.accepted, confidence), passes: p <= open };
    steps.push(step);
    if (!step.passes) return certified ? { kind: "certified", certified, failed: step, steps } : { kind: "unproved", failed: step, steps };
    certified = step;
  }
  // There are records, so at least one threshold was tried, and none of them failed.
  return { kind: "certified", certified: certified as CertifiedStep, failed: null, steps };
}

/** Evenly spaced over the records from the `least`-th highest score to the lowest, strictest first, each once. */
export function thresholdsToTry(records: readonly Scored[], least: number): number[] {
  const sorted = byScore(records);
  const places = Array.from({ length: STEPS }, (_, i) => Math.floor(least + ((sorted.length - least) * i) / (STEPS - 1) + 0.5));
  return [...new Set(places.map((place) => (sorted[place - 1] as Scored).score))];
}

/**
 * The lowest threshold whose counted share of errors is within the limit, or null. It proves nothing: chosen so, a threshold breaks its limit in about half of
 * all validations. It is there to be shown beside the proved one, by the name "observed only".
 */
export function observedThreshold(records: readonly Scored[], limit: number): Acceptance | null {
  errorLimit(limit);
  return acceptances(records).findLast((acceptance) => riskOf(acceptance) <= limit) ?? null;
}
