// Adobe Commerce's REST API as far as workflows use it: orders with comments, holds and cancellations, products, source items, customers, event subscriptions; and
// beside it Adobe's published keys and sign-in. Mounted where a shop has /rest/all.
import { type Context, Hono } from "hono";
import * as z from "zod";
import { read } from "../control/read.ts";
import type { DoorWords, MakeStandIn } from "../stand-in.ts";
import { door, expireTokens, tokenRoutes } from "./door.ts";
import { readSearch, search, withFields } from "./search.ts";
import { callFromModule, callWebhook, KEY_PATHS, Keys, postEvent } from "./senders.ts";
import { newOrder, type Order, Refused, Shop, ShopSettings, seed } from "./shop.ts";

const CommentBody = z.strictObject({
  statusHistory: z.strictObject({
    comment: z.string(),
    is_customer_notified: z.int(),
    is_visible_on_front: z.int(),
    parent_id: z.int(),
    status: z.string().optional(),
  }),
});
const SourceItems = z.strictObject({
  sourceItems: z.array(z.strictObject({ sku: z.string(), source_code: z.string(), quantity: z.number(), status: z.int() })),
});
const ProductBody = z.strictObject({ product: z.looseObject({ sku: z.string() }) });

/** As Magento says it of a body that it cannot read into its own objects. */
async function bodyOf<T>(c: Context, schema: z.ZodType<T>): Promise<T> {
  const parsed = schema.safeParse(await c.req.json().catch(() => null));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Refused(400, '"%fieldName" is required. Enter and try again.', { fieldName: issue?.path.join(".") ?? "body" });
}

function routes(shop: Shop): Hono {
  const list = <T extends object>(c: Context, rows: readonly T[]) =>
    c.json(withFields(search(rows, readSearch(new URL(c.req.url).searchParams, shop.settings.maxPageSize)), c.req.query("fields")));
  const one = (c: Context, record: object) => c.json(withFields(record, c.req.query("fields")));
  return new Hono()
    .get("/V1/orders", (c) => list(c, shop.orders.all()))
    .get("/V1/orders/:id", (c) => one(c, shop.order(c.req.param("id"))))
    .get("/V1/orders/:id/comments", (c) => {
      const { entity_id } = shop.order(c.req.param("id"));
      const items = shop.comments.all().filter(({ parent_id }) => parent_id === entity_id);
      return one(c, { items, search_criteria: { filter_groups: [] }, total_count: items.length });
    })
    .post("/V1/orders/:id/comments", async (c) => {
      const { statusHistory } = await bodyOf(c, CommentBody);
      const { parent_id: _, ...comment } = statusHistory;
      shop.addComment(c.req.param("id"), comment);
      return c.json(true);
    })
    .post("/V1/orders/:id/hold", (c) => c.json(shop.hold(c.req.param("id"))))
    .post("/V1/orders/:id/unhold", (c) => c.json(shop.unhold(c.req.param("id"))))
    .post("/V1/orders/:id/cancel", (c) => c.json(shop.cancel(c.req.param("id"))))
    .get("/V1/products", (c) => list(c, shop.products.all()))
    .get("/V1/products/:sku", (c) => one(c, shop.product(c.req.param("sku"))))
    .put("/V1/products/:sku", async (c) => {
      const { product } = await bodyOf(c, ProductBody);
      return c.json(shop.updateProduct(c.req.param("sku"), product));
    })
    .get("/V1/inventory/source-items", (c) => list(c, shop.sources.all()))
    .post("/V1/inventory/source-items", async (c) => {
      const { sourceItems } = await bodyOf(c, SourceItems);
      if (sourceItems.length === 0) throw new Refused(400, "Input data is empty");
      for (const item of sourceItems) shop.saveSourceItem(item);
      return c.json([]);
    })
    .get("/V1/customers/search", (c) => list(c, shop.customers.all()))
    .get("/V1/customers/:id", (c) => {
      const customer = shop.customers.get(c.req.param("id"));
      if (!customer)
        throw new Refused(404, "No such entity with %fieldName = %fieldValue", { fieldName: "customerId", fieldValue: c.req.param("id") });
      return one(c, customer);
    })
    .get("/V1/eventing/getEventSubscriptions", (c) => {
      if (!shop.settings.eventing) throw new Refused(404, "Request does not match any route.");
      return c.json([
        { name: "observer.sales_order_save_commit_after", parent: "", fields: [], rules: [], destination: "default", priority: false },
      ]);
    });
}

const Manner = z.strictObject({
  hook: z.string().startsWith("/").default("/hooks/magento"),
  signature: z.enum(["valid", "bad"]).default("valid"),
});
const Fields = z.record(z.string(), z.unknown());

function control(shop: Shop, keys: Keys): Hono {
  return new Hono()
    .post("/settings", async (c) => {
      shop.change(await read(c, ShopSettings.partial()));
      return c.json(shop.settings);
    })
    .post("/orders", async (c) => {
      const { id, fields } = await read(c, z.strictObject({ id: z.int().positive(), fields: Fields.default({}) }));
      const order = newOrder(id, shop.time(), fields as Partial<Order>);
      shop.orders.put(String(id), order);
      return c.json(order, 201);
    })
    .post("/change", async (c) => {
      const { id, fields } = await read(c, z.strictObject({ id: z.string(), fields: Fields }));
      shop.orders.put(id, { ...shop.order(id), updated_at: shop.time(), ...(fields as Partial<Order>) });
      return c.json(shop.order(id));
    })
    .post("/expire-tokens", (c) => {
      expireTokens(shop);
      return c.json({ ok: true });
    })
    .post("/public-key", async (c) => c.text(await keys.publicPem()))
    .post("/event", async (c) => {
      const asked = await read(c, Manner.extend({ event: z.string(), value: Fields, id: z.string(), clientId: z.string().optional() }));
      return c.json(await postEvent(shop, keys, asked));
    })
    .post("/webhook", async (c) => c.json(await callWebhook(shop, keys, await read(c, Manner.extend({ payload: Fields })))))
    .post("/module", async (c) => c.json(await callFromModule(shop, await read(c, Manner.extend({ payload: Fields })))));
}

export const magentoStandIn: MakeStandIn = (world) => {
  const shop = new Shop(world);
  const keys = new Keys(shop);
  const api = new Hono()
    .get("/prod/keys/:file", async (c) => {
      const name = KEY_PATHS.find((path) => path.endsWith(`/${c.req.param("file")}`));
      return name ? c.text(await keys.publicPem(name)) : c.text("Not Found", 404);
    })
    .route("/", tokenRoutes(shop))
    .use("/V1/*", door(shop))
    .route("/", routes(shop));
  api.notFound((c) => c.json({ message: "Request does not match any route.", trace: null }, 404));
  const refused = (error: Error, c: Context) => {
    if (!(error instanceof Refused)) throw error;
    const { message, parameters, status } = error;
    return c.json(
      { message, ...(parameters ? { parameters } : {}), trace: "#0 /var/www/html/vendor/magento/framework/App/Bootstrap.php(258)" },
      status,
    );
  };
  api.onError(refused);
  const people = control(shop, keys);
  people.onError(refused);
  return { api, control: people, seed: () => seed(shop), doorWords: magentoWords };
};

/** What it refuses and what it lacks a right for have the same answer; a limit names no time. */
const magentoWords: DoorWords = (status) => {
  switch (status) {
    case 401:
      return { status, body: { message: "The consumer isn't authorized to access %resources.", parameters: { resources: "self" } } };
    case 429:
      return { status, body: { message: "Too Many Requests" } };
    case 500:
      return { status, body: { message: "Internal Error. Details are available in Magento log file. Report ID: webapi-0000000000001" } };
  }
};
