// A Salesforce id has 15 characters in which case matters, and a form of 18 that says their case in its last three, for systems that lose it.
// Both name one record; here the long one is its name, so that an event, a target and an answer agree.
import * as z from "zod";

const CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

const SHORT = /^[A-Za-z0-9]{15}$/;
const LONG = /^[A-Za-z0-9]{15}[A-Z0-5]{3}$/;

/** The three characters: each stands for five, whose capitals are its bits, the first the lowest. */
function suffixOf(short: string): string {
  return [0, 5, 10]
    .map((start) => {
      const bits = [...short.slice(start, start + 5)].reduce((sum, char, place) => sum + (/[A-Z]/.test(char) ? 1 << place : 0), 0);
      return CHECK[bits] ?? "";
    })
    .join("");
}

/** The 18 characters; null for what is no id, or is one whose case was lost on the way. */
export function longId(id: string): string | null {
  if (SHORT.test(id)) return id + suffixOf(id);
  return LONG.test(id) && suffixOf(id.slice(0, 15)) === id.slice(15) ? id : null;
}

/** Both forms of each, for a comparison with an id that was written by hand. */
export const bothForms = (ids: readonly (string | null)[]): readonly string[] =>
  ids.flatMap((id) => (id === null ? [] : [id, id.length === 18 ? id.slice(0, 15) : (longId(id) ?? id)]));

export const sameId = (a: string, b: string): boolean => a === b || (longId(a) !== null && longId(a) === longId(b));

export const RecordId = z
  .string()
  .refine(
    (id) => longId(id) !== null,
    "An id of Salesforce has 15 or 18 letters and digits; of 18, the last three check the case of the others",
  );
