// Who owns the leads of a segment, by the address of their user in the CRM. Each segment has an owner of its own: from who was written, the segment is told again.
import { SEGMENTS, type Segment } from "./labels.ts";

export const OWNERS: Readonly<Record<Segment, string>> = {
  enterprise: "ana@example.com",
  business: "ben@example.com",
  other: "leads@example.com",
};

/** Looks after what no segment's owner should have to: leads that may be there twice. */
export const DESK = OWNERS.other;

export const segmentOf = (owner: unknown): Segment => SEGMENTS.find((segment) => OWNERS[segment] === owner) ?? "other";
