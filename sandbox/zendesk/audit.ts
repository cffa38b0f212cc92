// The audit of one update, and a ticket's comments, which are its audits' Comment events seen from the other side: kept once, so that
// what is redacted is gone. Pure. Event numbers follow from the audit's own, so that nothing has to be remembered between updates; a
// comment has the number of its event, as at the vendor.
import type { Audit, Comment, TicketEvent, Via } from "./ticket.ts";

export interface AuditOf {
  id: number;
  ticketId: number;
  author: number;
  at: string;
  events: TicketEvent[];
  via: Via;
  /** What the caller sent as `metadata`: kept as the audit's custom metadata. */
  custom: unknown;
}

type Numbered = Audit["events"][number];

const EVENTS_PER_AUDIT = 100;

export function auditOf({ id, ticketId, author, at, events, via, custom }: AuditOf): Audit {
  const metadata = { system: {}, custom: typeof custom === "object" && custom !== null ? custom : {} };
  const numbered = events.map((event, index) => ({ id: id * EVENTS_PER_AUDIT + index, ...event }));
  return { id, ticket_id: ticketId, created_at: at, author_id: author, metadata, events: numbered, via };
}

/** The number of the audit in which a comment was made. */
export function auditOfComment(commentId: number): number {
  return Math.floor(commentId / EVENTS_PER_AUDIT);
}

export function commentsIn({ id, created_at, metadata, events, via }: Audit): Comment[] {
  return events.flatMap((event) => (event.type === "Comment" ? [{ ...event, audit_id: id, via, created_at, metadata }] : []));
}

/** The audit with one comment's text or visibility changed. */
export function withComment(audit: Audit, commentId: number, change: (event: Numbered & { type: "Comment" }) => Numbered): Audit {
  return { ...audit, events: audit.events.map((event) => (event.type === "Comment" && event.id === commentId ? change(event) : event)) };
}
