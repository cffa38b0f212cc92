// Shopify, played: the GraphQL Admin API of one shop behind its token, with the bucket of points as Shopify counts it, and the token endpoint.
// A throttled request is answered with 200 and THROTTLED, as Shopify does. Sequence: token, document, what it would cost, the bucket, the fields, what it did cost.

import type { Context } from "hono";
import { Hono } from "hono";
import type { DoorWords, MakeStandIn } from "../stand-in.ts";
import { giveBack, refilled, take, throttleStatus } from "./bucket.ts";
import { control } from "./control.ts";
import { type Parsed, parseDocument, requestedCost, SyntaxProblem } from "./document.ts";
import { DocumentProblem, execute } from "./execute.ts";
import { mutations } from "./mutations.ts";
import { makeOrder } from "./new-order.ts";
import { queries } from "./queries.ts";
import { fullBucket, HOOK, Shop } from "./shop.ts";
import { giveToken, isAccepted } from "./tokens.ts";

const NOT_ACCEPTED = { errors: "[API] Invalid API key or access token (unrecognized login or wrong password)" };
const throttled = (cost: object): object => ({
  errors: [{ message: "Throttled", extensions: { code: "THROTTLED", documentation: "https://shopify.dev/api/usage/rate-limits" } }],
  extensions: { cost },
});

/** A bucket that is empty: the wait is what the points need to come back. */
const shopifyWords: DoorWords = (status, seconds) => {
  switch (status) {
    case 401:
      return { status, body: NOT_ACCEPTED };
    case 429: {
      const bucket = { available: 0, at: 0, capacity: 2_000, restoreRate: 100 };
      const requestedQueryCost = seconds * bucket.restoreRate;
      return { status: 200, body: throttled({ requestedQueryCost, actualQueryCost: null, throttleStatus: throttleStatus(bucket) }) };
    }
    case 500:
      return { status, body: { errors: "Internal Server Error" } };
  }
};

/** A single query may not cost more. */
const MOST_POINTS = 1_000;

export const makeShopify: MakeStandIn = (world) => {
  const shop = new Shop(world);
  let requests = 0;
  /** Callers send the same few texts over and over. */
  const parsed = new Map<string, Parsed>();
  const roots = { query: queries(shop), mutation: mutations(shop) };

  async function graphql(c: Context): Promise<Response> {
    const headers = {
      "x-request-id": `00000000-0000-4000-8000-${String(++requests).padStart(12, "0")}`,
      date: new Date(world.now() + shop.settings.clockAheadMs).toUTCString(),
    };
    const say = (body: object, status: 200 | 400 | 401 | 404 = 200) => c.json(body, status, headers);
    if (!isAccepted(shop, c.req.header("x-shopify-access-token"))) return say(NOT_ACCEPTED, 401);
    // An unsupported version is answered with the oldest that is supported.
    const { query = "", variables = {} } = (await c.req.json().catch(() => ({}))) as {
      query?: string;
      variables?: Record<string, unknown>;
    };
    let document: Parsed;
    try {
      document = parsed.get(query) ?? parseDocument(query);
      parsed.set(query, document);
    } catch (thrown) {
      if (!(thrown instanceof SyntaxProblem)) throw thrown;
      return say({ errors: [{ message: thrown.message, extensions: { code: "GRAPHQL_PARSE_FAILED" } }] });
    }
    const requested = requestedCost(document);
    if (requested > MOST_POINTS)
      return say({
        errors: [
          {
            message: `Query cost is ${requested}, which exceeds the single query max cost limit (${MOST_POINTS}).`,
            extensions: {
              code: "MAX_COST_EXCEEDED",
              cost: requested,
              maxCost: MOST_POINTS,
              documentation: "https://shopify.dev/api/usage/rate-limits",
            },
          },
        ],
      });
    const bucket = refilled(shop.bucket, world.now());
    const taken = take(bucket, requested);
    shop.bucket = taken ?? bucket;
    if (!taken) return say(throttled({ requestedQueryCost: requested, actualQueryCost: null, throttleStatus: throttleStatus(bucket) }));
    try {
      const { data, errors, cost } = execute(document, variables, roots[document.kind]);
      const left = giveBack(taken, Math.max(0, requested - cost));
      shop.bucket = left;
      return say({
        data,
        ...(errors.length > 0 ? { errors } : {}),
        extensions: { cost: { requestedQueryCost: requested, actualQueryCost: cost, throttleStatus: throttleStatus(left) } },
      });
    } catch (thrown) {
      if (!(thrown instanceof DocumentProblem)) throw thrown;
      return say({ errors: [{ message: thrown.message, extensions: { code: "undefinedField" } }] });
    }
  }

  const api = new Hono()
    .post("/admin/oauth/access_token", (c) => giveToken(shop, c))
    // The sandbox's own app takes ".json" off.
    .post("/admin/api/:version/graphql", graphql)
    .post("/admin/api/:version/graphql.json", graphql);
  api.all("*", (c) => c.json({ errors: "Not Found" }, 404));

  return {
    api,
    control: control(shop),
    doorWords: shopifyWords,
    seed: () => {
      shop.bucket = fullBucket(world.now());
      shop.products.put("632910392", { id: "632910392", title: "Canvas bag", tags: ["bags"], updatedAt: shop.now });
      shop.variants.put("808950810", {
        id: "808950810",
        product: "632910392",
        item: "39072856",
        title: "large",
        sku: "BAG-L",
        price: "66.55",
        available: 43,
        updatedAt: shop.now,
      });
      makeOrder(shop, { tags: ["wholesale"], note: "Ring twice" });
      const id = shop.newId();
      shop.subscriptions.put(id, { id, topic: "ORDERS_CREATE", uri: HOOK, version: "2026-07" });
    },
  };
};
