// Makes a ticket. Zendesk keeps an Idempotency-Key for two hours and answers a repeat with the first ticket; for what comes later each ticket carries the same mark as its
// external id, by which tickets can be listed.
import * as z from "zod";
import { sha256Hex } from "../core/crypto.ts";
import { failureOf } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import { type ApplyContext, type Http, writeAction } from "./define.ts";
import { promised } from "./http.ts";
import { CustomFields, DOCS, records, Tag, TicketId, TicketJson, ticketPath } from "./zendesk-api.ts";
import { CommentBody, oneSpaced } from "./zendesk-comments.ts";
import { groupId } from "./zendesk-groups.ts";
import { fieldsOf, flat, nested, Priority, wireCustom } from "./zendesk-tickets.ts";
import { agentId } from "./zendesk-users.ts";

const NewTicket = z.strictObject({
  /** Whoever it is from; Zendesk makes a user of an address that it does not know. */
  requester: z.email().toLowerCase(),
  subject: z.string().min(1).max(255),
  description: CommentBody,
  /** Only agents see the description, and nobody is written to. */
  internal: z.boolean(),
  type: z.enum(["problem", "incident", "question", "task"]).optional(),
  priority: Priority.optional(),
  group: z.string().min(1).optional(),
  assignee: z.email().toLowerCase().optional(),
  tags: z.array(Tag).min(1).optional(),
  custom: CustomFields.optional(),
});
type NewTicket = z.infer<typeof NewTicket>;

/** A header takes no other characters, and at most 255. */
const markOf = (key: string): string => `interlock-${sha256Hex(key).slice(0, 40)}`;

async function create(input: NewTicket, { http, key }: ApplyContext): Promise<{ id: string }> {
  const { requester, subject, description, internal, type, priority, group, assignee, tags, custom } = input;
  const mark = markOf(key);
  const ticket: JsonObject = {
    requester: { email: requester, name: requester },
    subject,
    comment: { body: description, public: !internal },
    external_id: mark,
    metadata: { interlock: key },
    ...(type ? { type } : {}),
    ...(priority ? { priority } : {}),
    ...(group ? { group_id: await groupId(group, http) } : {}),
    ...(assignee ? { assignee_id: await agentId(assignee, http) } : {}),
    ...(tags ? { tags } : {}),
    ...(custom ? { custom_fields: wireCustom(custom) } : {}),
  };
  const { json } = await http.send({
    method: "POST",
    path: "/api/v2/tickets.json",
    body: { ticket },
    headers: { "idempotency-key": mark },
  });
  return { id: String(promised(z.object({ ticket: z.object({ id: z.number() }) }), json, "a created ticket").ticket.id) };
}

const Listed = z.object({ id: z.number(), external_id: z.string().nullish() });

async function find({ http, key }: ApplyContext): Promise<{ id: string } | null> {
  const mark = markOf(key);
  for await (const ticket of records(http, `/api/v2/tickets.json?external_id=${mark}`, "tickets", Listed))
    if (ticket.external_id === mark) return { id: String(ticket.id) };
  return null;
}

const Whole = z.object({
  ticket: TicketJson.extend({
    subject: z.string().nullish(),
    description: z.string().nullish(),
    type: z.string().nullish(),
    is_public: z.boolean().optional(),
  }),
});

async function whole(id: string, http: Http): Promise<z.infer<typeof Whole>["ticket"] | null> {
  try {
    const { json } = await http.send({ method: "GET", path: `${ticketPath(TicketId.parse(id))}.json` });
    return promised(Whole, json, "a ticket").ticket;
  } catch (thrown) {
    if (failureOf(thrown).code === "connector.not_found") return null;
    throw thrown;
  }
}

export const createTicket = writeAction({
  effect: "write",
  summary: "Create a ticket; the undo deletes it, and an administrator can restore it for 30 days",
  docs: `${DOCS}/tickets/#create-ticket`,
  idempotency: "lookup",
  input: NewTicket,
  output: z.object({ id: z.string() }),
  target: ({ requester }) => `requester/${encodeURIComponent(requester)}`,
  values: ({ requester: _, ...values }): JsonObject => flat(values),
  withValues: ({ requester }, values) => ({ ...(nested(values) as Omit<NewTicket, "requester">), requester }),
  apply: create,
  find: (_input, context) => find(context),
  prove: async (input, { id }, http) => {
    const ticket = await whole(id, http);
    if (!ticket) return {};
    const description = ticket.description ?? "";
    return {
      subject: ticket.subject ?? null,
      description: oneSpaced(description) === oneSpaced(input.description) ? input.description : description,
      internal: ticket.is_public === false,
      ...(input.type === undefined ? {} : { type: ticket.type ?? null }),
      ...(await fieldsOf(ticket, input, http)),
    };
  },
  undo: {
    kind: "withdraw",
    // It needs the right to delete tickets.
    withdraw: async (_input, { id }, { http }) => {
      if (await whole(id, http)) await http.send({ method: "DELETE", path: `${ticketPath(id)}.json` });
    },
    gone: async (_input, { id }, http) => (await whole(id, http)) === null,
  },
});
