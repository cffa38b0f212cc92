// What a workflow can ask HubSpot: a record, a record by a unique property, a search, the people who own records, what is associated with what.
import * as z from "zod";
import type { JsonObject } from "../core/json.ts";
import { type Http, readAction } from "./define.ts";
import { promised } from "./http.ts";
import { findRecord, ObjectType, objectsPath, PropertyName, RecordId, RecordJson, readRecord } from "./hubspot-api.ts";
import { SEARCHES } from "./hubspot-limits.ts";
import { ownerByEmail } from "./hubspot-owners.ts";
import { textOf } from "./hubspot-properties.ts";

const DOCS = "https://developers.hubspot.com/docs/api-reference";

const Names = z.array(PropertyName).min(1).max(100);

const RecordOutput = z.object({
  id: z.string(),
  properties: z.record(z.string(), z.string().nullable()),
  createdAt: z.string(),
  updatedAt: z.string(),
});

/** Every property that was asked for is there, null where it has no value. */
const shown = ({ id, properties, createdAt, updatedAt }: RecordJson, names: readonly string[]): z.infer<typeof RecordOutput> => ({
  id,
  properties: Object.fromEntries(names.map((name) => [name, textOf(properties[name])])),
  createdAt,
  updatedAt,
});

export const getRecord = readAction({
  summary: "Read properties of a record of any type",
  docs: `${DOCS}/crm-objects-v3/guide`,
  input: z.strictObject({ type: ObjectType, id: RecordId, properties: Names }),
  output: RecordOutput,
  run: async ({ type, id, properties }, http) => shown(await readRecord({ type, id }, properties, http), properties),
});

export const findByProperty = readAction({
  summary: "Find a record by a property whose values are unique, such as a contact's email",
  docs: `${DOCS}/crm-objects-v3/guide`,
  input: z.strictObject({ type: ObjectType, idProperty: PropertyName, value: z.string().min(1).max(1_000), properties: Names }),
  output: z.object({ record: RecordOutput.nullable() }),
  run: async ({ type, idProperty, value, properties }, http) => {
    const record = await findRecord({ type, id: value, by: idProperty }, properties, http);
    return { record: record && shown(record, properties) };
  },
});

// ---- searches ----

const Filter = z.discriminatedUnion("operator", [
  z.strictObject({
    property: PropertyName,
    operator: z.enum(["EQ", "NEQ", "LT", "LTE", "GT", "GTE", "CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN"]),
    value: z.string(),
  }),
  z.strictObject({ property: PropertyName, operator: z.literal("BETWEEN"), value: z.string(), highValue: z.string() }),
  z.strictObject({ property: PropertyName, operator: z.enum(["IN", "NOT_IN"]), values: z.array(z.string()).min(1).max(100) }),
  z.strictObject({ property: PropertyName, operator: z.enum(["HAS_PROPERTY", "NOT_HAS_PROPERTY"]) }),
]);
export type Filter = z.infer<typeof Filter>;

const SearchPage = z.object({
  total: z.number(),
  results: z.array(RecordJson),
  paging: z.object({ next: z.object({ after: z.string() }).optional() }).optional(),
});
export type SearchPage = z.infer<typeof SearchPage>;

export interface Search {
  readonly type: string;
  /** All must hold. */
  readonly filters: readonly Filter[];
  readonly properties: readonly string[];
  readonly sort?: { readonly property: string; readonly descending?: boolean };
  readonly limit: number;
  readonly after?: string;
}

/** HubSpot's index is some seconds behind its records, minutes in an import: what was just written may be missing. */
export async function searchPage({ type, filters, properties, sort, limit, after }: Search, http: Http): Promise<SearchPage> {
  const body: JsonObject = {
    filterGroups: filters.length > 0 ? [{ filters: filters.map(({ property, ...rest }) => ({ propertyName: property, ...rest })) }] : [],
    sorts: sort ? [{ propertyName: sort.property, direction: sort.descending ? "DESCENDING" : "ASCENDING" }] : [],
    properties: [...properties],
    limit,
    ...(after === undefined ? {} : { after }),
  };
  const { json } = await http.send({ method: "POST", path: `${objectsPath(type)}/search`, body, reads: true, countedAs: SEARCHES });
  return promised(SearchPage, json, "a page of search results");
}

export const searchRecords = readAction({
  summary: "Search records by their properties; the index is some seconds behind, so a record that was just made may be missing",
  docs: `${DOCS}/crm-search-v3/guide`,
  input: z.strictObject({
    type: ObjectType,
    /** All must hold; docs: at most six in a group. */
    filters: z.array(Filter).min(1).max(6),
    properties: Names,
    sort: z.strictObject({ property: PropertyName, descending: z.boolean().optional() }).optional(),
    limit: z.int().min(1).max(200).default(100),
    after: z.string().regex(/^\d+$/).optional(),
  }),
  output: z.object({ total: z.number(), records: z.array(RecordOutput), after: z.string().nullable() }),
  run: async (input, http) => {
    const { total, results, paging } = await searchPage({ ...input, limit: input.limit ?? 100 }, http);
    return { total, records: results.map((record) => shown(record, input.properties)), after: paging?.next?.after ?? null };
  },
});

// ---- owners ----

export const findOwner = readAction({
  summary: "Find the active user who can own records, by e-mail address",
  docs: `${DOCS}/crm-owners-v3/guide`,
  input: z.strictObject({ email: z.email() }),
  output: z.object({ owner: z.object({ id: z.string(), email: z.string(), name: z.string() }).nullable() }),
  run: async ({ email }, http) => {
    const owner = await ownerByEmail(email, http);
    if (!owner) return { owner: null };
    const name = [owner.firstName, owner.lastName].filter(Boolean).join(" ");
    return { owner: { id: owner.id, email: owner.email ?? email, name } };
  },
});

// ---- associations ----

/** What one call gives of ids; a record with more is read no further. */
const LISTED = 500;

export const listAssociated = readAction({
  summary: "List the records of one type that a record is associated with, with the labels; at most 500",
  docs: `${DOCS}/crm-associations-v4/guide`,
  input: z.strictObject({ type: ObjectType, id: RecordId, to: ObjectType }),
  output: z.object({ records: z.array(z.object({ id: z.string(), labels: z.array(z.string()) })), more: z.boolean() }),
  run: async ({ type, id, to }, http) => {
    const { results, next } = await associatedPage({ type, id }, to, null, http);
    const records = results.map(({ toObjectId, associationTypes }) => ({
      id: toObjectId,
      labels: associationTypes.flatMap(({ label }) => (label ? [label] : [])),
    }));
    return { records, more: next !== null };
  },
});

const AssociatedPage = z.object({
  results: z.array(
    z.object({
      toObjectId: z.union([z.string(), z.number()]).transform(String),
      associationTypes: z.array(z.object({ typeId: z.number(), label: z.string().nullish() })).default([]),
    }),
  ),
  paging: z.object({ next: z.object({ after: z.string() }).optional() }).optional(),
});

export async function associatedPage(
  { type, id }: { readonly type: string; readonly id: string },
  to: string,
  after: string | null,
  http: Http,
): Promise<{ results: z.infer<typeof AssociatedPage>["results"]; next: string | null }> {
  const query = new URLSearchParams({ limit: String(LISTED), ...(after === null ? {} : { after }) });
  const path = `/crm/v4/objects/${encodeURIComponent(type)}/${encodeURIComponent(id)}/associations/${encodeURIComponent(to)}?${query}`;
  const { json } = await http.send({ method: "GET", path });
  const { results, paging } = promised(AssociatedPage, json, "a list of associations");
  return { results, next: paging?.next?.after ?? null };
}
