// Records of any object, standard or custom: read, query, update, create, upsert. What may be written is read from the object's description, before anything is sent.
// Each write carries its key in the field of salesforce-marker.ts, where `find` looks for it.
// Sequence of a write: look (the fields, checked against the description, and SystemModstamp as version) -> PATCH with If-Unmodified-Since -> read back.
import * as z from "zod";
import { InterlockError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import { type Http, readAction, writeAction } from "./define.ts";
import { promised } from "./http.ts";
import {
  create,
  type Description,
  DOCS,
  describe,
  idOf,
  ifThere,
  isGone,
  objectPath,
  readAt,
  readRecord,
  recordPath,
  removeOurs,
  selected,
  textOf,
  where,
} from "./salesforce-api.ts";
import { asAsked, checkComplete, checkWritten } from "./salesforce-fields.ts";
import { RecordId } from "./salesforce-id.ts";
import { carries, marker, markerField, patch, targetOf, writable } from "./salesforce-marker.ts";
import { Condition, FieldName, FieldPath, ObjectName } from "./salesforce-soql.ts";

const Value = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const Values = z.record(FieldName, Value).refine((set) => Object.keys(set).length > 0, "Name at least one field to set");
const Filled = Values.refine((set) => Object.values(set).some((value) => value !== null), "A new record needs values");
const Output = z.object({ id: z.string() });

// ---- reading ----

const AnyRecord = z.record(z.string(), z.json());

const getRecord = readAction({
  summary: "Read fields of a record",
  docs: `${DOCS}/resources_sobject_retrieve_get.htm`,
  input: z.strictObject({ object: ObjectName, id: RecordId, fields: z.array(FieldName).min(1).max(200) }),
  output: z.object({ id: z.string(), object: z.string(), version: z.string(), fields: AnyRecord }),
  run: async ({ object, id, fields }, http) => {
    const record = await readRecord(http, object, id, [...fields, "SystemModstamp"]);
    return {
      id: idOf(id),
      object,
      version: textOf(record, "SystemModstamp") ?? "",
      fields: Object.fromEntries(fields.map((field) => [field, record[field] ?? null])),
    };
  },
});

const queryRecords = readAction({
  summary: "Find records by conditions on their fields",
  docs: `${DOCS}/resources_query.htm`,
  input: z.strictObject({
    object: ObjectName,
    fields: z.array(FieldPath).min(1).max(100),
    where: z.array(Condition).max(20).default([]),
    orderBy: z
      .array(z.strictObject({ field: FieldPath, descending: z.boolean().optional() }))
      .max(5)
      .default([]),
    /** Salesforce gives 2,000 in a page; a run's step is no place for more. */
    limit: z.int().min(1).max(2_000).default(200),
  }),
  output: z.object({ records: z.array(AnyRecord) }),
  run: async ({ object, fields, where, orderBy, limit }, http) => ({
    // Without conditions no field's type is of interest, and a call is saved.
    records: [
      ...(await selected(
        http,
        { select: fields, from: object, where, orderBy, limit },
        where.length > 0 ? { about: await describe(http, object) } : {},
      )),
    ],
  }),
});

const describeObject = readAction({
  summary: "Read which fields an object has, and what each takes",
  docs: `${DOCS}/resources_sobject_describe.htm`,
  input: z.strictObject({ object: ObjectName }),
  output: z.object({
    object: z.string(),
    fields: z.array(
      z.object({
        name: z.string(),
        label: z.string(),
        type: z.string(),
        updateable: z.boolean(),
        length: z.number(),
        values: z.array(z.string()),
      }),
    ),
  }),
  run: async ({ object }, http) => {
    const { name, fields } = await describe(http, object);
    return {
      object: name,
      fields: [...fields.values()].map(({ name, label, type, updateable, length, picklistValues }) => ({
        name,
        label,
        type,
        updateable,
        length,
        values: picklistValues.filter(({ active }) => active).map(({ value }) => value),
      })),
    };
  },
});

// ---- writing ----

async function creatable(http: Http, object: string, set: JsonObject): Promise<void> {
  checkComplete(await writable(http, object, set, "create"), set);
}

const updateRecord = writeAction({
  effect: "write",
  summary: "Set fields of a record, standard or custom",
  docs: `${DOCS}/dome_update_fields.htm`,
  idempotency: "lookup",
  input: z.strictObject({ object: ObjectName, id: RecordId, set: Values }),
  output: Output,
  target: ({ object, id }) => targetOf(object, idOf(id)),
  values: ({ set }) => set,
  withValues: (input, values) => ({ ...input, set: values as z.infer<typeof Values> }),
  look: async ({ object, id, set }, http) => {
    const about = await writable(http, object, set, "update");
    const record = await readRecord(http, object, id, [...Object.keys(set), "SystemModstamp"]);
    return { fields: asAsked(about, set, record), version: textOf(record, "SystemModstamp") };
  },
  apply: async ({ object, id, set }, context) => {
    await writable(context.http, object, set, "update");
    await patch(recordPath(object, id), set, context, context.version);
    return { id: idOf(id) };
  },
  find: async ({ object, id }, { http, key }) =>
    carries(await readRecord(http, object, id, [markerField(http)]), http, key) ? { id: idOf(id) } : null,
  prove: async ({ object, id, set }, _output, http) =>
    asAsked(await describe(http, object), set, await readRecord(http, object, id, Object.keys(set))),
  undo: {
    kind: "restore",
    restore: async ({ object, id }, values, context) => {
      await patch(recordPath(object, id), values, context, context.version);
    },
  },
});

const createRecord = writeAction({
  effect: "write",
  summary: "Create a record, standard or custom",
  docs: `${DOCS}/dome_sobject_create.htm`,
  idempotency: "lookup",
  input: z.strictObject({ object: ObjectName, set: Filled }),
  output: Output,
  target: ({ object }) => targetOf(object, "new"),
  values: ({ set }) => set,
  withValues: (input, values) => ({ ...input, set: values as z.infer<typeof Values> }),
  // Nothing is there; but before anybody is asked to approve it: would Salesforce take it?
  look: async ({ object, set }, http) => {
    await creatable(http, object, set);
    return { fields: Object.fromEntries(Object.keys(set).map((name) => [name, null])), version: null };
  },
  apply: async ({ object, set }, { http, key }) => {
    await creatable(http, object, set);
    return { id: await create(http, object, { ...set, [markerField(http)]: marker(key) }) };
  },
  find: async ({ object }, { http, key }) => {
    const [found] = await selected(http, { select: ["Id"], from: object, where: [where(markerField(http), "=", marker(key))], limit: 1 });
    const id = found && textOf(found, "Id");
    return id ? { id: idOf(id) } : null;
  },
  prove: async ({ object, set }, { id }, http) =>
    asAsked(await describe(http, object), set, await readRecord(http, object, id, Object.keys(set))),
  undo: {
    kind: "withdraw",
    withdraw: async ({ object }, { id }, { http }) => removeOurs(http, object, id),
    gone: async ({ object }, { id }, http) => isGone(http, object, id),
  },
});

// ---- by an id of the other system ----

const ExternalKey = z.strictObject({
  field: FieldName,
  value: z
    .string()
    .min(1)
    .max(255)
    .refine(
      (value) => value === value.trim() && !value.includes(".."),
      "An external id has no spaces at its ends and no two dots in a row",
    ),
});
const Upsert = z.strictObject({ object: ObjectName, key: ExternalKey, set: Values });
type Upsert = z.infer<typeof Upsert>;

const keyPath = ({ object, key }: Upsert): string => `${objectPath(object)}/${FieldName.parse(key.field)}/${encodeURIComponent(key.value)}`;

/** The record that has the external id; null where none has. Two are an error of Salesforce's own (300). */
const readByKey = (input: Upsert, http: Http, fields: readonly string[]): Promise<JsonObject | null> =>
  ifThere(readAt(http, keyPath(input), ["Id", ...fields, "SystemModstamp"]));

async function idByKey(input: Upsert, http: Http): Promise<string | null> {
  const record = await readByKey(input, http, []);
  return record && idOf(textOf(record, "Id") ?? "");
}

/** The external id stands among the values, last: its before-image says whether the record was there. */
const valuesOf = ({ key, set }: Upsert): JsonObject => ({ ...set, [key.field]: key.value });

async function checkUpsert(input: Upsert, http: Http): Promise<Description> {
  const { object, key, set } = input;
  const about = await writable(http, object, set, "update");
  const field = about.fields.get(key.field) ?? (await describe(http, object, "recheck")).fields.get(key.field);
  if (!field?.externalId && !field?.idLookup)
    throw new InterlockError("connector.rejected", `${object}.${key.field} is no external id: tick "External ID" on the field`, {
      field: key.field,
    });
  if (key.field in set)
    throw new InterlockError("connector.rejected", `${key.field} is the external id and cannot be set beside it`, { field: key.field });
  return about;
}

/** Where no record has the external id, the upsert makes one. */
function checkCreation(about: Description, input: Upsert): void {
  checkWritten(about, input.set, "create");
  checkComplete(about, valuesOf(input));
}

/** Salesforce finds an external id whatever its capitals: as it was asked, where the record is there. */
const held = (about: Description, { key, set }: Upsert, record: JsonObject | null): JsonObject =>
  record
    ? { ...asAsked(about, set, record), [key.field]: key.value }
    : Object.fromEntries([...Object.keys(set), key.field].map((name) => [name, null]));

const upsertRecord = writeAction({
  effect: "write",
  summary: "Set fields of the record with an external id, creating it where there is none",
  docs: `${DOCS}/dome_upsert.htm`,
  idempotency: "lookup",
  input: Upsert,
  output: Output,
  target: ({ object, key }) => targetOf(object, `${key.field}=${encodeURIComponent(key.value)}`),
  values: valuesOf,
  withValues: (input, values) => {
    const { [input.key.field]: value, ...set } = values;
    if (value !== input.key.value)
      throw new InterlockError("connector.rejected", `${input.key.field} is what the record is found by, and cannot be edited`, {
        field: input.key.field,
      });
    return { ...input, set: set as Upsert["set"] };
  },
  look: async (input, http) => {
    const about = await checkUpsert(input, http);
    const record = await readByKey(input, http, Object.keys(input.set));
    if (!record) checkCreation(about, input);
    return { fields: held(about, input, record), version: record && textOf(record, "SystemModstamp") };
  },
  apply: async (input, context) => {
    const { http, version } = context;
    const about = await checkUpsert(input, http);
    const id = await idByKey(input, http);
    if (id === null) {
      if (version !== null) throw new InterlockError("connector.conflict", `${input.object} has no record with this external id any more`);
      checkCreation(about, input);
    }
    // By its own id where it is there: by the external one, a record that is deleted this moment would be created anew, with nothing but these fields.
    if (id !== null) {
      await patch(recordPath(input.object, id), input.set, context, version);
      return { id };
    }
    const created = promised(Output, await patch(keyPath(input), input.set, context, null), "an upserted record");
    return { id: idOf(created.id) };
  },
  find: async (input, { http, key }) => {
    const record = await readByKey(input, http, [markerField(http)]);
    return record && carries(record, http, key) ? { id: idOf(textOf(record, "Id") ?? "") } : null;
  },
  prove: async (input, _output, http) =>
    held(await describe(http, input.object), input, await readByKey(input, http, Object.keys(input.set))),
  undo: {
    kind: "restore",
    restore: async (input, values, context) => {
      const { object, key, set } = input;
      const { [key.field]: before, ...fields } = values;
      const id = await idByKey(input, context.http);
      if (id === null) throw new InterlockError("connector.not_found", `${object} has no record ${key.field}=${key.value} any more`);
      if (before !== null) {
        await patch(recordPath(object, id), fields, context, context.version);
        return;
      }
      // It was not there: what is taken back is the whole record, and only while all of it is ours.
      const ours = Object.values(set).filter((value) => value !== null).length;
      if (Object.keys(fields).length < ours)
        throw new InterlockError(
          "connector.rejected",
          `${object}/${id} was created by this write, and somebody has changed it since: it is not deleted`,
        );
      await removeOurs(context.http, object, id);
    },
  },
});

export const recordActions = { getRecord, queryRecords, describeObject, updateRecord, createRecord, upsertRecord };
