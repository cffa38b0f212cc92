// SAP's business events as Event Mesh or Event Hub posts them: CloudEvents that carry a record's key and little more. Event Mesh asks for permission first, with its bearer
// token, and from a host of SAP's; deliveries carry the same kind of token. The record is read afterwards: order is not promised.
import { bearerJwt } from "./bearer-jwt.ts";
import { handshakeFor } from "./cloudevents-handshake.ts";
import { CE_HEADERS, parseCloudEvents, type SubjectOf } from "./cloudevents-payload.ts";
import { digitsAt, textAt } from "./payload.ts";
import type { Verdict, WebhookDeclaration, WebhookRequest } from "./webhook.ts";

/** Our choice: a message of Event Mesh has 1 MB at the most. */
const MAX_BYTES = 1024 * 1024;

/** Where SAP's business technology platform runs; the setting `origins` names others. */
const SAP_HOSTS = "*.hana.ondemand.com";

/** "sap.s4.beh.salesorder.v1.SalesOrder.Changed.v1" -> "SalesOrder", which is also what the payload calls the key. */
const OBJECT = /^sap\.s4\.beh\.[a-z0-9_]+\.v[0-9]+\.([A-Za-z0-9_]+)\.[A-Za-z0-9_]+\.v[0-9]+$/;

const subjectOf: SubjectOf = (event, type) => {
  const object = OBJECT.exec(type)?.[1];
  return object === undefined ? null : (textAt(event, "data", object) ?? digitsAt(event, "data", object));
};

const shared = {
  docs: "https://help.sap.com/docs/event-mesh/event-mesh/manage-webhook-subscriptions",
  maxBytes: MAX_BYTES,
  handshake: handshakeFor(SAP_HOSTS),
  // A handshake has none; a delivery without one has nothing to say.
  addressed: ({ body }: WebhookRequest): Verdict => (body.length === 0 ? { ok: false, reason: "missing_body" } : { ok: true }),
  parse: (request, receivedAt) => parseCloudEvents(request, receivedAt, subjectOf),
  refusedStatus: { missing_body: 400 },
} satisfies Omit<WebhookDeclaration, "scheme">;

export const sapWebhooks = {
  token: { ...shared, scheme: { kind: "shared-secret", carried: { in: "bearer" }, keptHeaders: CE_HEADERS } },
  oauth: { ...shared, scheme: bearerJwt(CE_HEADERS) },
} as const satisfies Readonly<Record<string, WebhookDeclaration>>;
