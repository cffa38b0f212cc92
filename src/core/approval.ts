// A human gate: what is asked, what a person may say to it, and what is recorded of that. An approval is bound to a digest of exactly what was shown; whoever
// speaks to it repeats that digest. Who may, and how many must, is no business of this file (see governance/gate.ts).
import * as z from "zod";
import type { JsonObject } from "./json.ts";

const digest = z.string();
const words = (what: string) => z.string().trim().min(1, what).max(2000);

/** Characters that a reason for a regulated decision has at least: fewer explain nothing to whoever asks later. */
export const REASON_LENGTH = 20;

/**
 * What a person says to an approval. `digest` is the one the page showed: if what is to be approved has moved since, it is refused. The first four answer it;
 * "ask" and "reassign" leave it open, and so does "inform", which answers what somebody asked and needs no digest.
 */
export const DecisionInput = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("approved"), digest, reason: z.string().trim().max(2000).optional() }),
  z.object({ kind: z.literal("edited"), digest, values: z.record(z.string(), z.json()), reason: z.string().trim().max(2000).optional() }),
  z.object({ kind: z.literal("rejected"), digest, reason: words("Say in a few words why you reject it") }),
  z.object({ kind: z.literal("insufficient"), digest, missing: words("Say what is missing") }),
  z.object({ kind: z.literal("ask"), digest, question: words("Say what you need to know") }),
  z.object({ kind: z.literal("reassign"), digest, to: z.string().trim().toLowerCase().min(1, "Name the reviewer who is to decide") }),
  z.object({ kind: z.literal("inform"), text: words("Say what is known") }),
]);
export type DecisionInput = z.infer<typeof DecisionInput>;

/** As whom somebody speaks: a person, in whose place, and through which level of the escalation (from 1), where it was not as one of those asked first. */
export type Seat = {
  readonly by: string;
  readonly inPlaceOf?: string;
  readonly level?: number;
};

/** `agreed`: those who had agreed to the same values before; `reason`: in their own words. */
type Agreeing = Seat & {
  readonly agreed?: readonly Seat[];
  readonly reason?: string;
};

export type Decision =
  | ({ readonly kind: "approved" } & Agreeing)
  | ({ readonly kind: "edited"; readonly values: JsonObject } & Agreeing)
  | ({ readonly kind: "rejected"; readonly reason: string } & Seat)
  /** Nothing was decided on the matter, and nothing is written: what there is to see does not suffice. */
  | ({ readonly kind: "insufficient"; readonly missing: string } & Seat)
  | { readonly kind: "expired" };

/** What a journal holds of an open approval, besides its question and its end. */
export type ApprovalEntry =
  /** One of several who must agree has agreed. */
  | ({ readonly type: "approval.endorsed"; readonly approvalId: string; readonly digest: string; readonly reason?: string } & Seat)
  /** One of several has changed the values, and agrees to these: who agreed before is asked again, under the new digest. */
  | ({
      readonly type: "approval.amended";
      readonly approvalId: string;
      readonly digest: string;
      readonly values: JsonObject;
      readonly reason?: string;
    } & Seat)
  | ({ readonly type: "approval.reassigned"; readonly approvalId: string; readonly to: string } & Seat)
  | ({ readonly type: "approval.information_asked"; readonly approvalId: string; readonly question: string } & Seat)
  | { readonly type: "approval.information_given"; readonly approvalId: string; readonly by: string; readonly text: string }
  /** `minutes`: after the approval was asked. */
  | { readonly type: "approval.reminded"; readonly approvalId: string; readonly minutes: number }
  /** From now on `to` may decide as well; `until` is when the next level is reached, or the end. */
  | {
      readonly type: "approval.escalated";
      readonly approvalId: string;
      readonly level: number;
      readonly to: readonly string[];
      readonly until: number;
    };

/** A task for a reviewer. `before` and `values` are field by field; times are epoch milliseconds. */
export interface Approval {
  readonly id: string;
  readonly step: string;
  readonly action: string;
  readonly target: string;
  readonly before: JsonObject;
  readonly values: JsonObject;
  readonly digest: string;
  readonly rule: string;
  readonly why: string;
  /** What else asks, besides the rule that decided. */
  readonly also?: readonly string[];
  readonly reviewers: readonly string[];
  readonly requestedAt: number;
  /** When all time has passed, that of the escalation included. */
  readonly expiresAt: number;
  /** When the time of those who are asked first ends, where others are asked as well from then on. */
  readonly slaEndsAt?: number;
  /** Who began the run by hand, and so may not decide. */
  readonly notBy?: string;
  /** Set where a workflow asks a person something that is not about a write (step.approval): `values` are then facts to be shown, and cannot be edited. */
  readonly question?: string;
  /** Set where a person is asked in the models' place: what was to be decided, and its fields as JSON Schema, by name. The answer is given as values. */
  readonly answer?: { readonly decision: string; readonly instruction: string; readonly fields: JsonObject };
}
