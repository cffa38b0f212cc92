// Who calls: an integration that signs each request (RFC 5849, worked out here by itself and not with the connector's signer), its access token as a bearer where the
// shop allows that, an admin's token, an Adobe token with its two headers. Whoever is refused has the same answer as one who lacks a right.
import { createHmac, timingSafeEqual } from "node:crypto";
import { type Context, Hono, type MiddlewareHandler } from "hono";
import type { Table } from "../stand-in.ts";
import { Refused, type Shop } from "./shop.ts";

export const INTEGRATION = {
  consumerKey: "consumer-key-of-the-shop",
  consumerSecret: "consumer-secret/of&the=shop",
  token: "access-token-of-the-shop",
  tokenSecret: "access-secret-of-the-shop",
} as const;
export const ADMIN = { username: "interlock", password: "admin-password-1" } as const;
export const IMS = { clientId: "ims-client-1", clientSecret: "ims-secret-1", organisation: "1234@AdobeOrg" } as const;

const HOUR_MS = 60 * 60_000;
/** Magento takes a timestamp that is ten minutes ahead at most, and none is too old: its nonces are what tells a replay. */
const AHEAD_S = 600;

interface Issued {
  readonly value: string;
  readonly expiresAt: number;
  readonly kind: "admin" | "ims";
}

const tokensOf = (shop: Shop): Table<Issued> => shop.world.table<Issued>("tokens");

function issue(shop: Shop, kind: Issued["kind"], hours: number): string {
  const value = `${kind}-token-${tokensOf(shop).all().length + 1}`;
  tokensOf(shop).put(value, { value, kind, expiresAt: shop.world.now() + hours * HOUR_MS });
  return value;
}

export function expireTokens(shop: Shop): void {
  for (const token of tokensOf(shop).all()) tokensOf(shop).put(token.value, { ...token, expiresAt: shop.world.now() });
}

export const tokenRoutes = (shop: Shop): Hono =>
  new Hono()
    .post("/V1/integration/admin/token", async (c) => {
      const { username, password } = await c.req.json<{ username?: string; password?: string }>();
      if (username !== ADMIN.username || password !== ADMIN.password)
        throw new Refused(
          401,
          "The account sign-in was incorrect or your account is disabled temporarily. Please wait and try again later.",
        );
      return c.json(issue(shop, "admin", 4));
    })
    .post("/ims/token/v3", async (c) => {
      const form = new URLSearchParams(await c.req.text());
      const known = form.get("client_id") === IMS.clientId && form.get("client_secret") === IMS.clientSecret;
      if (!known || form.get("grant_type") !== "client_credentials" || !form.get("scope")?.includes("commerce.accs"))
        return c.json({ error: "invalid_client", error_description: "invalid client_secret parameter" }, 400);
      return c.json({ access_token: issue(shop, "ims", 24), token_type: "bearer", expires_in: 24 * 3_600 - 1 });
    });

const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

/** Throws what Magento says to a request that is not signed rightly. `used`: nonces that have come already. */
function checkSignature(shop: Shop, c: Context, header: string, used: Set<string>): void {
  const claimed = Object.fromEntries(
    header
      .slice("OAuth ".length)
      .split(", ")
      .map((part) => /^(\w+)="(.*)"$/.exec(part) ?? [])
      .map(([, name = "", value = ""]) => [name, decodeURIComponent(value)]),
  );
  const { oauth_signature = "", realm: _, ...protocol } = claimed;
  if (protocol.oauth_consumer_key !== INTEGRATION.consumerKey || protocol.oauth_token !== INTEGRATION.token)
    throw new Refused(401, "A consumer with the specified credentials does not exist");
  if (protocol.oauth_signature_method !== "HMAC-SHA256")
    throw new Refused(400, "Signature method %1 is not supported", [protocol.oauth_signature_method]);
  if (Number(protocol.oauth_timestamp) > shop.world.now() / 1_000 + AHEAD_S)
    throw new Refused(400, "Incorrect timestamp value in the oauth_timestamp parameter");
  const nonce = protocol.oauth_nonce ?? "";
  if (used.has(nonce)) throw new Refused(401, "The nonce is already being used by the consumer with ID %1", [1]);
  used.add(nonce);
  const url = new URL(c.req.url);
  const pairs = [...url.searchParams, ...Object.entries(protocol)].map(([name, value]) => [encode(name), encode(String(value))] as const);
  const sorted = pairs.map(([name, value]) => `${name}=${value}`).sort((a, b) => (a.replace("=", "\0") < b.replace("=", "\0") ? -1 : 1));
  const base = [c.req.method, url.origin + url.pathname, sorted.join("&")].map(encode).join("&");
  const mac = createHmac("sha256", `${encode(INTEGRATION.consumerSecret)}&${encode(INTEGRATION.tokenSecret)}`)
    .update(base)
    .digest();
  const given = Buffer.from(oauth_signature, "base64");
  if (given.length !== mac.length || !timingSafeEqual(given, mac))
    throw new Refused(401, "The signature is invalid. Verify and try again.");
}

const unauthorised = (resource: string): Refused =>
  new Refused(401, "The consumer isn't authorized to access %resources.", { resources: resource });

function checkCaller(shop: Shop, c: Context, resource: string, used: Set<string>): void {
  const header = c.req.header("authorization") ?? "";
  if (header.startsWith("OAuth ")) {
    checkSignature(shop, c, header, used);
    return;
  }
  const token = /^Bearer (.+)$/.exec(header)?.[1] ?? "";
  if (token === INTEGRATION.token && shop.settings.bearer) return;
  const issued = tokensOf(shop).get(token);
  if (!issued || issued.expiresAt <= shop.world.now()) throw unauthorised(resource);
  if (issued.kind === "ims" && (c.req.header("x-api-key") !== IMS.clientId || c.req.header("x-gw-ims-org-id") !== IMS.organisation))
    throw new Refused(401, "Oauth token is not valid");
}

const RESOURCES: readonly (readonly [path: RegExp, method: string, resource: string])[] = [
  [/^\/V1\/orders\/\d+\/hold$/, "POST", "Magento_Sales::hold"],
  [/^\/V1\/orders\/\d+\/unhold$/, "POST", "Magento_Sales::unhold"],
  [/^\/V1\/orders\/\d+\/cancel$/, "POST", "Magento_Sales::cancel"],
  [/^\/V1\/orders\/\d+\/comments$/, "POST", "Magento_Sales::comment"],
  [/^\/V1\/orders/, "GET", "Magento_Sales::actions_view"],
  [/^\/V1\/products/, "", "Magento_Catalog::products"],
  [/^\/V1\/customers/, "", "Magento_Customer::customer"],
  [/^\/V1\/inventory/, "GET", "Magento_InventoryApi::source"],
  [/^\/V1\/inventory/, "POST", "Magento_InventoryApi::stock_source_item_assign"],
  [/^\/V1\/eventing/, "", "Magento_AdobeIoEventsClient::event_subscriptions"],
];

/** The path behind where the stand-in is mounted. */
const pathOf = (c: Context): string => c.req.path.slice(Math.max(0, c.req.path.indexOf("/V1/")));

export function door(shop: Shop): MiddlewareHandler {
  // In memory: a restart forgives.
  const used = new Set<string>();
  return async (c, next) => {
    const resource = RESOURCES.find(([path, method]) => path.test(pathOf(c)) && (method === "" || method === c.req.method))?.[2] ?? "self";
    checkCaller(shop, c, resource, used);
    if (shop.settings.denied.includes(resource)) throw unauthorised(resource);
    const [odd, ...later] = shop.settings.next;
    if (odd !== undefined) {
      shop.change({ next: later });
      if (odd === 429) throw new Refused(429, "Too Many Requests");
      // PHP-FPM is full: what answers is the web server in front of it.
      return c.html(`<html><head><title>${odd}</title></head><body><h1>${odd} Gateway Time-out</h1></body></html>`, odd);
    }
    return next();
  };
}
