// What the properties of a type of records may hold, as the account describes them: asked for once and kept a while. A name or an option that HubSpot does not know is
// refused here, before anything is written, in words that name the field; whether two values are the same is a question of the property's type and not of its spelling.
import * as z from "zod";
import { InterlockError } from "../core/errors.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { parseRfc3339 } from "../core/rfc3339.ts";
import type { Http } from "./define.ts";
import { promised } from "./http.ts";
import { PropertyName, type RecordJson } from "./hubspot-api.ts";

/** New values by property; null empties one. HubSpot keeps text: a number or a truth value is written as its text. */
export const PropertySet = z
  .record(PropertyName, z.union([z.string().max(65_536), z.number(), z.boolean(), z.null()]))
  .refine((set) => Object.keys(set).length > 0, "Name at least one property to set");
export type PropertySet = z.infer<typeof PropertySet>;

const Property = z.object({
  name: z.string(),
  label: z.string().default(""),
  type: z.string(),
  fieldType: z.string().default(""),
  options: z.array(z.object({ value: z.string() })).default([]),
  externalOptions: z.boolean().default(false),
  hasUniqueValue: z.boolean().default(false),
  modificationMetadata: z.object({ readOnlyValue: z.boolean() }).optional(),
});
export type Property = z.infer<typeof Property>;
export type Properties = ReadonlyMap<string, Property>;

const KEPT_MS = 5 * 60_000;
/** A property or an option that was made a minute ago is not in the kept list. */
const RECHECK_MS = 30_000;

export function propertiesOf(type: string, http: Http, since: "kept" | "recheck" = "kept"): Promise<Properties> {
  const load = async () => {
    const { json } = await http.send({ method: "GET", path: `/crm/v3/properties/${encodeURIComponent(type)}` });
    const { results } = promised(z.object({ results: z.array(Property) }), json, "a list of properties");
    return new Map(results.map((property) => [property.name, property]));
  };
  return since === "kept"
    ? http.remember(`properties ${type}`, KEPT_MS, load)
    : http.remember(`properties ${type} recheck`, RECHECK_MS, load);
}

/** The properties, once all of `set` is known to be writable. Throws `connector.rejected` with the field. */
export async function checkedProperties(type: string, set: JsonObject, http: Http): Promise<Properties> {
  const kept = await propertiesOf(type, http);
  if (objectionTo(type, set, kept) === null) return kept;
  const fresh = await propertiesOf(type, http, "recheck");
  const objection = objectionTo(type, set, fresh);
  if (objection === null) return fresh;
  throw new InterlockError("connector.rejected", objection.message, { field: objection.field });
}

interface Objection {
  readonly field: string;
  readonly message: string;
}

export function objectionTo(type: string, set: JsonObject, properties: Properties): Objection | null {
  for (const [field, value] of Object.entries(set)) {
    const why = objection(properties.get(field), value);
    if (why !== null) return { field, message: `HubSpot's ${type} ${why.replace("%", `"${field}"`)}` };
  }
  return null;
}

/** What is wrong, with % in the place of the property's name. */
function objection(property: Property | undefined, value: Json): string | null {
  if (!property) return "have no property %";
  if (property.modificationMetadata?.readOnlyValue) return "do not let anybody set %: HubSpot computes it";
  const text = textOf(value);
  if (text === null) return null;
  switch (property.type) {
    case "number":
      return Number.isFinite(Number(text)) && text.trim() !== "" ? null : `take a number for %, and not "${text}"`;
    case "bool":
      return /^(?:true|false)$/.test(text) ? null : `take true or false for %, and not "${text}"`;
    case "date":
    case "datetime":
      return instantIn(text) === null ? `take a date for % (2026-11-24 or 2026-11-24T10:00:00Z), and not "${text}"` : null;
    case "enumeration":
      return wrongOption(property, text);
    default:
      return null;
  }
}

/** Options that come from elsewhere (owners, currencies) are not listed: HubSpot decides on those. */
function wrongOption({ options, externalOptions, fieldType }: Property, text: string): string | null {
  if (externalOptions || options.length === 0) return null;
  const known = options.map(({ value }) => value);
  const chosen = fieldType === "checkbox" ? membersOf(text) : [text];
  const wrong = chosen.find((one) => !known.includes(one));
  if (wrong === undefined) return null;
  const listed = known.slice(0, 20).join(", ");
  return `have no option "${wrong}" of %; they have: ${listed}${known.length > 20 ? ", …" : ""}`;
}

/** HubSpot's own form of several choices: "a;b", where adding begins with a semicolon. */
const membersOf = (text: string): readonly string[] => text.split(";").filter((one) => one !== "");

/** As HubSpot stores it; null is no value. */
export const textOf = (value: Json | undefined): string | null =>
  value === null || value === undefined || value === "" ? null : typeof value === "string" ? value : String(value);

/** What is sent: an empty text takes a value away. */
export const wire = (set: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(set).map(([name, value]) => [name, textOf(value) ?? ""]));

function instantIn(text: string): number | null {
  if (/^-?\d{9,15}$/.test(text)) return Number(text);
  return parseRfc3339(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
}

function sameValue(property: Property | undefined, stored: string | null, wanted: string | null): boolean {
  if (stored === wanted) return true;
  if (stored === null || wanted === null) return false;
  switch (property?.type) {
    case "number":
      return Number(stored) === Number(wanted);
    case "date":
    case "datetime":
      return instantIn(stored) !== null && instantIn(stored) === instantIn(wanted);
    case "enumeration":
      return property.fieldType === "checkbox" && [...membersOf(stored)].sort().join(";") === [...membersOf(wanted)].sort().join(";");
    default:
      // HubSpot writes an e-mail address in lower case.
      return property?.name === "email" && stored.toLowerCase() === wanted.toLowerCase();
  }
}

/** What the record holds of `set`; where that is the wanted value in another spelling, in ours. */
export function fieldsOf(record: RecordJson, set: JsonObject, properties: Properties): JsonObject {
  return Object.fromEntries(
    Object.entries(set).map(([name, wanted]) => {
      const stored = textOf(record.properties[name]);
      return [name, sameValue(properties.get(name), stored, textOf(wanted)) ? wanted : stored];
    }),
  );
}

export const holds = (record: RecordJson, set: JsonObject, properties: Properties): boolean =>
  Object.entries(set).every(([name, wanted]) => sameValue(properties.get(name), textOf(record.properties[name]), textOf(wanted)));
