// Writes to records: properties, the owner, and a record that is made where there is none. HubSpot has neither a precondition nor an idempotency key. So each write reads
// first: what is ours already is not written again (a repeat after a lost answer changes nothing), and what somebody else changed since `look` is a conflict.
// Sequence: the values are checked against the account's own description -> read, compare updatedAt -> PATCH or POST -> read back.
import * as z from "zod";
import { InterlockError } from "../core/errors.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { type ApplyContext, type Http, type Look, writeAction } from "./define.ts";
import {
  archiveRecord,
  createRecord,
  findRecord,
  ObjectType,
  PropertyName,
  patchRecord,
  RecordId,
  type RecordJson,
  readRecord,
  targetOf,
} from "./hubspot-api.ts";
import { ownerId, ownerName } from "./hubspot-owners.ts";
import { checkedProperties, fieldsOf, holds, type Properties, PropertySet, propertiesOf, textOf, wire } from "./hubspot-properties.ts";

const DOCS = "https://developers.hubspot.com/docs/api-reference/crm-objects-v3/guide";

const Written = z.object({ id: z.string(), updatedAt: z.string() });

const written = ({ id, updatedAt }: RecordJson): z.infer<typeof Written> => ({ id, updatedAt });

const changedSince = (target: string): InterlockError =>
  new InterlockError("connector.conflict", `Somebody has changed ${target} in HubSpot since it was looked at`);

const eachNull = (set: JsonObject): JsonObject => Object.fromEntries(Object.keys(set).map((name) => [name, null]));

/**
 * For a look, so that nobody is asked to approve a property that is not there. The values are checked by the write alone: an undo looks as well, and must be able to
 * when the account has dropped an option since.
 */
const namedProperties = (type: string, set: JsonObject, http: Http) => checkedProperties(type, eachNull(set), http);

async function setProperties(type: string, id: string, set: JsonObject, { http, version }: ApplyContext) {
  const properties = await checkedProperties(type, set, http);
  const now = await readRecord({ type, id }, Object.keys(set), http);
  if (holds(now, set, properties)) return written(now);
  if (version !== null && version !== now.updatedAt) throw changedSince(targetOf(type, id));
  return written(await patchRecord(type, id, wire(set), http));
}

// ---- properties ----

export const updateRecord = writeAction({
  effect: "write",
  summary: "Set properties of a record of any type; unknown properties and options are refused before anything is written",
  docs: DOCS,
  idempotency: "key",
  input: z.strictObject({ type: ObjectType, id: RecordId, set: PropertySet }),
  output: Written,
  target: ({ type, id }) => targetOf(type, id),
  values: ({ set }) => set,
  withValues: (input, set) => ({ ...input, set: set as PropertySet }),
  look: async ({ type, id, set }, http) => {
    const properties = await namedProperties(type, set, http);
    const record = await readRecord({ type, id }, Object.keys(set), http);
    return { fields: fieldsOf(record, set, properties), version: record.updatedAt };
  },
  apply: ({ type, id, set }, context) => setProperties(type, id, set, context),
  prove: async ({ type, id, set }, _output, http) =>
    fieldsOf(await readRecord({ type, id }, Object.keys(set), http), set, await propertiesOf(type, http)),
  undo: {
    kind: "restore",
    restore: async ({ type, id }, values, context) => {
      await setProperties(type, id, values, context);
    },
  },
});

// ---- the owner ----

const OWNER = "hubspot_owner_id";

/** Also "#123", which `look` says of an owner who is not active any more. */
const Owner = z.union([z.email().toLowerCase(), z.string().regex(/^#\d{1,20}$/)]).nullable();

const ownerOf = async (record: RecordJson, http: Http): Promise<string | null> => ownerName(textOf(record.properties[OWNER]), http);

async function setOwner(type: string, id: string, owner: string | null, context: ApplyContext) {
  return setProperties(type, id, { [OWNER]: owner === null ? null : await ownerId(owner, context.http) }, context);
}

export const assignOwner = writeAction({
  effect: "write",
  summary: "Assign a record to an owner by e-mail address, or to nobody",
  docs: "https://developers.hubspot.com/docs/api-reference/crm-owners-v3/guide",
  idempotency: "key",
  input: z.strictObject({ type: ObjectType, id: RecordId, owner: Owner }),
  output: Written,
  target: ({ type, id }) => targetOf(type, id),
  values: ({ owner }): JsonObject => ({ owner }),
  withValues: (input, { owner }) => ({ ...input, owner: owner as string | null }),
  look: async ({ type, id }, http) => {
    const record = await readRecord({ type, id }, [OWNER], http);
    return { fields: { owner: await ownerOf(record, http) }, version: record.updatedAt };
  },
  apply: ({ type, id, owner }, context) => setOwner(type, id, owner, context),
  prove: async ({ type, id }, _output, http) => ({ owner: await ownerOf(await readRecord({ type, id }, [OWNER], http), http) }),
  undo: {
    kind: "restore",
    restore: async ({ type, id }, { owner }, context) => {
      await setOwner(type, id, (owner ?? null) as string | null, context);
    },
  },
});

// ---- a record by its unique property ----

/** `record` stands among the values so that a reviewer sees whether one is made. */
const RECORD = "record";
const PRESENT = "present";
const ABSENT = "absent";

const UpsertInput = z.strictObject({
  type: ObjectType,
  /** A property whose values are unique: a contact's email, a company's own id. */
  idProperty: PropertyName,
  idValue: z.string().min(1).max(1_000),
  set: PropertySet,
});

/** One property cannot be given two values. */
const Upsert = UpsertInput.refine(
  ({ idProperty, set }) => !Object.hasOwn(set, idProperty) && !Object.hasOwn(set, RECORD),
  `Leave idProperty and "${RECORD}" out of set: idValue says the one, and the other is what this action says of the record`,
);
type Upsert = z.infer<typeof Upsert>;

const refOf = ({ type, idProperty, idValue }: Upsert) => ({ type, id: idValue, by: idProperty });

/** Of a property that is not unique HubSpot would take any number of records with one value. */
function checkUnique({ type, idProperty }: Upsert, properties: Properties): void {
  if (properties.get(idProperty)?.hasUniqueValue || (type === "contacts" && idProperty === "email")) return;
  throw new InterlockError("connector.rejected", `HubSpot's ${type} do not keep "${idProperty}" unique`, { field: "idProperty" });
}

async function seen(input: Upsert, http: Http): Promise<Look> {
  const properties = await namedProperties(input.type, { ...input.set, [input.idProperty]: null }, http);
  checkUnique(input, properties);
  const record = await findRecord(refOf(input), Object.keys(input.set), http);
  if (!record) return { fields: { ...eachNull(input.set), [RECORD]: ABSENT }, version: ABSENT };
  return { fields: { ...fieldsOf(record, input.set, properties), [RECORD]: PRESENT }, version: record.updatedAt };
}

async function upsert(input: Upsert, { http, version }: ApplyContext) {
  const { type, idProperty, idValue, set } = input;
  const properties = await checkedProperties(type, { ...set, [idProperty]: idValue }, http);
  checkUnique(input, properties);
  const record = await findRecord(refOf(input), Object.keys(set), http);
  // It was there when it was looked at: that one is made now is another change than was ruled on.
  if (!record && version !== null && version !== ABSENT) throw changedSince(targetOf(type, idValue));
  // Whoever makes the same record between that read and this line is not overwritten: HubSpot answers 409.
  if (!record) return written(await createRecord(type, { properties: { ...wire(set), [idProperty]: idValue } }, http));
  if (holds(record, set, properties)) return written(record);
  if (version !== null && version !== record.updatedAt) throw changedSince(targetOf(type, record.id));
  return written(await patchRecord(type, record.id, wire(set), http));
}

/**
 * What was made is archived, as long as all that we wrote is still ours; otherwise only our values are taken out of what others work with by now. What others have added
 * beside our values is archived with it: HubSpot's own background changes cannot be told from theirs.
 */
async function takeBack(input: Upsert, values: JsonObject, { http, version }: ApplyContext): Promise<void> {
  const record = await findRecord(refOf(input), Object.keys(input.set), http);
  if (!record) return;
  const { [RECORD]: existed, ...fields } = values;
  const ours = Object.entries(input.set).filter(([, value]) => textOf(value) !== null);
  if (existed === ABSENT && ours.every(([name]) => Object.hasOwn(fields, name))) {
    if (version !== null && version !== record.updatedAt) throw changedSince(targetOf(input.type, record.id));
    await archiveRecord(input.type, record.id, http);
    return;
  }
  if (Object.keys(fields).length > 0) await setProperties(input.type, record.id, fields, { http, version, key: "" });
}

export const upsertRecord = writeAction({
  effect: "write",
  summary: "Set properties of the record that a unique property names, and make the record where there is none",
  docs: DOCS,
  idempotency: "key",
  input: Upsert,
  output: Written,
  target: ({ type, idValue }) => targetOf(type, encodeURIComponent(idValue)),
  values: ({ set }): JsonObject => ({ ...set, [RECORD]: PRESENT }),
  withValues: (input, { [RECORD]: state, ...set }) => {
    if (state !== PRESENT) throw new InterlockError("connector.rejected", `"${RECORD}" cannot be edited`, { field: RECORD });
    return { ...input, set: set as Record<string, Json> as PropertySet };
  },
  look: seen,
  apply: upsert,
  prove: async (input, _output, http) => (await seen(input, http)).fields,
  undo: { kind: "restore", restore: takeBack },
});
