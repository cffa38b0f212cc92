// Debezium Server's HTTP sink, as a source of events: every change of a table in a database. The sink stops for good when it is refused a few times, so what does not read is
// parked and answered as received. Its webhook-id is new after every restart of the engine: a change is known by its position in the database's log.
import { bearer } from "./auth.ts";
import { bearerJwt, JWT_SETTINGS } from "./bearer-jwt.ts";
import { readChange } from "./debezium-payload.ts";
import { defineConnector } from "./define.ts";
import { parseRecords } from "./records.ts";
import { standardWebhooksDeclaration } from "./standard-webhooks.ts";
import type { WebhookDeclaration } from "./webhook.ts";

/** Our choice: what a dead letter can hold with room to spare. A batch has 200 records where nobody says otherwise. */
const MAX_BYTES = 1024 * 1024;

const shared = {
  docs: "https://debezium.io/documentation/reference/stable/operations/debezium-server.html#_http_client",
  maxBytes: MAX_BYTES,
  parse: (request, receivedAt) => parseRecords(request, request.headers.get("webhook-id"), (record) => readChange(record, receivedAt)),
} satisfies Omit<WebhookDeclaration, "scheme">;

export const debeziumWebhooks = {
  "standard-webhooks": { ...shared, scheme: standardWebhooksDeclaration.scheme },
  oauth: { ...shared, scheme: bearerJwt() },
} as const satisfies Readonly<Record<string, WebhookDeclaration>>;

export const debezium = defineConnector<Record<never, never>, string>({
  name: "debezium",
  title: "Debezium",
  auth: bearer,
  credentials: [],
  settings: JWT_SETTINGS,
  webhooks: debeziumWebhooks,
  // A type is a table and what became of its row: "public.customers.updated".
  triggers: {},
  actions: {},
});
