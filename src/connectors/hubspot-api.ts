// HubSpot's CRM records, of whichever type: how one is named, read, changed and archived. Values travel as text, as HubSpot keeps them; an empty text is no value.
// There is no precondition in this API: a change is preceded by a read whose updatedAt is compared, and what comes between the two is not seen.
import * as z from "zod";
import { failureOf, InterlockError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import type { Http } from "./define.ts";
import { promised } from "./http.ts";

/** As the API's paths name it: "contacts", a custom type's "2-3465404", or its fully qualified name. */
export const ObjectType = z
  .string()
  .regex(/^(?:[a-z][a-z_]{1,40}|\d-\d{1,15}|p\d{1,15}_[A-Za-z0-9_]{1,100})$/, 'A type of records, such as "contacts" or "2-3465404"');
export const RecordId = z.string().regex(/^\d{1,20}$/, "A record's number, digits only");
export const PropertyName = z.string().regex(/^[a-z][a-z0-9_]{0,99}$/, "A property's internal name: lower-case letters, digits and _");

export const RecordJson = z.object({
  id: z.string(),
  properties: z.record(z.string(), z.string().nullable()),
  createdAt: z.string(),
  updatedAt: z.string(),
  archived: z.boolean().default(false),
});
export type RecordJson = z.infer<typeof RecordJson>;

/** A record for people: "deals/123"; of a custom type "record/2-3465404/123". */
export const targetOf = (type: string, id: string): string => (/^[a-z]+$/.test(type) ? `${type}/${id}` : `record/${type}/${id}`);

export const objectsPath = (type: string): string => `/crm/v3/objects/${encodeURIComponent(type)}`;

/** `by`: the unique property that `id` is a value of; the record's number without one. */
export interface RecordRef {
  readonly type: string;
  readonly id: string;
  readonly by?: string;
}

const recordPath = ({ type, id, by }: RecordRef, query: Readonly<Record<string, string>> = {}): string => {
  const all = new URLSearchParams({ ...query, ...(by === undefined ? {} : { idProperty: by }) }).toString();
  return `${objectsPath(type)}/${encodeURIComponent(id)}${all === "" ? "" : `?${all}`}`;
};

/** A value with dots in it cannot stand in a path: it is asked for in a body. */
export async function readRecord(ref: RecordRef, properties: readonly string[], http: Http): Promise<RecordJson> {
  const found = ref.by === undefined ? await readById(ref, properties, http) : await readByValue(ref, properties, http);
  if (found) return found;
  throw new InterlockError("connector.not_found", `HubSpot has no ${targetOf(ref.type, ref.id)}`);
}

async function readById(ref: RecordRef, properties: readonly string[], http: Http): Promise<RecordJson> {
  const query: Record<string, string> = properties.length > 0 ? { properties: properties.join(",") } : {};
  const { json } = await http.send({ method: "GET", path: recordPath(ref, query) });
  return promised(RecordJson, json, "a record");
}

async function readByValue({ type, id, by }: RecordRef, properties: readonly string[], http: Http): Promise<RecordJson | undefined> {
  return (await readBatch(type, [id], properties, http, by))[0];
}

/** Those of up to 100 records that are there; the others are simply missing. */
export async function readBatch(
  type: string,
  ids: readonly string[],
  properties: readonly string[],
  http: Http,
  by?: string,
): Promise<readonly RecordJson[]> {
  const body: JsonObject = {
    inputs: ids.map((id) => ({ id })),
    properties: [...properties],
    ...(by === undefined ? {} : { idProperty: by }),
  };
  const { json } = await http.send({ method: "POST", path: `${objectsPath(type)}/batch/read`, body, reads: true });
  return promised(z.object({ results: z.array(RecordJson) }), json, "a batch of records").results;
}

/** Null where there is none, or none any more. */
export async function findRecord(ref: RecordRef, properties: readonly string[], http: Http): Promise<RecordJson | null> {
  try {
    return await readRecord(ref, properties, http);
  } catch (thrown) {
    if (failureOf(thrown).code === "connector.not_found") return null;
    throw thrown;
  }
}

export async function createRecord(type: string, body: JsonObject, http: Http): Promise<RecordJson> {
  const { json } = await http.send({ method: "POST", path: objectsPath(type), body });
  return promised(RecordJson, json, "a created record");
}

export async function patchRecord(type: string, id: string, properties: JsonObject, http: Http): Promise<RecordJson> {
  const { json } = await http.send({ method: "PATCH", path: recordPath({ type, id }), body: { properties } });
  return promised(RecordJson, json, "an updated record");
}

/** Into the account's recycling bin, from where people can take it back for 90 days. */
export async function archiveRecord(type: string, id: string, http: Http): Promise<void> {
  await http.send({ method: "DELETE", path: recordPath({ type, id }) });
}
