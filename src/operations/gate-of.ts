// How an approval stands among people, from what D1 holds of it: for pages and the API. The partition decides from its own journal.
import type { ApprovalDetail } from "../db/reads.ts";
import { computeGate, type Gate } from "../governance/gate.ts";

/** Null once it is not asked any more, and where the spec that it was asked under is not on record. */
export const gateOf = ({ approval: row, said, spec }: ApprovalDetail, now: number): Gate | null =>
  spec === null || row.status !== "pending" ? null : computeGate(spec.spec.review, row.approval, said, now);
