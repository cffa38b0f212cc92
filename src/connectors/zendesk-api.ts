// Zendesk's tickets: how one is named, read, listed and changed, and the mark by which a change of ours is known again. Ticket updates have no idempotency key, so each one
// carries ours as custom metadata; Zendesk keeps it in the update's audit, where `findAudit` looks for it. An update that changes nothing makes no audit: then `find` says
// no, and a repeat again changes nothing.
import * as z from "zod";
import { InterlockError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import type { ApplyContext, Http } from "./define.ts";
import { promised } from "./http.ts";

export const DOCS = "https://developer.zendesk.com/api-reference/ticketing/tickets";

export const TicketId = z.string().regex(/^\d{1,15}$/, "A ticket's number, digits only");
/** As Zendesk stores a tag; anything else it would change on the way in, and the proof would then fail. */
export const Tag = z.string().regex(/^[\p{Ll}\p{Lo}\p{N}_/:.-]{1,100}$/u, "Lower-case letters, digits and _ / : . -");

/** Custom fields have numbers; text, numbers, a date as text, ticked or not, the tags of a list. */
const CustomValue = z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]);
export const CustomFields = z.record(z.string().regex(/^\d{1,15}$/, "A custom field's number, digits only"), CustomValue);
export type CustomFields = z.infer<typeof CustomFields>;

export const TicketJson = z.object({
  id: z.number(),
  status: z.string(),
  priority: z.string().nullish(),
  group_id: z.number().nullish(),
  assignee_id: z.number().nullish(),
  tags: z.array(z.string()).default([]),
  custom_fields: z.array(z.object({ id: z.number(), value: z.json() })).default([]),
  updated_at: z.string(),
});
export type TicketJson = z.infer<typeof TicketJson>;
export const TicketAnswer = z.object({ ticket: TicketJson });
export const AuditJson = z.object({
  id: z.number(),
  created_at: z.string().optional(),
  events: z.array(z.object({ id: z.number(), type: z.string() })).default([]),
  metadata: z.object({ custom: z.unknown() }).nullish(),
});
export type AuditJson = z.infer<typeof AuditJson>;
export const UpdateAnswer = z.object({ ticket: TicketJson, audit: AuditJson.nullish() });

/** The inputs are checked already; this makes it impossible to build a path from anything but digits, whoever calls. */
export function ticketPath(id: string): string {
  return `/api/v2/tickets/${digits(id)}`;
}

export function digits(id: string): string {
  if (!/^\d{1,15}$/.test(id))
    throw new InterlockError("connector.rejected", `"${id}" is not a number of a Zendesk record`, { field: "id" });
  return id;
}

export const PAGE = 100;
/** A ticket has at most 5,000 comments. A longer list is not read to its end: better no answer than a wrong no. */
const MAX_PAGES = 50;

const PageEnd = z.object({
  meta: z.object({ has_more: z.boolean(), after_cursor: z.string().nullish() }).optional(),
  next_page: z.string().nullish(),
});

/** Every record of a list, page by page (cursor pagination). The order is a wish that an account may ignore: nothing may depend on it. */
export async function* records<T>(http: Http, path: string, list: string, item: z.ZodType<T>): AsyncGenerator<T> {
  const Items = z.array(item);
  let cursor = "";
  for (let page = 0; page < MAX_PAGES; page++) {
    const { json } = await http.send({ method: "GET", path: `${path}${path.includes("?") ? "&" : "?"}page[size]=${PAGE}${cursor}` });
    const { meta, next_page } = promised(PageEnd, json, `a page of ${list}`);
    yield* promised(Items, (json as Record<string, unknown>)[list], `a list of ${list}`);
    if (!(meta ? meta.has_more : next_page)) return;
    if (!meta?.after_cursor) break;
    cursor = `&page[after]=${encodeURIComponent(meta.after_cursor)}`;
  }
  throw new InterlockError("connector.answer_invalid", `The list of ${list} could not be read to its end`);
}

export async function readTicket(id: string, http: Http): Promise<TicketJson> {
  const { json } = await http.send({ method: "GET", path: `${ticketPath(id)}.json` });
  return promised(TicketAnswer, json, "a ticket").ticket;
}

/** Zendesk answers 200 to a body that it ignores, so every answer is looked at by the caller. */
export async function putTicket(
  id: string,
  ticket: JsonObject,
  { http, key }: ApplyContext,
  version: string | null,
): Promise<z.infer<typeof UpdateAnswer>> {
  const guard: JsonObject = version === null ? {} : { updated_stamp: version, safe_update: true };
  const body = { ticket: { ...ticket, metadata: { interlock: key }, ...guard } };
  const { json } = await http.send({ method: "PUT", path: `${ticketPath(id)}.json`, body });
  return promised(UpdateAnswer, json, "an updated ticket");
}

export const carries = (audit: AuditJson | null | undefined, key: string): boolean =>
  (audit?.metadata?.custom as { interlock?: unknown } | null | undefined)?.interlock === key;

/** The audit of the update that carried this key. */
export async function findAudit(id: string, { http, key }: ApplyContext): Promise<AuditJson | null> {
  for await (const audit of records(http, `${ticketPath(id)}/audits?sort=-created_at`, "audits", AuditJson)) {
    if (carries(audit, key)) return audit;
  }
  return null;
}
