// The second check on a regulated write, right before it leaves: does the journal hold a named reviewer's decision on exactly this? It reads what was recorded and
// not what was ruled, so that a fault in the rules, or in what follows from them, cannot let a write out on its own. It must not import evaluate.ts.
import type { Approval, Decision } from "../core/approval.ts";
import { digest, type JsonObject, sameJson } from "../core/json.ts";
import { peopleOf } from "./review.ts";
import type { GovernanceSpec } from "./spec.ts";

/** A step's entries as far as they say what was seen and who decided, oldest first. */
export type DecisionEntry =
  | { readonly type: "effect.looked"; readonly before: JsonObject }
  | { readonly type: "approval.requested"; readonly approval: Approval }
  | { readonly type: "approval.decided"; readonly approvalId: string; readonly decision: Decision }
  | { readonly type: "approval.voided"; readonly approvalId: string };

/** What is about to be sent. */
export interface Leaving {
  readonly action: string;
  readonly target: string;
  readonly values: JsonObject;
}

/** Null: it may leave. Otherwise what is missing, in words for an operator. */
export function mayLeave(
  spec: Pick<GovernanceSpec, "regulated" | "version"> & { readonly review: Pick<GovernanceSpec["review"], "reviewers" | "groups"> },
  { action, target, values }: Leaving,
  entries: readonly DecisionEntry[],
): string | null {
  if (!spec.regulated) return null;
  const asked = entries.findLast((entry) => entry.type === "approval.requested");
  if (asked?.type !== "approval.requested") return "nobody was asked";
  const { approval } = asked;
  if (entries.some((entry) => entry.type === "approval.voided" && entry.approvalId === approval.id)) return "the approval was voided";
  const answers = entries.flatMap((entry) =>
    entry.type === "approval.decided" && entry.approvalId === approval.id ? [entry.decision] : [],
  );
  const [decision] = answers;
  if (!decision) return "nobody has decided";
  if (answers.length > 1) return "more than one decision is recorded";
  if (decision.kind !== "approved" && decision.kind !== "edited") return `the decision is ${decision.kind}`;
  if (![approval.reviewers, peopleOf(spec.review, spec.review.reviewers)].every((people) => people.includes(decision.by)))
    return `${decision.by} is not among the reviewers`;
  const decided = decision.kind === "edited" ? decision.values : approval.values;
  if (!sameJson(values, decided)) return "the values are not those that were decided on";
  const seen = entries.findLast((entry) => entry.type === "effect.looked");
  const before = seen?.type === "effect.looked" ? seen.before : {};
  // An edit changes the values and nothing else: what the reviewer was shown is what the digest is of.
  const shown = digest({ action, target, before, values: approval.values, specVersion: spec.version });
  return shown === approval.digest
    ? null
    : "what was decided on is another change, of another record, or of a record that has changed since";
}
