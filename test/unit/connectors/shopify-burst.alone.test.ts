// A burst of orders against the bucket of points as Shopify counts it, through the real engine, partitions and shared budget, in virtual time.
import { describe, expect, it, vi } from "vitest";
import { API_TOKEN, APP, SHOP } from "../../../sandbox/shopify/shop.ts";
import { makeShopify } from "../../../sandbox/shopify/stand-in.ts";
import type { Posted } from "../../../sandbox/stand-in.ts";
import { at, digitsAt, textAt } from "../../../src/connectors/payload.ts";
import { shopify } from "../../../src/connectors/shopify.ts";
import { shopifyWebhook } from "../../../src/connectors/shopify-webhook.ts";
import { hmacSha256 } from "../../../src/core/crypto.ts";
import type { InterlockEvent } from "../../../src/core/event.ts";
import { eventIdOf } from "../../../src/core/ids.ts";
import { defineWorkflow } from "../../../src/engine/define.ts";
import { endOf } from "../../../src/engine/lifecycle.ts";
import type { GovernanceSpec } from "../../../src/governance/spec.ts";

vi.mock("cloudflare:workers", () => import("../../simulate/partition/cloudflare-workers.ts"));

const ORDERS = 1_000;
const CUSTOMERS = 100;
/** Some twelve seconds on a quiet machine: the engine, its storage and its projection are the real ones, for ten minutes of the shop's time. */
const TIMEOUT_MS = 180_000;

/** Reads the order, whatever the delivery said of it, and tags it: a read and a look, a write and a proof for each. */
const markOrders = defineWorkflow(
  {
    name: "mark-orders",
    version: 1,
    purpose: "Mark what came in",
    trigger: shopify.on("orders.create"),
    lane: ({ event }) => `customer ${digitsAt(event.data, "customer", "id")}`,
    uses: { shop: shopify.only("getOrder", "addTags") },
    dataFlow: [],
    decisions: {},
  },
  async ({ event, shop }) => {
    const order = await shop.getOrder("read the order", { id: event.subject });
    await shop.addTags("mark the order", { record: "order", id: order.id, tags: [order.risk.level === "HIGH" ? "look-at" : "seen"] });
  },
);

const spec: GovernanceSpec = {
  workflow: "mark-orders",
  version: 1,
  owner: "owner@example.com",
  purpose: "Mark what came in",
  mode: "live",
  regulated: false,
  thresholds: {},
  alwaysAsk: [],
  actions: { "shopify.addTags": { ask: "never", fields: { tags: {} } } },
  review: { reviewers: ["ada@example.com"], slaMinutes: 60, onExpiry: "reject" },
  onFailure: "leave",
  rollback: { procedure: "Undo on the run's page", owner: "owner@example.com", windowDays: 30 },
  retention: { payloadDays: 30 },
};

/** As a delivery becomes an event; what is not signed as it should be stops the test. */
function eventIn({ headers, body }: Posted): InterlockEvent {
  const bytes = new TextEncoder().encode(body);
  const signature = Buffer.from(hmacSha256(APP.clientSecret, [bytes])).toString("base64");
  expect(headers["x-shopify-hmac-sha256"]).toBe(signature);
  const parsed = shopifyWebhook.parse(
    { method: "POST", url: "https://interlock.test/hooks/shopify", headers: new Headers(headers), body: bytes },
    0,
  );
  if (parsed.kind !== "event") throw new Error(JSON.stringify(parsed));
  const { type, subject, time, data, signedId } = parsed;
  return { id: eventIdOf("main", signedId ?? ""), connection: "main", source: "shopify/main", type, subject, time, data };
}

describe("a burst of 1,000 orders", () => {
  it(
    "is processed whole, each customer's in their order, and Shopify turns next to nothing away",
    async () => {
      const { burstWorld } = await import("./burst-world.ts");
      const world = burstWorld({
        connector: shopify,
        make: makeShopify,
        secret: API_TOKEN,
        settings: { shop: SHOP },
        workflow: markOrders,
        spec,
        read: eventIn,
        latencyMs: 120,
      });
      await world.control("/burst", { orders: ORDERS, customers: CUSTOMERS });
      expect(world.events).toHaveLength(ORDERS);
      const began = world.now();
      await world.run(4 * 3_600_000);

      const ends = [...world.entries.values()].map((run) => endOf(run)?.status ?? "not ended");
      const refused = world.calls.filter(({ status, answer }) => status !== 200 || "errors" in answer);
      const waits = [...world.entries.values()].flatMap((run) => run.filter(({ type }) => type === "attempt.failed"));
      const most = Math.max(...[...world.entries.values()].map((run) => run.filter(({ type }) => type === "attempt.failed").length));
      const tagged = world.calls.filter(({ body }) => body.operationName === "AddTags");
      const last = world.calls.at(-1)?.at ?? began;
      console.log(
        `${ORDERS} orders of ${CUSTOMERS} customers on a bucket of 2,000 points and 100 a second: ${world.calls.length} calls in ${Math.round((last - began) / 1_000)} s, ` +
          `${refused.length} refused (${((100 * refused.length) / world.calls.length).toFixed(2)} %); ${waits.length} calls held back by the shared budget, at most ${most} for one order`,
      );

      expect(ends.filter((status) => status === "completed")).toHaveLength(ORDERS);
      expect(tagged).toHaveLength(ORDERS);
      expect(refused.length / world.calls.length).toBeLessThan(0.01);
      const customerOf = new Map(world.events.map(({ subject, data }) => [subject, digitsAt(data, "customer", "id") ?? ""]));
      const numberOf = new Map(world.events.map(({ subject, data }) => [subject, Number(at(data, "order_number"))]));
      const byCustomer = Map.groupBy(
        tagged.map(({ body }) => String((body.variables as { id: string }).id).replace("gid://shopify/Order/", "")),
        (id) => customerOf.get(id) ?? "",
      );
      expect(byCustomer.size).toBe(CUSTOMERS);
      for (const orders of byCustomer.values()) {
        const numbers = orders.map((id) => numberOf.get(id) ?? 0);
        expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
      }
      expect(textAt(world.events[0]?.data, "admin_graphql_api_id")).toMatch(/^gid:\/\/shopify\/Order\/\d{18}$/);
    },
    TIMEOUT_MS,
  );
});
