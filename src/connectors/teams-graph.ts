// Change notifications of Microsoft Graph: an address is proved by echoing a text, a notification by the word that the subscription was made with (clientState), and one
// that carries the record itself by Graph's own token, with the record sealed for our certificate. What is sealed is opened while it is proved, and read in its place.
// Sequence: the word, in every item; for sealed items the tokens, then key, MAC and content of each. Graph repeats for hours what is not answered with 2xx.
import * as z from "zod";
import { constantTimeEqual, hmacSha256, sha256Hex } from "../core/crypto.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { decryptCbc, unwrapOaepSha1 } from "../core/rsa.ts";
import { verifyToken } from "./jwt.ts";
import { at, readJson, textAt } from "./payload.ts";
import type {
  HandshakeAnswer,
  Parsed,
  ParsedEvent,
  ProofContext,
  RejectReason,
  Verdict,
  WebhookDeclaration,
  WebhookRequest,
} from "./webhook.ts";

/** Keys of every organisation: the token's issuer names one, and has to be ours. */
const JWKS = "https://login.microsoftonline.com/common/discovery/v2.0/keys";
/** docs: the application that publishes change notifications; any other application of the organisation can get a token for us. */
const PUBLISHER = "0bf30f3b-4a52-48df-9a82-234910c4a086";
const SKEW_SECONDS = 300;
/** Graph states no limit of a delivery; it gathers items and a message's content is up to 28 KB. */
const MAX_BYTES = 4 * 1024 * 1024;
/** The text to echo has about 120 characters. */
const MAX_TOKEN = 1_024;
/** AES's block: docs: the initialisation vector is the first 16 bytes of the key. */
const BLOCK = 16;

/** What a connection's webhook secret may be: the word alone, or JSON with the private keys of the certificates that subscriptions were made with, by their ids. */
const GraphSecret = z.strictObject({ clientState: z.string().min(1), certificates: z.record(z.string(), z.string()).default({}) });
type GraphSecret = z.infer<typeof GraphSecret>;

const Sealed = z.object({
  data: z.base64(),
  dataKey: z.base64(),
  dataSignature: z.base64(),
  encryptionCertificateId: z.string(),
});

class Refused extends Error {
  readonly reason: RejectReason;
  constructor(reason: RejectReason) {
    super(reason);
    this.reason = reason;
  }
}

async function verify(request: WebhookRequest, context: ProofContext): Promise<Verdict> {
  const secrets = context.secrets.map(readSecret).filter((secret) => secret !== null);
  if (secrets.length === 0) return { ok: false, reason: "no_secret_configured" };
  const read = readJson(request.body);
  if (!read.ok) return { ok: false, reason: "malformed_body" };
  const items = at(read.value, "value");
  if (!Array.isArray(items)) return { ok: false, reason: "malformed_header" };
  if (!items.every((item: Json) => knowsTheWord(item, secrets))) return { ok: false, reason: "client_state_mismatch" };
  if (!items.some(isSealed)) return { ok: true };
  try {
    await checkTokens(at(read.value, "validationTokens"), context);
    const certificates = Object.assign({}, ...secrets.map((secret) => secret.certificates)) as Record<string, string>;
    const value = await Promise.all(items.map((item: Json) => (isSealed(item) ? opened(item as JsonObject, certificates) : item)));
    return { ok: true, opened: new TextEncoder().encode(JSON.stringify({ value })) };
  } catch (thrown) {
    if (thrown instanceof Refused) return { ok: false, reason: thrown.reason };
    throw thrown;
  }
}

/** Null for JSON that is not what it should be: such a secret proves nothing. */
function readSecret(secret: string): GraphSecret | null {
  if (!secret.trimStart().startsWith("{")) return secret.trim() === "" ? null : { clientState: secret, certificates: {} };
  const read = readJson(new TextEncoder().encode(secret));
  return read.ok ? (GraphSecret.safeParse(read.value).data ?? null) : null;
}

function knowsTheWord(item: Json, secrets: readonly GraphSecret[]): boolean {
  const said = at(item, "clientState");
  if (typeof said !== "string") return false;
  const digest = (text: string) => new TextEncoder().encode(sha256Hex(text));
  return secrets.map(({ clientState }) => constantTimeEqual(digest(said), digest(clientState))).includes(true);
}

const isSealed = (item: Json): boolean => at(item, "encryptedContent") !== undefined;

/** One for each application and organisation among the items: every one has to be Graph's, and for us. */
async function checkTokens(tokens: Json | undefined, { settings, now, published }: ProofContext): Promise<void> {
  if (!Array.isArray(tokens) || tokens.length === 0) throw new Refused("missing_header");
  const { appId, tenantId } = settings;
  if (!appId || !tenantId) throw new Refused("no_secret_configured");
  for (const token of tokens) {
    const verified = await verifyToken(String(token), {
      issuers: [`https://sts.windows.net/${tenantId}/`, `https://login.microsoftonline.com/${tenantId}/v2.0`],
      audience: appId,
      skewSeconds: SKEW_SECONDS,
      now,
      keys: (fresh) => published(JWKS, fresh),
    });
    if (!verified.ok) throw new Refused(verified.reason);
    if ((verified.claims.azp ?? verified.claims.appid) !== PUBLISHER) throw new Refused("bad_issuer");
  }
}

async function opened(item: JsonObject, certificates: Readonly<Record<string, string>>): Promise<JsonObject> {
  const { encryptedContent, ...rest } = item;
  const sealed = Sealed.safeParse(encryptedContent);
  if (!sealed.success) throw new Refused("malformed_body");
  const { data, dataKey, dataSignature, encryptionCertificateId: id } = sealed.data;
  const privateKey = Object.hasOwn(certificates, id) ? certificates[id] : undefined;
  if (!privateKey) throw new Refused("unknown_key");
  const key = await unwrapOaepSha1(privateKey, Buffer.from(dataKey, "base64"));
  const bytes = Buffer.from(data, "base64");
  if (!key || !constantTimeEqual(hmacSha256(key, [bytes]), Buffer.from(dataSignature, "base64"))) throw new Refused("bad_signature");
  const text = await decryptCbc(key, key.subarray(0, BLOCK), bytes);
  const content = text && readJson(text);
  if (!content?.ok) throw new Refused("malformed_body");
  return { ...rest, content: content.value };
}

/** Subscribing proves nothing about us but that we answer; so what is echoed must do nothing anywhere: plain text, and short. */
function probe({ method, url, body }: WebhookRequest): HandshakeAnswer | null {
  if (method !== "POST" || body.length > 0) return null;
  const token = new URL(url).searchParams.get("validationToken");
  return token === null || token.length > MAX_TOKEN ? null : { status: 200, body: token, contentType: "text/plain" };
}

/** "#Microsoft.Graph.chatMessage" -> "chat_message" */
const kindOf = (item: Json): string =>
  (textAt(item, "resourceData", "@odata.type") ?? "resource")
    .replace(/^.*\./, "")
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase();

function eventIn(item: Json, receivedAt: number): ParsedEvent & { readonly key: string | null } {
  // It is a secret, and nobody's business after this.
  const { clientState: _, ...data } = item as JsonObject;
  const [subscription, id] = [textAt(item, "subscriptionId"), textAt(item, "id")];
  const lifecycle = textAt(item, "lifecycleEvent");
  const key = subscription && id ? `${subscription}:${id}` : null;
  return {
    key,
    ...(key === null ? {} : { signedId: key }),
    type: lifecycle ? "subscription_lifecycle" : `${kindOf(item)}.${textAt(item, "changeType") ?? "changed"}`,
    subject: textAt(item, "resource") ?? subscription ?? "subscription",
    time: receivedAt,
    data,
  };
}

function parse({ body }: WebhookRequest, receivedAt: number): Parsed {
  const read = readJson(body);
  const items = read.ok ? at(read.value, "value") : undefined;
  if (!Array.isArray(items)) return { kind: "unparsable", reason: read.ok ? "The notification has no list of changes" : read.reason };
  const found = items.map((item: Json) => eventIn(item, receivedAt));
  const [first] = found;
  if (!first) return { kind: "ignored", reason: "No change in it" };
  const withoutKey = ({ key: _, ...event }: (typeof found)[number]): ParsedEvent => event;
  return found.length === 1
    ? { kind: "event", deliveryKey: first.key, ...withoutKey(first) }
    : { kind: "events", deliveryKey: null, events: found.map(withoutKey) };
}

export const teamsGraph: WebhookDeclaration = {
  docs: "https://learn.microsoft.com/graph/change-notifications-delivery-webhooks",
  maxBytes: MAX_BYTES,
  scheme: { kind: "proof", verify },
  probe,
  parse,
  refusedStatus: 202,
};
