// What people do to a run from outside, as decisions: a reviewer's answer, a request to undo, an operator's choice. Pure: entries in, the entry to record
// or a refusal out. The caller holds the run's journal and records the entry before it tells anybody.

import * as z from "zod";
import type { AnyWriteAction } from "../connectors/define.ts";
import { type Approval, type Decision, DecisionInput } from "../core/approval.ts";
import { fail, ok, type Result } from "../core/errors.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { peopleOf } from "../governance/review.ts";
import type { GovernanceSpec } from "../governance/spec.ts";
import { type EffectState, foldEffect } from "./effect-decision.ts";
import type { Entry, NewEntry, OperatorChoice, StepEntry } from "./journal.ts";
import { cancelOf, endOf } from "./lifecycle.ts";
import { type Around, ruleOnEdit } from "./rule.ts";
import { foldUndo } from "./run-undo.ts";
import { OUTPUT_LIMIT } from "./step-output.ts";
import { isWindowPast, windowPast } from "./undo-decision.ts";

type Recorded = StepEntry & { readonly step: string };

const stepEntries = (entries: readonly Entry[], step: string) => entries.filter((entry) => entry.step === step) as (Entry & StepEntry)[];

/** First answer wins; it must be about what the page showed, come from a named reviewer, and edited values must be allowed and fit the action's input. */
export function answerApproval(
  entries: readonly Entry[],
  approvalId: string,
  input: unknown,
  by: string,
  spec: GovernanceSpec,
  now: number,
  action: AnyWriteAction | null,
): Result<Recorded> {
  const asked = entries.find((entry) => entry.type === "approval.requested" && entry.approval.id === approvalId);
  if (asked?.type !== "approval.requested" || !asked.step) return fail("approval.not_found", "This run has no such approval");
  const state = foldEffect(stepEntries(entries, asked.step));
  if (state.approval?.id !== approvalId)
    return fail("approval.changed", "The record changed and the approval was asked again; open the new one");
  const decided = entries.find((entry) => entry.type === "approval.decided" && entry.approvalId === approvalId);
  if (decided?.type === "approval.decided") return fail("approval.already_decided", `Already ${describe(decided.decision)}`);
  if (endOf(entries) !== null || cancelOf(entries) !== null)
    return fail("approval.changed", "The run has ended; nothing is asked any more");
  if (now >= asked.approval.expiresAt) return fail("approval.already_decided", "The time to decide has passed");
  if (!peopleOf(spec.review, spec.review.reviewers).includes(by))
    return fail("approval.not_reviewer", `${by} is not among the reviewers of ${spec.workflow}`);
  if (!asked.approval.reviewers.includes(by))
    return fail(
      "approval.not_reviewer",
      `${by} is not among those whom the rule ${asked.approval.rule} asks: ${asked.approval.reviewers.join(", ")}`,
    );
  const parsed = DecisionInput.safeParse(input);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return fail("request.invalid", issue?.message ?? "The decision is not valid", { field: issue?.path.join(".") ?? "decision" });
  }
  const decision = parsed.data;
  if (decision.digest !== asked.approval.digest)
    return fail("approval.changed", "What is to be approved is no longer what the page showed; open it again");
  if (decision.kind === "edited" && asked.approval.question !== undefined) {
    return fail("approval.edit_refused", "This is a question: approve it or reject it. The facts that it shows are not written anywhere", {
      field: "kind",
    });
  }
  if (decision.kind === "edited") {
    const refused = refuseEdit(asked.approval, decision.values as JsonObject, spec, state, by, action, {
      run: entries.filter(({ step }) => step === undefined),
      now,
    });
    if (refused) return refused;
  }
  const recorded: Decision =
    decision.kind === "approved"
      ? { kind: "approved", by }
      : decision.kind === "edited"
        ? { kind: "edited", by, values: decision.values as JsonObject }
        : { kind: "rejected", by, reason: decision.reason };
  return ok({ type: "approval.decided", step: asked.step, approvalId, decision: recorded });
}

function refuseEdit(
  approval: Approval,
  values: JsonObject,
  spec: GovernanceSpec,
  state: EffectState,
  by: string,
  action: AnyWriteAction | null,
  around: Around,
) {
  const unknown = Object.keys(values).find((field) => !Object.hasOwn(approval.values, field));
  if (unknown) return fail("approval.edit_refused", `${unknown}: only the fields that were asked about can be edited`, { field: unknown });
  const missing = Object.keys(approval.values).find((field) => !Object.hasOwn(values, field));
  if (missing) return fail("approval.edit_refused", `${missing}: give a value for every field that was asked about`, { field: missing });
  const ruling = ruleOnEdit(spec, state, values, by, around);
  if (ruling.outcome === "deny") {
    return fail("approval.edit_refused", ruling.reason, {
      field: ruling.matched.find((match) => match.rule === ruling.rule)?.field ?? "values",
    });
  }
  // The connector's own schema has the last word: a value that the system cannot hold must not be approved.
  const fits = action?.input.safeParse(action.withValues(state.intended?.input, values));
  const issue = fits?.success === false ? fits.error.issues[0] : undefined;
  return issue
    ? fail("approval.edit_refused", `${issue.path.join(".")}: ${issue.message}`, { field: String(issue.path.at(-1) ?? "values") })
    : null;
}

const describe = (decision: Decision): string => (decision.kind === "expired" ? "expired" : `${decision.kind} by ${decision.by}`);

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
