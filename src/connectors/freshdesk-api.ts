// Freshdesk's tickets: how one is named, read and listed, how its numbers become words, and the mark by which a write of ours is known again.
// There is neither a precondition nor an idempotency key in this API. So every write to a ticket puts a mark of its key into a custom text field, in the same request
// as the change: what the field holds was written, and only that.
import * as z from "zod";
import { sha256Hex } from "../core/crypto.ts";
import { InterlockError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import type { Http } from "./define.ts";
import { promised } from "./http.ts";

export const DOCS = "https://developers.freshdesk.com/api/";

export const TicketId = z.string().regex(/^\d{1,15}$/, "A ticket's number, digits only");

const FieldValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);
/** Custom fields by their name in the API ("cf_order"). */
export const CustomFields = z.record(
  z.string().regex(/^cf_[a-z0-9_]{1,100}$/, 'A field\'s name in the API, such as "cf_order"'),
  FieldValue,
);
export type CustomFields = z.infer<typeof CustomFields>;

export const TicketJson = z.object({
  id: z.number(),
  subject: z.string().nullish(),
  description_text: z.string().nullish(),
  status: z.number(),
  priority: z.number(),
  type: z.string().nullish(),
  group_id: z.number().nullish(),
  responder_id: z.number().nullish(),
  requester_id: z.number().nullish(),
  tags: z.array(z.string()).default([]),
  // Some kinds of fields (a multi-select) hold more than one value.
  custom_fields: z.record(z.string(), z.json()).default({}),
  deleted: z.boolean().optional(),
  created_at: z.string().optional(),
  updated_at: z.string(),
});
export type TicketJson = z.infer<typeof TicketJson>;

/** The inputs are checked already; this makes it impossible to build a path from anything but digits, whoever calls. */
export function digits(id: string): string {
  if (!/^\d{1,15}$/.test(id))
    throw new InterlockError("connector.rejected", `"${id}" is not a number of a Freshdesk record`, { field: "id" });
  return id;
}

export const ticketPath = (id: string): string => `/api/v2/tickets/${digits(id)}`;

export async function readTicket(id: string, http: Http): Promise<TicketJson> {
  const { json } = await http.send({ method: "GET", path: ticketPath(id) });
  return promised(TicketJson, json, "a ticket");
}

/** docs: the most that a page holds, and pages that may be asked for. */
export const PAGE = 100;
export const MOST_PAGES = 300;

/** Tickets that changed at or after an instant (to the second), longest unchanged first. Archived and deleted ones are not among them. */
export async function ticketsSince(since: number, page: number, http: Http): Promise<readonly TicketJson[]> {
  const query = new URLSearchParams({
    updated_since: `${new Date(since).toISOString().slice(0, 19)}Z`,
    order_by: "updated_at",
    order_type: "asc",
    per_page: String(PAGE),
    page: String(page),
  });
  const { json } = await http.send({ method: "GET", path: `/api/v2/tickets?${query}` });
  return promised(z.array(TicketJson), json, "a list of tickets");
}

// ---- numbers and words ----

export const STATUSES = ["open", "pending", "resolved", "closed"] as const;
export const PRIORITIES = ["low", "medium", "high", "urgent"] as const;
const FIRST_STATUS = 2;
const FIRST_PRIORITY = 1;

/** A status of the account's own goes by its number ("#7"), which leads back to it. */
const wordOf = (words: readonly string[], first: number, number: number): string => words[number - first] ?? `#${number}`;

function numberOf(words: readonly string[], first: number, word: string, field: string): number {
  if (/^#\d{1,9}$/.test(word)) return Number(word.slice(1));
  const index = words.indexOf(word);
  if (index >= 0) return first + index;
  throw new InterlockError("connector.rejected", `Freshdesk has no ${field} "${word}"; it has: ${words.join(", ")}`, { field });
}

export const statusWord = (status: number): string => wordOf(STATUSES, FIRST_STATUS, status);
export const statusNumber = (word: string): number => numberOf(STATUSES, FIRST_STATUS, word, "status");
export const priorityWord = (priority: number): string => wordOf(PRIORITIES, FIRST_PRIORITY, priority);
export const priorityNumber = (word: string): number => numberOf(PRIORITIES, FIRST_PRIORITY, word, "priority");

// ---- marks ----

export const markOf = (key: string): string => sha256Hex(key).slice(0, 20);

/** A single-line field holds 255 characters. A write whose outcome is open blocks its lane: ten later ones of ours cannot push its mark out. */
const MOST_MARKS = 10;

/** The field that an administrator made for it, by its name in the API. */
export function markField({ settings }: Http): string {
  const { markerField = "cf_interlock" } = settings;
  if (/^cf_[a-z0-9_]{1,100}$/.test(markerField)) return markerField;
  throw new InterlockError("connector.rejected", 'The setting markerField must name a custom field of tickets, such as "cf_interlock"', {
    field: "markerField",
  });
}

function marksOf(ticket: TicketJson, http: Http): readonly string[] {
  const kept = ticket.custom_fields[markField(http)];
  return typeof kept === "string" ? kept.split(" ").filter(Boolean) : [];
}

export const isMarked = (ticket: TicketJson, key: string, http: Http): boolean => marksOf(ticket, http).includes(markOf(key));

/** The marker field with one more mark, the newest first. */
export const withMark = (ticket: TicketJson | null, key: string, http: Http): JsonObject => ({
  [markField(http)]: [markOf(key), ...(ticket ? marksOf(ticket, http) : [])].slice(0, MOST_MARKS).join(" "),
});
