// The second check on a regulated write, right before it leaves: does the journal hold the decision of as many named people as must agree, on exactly this, each
// with a reason? It reads what was recorded and not what was ruled or worked out, so that a fault in the rules, in the gate, or in what follows from them, cannot
// let a write out on its own. It must import neither evaluate.ts nor gate.ts.
import { type Approval, type ApprovalEntry, type Decision, REASON_LENGTH } from "../core/approval.ts";
import { digest, type JsonObject, sameJson } from "../core/json.ts";
import { peopleOf } from "./review.ts";
import type { GovernanceSpec } from "./spec.ts";

/** A step's entries as far as they say what was seen and who decided, oldest first. */
export type DecisionEntry = { readonly at: number } & (
  | { readonly type: "effect.looked"; readonly before: JsonObject }
  | { readonly type: "approval.requested"; readonly approval: Approval }
  | { readonly type: "approval.decided"; readonly approvalId: string; readonly decision: Decision }
  | { readonly type: "approval.voided"; readonly approvalId: string }
  | Extract<ApprovalEntry, { type: "approval.endorsed" | "approval.amended" | "approval.reassigned" }>
);

/** What is about to be sent. */
export interface Leaving {
  readonly action: string;
  readonly target: string;
  readonly values: JsonObject;
}

/** Somebody's agreement as it is recorded, and when. */
interface Agreement {
  readonly by: string;
  readonly inPlaceOf?: string;
  readonly reason?: string;
  readonly at: number;
}

type Rules = Pick<GovernanceSpec, "regulated" | "version" | "review">;

/** `notBy`: who began the run by hand. Null: it may leave. Otherwise what is missing, in words for an operator. */
export function mayLeave(
  spec: Rules,
  { action, target, values }: Leaving,
  entries: readonly DecisionEntry[],
  notBy: string | null,
): string | null {
  if (!spec.regulated) return null;
  const asked = entries.findLast((entry) => entry.type === "approval.requested");
  if (asked?.type !== "approval.requested") return "nobody was asked";
  const { approval } = asked;
  const own = entries.filter((entry) => "approvalId" in entry && entry.approvalId === approval.id);
  if (own.some(({ type }) => type === "approval.voided")) return "the approval was voided";
  const answers = own.flatMap((entry) => (entry.type === "approval.decided" ? [entry] : []));
  const [answer] = answers;
  if (!answer) return "nobody has decided";
  if (answers.length > 1) return "more than one decision is recorded";
  const { decision } = answer;
  if (decision.kind !== "approved" && decision.kind !== "edited") return `the decision is ${decision.kind}`;
  const decided = decision.kind === "edited" ? decision.values : approval.values;
  if (!sameJson(values, decided)) return "the values are not those that were decided on";
  const seen = entries.findLast((entry) => entry.type === "effect.looked");
  const before = seen?.type === "effect.looked" ? seen.before : {};
  const digestOf = (written: JsonObject) => digest({ action, target, before, values: written, specVersion: spec.version });
  // An edit changes the values and nothing else: what the reviewer was shown is what the digest is of.
  if (digestOf(approval.values) !== approval.digest)
    return "what was decided on is another change, of another record, or of a record that has changed since";
  const agreed: Agreement[] = [{ ...decision, at: answer.at }];
  // Who agreed before the values were changed agreed to others.
  for (const entry of own.slice(
    Math.max(
      0,
      own.findLastIndex(({ type }) => type === "approval.amended"),
    ),
  )) {
    if ((entry.type === "approval.endorsed" || entry.type === "approval.amended") && entry.digest === digestOf(values)) agreed.push(entry);
  }
  for (const one of agreed) {
    const fault = faultOf(spec, approval, one, own, notBy);
    if (fault) return fault;
  }
  const { approvals = 1 } = spec.review;
  const people = new Set(agreed.map(({ by }) => by)).size;
  const places = new Set(agreed.map(({ by, inPlaceOf = by }) => inPlaceOf)).size;
  return people === agreed.length && places === agreed.length && people >= approvals
    ? null
    : `${Math.min(people, places)} of ${approvals} people have agreed to these values`;
}

/** What speaks against counting this one: not asked, not allowed to stand in, begun by themselves, or no reason. */
function faultOf(
  { review }: Rules,
  approval: Approval,
  { by, inPlaceOf, reason = "", at }: Agreement,
  own: readonly DecisionEntry[],
  notBy: string | null,
): string | null {
  const place = inPlaceOf ?? by;
  if (by === notBy || place === notBy) return `${by} began this run, and may not decide in it`;
  const day = new Date(at).toISOString().slice(0, 10);
  const lent = (review.delegations ?? []).some(({ from, to, start, end }) => from === place && to === by && start <= day && day <= end);
  if (inPlaceOf !== undefined && !lent) return `${by} does not stand in for ${inPlaceOf}`;
  const named = [approval.reviewers, peopleOf(review, review.reviewers)].every((people) => people.includes(place));
  const handed = own.flatMap((entry) => (entry.type === "approval.reassigned" && entry.at <= at ? [entry] : []));
  const stillAsked =
    (review.approvals ?? 1) === 1
      ? handed.every(({ to }, index) => index < handed.length - 1 || to === place)
      : !handed.some((entry) => (entry.inPlaceOf ?? entry.by) === place);
  if (!(named && stillAsked) && !isEscalatedTo(review, approval, place, at)) return `${by} is not among the reviewers`;
  return reason.trim().length < REASON_LENGTH ? `${by} has given no reason` : null;
}

/** Was this person's level reached by then? Counted from the spec, and not from what was recorded of it. */
function isEscalatedTo(review: Rules["review"], { requestedAt }: Approval, person: string, at: number): boolean {
  let minutes = review.slaMinutes;
  return (review.escalation ?? []).some((level) => {
    const isReached = at >= requestedAt + minutes * 60_000;
    minutes += level.minutes;
    return isReached && peopleOf(review, level.to).includes(person);
  });
}
