// What Microsoft Teams posts to a bot's endpoint (activities with a token of the Bot Framework's) and what an outgoing webhook posts (signed with the token that Teams
// showed once). The bot's token says who sends, for which bot and from which service, and does not cover the body: what a press or a message says is as true as TLS.
// Sequence for the bot: the header, the token with the keys that the Bot Framework publishes, the key's endorsement for this channel, the service's address.
import * as z from "zod";
import type { Json } from "../core/json.ts";
import { verifyToken } from "./jwt.ts";
import { readJson, textAt } from "./payload.ts";
import { teamsGraph } from "./teams-graph.ts";
import type { HandshakeAnswer, Parsed, ProofContext, Verdict, WebhookDeclaration, WebhookRequest } from "./webhook.ts";

/** https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication: the public cloud's. */
const OPENID_CONFIGURATION = "https://login.botframework.com/v1/.well-known/openidconfiguration";

/** docs: industry-standard clock skew is 5 minutes. */
const SKEW_SECONDS = 300;

/** A message has about 40 KB and an activity repeats what it answers; attachments come as links. */
const MAX_BYTES = 256 * 1024;

const OpenIdConfiguration = z.object({ issuer: z.string(), jwks_uri: z.string() });

const no = (reason: Extract<Verdict, { ok: false }>["reason"], header?: string): Verdict => ({
  ok: false,
  reason,
  ...(header ? { header } : {}),
});

async function verifyBot(request: WebhookRequest, context: ProofContext): Promise<Verdict> {
  const { settings, now, published } = context;
  if (!settings.appId) return no("no_secret_configured");
  const value = request.headers.get("authorization") ?? "";
  if (value === "") return no("missing_header", "authorization");
  if (value.includes(",")) return no("duplicate_header", "authorization");
  const token = /^bearer +(\S+)$/i.exec(value)?.[1];
  if (!token) return no("malformed_header", "authorization");

  const address = settings.openIdConfiguration ?? OPENID_CONFIGURATION;
  const issuer = await configuration(address, published);
  // Whoever could say where the keys are would choose them: they are where the configuration is.
  if (!issuer || originOf(issuer.jwks_uri) !== originOf(address)) return no("wrong_key_source");
  const verified = await verifyToken(token, {
    issuers: [issuer.issuer],
    audience: settings.appId,
    skewSeconds: SKEW_SECONDS,
    now,
    keys: (fresh) => published(issuer.jwks_uri, fresh),
  });
  if (!verified.ok) return no(verified.reason, verified.reason === "malformed_header" ? "authorization" : undefined);

  const read = readJson(request.body);
  if (!read.ok) return no("malformed_body");
  const channel = textAt(read.value, "channelId");
  if (channel === null || !verified.key.endorsements.includes(channel)) return no("missing_endorsement");
  const service = textAt(read.value, "serviceUrl");
  return service !== null && verified.claims.serviceurl === service ? { ok: true } : no("service_url_mismatch");
}

async function configuration(url: string, published: ProofContext["published"]): Promise<z.infer<typeof OpenIdConfiguration> | null> {
  const text = await published(url);
  const read = text === null ? null : readJson(new TextEncoder().encode(text));
  return read?.ok ? (OpenIdConfiguration.safeParse(read.value).data ?? null) : null;
}

const originOf = (url: string): string | null => (URL.canParse(url) ? new URL(url).origin : null);

/** A token for this bot may be about another organisation's conversation, where the bot is open to several. */
function addressedBot({ body }: WebhookRequest, settings: Readonly<Record<string, string>>): Verdict {
  const read = readJson(body);
  const activity = read.ok ? read.value : null;
  const tenant = tenantOf(activity);
  const ours = textAt(activity, "channelId") === "msteams" && (settings.tenantId === undefined || tenant === settings.tenantId);
  return ours ? { ok: true } : no("wrong_recipient");
}

export const tenantOf = (activity: Json): string | null =>
  textAt(activity, "channelData", "tenant", "id") ?? textAt(activity, "conversation", "tenantId");

/** "conversationUpdate" -> "conversation_update" */
export const snakeCase = (name: string): string =>
  name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .toLowerCase();

const CARD_ACTION = "adaptiveCard/action";

function typeOf(activity: Json, type: string): string {
  if (type !== "invoke") return snakeCase(type);
  const name = textAt(activity, "name") ?? "";
  return name === CARD_ACTION ? "card_action" : `invoke.${snakeCase(name)}`;
}

const present = (...ids: readonly (string | null)[]): readonly string[] => ids.filter((id) => id !== null);

function parseActivity({ body }: WebhookRequest, receivedAt: number): Parsed {
  const read = readJson(body);
  if (!read.ok) return { kind: "unparsable", reason: read.reason };
  const activity = read.value;
  const type = textAt(activity, "type");
  const conversation = textAt(activity, "conversation", "id");
  const id = textAt(activity, "id");
  if (!type || !conversation) return { kind: "unparsable", reason: "The activity has no type, or is of no conversation" };
  if (type === "typing") return { kind: "ignored", reason: "Somebody is typing", deliveryKey: id };
  const key = id === null ? null : `${textAt(activity, "channelId")}:${conversation}:${id}`;
  return {
    kind: "event",
    deliveryKey: key,
    // Under no MAC, as nothing of the body is: who could change it could write any activity.
    ...(key === null ? {} : { signedId: key }),
    actors: present(textAt(activity, "from", "id"), textAt(activity, "from", "aadObjectId")),
    type: typeOf(activity, type),
    subject: conversation,
    time: Date.parse(textAt(activity, "timestamp") ?? "") || receivedAt,
    data: activity,
  };
}

/** Sent once and not repeated: what an id would be for is a replay, which stays valid for ever and finds its event. */
function parseOutgoing(request: WebhookRequest, receivedAt: number): Parsed {
  const parsed = parseActivity(request, receivedAt);
  const read = readJson(request.body);
  const id = read.ok ? textAt(read.value, "id") : null;
  return parsed.kind === "event" && id !== null ? { ...parsed, deliveryKey: id, signedId: id } : parsed;
}

/** What whoever pressed a card's button is shown. Without such an answer within five seconds Teams says that something went wrong. */
export const invokeAnswer = (text: string) => ({
  status: 200,
  body: JSON.stringify({ statusCode: 200, type: "application/vnd.microsoft.activity.message", value: text }),
  contentType: "application/json",
});

function storedAnswer({ body }: WebhookRequest): HandshakeAnswer | null {
  const read = readJson(body);
  return read.ok && textAt(read.value, "type") === "invoke" ? invokeAnswer("Received") : null;
}

const bot: WebhookDeclaration = {
  docs: "https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-authentication",
  maxBytes: MAX_BYTES,
  scheme: { kind: "proof", verify: verifyBot },
  addressed: addressedBot,
  parse: parseActivity,
  stored: storedAnswer,
  refusedStatus: 403,
};

const outgoing: WebhookDeclaration = {
  docs: "https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-outgoing-webhook",
  maxBytes: MAX_BYTES,
  scheme: {
    kind: "hmac-sha256",
    signature: { header: "authorization", encoding: "base64", prefix: "HMAC " },
    secret: { encoding: "base64", prefix: "" },
    signed: ["body"],
  },
  parse: parseOutgoing,
  // Shown in the channel as the answer to the mention.
  stored: { status: 200, body: JSON.stringify({ type: "message", text: "queued" }), contentType: "application/json" },
};

export const teamsWebhooks = { bot, outgoing, graph: teamsGraph } as const;
