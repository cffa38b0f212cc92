// Any system that signs its deliveries with HMAC-SHA-256, as a source of events: for the in-house service or the product without a connector.
// Signed is `body`, or `timestamp.body` (Unix seconds) where a timestamp header is declared. It has no actions: it only receives.
import { bearer } from "./auth.ts";
import { type Connector, defineConnector } from "./define.ts";
import { parseGeneric, UNTYPED } from "./generic-payload.ts";
import type { WebhookDeclaration } from "./webhook.ts";

/** Our choice, twice what a queue message holds; a source may declare another. */
const MAX_BYTES = 256 * 1024;

/** Five minutes, as Slack, HubSpot and Standard Webhooks do. */
const TOLERANCE_SECONDS = 300;

export interface GenericHmac {
  readonly name: string;
  readonly signatureHeader: string;
  readonly encoding: "hex" | "base64";
  /** Text before the digest, such as GitHub's "sha256=". */
  readonly prefix?: string;
  /** Without one a captured delivery stays valid for ever; only the digest of its body then keeps it from running twice. */
  readonly timestampHeader?: string;
  /** The sender's delivery id. It is not under the MAC: it is kept for the log and is no part of the event's identity. */
  readonly idHeader?: string;
  readonly maxBytes?: number;
}

export function genericHmacWebhook(source: GenericHmac): WebhookDeclaration {
  const { timestampHeader, idHeader } = source;
  return {
    docs: "https://www.rfc-editor.org/rfc/rfc2104",
    maxBytes: source.maxBytes ?? MAX_BYTES,
    scheme: {
      kind: "hmac-sha256",
      signature: { header: source.signatureHeader, encoding: source.encoding, ...(source.prefix ? { prefix: source.prefix } : {}) },
      secret: { encoding: "text" },
      ...(timestampHeader
        ? { timestamp: { header: timestampHeader, format: "seconds" as const, toleranceSeconds: TOLERANCE_SECONDS } }
        : {}),
      signed: timestampHeader ? [{ header: timestampHeader }, { literal: "." }, "body"] : ["body"],
    },
    parse: (request, receivedAt) => parseGeneric(request, receivedAt, (idHeader && request.headers.get(idHeader)) || null, null),
  };
}

export const genericHmac = (source: GenericHmac): Connector<Record<never, never>, string> =>
  defineConnector<Record<never, never>, string>({
    name: source.name,
    title: source.name,
    auth: bearer,
    credentials: [],
    webhooks: { deliveries: genericHmacWebhook(source) },
    // Types come from each payload's own `type`; any of them can be a trigger.
    triggers: { [UNTYPED]: "A delivery whose payload names no type" },
    actions: {},
  });
