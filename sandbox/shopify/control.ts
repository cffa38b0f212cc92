// What a person or a test does in the shop beside its API: orders come, somebody else changes one, limits are set low, tokens end, webhooks go out.
import { Hono } from "hono";
import * as z from "zod";
import { read } from "../control/read.ts";
import { makeCustomer, makeOrder, webhookBody } from "./new-order.ts";
import type { Order, Shop } from "./shop.ts";
import { posted } from "./webhooks.ts";

const Wish = z.strictObject({
  customer: z.string().optional(),
  total: z.string().optional(),
  risk: z.enum(["NONE", "LOW", "MEDIUM", "HIGH"]).optional(),
  note: z.string().optional(),
  tags: z.array(z.string()).optional(),
  attributes: z.array(z.strictObject({ key: z.string(), value: z.string() })).optional(),
});
const Manner = z.strictObject({
  topic: z.string().default("orders/create"),
  style: z.enum(["classic", "events"]).default("classic"),
  signature: z.enum(["valid", "bad"]).default("valid"),
  shop: z.string().optional(),
  hook: z.string().startsWith("/").optional(),
  times: z.int().min(1).max(10).default(1),
});

export function control(shop: Shop): Hono {
  /** Retries of one delivery carry the same id. */
  async function deliver(order: Order, { times, ...manner }: z.infer<typeof Manner>): Promise<(number | null)[]> {
    const delivery = posted(shop, { ...manner, body: webhookBody(shop, order), record: order.id });
    const statuses: (number | null)[] = [];
    for (let time = 0; time < times; time++) statuses.push((await shop.world.post(delivery)).status);
    return statuses;
  }

  return (
    new Hono()
      .post("/orders", async (c) => {
        const { deliver: manner, ...wish } = await read(c, Wish.extend({ deliver: Manner.optional() }));
        const order = makeOrder(shop, wish);
        return c.json(
          { id: order.id, fulfillment_order: order.fulfillmentOrder, statuses: manner ? await deliver(order, manner) : [] },
          201,
        );
      })
      .post("/burst", async (c) => {
        const Burst = z.strictObject({
          orders: z.int().min(1).max(10_000),
          customers: z.int().min(1).default(50),
          deliver: z.boolean().default(true),
        });
        const { orders, customers, deliver: goesOut } = await read(c, Burst);
        const made = Array.from({ length: orders }, (_, index) => makeOrder(shop, { customer: makeCustomer(shop, index % customers) }));
        const statuses: (number | null)[] = [];
        for (const order of goesOut ? made : []) statuses.push(...(await deliver(order, Manner.parse({}))));
        return c.json({ orders: made.map(({ id }) => id), accepted: statuses.filter((status) => status !== null && status < 300).length });
      })
      .post("/deliver", async (c) => {
        const { order: id, ...manner } = await read(c, Manner.extend({ order: z.string() }));
        const order = shop.orders.get(id);
        return order ? c.json({ statuses: await deliver(order, manner) }) : c.json({ error: `there is no order ${id}` }, 404);
      })
      /** Somebody of the shop's staff changes an order. */
      .post("/edit", async (c) => {
        const Edit = z.strictObject({ order: z.string(), note: z.string().optional(), tags: z.array(z.string()).optional() });
        const { order: id, ...change } = await read(c, Edit);
        const order = shop.orders.get(id);
        if (!order) return c.json({ error: `there is no order ${id}` }, 404);
        shop.orders.put(id, { ...order, ...change, updatedAt: shop.now } as Order);
        return c.json({ ok: true });
      })
      .post("/metafield", async (c) => {
        const Field = z.strictObject({ owner: z.string(), namespace: z.string(), key: z.string(), type: z.string(), value: z.string() });
        const field = await read(c, Field);
        shop.metafields.put(`${field.owner}|${field.namespace}.${field.key}`, field);
        return c.json({ ok: true });
      })
      .post("/limits", async (c) => {
        const Limits = z.strictObject({
          capacity: z.number().positive(),
          restoreRate: z.number().positive(),
          available: z.number().min(0).optional(),
        });
        const { available, ...rates } = await read(c, Limits);
        shop.bucket = { ...rates, available: available ?? rates.capacity, at: shop.world.now() };
        return c.json({ ok: true });
      })
      .post("/settings", async (c) => {
        const Changes = z.strictObject({
          scopes: z.array(z.string()).optional(),
          versions: z.array(z.string()).optional(),
          clockAheadMs: z.int().optional(),
        });
        const { scopes, versions, clockAheadMs } = await read(c, Changes);
        shop.change({
          ...(scopes ? { scopes } : {}),
          ...(versions ? { versions } : {}),
          ...(clockAheadMs === undefined ? {} : { clockAheadMs }),
        });
        return c.json({ ok: true });
      })
      .post("/subscribe", async (c) => {
        const { topic, uri, version } = await read(
          c,
          z.strictObject({ topic: z.string(), uri: z.string(), version: z.string().default("2026-07") }),
        );
        const id = shop.newId();
        shop.subscriptions.put(id, { id, topic, uri, version });
        return c.json({ id });
      })
      /** As after eight failed deliveries in a row. */
      .post("/unsubscribe", (c) => {
        for (const { id } of shop.subscriptions.all()) shop.subscriptions.delete(id);
        return c.json({ ok: true });
      })
      .post("/expire-tokens", (c) => {
        for (const token of shop.tokens.all()) shop.tokens.put(token.value, { ...token, endsAt: shop.world.now() });
        return c.json({ ok: true });
      })
  );
}
