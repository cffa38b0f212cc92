// Makes a ticket. Freshdesk takes the same one any number of times, so each bears a mark in the marker field. A lost answer is looked up twice: in the search, whose index
// is minutes behind, and in the list of what changed since, which is not; only the list may say no.
import * as z from "zod";
import { failureOf, InterlockError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import { type ApplyContext, type Http, writeAction } from "./define.ts";
import {
  CustomFields,
  DOCS,
  isMarked,
  markField,
  markOf,
  PAGE,
  PRIORITIES,
  readTicket,
  type TicketJson,
  ticketPath,
  ticketsSince,
  withMark,
} from "./freshdesk-api.ts";
import { searchPage } from "./freshdesk-reads.ts";
import { htmlOf, sameText, Text } from "./freshdesk-text.ts";
import { fieldsOf, flat, nested, Tag, wire } from "./freshdesk-ticket.ts";
import { promised } from "./http.ts";

const NewTicket = z.strictObject({
  /** Whoever it is from; Freshdesk makes a contact of an address that it does not know, and writes to it where the account's notifications say so. */
  requester: z.email().toLowerCase(),
  subject: z.string().min(1).max(255),
  description: Text,
  priority: z.enum(PRIORITIES),
  status: z.enum(["open", "pending"]),
  group: z.string().min(1).optional(),
  agent: z.email().toLowerCase().optional(),
  tags: z.array(Tag).min(1).optional(),
  custom: CustomFields.optional(),
});
type NewTicket = z.infer<typeof NewTicket>;

/** Of the list; beyond it a no would be a guess. */
const MOST_PAGES = 10;
/** The two clocks, and updated_at's resolution of a second. */
const MARGIN_MS = 5 * 60_000;

async function create({ requester, subject, description, tags, custom, ...fields }: NewTicket, { http, key }: ApplyContext) {
  const body: JsonObject = {
    email: requester,
    subject,
    description: htmlOf(description),
    ...(await wire(fields, http)),
    ...(tags ? { tags } : {}),
    custom_fields: { ...custom, ...withMark(null, key, http) },
  };
  const { json } = await http.send({ method: "POST", path: "/api/v2/tickets", body });
  return { id: String(promised(z.object({ id: z.number() }), json, "a created ticket").id) };
}

async function find({ http, key, since }: ApplyContext): Promise<{ id: string } | null> {
  const { results } = await searchPage(`${markField(http)}:'${markOf(key)}'`, 1, http);
  const indexed = results.find((ticket) => isMarked(ticket, key, http));
  if (indexed) return { id: String(indexed.id) };
  return listed(since, key, http);
}

async function listed(since: number | undefined, key: string, http: Http): Promise<{ id: string } | null> {
  for (let page = 1; page <= MOST_PAGES; page++) {
    const tickets = await ticketsSince(since === undefined ? 0 : since - MARGIN_MS, page, http);
    const found = tickets.find((ticket) => isMarked(ticket, key, http));
    if (found) return { id: String(found.id) };
    if (tickets.length < PAGE) return null;
  }
  throw new InterlockError(
    "connector.answer_invalid",
    `More than ${MOST_PAGES * PAGE} tickets changed since, and ours is not among the first`,
  );
}

/** One in the trash is still answered, as deleted. */
async function whole(id: string, http: Http): Promise<TicketJson | null> {
  try {
    const ticket = await readTicket(id, http);
    return ticket.deleted ? null : ticket;
  } catch (thrown) {
    if (failureOf(thrown).code === "connector.not_found") return null;
    throw thrown;
  }
}

export const createTicket = writeAction({
  effect: "write",
  summary: "Create a ticket; the undo moves it to the account's trash",
  docs: `${DOCS}#create_ticket`,
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
    const { requester: _, subject: __, description: ___, ...set } = input;
    return {
      subject: ticket.subject ?? null,
      description: sameText(ticket.description_text ?? "", input.description),
      ...(await fieldsOf(ticket, set, http)),
    };
  },
  undo: {
    kind: "withdraw",
    withdraw: async (_input, { id }, { http }) => {
      if (await whole(id, http)) await http.send({ method: "DELETE", path: ticketPath(id) });
    },
    gone: async (_input, { id }, http) => (await whole(id, http)) === null,
  },
});
