// JSON as Interlock stores and compares it: one canonical text per value (RFC 8785 order), so that equal values have equal digests.
// It must not see anything that JSON cannot carry: undefined members are dropped, other exotica are an author's error.
import { sha256Hex } from "./crypto.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** Canonical JSON text (RFC 8785): members sorted by UTF-16 code units, ECMAScript number and string forms. */
export function canonical(value: unknown): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value) ?? "null";
  if (Array.isArray(value)) return `[${value.map((item) => canonical(item)).join(",")}]`;
  const object = value as Record<string, unknown>;
  const members: string[] = [];
  for (const key of Object.keys(object).sort()) {
    if (object[key] !== undefined) members.push(`${JSON.stringify(key)}:${canonical(object[key])}`);
  }
  return `{${members.join(",")}}`;
}

/** SHA-256 of the canonical text, in hex. */
export const digest = (value: unknown): string => sha256Hex(canonical(value));

export const sameJson = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);
