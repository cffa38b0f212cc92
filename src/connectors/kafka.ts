// Kafka through an HTTP sink connector (Aiven's or Confluent's), as a source of events. The sink posts a record's value alone, or many; which record it is, a transform of
// Kafka Connect has written into it. A sink stops for good after a few refusals: what does not read is parked, and answered as received.

import type { Json } from "../core/json.ts";
import { bearer } from "./auth.ts";
import { bearerJwt, JWT_SETTINGS } from "./bearer-jwt.ts";
import { defineConnector } from "./define.ts";
import { at, digitsAt, textAt } from "./payload.ts";
import { isObject, parseRecords, type RecordRead, skipped, unreadable } from "./records.ts";
import type { WebhookDeclaration } from "./webhook.ts";

/** Our choice: what a dead letter can hold with room to spare. A batch of 100 records may have 10 KB each. */
const MAX_BYTES = 1024 * 1024;

/** Kafka's own rule for the names of topics. */
const TOPIC = /^[A-Za-z0-9._-]{1,249}$/;

function readRecord(record: Json, receivedAt: number): RecordRead {
  if (record === null) return skipped("A tombstone");
  if (!isObject(record)) return unreadable("The record is no object: it cannot carry its position");
  const topic = textAt(record, "_topic");
  const partition = digitsAt(record, "_partition");
  const offset = digitsAt(record, "_offset");
  if (!topic || !TOPIC.test(topic) || partition === null || offset === null)
    return unreadable("_topic, _partition or _offset is missing: add the transform InsertField$Value to the sink");
  const position = `${topic}/${partition}/${offset}`;
  const time = at(record, "_timestamp");
  return {
    kind: "event",
    event: {
      signedId: position,
      type: topic,
      subject: textAt(record, "_key") ?? digitsAt(record, "_key") ?? textAt(record, "id") ?? digitsAt(record, "id") ?? position,
      time: typeof time === "number" && Number.isSafeInteger(time) ? time : receivedAt,
      data: record,
    },
  };
}

const shared = {
  docs: "https://github.com/Aiven-Open/http-connector-for-apache-kafka/blob/main/docs/sink-connector-config-options.rst",
  maxBytes: MAX_BYTES,
  parse: (request, receivedAt) => parseRecords(request, null, (record) => readRecord(record, receivedAt)),
} satisfies Omit<WebhookDeclaration, "scheme">;

export const kafkaWebhooks = {
  /** Aiven's `static`: the whole value of Authorization is what the sink's configuration says. */
  static: { ...shared, scheme: { kind: "shared-secret", carried: { in: "header", header: "authorization" } } },
  basic: { ...shared, scheme: { kind: "shared-secret", carried: { in: "basic" } } },
  oauth: { ...shared, scheme: bearerJwt() },
} as const satisfies Readonly<Record<string, WebhookDeclaration>>;

export const kafka = defineConnector<Record<never, never>, string>({
  name: "kafka",
  title: "Kafka",
  auth: bearer,
  credentials: [],
  settings: JWT_SETTINGS,
  webhooks: kafkaWebhooks,
  // A type is a topic's name.
  triggers: {},
  actions: {},
});
