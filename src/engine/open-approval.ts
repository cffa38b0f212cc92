// An approval that waits for people, of a write or of a question: journals what has come due of it (a reminder, the next level of its escalation, its end), and
// says how long the run may sleep. What is due is the gate's to say; what follows when all time has passed is the spec's.
import type { Approval, Decision } from "../core/approval.ts";
import type { GateMove } from "../governance/gate.ts";
import type { NewEntry } from "./journal.ts";
import { begunBy, originOf } from "./other-runs.ts";
import type { Pass } from "./pass.ts";

const EXPIRED: Decision = { kind: "expired" };

/** Records what is due, or waits. */
export function keepAsking(pass: Pass, { id, step, expiresAt }: Approval, next: GateMove): void {
  const about = { step, approvalId: id };
  switch (next.kind) {
    case "remind":
      pass.recordAll([{ type: "approval.reminded", ...about, minutes: next.minutes }]);
      return;
    case "escalate": {
      const { level, to, until } = next;
      pass.recordAll([{ type: "approval.escalated", ...about, level, to, until }]);
      return;
    }
    case "expire":
      pass.recordAll([{ type: "approval.decided", ...about, decision: EXPIRED }, ...cancelWhereWanted(pass, step)]);
      return;
    case "wait":
      pass.wait({
        kind: "approval",
        approvalId: id,
        step,
        until: next.until,
        ...(next.until < expiresAt ? { decideBy: expiresAt } : {}),
      });
  }
}

/** Together with the expiry, so that the body never goes on from an answer that the spec does not want it to have. */
function cancelWhereWanted(pass: Pass, step: string): NewEntry[] {
  const { review, onFailure, regulated } = pass.spec;
  if (review.onExpiry !== "cancel" || pass.isCancelling) return [];
  const reason = `Nobody decided on “${step}” within the time that the spec allows`;
  return [{ type: "run.cancel_requested", by: "interlock", compensate: onFailure === "compensate" && !regulated, reason }];
}

/** For the approval that is asked: who began the run by hand is not to decide in it. */
export function notByOf(pass: Pass): { readonly notBy?: string } {
  const by = begunBy(originOf(pass.runEntries()));
  return by === null ? {} : { notBy: by };
}
