// Amazon EventBridge through an API destination, as a source of events. Nothing is signed: the key says who sends. EventBridge asks again for a day after a 401 and not at all
// after a 403 or 400, so a wrong key is answered 403; an event that does not read is kept here, and answered 400 so that the rule's own figures and queue show it too.
import { parseRfc3339 } from "../core/rfc3339.ts";
import { bearer } from "./auth.ts";
import { bearerJwt, JWT_SETTINGS } from "./bearer-jwt.ts";
import { defineConnector } from "./define.ts";
import { at, digitsAt, readJson, textAt } from "./payload.ts";
import type { HandshakeAnswer, Parsed, SecretScheme, Verdict, WebhookDeclaration, WebhookRequest } from "./webhook.ts";

/** An entry has 256 KB; an input transformer may wrap it. */
const MAX_BYTES = 512 * 1024;

/** A rule's retries end after 24 h at the most; an hour for the clocks of whoever stated the event's time. */
const OLDEST_MS = 25 * 60 * 60 * 1000;

/** `{version, id, detail-type, source, account, time, region, resources, detail}`: the type is the detail-type, which the source of the event chose. */
function parse({ body }: WebhookRequest, receivedAt: number): Parsed {
  const read = readJson(body);
  if (!read.ok) return { kind: "unparsable", reason: read.reason };
  const event = read.value;
  const id = textAt(event, "id");
  const type = textAt(event, "detail-type");
  if (!id || !type)
    return { kind: "unparsable", reason: "id or detail-type is missing: let the rule send the whole matched event", deliveryKey: id };
  const detail = at(event, "detail");
  const resources = at(event, "resources");
  const [resource] = Array.isArray(resources) ? resources : [];
  const time = textAt(event, "time");
  return {
    kind: "event",
    deliveryKey: id,
    signedId: id,
    type,
    subject: textAt(detail, "id") ?? digitsAt(detail, "id") ?? (typeof resource === "string" && resource !== "" ? resource : id),
    time: (time === null ? null : parseRfc3339(time)) ?? receivedAt,
    data: event,
  };
}

/** An archive's replay sends old events on purpose, and says so; what was handled then is found by its id. */
function tooOld(body: Uint8Array, now: number): boolean {
  const read = readJson(body);
  const time = read.ok && textAt(read.value, "replay-name") === null ? textAt(read.value, "time") : null;
  const instant = time === null ? null : parseRfc3339(time);
  return instant !== null && now - instant > OLDEST_MS;
}

function addressed({ body }: WebhookRequest, _settings: Readonly<Record<string, string>>, now = 0): Verdict {
  if (body.length === 0) return { ok: false, reason: "missing_body" };
  return tooOld(body, now) ? { ok: false, reason: "stale_timestamp" } : { ok: true };
}

function stored(request: WebhookRequest): HandshakeAnswer | null {
  const parsed = parse(request, 0);
  return parsed.kind === "unparsable" ? { status: 400, body: "The event does not read; it is kept as a dead letter" } : null;
}

const shared = {
  docs: "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-api-destinations.html",
  maxBytes: MAX_BYTES,
  addressed,
  parse,
  stored,
  refusedStatus: {
    missing_header: 403,
    duplicate_header: 403,
    malformed_header: 403,
    unsupported_scheme: 403,
    bad_signature: 403,
    bad_alg: 403,
    bad_issuer: 403,
    bad_audience: 403,
    unknown_key: 403,
    missing_body: 400,
    stale_timestamp: 400,
  },
} satisfies Omit<WebhookDeclaration, "scheme">;

const carrying = (carried: SecretScheme["carried"]): WebhookDeclaration => ({ ...shared, scheme: { kind: "shared-secret", carried } });

/** An expired OAuth token is answered 401: EventBridge then gets itself another. */
export const eventbridgeWebhooks = {
  "api-key": carrying({ in: "header", header: "x-api-key" }),
  basic: carrying({ in: "basic" }),
  bearer: carrying({ in: "bearer" }),
  oauth: { ...shared, scheme: bearerJwt() },
} as const satisfies Readonly<Record<string, WebhookDeclaration>>;

export const eventbridge = defineConnector<Record<never, never>, string>({
  name: "eventbridge",
  title: "Amazon EventBridge",
  auth: bearer,
  credentials: [],
  settings: JWT_SETTINGS,
  webhooks: eventbridgeWebhooks,
  // A type is a detail-type.
  triggers: {},
  actions: {},
});
