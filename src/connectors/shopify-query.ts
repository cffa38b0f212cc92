// Requests whose query Shopify signs: the callback that ends an app's installation (`hmac`) and a storefront's request through an app proxy (`signature`).
// Pure but for the parameters' text: no clock, no secret of its own. A parameter that decides something counts once; a second one is refused, not chosen from.
import { constantTimeEqual, hmacSha256 } from "../core/crypto.ts";
import type { Parsed, ProofContext, Verdict, WebhookDeclaration, WebhookRequest } from "./webhook.ts";

/** Shopify's own libraries: as far as the clock of either side may be off. */
const TOLERANCE_SECONDS = 90;

/** A shop's permanent name; nothing else is asked for a token, and nothing else is believed to be a shop. */
const SHOP = /^[a-z0-9][a-z0-9_-]{0,62}\.myshopify\.com$/i;

interface QueryScheme {
  readonly signature: "hmac" | "signature";
  /** Parameters that may stand there once. */
  readonly once: readonly string[];
  /** The text under the MAC, from the parameters in order of their names. */
  readonly signed: (parameters: readonly (readonly [string, string])[]) => string;
}

/** Written anew and not taken over as it came: a proxy may have written a space as + or as %20. */
const OAUTH: QueryScheme = {
  signature: "hmac",
  once: ["hmac", "signature", "shop", "timestamp", "code", "state", "host"],
  signed: (parameters) => parameters.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join("&"),
};

const APP_PROXY: QueryScheme = {
  signature: "signature",
  once: ["hmac", "signature", "shop", "timestamp"],
  signed: (parameters) => parameters.map(([name, value]) => `${name}=${value}`).join(""),
};

const no = (reason: Extract<Verdict, { ok: false }>["reason"], header?: string): Verdict => ({
  ok: false,
  reason,
  ...(header === undefined ? {} : { header }),
});

const paramsOf = (url: string): URLSearchParams => new URL(url, "https://interlock.invalid").searchParams;

function verify(
  scheme: QueryScheme,
  { url }: WebhookRequest,
  { secrets, settings, now }: Pick<ProofContext, "secrets" | "settings" | "now">,
): Verdict {
  const keys = secrets.filter((secret) => secret !== "");
  if (keys.length === 0) return no("no_secret_configured");
  const params = paramsOf(url);
  const missing = [scheme.signature, "shop", "timestamp"].find((name) => !params.get(name));
  if (missing) return no("missing_header", missing);
  const repeated = scheme.once.find((name) => params.getAll(name).length > 1);
  if (repeated) return no("duplicate_header", repeated);
  const shop = params.get("shop") ?? "";
  if (!SHOP.test(shop)) return no("malformed_header", "shop");
  const timestamp = params.get("timestamp") ?? "";
  if (!/^[0-9]{1,12}$/.test(timestamp)) return no("malformed_timestamp", "timestamp");
  const age = now / 1_000 - Number(timestamp);
  if (age > TOLERANCE_SECONDS) return no("stale_timestamp", "timestamp");
  if (age < -TOLERANCE_SECONDS) return no("future_timestamp", "timestamp");

  const names = [...new Set(params.keys())].filter((name) => name !== "hmac" && name !== "signature").sort();
  const text = scheme.signed(names.map((name) => [name, params.getAll(name).join(",")] as const));
  const claimed = new TextEncoder().encode(params.get(scheme.signature) ?? "");
  let authentic = false;
  for (const key of keys) authentic = constantTimeEqual(claimed, hex(hmacSha256(key, [text]))) || authentic;
  if (!authentic) return no("bad_signature");
  return settings.shop === undefined || settings.shop.toLowerCase() === shop.toLowerCase() ? { ok: true } : no("wrong_recipient", "shop");
}

const hex = (bytes: Uint8Array): Uint8Array =>
  new TextEncoder().encode([...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(""));

export const verifyOauthCallback = (request: WebhookRequest, context: Pick<ProofContext, "secrets" | "settings" | "now">): Verdict =>
  verify(OAUTH, request, context);

export const verifyAppProxy = (request: WebhookRequest, context: Pick<ProofContext, "secrets" | "settings" | "now">): Verdict =>
  verify(APP_PROXY, request, context);

/** A customer, or a visitor, has called an address of the shop that leads to us. */
function parseAppProxy({ url }: WebhookRequest, receivedAt: number): Parsed {
  const params = paramsOf(url);
  const data = Object.fromEntries(
    [...new Set(params.keys())].filter((name) => name !== "signature").map((name) => [name, params.getAll(name).join(",")]),
  );
  return {
    kind: "event",
    deliveryKey: null,
    // The body is empty; what was signed is the query, its second included.
    signedId: `app proxy ${params.get("signature")}`,
    type: "app_proxy",
    subject: params.get("logged_in_customer_id") || params.get("path_prefix") || "app_proxy",
    time: receivedAt,
    data,
  };
}

export const shopifyAppProxy: WebhookDeclaration = {
  docs: "https://shopify.dev/docs/apps/build/online-store/app-proxies/authenticate-app-proxies",
  // The query is all of it.
  maxBytes: 64 * 1024,
  scheme: { kind: "proof", verify: async (request, context) => verifyAppProxy(request, context) },
  parse: parseAppProxy,
};

export const shopifyOauthCallback: WebhookDeclaration = {
  docs: "https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens/authorization-code-grant",
  maxBytes: 64 * 1024,
  scheme: { kind: "proof", verify: async (request, context) => verifyOauthCallback(request, context) },
  parse: () => ({ kind: "ignored", reason: "The end of an app's installation: its code is exchanged by whoever sets the connection up" }),
};
