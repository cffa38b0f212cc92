// Slack's requests: Events API (JSON), interactivity (a form with one JSON field) and slash commands (a form), all signed alike.
// Two are not events: the unsigned certificate probe, answered and forgotten, and the URL handshake, echoed only when authentic.
import type { Json } from "../core/json.ts";
import { at, isForm, readForm, readJson, readJsonText, textAt } from "./payload.ts";
import type { HandshakeAnswer, Parsed, WebhookDeclaration, WebhookRequest } from "./webhook.ts";

/** Slack states no limit; a message has at most 40,000 characters and 50 blocks, an interaction repeats the whole message. */
const MAX_BYTES = 1024 * 1024;

/** docs: ignore the request if the timestamp is more than five minutes from local time. */
const TOLERANCE_SECONDS = 300;

/** A thread is the unit of conversation: its root's ts names it, wherever in the payload Slack puts it. */
const threadOf = (channel: string | null, root: string | null): string | null => (channel && root ? `${channel}:${root}` : channel);

/** Subtypes that are still a message somebody posted. The others (an edit, a deletion, somebody joining) are types of their own. */
const POSTED = new Set(["file_share", "me_message", "thread_broadcast"]);

const present = (...ids: readonly (string | null)[]): readonly string[] => ids.filter((id) => id !== null);

/** Our own message comes back as an event: same app, a bot's message, or the bot user that this app is installed as. */
function isOwnEcho(envelope: Json): boolean {
  const event = at(envelope, "event");
  const app = textAt(event, "app_id");
  if (textAt(event, "subtype") === "bot_message") return true;
  if (app !== null && app === textAt(envelope, "api_app_id")) return true;
  const installs = at(envelope, "authorizations");
  const user = textAt(event, "user");
  return (
    Array.isArray(installs) && installs.some((one: Json) => at(one, "is_bot") === true && user !== null && textAt(one, "user_id") === user)
  );
}

function eventCallback(envelope: Json, receivedAt: number): Parsed {
  const event = at(envelope, "event");
  const name = textAt(event, "type");
  const deliveryKey = textAt(envelope, "event_id");
  if (!name) return { kind: "unparsable", reason: "The event has no type", deliveryKey };
  if (isOwnEcho(envelope)) return { kind: "ignored", reason: "A bot's message, or our own", deliveryKey };
  const subtype = textAt(event, "subtype");
  const channel = textAt(event, "channel") ?? textAt(event, "item", "channel") ?? textAt(event, "channel", "id");
  const root = textAt(event, "thread_ts") ?? textAt(event, "message", "thread_ts") ?? textAt(event, "message", "ts");
  const seconds = at(envelope, "event_time");
  return {
    kind: "event",
    deliveryKey,
    ...(deliveryKey === null ? {} : { signedId: deliveryKey }),
    actors: present(textAt(event, "user"), textAt(event, "bot_id"), textAt(event, "app_id")),
    type: subtype && !POSTED.has(subtype) ? `${name}.${subtype}` : name,
    subject: threadOf(channel, root ?? textAt(event, "ts") ?? textAt(event, "item", "ts")) ?? textAt(event, "user") ?? name,
    time: typeof seconds === "number" ? seconds * 1000 : receivedAt,
    data: envelope,
  };
}

/** A button, a menu, a form: `type` says which. `trigger_id` is drawn for each interaction and is inside the signed body. */
function interaction(payload: Json, receivedAt: number): Parsed {
  const type = textAt(payload, "type");
  const deliveryKey = textAt(payload, "trigger_id");
  if (!type) return { kind: "unparsable", reason: "The interaction has no type", deliveryKey };
  const message = textAt(payload, "message", "thread_ts") ?? textAt(payload, "container", "message_ts") ?? textAt(payload, "message", "ts");
  const thread = threadOf(textAt(payload, "channel", "id") ?? textAt(payload, "container", "channel_id"), message);
  return {
    kind: "event",
    deliveryKey,
    ...(deliveryKey === null ? {} : { signedId: deliveryKey }),
    actors: present(textAt(payload, "user", "id")),
    type,
    subject: thread ?? textAt(payload, "view", "id") ?? textAt(payload, "user", "id") ?? type,
    time: receivedAt,
    data: payload,
  };
}

function slashCommand(form: Json, receivedAt: number): Parsed {
  const deliveryKey = textAt(form, "trigger_id");
  if (!textAt(form, "command"))
    return { kind: "unparsable", reason: "The form is neither an interaction nor a slash command", deliveryKey };
  return {
    kind: "event",
    deliveryKey,
    ...(deliveryKey === null ? {} : { signedId: deliveryKey }),
    actors: present(textAt(form, "user_id")),
    type: "slash_command",
    subject: textAt(form, "channel_id") ?? textAt(form, "user_id") ?? "slash_command",
    time: receivedAt,
    data: form,
  };
}

function parse(request: WebhookRequest, receivedAt: number): Parsed {
  if (isForm(request)) {
    const form = readForm(request.body);
    if (form.payload === undefined) return slashCommand(form, receivedAt);
    const read = readJsonText(form.payload);
    return read.ok ? interaction(read.value, receivedAt) : { kind: "unparsable", reason: read.reason };
  }
  const read = readJson(request.body);
  if (!read.ok) return { kind: "unparsable", reason: read.reason };
  const type = textAt(read.value, "type");
  if (type === "event_callback") return eventCallback(read.value, receivedAt);
  if (type === "app_rate_limited") return { kind: "ignored", reason: "Slack has stopped sending events for a minute: over 30,000 an hour" };
  return { kind: "unparsable", reason: "The request is of no known type" };
}

function probe(request: WebhookRequest): HandshakeAnswer | null {
  return isForm(request) && readForm(request.body).ssl_check === "1" ? { status: 200, body: "" } : null;
}

function handshake(request: WebhookRequest): HandshakeAnswer | null {
  // A handshake is short; this saves reading every event twice.
  if (isForm(request) || request.body.length > 4096) return null;
  const read = readJson(request.body);
  if (!read.ok || textAt(read.value, "type") !== "url_verification") return null;
  const challenge = textAt(read.value, "challenge");
  return challenge === null ? null : { status: 200, body: challenge, contentType: "text/plain" };
}

export const slackWebhook: WebhookDeclaration = {
  docs: "https://docs.slack.dev/authentication/verifying-requests-from-slack",
  maxBytes: MAX_BYTES,
  scheme: {
    kind: "hmac-sha256",
    signature: { header: "x-slack-signature", encoding: "hex", prefix: "v0=" },
    secret: { encoding: "text" },
    timestamp: { header: "x-slack-request-timestamp", format: "seconds", toleranceSeconds: TOLERANCE_SECONDS },
    signed: [{ literal: "v0:" }, { header: "x-slack-request-timestamp" }, { literal: ":" }, "body"],
  },
  probe,
  handshake,
  parse,
};
