// What every write to a record shares: the values it takes, and which step wrote last. Salesforce has no idempotency keys, so each write to a record puts its key into a custom text field of ours on the object, where `find` looks for
// it. The field is named by the setting `markerField`; an object that lacks it is not written, and the refusal says how to add it.
import * as z from "zod";
import { InterlockError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import type { ApplyContext, Http } from "./define.ts";
import { changing, type Description, describeWith } from "./salesforce-api.ts";
import { checkWritten } from "./salesforce-fields.ts";
import { FieldName } from "./salesforce-soql.ts";

const Value = z.union([z.string(), z.number(), z.boolean(), z.null()]);
export const Values = z.record(FieldName, Value).refine((set) => Object.keys(set).length > 0, "Name at least one field to set");
export type Values = z.infer<typeof Values>;
export const Output = z.object({ id: z.string() });

const MARKER_FIELD = "Interlock_Key__c";
/** What a text field of Salesforce holds at most. */
const MARKER_CHARACTERS = 255;

export const markerField = ({ settings }: Pick<Http, "settings">): string => settings.markerField ?? MARKER_FIELD;

/** The end of a longer key tells more of it apart: the step and the undo stand there. */
export const marker = (key: string): string => key.slice(-MARKER_CHARACTERS);

export const carries = (record: JsonObject | null, http: Http, key: string): boolean => record?.[markerField(http)] === marker(key);

export const targetOf = (object: string, id: string): string => `${object.toLowerCase()}/${id}`;

/** Why the marker cannot be kept on this object, and what to do; null where it can. */
export function markerProblem(about: Description, own: string, how: "create" | "update"): string | null {
  const held = about.fields.get(own);
  const fits = held && (how === "create" ? held.createable : held.updateable) && held.type === "string" && held.length >= MARKER_CHARACTERS;
  return fits
    ? null
    : `${about.name} needs a field ${own} of type Text(${MARKER_CHARACTERS}) that the integration user may edit: Interlock writes there which step changed the record`;
}

/** The object's description, once it is sure that these fields and the marker may be written. */
export async function writable(http: Http, object: string, set: JsonObject, how: "create" | "update"): Promise<Description> {
  const own = markerField(http);
  if (own in set) throw new InterlockError("connector.rejected", `${own} is Interlock's own field`, { field: own });
  const about = await describeWith(http, object, [...Object.keys(set), own]);
  const problem = markerProblem(about, own, how);
  if (problem !== null) throw new InterlockError("connector.rejected", problem, { field: own });
  checkWritten(about, set, how);
  return about;
}

/** Sets fields and the marker of the record at this path; only while it is as it was seen, where a version is given. */
export async function patch(path: string, set: JsonObject, { http, key }: ApplyContext, version: string | null): Promise<unknown> {
  const body = { ...set, [markerField(http)]: marker(key) };
  const { json } = await http.send({ method: "PATCH", path, body, headers: changing(version) });
  return json;
}
