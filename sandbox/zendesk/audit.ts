// The audit of one update: its events with numbers, and the comment that one of them may be. Pure. Event numbers follow from the
// audit's own, so that nothing needs to be remembered between updates; a comment has the number of its event, as at the vendor.
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

const EVENTS_PER_AUDIT = 100;

export function auditOf({ id, ticketId, author, at, events, via, custom }: AuditOf): { audit: Audit; comment: Comment | null } {
  const metadata = { system: {}, custom: typeof custom === "object" && custom !== null ? custom : {} };
  const numbered = events.map((event, index) => ({ id: id * EVENTS_PER_AUDIT + index, ...event }));
  const audit: Audit = { id, ticket_id: ticketId, created_at: at, author_id: author, metadata, events: numbered, via };
  const said = numbered.find((event) => event.type === "Comment");
  return { audit, comment: said?.type === "Comment" ? { ...said, audit_id: id, via, created_at: at, metadata } : null };
}
