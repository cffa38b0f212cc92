// Any system that posts CloudEvents 1.0, as a source of events. The specification leaves the proof to a bearer token: a fixed one, in the header or (where the sender has
// no room for it) as access_token in the address; or a JWT of an identity provider. It has no actions: it only receives.
import { bearer } from "./auth.ts";
import { bearerJwt, JWT_SETTINGS } from "./bearer-jwt.ts";
import { HANDSHAKE_SETTINGS, handshakeFor } from "./cloudevents-handshake.ts";
import { CE_HEADERS, parseCloudEvents } from "./cloudevents-payload.ts";
import { defineConnector } from "./define.ts";
import type { WebhookDeclaration } from "./webhook.ts";

/** Our choice: a batch of a few thousand events; a sender must be able to send 64 KB each. */
const MAX_BYTES = 1024 * 1024;

const shared = {
  docs: "https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/http-webhook.md",
  maxBytes: MAX_BYTES,
  // Asked before there is anything to prove: the token comes with the deliveries.
  probe: handshakeFor(null),
  parse: (request, receivedAt) => parseCloudEvents(request, receivedAt),
} satisfies Omit<WebhookDeclaration, "scheme">;

export const cloudeventsWebhooks = {
  token: {
    ...shared,
    scheme: { kind: "shared-secret", carried: { in: "bearer", parameter: "access_token" }, keptHeaders: CE_HEADERS },
  },
  oauth: { ...shared, scheme: bearerJwt(CE_HEADERS) },
} as const satisfies Readonly<Record<string, WebhookDeclaration>>;

export const cloudevents = defineConnector<Record<never, never>, string>({
  name: "cloudevents",
  title: "CloudEvents",
  auth: bearer,
  credentials: [],
  settings: { ...HANDSHAKE_SETTINGS, ...JWT_SETTINGS },
  webhooks: cloudeventsWebhooks,
  // Types are the senders' own; any of them can be a trigger.
  triggers: {},
  actions: {},
});
