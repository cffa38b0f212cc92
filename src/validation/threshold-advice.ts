// Where a threshold may go, from what production has labelled: what was written automatically only in its audited sample, what was asked as far as people answered. Pure.
// Lower only as far as the two strata together stay within the limit; higher where the audited sample says that the present one does not hold. It advises and
// changes nothing: a person approves a draft, or does not.
import { exceeds } from "./audited-error.ts";
import { certifyThreshold } from "./certify.ts";
import { CONFIDENCE, lowerBound, upperBound } from "./intervals.ts";
import { type StratifiedError, stratifiedError } from "./strata.ts";

export interface AuditedWrite {
  readonly score: number;
  /** Null: nobody could tell. */
  readonly correct: boolean | null;
}

/** An answer that a person was asked about only because its score was below the threshold. */
export interface AskedAnswer {
  readonly score: number;
  /** Let through as it was; null: nobody has answered in time. */
  readonly correct: boolean | null;
}

export interface AdviceFacts {
  /** From which score on is written without asking; what is advised is measured against it. */
  readonly current: number;
  readonly written: number;
  readonly audited: readonly AuditedWrite[];
  readonly asked: readonly AskedAnswer[];
  readonly limit: number;
  readonly confidence?: number;
}

export interface LoweredStep extends StratifiedError {
  readonly threshold: number;
  /** Asked so far, and to be written without asking from this threshold on; of these answered, and of these changed or rejected. */
  readonly more: number;
  readonly answered: number;
  readonly errors: number;
  readonly passes: boolean;
}

export type Advice =
  | { readonly kind: "lower"; readonly to: number; readonly step: LoweredStep; readonly steps: readonly LoweredStep[] }
  | { readonly kind: "raise"; readonly to: number; readonly accepted: number; readonly errors: number; readonly upper: number }
  /** The audited error is proved to be above the limit and no higher threshold is proved by what was looked at. */
  | { readonly kind: "ask_all" }
  | {
      readonly kind: "keep";
      readonly because: "nothing_audited" | "perhaps_above" | "not_proved" | "nothing_asked";
      readonly steps: readonly LoweredStep[];
    };

/** Thresholds that are tried at most, as in a validation. */
const STEPS = 20;

export function adviseThreshold(facts: AdviceFacts): Advice {
  const { current, audited, limit, confidence = CONFIDENCE } = facts;
  if (audited.length === 0) return { kind: "keep", because: "nothing_audited", steps: [] };
  const wrong = audited.filter(({ correct }) => correct !== true).length;
  if (wrong / audited.length > limit && upperBound(wrong, audited.length, confidence) > limit) {
    const scored = audited.map(({ score, correct }) => ({ score, correct: correct === true }));
    const proved = certifyThreshold(scored, limit, confidence);
    if (proved.kind === "certified" && proved.certified.threshold > current) {
      const { threshold, accepted, errors, upper } = proved.certified;
      return { kind: "raise", to: threshold, accepted, errors, upper };
    }
    // Nothing is taken away for what chance alone may have done.
    const certain = audited.filter(({ correct }) => correct === false).length;
    if (exceeds(lowerBound(certain, audited.length, confidence), limit)) return { kind: "ask_all" };
    return { kind: "keep", because: "perhaps_above", steps: [] };
  }
  const steps = lowered(facts);
  const [last] = steps.filter(({ passes }) => passes).slice(-1);
  if (last) return { kind: "lower", to: last.threshold, step: last, steps };
  return { kind: "keep", because: steps.length === 0 ? "nothing_asked" : "not_proved", steps };
}

/** From the present threshold downward, thresholds from the scores alone; the first that fails ends it, so that trying many costs no certainty. */
function lowered({ current, written, audited, asked, limit, confidence = CONFIDENCE }: AdviceFacts): LoweredStep[] {
  const below = asked.filter(({ score }) => score < current).toSorted((a, b) => b.score - a.score);
  const places = Array.from({ length: STEPS }, (_, i) => Math.ceil(((i + 1) * below.length) / STEPS) - 1);
  const thresholds = [...new Set(places.flatMap((place) => below[place]?.score ?? []))];
  const wrong = audited.filter(({ correct }) => correct !== true).length;
  const automatic = { size: Math.max(written, audited.length), labelled: audited.length, errors: wrong };
  const steps: LoweredStep[] = [];
  for (const threshold of thresholds) {
    const band = below.filter(({ score }) => score >= threshold);
    const answered = band.filter(({ correct }) => correct !== null);
    if (answered.length === 0) continue;
    const errors = answered.filter(({ correct }) => correct === false).length;
    const error = stratifiedError([automatic, { size: band.length, labelled: answered.length, errors }], confidence);
    const step = { ...error, threshold, more: band.length, answered: answered.length, errors, passes: error.upper <= limit };
    steps.push(step);
    if (!step.passes) break;
  }
  return steps;
}
