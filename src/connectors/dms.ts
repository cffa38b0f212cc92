// Changes that the AWS Database Migration Service reads, as a source of events: its records (`{data, metadata}`) come from Kinesis through an EventBridge pipe and an API
// destination, or from Kafka through a sink. A record has no position of its own: transaction, time, table and row tell it from another.
import { sha256Hex } from "../core/crypto.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { parseRfc3339 } from "../core/rfc3339.ts";
import { bearer } from "./auth.ts";
import { defineConnector } from "./define.ts";
import { at, digitsAt, textAt } from "./payload.ts";
import { isObject, parseRecords, type RecordRead, skipped, unreadable } from "./records.ts";
import type { WebhookDeclaration } from "./webhook.ts";

/** Our choice: what a dead letter can hold with room to spare; a Kinesis record has 1 MB at the most, a pipe's batch 256 KB. */
const MAX_BYTES = 1024 * 1024;

/** As the other sources of changes call them. A load is a row of the first full copy. */
const OPERATIONS: Readonly<Record<string, string>> = { load: "snapshot", insert: "created", update: "updated", delete: "deleted" };

function readRecord(record: Json, receivedAt: number): RecordRead {
  const metadata = at(record, "metadata") ?? null;
  if (textAt(metadata, "record-type") === "control") return skipped("A control record");
  const row = at(record, "data") ?? null;
  const schema = textAt(metadata, "schema-name");
  const table = textAt(metadata, "table-name");
  const stamp = textAt(metadata, "timestamp");
  const named = textAt(metadata, "operation") ?? "";
  const operation = Object.hasOwn(OPERATIONS, named) ? OPERATIONS[named] : undefined;
  if (!isObject(row) || !schema || !table || !stamp || !operation)
    return unreadable(
      "The record is none of DMS: data, or in metadata schema-name, table-name, timestamp or a known operation, is missing",
    );
  const [first] = Object.keys(row as JsonObject);
  const key = digitsAt(row, "id") ?? textAt(row, "id") ?? (first === undefined ? null : (digitsAt(row, first) ?? textAt(row, first)));
  const identity = [schema, table, operation, digitsAt(metadata, "transaction-id"), stamp, row, at(record, "before-image") ?? null];
  return {
    kind: "event",
    event: {
      signedId: sha256Hex(JSON.stringify(identity)),
      type: `${schema}.${table}.${operation}`,
      subject: key ?? `${schema}.${table}`,
      time: parseRfc3339(stamp) ?? receivedAt,
      data: record,
    },
  };
}

const shared = {
  docs: "https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Target.Kinesis.html",
  maxBytes: MAX_BYTES,
  parse: (request, receivedAt) => parseRecords(request, null, (record) => readRecord(record, receivedAt)),
  // As EventBridge does, through which they come: it would ask again for a day after a 401.
  refusedStatus: 403,
} satisfies Omit<WebhookDeclaration, "scheme">;

export const dmsWebhooks = {
  "api-key": { ...shared, scheme: { kind: "shared-secret", carried: { in: "header", header: "x-api-key" } } },
  basic: { ...shared, scheme: { kind: "shared-secret", carried: { in: "basic" } } },
} as const satisfies Readonly<Record<string, WebhookDeclaration>>;

export const dms = defineConnector<Record<never, never>, string>({
  name: "dms",
  title: "AWS Database Migration Service",
  auth: bearer,
  credentials: [],
  webhooks: dmsWebhooks,
  // A type is a table and what became of its row: "dms_sample.sporting_event.updated".
  triggers: {},
  actions: {},
});
