// Values against what Salesforce says of an object's fields: what may be written, checked before it is sent, and what was read, in the form in which it was asked for.
// Pure. It must not guess a value into another: a wrong one is named with its field and what would be right.
import { InterlockError } from "../core/errors.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { parseRfc3339 } from "../core/rfc3339.ts";
import type { Description, Field } from "./salesforce-api.ts";
import { longId } from "./salesforce-id.ts";

export type Written = "create" | "update";

const NUMBERS = new Set(["int", "long", "double", "currency", "percent"]);
const TEXTS = new Set(["string", "textarea", "email", "phone", "url", "encryptedstring", "combobox", "picklist", "multipicklist"]);
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** Throws `connector.rejected` for the first value that Salesforce would not take. `external`: fields that name the record and are not written. */
export function checkWritten(object: Description, values: JsonObject, how: Written): void {
  const may = how === "create" ? object.createable : object.updateable;
  if (!may)
    throw new InterlockError(
      "connector.rejected",
      `The integration user may not ${how} ${object.name}: give its permission set that right`,
    );
  for (const [name, value] of Object.entries(values)) {
    const problem = problemOf(object, name, value, how);
    if (problem !== null) throw new InterlockError("connector.rejected", `${object.name}.${name}: ${problem}`, { field: name });
  }
}

/** Fields that a new record must have and does not. */
export function checkComplete(object: Description, values: JsonObject): void {
  for (const { name, createable, nillable, defaultedOnCreate, type } of object.fields.values())
    if (createable && !nillable && !defaultedOnCreate && type !== "boolean" && (values[name] ?? null) === null)
      throw new InterlockError("connector.rejected", `${object.name}.${name}: a new record must have it`, { field: name });
}

function problemOf(object: Description, name: string, value: Json, how: Written): string | null {
  const field = object.fields.get(name);
  if (!field) return `there is no such field, or the integration user does not see it${similarTo(object, name)}`;
  if (how === "create" ? !field.createable : !field.updateable)
    return `it cannot be set on ${how === "create" ? "a new record" : "an existing record"}: it is computed, or the integration user has no edit access (field-level security)`;
  if (value === null) return field.nillable ? null : "it must not be empty";
  return valueProblem(field, value);
}

function similarTo({ fields }: Description, name: string): string {
  const plain = (text: string) => text.toLowerCase().replace(/__c$/, "").replace(/_/g, "");
  const similar = [...fields.keys()].find((known) => plain(known) === plain(name));
  return similar ? `; there is ${similar}` : "";
}

function valueProblem(field: Field, value: Json): string | null {
  const { type } = field;
  if (type === "boolean") return typeof value === "boolean" ? null : "it takes true or false";
  if (NUMBERS.has(type)) return numberProblem(field, value);
  if (typeof value !== "string") return `it takes text (its type is ${type})`;
  if (type === "reference" || type === "id")
    return longId(value) ? null : `it takes the id of a record (${field.referenceTo.join(" or ")})`;
  if (type === "date") return DATE.test(value) && parseRfc3339(`${value}T00:00:00Z`) !== null ? null : "it takes a date such as 2026-11-24";
  if (type === "datetime") return parseRfc3339(value) === null ? "it takes a moment such as 2026-11-24T08:00:00Z" : null;
  if (!TEXTS.has(type)) return type === "time" || type === "anyType" ? null : `a field of type ${type} cannot be written here`;
  return textProblem(field, value);
}

function numberProblem({ type, digits, precision, scale }: Field, value: Json): string | null {
  if (typeof value !== "number" || !Number.isFinite(value)) return "it takes a number";
  if (type === "int" || type === "long") {
    if (!Number.isInteger(value)) return "it takes a whole number";
    return digits > 0 && Math.abs(value) >= 10 ** digits ? `it takes at most ${digits} digits` : null;
  }
  if (precision > 0 && Math.abs(value) >= 10 ** (precision - scale)) return `it takes at most ${precision - scale} digits before the point`;
  // Salesforce would round, and the proof would then not find what was written.
  return precision > 0 && Number(value.toFixed(Math.min(scale, 100))) !== value ? `it takes at most ${scale} digits after the point` : null;
}

function textProblem({ type, length, restrictedPicklist, picklistValues }: Field, value: string): string | null {
  if (value.trim() === "") return "text of nothing but spaces empties a field: say null to do that";
  const chosen = type === "multipicklist" ? value.split(";") : [value];
  const values = picklistValues.filter(({ active }) => active).map((one) => one.value);
  if (restrictedPicklist && values.length > 0) {
    const unknown = chosen.find((one) => !values.includes(one));
    if (unknown !== undefined) return `"${unknown}" is none of its values: ${values.join(", ").slice(0, 300)}`;
  }
  if (type !== "multipicklist" && length > 0 && value.length > length)
    return `it takes at most ${length} characters, and there are ${value.length}`;
  return null;
}

// ---- reading ----

/** What a record holds in the fields of `asked`. A value that is the asked one in another form (an id of 18, a moment in UTC) is given as it was asked. */
export function asAsked(object: Description, asked: JsonObject, record: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(asked).map(([name, wanted]) => {
      const type = object.fields.get(name)?.type ?? "";
      const held = plainForm(record[name] ?? null, type);
      return [name, held === plainForm(wanted, type) ? wanted : held];
    }),
  );
}

/** One form for each value, so that two can be compared. */
function plainForm(value: Json, type: string): Json {
  if (typeof value !== "string") return value;
  if (type === "reference" || type === "id") return longId(value) ?? value;
  if (type === "datetime") {
    const at = parseRfc3339(value.replace(/([+-]\d{2})(\d{2})$/, "$1:$2"));
    return at === null ? value : new Date(at).toISOString();
  }
  if (type === "multipicklist") return value.split(";").sort().join(";");
  // Salesforce cuts spaces off at both ends, and keeps line ends as it likes.
  return value.replace(/\r\n?/g, "\n").trim();
}
