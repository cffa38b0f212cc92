// Zendesk's webhooks: how they are signed, and how both kinds (event subscriptions; triggers and automations) become events.
// The ids in headers (invocation, webhook, account) are not under the MAC, so nothing here trusts them with identity.
import { sha256Hex } from "../core/crypto.ts";
import type { Json } from "../core/json.ts";
import { parseRfc3339 } from "../core/rfc3339.ts";
import { digitsAt, isForm, readForm, readJson, textAt } from "./payload.ts";
import type { Parsed, WebhookDeclaration, WebhookRequest } from "./webhook.ts";

/** Zendesk's help centre: a webhook's payload must be smaller than 256 KB. */
const MAX_BYTES = 256 * 1024;

/** Zendesk documents no window; five minutes is what Slack, HubSpot and Standard Webhooks use. */
const TOLERANCE_SECONDS = 300;

const EVENT_TYPE = /^zen:event-type:([a-z0-9_.]{1,100})$/i;
const SUBJECT = /^zen:[a-z0-9_]+:([0-9]{1,32})$/i;

const instant = (text: string | null): number | null => (text === null ? null : parseRfc3339(text));

/** `{type: "zen:event-type:ticket.created", subject: "zen:ticket:42", id, time, detail, event}`; `id` is Zendesk's own and is under the MAC. */
function subscribedEvent(payload: Json, type: string, deliveryKey: string | null, receivedAt: number): Parsed {
  const name = EVENT_TYPE.exec(type)?.[1];
  if (!name) return { kind: "unparsable", reason: "The event type has an unknown form", deliveryKey };
  const subject = SUBJECT.exec(textAt(payload, "subject") ?? "")?.[1] ?? digitsAt(payload, "detail", "id");
  if (!subject) return { kind: "unparsable", reason: "The event names no record", deliveryKey };
  const id = textAt(payload, "id");
  const actor = digitsAt(payload, "detail", "actor_id");
  return {
    kind: "event",
    deliveryKey,
    ...(id === null ? {} : { signedId: id }),
    ...(actor === null ? {} : { actors: [actor] }),
    type: name,
    subject,
    time: instant(textAt(payload, "time")) ?? receivedAt,
    data: payload,
  };
}

/**
 * What an administrator wrote into a trigger: all it needs is a ticket's id. If it also carries the ticket's `updated_at` to the second
 * (`{{ticket.updated_at_with_timestamp}}`), the body says by itself which firing it is, and its digest is a signed id.
 */
function triggerEvent(payload: Json, body: Uint8Array, deliveryKey: string | null, receivedAt: number): Parsed {
  const subject = digitsAt(payload, "ticket_id") ?? digitsAt(payload, "ticket", "id");
  if (!subject) return { kind: "unparsable", reason: "The payload is neither a Zendesk event nor names a ticket_id", deliveryKey };
  const updatedAt = instant(textAt(payload, "updated_at") ?? textAt(payload, "ticket", "updated_at"));
  return {
    kind: "event",
    deliveryKey,
    ...(updatedAt === null ? {} : { signedId: `body ${sha256Hex(body)}` }),
    type: "trigger",
    subject,
    time: updatedAt ?? receivedAt,
    data: payload,
  };
}

function parse(request: WebhookRequest, receivedAt: number): Parsed {
  const deliveryKey = request.headers.get("x-zendesk-webhook-invocation-id") || null;
  // A GET or DELETE webhook carries its parameters in the URL, which is not signed: nothing to act on, but somebody should see it.
  if (request.body.length === 0) return { kind: "unparsable", reason: "The delivery has no payload", deliveryKey };
  if (isForm(request)) return triggerEvent(readForm(request.body), request.body, deliveryKey, receivedAt);
  const read = readJson(request.body);
  // Zendesk does not escape placeholders: a quotation mark in a ticket's title breaks an administrator's JSON.
  if (!read.ok) return { kind: "unparsable", reason: read.reason, deliveryKey };
  const type = textAt(read.value, "type");
  return type?.startsWith("zen:event-type:")
    ? subscribedEvent(read.value, type, deliveryKey, receivedAt)
    : triggerEvent(read.value, request.body, deliveryKey, receivedAt);
}

export const zendeskWebhook: WebhookDeclaration = {
  docs: "https://developer.zendesk.com/documentation/webhooks/verifying/",
  maxBytes: MAX_BYTES,
  scheme: {
    kind: "hmac-sha256",
    signature: { header: "x-zendesk-webhook-signature", encoding: "base64" },
    secret: { encoding: "text" },
    timestamp: { header: "x-zendesk-webhook-signature-timestamp", format: "rfc3339", toleranceSeconds: TOLERANCE_SECONDS },
    // No separator: only a strict timestamp syntax keeps the boundary between the two where Zendesk put it.
    signed: [{ header: "x-zendesk-webhook-signature-timestamp" }, "body"],
    // What "Test webhook" signs with before the webhook is saved; published in the page above.
    publicTestSecrets: ["dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=="],
  },
  parse,
};
