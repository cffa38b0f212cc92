// /api/v2/tickets/:id/comments and /audits: what was said and what was done. Redacting blots words out of a comment for good, wherever
// the account keeps them; making private hides a comment from the requester. Neither can be taken back, at the vendor or here.
import { Hono } from "hono";
import type { World } from "../world.ts";
import { NOT_FOUND, readBody, refuse } from "./answers.ts";
import { auditOfComment, commentsIn, withComment } from "./audit.ts";
import { ticketCounter, type ZendeskVariables } from "./door.ts";
import { paged, pageOf } from "./paging.ts";
import { type Audit, type Comment, stampAfter, type Ticket, type TicketEvent, VIA_API } from "./ticket.ts";
import { CLOSED, invalid } from "./ticket-change.ts";
import { redact } from "./ticket-comment.ts";

export function commentRoutes(world: World) {
  const { tickets, counters } = world;
  const find = (ticketId: number, commentId: number): { ticket: Ticket; audit: Audit; comment: Comment } | null => {
    const ticket = tickets.get(ticketId);
    const audit = tickets.audit(ticketId, auditOfComment(commentId));
    const comment = audit && commentsIn(audit).find(({ id }) => id === commentId);
    return ticket && audit && comment ? { ticket, audit, comment } : null;
  };
  const record = (ticket: Ticket, event: TicketEvent, actor: number): void => {
    tickets.save({ ...ticket, updated_at: stampAfter(ticket.updated_at, Date.now()) }, [event], { id: actor, via: VIA_API });
    counters.applied(ticketCounter(ticket.id, actor));
  };
  return new Hono<ZendeskVariables>()
    .get("/:id{[0-9]+}/:list{comments|audits}", (c) => {
      const id = Number(c.req.param("id"));
      if (tickets.json(id) === null) return c.json(NOT_FOUND, 404);
      const name = c.req.param("list");
      const all: { id: number }[] = name === "comments" ? tickets.comments(id) : tickets.audits(id);
      if (c.req.query("sort_order") === "desc" || c.req.query("sort") === "-created_at") all.reverse();
      const page = pageOf((key) => c.req.query(key));
      return c.json(paged(name, all, page, new URL(c.req.url)));
    })
    .put("/:id{[0-9]+}/comments/:comment{[0-9]+}/redact", async (c) => {
      const text = ((await readBody(c)) as { text?: unknown } | null)?.text;
      const found = find(Number(c.req.param("id")), Number(c.req.param("comment")));
      if (!found) return c.json(NOT_FOUND, 404);
      if (typeof text !== "string" || text === "") return refuse(c, BLANK);
      const { ticket, audit, comment } = found;
      if (ticket.status === "closed") return refuse(c, CLOSED);
      const redacted = redact(comment, text);
      if (redacted.body === comment.body && redacted.html_body === comment.html_body) return c.json({ comment });
      tickets.saveAudit(withComment(audit, comment.id, (event) => redact(event, text)));
      // The description is the first comment's text, kept a second time.
      const description = comment.body === ticket.description ? redacted.body : ticket.description;
      record({ ...ticket, description }, { type: "CommentRedactionEvent", comment_id: comment.id }, c.get("actor"));
      return c.json({ comment: redacted });
    })
    .put("/:id{[0-9]+}/comments/:comment{[0-9]+}/make_private", (c) => {
      const found = find(Number(c.req.param("id")), Number(c.req.param("comment")));
      if (!found) return c.json(NOT_FOUND, 404);
      const { ticket, audit, comment } = found;
      if (!comment.public) return c.json({});
      tickets.saveAudit(withComment(audit, comment.id, (event) => ({ ...event, public: false })));
      record(ticket, { type: "CommentPrivacyChange", comment_id: comment.id, public: false }, c.get("actor"));
      return c.json({});
    });
}

const BLANK = invalid({ text: [{ description: "Text: cannot be blank", error: "BlankValue" }] });
