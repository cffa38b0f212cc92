// What a person says to an approval, as a decision: the journal, the spec and the words in; the entry to record or a refusal out. Pure; the caller holds the run's
// journal and records the entry before it tells anybody. What was said first counts.
// Order: is it open -> what is said -> may they say it (not of their own run; asked, standing in or escalated to) -> about what the page showed -> the entry.
import type * as z from "zod";
import type { AnyWriteAction } from "../connectors/define.ts";
import { type Approval, type ApprovalEntry, type Decision, DecisionInput, type Seat } from "../core/approval.ts";
import { fail, ok, type Result } from "../core/errors.ts";
import { digest, type JsonObject, sameJson } from "../core/json.ts";
import { afterHandOver, computeGate, type Gate, seatOf } from "../governance/gate.ts";
import { faultOfReason } from "../governance/own-words.ts";
import { peopleOf } from "../governance/review.ts";
import type { GovernanceSpec } from "../governance/spec.ts";
import { deciderIn, type EffectState, foldEffect } from "./effect-decision.ts";
import type { Entry, StepEntry } from "./journal.ts";
import { cancelOf, endOf } from "./lifecycle.ts";
import { type Around, ruleOnEdit } from "./rule.ts";

type Said = { readonly step: string } & (ApprovalEntry | Extract<StepEntry, { type: "approval.decided" }>);
type Of<K extends DecisionInput["kind"]> = Extract<DecisionInput, { kind: K }>;

/** Everything that an answer is judged by. */
interface Desk {
  readonly approval: Approval;
  readonly step: string;
  readonly gate: Gate;
  readonly spec: GovernanceSpec;
  readonly state: EffectState;
  readonly action: AnyWriteAction | null;
  /** What the answer must fit, where a person is asked in the models' place. */
  readonly schema: z.ZodType | null;
  readonly around: Around;
}

/** `action`, `schema`: the write or the decision that is asked about, as this deployment has it; null for another kind of question, or where it is no longer deployed. */
export function answerApproval(
  entries: readonly Entry[],
  approvalId: string,
  input: unknown,
  by: string,
  spec: GovernanceSpec,
  now: number,
  action: AnyWriteAction | null,
  schema: z.ZodType | null = null,
): Result<Said> {
  const asked = entries.find((entry) => entry.type === "approval.requested" && entry.approval.id === approvalId);
  if (asked?.type !== "approval.requested" || !asked.step) return fail("approval.not_found", "This run has no such approval");
  const { approval, step } = asked;
  const state = foldEffect(entries.filter((entry) => entry.step === step) as (Entry & StepEntry)[]);
  if (state.approval?.id !== approvalId)
    return fail("approval.changed", "The record changed and the approval was asked again; open the new one");
  const decided = entries.find((entry) => entry.type === "approval.decided" && entry.approvalId === approvalId);
  if (decided?.type === "approval.decided") return fail("approval.already_decided", `Already ${describe(decided.decision)}`);
  if (endOf(entries) !== null || cancelOf(entries) !== null)
    return fail("approval.changed", "The run has ended; nothing is asked any more");
  if (now >= asked.approval.expiresAt) return fail("approval.already_decided", "The time to decide has passed");
  const parsed = DecisionInput.safeParse(input);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return fail("request.invalid", issue?.message ?? "The decision is not valid", { field: issue?.path.join(".") || "decision" });
  }
  const said = parsed.data;
  if (said.kind === "inform") return ok({ type: "approval.information_given", step, approvalId, by, text: said.text });
  const gate = computeGate(spec.review, approval, state.said, now);
  const refused = refuseSpeaker(spec, approval, gate, by);
  if (refused) return refused;
  if (said.digest !== gate.digest)
    return fail("approval.changed", "What is to be approved is no longer what the page showed; open it again");
  const run = entries.filter((entry) => entry.step === undefined);
  return entryFor({ approval, step, gate, spec, state, action, schema, around: { run, now } }, said, by);
}

/** Null where they may speak. */
function refuseSpeaker({ workflow, review }: GovernanceSpec, approval: Approval, gate: Gate, by: string) {
  if (by === approval.notBy) return fail("approval.own_run", `${by} began this run by hand: somebody else decides in it`);
  if (seatOf(gate, by) !== null) return null;
  const known = peopleOf(review, review.reviewers);
  const people = gate.asked.join(", ");
  if (!known.includes(by)) return fail("approval.not_reviewer", `${by} is not among the reviewers of ${workflow}`);
  if (!approval.reviewers.includes(by))
    return fail("approval.not_reviewer", `${by} is not among those whom the rule ${approval.rule} asks: ${people}`);
  return fail("approval.not_reviewer", `This was handed over: now it is for ${people} to decide`);
}

function entryFor(desk: Desk, said: Exclude<DecisionInput, Of<"inform">>, by: string): Result<Said> {
  const { gate, step, approval } = desk;
  const approvalId = approval.id;
  const seat = seatOf(gate, by);
  // Whoever has agreed may still think better of it, or change the values: that is said as whoever they agreed as.
  const as: Seat = seat === "agreed" || seat === null ? (gate.agreed.find((one) => one.by === by) ?? { by }) : seat;
  const who = seatFacts(as);
  switch (said.kind) {
    case "approved":
      return agree(desk, seat, said.reason);
    case "edited":
      return edit(desk, seat === "agreed" ? "agreed" : as, said, as);
    case "rejected":
      return ok({ type: "approval.decided", step, approvalId, decision: { kind: "rejected", ...who, reason: said.reason } });
    case "insufficient":
      return ok({ type: "approval.decided", step, approvalId, decision: { kind: "insufficient", ...who, missing: said.missing } });
    case "ask":
      return ok({ type: "approval.information_asked", step, approvalId, ...who, question: said.question });
    case "reassign":
      return handOver(desk, seat, said.to);
  }
}

function agree(desk: Desk, seat: Seat | "agreed" | null, reason: string | undefined): Result<Said> {
  const { gate, step, approval } = desk;
  if (seat === null || seat === "agreed")
    return fail("approval.already_agreed", `You, or whom you stand in for, have agreed already; ${gate.missing} more must agree`);
  if (approval.answer && gate.editedBy === null)
    return fail("approval.edit_refused", "Nobody has answered yet, so there is nothing to agree to: give the answer", { field: "kind" });
  const unsaid = refuseReason(desk, reason);
  if (unsaid) return unsaid;
  const who = { ...seatFacts(seat), ...(reason ? { reason } : {}) };
  if (gate.missing > 1) return ok({ type: "approval.endorsed", step, approvalId: approval.id, digest: gate.digest, ...who });
  const agreed = gate.agreed.length > 0 ? { agreed: gate.agreed.map(seatFacts) } : {};
  const decision: Decision =
    gate.editedBy === null ? { kind: "approved", ...who, ...agreed } : { kind: "edited", values: gate.values, ...who, ...agreed };
  return ok({ type: "approval.decided", step, approvalId: approval.id, decision });
}

/** Where several must agree, an edit is shown to the others under a digest of its own; values that stand already are an agreement. */
function edit(desk: Desk, seat: Seat | "agreed", { values: given, reason }: Of<"edited">, as: Seat): Result<Said> {
  const { gate, step, approval, spec } = desk;
  const values = given as JsonObject;
  if (approval.question !== undefined && !approval.answer) {
    return fail("approval.edit_refused", "This is a question: approve it or reject it. The facts that it shows are not written anywhere", {
      field: "kind",
    });
  }
  const refused = approval.answer ? refuseAnswer(desk, values) : refuseEdit(desk, values, as);
  if (refused) return refused;
  const { approvals = 1 } = spec.review;
  if (approvals > 1 && sameJson(values, gate.values)) return agree(desk, seat, reason);
  const unsaid = refuseReason(desk, reason);
  if (unsaid) return unsaid;
  const who = { ...seatFacts(as), ...(reason ? { reason } : {}) };
  if (approvals === 1) return ok({ type: "approval.decided", step, approvalId: approval.id, decision: { kind: "edited", ...who, values } });
  const { action, target, before } = approval;
  const bound = digest({ action, target, before, values, specVersion: spec.version });
  return ok({ type: "approval.amended", step, approvalId: approval.id, digest: bound, values, ...who });
}

/** To one whom this approval asks, and nobody else: what a rule asks of some is not handed to others. */
function handOver({ gate, step, approval, spec }: Desk, seat: Seat | "agreed" | null, to: string): Result<Said> {
  if (seat === null || seat === "agreed")
    return fail("approval.already_agreed", "You have agreed already: there is nothing left of yours to hand over");
  const refuse = (why: string) => fail("request.invalid", `to: ${why}`, { field: "to" });
  const { by, inPlaceOf = by } = seat;
  if (to === by || to === inPlaceOf) return refuse("name somebody else");
  if (to === approval.notBy) return refuse(`${to} began this run by hand, and may not decide in it`);
  if (!approval.reviewers.includes(to)) return refuse(`${to} is not among those whom this asks: ${approval.reviewers.join(", ")}`);
  const { approvals = 1 } = spec.review;
  if (approvals > 1 && (seat.level !== undefined || !gate.asked.includes(to)))
    return refuse("where several must agree, only those who are still asked hand over, and only to one another");
  const left = afterHandOver(gate.asked, { ...seat, to }, approvals);
  if (left.length < approvals) return refuse(`${approvals} people must agree, and only ${left.length} would be left`);
  return ok({ type: "approval.reassigned", step, approvalId: approval.id, ...seatFacts(seat), to });
}

const seatFacts = ({ by, inPlaceOf, level }: Seat): Seat => ({
  by,
  ...(inPlaceOf === undefined ? {} : { inPlaceOf }),
  ...(level === undefined ? {} : { level }),
});

function refuseReason({ spec, approval, gate, state }: Desk, reason: string | undefined) {
  if (!spec.regulated) return null;
  const others = gate.agreed.flatMap((one) => one.reason ?? []);
  const shown = [state.intended?.basedOn?.value, approval.values, approval.why, ...(approval.also ?? []), ...others];
  const fault = faultOfReason(reason, shown);
  return fault === null ? null : fail("request.invalid", fault, { field: "reason" });
}

function refuseEdit({ approval, state, spec, action, around }: Desk, values: JsonObject, seat: Seat) {
  const unknown = Object.keys(values).find((field) => !Object.hasOwn(approval.values, field));
  if (unknown) return fail("approval.edit_refused", `${unknown}: only the fields that were asked about can be edited`, { field: unknown });
  const missing = Object.keys(approval.values).find((field) => !Object.hasOwn(values, field));
  if (missing) return fail("approval.edit_refused", `${missing}: give a value for every field that was asked about`, { field: missing });
  const ruling = ruleOnEdit(spec, state, values, deciderIn(approval, seat), around);
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

/** A model's answer is held to the same schema, and to no more fields than it has. */
function refuseAnswer({ approval, schema }: Desk, values: JsonObject) {
  if (schema === null) return fail("approval.edit_refused", "The workflow that asks this is no longer deployed", { field: "kind" });
  const unknown = Object.keys(values).find((field) => !Object.hasOwn(approval.answer?.fields ?? {}, field));
  if (unknown) return fail("approval.edit_refused", `${unknown}: the decision has no such field`, { field: unknown });
  const parsed = schema.safeParse(values);
  const issue = parsed.success ? undefined : parsed.error.issues[0];
  return issue
    ? fail("approval.edit_refused", `${issue.path.join(".")}: ${issue.message}`, { field: String(issue.path[0] ?? "values") })
    : null;
}

function describe(decision: Decision): string {
  switch (decision.kind) {
    case "expired":
      return "expired";
    case "insufficient":
      return `answered by ${decision.by}: not enough information`;
    case "approved":
    case "edited":
    case "rejected":
      return `${decision.kind} by ${decision.by}`;
  }
}
