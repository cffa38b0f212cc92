// How a shop tells of changes: Adobe I/O Events (asynchronous, signed by Adobe), Commerce webhooks (inside a shopper's own request: answered at once, and never with
// anything but "go on"), or a module of the customer's own that repeats a secret. Open Source has none of the first two: it is polled, or has the module.
// Adobe signs for every customer with the same keys: an event is believed only when it also names our client id. Whoever chooses the key's address chooses the key,
// so that address is put together from a fixed host and a path that is checked.

import type { Json } from "../core/json.ts";
import { parseRfc3339 } from "../core/rfc3339.ts";
import { verifiesRsaSha256 } from "../core/rsa.ts";
import { at, digitsAt, readJson, textAt } from "./payload.ts";
import type { HandshakeAnswer, Parsed, ProofContext, RejectReason, Verdict, WebhookDeclaration, WebhookRequest } from "./webhook.ts";

const KEY_HOST = "https://static.adobeioevents.com";
const KEY_PATH = /^\/prod\/keys\/pub-key-[\w-]+\.pem$/;
const CHALLENGE = /^[\w.~-]{1,200}$/;
/** RFC 4648 in its one canonical spelling. */
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const no = (reason: RejectReason, header?: string): Verdict => ({ ok: false, reason, ...(header ? { header } : {}) });

// ---- Adobe I/O Events ----

/** docs: two signatures, so that a key can be changed; one that is right is enough. */
const PAIRS = [
  { signature: "x-adobe-digital-signature-1", key: "x-adobe-public-key1-path" },
  { signature: "x-adobe-digital-signature-2", key: "x-adobe-public-key2-path" },
] as const;

/** App Builder hands a body on as base64. What is signed is always the JSON. */
function signedBody({ body }: WebhookRequest): Uint8Array {
  if (body.length === 0 || body[0] === 0x7b) return body;
  const text = new TextDecoder().decode(body);
  return BASE64.test(text) ? new Uint8Array(Buffer.from(text, "base64")) : body;
}

async function verifyEvent(request: WebhookRequest, { settings, published }: ProofContext): Promise<Verdict> {
  // Without a client id a genuine event for anybody would do.
  if (!settings.clientId) return no("no_secret_configured");
  const { headers } = request;
  const pairs = PAIRS.map((names) => ({ names, signature: headers.get(names.signature) ?? "", path: headers.get(names.key) ?? "" })).filter(
    ({ signature, path }) => signature !== "" && path !== "",
  );
  if (pairs.length === 0) return no("missing_header", PAIRS[0].signature);
  for (const { names, signature, path } of pairs) {
    // `fetch` joins repeated headers with a comma.
    if (signature.includes(",")) return no("duplicate_header", names.signature);
    if (path.includes(",")) return no("duplicate_header", names.key);
    if (!KEY_PATH.test(path)) return no("wrong_key_source", names.key);
  }
  const signed = signedBody(request);
  for (const { signature, path } of pairs) {
    if (!BASE64.test(signature)) continue;
    const key = await published(`${settings.keyHost ?? KEY_HOST}${path}`);
    if (key !== null && (await verifiesRsaSha256(key, signed, Buffer.from(signature, "base64"))))
      return signed === request.body ? { ok: true } : { ok: true, opened: signed };
  }
  return no("bad_signature");
}

function addressedEvent({ body }: WebhookRequest, { clientId }: Readonly<Record<string, string>>): Verdict {
  const read = readJson(body);
  if (!read.ok) return no("malformed_body");
  // The second name is that of older events.
  const recipient = textAt(read.value, "recipientclientid") ?? textAt(read.value, "recipient_client_id");
  return recipient !== null && recipient === clientId ? { ok: true } : no("wrong_recipient");
}

/** Behind it stands the name of Magento's own event: "observer.sales_order_save_commit_after". Between them may stand a prefix that the merchant chose. */
const EVENT_TYPE = /^com\.adobe\.commerce\.(?:[\w-]+\.)?((?:observer|plugin)\.[a-z0-9_.]{1,200})$/;

/** A record by its number; a product, which has none in the API's paths, by its SKU. */
function subjectIn(value: Json | undefined, type: string): string | null {
  const product = /product|inventory|stock/.test(type) ? textAt(value, "sku") : null;
  return product ?? digitsAt(value, "entity_id") ?? digitsAt(value, "order_id") ?? digitsAt(value, "id") ?? textAt(value, "sku");
}

function parseEvent({ body }: WebhookRequest, receivedAt: number): Parsed {
  const read = readJson(body);
  if (!read.ok) return { kind: "unparsable", reason: read.reason };
  const payload = read.value;
  const id = textAt(payload, "eventid") ?? textAt(payload, "event_id") ?? textAt(payload, "id");
  const name = EVENT_TYPE.exec(textAt(payload, "type") ?? "")?.[1];
  if (!name) return { kind: "unparsable", reason: "The event's type is none of Adobe Commerce", deliveryKey: id };
  const subject = subjectIn(at(payload, "data", "value"), name);
  if (!subject)
    return {
      kind: "unparsable",
      reason: "The event names no record: subscribe to the field entity_id (or sku) as well",
      deliveryKey: id,
    };
  return {
    kind: "event",
    deliveryKey: id,
    ...(id === null ? {} : { signedId: id }),
    type: name,
    subject,
    time: parseRfc3339(textAt(payload, "time") ?? "") ?? receivedAt,
    data: payload,
  };
}

/** Adobe asks once, when the registration is saved. What it would post afterwards (`validationUrl`) is for endpoints that did not answer this. */
function challenge({ method, url }: WebhookRequest): HandshakeAnswer | null {
  const asked = method === "GET" ? new URL(url).searchParams.get("challenge") : null;
  if (asked === null || !CHALLENGE.test(asked)) return null;
  return { status: 200, body: JSON.stringify({ challenge: asked }), contentType: "application/json" };
}

const events: WebhookDeclaration = {
  docs: "https://developer.adobe.com/events/docs/guides/#security-considerations",
  // docs: a batch has at most 2 MB; one event at a time is what the connection takes.
  maxBytes: 2 * 1024 * 1024,
  scheme: { kind: "proof", verify: verifyEvent },
  bodyRequired: true,
  probe: challenge,
  addressed: addressedEvent,
  parse: parseEvent,
};

// ---- Commerce webhooks ----

const SIGNATURE = "x-adobe-commerce-webhook-signature";
const REQUEST_ID = "x-adobe-commerce-request-id";

/** docs say "HMAC"; it is RSA, over the base64 of the body. `secrets`: the shop's public keys, of which two stand while a pair is made anew. */
async function verifyCommerce({ headers, body }: WebhookRequest, { secrets }: ProofContext): Promise<Verdict> {
  const keys = secrets.filter((secret) => secret.trim() !== "");
  if (keys.length === 0) return no("no_secret_configured");
  const signature = headers.get(SIGNATURE) ?? "";
  if (!BASE64.test(signature)) return no("malformed_header", SIGNATURE);
  const signed = new TextEncoder().encode(Buffer.from(body).toString("base64"));
  for (const key of keys) {
    // Whoever writes a PEM into an environment by hand leaves its line ends escaped.
    if (await verifiesRsaSha256(key.replaceAll("\\n", "\n"), signed, Buffer.from(signature, "base64"))) return { ok: true };
  }
  return no("bad_signature");
}

function parseCommerce({ headers, body }: WebhookRequest, receivedAt: number): Parsed {
  const deliveryKey = headers.get(REQUEST_ID) || null;
  const read = readJson(body);
  if (!read.ok) return { kind: "unparsable", reason: read.reason, deliveryKey };
  const payload = read.value;
  const order = at(payload, "order") ?? payload;
  // An order that is only being placed has no number of a record yet, but the one that its customer will know.
  const subject = subjectIn(order, "order") ?? textAt(order, "increment_id") ?? textAt(at(payload, "product") ?? payload, "sku");
  if (!subject)
    return {
      kind: "unparsable",
      reason: "The payload names no entity_id, increment_id or sku: add such a field to the webhook",
      deliveryKey,
    };
  return { kind: "event", deliveryKey, type: "commerce_webhook", subject, time: receivedAt, data: payload };
}

const commerce: WebhookDeclaration = {
  docs: "https://developer.adobe.com/commerce/extensibility/webhooks/signature-verification/",
  maxBytes: 1024 * 1024,
  scheme: { kind: "proof", verify: verifyCommerce, keptHeaders: [REQUEST_ID] },
  required: [SIGNATURE],
  bodyRequired: true,
  parse: parseCommerce,
  // A shopper waits for this. Whatever becomes of the run, the shop goes on.
  stored: { status: 200, body: JSON.stringify({ op: "success" }), contentType: "application/json" },
};

// ---- a module of the customer's own ----

/** `{"type": "order.saved", "entity_id": 12, "id": "…", "occurred_at": "2026-11-20T11:00:00Z", …}`; `id` is the module's own for this event, and the same on a retry. */
function parseModule({ body }: WebhookRequest, receivedAt: number): Parsed {
  const read = readJson(body);
  if (!read.ok) return { kind: "unparsable", reason: read.reason };
  const payload = read.value;
  const id = textAt(payload, "id");
  const type = textAt(payload, "type");
  if (!type || !/^[a-z][a-z0-9_.]{0,99}$/.test(type))
    return { kind: "unparsable", reason: 'The payload has no "type" such as "order.saved"', deliveryKey: id };
  const subject = digitsAt(payload, "entity_id") ?? textAt(payload, "sku");
  if (!subject) return { kind: "unparsable", reason: "The payload names neither an entity_id nor a sku", deliveryKey: id };
  return {
    kind: "event",
    deliveryKey: id,
    ...(id === null ? {} : { signedId: id }),
    type,
    subject,
    time: parseRfc3339(textAt(payload, "occurred_at") ?? "") ?? receivedAt,
    data: payload,
  };
}

const module: WebhookDeclaration = {
  docs: "https://developer.adobe.com/commerce/php/development/components/events-and-observers/",
  maxBytes: 256 * 1024,
  scheme: { kind: "shared-secret", carried: { in: "header", header: "x-interlock-secret" } },
  bodyRequired: true,
  parse: parseModule,
};

export const magentoWebhooks = { events, commerce, module } as const satisfies Record<string, WebhookDeclaration>;
