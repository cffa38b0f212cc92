// Says something on a ticket: to everybody who follows it, or to agents only.
// Sequence: PUT with the comment -> its number from the update's audit -> read back, with spaces as Zendesk puts them.
import * as z from "zod";
import { InterlockError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import { type ApplyContext, type Http, type Undo, writeAction } from "./define.ts";
import { type AuditJson, DOCS, digits, findAudit, putTicket, records, TicketId, ticketPath } from "./zendesk-api.ts";

/** What may be said in a comment, or in a ticket's description. */
export const CommentBody = z
  .string()
  .refine((body) => body.trim() !== "", "A comment needs text")
  // 64 kB, and Zendesk cuts off the rest without a word; a UTF-16 unit is at most three bytes of UTF-8.
  .max(21_000)
  // Zendesk fills placeholders in: a text that a customer talked a model into could read other fields out to them.
  .refine((body) => !/\{\{|\{%/.test(body), "Zendesk would replace what stands in {{ }} or {% %}");

const CommentInput = z.strictObject({ id: TicketId, body: CommentBody, public: z.boolean() });
const CommentJson = z.object({ id: z.number(), body: z.string(), public: z.boolean() });
type CommentJson = z.infer<typeof CommentJson>;

async function findComment(ticketId: string, commentId: string, http: Http): Promise<CommentJson | null> {
  for await (const comment of records(http, `${ticketPath(ticketId)}/comments?sort=-created_at`, "comments", CommentJson)) {
    if (String(comment.id) === commentId) return comment;
  }
  return null;
}

/** Zendesk puts runs of spaces and newlines together; two texts that differ only in those are one. */
export const oneSpaced = (text: string): string => text.replace(/\s+/g, " ").trim();

const Output = z.object({ id: z.string(), auditId: z.string() });
type Said = z.infer<typeof CommentInput>;

async function comment({ id, body, public: isPublic }: Said, context: ApplyContext): Promise<z.infer<typeof Output>> {
  const { audit } = await putTicket(id, { comment: { body, public: isPublic } }, context, context.version);
  const output = commentIn(audit);
  if (!output) throw new InterlockError("connector.answer_invalid", `Zendesk answered 200 and added no comment to ticket/${id}`);
  return output;
}

/** An audit event of type Comment has the number of the comment that it made. */
function commentIn(audit: AuditJson | null | undefined): { id: string; auditId: string } | null {
  const event = audit?.events.find(({ type }) => type === "Comment");
  return audit && event ? { id: String(event.id), auditId: String(audit.id) } : null;
}

const find = async ({ id }: { id: string }, context: ApplyContext) => commentIn(await findAudit(id, context));

/** What stands there: the wanted text where it differs in spaces only. */
async function standing(ticket: string, id: string, body: string, http: Http): Promise<{ body: string; public: boolean } | null> {
  const found = await findComment(ticket, id, http);
  return found && { body: oneSpaced(found.body) === oneSpaced(body) ? body : found.body, public: found.public };
}

const isGone = (found: CommentJson, body: string): boolean => !oneSpaced(found.body).includes(oneSpaced(body));

/** Comments cannot be deleted. Redaction is for good, needs the right to delete tickets, and is refused once the ticket is closed. */
const redaction: Undo<{ id: string; body: string }, z.infer<typeof Output>> = {
  kind: "withdraw",
  withdraw: async ({ id, body }, output, { http }) => {
    const found = await findComment(id, output.id, http);
    if (!found || isGone(found, body)) return;
    // The text as Zendesk stored it; an agent's signature may stand behind ours.
    const text = found.body.includes(body) ? body : found.body;
    await http.send({ method: "PUT", path: `${ticketPath(id)}/comments/${digits(output.id)}/redact.json`, body: { text } });
  },
  gone: async ({ id, body }, output, http) => {
    const found = await findComment(id, output.id, http);
    return !found || isGone(found, body);
  },
};

const NOTHING: JsonObject = {};

export const addComment = writeAction({
  effect: "write",
  summary: "Add a public reply or an internal note to a ticket; the undo blots its text out, but not in a reply that was e-mailed already",
  docs: `${DOCS}/ticket_comments/#creating-ticket-comments`,
  idempotency: "lookup",
  input: CommentInput,
  output: Output,
  target: ({ id }) => `ticket/${id}`,
  values: ({ body, public: isPublic }) => ({ body, public: isPublic }),
  withValues: (input, values) => ({ ...input, ...(values as { body: string; public: boolean }) }),
  apply: comment,
  find,
  prove: async ({ id, body }, output, http) => (await standing(id, output.id, body, http)) ?? NOTHING,
  undo: redaction,
});

/** For workflows that must never write to a customer. */
export const addNote = writeAction({
  effect: "write",
  summary: "Add an internal note to a ticket, which only agents see; the undo blots its text out",
  docs: `${DOCS}/ticket_comments/#creating-ticket-comments`,
  idempotency: "lookup",
  input: z.strictObject({ id: TicketId, body: CommentBody }),
  output: Output,
  target: ({ id }) => `ticket/${id}`,
  values: ({ body }): JsonObject => ({ body }),
  withValues: (input, { body }) => ({ ...input, body: body as string }),
  apply: (input, context) => comment({ ...input, public: false }, context),
  find,
  prove: async ({ id, body }, output, http) => {
    const found = await standing(id, output.id, body, http);
    if (!found?.public) return found ? { body: found.body } : NOTHING;
    return found;
  },
  undo: redaction,
});
