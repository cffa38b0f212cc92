// Salesforce's REST API as the actions use it: paths, one record, queries page by page, what an object is described as; its failures in our words; its count of calls.
// It knows no action. A number of the API is fixed here, so that an org's upgrade changes nothing.
import * as z from "zod";
import { type ErrorCode, InterlockError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import type { Usage } from "./budget.ts";
import type { Http, HttpAnswer, Refusal } from "./define.ts";
import { promised } from "./http.ts";
import { longId, sameId } from "./salesforce-id.ts";
import { type Condition, type Soql, soql } from "./salesforce-soql.ts";

/** Summer '26. Salesforce keeps a version for at least three years. */
export const API = "/services/data/v67.0";

export const DOCS = "https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest";

/** Ids and names are checked already; this makes it impossible to build another path, whoever calls. */
export const objectPath = (object: string): string => `${API}/sobjects/${word(object)}`;
export const recordPath = (object: string, id: string): string => `${objectPath(object)}/${word(idOf(id))}`;

function word(text: string): string {
  if (!/^[A-Za-z0-9_]{1,80}$/.test(text)) throw new InterlockError("connector.rejected", `"${text}" is no name or id of Salesforce`);
  return text;
}

export function idOf(id: string): string {
  const long = longId(id);
  if (long === null) throw new InterlockError("connector.rejected", `"${id}" is no id of a Salesforce record`, { field: "id" });
  return long;
}

// ---- failures ----

/** https://developer.salesforce.com/docs: status codes and error responses. Whatever is not listed is read from the status. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  REQUEST_LIMIT_EXCEEDED: "connector.rate_limited",
  // The row is held by another transaction for a moment: 400, and yet a repeat helps. Nothing was done.
  UNABLE_TO_LOCK_ROW: "connector.conflict",
  STALE_OBJECT: "connector.conflict",
  ENTITY_IS_DELETED: "connector.not_found",
  NOT_FOUND: "connector.not_found",
  INVALID_SESSION_ID: "connector.unauthorised",
  INSUFFICIENT_ACCESS: "connector.unauthorised",
  INSUFFICIENT_ACCESS_OR_READONLY: "connector.unauthorised",
  INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY: "connector.unauthorised",
  API_DISABLED_FOR_ORG: "connector.unauthorised",
  API_CURRENTLY_DISABLED: "connector.unauthorised",
  SERVER_UNAVAILABLE: "connector.unavailable",
  UNKNOWN_EXCEPTION: "connector.unavailable",
};

/** The day's calls are spent and come back hour by hour, without a header that says when. */
const DAY_SPENT_MS = 15 * 60_000;
/** Too many calls of over 20 s at once: the next may pass as soon as one of them ends. */
const CONCURRENT_MS = 30_000;

const Problems = z.array(z.object({ errorCode: z.string(), message: z.string(), fields: z.array(z.string()).nullish() })).min(1);

/** Salesforce names the field only in its sentence. */
const NO_COLUMN = /No such column '([A-Za-z0-9_.]+)'/;

export function salesforceRefusal({ status, json, headers }: HttpAnswer): Refusal | null {
  if (status >= 200 && status <= 299) return null;
  if (status === 300) {
    const which = z.array(z.string()).safeParse(json).data ?? [];
    return { code: "connector.rejected", message: `more than one record has this external id: ${which.map(lastSegment).join(", ")}` };
  }
  const read = Problems.safeParse(json);
  const problem = read.data?.[0];
  if (!read.success || !problem) return null;
  const said = read.data.map(({ errorCode, message }) => `${errorCode}: ${message}`).join("; ");
  const request = headers.get("x-sfdc-request-id");
  const field = problem.fields?.[0] ?? NO_COLUMN.exec(problem.message)?.[1];
  const code = CODES[problem.errorCode];
  return {
    message: `${said}${request ? ` (request ${request})` : ""}`,
    ...(code === undefined ? {} : { code }),
    ...(field === undefined ? {} : { field }),
    ...(problem.errorCode === "REQUEST_LIMIT_EXCEEDED"
      ? { retryAfterMs: /^Concurrent/i.test(problem.message) ? CONCURRENT_MS : DAY_SPENT_MS }
      : {}),
  };
}

const lastSegment = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

// ---- calls a day ----

/** Of the day's calls: background reads leave the last fifth to writes, and the last tenth stays for people and for other systems. */
const READS_UP_TO = 0.8;
const WRITES_UP_TO = 0.9;
/** The window of 24 hours rolls: what was spent a day ago comes back all the time. */
const LOOK_AGAIN_MS = 5 * 60_000;

/** `Sforce-Limit-Info: api-usage=18/5000; per-app-api-usage=17/250(appName=…)`: whichever is nearer to its end. */
export function salesforceUsage({ headers }: HttpAnswer): Usage | null {
  const counts = [...(headers.get("sforce-limit-info") ?? "").matchAll(/api-usage=(\d{1,12})\/(\d{1,12})/g)]
    .map(([, used, limit]) => ({ used: Number(used), limit: Number(limit) }))
    .filter(({ limit }) => limit > 0)
    .sort((a, b) => b.used / b.limit - a.used / a.limit);
  const [nearest] = counts;
  return nearest ? { kind: "quota", ...nearest, readsUpTo: READS_UP_TO, writesUpTo: WRITES_UP_TO, lookAgainMs: LOOK_AGAIN_MS } : null;
}

// ---- what an object is ----

const FieldJson = z.object({
  name: z.string(),
  label: z.string().default(""),
  type: z.string(),
  length: z.number().default(0),
  digits: z.number().default(0),
  precision: z.number().default(0),
  scale: z.number().default(0),
  createable: z.boolean(),
  updateable: z.boolean(),
  nillable: z.boolean(),
  defaultedOnCreate: z.boolean().default(false),
  externalId: z.boolean().default(false),
  idLookup: z.boolean().default(false),
  restrictedPicklist: z.boolean().default(false),
  picklistValues: z.array(z.object({ value: z.string(), active: z.boolean() })).default([]),
  referenceTo: z.array(z.string()).default([]),
});
export type Field = z.infer<typeof FieldJson>;
const DescribeJson = z.object({
  name: z.string(),
  queryable: z.boolean(),
  createable: z.boolean(),
  updateable: z.boolean(),
  deletable: z.boolean(),
  fields: z.array(FieldJson),
});
type DescribeJson = z.infer<typeof DescribeJson>;
export interface Description extends Omit<DescribeJson, "fields"> {
  readonly fields: ReadonlyMap<string, Field>;
}

/** An administrator changes an object seldom; a field that the kept description lacks is looked for anew, at most this often. */
const DESCRIBED_MS = 10 * 60_000;
const RECHECK_MS = 30_000;

/** `since` "recheck": a field that the kept description lacks may be a minute old. */
export function describe(http: Http, object: string, since: "kept" | "recheck" = "kept"): Promise<Description> {
  const load = async (): Promise<Description> => {
    const { json } = await http.send({ method: "GET", path: `${objectPath(object)}/describe` });
    const { fields, ...rest } = promised(DescribeJson, json, `the description of ${object}`);
    return { ...rest, fields: new Map(fields.map((field) => [field.name, field])) };
  };
  return since === "kept"
    ? http.remember(`describe ${object}`, DESCRIBED_MS, load)
    : http.remember(`describe anew ${object}`, RECHECK_MS, load);
}

/** With every field of `names`, where the object has them by now. */
export async function describeWith(http: Http, object: string, names: readonly string[]): Promise<Description> {
  const kept = await describe(http, object);
  return names.every((name) => kept.fields.has(name)) ? kept : describe(http, object, "recheck");
}

// ---- records ----

const RecordJson = z.record(z.string(), z.json());

/** Salesforce's own note about a record is no field of it. */
function withoutAttributes(record: JsonObject): JsonObject {
  const { attributes: _, ...fields } = record;
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      typeof value === "object" && value !== null && "attributes" in value ? withoutAttributes(value as JsonObject) : value,
    ]),
  );
}

export async function readAt(http: Http, path: string, fields: readonly string[]): Promise<JsonObject> {
  const { json } = await http.send({ method: "GET", path: `${path}?fields=${[...new Set(fields)].map(word).join(",")}` });
  const record = withoutAttributes(promised(RecordJson, json, "a record"));
  // A field without a value comes as null: what is missing was never the record that was asked for, or is spelled otherwise in Salesforce.
  const missing = fields.find((field) => !(field in record));
  if (missing !== undefined)
    throw new InterlockError("connector.answer_invalid", `The answer is not the record: it has no ${missing}`, { field: missing });
  return record;
}

export const readRecord = (http: Http, object: string, id: string, fields: readonly string[]): Promise<JsonObject> =>
  readAt(http, recordPath(object, id), fields);

/** Null for a record that is not there (any more). */
export const ifThere = async <T>(work: Promise<T>): Promise<T | null> =>
  work.catch((thrown) => {
    if ((thrown as InterlockError).failure?.code === "connector.not_found") return null;
    throw thrown;
  });

const PageJson = z.object({
  records: z.array(RecordJson),
  done: z.boolean(),
  nextRecordsUrl: z.string().nullish(),
});

export interface SelectOptions {
  /** Of the object: what type each field has, where a condition is somebody else's. */
  readonly about?: Description;
  /** Those in the recycle bin as well. */
  readonly deleted?: true;
}

/** Fields that every object has, and the only ones besides texts and ids on which this connector's own queries have conditions. */
const STAMPS = /(^|\.)(SystemModstamp|CreatedDate|LastModifiedDate)$/;

/** Every record of a query, page by page, at most as many as its `limit` says. */
export async function* select(
  http: Http,
  query: Soql & { readonly limit: number },
  options: SelectOptions = {},
): AsyncGenerator<JsonObject> {
  const text = soql(query, (field) => options.about?.fields.get(field)?.type ?? (STAMPS.test(field) ? "datetime" : undefined));
  let path = `${API}/${options.deleted ? "queryAll" : "query"}?q=${encodeURIComponent(text)}`;
  for (;;) {
    const { json } = await http.send({ method: "GET", path });
    const { records, done, nextRecordsUrl } = promised(PageJson, json, "a page of a query");
    for (const record of records) yield withoutAttributes(record);
    if (done) return;
    // Where to go on is the answer's to say, but not to which host or path.
    if (!nextRecordsUrl?.startsWith(`${API}/query`))
      throw new InterlockError("connector.answer_invalid", "Salesforce has more records and does not say where they are");
    path = nextRecordsUrl;
  }
}

export async function selected(
  http: Http,
  query: Soql & { readonly limit: number },
  options: SelectOptions = {},
): Promise<readonly JsonObject[]> {
  const records: JsonObject[] = [];
  for await (const record of select(http, query, options)) records.push(record);
  return records;
}

export const where = (field: string, is: Condition["is"], value: Condition["value"]): Condition => ({ field, is, value });

/** A field's text; null for anything else. */
export const textOf = (record: JsonObject, field: string): string | null => {
  const value = record[field];
  return typeof value === "string" ? value : null;
};

const CreatedJson = z.object({ id: z.string(), success: z.boolean() });

export async function create(http: Http, object: string, fields: JsonObject): Promise<string> {
  // With an owner named, no assignment rule of the org puts another in their place.
  const headers: Record<string, string> = "OwnerId" in fields ? { "sforce-auto-assign": "false" } : {};
  const { json } = await http.send({ method: "POST", path: objectPath(object), body: fields, headers });
  const { id, success } = promised(CreatedJson, json, "a created record");
  if (!success) throw new InterlockError("connector.answer_invalid", `Salesforce answered 2xx and created no ${object}`);
  return idOf(id);
}

/**
 * A PATCH that holds only for the record as it was seen, and lets no assignment rule give it to somebody else. The precondition knows whole seconds: HTTP dates have
 * no more, and Salesforce's stamps neither.
 */
export const changing = (version: string | null): Readonly<Record<string, string>> => ({
  "sforce-auto-assign": "false",
  ...(version === null ? {} : { "if-unmodified-since": new Date(stamp(version)).toUTCString() }),
});

/** Epoch milliseconds of "2026-11-20T11:00:00.000+0000". */
export function stamp(text: string): number {
  const at = Date.parse(text.replace(/([+-]\d{2})(\d{2})$/, "$1:$2"));
  if (Number.isNaN(at)) throw new InterlockError("connector.answer_invalid", `"${text}" is no moment`);
  return at;
}

/** Who changed a record last: posts in a feed have a field of their own for it, empty while nobody has. */
const editorOf = (object: string): string => (object === "FeedItem" ? "LastEditById" : "LastModifiedById");

/** Takes a record away that we made, unless somebody else has changed it since: DELETE has no precondition. */
export async function removeOurs(http: Http, object: string, id: string): Promise<void> {
  const now = await ifThere(readRecord(http, object, id, ["Id", "CreatedById", editorOf(object)]));
  if (now === null) return;
  const [ours, last] = [textOf(now, "CreatedById"), textOf(now, editorOf(object))];
  if (ours !== null && last !== null && !sameId(ours, last))
    throw new InterlockError(
      "connector.rejected",
      `${object}/${id} was changed by ${last} since, and is not deleted: look at it in Salesforce`,
    );
  await http.send({ method: "DELETE", path: recordPath(object, id) });
}

export const isGone = async (http: Http, object: string, id: string): Promise<boolean> =>
  (await ifThere(readRecord(http, object, id, ["Id"]))) === null;
