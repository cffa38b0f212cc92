// SOQL from declared parts: a query is data, and every value in it is written as a literal of its field's type. No text of a caller gets into a query any other way.
// It must not know HTTP, nor which fields exist; names are checked by their shape, types come from the description of the object.
import * as z from "zod";
import { InterlockError } from "../core/errors.ts";
import { parseRfc3339 } from "../core/rfc3339.ts";

export const ObjectName = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,79}$/, "An API name of an object: Case, Invoice__c");
export const FieldName = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,79}$/, "An API name of a field: Subject, Tier__c");
/** With the relationships that lead to it: Account.Owner.Name, Invoice__r.Total__c. Salesforce follows five. */
export const FieldPath = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_]{0,79}(\.[A-Za-z][A-Za-z0-9_]{0,79}){0,5}$/, "A field, or a path to one: Subject, Account.Name");

const Literal = z.union([z.string().max(4_000), z.number(), z.boolean(), z.null()]);
type Literal = z.infer<typeof Literal>;

/** Our own limit: a query travels in the address, and address and headers together may have 16,384 bytes. */
const MAX_SOQL = 10_000;

export const Condition = z.strictObject({
  field: FieldPath,
  is: z.enum(["=", "!=", "<", "<=", ">", ">=", "like", "in", "not in"]),
  value: z.union([Literal, z.array(Literal).min(1).max(200)]),
});
export type Condition = z.infer<typeof Condition>;

export interface Soql {
  readonly select: readonly string[];
  readonly from: string;
  /** All of them hold. */
  readonly where?: readonly Condition[];
  readonly orderBy?: readonly { readonly field: string; readonly descending?: boolean | undefined }[];
  readonly limit?: number;
}

/** https://developer.salesforce.com/docs: SOQL, quoted string escape sequences. */
const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "'": "\\'",
  '"': '\\"',
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\b": "\\b",
  "\f": "\\f",
};

export const quoted = (text: string): string => `'${text.replace(/[\\'"\n\r\t\b\f]/g, (char) => ESCAPES[char] ?? char)}'`;

const rejected = (field: string, message: string): InterlockError =>
  new InterlockError("connector.rejected", `${field}: ${message}`, { field });

/** Dates stand in a query without quotes, so they are checked to be nothing else. */
function literal(value: Literal, field: string, type: string | undefined): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") {
    // SOQL has no exponents for whole numbers, and JSON's 1e21 would be one.
    if (!Number.isFinite(value) || Math.abs(value) >= 1e18) throw rejected(field, `${value} is no number that SOQL takes`);
    return String(value).includes("e") ? value.toFixed(18) : String(value);
  }
  if (type === "date") {
    if (!z.iso.date().safeParse(value).success) throw rejected(field, `"${value}" is no date such as 2026-11-24`);
    return value;
  }
  if (type === "datetime") {
    const at = parseRfc3339(value);
    if (at === null) throw rejected(field, `"${value}" is no moment such as 2026-11-24T08:00:00Z`);
    return new Date(at).toISOString();
  }
  return quoted(value);
}

function conditionText({ field, is, value }: Condition, type: string | undefined): string {
  const isList = is === "in" || is === "not in";
  if (isList !== Array.isArray(value)) throw rejected(field, `"${is}" takes ${isList ? "a list" : "one value"}`);
  if (Array.isArray(value)) return `${field} ${is.toUpperCase()} (${value.map((one) => literal(one, field, type)).join(", ")})`;
  return `${field} ${is.toUpperCase()} ${literal(value as Literal, field, type)}`;
}

const named = (name: string): string => {
  const read = FieldPath.safeParse(name);
  if (!read.success) throw rejected(name.slice(0, 80), "is no name of a field");
  return name;
};

/** `typeOf`: a field's type as the object is described, where it is known. */
export function soql({ select, from, where = [], orderBy = [], limit }: Soql, typeOf: (field: string) => string | undefined): string {
  const conditions = where.map((condition) => conditionText({ ...condition, field: named(condition.field) }, typeOf(condition.field)));
  const order = orderBy.map(({ field, descending }) => `${named(field)}${descending ? " DESC" : ""}`);
  const text = [
    `SELECT ${select.map(named).join(", ")} FROM ${named(from)}`,
    ...(conditions.length > 0 ? [`WHERE ${conditions.join(" AND ")}`] : []),
    ...(order.length > 0 ? [`ORDER BY ${order.join(", ")}`] : []),
    ...(limit === undefined ? [] : [`LIMIT ${Math.trunc(limit)}`]),
  ].join(" ");
  if (text.length > MAX_SOQL)
    throw new InterlockError("connector.rejected", `The query has ${text.length} characters, of at most ${MAX_SOQL}: ask in parts`);
  return text;
}
