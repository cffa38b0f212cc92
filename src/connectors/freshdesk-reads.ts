// What workflows read: a ticket in words, an agent by address, tickets by a search.
// The search's index is minutes behind the tickets and does not know archived ones: it is for people's questions, never for whether something was written.
import * as z from "zod";
import { type Http, readAction } from "./define.ts";
import { DOCS, priorityWord, readTicket, statusWord, TicketId, TicketJson } from "./freshdesk-api.ts";
import { agentByEmail, agentEmail, groupName } from "./freshdesk-people.ts";
import { promised } from "./http.ts";

const Ticket = z.object({
  id: z.string(),
  subject: z.string(),
  description: z.string(),
  status: z.string(),
  priority: z.string(),
  type: z.string().nullable(),
  group: z.string().nullable(),
  agent: z.string().nullable(),
  tags: z.array(z.string()),
  custom: z.record(z.string(), z.json()),
  requester: z.object({ id: z.string() }),
  updatedAt: z.string(),
});

async function inWords(ticket: TicketJson, http: Http): Promise<z.infer<typeof Ticket>> {
  return {
    id: String(ticket.id),
    subject: ticket.subject ?? "",
    description: ticket.description_text ?? "",
    status: statusWord(ticket.status),
    priority: priorityWord(ticket.priority),
    type: ticket.type ?? null,
    group: await groupName(ticket.group_id, http),
    agent: await agentEmail(ticket.responder_id, http),
    tags: ticket.tags,
    custom: ticket.custom_fields,
    requester: { id: String(ticket.requester_id ?? "") },
    updatedAt: ticket.updated_at,
  };
}

export const getTicket = readAction({
  summary: "Read a ticket",
  docs: `${DOCS}#view_a_ticket`,
  input: z.strictObject({ id: TicketId }),
  output: Ticket,
  run: async ({ id }, http) => inWords(await readTicket(id, http), http),
});

export const findAgent = readAction({
  summary: "Find an agent by e-mail address",
  docs: `${DOCS}#list_all_agents`,
  input: z.strictObject({ email: z.email() }),
  output: z.object({ agent: z.object({ id: z.string(), email: z.string(), name: z.string() }).nullable() }),
  run: async ({ email }, http) => {
    const found = await agentByEmail(email, http);
    if (!found) return { agent: null };
    return { agent: { id: String(found.id), email: email.toLowerCase(), name: found.contact.name ?? "" } };
  },
});

/** docs: pages of 30, ten of them, and a query of at most 512 characters with its quotation marks. */
const SEARCH_PAGES = 10;
const SEARCH_LENGTH = 510;

const Found = z.object({ total: z.number(), results: z.array(TicketJson) });

export async function searchPage(query: string, page: number, http: Http): Promise<z.infer<typeof Found>> {
  const asked = new URLSearchParams({ query: `"${query}"`, page: String(page) });
  const { json } = await http.send({ method: "GET", path: `/api/v2/search/tickets?${asked}` });
  return promised(Found, json, "a page of search results");
}

export const searchTickets = readAction({
  summary: "Search tickets by their fields; changes of the last minutes may be missing",
  docs: `${DOCS}#filter_tickets`,
  input: z.strictObject({
    query: z
      .string()
      .min(1)
      .max(SEARCH_LENGTH)
      .refine((query) => !query.includes('"'), "Texts stand in '…'; the whole query is quoted by itself"),
    page: z.int().min(1).max(SEARCH_PAGES).default(1),
  }),
  output: z.object({
    total: z.number(),
    tickets: z.array(
      z.object({
        id: z.string(),
        subject: z.string(),
        status: z.string(),
        priority: z.string(),
        tags: z.array(z.string()),
        updatedAt: z.string(),
      }),
    ),
  }),
  run: async ({ query, page }, http) => {
    const { total, results } = await searchPage(query, page, http);
    const tickets = results.map((ticket) => ({
      id: String(ticket.id),
      subject: ticket.subject ?? "",
      status: statusWord(ticket.status),
      priority: priorityWord(ticket.priority),
      tags: ticket.tags,
      updatedAt: ticket.updated_at,
    }));
    return { total, tickets };
  },
});
