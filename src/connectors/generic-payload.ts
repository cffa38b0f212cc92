// The payload of a source that nobody wrote a connector for, read by the names that CloudEvents and Standard Webhooks recommend.
// Only a JSON object or array counts: a bare number or text could be cut off a neighbouring signed field without breaking the MAC.
import { sha256Hex } from "../core/crypto.ts";
import type { Json } from "../core/json.ts";
import { parseRfc3339 } from "../core/rfc3339.ts";
import { digitsAt, readJson, textAt } from "./payload.ts";
import type { Parsed, WebhookRequest } from "./webhook.ts";

/** The type of an event whose payload names none. */
export const UNTYPED = "received";

const TYPE = /^[a-z0-9][a-z0-9._:/-]{0,127}$/i;

const idAt = (value: Json, ...path: readonly string[]): string | null => textAt(value, ...path) ?? digitsAt(value, ...path);

/**
 * A CloudEvent's source and id name the event, so a retry of the same bytes is the same event whatever its timestamp. The digest is part of it
 * because not every sender keeps the promise (Debezium's snapshot rows share an id). A plain body's `id` is no identity: it may be the record's.
 */
function cloudEventId(payload: Json, body: Uint8Array): string | null {
  const id = textAt(payload, "id");
  const source = textAt(payload, "source");
  return textAt(payload, "specversion") && id && source ? `${source}\n${id}\n${sha256Hex(body)}` : null;
}

export function parseGeneric(request: WebhookRequest, receivedAt: number, deliveryKey: string | null, signedId: string | null): Parsed {
  if (request.body.length === 0) return { kind: "ignored", reason: "The delivery has no payload", deliveryKey };
  const read = readJson(request.body);
  if (!read.ok) return { kind: "unparsable", reason: read.reason, deliveryKey };
  const payload = read.value;
  if (payload === null || typeof payload !== "object") {
    return { kind: "unparsable", reason: "The payload is neither an object nor an array", deliveryKey };
  }
  const type = textAt(payload, "type") ?? "";
  const identity = signedId ?? cloudEventId(payload, request.body);
  const record = idAt(payload, "subject") ?? idAt(payload, "data", "id") ?? idAt(payload, "id");
  const time = textAt(payload, "time") ?? textAt(payload, "timestamp");
  return {
    kind: "event",
    deliveryKey,
    ...(identity === null ? {} : { signedId: identity }),
    type: TYPE.test(type) ? type : UNTYPED,
    subject: record ?? deliveryKey ?? sha256Hex(request.body).slice(0, 32),
    time: (time === null ? null : parseRfc3339(time)) ?? receivedAt,
    data: payload,
  };
}
