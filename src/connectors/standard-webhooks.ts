// Any system that signs by the Standard Webhooks specification, as a source of events. It has no actions: it only receives.
// Asymmetric signatures (v1a) are not supported; a delivery that carries nothing else is refused.
import { bearer } from "./auth.ts";
import { defineConnector } from "./define.ts";
import { parseGeneric, UNTYPED } from "./generic-payload.ts";
import type { WebhookDeclaration } from "./webhook.ts";

/** The specification sets no limit and recommends under 20 kB; this is our choice, twice what a queue message holds. */
const MAX_BYTES = 256 * 1024;

/** The reference libraries' tolerance. */
const TOLERANCE_SECONDS = 300;

export const standardWebhooksDeclaration: WebhookDeclaration = {
  docs: "https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md",
  maxBytes: MAX_BYTES,
  scheme: {
    kind: "hmac-sha256",
    signature: { header: "webhook-signature", encoding: "base64", list: { separator: " ", version: "v1" } },
    secret: { encoding: "base64", prefix: "whsec_" },
    id: { header: "webhook-id" },
    timestamp: { header: "webhook-timestamp", format: "seconds", toleranceSeconds: TOLERANCE_SECONDS },
    signed: [{ header: "webhook-id" }, { literal: "." }, { header: "webhook-timestamp" }, { literal: "." }, "body"],
  },
  // The id is under the MAC and stays the same on every retry, while the timestamp is that of the attempt.
  parse: (request, receivedAt) => {
    const id = request.headers.get("webhook-id");
    return parseGeneric(request, receivedAt, id, id);
  },
};

export const standardWebhooks = defineConnector<Record<never, never>, string>({
  name: "standard-webhooks",
  title: "Standard Webhooks",
  auth: bearer,
  credentials: [],
  webhooks: { deliveries: standardWebhooksDeclaration },
  // Types come from each payload's own `type`; any of them can be a trigger.
  triggers: { [UNTYPED]: "A delivery whose payload names no type" },
  actions: {},
});
