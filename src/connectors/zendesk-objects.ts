// Records of the account's custom objects: one is read, its fields are set. There is neither a precondition nor a key for them: a write reads first, so that a repeat after
// a lost answer changes nothing, and compares updated_at; what comes between that read and the PATCH is not seen.
import * as z from "zod";
import { InterlockError } from "../core/errors.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { type ApplyContext, type Http, readAction, writeAction } from "./define.ts";
import { promised } from "./http.ts";

const DOCS = "https://developer.zendesk.com/api-reference/custom-data/custom-objects/custom_object_records/";

export const ObjectKey = z.string().regex(/^[a-z][a-z0-9_]{0,99}$/, 'A custom object\'s key, such as "contract"');
/** A ULID. */
const RecordId = z.string().regex(/^[0-9A-Za-z]{1,40}$/, "A record's id: letters and digits");
const FieldKey = z.string().regex(/^[a-z][a-z0-9_]{0,99}$/, "A field's key");
const Value = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const Fields = z.record(FieldKey, Value).refine((fields) => Object.keys(fields).length > 0, "Name at least one field");
type Fields = z.infer<typeof Fields>;

const RecordJson = z.object({
  id: z.string(),
  name: z.string().nullish(),
  external_id: z.string().nullish(),
  custom_object_fields: z.record(z.string(), z.json()).default({}),
  updated_at: z.string(),
});
type RecordJson = z.infer<typeof RecordJson>;
const Answer = z.object({ custom_object_record: RecordJson });

/** The inputs are checked already; this makes it impossible to build another path, whoever calls. */
const recordPath = (object: string, id: string): string => {
  if (!ObjectKey.safeParse(object).success || !RecordId.safeParse(id).success)
    throw new InterlockError("connector.rejected", `"${object}/${id}" names no custom record of Zendesk`, { field: "id" });
  return `/api/v2/custom_objects/${object}/records/${id}`;
};

async function readRecord(object: string, id: string, http: Http): Promise<RecordJson> {
  const { json } = await http.send({ method: "GET", path: recordPath(object, id) });
  return promised(Answer, json, "a custom object record").custom_object_record;
}

const same = (kept: Json, wanted: Json): boolean =>
  kept === wanted || (kept !== null && wanted !== null && String(kept) === String(wanted));

/** Of the fields in `set`; a number that Zendesk keeps as text is still the number. */
const fieldsOf = (record: RecordJson, set: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(set).map(([name, wanted]) => {
      const kept = record.custom_object_fields[name] ?? null;
      return [name, same(kept, wanted) ? wanted : kept];
    }),
  );

const Written = z.object({ id: z.string(), updatedAt: z.string() });

async function setFields(object: string, id: string, set: JsonObject, { http, version }: ApplyContext): Promise<z.infer<typeof Written>> {
  const now = await readRecord(object, id, http);
  if (Object.entries(set).every(([name, value]) => same(now.custom_object_fields[name] ?? null, value)))
    return { id, updatedAt: now.updated_at };
  if (version !== null && version !== now.updated_at)
    throw new InterlockError("connector.conflict", `Somebody has changed ${object}/${id} in Zendesk since it was looked at`);
  const body = { custom_object_record: { custom_object_fields: set } };
  const { json } = await http.send({ method: "PATCH", path: recordPath(object, id), body });
  return { id, updatedAt: promised(Answer, json, "an updated custom object record").custom_object_record.updated_at };
}

export const getCustomRecord = readAction({
  summary: "Read a record of a custom object",
  docs: `${DOCS}#show-custom-object-record`,
  input: z.strictObject({ object: ObjectKey, id: RecordId }),
  output: z.object({
    id: z.string(),
    name: z.string(),
    externalId: z.string().nullable(),
    fields: z.record(z.string(), z.json()),
    updatedAt: z.string(),
  }),
  run: async ({ object, id }, http) => {
    const record = await readRecord(object, id, http);
    return {
      id: record.id,
      name: record.name ?? "",
      externalId: record.external_id ?? null,
      fields: record.custom_object_fields,
      updatedAt: record.updated_at,
    };
  },
});

export const updateCustomRecord = writeAction({
  effect: "write",
  summary: "Set fields of a record of a custom object",
  docs: `${DOCS}#update-custom-object-record`,
  idempotency: "key",
  input: z.strictObject({ object: ObjectKey, id: RecordId, set: Fields }),
  output: Written,
  target: ({ object, id }) => `record/${object}/${id}`,
  values: ({ set }): JsonObject => set,
  withValues: (input, set) => ({ ...input, set: set as Fields }),
  look: async ({ object, id, set }, http) => {
    const record = await readRecord(object, id, http);
    return { fields: fieldsOf(record, set), version: record.updated_at };
  },
  apply: ({ object, id, set }, context) => setFields(object, id, set, context),
  prove: async ({ object, id, set }, _output, http) => fieldsOf(await readRecord(object, id, http), set),
  undo: {
    kind: "restore",
    restore: async ({ object, id }, values, context) => {
      await setFields(object, id, values, context);
    },
  },
});
