// Records of any object, standard or custom: read, query, update, create. What may be written is read from the object's description, before anything is sent.
// Each write carries its key in the field of salesforce-marker.ts, where `find` looks for it.
// Sequence of a write: look (the fields, checked against the description, and SystemModstamp as version) -> PATCH with If-Unmodified-Since -> read back.
import * as z from "zod";
import type { JsonObject } from "../core/json.ts";
import { type Http, readAction, writeAction } from "./define.ts";
import { create, DOCS, describe, idOf, isGone, readRecord, recordPath, removeOurs, selected, textOf, where } from "./salesforce-api.ts";
import { asAsked, checkComplete } from "./salesforce-fields.ts";
import { RecordId } from "./salesforce-id.ts";
import { carries, marker, markerField, Output, patch, targetOf, Values, writable } from "./salesforce-marker.ts";
import { Condition, FieldName, FieldPath, ObjectName } from "./salesforce-soql.ts";

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
  withValues: (input, values) => ({ ...input, set: values as Values }),
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
  input: z.strictObject({
    object: ObjectName,
    set: Values.refine((set) => Object.values(set).some((value) => value !== null), "A new record needs values"),
  }),
  output: Output,
  target: ({ object }) => targetOf(object, "new"),
  values: ({ set }) => set,
  withValues: (input, values) => ({ ...input, set: values as Values }),
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

export const recordActions = { getRecord, queryRecords, describeObject, updateRecord, createRecord };
