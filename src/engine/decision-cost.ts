// What one decision's step has cost so far, from its entries: for lists and sums. Pure; the shape is what src/db/projection.ts stores. All samples of an answer are in
// its own sum; calls that failed after they may have been billed are counted, and their cost is unknown.
import type { ErrorCode } from "../core/errors.ts";
import type { ModelUsage } from "../inference/model.ts";
import type { Entry, StepEntry, Tried } from "./journal.ts";

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
  const { failed, at } = failedCalls(own);
  const made = own.find((entry) => entry.type === "decision.made");
  // Copied from the run that this one began from, which paid for it.
  if (made?.type === "decision.made" && made.inherited) return null;
  if (made?.type !== "decision.made" || made.by !== undefined) return failed === 0 ? null : costOf(step, at, failed);
  const { provider, model, usage, costUsd, priceVersion, samples = 1 } = made.decision;
  const { promptTokens, cachedTokens = 0, completionTokens } = usage ?? NO_TOKENS;
  return {
    ...costOf(step, made.at, failed),
    provider,
    model,
    calls: failed + samples,
    unknownCalls: failed + (costUsd === null ? samples : 0),
    promptTokens,
    cachedTokens,
    completionTokens,
    usd: costUsd ?? 0,
    priceVersion: priceVersion ?? null,
  };
}

/** Tries that were repeated, and calls of models that were given up: the latest entry that lists those lists all of them, until an operator begins the step anew. */
function failedCalls(entries: readonly (Entry & StepEntry)[]): { readonly failed: number; readonly at: number } {
  let repeated = 0;
  let before = 0;
  let tried: readonly Tried[] = [];
  let at = 0;
  for (const entry of entries) {
    if (entry.type === "operator.resolved") {
      before += tried.length;
      tried = [];
    }
    if (entry.type !== "attempt.failed" && entry.type !== "question.asked" && entry.type !== "decision.made") continue;
    if (entry.type === "attempt.failed" && entry.during === "decide" && mayHaveCost(entry.error.code)) repeated++;
    tried = entry.tried?.filter(({ code }) => mayHaveCost(code)) ?? tried;
    at = entry.at;
  }
  return { failed: repeated + before + tried.length, at };
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
