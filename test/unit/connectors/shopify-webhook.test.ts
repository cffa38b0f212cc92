import { describe, expect, it } from "vitest";
import { shopify } from "../../../src/connectors/shopify.ts";
import { verifyAppProxy, verifyOauthCallback } from "../../../src/connectors/shopify-query.ts";
import { shopifyEvents, shopifyWebhook, shopifyWebhooks } from "../../../src/connectors/shopify-webhook.ts";
import type { WebhookRequest } from "../../../src/connectors/webhook.ts";
import { hmacSha256 } from "../../../src/core/crypto.ts";
import { shopHere } from "./worlds/shopify-worlds.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const HEADERS = {
  "x-shopify-topic": "orders/create",
  "x-shopify-shop-domain": "acme.myshopify.com",
  "x-shopify-api-version": "2026-07",
  "x-shopify-webhook-id": "w-1",
};
const delivery = (body: string, headers: Record<string, string> = {}): WebhookRequest => ({
  method: "POST",
  url: "https://app.example.com/hooks/shopify",
  headers: new Headers({ ...HEADERS, ...headers }),
  body: bytes(body),
});
const ORDER =
  '{"id":820982911946154508,"admin_graphql_api_id":"gid:\\/\\/shopify\\/Order\\/820982911946154508","app_id":580111,"updated_at":"2026-11-20T11:00:00-05:00"}';
const parse = (body: string, headers: Record<string, string> = {}) => shopifyWebhook.parse(delivery(body, headers), 1_000);
const eventOf = (body: string, headers: Record<string, string> = {}) => {
  const parsed = parse(body, headers);
  return parsed.kind === "event" ? parsed : expect.fail(JSON.stringify(parsed));
};

describe("a classic webhook", () => {
  it("becomes an event about the order, every digit of its id kept", () => {
    expect(eventOf(ORDER)).toMatchObject({
      type: "orders.create",
      subject: "820982911946154508",
      deliveryKey: "w-1",
      actors: ["580111"],
      time: Date.parse("2026-11-20T16:00:00Z"),
      data: { id: "820982911946154508" },
    });
  });

  it("is the same event under another delivery id, and another one for another topic or body", () => {
    const id = (body: string, headers?: Record<string, string>) => eventOf(body, headers).signedId;
    expect(id(ORDER, { "x-shopify-webhook-id": "w-2" })).toBe(id(ORDER));
    expect(id(ORDER, { "x-shopify-topic": "orders/paid" })).not.toBe(id(ORDER));
    expect(id(ORDER.replace("11:00:00", "11:00:01"))).not.toBe(id(ORDER));
  });

  it.each([
    ["refunds/create", '{"id":1,"order_id":42}', "42"],
    ["fulfillments/create", '{"id":1,"order_id":42}', "42"],
    ["fulfillment_orders/placed_on_hold", '{"fulfillment_order":{"id":"gid://shopify/FulfillmentOrder/7","status":"on_hold"}}', "7"],
    ["inventory_levels/update", '{"inventory_item_id":9,"location_id":1,"available":3}', "9"],
    ["products/update", '{"id":5}', "5"],
    ["customers/redact", '{"shop_id":954889,"customer":{"id":191167},"orders_to_redact":[299938]}', "191167"],
    ["customers/data_request", '{"shop_id":954889,"customer":{"id":191168}}', "191168"],
    ["shop/redact", '{"shop_id":954889,"shop_domain":"acme.myshopify.com"}', "954889"],
  ])("of %s is about %s's record", (topic, body, subject) => {
    expect(eventOf(body, { "x-shopify-topic": topic })).toMatchObject({ type: topic.replace("/", "."), subject });
  });

  it("that does not read is said to be so, under its delivery id", () => {
    for (const [body, headers, reason] of [
      ["{", {}, /not JSON/],
      ['{"foo":"bar"}', {}, /names no record/],
      [ORDER, { "x-shopify-topic": "../orders" }, /unknown form/],
    ] as const) {
      const parsed = parse(body, headers);
      expect(parsed).toMatchObject({ kind: "unparsable", deliveryKey: "w-1" });
      expect("reason" in parsed && parsed.reason).toMatch(reason);
    }
  });

  it("of another shop, of two shops, or without a body is not for this connection", () => {
    const addressed = (headers: Record<string, string>, body = ORDER) =>
      shopifyWebhook.addressed?.(delivery(body, headers), { shop: "Acme.myshopify.com" });
    expect(addressed({})).toEqual({ ok: true });
    expect(addressed({ "x-shopify-shop-domain": "victim.myshopify.com" })).toMatchObject({ ok: false, reason: "wrong_recipient" });
    expect(addressed({ "x-shopify-shop-domain": "acme.myshopify.com, victim.myshopify.com" })).toMatchObject({
      reason: "duplicate_header",
    });
    expect(addressed({}, "")).toMatchObject({ reason: "missing_body" });
  });

  it("has a trigger for what the stand-in posts, in either style, and the signature that is declared", async () => {
    const { control, posted, order } = shopHere();
    await control("/deliver", { order: order.id });
    await control("/deliver", { order: order.id, topic: "Order/update", style: "events" });
    const [classic, events] = posted;
    if (!classic || !events) return expect.fail("nothing was posted");
    for (const [declared, { headers, body }, type] of [
      [shopifyWebhook, classic, "orders.create"],
      [shopifyEvents, events, "order.update"],
    ] as const) {
      expect(declared.required?.every((name) => headers[name])).toBe(true);
      const signature = declared.scheme.kind === "hmac-sha256" ? declared.scheme.signature.header : "";
      expect(headers[signature]).toBe(Buffer.from(hmacSha256("sandbox-client-secret", [body])).toString("base64"));
      expect(declared.parse({ ...delivery(body), headers: new Headers(headers) }, 0)).toMatchObject({
        kind: "event",
        type,
        subject: order.id,
      });
      expect(Object.keys(shopify.triggers)).toContain(type);
    }
  });
});

describe("an Events delivery", () => {
  const HEAD = {
    "shopify-topic": "FulfillmentOrder",
    "shopify-webhook-id": "w-9",
    "shopify-resource-id": "gid://shopify/FulfillmentOrder/123",
  };
  const events = (body: string, headers: Record<string, string> = {}) =>
    shopifyEvents.parse({ ...delivery(body), headers: new Headers({ ...HEAD, ...headers }) }, 5);

  it("is named by its topic and action, and is about the resource of its header where the payload names none", () => {
    expect(events('{"foo":"bar"}', { "shopify-action": "hold" })).toMatchObject({
      type: "fulfillment_order.hold",
      subject: "123",
      time: 5,
    });
    expect(events('{"payload_url":"https://x","payload_size_bytes":2000000}')).toMatchObject({ type: "fulfillment_order", subject: "123" });
    expect(events("{}", { "shopify-topic": "a b" })).toMatchObject({ kind: "unparsable", deliveryKey: "w-9" });
  });
});

describe("a signed query", () => {
  const SECRET = "my super secret key";
  const NOW = 1_764_500_060_000;
  const hex = (text: string, key = SECRET) => Buffer.from(hmacSha256(key, [text])).toString("hex");
  const check = (
    verify: typeof verifyOauthCallback,
    query: string,
    { secrets = [SECRET], now = NOW, settings = {} }: { secrets?: string[]; now?: number; settings?: Record<string, string> } = {},
  ) => {
    const verdict = verify(
      { method: "GET", url: `https://app.example.com/x?${query}`, headers: new Headers(), body: bytes("") },
      { secrets, settings, now },
    );
    return verdict.ok ? "ok" : verdict.reason;
  };
  const oauth = (query: string, more?: Parameters<typeof check>[2]) => check(verifyOauthCallback, query, more);
  const proxy = (query: string, more?: Parameters<typeof check>[2]) => check(verifyAppProxy, query, more);
  const signedOauth = (query: string) => `${query}&hmac=${hex([...query.split("&")].sort().join("&"))}`;
  const GOOD = "shop=acme.myshopify.com&code=a%20b&state=s&timestamp=1764500000";

  it("of an installation is true in any order of its parameters and with + for a space, for 90 seconds", () => {
    expect(oauth(signedOauth(GOOD))).toBe("ok");
    expect(oauth(signedOauth(GOOD).replace("%20", "+"))).toBe("ok");
    expect(oauth(signedOauth(GOOD), { secrets: ["new", SECRET] })).toBe("ok");
    expect(oauth(signedOauth(GOOD), { now: 1_764_500_090_000 })).toBe("ok");
    expect(oauth(signedOauth(GOOD), { now: 1_764_500_091_000 })).toBe("stale_timestamp");
    expect(oauth(signedOauth(GOOD), { now: 1_764_499_909_000 })).toBe("future_timestamp");
  });

  it.each([
    ["no_secret_configured", signedOauth(GOOD), { secrets: [""] }],
    ["bad_signature", signedOauth(GOOD).replace("code=a", "code=b"), {}],
    ["bad_signature", `${GOOD}&hmac=incorrect`, {}],
    ["missing_header", GOOD, {}],
    ["missing_header", `${GOOD.replace("timestamp=1764500000", "")}&hmac=x`, {}],
    ["duplicate_header", `${signedOauth(GOOD)}&shop=evil.myshopify.com`, {}],
    ["malformed_header", signedOauth("shop=evil.example.com%2F.myshopify.com&timestamp=1764500000"), {}],
    ["malformed_header", signedOauth("shop=acme.myshopify.com.evil.com&timestamp=1764500000"), {}],
    ["malformed_timestamp", signedOauth("shop=acme.myshopify.com&timestamp=NaN"), {}],
    ["wrong_recipient", signedOauth(GOOD), { settings: { shop: "other.myshopify.com" } }],
  ])("of an installation is refused as %s", (reason, query, more) => expect(oauth(query, more)).toBe(reason));

  it("of an app proxy joins what is repeated, and takes no second signature or shop", () => {
    const signature = hex("consentGiven=true,falsepath_prefix=/apps/my_appshop=acme.myshopify.comtimestamp=1764500000");
    const query = `path_prefix=%2Fapps%2Fmy_app&shop=acme.myshopify.com&timestamp=1764500000&consentGiven=true&consentGiven=false&signature=${signature}`;
    expect(proxy(query)).toBe("ok");
    expect(proxy(`${query}&signature=x`)).toBe("duplicate_header");
    expect(proxy(`${query}&shop=x.myshopify.com`)).toBe("duplicate_header");
    expect(oauth(query)).toBe("missing_header");
    const parsed = shopifyWebhooks["app-proxy"].parse({ ...delivery(""), url: `https://app.example.com/x?${query}` }, 3);
    expect(parsed).toMatchObject({ kind: "event", type: "app_proxy", subject: "/apps/my_app", data: { consentGiven: "true,false" } });
    expect(shopifyWebhooks["oauth-callback"].parse(delivery(""), 3).kind).toBe("ignored");
  });
});
