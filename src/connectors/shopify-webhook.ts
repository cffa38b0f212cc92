// Shopify's webhooks: the classic ones (X-Shopify-…) and "Events" (shopify-…), signed alike over the body alone. Topic, shop and ids are in headers that nobody
// signed: the shop must be the one that the connection is bound to, and what a run acts on is read back from the shop.
import { sha256Hex } from "../core/crypto.ts";
import type { Json } from "../core/json.ts";
import { parseRfc3339 } from "../core/rfc3339.ts";
import { digitsAt, readJson, textAt } from "./payload.ts";
import { digitsOf } from "./shopify-api.ts";
import { shopifyAppProxy, shopifyOauthCallback } from "./shopify-query.ts";
import type { Parsed, Verdict, WebhookDeclaration, WebhookRequest } from "./webhook.ts";

/** Shopify publishes no limit for HTTPS; its staff speak of more than a megabyte (an order with hundreds of lines). */
const MAX_BYTES = 4 * 1024 * 1024;

const DOCS = "https://shopify.dev/docs/apps/build/webhooks/subscribe/https";

const TOPIC = /^([a-z][a-z0-9_]{0,60})\/([a-z][a-z0-9_]{0,60})$/;
const RESOURCE = /^[A-Za-z][A-Za-z0-9]{0,60}$/;
const ACTION = /^[a-z][a-z0-9_]{0,60}$/;

/** Where a topic's payload names the record that its runs are about, where that is not `id`: what belongs to an order is about the order. */
const SUBJECTS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  refunds: [["order_id"]],
  fulfillments: [["order_id"]],
  order_transactions: [["order_id"]],
  fulfillment_orders: [["fulfillment_order", "id"]],
  fulfillment_holds: [["fulfillment_order", "id"]],
  inventory_levels: [["inventory_item_id"]],
  shop: [["shop_id"], ["id"]],
};

const digitsAnywhere = (payload: Json, path: readonly string[]): string | null =>
  digitsAt(payload, ...path) ?? digitsOf(textAt(payload, ...path));

function subjectOf(payload: Json, resource: string): string | null {
  // Of the compliance topics: "customers/redact" names its customer inside.
  const paths = [...(SUBJECTS[resource] ?? []), ["id"], ["admin_graphql_api_id"], ["customer", "id"], ["shop_id"]];
  for (const path of paths) {
    const digits = digitsAnywhere(payload, path);
    if (digits !== null) return digits;
  }
  return null;
}

const instant = (text: string | null): number | null => (text === null ? null : parseRfc3339(text));

interface Told {
  readonly deliveryKey: string | null;
  readonly type: string;
  readonly resource: string;
  /** From a header, where the style has one. */
  readonly subject: string | null;
  readonly triggeredAt: string | null;
}

function eventOf({ deliveryKey, type, resource, subject, triggeredAt }: Told, { body }: WebhookRequest, receivedAt: number): Parsed {
  const read = readJson(body);
  if (!read.ok) return { kind: "unparsable", reason: read.reason, deliveryKey };
  const named = subjectOf(read.value, resource) ?? subject;
  if (named === null) return { kind: "unparsable", reason: "The payload names no record", deliveryKey };
  const app = digitsAt(read.value, "app_id");
  return {
    kind: "event",
    deliveryKey,
    // The body alone would not do: orders/create and orders/paid of one order have the same. The topic is not signed; a replay under another one starts what reads the order anew.
    signedId: `${type} ${sha256Hex(body)}`,
    // The app that made an order. Who changed one, Shopify does not say.
    ...(type === "orders.create" && app !== null ? { actors: [app] } : {}),
    type,
    subject: named,
    time: instant(textAt(read.value, "updated_at")) ?? instant(triggeredAt) ?? receivedAt,
    data: read.value,
  };
}

function parseClassic(request: WebhookRequest, receivedAt: number): Parsed {
  const header = (name: string) => request.headers.get(name) || null;
  const deliveryKey = header("x-shopify-webhook-id");
  const [, resource, action] = TOPIC.exec(header("x-shopify-topic") ?? "") ?? [];
  if (!resource || !action) return { kind: "unparsable", reason: "The topic has an unknown form", deliveryKey };
  const told = { deliveryKey, type: `${resource}.${action}`, resource, subject: null, triggeredAt: header("x-shopify-triggered-at") };
  return eventOf(told, request, receivedAt);
}

/** "FulfillmentOrder" as a trigger is called: "fulfillment_order". */
const snake = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();

function parseEvents(request: WebhookRequest, receivedAt: number): Parsed {
  const header = (name: string) => request.headers.get(name) || null;
  const deliveryKey = header("shopify-webhook-id");
  const resource = header("shopify-topic") ?? "";
  const action = header("shopify-action");
  if (!RESOURCE.test(resource) || (action !== null && !ACTION.test(action)))
    return { kind: "unparsable", reason: "The topic has an unknown form", deliveryKey };
  const type = action === null ? snake(resource) : `${snake(resource)}.${action}`;
  const subject = digitsOf(header("shopify-resource-id"));
  return eventOf(
    { deliveryKey, type, resource: snake(resource), subject, triggeredAt: header("shopify-triggered-at") },
    request,
    receivedAt,
  );
}

/** Shop names do not differ by case. */
const sameShop = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

const addressedTo =
  (name: string): NonNullable<WebhookDeclaration["addressed"]> =>
  ({ headers, body }, { shop }): Verdict => {
    const value = headers.get(name) ?? "";
    if (body.length === 0) return { ok: false, reason: "missing_body" };
    if (value === "") return { ok: false, reason: "missing_header", header: name };
    if (value.includes(",")) return { ok: false, reason: "duplicate_header", header: name };
    return shop === undefined || sameShop(value, shop) ? { ok: true } : { ok: false, reason: "wrong_recipient", header: name };
  };

const signedBody = (header: string): WebhookDeclaration["scheme"] => ({
  kind: "hmac-sha256",
  signature: { header, encoding: "base64" },
  secret: { encoding: "text" },
  signed: ["body"],
});

export const shopifyWebhook: WebhookDeclaration = {
  docs: DOCS,
  maxBytes: MAX_BYTES,
  scheme: signedBody("x-shopify-hmac-sha256"),
  required: ["x-shopify-topic", "x-shopify-shop-domain", "x-shopify-api-version", "x-shopify-webhook-id"],
  bodyRequired: true,
  addressed: addressedTo("x-shopify-shop-domain"),
  parse: parseClassic,
};

export const shopifyEvents: WebhookDeclaration = {
  docs: "https://shopify.dev/docs/apps/build/events",
  maxBytes: MAX_BYTES,
  scheme: signedBody("shopify-hmac-sha256"),
  required: ["shopify-topic", "shopify-shop-domain", "shopify-api-version", "shopify-webhook-id", "shopify-event-id"],
  bodyRequired: true,
  addressed: addressedTo("shopify-shop-domain"),
  parse: parseEvents,
};

export const shopifyWebhooks = {
  classic: shopifyWebhook,
  events: shopifyEvents,
  "app-proxy": shopifyAppProxy,
  "oauth-callback": shopifyOauthCallback,
};
