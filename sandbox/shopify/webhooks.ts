// The shop's webhooks: signed over the body alone, with topic, shop and ids in headers beside it.
import { hmacSha256 } from "../../src/core/crypto.ts";
import type { Posted } from "../stand-in.ts";
import { APP, HOOK, SHOP, type Shop } from "./shop.ts";

export interface Delivery {
  readonly topic: string;
  readonly body: string;
  readonly style: "classic" | "events";
  readonly signature: "valid" | "bad";
  /** The record, for the headers of "Events" and for people. */
  readonly record: string;
  readonly shop?: string;
  readonly hook?: string;
  /** The same on a retry. */
  readonly id?: string;
}

export function posted(shop: Shop, { topic, body, style, signature, record, shop: domain = SHOP, hook = HOOK, id }: Delivery): Posted {
  const secret = signature === "valid" ? APP.clientSecret : "not-the-secret";
  const hmac = Buffer.from(hmacSha256(secret, [body])).toString("base64");
  const webhookId = id ?? `00000000-0000-4000-8000-${shop.newId().slice(-12)}`;
  const [resource = "", action = ""] = topic.split("/");
  const common = {
    "shop-domain": domain,
    "api-version": "2026-07",
    "webhook-id": webhookId,
    "event-id": `evt-${webhookId}`,
    "hmac-sha256": hmac,
  };
  const own: Record<string, string> =
    style === "classic"
      ? { ...common, topic }
      : { ...common, topic: resource, action, handle: "interlock", "resource-id": `gid://shopify/${resource}/${record}` };
  const prefix = style === "classic" ? "x-shopify-" : "shopify-";
  return {
    what: `${topic} of ${record}`,
    path: hook,
    body,
    headers: {
      "content-type": "application/json",
      "user-agent": "Shopify-Captain-Hook",
      ...Object.fromEntries(Object.entries(own).map(([name, value]) => [prefix + name, value])),
      [`${prefix}triggered-at`]: new Date(shop.world.now()).toISOString(),
    },
  };
}
