// How a write that Shopify does not remember by itself is found again: a metafield on the record, set in the same request, with the effect's key in it.
// Shopify has no other place on an order that a program may write and a person does not read. It must not decide what a write was.
import * as z from "zod";
import { sha256Hex } from "../core/crypto.ts";
import type { Json, JsonObject } from "../core/json.ts";
import type { Http } from "./define.ts";
import { ask } from "./shopify-api.ts";
import { MARKER } from "./shopify-documents.ts";

export const NAMESPACE = "interlock";

/** A metafield's key has at most 64 characters of these; an effect's key may be longer and of others. */
export const nameOf = (key: string): string => `e-${sha256Hex(key).slice(0, 40)}`;

/** UUIDs are what Shopify asks for as keys; this is one for good. */
export function uuidOf(key: string): string {
  const hex = sha256Hex(key);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export const markerOf = (
  name: string,
  key: string,
  facts: JsonObject = {},
): { namespace: string; key: string; type: string; value: string } => ({
  namespace: NAMESPACE,
  key: name,
  type: "json",
  value: JSON.stringify({ ...facts, effect: key }),
});

const Marked = z.object({ node: z.object({ metafield: z.object({ value: z.string() }).nullish() }).nullable() });
const Facts = z.record(
  z.string(),
  z.custom<Json>((value) => value !== undefined),
);

/** What this write left on the record, or null for a certain no. */
export async function findMarker(owner: string, name: string, key: string, http: Http): Promise<Readonly<Record<string, Json>> | null> {
  const { node } = await ask(http, MARKER, { owner, key: name }, Marked, "a record with its marker");
  if (!node?.metafield) return null;
  let read: unknown;
  try {
    read = JSON.parse(node.metafield.value);
  } catch {
    // Somebody has written over it: it is not ours any more.
    return null;
  }
  const facts = Facts.safeParse(read);
  return facts.success && facts.data.effect === key ? facts.data : null;
}
