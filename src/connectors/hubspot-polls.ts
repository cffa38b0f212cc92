// Changed records by search, for accounts whose tier or app has no webhooks. The index lags, so each poll looks back some minutes and the poller drops what it has seen.
// Each page is a search of its own from the last time seen: HubSpot's "after" is an offset, and a record that changes while a backlog is read would shift another past
// it. Where more than a page changed in one millisecond (an import), it goes through that millisecond by the records' numbers. What was deleted or merged is in no search.
import * as z from "zod";
import { InterlockError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import { parseRfc3339 } from "../core/rfc3339.ts";
import type { Http } from "./define.ts";
import { ObjectType, type RecordJson } from "./hubspot-api.ts";
import { type Filter, type SearchPage, searchPage } from "./hubspot-reads.ts";
import type { Poll, PollPage } from "./poll.ts";

const DOCS = "https://developers.hubspot.com/docs/api-reference/crm-search-v3/guide";

/** docs: the most that a page holds. */
const PAGE = 200;

const EVERY_MS = 60_000;
/** The index is seconds behind, minutes in an import. */
const OVERLAP_MS = 3 * 60_000;

/** Where a poll stands: the time from which it searches; or, within one millisecond, the number behind which it goes on. */
const Position = z.discriminatedUnion("by", [
  z.strictObject({ by: z.literal("time"), from: z.int() }),
  z.strictObject({ by: z.literal("number"), at: z.int(), above: z.string() }),
]);
type Position = z.infer<typeof Position>;

const ID = "hs_object_id";

/** Contacts came before the others, and their property has another name. */
const changeProperty = (type: string): string => (type === "contacts" ? "lastmodifieddate" : "hs_lastmodifieddate");

const changedAt = (record: RecordJson, property: string): number => {
  const instant = parseRfc3339(record.properties[property] ?? record.updatedAt);
  if (instant !== null) return Math.floor(instant);
  throw new InterlockError("connector.answer_invalid", `HubSpot's record ${record.id} has a time of change that cannot be read`);
};

function readPosition(since: number, position: string | null): Position {
  return position === null ? { by: "time", from: since } : Position.parse(JSON.parse(position));
}

function ask(type: string, position: Position, http: Http): Promise<SearchPage> {
  const property = changeProperty(type);
  const common = { type, properties: [property, ID], limit: PAGE };
  if (position.by === "time") {
    const filters: Filter[] = [{ property, operator: "GTE", value: String(position.from) }];
    return searchPage({ ...common, filters, sort: { property } }, http);
  }
  const filters: Filter[] = [
    { property, operator: "EQ", value: String(position.at) },
    { property: ID, operator: "GT", value: position.above },
  ];
  return searchPage({ ...common, filters, sort: { property: ID } }, http);
}

/** Pure: where to go on after a page; null at the end. `last` is the time and the number of its last record. */
export function nextPosition(
  position: Position,
  page: Pick<SearchPage, "paging">,
  last: { readonly at: number; readonly id: string } | null,
): Position | null {
  const more = page.paging?.next?.after !== undefined && last !== null;
  if (position.by === "number") return more ? { ...position, above: last.id } : { by: "time", from: position.at + 1 };
  if (!more) return null;
  return last.at > position.from ? { by: "time", from: last.at } : { by: "number", at: position.from, above: "0" };
}

async function changesOf(type: string, word: string, since: number, at: string | null, http: Http): Promise<PollPage> {
  const position = readPosition(since, at);
  const page = await ask(type, position, http);
  const property = changeProperty(type);
  const changes = page.results.map((record) => {
    const time = changedAt(record, property);
    const version = record.properties[property] ?? record.updatedAt;
    const data: JsonObject = { objectType: type, objectId: record.id, createdAt: record.createdAt, updatedAt: version };
    const event = { signedId: `${type}:${record.id}:${version}`, type: `${word}.changed`, subject: record.id, time, data };
    return { id: `${type}:${record.id}`, version, changedAt: time, event };
  });
  const last = changes.at(-1);
  const next = nextPosition(position, page, last ? { at: last.changedAt, id: last.event.subject } : null);
  return { changes, next: next && JSON.stringify(next) };
}

const pollOf = (summary: string, word: string, typeIn: (http: Http) => string): Poll => ({
  summary,
  docs: DOCS,
  types: [`${word}.changed`],
  everyMs: EVERY_MS,
  overlapMs: OVERLAP_MS,
  page: async ({ since, position }, http) => changesOf(typeIn(http), word, since, position, http),
});

function customType({ settings }: Http): string {
  const read = ObjectType.safeParse(settings.customObject);
  if (read.success) return read.data;
  throw new InterlockError("connector.rejected", 'The setting customObject must name a type of records, such as "2-3465404"', {
    field: "customObject",
  });
}

export const hubspotPolls = {
  contacts: pollOf("Contacts that were made or changed", "contact", () => "contacts"),
  companies: pollOf("Companies that were made or changed", "company", () => "companies"),
  deals: pollOf("Deals that were made or changed", "deal", () => "deals"),
  tickets: pollOf("Tickets that were made or changed", "ticket", () => "tickets"),
  custom: pollOf("Records of the type in the setting customObject that were made or changed", "record", customType),
} as const satisfies Record<string, Poll>;
