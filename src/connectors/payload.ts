// Reads the body of an authentic delivery: strict UTF-8, JSON without losing a digit of an id, forms.
// It must not throw on anything a sender can send: what does not read is said in words, for the dead letter.
import type { Json, JsonObject } from "../core/json.ts";
import type { WebhookRequest } from "./webhook.ts";

export type Read = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly reason: string };

/** Deeper than any vendor's payload; beyond it our own recursive readers could run out of stack. */
const MAX_DEPTH = 100;

/** Fatal, because a replaced byte would make two different bodies read the same. A byte order mark is skipped. */
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

/** Only a text with a number like this pays for the slow, exact way of reading. */
const MAY_LOSE_DIGITS = /[0-9]{16}|[eE]\+?[0-9]{3}/;

type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown;

/** JSON.parse, except that an integer beyond 2^53 (or a number beyond any double) becomes its own digits, as a string. */
function parseExact(text: string): Json {
  if (!MAY_LOSE_DIGITS.test(text)) return JSON.parse(text) as Json;
  const keepDigits: Reviver = (_key, value, { source }) => {
    if (typeof value !== "number" || source === undefined || Number.isSafeInteger(value)) return value;
    return /^-?[0-9]+$/.test(source) || !Number.isFinite(value) ? source : value;
  };
  return JSON.parse(text, keepDigits as (key: string, value: unknown) => unknown) as Json;
}

function deeperThan(value: Json, levels: number): boolean {
  if (value === null || typeof value !== "object") return false;
  return levels === 0 || Object.values(value as JsonObject).some((member) => deeperThan(member, levels - 1));
}

export function readJsonText(text: string): Read {
  try {
    const value = parseExact(text);
    return deeperThan(value, MAX_DEPTH) ? { ok: false, reason: `The JSON is nested deeper than ${MAX_DEPTH} levels` } : { ok: true, value };
  } catch (error) {
    return { ok: false, reason: `The body is not JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
}

export function readJson(body: Uint8Array): Read {
  try {
    return readJsonText(utf8.decode(body));
  } catch {
    return { ok: false, reason: "The body is not valid UTF-8" };
  }
}

export const isForm = (request: WebhookRequest): boolean =>
  request.headers.get("content-type")?.split(";", 1)[0]?.trim().toLowerCase() === "application/x-www-form-urlencoded";

/** A form's fields. Where a name is repeated the last one counts, for every reader alike. */
export const readForm = (body: Uint8Array): Readonly<Record<string, string>> =>
  Object.fromEntries(new URLSearchParams(new TextDecoder().decode(body)));

/** The member at this path; undefined where any step is missing. Inherited members do not count. */
export function at(value: Json | undefined, ...path: readonly string[]): Json | undefined {
  let here: Json | undefined = value;
  for (const name of path) {
    if (here === null || typeof here !== "object" || Array.isArray(here) || !Object.hasOwn(here, name)) return undefined;
    here = (here as JsonObject)[name];
  }
  return here;
}

/** Text that is there: a non-empty string, or null. */
export const textAt = (value: Json | undefined, ...path: readonly string[]): string | null => {
  const found = at(value, ...path);
  return typeof found === "string" && found !== "" ? found : null;
};

/** A numeric id as its digits, whether the sender wrote a number or a string; null for anything else. */
export function digitsAt(value: Json | undefined, ...path: readonly string[]): string | null {
  const found = at(value, ...path);
  const text = typeof found === "number" && Number.isSafeInteger(found) ? String(found) : found;
  return typeof text === "string" && /^[0-9]{1,32}$/.test(text) ? text : null;
}
