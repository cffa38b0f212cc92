// Changes asked for instead of posted: records in the order of SystemModstamp and id, page by page from where the last page ended. Deleted records are among them.
// Equal stamps are told apart by the id, so that a page that ends between two of them loses neither. It reads only what tells a change; the workflow reads the record.

import { InterlockError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import type { Http } from "./define.ts";
import type { Poll, PollPage } from "./poll.ts";
import { DOCS, idOf, selected, stamp, textOf, where } from "./salesforce-api.ts";
import { bothForms } from "./salesforce-id.ts";
import type { Condition } from "./salesforce-soql.ts";
import { changed } from "./salesforce-webhook.ts";

/** The objects that are polled; every other one is for an outbound message. */
export const POLLED = ["Case", "Lead", "Contact", "Account", "Opportunity"] as const;

export const deleted = (object: string): string => `${object.toLowerCase()}.deleted`;

/** A call each: five objects are 1,440 calls a day of an org's 15,000 (Developer) or 100,000. */
const EVERY_MS = 5 * 60_000;
/** A record gets its stamp when its transaction begins to write, and is seen when it commits; Salesforce ends a transaction after ten minutes. */
const OVERLAP_MS = 10 * 60_000;
/** Stamps are in whole seconds: a record that is written twice in one is read again once the second is over. One more call for each reading that found something. */
const SETTLE_MS = 2_000;
const PAGE = 200;

const FIELDS = ["Id", "SystemModstamp", "LastModifiedById", "IsDeleted"] as const;

/** "stamp id" of the last record of a page. */
const POSITION = /^(\S+) ([A-Za-z0-9]{18})$/;

const read = (http: Http, object: string, conditions: readonly Condition[], limit: number): Promise<readonly JsonObject[]> =>
  selected(
    http,
    { select: [...FIELDS], from: object, where: conditions, orderBy: [{ field: "SystemModstamp" }, { field: "Id" }], limit },
    { deleted: true },
  );

async function page(object: string, since: number, position: string | null, http: Http): Promise<PollPage> {
  const [, after, id] = POSITION.exec(position ?? "") ?? [];
  // Conditions hold together, so that "later, or equal and behind" is two queries: the rest of that stamp, then what is later.
  const rest = after && id ? await read(http, object, [where("SystemModstamp", "=", after), where("Id", ">", id)], PAGE) : [];
  const later = after ? where("SystemModstamp", ">", after) : where("SystemModstamp", ">=", new Date(since).toISOString());
  const records = rest.length < PAGE ? [...rest, ...(await read(http, object, [later], PAGE - rest.length))] : rest;
  const changes = records.map((record) => changeOf(object, record));
  const last = changes.at(-1);
  return { changes, next: last && records.length === PAGE ? `${last.version} ${last.id}` : null };
}

function changeOf(object: string, record: JsonObject): PollPage["changes"][number] {
  const version = textOf(record, "SystemModstamp");
  if (version === null) throw new InterlockError("connector.answer_invalid", `A ${object} without SystemModstamp`);
  const id = idOf(textOf(record, "Id") ?? "");
  const changedAt = stamp(version);
  const iso = new Date(changedAt).toISOString();
  return {
    id,
    version: iso,
    changedAt,
    event: {
      signedId: `${id} ${iso}`,
      actors: bothForms([textOf(record, "LastModifiedById")]),
      type: record.IsDeleted === true ? deleted(object) : changed(object),
      subject: id,
      time: changedAt,
      data: { object, record: { ...record, Id: id } },
    },
  };
}

export const salesforcePolls: Readonly<Record<string, Poll>> = Object.fromEntries(
  POLLED.map((object) => [
    object.toLowerCase(),
    {
      summary: `Changes of ${object} records, deletions among them`,
      docs: `${DOCS}/resources_queryall.htm`,
      types: [changed(object), deleted(object)],
      everyMs: EVERY_MS,
      overlapMs: OVERLAP_MS,
      settleMs: SETTLE_MS,
      deletions: "listed",
      page: ({ since, position }, http) => page(object, since, position, http),
    } satisfies Poll,
  ]),
);
