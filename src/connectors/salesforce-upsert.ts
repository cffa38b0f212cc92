// A record by the id that another system gave it: set where it is, created where it is not. One of the writes to records; what they share is in salesforce-marker.ts.
// It must not choose between two records with one external id, and must not create by accident what was meant to be changed.
import * as z from "zod";
import { InterlockError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import { type Http, writeAction } from "./define.ts";
import { promised } from "./http.ts";
import { type Description, DOCS, describe, idOf, ifThere, objectPath, readAt, recordPath, removeOurs, textOf } from "./salesforce-api.ts";
import { asAsked, checkComplete, checkWritten } from "./salesforce-fields.ts";
import { carries, markerField, Output, patch, targetOf, Values, writable } from "./salesforce-marker.ts";
import { FieldName, ObjectName } from "./salesforce-soql.ts";

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

export const upsertActions = { upsertRecord };
