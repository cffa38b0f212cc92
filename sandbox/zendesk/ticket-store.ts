// Tickets and their audits in SQLite, each row the JSON that the API answers. It decides nothing: the rules are in ticket-change.ts
// and ticket-create.ts. Every method is synchronous, so a read and the write that rests on it cannot be parted.
import { numberOf } from "../storage.ts";
import { auditOf, commentsIn } from "./audit.ts";
import type { Audit, Comment, Ticket, TicketEvent, Via } from "./ticket.ts";

const FIRST_TICKET = 1001;

export interface Author {
  id: number;
  via: Via;
  custom?: unknown;
}

/** As JSON. */
export interface Saved {
  ticket: string;
  audit: string;
}

export class TicketStore {
  readonly #sql: SqlStorage;
  #nextTicket = FIRST_TICKET;
  #nextAudit = 1;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    this.load();
  }

  load(): void {
    this.#nextTicket = Math.max(FIRST_TICKET, numberOf(this.#sql, "SELECT MAX(id) FROM tickets") + 1);
    this.#nextAudit = numberOf(this.#sql, "SELECT MAX(id) FROM audits") + 1;
  }

  /** The number that the next ticket will have. */
  get next(): number {
    return this.#nextTicket;
  }

  /** As it is answered, for a read that need not look inside. */
  json(id: number): string | null {
    return this.#sql.exec<{ doc: string }>("SELECT doc FROM tickets WHERE id = ?", id).toArray()[0]?.doc ?? null;
  }

  get(id: number): Ticket | null {
    const doc = this.json(id);
    return doc === null ? null : (JSON.parse(doc) as Ticket);
  }

  /** A ticket with what just happened to it, created or changed. Answers both as they were written, ready to be sent. */
  save(ticket: Ticket, events: TicketEvent[], author: Author): Saved {
    const doc = JSON.stringify(ticket);
    this.#sql.exec(
      "INSERT INTO tickets (id, external_id, doc) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET external_id = excluded.external_id, doc = excluded.doc",
      ticket.id,
      ticket.external_id,
      doc,
    );
    if (ticket.id >= this.#nextTicket) this.#nextTicket = ticket.id + 1;
    const { id: author_id, via, custom } = author;
    const at = ticket.updated_at;
    const audit = auditOf({ id: this.#nextAudit++, ticketId: ticket.id, author: author_id, at, events, via, custom });
    return { ticket: doc, audit: this.saveAudit(audit) };
  }

  saveAudit(audit: Audit): string {
    const doc = JSON.stringify(audit);
    this.#sql.exec("INSERT INTO audits VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET doc = excluded.doc", audit.ticket_id, audit.id, doc);
    return doc;
  }

  /** Gone for the API; its audits stay, as an administrator could restore it. */
  remove(id: number): void {
    this.#sql.exec("DELETE FROM tickets WHERE id = ?", id);
  }

  comments(ticketId: number): Comment[] {
    return this.audits(ticketId).flatMap(commentsIn);
  }

  audits(ticketId: number): Audit[] {
    const rows = this.#sql.exec<{ doc: string }>("SELECT doc FROM audits WHERE ticket_id = ? ORDER BY id", ticketId);
    return [...rows].map((row) => JSON.parse(row.doc) as Audit);
  }

  audit(ticketId: number, id: number): Audit | null {
    const row = this.#sql.exec<{ doc: string }>("SELECT doc FROM audits WHERE ticket_id = ? AND id = ?", ticketId, id).toArray()[0];
    return row ? (JSON.parse(row.doc) as Audit) : null;
  }

  count(): number {
    return numberOf(this.#sql, "SELECT COUNT(*) FROM tickets");
  }

  withExternalId(externalId: string): Ticket[] {
    return this.#tickets("SELECT doc FROM tickets WHERE external_id = ? ORDER BY id", externalId);
  }

  /** Tickets after a number, by number. */
  after(id: number, limit: number): Ticket[] {
    return this.#tickets("SELECT doc FROM tickets WHERE id > ? ORDER BY id LIMIT ?", id, limit);
  }

  slice(offset: number, limit: number): Ticket[] {
    return this.#tickets("SELECT doc FROM tickets ORDER BY id LIMIT ? OFFSET ?", limit, offset);
  }

  /** Those that changed at or after a stamp (and, with a number, behind that ticket), longest unchanged first. */
  changedSince(stamp: string, behind: number | null, limit: number): Ticket[] {
    return this.#tickets(
      `SELECT doc FROM tickets WHERE doc ->> 'updated_at' > ?1 OR (doc ->> 'updated_at' = ?1 AND id > ?2) ORDER BY doc ->> 'updated_at', id LIMIT ?3`,
      stamp,
      behind ?? -1,
      limit,
    );
  }

  newest(limit: number): Ticket[] {
    return this.#tickets("SELECT doc FROM tickets ORDER BY id DESC LIMIT ?", limit);
  }

  #tickets(statement: string, ...values: (string | number)[]): Ticket[] {
    return [...this.#sql.exec<{ doc: string }>(statement, ...values)].map((row) => JSON.parse(row.doc) as Ticket);
  }
}
