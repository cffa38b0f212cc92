// JSON as Interlock stores and compares it: one canonical text per value (RFC 8785 order), so that equal values have equal digests.
// Of a value that JSON cannot carry as it is (undefined, a date, a function) it is the text of what JSON keeps of it, so that a digest still fits after storage.
import { sha256Hex } from "./crypto.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** Canonical JSON text (RFC 8785): members sorted by UTF-16 code units, ECMAScript number and string forms. */
export function canonical(value: unknown): string {
  if (typeof value === "string") return quoted(value);
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  if (typeof (value as { toJSON?: unknown }).toJSON === "function") return canonical(JSON.parse(JSON.stringify(value)));
  if (Array.isArray(value)) {
    let items = "";
    for (let index = 0; index < value.length; index++) items += `${index > 0 ? "," : ""}${canonical(value[index])}`;
    return `[${items}]`;
  }
  const object = value as Record<string, unknown>;
  let members = "";
  for (const key of Object.keys(object).sort()) {
    const member = object[key];
    if (member !== undefined && typeof member !== "function" && typeof member !== "symbol")
      members += `${members === "" ? "" : ","}${quoted(key)}:${canonical(member)}`;
  }
  return `{${members}}`;
}

/** Most strings here are short names without anything to escape: testing first makes the whole about twice as fast (measured). */
const PLAIN = /^[ !#-[\]-~]{0,64}$/;
const quoted = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text));

/** SHA-256 of the canonical text, in hex. */
export const digest = (value: unknown): string => sha256Hex(canonical(value));

export const sameJson = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);
