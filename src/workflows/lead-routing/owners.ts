// Who owns the leads of a segment, by the address of their user in the CRM. Each segment has an owner of its own: from who was written, the segment is told again.
import { SEGMENTS, type Segment } from "./labels.ts";

export const OWNERS: Readonly<Record<Segment, string>> = {
  enterprise: "ana@example.com",
  business: "ben@example.com",
  other: "leads@example.com",
};

/** Looks after what no segment's owner should have to: leads that may be there twice. */
export const DESK = OWNERS.other;

/** Salesforce gives every lead an owner: those that nobody has taken lie in this queue (its developer name), where the org's assignment rule puts them. */
export const INBOX = "Sales_Queue";

export const segmentOf = (owner: unknown): Segment => SEGMENTS.find((segment) => OWNERS[segment] === owner) ?? "other";
