// HubSpot's deliveries: an app's subscriptions (an array of up to 100 events) and the "send a webhook" action of its workflows (one object), signed alike.
// v3 is an HMAC with a time. v1 and v2 are plain hashes that anybody can lengthen without the secret: a connection that has to take them says so by name.
// Each event has an identity of its own, without the attempt's number, so that a retry that is grouped otherwise is still the same events.
import { constantTimeEqual, sha256Hex } from "../core/crypto.ts";
import type { Json } from "../core/json.ts";
import { parseRfc3339 } from "../core/rfc3339.ts";
import { at, digitsAt, readJson, textAt } from "./payload.ts";
import type { Parsed, ParsedEvent, ProofContext, RejectReason, Verdict, WebhookDeclaration, WebhookRequest } from "./webhook.ts";

const DOCS = "https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/request-validation";

/** HubSpot states no limit: 100 events, each with at most one value of 65,536 characters. */
const MAX_BYTES = 8 * 1024 * 1024;

/** docs: reject a request whose timestamp is older than five minutes. */
const TOLERANCE_SECONDS = 300;

/** The docs' list of what HubSpot decodes before it signs; nothing else is decoded, and nothing twice. */
const DECODED = /%(?:3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)/gi;
export const signedUri = (url: string): string => url.replace(DECODED, decodeURIComponent);

/** The types of records that have a name of their own in events. */
const WORDS: Readonly<Record<string, string>> = { "0-1": "contact", "0-2": "company", "0-3": "deal", "0-5": "ticket" };
const NAMED = new Set(Object.values(WORDS));

/** "contact.propertyChange", or "object.propertyChange" with the record's type beside it, become "contact.property_change"; what has no name is a "record". */
function typeOf(item: Json): string | null {
  const [object, change] = (textAt(item, "subscriptionType") ?? "").split(".");
  if (!object || !change || !/^[A-Za-z]+$/.test(change)) return null;
  const word = NAMED.has(object) || object === "conversation" ? object : (WORDS[textAt(item, "objectTypeId") ?? ""] ?? "record");
  return `${word}.${change.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
}

/** An association's change names two records; the first one is what it is about. */
const subjectOf = (item: Json): string | null =>
  digitsAt(item, "objectId") ?? digitsAt(item, "fromObjectId") ?? digitsAt(item, "primaryObjectId");

/** Whoever caused it: an integration by its app's id, others as HubSpot writes them ("userId:9"). */
function actorsOf(item: Json): readonly string[] {
  const source = digitsAt(item, "sourceId") ?? textAt(item, "sourceId");
  if (textAt(item, "changeSource") !== "INTEGRATION") return source === null ? [] : [source];
  const app = source?.replace(/^\D+/, "") || digitsAt(item, "appId");
  return app ? [app] : [];
}

/** Null for what is no event of HubSpot's. */
function eventOf(item: Json): (ParsedEvent & { readonly signedId: string }) | null {
  const type = typeOf(item);
  const subject = subjectOf(item);
  const portal = digitsAt(item, "portalId");
  const event = digitsAt(item, "eventId");
  const occurredAt = digitsAt(item, "occurredAt");
  if (!type || !subject || !portal || !event || !occurredAt) return null;
  const between = digitsAt(item, "objectId") ? subject : `${subject}>${digitsAt(item, "toObjectId") ?? ""}`;
  return {
    signedId: [portal, textAt(item, "subscriptionType"), between, event, occurredAt].join(":"),
    actors: actorsOf(item),
    type,
    subject,
    time: Number(occurredAt),
    data: item,
  };
}

/** One bad element makes the whole delivery a dead letter: taken apart, nobody would see that one is missing. */
function subscribed(items: readonly Json[]): Parsed {
  const events: (ParsedEvent & { readonly signedId: string })[] = [];
  for (const [index, item] of items.entries()) {
    const event = eventOf(item);
    if (!event)
      return {
        kind: "unparsable",
        reason: `Element ${index + 1} of ${items.length} has not all of subscriptionType, objectId, portalId, eventId and occurredAt`,
      };
    events.push(event);
  }
  const [first] = events;
  if (!first) return { kind: "ignored", reason: "The delivery has no events" };
  if (events.length === 1) return { kind: "event", deliveryKey: first.signedId, ...first };
  return { kind: "events", deliveryKey: null, events };
}

/**
 * What the workflow's author chose to send: all it needs is the record's number. If it also carries the time of the record's last change, the body says by itself
 * which firing it is, and its digest is a signed id; without one a retry, which is signed anew, cannot be told from a second firing.
 */
function fromWorkflow(payload: Json, body: Uint8Array, receivedAt: number): Parsed {
  const subject =
    digitsAt(payload, "objectId") ??
    digitsAt(payload, "hs_object_id") ??
    digitsAt(payload, "properties", "hs_object_id") ??
    digitsAt(payload, "properties", "hs_object_id", "value") ??
    digitsAt(payload, "vid");
  if (!subject) return { kind: "unparsable", reason: "The payload is no list of events and names no objectId or hs_object_id" };
  const changedAt = changeIn(payload) ?? changeIn(at(payload, "properties"));
  return {
    kind: "event",
    deliveryKey: null,
    ...(changedAt === null ? {} : { signedId: `body ${sha256Hex(body)}` }),
    type: "workflow",
    subject,
    time: changedAt ?? receivedAt,
    data: payload,
  };
}

function changeIn(value: Json | undefined): number | null {
  for (const name of ["occurredAt", "hs_lastmodifieddate", "lastmodifieddate"]) {
    const digits = digitsAt(value, name) ?? digitsAt(value, name, "value");
    const instant = digits ? Number(digits) : parseRfc3339(textAt(value, name) ?? "");
    if (instant !== null) return instant;
  }
  return null;
}

function parse(request: WebhookRequest, receivedAt: number): Parsed {
  if (request.body.length === 0) return { kind: "unparsable", reason: "The delivery has no payload" };
  const read = readJson(request.body);
  if (!read.ok) return { kind: "unparsable", reason: read.reason };
  return Array.isArray(read.value) ? subscribed(read.value) : fromWorkflow(read.value, request.body, receivedAt);
}

/** Address and body are hashed without anything between them: a character that moves from one to the other keeps the hash, and another address with it. */
function addressed(request: WebhookRequest, settings: Readonly<Record<string, string>>): Verdict {
  const { targetUrl, portalId } = settings;
  if (targetUrl && signedUri(request.url) !== signedUri(URL.canParse(targetUrl) ? new URL(targetUrl).href : targetUrl))
    return { ok: false, reason: "wrong_target_url" };
  if (!portalId) return { ok: true };
  const read = readJson(request.body);
  const items = read.ok && Array.isArray(read.value) ? (read.value as readonly Json[]) : [];
  // An app's webhooks tell of every account that installed it.
  return items.every((item) => digitsAt(item, "portalId") === portalId) ? { ok: true } : { ok: false, reason: "wrong_recipient" };
}

const SIGNATURE = "x-hubspot-signature";
const VERSION = "x-hubspot-signature-version";

/** SHA-256 over the secret and what is signed, in hex. */
function plainHash(version: "v1" | "v2", request: WebhookRequest, { secrets }: ProofContext): Verdict {
  const no = (reason: RejectReason, header?: string): Verdict => ({ ok: false, reason, ...(header ? { header } : {}) });
  const usable = secrets.filter((secret) => secret !== "");
  if (usable.length === 0) return no("no_secret_configured");
  const values = new Map([SIGNATURE, VERSION].map((name) => [name, request.headers.get(name) ?? ""]));
  for (const [name, value] of values) if (value === "") return no("missing_header", name);
  for (const [name, value] of values) if (value.includes(",")) return no("duplicate_header", name);
  if (values.get(VERSION) !== version) return no("unsupported_scheme", VERSION);
  const text = new TextEncoder();
  const claimed = text.encode(values.get(SIGNATURE));
  const called = version === "v2" ? request.method + request.url : "";
  let authentic = false;
  for (const secret of usable) {
    const hash = sha256Hex(joined(text.encode(secret + called), request.body));
    authentic = constantTimeEqual(claimed, text.encode(hash)) || authentic;
  }
  return authentic ? { ok: true } : no("bad_signature");
}

function joined(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(head.length + tail.length);
  bytes.set(head);
  bytes.set(tail, head.length);
  return bytes;
}

const common = { docs: DOCS, maxBytes: MAX_BYTES, addressed, parse };

const v3: WebhookDeclaration = {
  ...common,
  scheme: {
    kind: "hmac-sha256",
    signature: { header: "x-hubspot-signature-v3", encoding: "base64", instead: [SIGNATURE] },
    secret: { encoding: "text" },
    timestamp: { header: "x-hubspot-request-timestamp", format: "milliseconds", toleranceSeconds: TOLERANCE_SECONDS },
    signed: ["method", { url: signedUri }, "body", { header: "x-hubspot-request-timestamp" }],
  },
};

const plain = (version: "v1" | "v2"): WebhookDeclaration => ({
  ...common,
  scheme: { kind: "proof", verify: async (request, context) => plainHash(version, request, context) },
});

export const hubspotWebhooks = { v3, v2: plain("v2"), v1: plain("v1") } as const satisfies Record<string, WebhookDeclaration>;
