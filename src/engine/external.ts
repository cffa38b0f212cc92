// What people do to a run from outside, as decisions: a request to undo, an operator's choice, a signal; of approvals see answer-approval.ts. Pure: entries in,
// the entry to record or a refusal out. The caller holds the run's journal and records the entry before it tells anybody.

import * as z from "zod";
import { fail, ok, type Result } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import type { GovernanceSpec } from "../governance/spec.ts";
import { foldEffect } from "./effect-decision.ts";
import type { Entry, NewEntry, OperatorChoice, StepEntry } from "./journal.ts";
import { endOf } from "./lifecycle.ts";
import { foldUndo } from "./run-undo.ts";
import { OUTPUT_LIMIT } from "./step-output.ts";
import { isWindowPast, windowPast } from "./undo-decision.ts";

type Recorded = StepEntry & { readonly step: string };

const stepEntries = (entries: readonly Entry[], step: string) => entries.filter((entry) => entry.step === step) as (Entry & StepEntry)[];

/** Which run it is, what it is pinned to, and when somebody asks. */
export interface UndoAsked {
  readonly runId: string;
  readonly spec: GovernanceSpec;
  readonly now: number;
}

export function askUndo(entries: readonly Entry[], step: string, by: string, { runId, spec, now }: UndoAsked): Result<Recorded> {
  const own = stepEntries(entries, step);
  const state = foldEffect(own);
  if (!state.applied || !state.intended) return fail("effect.not_applied", `"${step}" has written nothing that could be undone`);
  // Its time is told in the journal of the run that made it: here it seems as young as the takeover.
  if (!state.intended.key.startsWith(`${runId}/`))
    return fail("effect.taken_over", `"${step}" was written by the run that this one began from; undo it there`);
  if (state.intended.undo === "irreversible") return fail("effect.irreversible", `${state.intended.action} cannot be undone`);
  const undo = foldUndo(own);
  if (undo.phase === "requested") return fail("effect.undo_running", `"${step}" is being undone already`);
  if (undo.phase === "done" && undo.conflicts.length === 0) return fail("effect.not_applied", `"${step}" has been undone`);
  if (isWindowPast(own, spec, now)) return fail("effect.window_passed", windowPast(step, spec));
  return ok({ type: "undo.requested", step, by });
}

/** What an operator may say of a step that waits for one. */
export function resolveStep(entries: readonly Entry[], step: string, choice: OperatorChoice, by: string): Result<Recorded[]> {
  const own = stepEntries(entries, step);
  const state = foldEffect(own);
  const last = own.at(-1);
  // Of a write the fold knows, whatever was recorded since (an undo that was asked for, say); of a read or a decision its last entry does.
  const waits = state.unknown !== null || state.failure?.retryAt === null || (last?.type === "attempt.failed" && last.retryAt === null);
  if (!waits) return fail("request.invalid", `"${step}" does not wait for an operator`, { field: "step" });
  if (state.unknown === null && choice !== "retry") {
    return fail("request.invalid", `"${step}" may be tried again; ${choice} is for a write whose outcome is unknown`, { field: "choice" });
  }
  const resolved: Recorded = { type: "operator.resolved", step, choice, by };
  switch (choice) {
    case "retry":
    case "not_applied":
      return ok([resolved]);
    case "applied":
      return ok([resolved, { type: "effect.applied", step, output: null, found: true }]);
    case "abandon":
      return ok([resolved, { type: "effect.refused", step, because: "abandoned", reason: `Given up by ${by}` }]);
  }
}

/** What a sender may say: `id` is its own, so that it can repeat itself safely. */
export const SignalInput = z.strictObject({ name: z.string().min(1).max(200), id: z.string().min(1).max(200), data: z.json() });
export type SignalInput = z.infer<typeof SignalInput>;

/** A signal is kept from the moment it arrives, whether a wait for it has begun or not. Nothing is recorded for a repeat. */
export function deliverSignal(entries: readonly Entry[], input: SignalInput, by: string): Result<NewEntry[]> {
  // Before the question whether the run has ended: a sender that repeats itself must not be told that it came too late.
  if (entries.some((entry) => entry.type === "signal.arrived" && entry.signal === input.name && entry.id === input.id)) return ok([]);
  if (endOf(entries) !== null) {
    return fail("run.ended", "The run has ended: nobody waits for a signal any more");
  }
  const bytes = new TextEncoder().encode(JSON.stringify(input.data)).length;
  if (bytes > OUTPUT_LIMIT) {
    return fail("request.invalid", `The signal's data are ${bytes} bytes of JSON; the limit is ${OUTPUT_LIMIT}`, { field: "data" });
  }
  return ok([{ type: "signal.arrived", signal: input.name, id: input.id, data: input.data as Json, by }]);
}
