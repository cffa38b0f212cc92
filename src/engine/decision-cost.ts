// What one decision's step has cost so far, from its entries: for lists and sums. Pure; the shape is what src/db/projection.ts stores. All samples of an answer are in
// its own sum; calls that failed after they may have been billed are counted, and their cost is unknown.
import type { ErrorCode } from "../core/errors.ts";
import type { ModelUsage } from "../inference/model.ts";
import type { Entry, StepEntry } from "./journal.ts";

export interface DecisionCost {
  readonly step: string;
  readonly at: number;
  /** Of the model that answered in the end; null while none has. Failed calls of others are counted with it. */
  readonly provider: string | null;
  readonly model: string | null;
  readonly calls: number;
  /** Those of them whose cost nobody knows. */
  readonly unknownCalls: number;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly completionTokens: number;
  /** US dollars of the calls whose cost is known. */
  readonly usd: number;
  readonly priceVersion: string | null;
}

const NO_TOKENS: ModelUsage = { promptTokens: 0, completionTokens: 0 };

/** Null: no call was made in this step, or none of this run's own. */
export function decisionCost(step: string, entries: readonly Entry[]): DecisionCost | null {
  const own = entries as readonly (Entry & StepEntry)[];
  const failed = own.filter((entry) => entry.type === "attempt.failed" && entry.during === "decide" && mayHaveCost(entry.error.code));
  const made = own.find((entry) => entry.type === "decision.made");
  if (made?.type !== "decision.made") {
    const last = failed.at(-1);
    return last ? costOf(step, last.at, failed.length) : null;
  }
  // Copied from the run that this one began from, which paid for it.
  if (made.inherited) return null;
  const { provider, model, usage, costUsd, priceVersion } = made.decision;
  const { promptTokens, cachedTokens = 0, completionTokens } = usage ?? NO_TOKENS;
  return {
    ...costOf(step, made.at, failed.length),
    provider,
    model,
    calls: failed.length + 1,
    unknownCalls: failed.length + (costUsd === null ? 1 : 0),
    promptTokens,
    cachedTokens,
    completionTokens,
    usd: costUsd ?? 0,
    priceVersion: priceVersion ?? null,
  };
}

const costOf = (step: string, at: number, failed: number): DecisionCost => ({
  step,
  at,
  provider: null,
  model: null,
  calls: failed,
  unknownCalls: failed,
  promptTokens: 0,
  cachedTokens: 0,
  completionTokens: 0,
  usd: 0,
  priceVersion: null,
});

/** A provider bills no call that it turned away, and none that was not sent; one that broke off, or whose answer was of no use, it may have billed. */
export const mayHaveCost = (code: ErrorCode): boolean =>
  code === "model.unavailable" || code === "model.invalid_output" || code === "model.refused";
