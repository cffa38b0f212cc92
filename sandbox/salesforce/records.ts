// What the org does with a record that somebody writes: the vendor's checks, and the record that comes of it. It neither answers HTTP nor asks who may.
import { BILLING_QUEUE, type Row } from "./directory.ts";
import { problem } from "./door.ts";
import { type FieldSpec, OBJECTS, type ObjectSpec } from "./objects.ts";
import type { Org } from "./org.ts";

export type Written = { readonly ok: true; readonly row: Row } | { readonly ok: false; readonly status: 400 | 404; readonly body: object };

const refuse = (errorCode: string, message: string, fields: readonly string[] = []): Written => ({
  ok: false,
  status: 400,
  body: problem(errorCode, message, fields),
});

export interface Write {
  readonly object: string;
  readonly actor: string;
  /** The header lets assignment rules run. */
  readonly assigns: boolean;
  readonly before?: Row;
  readonly body: Readonly<Record<string, unknown>>;
}

export function write(org: Org, { object, actor, assigns, before, body }: Write): Written {
  const spec = OBJECTS[object] as ObjectSpec;
  const { attributes: _, ...given } = body;
  if (before && org.settings.locked.includes(before.Id)) {
    org.set({ locked: org.settings.locked.filter((id) => id !== before.Id) });
    return refuse("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record");
  }
  for (const [name, value] of Object.entries(given)) {
    const field = spec.fields[name];
    if (!field || org.settings.hidden.includes(`${object}.${name}`))
      return { ok: false, status: 400, body: problem("INVALID_FIELD", `No such column '${name}' on sobject of type ${object}`) };
    if (spec.readOnly || field.readOnly)
      return refuse(
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        `Unable to create/update fields: ${name}. Please check the security settings of this field`,
        [name],
      );
    const wrong = invalid(org, name, field, value);
    if (wrong) return wrong;
  }
  const missing = Object.entries(spec.fields).filter(
    ([name, field]) => field.required && ((name in given ? given[name] : before?.[name]) ?? null) === null,
  );
  if (missing.length > 0)
    return refuse(
      "REQUIRED_FIELD_MISSING",
      `Required fields are missing: [${missing.map(([name]) => name).join(", ")}]`,
      missing.map(([name]) => name),
    );
  const row = { ...(before ?? fresh(org, object, spec, actor)), ...stored(given, spec) };
  if (assigns && (object === "Case" || object === "Lead") && org.settings.assignTo !== null)
    row.OwnerId = org.settings.assignTo ?? BILLING_QUEUE;
  const at = org.stampAfter(before);
  row.LastModifiedDate = at;
  row.LastModifiedById = actor;
  row.SystemModstamp = at;
  if (before && spec.fields.LastEditById) row.LastEditById = actor;
  if (!before) row.CreatedDate = at;
  org.table(object).put(row.Id, row);
  org.world.applied(before ? `${object} update` : `${object} create`);
  return { ok: true, row };
}

function fresh(org: Org, object: string, spec: ObjectSpec, actor: string): Row {
  const values = Object.entries(spec.fields).map(([name, { defaulted, type }]) => [
    name,
    defaulted === "user" ? actor : (defaulted ?? (type === "boolean" ? false : null)),
  ]);
  return { ...Object.fromEntries(values), Id: org.nextId(object), CreatedById: actor, IsDeleted: false } as Row;
}

function invalid(org: Org, name: string, field: FieldSpec, value: unknown): Written | null {
  if (value === null || value === "") return null;
  const { type, length = 0, restricted, values = [], referenceTo = [] } = field;
  if (type === "boolean" && typeof value !== "boolean")
    return refuse("JSON_PARSER_ERROR", `Cannot deserialize instance of boolean from ${value}`, [name]);
  if (["double", "currency", "int"].includes(type) && typeof value !== "number")
    return refuse("JSON_PARSER_ERROR", `Cannot deserialize instance of ${type} from VALUE_STRING value ${value}`, [name]);
  if ((type === "date" || type === "datetime") && Number.isNaN(Date.parse(String(value))))
    return refuse("JSON_PARSER_ERROR", `Cannot deserialize instance of ${type} from VALUE_STRING value ${value}`, [name]);
  const chosen = type === "multipicklist" ? String(value).split(";") : [String(value)];
  const unknown = restricted ? chosen.find((one) => !values.includes(one)) : undefined;
  if (unknown !== undefined)
    return refuse("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", `bad value for restricted picklist field: ${unknown}`, [name]);
  if (type !== "multipicklist" && typeof value === "string" && length > 0 && value.length > length)
    return refuse("STRING_TOO_LONG", `${name}: data value too large: ${value.slice(0, 20)} (max length=${length})`, [name]);
  if (type === "reference" && !referenceTo.some((object) => find(org, object, String(value))))
    return refuse("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", [name]);
  return null;
}

/** As it is kept: texts without spaces at their ends, empty ones as nothing, moments in UTC, ids long. */
function stored(given: Readonly<Record<string, unknown>>, spec: ObjectSpec): Record<string, Row[string]> {
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => {
      const type = spec.fields[name]?.type;
      if (typeof value !== "string") return [name, value as Row[string]];
      if (type === "datetime") return [name, new Date(Math.floor(Date.parse(value) / 1000) * 1000).toISOString().replace("Z", "+0000")];
      return [name, value.trim() === "" ? null : value.trim()];
    }),
  );
}

/** By either form of its id; a deleted record is found as well. */
export const find = (org: Org, object: string, id: string): Row | undefined =>
  id.length === 18
    ? org.table(object).get(id)
    : org
        .table(object)
        .all()
        .find((row) => row.Id.slice(0, 15) === id);
