// Tags of an order, a customer or a product, added and taken away one by one: what others tag at the same moment stays. Only the tags that a write names count as its
// fields, so that an undo takes away what was not there before, and nothing else.
// To add a tag that is there changes nothing: Shopify keeps a set, and so a repeat needs no marker.
import * as z from "zod";
import type { Json, JsonObject } from "../core/json.ts";
import { type Http, writeAction } from "./define.ts";
import { ask, found, gid, RecordId } from "./shopify-api.ts";
import { ADD_TAGS, CUSTOMER_TAGS, ORDER_TAGS, PRODUCT_TAGS, REMOVE_TAGS } from "./shopify-documents.ts";
import { MUTATIONS } from "./shopify-order.ts";

/** 40 characters on an order and 255 on a product; a comma would make two of it, and outer spaces are cut off. */
const Tag = z.string().regex(/^[^\s,](?:[^,]{0,38}[^\s,])?$/u, "At most 40 characters, no comma, no space at either end");

const Tagging = z.strictObject({
  record: z.enum(["order", "customer", "product"]),
  id: RecordId,
  tags: z.array(Tag).min(1).max(50),
});
type Tagging = z.infer<typeof Tagging>;

const RECORDS = {
  order: { type: "Order", query: ORDER_TAGS },
  customer: { type: "Customer", query: CUSTOMER_TAGS },
  product: { type: "Product", query: PRODUCT_TAGS },
} as const;

const Tagged = z.record(z.string(), z.object({ tags: z.array(z.string()) }).nullable());

/** Of the named tags those that are there. Shopify does not tell "VIP" from "vip". */
async function present({ record, id, tags }: Tagging, http: Http): Promise<string[]> {
  const { type, query } = RECORDS[record];
  const answer = await ask(http, query, { id: gid(type, id) }, Tagged, `the tags of a ${record}`);
  const there = new Set(found(answer[record] ?? null, `${record} ${id}`).tags.map((tag) => tag.toLowerCase()));
  return tags.filter((tag) => there.has(tag.toLowerCase()));
}

async function change(operation: typeof ADD_TAGS, { record, id }: Tagging, tags: readonly string[], http: Http): Promise<void> {
  if (tags.length === 0) return;
  await ask(http, operation, { id: gid(RECORDS[record].type, id), tags: [...tags] }, z.unknown(), "a tagged record");
}

const without = (tags: readonly string[], others: Json | undefined): string[] =>
  tags.filter((tag) => !(others as readonly string[]).includes(tag));

const Output = z.object({ id: z.string() });
const target = ({ record, id }: Tagging): string => `${record}/${id}`;

export const addTags = writeAction({
  effect: "write",
  summary: "Add tags to an order, a customer or a product",
  docs: `${MUTATIONS}/tagsAdd`,
  idempotency: "key",
  input: Tagging,
  output: Output,
  target,
  values: ({ tags }) => ({ tags }),
  withValues: (input, { tags }) => ({ ...input, tags: tags as string[] }),
  look: async (input, http) => ({ fields: { tags: await present(input, http) }, version: null }),
  apply: async (input, { http }) => {
    await change(ADD_TAGS, input, input.tags, http);
    return { id: input.id };
  },
  prove: async (input, _output, http): Promise<JsonObject> => ({ tags: await present(input, http) }),
  undo: { kind: "restore", restore: (input, { tags }, { http }) => change(REMOVE_TAGS, input, without(input.tags, tags), http) },
});

export const removeTags = writeAction({
  effect: "write",
  summary: "Remove tags from an order, a customer or a product",
  docs: `${MUTATIONS}/tagsRemove`,
  idempotency: "key",
  input: Tagging,
  output: Output,
  target,
  values: ({ tags }) => ({ removed: tags }),
  withValues: (input, { removed }) => ({ ...input, tags: removed as string[] }),
  look: async (input, http) => ({ fields: { removed: without(input.tags, await present(input, http)) }, version: null }),
  apply: async (input, { http }) => {
    await change(REMOVE_TAGS, input, input.tags, http);
    return { id: input.id };
  },
  prove: async (input, _output, http): Promise<JsonObject> => ({ removed: without(input.tags, await present(input, http)) }),
  undo: { kind: "restore", restore: (input, { removed }, { http }) => change(ADD_TAGS, input, without(input.tags, removed), http) },
});
