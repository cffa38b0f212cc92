import { readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { APP, type FulfillmentOrder, gid, LOCATION, type Order, type Variant } from "../../../sandbox/shopify/shop.ts";
import { decideLease, noteUsage, UNSPENT } from "../../../src/connectors/budget.ts";
import { doorOf } from "../../../src/connectors/connect.ts";
import type { AnyWriteAction, ApplyContext, HttpAnswer } from "../../../src/connectors/define.ts";
import { createHttp } from "../../../src/connectors/http.ts";
import { shopify } from "../../../src/connectors/shopify.ts";
import { refusalOf, usageOf } from "../../../src/connectors/shopify-api.ts";
import { decideTransactions } from "../../../src/connectors/shopify-refund.ts";
import { type Failure, failureOf } from "../../../src/core/errors.ts";
import type { JsonObject } from "../../../src/core/json.ts";
import { computeUndo } from "../../../src/engine/undo-decision.ts";
import { HOLD, isMutation, shopHere } from "./worlds/shopify-worlds.ts";

const { actions } = shopify;
const NOW = Date.parse("2026-01-05T08:00:00Z");

const failureFrom = (work: Promise<unknown> | undefined): Promise<Failure> =>
  (work ?? Promise.resolve()).then(
    () => expect.fail("it did not throw"),
    (thrown) => failureOf(thrown),
  );

function setUp() {
  let time = NOW;
  const here = shopHere({ now: () => time });
  const context = (key = "run-1/step", version: string | null = null): ApplyContext => ({ http: here.http, key, version });
  const record = <T>(table: string, id: string): T => here.tables.get(table)?.get(id) as T;
  const order = () => record<Order>("orders", here.order.id);
  return { ...here, record, id: here.order.id, context, order, pass: (ms: number) => (time += ms) };
}

/** An undo as the engine does it: what still holds our value gets back what was there. */
async function undo(action: AnyWriteAction, input: unknown, before: JsonObject, context: ApplyContext): Promise<readonly string[]> {
  if (action.undo.kind !== "restore") return expect.fail("it does not restore");
  const now = await action.look?.(input, context.http);
  const { restore, conflicts } = computeUndo(before, action.values(input), now?.fields ?? {});
  await action.undo.restore(input, restore, { ...context, key: `${context.key}/undo`, version: now?.version ?? null });
  return conflicts.map(({ field }) => field);
}

describe("reading", () => {
  it("gives an order with what a decision about it needs", async () => {
    const { http, id, order } = setUp();
    const read = await actions.getOrder.run({ id }, http);
    expect(actions.getOrder.output.safeParse(read).success).toBe(true);
    expect(read).toMatchObject({
      id,
      name: "#1001",
      total: { amount: "199.65", currency: "EUR" },
      refunded: { amount: "0.00" },
      note: "Ring twice",
      tags: ["wholesale"],
      risk: { recommendation: "ACCEPT", level: "LOW" },
      lines: [{ sku: "BAG-L", quantity: 3, refundable: 3 }],
      moreLines: false,
      fulfillmentOrders: [{ id: order().fulfillmentOrder, status: "OPEN", holds: [] }],
      customer: { name: "Ada Lovelace", orders: 1 },
    });
    expect(id).toMatch(/^\d{18}$/);
  });

  it("gives a product, its variant, what a location has of it, and a customer", async () => {
    const { http, order } = setUp();
    const product = await actions.getProduct.run({ id: "632910392" }, http);
    expect(product).toMatchObject({ title: "Canvas bag", inventory: 43, variants: [{ id: "808950810", inventoryItem: "39072856" }] });
    expect(await actions.getVariant.run({ id: "808950810" }, http)).toMatchObject({ sku: "BAG-L", product: { id: "632910392" } });
    const level = await actions.getInventoryLevel.run({ item: "39072856", location: LOCATION }, http);
    expect(level).toMatchObject({ available: 43, variant: "808950810", location: { name: "Main warehouse" } });
    expect(await actions.getCustomer.run({ id: order().customer }, http)).toMatchObject({ name: "Ada Lovelace", orders: 1 });
  });

  it("says of what is not there that it is not there, and lets a shadow run ask", async () => {
    const { http, requests } = setUp();
    expect((await failureFrom(actions.getOrder.run({ id: "1" }, http))).code).toBe("connector.not_found");
    expect((await failureFrom(actions.getInventoryLevel.run({ item: "39072856", location: "1" }, http))).code).toBe("connector.not_found");
    expect(requests.every((request) => request.path === "/admin/api/2026-07/graphql.json" && !isMutation(request))).toBe(true);
    expect(requests[0]?.headers.get("x-shopify-access-token")).toBe("shpat_sandbox");
  });
});

describe("writing", () => {
  it("sets a note and attributes beside those of others, and gives back only what still is ours", async () => {
    const { id, http, context, control, order } = setUp();
    const other = { id, set: { attributes: { source: "fair" } } };
    await actions.updateOrder.apply(other, context("other"));
    const input = { id, set: { note: "Held", attributes: { gift: "yes" } } };
    const before = await actions.updateOrder.look?.(input, http);
    expect(before?.fields).toEqual({ note: "Ring twice", "attributes.gift": null });
    await actions.updateOrder.apply(input, context("run-1/step", before?.version));
    expect(order().attributes).toEqual([
      { key: "source", value: "fair" },
      { key: "gift", value: "yes" },
    ]);
    await control("/edit", { order: id, note: "Somebody else's words" });
    expect(await undo(actions.updateOrder, input, before?.fields ?? {}, context())).toEqual(["note"]);
    expect(order()).toMatchObject({ note: "Somebody else's words", attributes: [{ key: "source", value: "fair" }] });
  });

  it("does not write over a note or metafield that changed since it was looked at", async () => {
    const { id, http, context, control, order } = setUp();
    const note = { id, set: { note: "Held" } };
    const looked = await actions.updateOrder.look?.(note, http);
    await control("/edit", { order: id, note: "Changed" });
    expect((await failureFrom(actions.updateOrder.apply(note, context("k", looked?.version)))).code).toBe("connector.conflict");
    expect(order().note).toBe("Changed");

    const field = { owner: gid("Order", id), namespace: "triage", key: "score", type: "number_integer" };
    await control("/metafield", { ...field, value: "1" });
    const score = { id, metafields: { "triage.score": { type: "number_integer", value: "87" } } };
    const seen = await actions.setOrderMetafields.look?.(score, http);
    expect(seen?.fields).toEqual({ "triage.score": "1" });
    await control("/metafield", { ...field, value: "2" });
    const refused = await failureFrom(actions.setOrderMetafields.apply(score, context("k", seen?.version)));
    expect(refused).toMatchObject({ code: "connector.conflict", field: "metafields.0" });
    const again = await actions.setOrderMetafields.look?.(score, http);
    await actions.setOrderMetafields.apply(score, context("k", again?.version));
    expect(await actions.setOrderMetafields.prove?.(score, { id }, http)).toEqual({ "triage.score": "87" });
    // The same key once more is refused by Shopify itself: its marker is there already.
    expect((await failureFrom(actions.setOrderMetafields.apply(score, context("k")))).code).toBe("connector.conflict");
  });

  it("takes away only the tags that it brought, whatever others tagged meanwhile", async () => {
    const { id, http, context, control, order } = setUp();
    const input = { record: "order" as const, id, tags: ["Wholesale", "exception"] };
    const before = await actions.addTags.look?.(input, http);
    expect(before?.fields).toEqual({ tags: ["Wholesale"] });
    await actions.addTags.apply(input, context());
    await control("/edit", { order: id, tags: [...order().tags, "by hand"] });
    expect(await undo(actions.addTags, input, before?.fields ?? {}, context())).toEqual([]);
    expect(order().tags).toEqual(["wholesale", "by hand"]);
    for (const tag of ["a,b", " a", "a ", "", "x".repeat(41)])
      expect(actions.addTags.input.safeParse({ ...input, tags: [tag] }).success).toBe(false);
  });

  it("tags a customer and a product too", async () => {
    const { http, context, order, tables } = setUp();
    await actions.addTags.apply({ record: "customer", id: order().customer, tags: ["vip"] }, context());
    await actions.addTags.apply({ record: "product", id: "632910392", tags: ["recall"] }, context());
    expect(tables.get("customers")?.get(order().customer)).toMatchObject({ tags: ["vip"] });
    expect((await actions.getProduct.run({ id: "632910392" }, http)).tags).toEqual(["bags", "recall"]);
  });

  it("releases its own hold and no other, and Shopify takes a key's hold once", async () => {
    const { http, context, order, tables, record } = setUp();
    const { fulfillmentOrder } = order();
    const table = tables.get("fulfillment-orders");
    const holds = () => record<FulfillmentOrder>("fulfillment-orders", fulfillmentOrder).holds.map(({ id }) => id);
    table?.put(fulfillmentOrder, {
      ...(table.get(fulfillmentOrder) as object),
      holds: [{ id: HOLD, handle: "", reason: "OTHER", notes: null, byApp: "another" }],
    });
    const input = { fulfillmentOrder, reason: "HIGH_RISK_OF_FRAUD" as const, notes: "Look", notifyMerchant: false };
    const output = await actions.holdFulfillment.apply(input, context());
    expect((await failureFrom(actions.holdFulfillment.apply(input, context()))).message).toContain("DUPLICATE_FULFILLMENT_HOLD_HANDLE");
    if (actions.holdFulfillment.undo.kind !== "withdraw") return expect.fail("it is not withdrawn");
    await actions.holdFulfillment.undo.withdraw(input, output, context("undo"));
    expect(holds()).toEqual([HOLD]);
    expect(await actions.holdFulfillment.undo.gone(input, output, http)).toBe(true);
  });

  it("places a hold again that it released, and knows it for the old one", async () => {
    const { http, context, order, record } = setUp();
    const { fulfillmentOrder } = order();
    const placed = await actions.holdFulfillment.apply(
      { fulfillmentOrder, reason: "OTHER", notes: "Ask", notifyMerchant: false },
      context("hold"),
    );
    const input = { fulfillmentOrder, hold: placed.hold, reason: "OTHER" as const, notes: "Ask" };
    await actions.releaseHold.apply(input, context());
    expect(await undo(actions.releaseHold, input, { released: null }, context())).toEqual([]);
    expect(record<FulfillmentOrder>("fulfillment-orders", fulfillmentOrder).holds).toMatchObject([{ reason: "OTHER", notes: "Ask" }]);
    expect((await actions.releaseHold.look?.(input, http))?.fields).toEqual({ released: null });
    await actions.releaseHold.apply(input, context("again"));
    expect(record<FulfillmentOrder>("fulfillment-orders", fulfillmentOrder).holds).toEqual([]);
  });

  it("refunds once for a key, even where Shopify is asked twice, and not more than there is", async () => {
    const { id, http, context, order, requests } = setUp();
    const input = { order: id, amount: "66.55", currency: "EUR", alreadyRefunded: "0.00", note: "Torn", notifyCustomer: false, lines: [] };
    await actions.refund.apply(input, context());
    const [sent] = requests.filter(isMutation);
    const repeated = await http.send({ method: "POST", path: "/admin/api/2026-07/graphql.json", body: sent?.body as never });
    expect(repeated.json).toMatchObject({ data: { refundCreate: { userErrors: [] } } });
    expect(order().refunds).toHaveLength(1);
    const second = (more: object) => failureFrom(actions.refund.apply({ ...input, ...more }, context("run-2/step")));
    expect(await second({})).toMatchObject({ code: "connector.rejected", field: "alreadyRefunded" });
    expect(await second({ alreadyRefunded: "66.55", currency: "USD" })).toMatchObject({ field: "currency" });
    expect(await second({ alreadyRefunded: "66.55", amount: "133.11" })).toMatchObject({ field: "amount" });
    await actions.refund.apply({ ...input, alreadyRefunded: "66.55", amount: "133.10" }, context("run-2/step"));
    expect(order().refunds.map(({ amount }) => amount)).toEqual(["66.55", "133.10"]);
  });

  it("takes a refund from the oldest payment first, each up to what is left of it", () => {
    const money = (amount: string) => ({ amount, currency: "EUR" });
    const payment = (id: string, kind: string, amount: string, parent: string | null = null, status = "SUCCESS") => ({
      id,
      kind,
      status,
      gateway: "card",
      parentTransaction: parent === null ? null : { id: parent },
      amountSet: money(amount),
    });
    const transactions = [
      payment("1", "AUTHORIZATION", "30.00"),
      payment("2", "CAPTURE", "20.00"),
      payment("3", "SALE", "10.50"),
      payment("4", "REFUND", "15.00", "2"),
      payment("5", "REFUND", "4.00", "3", "FAILURE"),
    ];
    const parts = decideTransactions("9", "12.25", { totalRefundedSet: money("15.00"), transactions });
    expect(parts.map(({ parentId, amount }) => [parentId, amount])).toEqual([
      ["gid://shopify/OrderTransaction/2", "5.00"],
      ["gid://shopify/OrderTransaction/3", "7.25"],
    ]);
    expect(() => decideTransactions("9", "15.51", { totalRefundedSet: money("15.00"), transactions })).toThrow("15.50 of order 9");
  });

  it("changes inventory by a difference once for a key, and takes it back by the opposite one", async () => {
    const { http, context, record } = setUp();
    const available = () => record<Variant>("variants", "808950810").available;
    const input = { item: "39072856", location: LOCATION, delta: -3, reason: "damaged" as const };
    const output = await actions.adjustInventory.apply(input, context());
    expect(await actions.adjustInventory.apply(input, context())).toEqual(output);
    expect(available()).toBe(40);
    // A sale in between stays a sale.
    await actions.adjustInventory.apply({ ...input, delta: -1, reason: "other" }, context("sale"));
    if (actions.adjustInventory.undo.kind !== "withdraw") return expect.fail("it is not withdrawn");
    for (const round of ["undo", "undo#2"]) await actions.adjustInventory.undo.withdraw(input, output, context(round));
    expect(available()).toBe(42);
    expect(await actions.adjustInventory.undo.gone(input, output, http)).toBe(true);
  });

  it("cancels an order once", async () => {
    const { id, context, order } = setUp();
    const input = { id, reason: "FRAUD" as const, restock: true, refund: false, notifyCustomer: false, note: "Stolen card" };
    await actions.cancelOrder.apply(input, context());
    expect(order().cancelled).toMatchObject({ reason: "FRAUD" });
    expect((await failureFrom(actions.cancelOrder.apply(input, context("run-2/step")))).message).toContain("already been cancelled");
  });
});

describe("what Shopify says no with", () => {
  const answer = (json: unknown, status = 200, headers: Record<string, string> = {}): HttpAnswer => ({
    status,
    headers: new Headers({ "x-request-id": "req-1", ...headers }),
    json,
    text: JSON.stringify(json),
  });
  const cost = (left: number, requested = 502) => ({
    cost: {
      requestedQueryCost: requested,
      actualQueryCost: null,
      throttleStatus: { maximumAvailable: 2_000, currentlyAvailable: left, restoreRate: 100 },
    },
  });
  const errors = (code: string, more: object = {}) => ({ errors: [{ message: "No", extensions: { code }, ...more }] });

  it.each([
    ["an answer", { data: { order: null } }, null],
    ["THROTTLED", { ...errors("THROTTLED"), extensions: cost(20) }, { code: "connector.rate_limited", retryAfterMs: 4_820 }],
    ["THROTTLED without a count", errors("THROTTLED"), { code: "connector.rate_limited", retryAfterMs: 1_000 }],
    ["MAX_COST_EXCEEDED", errors("MAX_COST_EXCEEDED"), { code: "connector.rejected" }],
    [
      "ACCESS_DENIED",
      { ...errors("ACCESS_DENIED", { path: ["order", "customer"] }), data: { order: null } },
      { code: "connector.unauthorised" },
    ],
    ["INTERNAL_SERVER_ERROR", errors("INTERNAL_SERVER_ERROR"), { code: "connector.unavailable" }],
    [
      "a user error",
      { data: { orderUpdate: { order: null, userErrors: [{ field: ["input", "note"], message: "is too long" }] } } },
      { code: "connector.rejected", field: "input.note" },
    ],
    [
      "STALE_OBJECT",
      { data: { metafieldsSet: { userErrors: [{ field: ["metafields", "0"], message: "Stale", code: "STALE_OBJECT" }] } } },
      { code: "connector.conflict" },
    ],
    [
      "a key at work",
      {
        data: {
          inventoryAdjustQuantities: { userErrors: [{ field: null, message: "In progress", code: "IDEMPOTENCY_CONCURRENT_REQUEST" }] },
        },
      },
      { code: "connector.unavailable" },
    ],
    [
      "a cancellation refused",
      { data: { orderCancel: { job: null, orderCancelUserErrors: [{ field: ["orderId"], message: "No", code: "NOT_FOUND" }] } } },
      { code: "connector.not_found" },
    ],
    [
      "half a request",
      { data: { a: { userErrors: [] }, b: { userErrors: [{ field: null, message: "No" }] } } },
      { code: "connector.answer_invalid" },
    ],
    [
      "half a request denied",
      { ...errors("ACCESS_DENIED"), data: { a: { userErrors: [] }, b: null } },
      { code: "connector.answer_invalid" },
    ],
  ])("is read: %s", (_what, json, refusal) => {
    if (refusal === null) expect(refusalOf(answer(json))).toBeNull();
    else expect(refusalOf(answer(json))).toMatchObject(refusal);
  });

  it.each([
    [402, "connector.unauthorised", "frozen"],
    [404, "connector.unauthorised", "2026-07"],
    [423, "connector.unauthorised", "locked"],
    [429, "connector.rate_limited", "Exceeded 2 calls"],
    [403, "connector.unauthorised", "Exceeded 2 calls"],
  ])("as status %i becomes %s, with its words and its request's number", async (status, code, words) => {
    const http = createHttp({
      baseUrl: "https://acme.myshopify.com",
      authorization: null,
      system: "Shopify",
      now: () => 0,
      refusal: refusalOf,
      fetch: (async () =>
        new Response(JSON.stringify({ errors: "Exceeded 2 calls per second" }), {
          status,
          headers: { "x-request-id": "req-1", ...(status === 429 ? { "retry-after": "2.0" } : {}) },
        })) as typeof fetch,
    });
    const failure = await failureFrom(actions.getOrder.run({ id: "1" }, http));
    expect(failure.code).toBe(code);
    for (const text of [words, "req-1"]) expect(failure.message).toContain(text);
    if (status === 429) expect(failure.retryAfterMs).toBe(2_000);
  });

  const EXCHANGES = path.resolve(import.meta.dirname, "../../../../shared/contracts/shopify/exchanges.derived.json");
  const readExchanges = (): { name: string; response: { status: number; headers: Record<string, string>; body: unknown } }[] => {
    try {
      return JSON.parse(readFileSync(EXCHANGES, "utf8"));
    } catch {
      return [];
    }
  };
  const CODES: Readonly<Record<string, string | null>> = {
    "order-read": null,
    "order-update": null,
    "user-error": "connector.rejected",
    "metafields-stale": "connector.conflict",
    throttled: "connector.rate_limited",
    "max-cost-exceeded": "connector.rejected",
    "locked-shop": "connector.unauthorised",
    "graphql-access-denied": "connector.unauthorised",
  };
  const exchanges = readExchanges().filter(({ name }) => name in CODES);
  it.skipIf(exchanges.length === 0)("in every recorded exchange beside the project (skipped where ../shared has none)", () => {
    for (const { name, response } of exchanges) {
      const refusal = refusalOf(answer(response.body, response.status, response.headers));
      expect([name, refusal?.code ?? null]).toEqual([name, CODES[name]]);
    }
    expect(exchanges).toHaveLength(Object.keys(CODES).length);
  });
});

describe("the bucket", () => {
  it("is Shopify's count less the share that is left to others", () => {
    const json = {
      extensions: {
        cost: {
          requestedQueryCost: 10,
          actualQueryCost: 10,
          throttleStatus: { maximumAvailable: 2_000, currentlyAvailable: 1_990, restoreRate: 100 },
        },
      },
    };
    expect(usageOf({ status: 200, headers: new Headers(), json, text: "" })).toEqual({
      kind: "bucket",
      left: 1_390,
      capacity: 1_400,
      perSecond: 100,
    });
    expect(usageOf({ status: 200, headers: new Headers(), json: {}, text: "" })).toBeNull();
  });

  it("of a larger plan is used as soon as an answer tells of it", () => {
    const told = noteUsage(UNSPENT, shopify.budget ?? null, { kind: "bucket", left: 14_000, capacity: 14_000, perSecond: 1_000 }, NOW);
    expect(decideLease(told, shopify.budget ?? null, { units: 2_000, effect: "write" }, NOW).lease.kind).toBe("leased");
  });

  it("lets nothing through at the stand-in that is not in it, with HTTP 200", async () => {
    const { http, id, control, pass } = setUp();
    await control("/limits", { capacity: 2_000, restoreRate: 100, available: 10 });
    const failure = await failureFrom(actions.getOrder.run({ id }, http));
    expect(failure.code).toBe("connector.rate_limited");
    pass(failure.retryAfterMs ?? 0);
    expect((await actions.getOrder.run({ id }, http)).id).toBe(id);
  });
});

describe("signing in", () => {
  const credential = (parts: object) => JSON.stringify({ clientId: APP.clientId, clientSecret: APP.clientSecret, ...parts });

  /** The request for a token, at the stand-in. */
  async function tokenFor(secret: string, kept: string | null = null) {
    const here = shopHere({ now: () => NOW });
    const auth = shopify.auth(secret);
    if (auth.kind !== "token") return expect.fail("no token is asked for");
    const { base: _, ...request } = auth.request({ kept, now: NOW, nonce: "n" });
    const door = doorOf({ connector: shopify, baseUrl: "http://127.0.0.1", settings: {}, now: () => NOW, fetch: here.fetch });
    const token = auth.read(await createHttp(door).send(request), NOW, "http://127.0.0.1");
    return { here, auth, token };
  }

  it("with a token that does not expire sends it in Shopify's own header", () => {
    expect(shopify.auth("shpat_1")).toEqual({ kind: "header", name: "x-shopify-access-token", value: "shpat_1" });
  });

  it("as the shop's own app gets a token for a day", async () => {
    const { token, auth, here } = await tokenFor(credential({ flow: "client_credentials" }));
    expect(token).toMatchObject({ expiresAt: NOW + 86_399_000 });
    expect(token.refresh).toBeUndefined();
    expect(auth.header?.(token.value)).toEqual({ name: "x-shopify-access-token", value: token.value });
    expect(here.requests[0]).toMatchObject({ method: "POST", path: "/admin/oauth/access_token" });
  });

  it("with a refresh token gets one for an hour and the next refresh token, and the one before stays good until then", async () => {
    const secret = credential({ flow: "refresh_token", refreshToken: APP.refreshToken });
    const { token, here } = await tokenFor(secret);
    expect(token.expiresAt).toBe(NOW + 3_600_000);
    expect(token.refresh).toMatch(/^shprt_/);
    const auth = shopify.auth(secret);
    if (auth.kind !== "token") return expect.fail("no token is asked for");
    const http = createHttp(doorOf({ connector: shopify, baseUrl: "http://127.0.0.1", settings: {}, now: () => NOW, fetch: here.fetch }));
    const exchange = (kept: string | null) =>
      http.send(auth.request({ kept, now: NOW, nonce: "n" })).then((answer) => auth.read(answer, NOW, "http://127.0.0.1"));
    // Not arrived, so to speak: asked again with the one before.
    expect((await exchange(null)).refresh).not.toBe(token.refresh);
    const newer = await exchange(null);
    const used = await exchange(newer.refresh ?? null);
    expect(used.refresh).not.toBe(newer.refresh);
    expect((await failureFrom(exchange(null))).message).toContain("refresh token is not valid");
  });

  it.each([
    ["{", "no JSON", "not JSON"],
    ['{"flow":"client_credentials","clientId":"a"}', "a part missing", "clientSecret"],
    ['{"flow":"password"}', "another flow", "flow"],
    ['{"flow":"client_credentials","clientId":"a","clientSecret":"b","shop":"c"}', "a part too many", "shop"],
  ])("with %s (%s) names what is wrong", (secret, _what, named) => {
    const failure = failureOf(
      (() => {
        try {
          return shopify.auth(secret);
        } catch (thrown) {
          return thrown;
        }
      })(),
    );
    expect(failure.code).toBe("connector.unauthorised");
    expect(failure.message).toContain(named);
  });

  it("with a token that has ended is refused in Shopify's words", async () => {
    const { token, here } = await tokenFor(credential({ flow: "client_credentials" }));
    const door = { baseUrl: "http://127.0.0.1", system: "Shopify", now: () => NOW, fetch: here.fetch, refusal: refusalOf };
    const withToken = createHttp({
      ...door,
      authorization: {
        headers: async () => ({ "x-shopify-access-token": token.value }),
        renew: async () => false,
        secrets: () => [token.value],
      },
    });
    expect((await actions.getOrder.run({ id: here.order.id }, withToken)).id).toBe(here.order.id);
    await here.control("/expire-tokens");
    const failure = await failureFrom(actions.getOrder.run({ id: here.order.id }, withToken));
    expect(failure).toMatchObject({ code: "connector.unauthorised" });
    expect(failure.message).toContain("Invalid API key or access token");
  });
});

describe("the assessment", () => {
  const HOOK_URL = "https://interlock.example/hooks/shopify";
  async function assess(
    here: ReturnType<typeof setUp>,
    hookUrl: string | null = HOOK_URL,
    settings = { shop: "sandbox-shop.myshopify.com" },
  ) {
    const found: Record<string, string> = {};
    for (const check of shopify.checks ?? []) {
      const findings = await check.run({ http: { ...here.http, settings }, now: NOW, hookUrl });
      for (const { outcome, said, fix } of findings) {
        expect(said).not.toBe("");
        if (outcome === "missing" || outcome === "warning") expect(fix).toBeTruthy();
      }
      const worst = ["missing", "warning", "cannot_tell"].find((outcome) => findings.some((finding) => finding.outcome === outcome));
      found[check.name] = worst ?? "confirmed";
    }
    return found;
  }

  it("confirms a shop that is set up, and leaves nothing behind", async () => {
    const here = setUp();
    const before = structuredClone(here.tables.get("metafields")?.all());
    expect(await assess(here)).toEqual({
      auth: "confirmed",
      version: "confirmed",
      scopes: "confirmed",
      read: "confirmed",
      write: "confirmed",
      webhook: "confirmed",
      limits: "confirmed",
    });
    expect(here.tables.get("metafields")?.all()).toEqual(before);
  });

  it("names each fault that was planted", async () => {
    const here = setUp();
    await here.control("/unsubscribe");
    await here.control("/subscribe", { topic: "ORDERS_CREATE", uri: "https://somewhere.else/hooks" });
    await here.control("/limits", { capacity: 2_000, restoreRate: 1, available: 300 });
    await here.control("/settings", {
      scopes: ["write_orders", "write_customers", "write_products", "write_inventory"],
      versions: ["2026-10"],
      clockAheadMs: 300_000,
    });
    expect(await assess(here, HOOK_URL, { shop: "another.myshopify.com" })).toEqual({
      auth: "missing",
      version: "missing",
      scopes: "missing",
      read: "confirmed",
      write: "confirmed",
      webhook: "missing",
      limits: "warning",
    });
    expect((await assess(here, null)).webhook).toBe("cannot_tell");
    // Clocks are compared for every system alike, by the date of the answers.
    const { headers } = await here.http.send({
      method: "POST",
      path: "/admin/api/2026-07/graphql.json",
      body: { query: "{ shop { id } }" },
    });
    expect(Date.parse(headers.get("date") ?? "")).toBe(NOW + 300_000);
  });
});
