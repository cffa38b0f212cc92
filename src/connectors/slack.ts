// Slack: post a message, change one. Slack says no with HTTP 200 and {ok: false, error}; see slack-api.ts.
// There is no idempotency key, so a message carries ours as metadata, and `find` looks through the channel (or the thread) for it. The app therefore needs
// channels:history (groups:history, im:history) and membership beside chat:write; without them a lost answer ends as a question to a person.
// Text goes out escaped: a model's words can name nobody, call no @channel and hide no link.
import * as z from "zod";
import { InterlockError } from "../core/errors.ts";
import { bearer } from "./auth.ts";
import { type ApplyContext, defineConnector, type Http, writeAction } from "./define.ts";
import { escapeText, post, read } from "./slack-api.ts";
import { slackChat } from "./slack-chat.ts";
import { slackWebhook } from "./slack-webhook.ts";

const DOCS = "https://docs.slack.dev/reference/methods";
const EVENT_TYPE = "interlock_effect";

/** An id and not a name: a name moves, and conversations.history does not take one. */
const Channel = z.string().regex(/^[CGD][A-Z0-9]{1,20}$/, "A channel's id, such as C0123ABCD");
const Ts = z.string().regex(/^\d{1,12}\.\d{1,8}$/, "A message's ts, such as 1700000000.000100");
/** Slack cuts a text off after 40,000 characters, and counts the escaped form. */
const Text = z
  .string()
  .refine((text) => text.trim() !== "", "A message needs text")
  .refine((text) => escapeText(text).length <= 40_000, "Longer than Slack's 40,000 characters");

// ---- answers ----

const Posted = z.object({ channel: z.string(), ts: z.string() });
const Message = z.object({
  ts: z.string(),
  text: z.string().default(""),
  bot_id: z.string().nullish(),
  metadata: z.object({ event_type: z.string().optional(), event_payload: z.record(z.string(), z.unknown()).optional() }).nullish(),
});
type Message = z.infer<typeof Message>;
const Messages = z.object({
  messages: z.array(Message),
  has_more: z.boolean().default(false),
  response_metadata: z.object({ next_cursor: z.string().optional() }).nullish(),
});

// ---- text ----

/** What a person reads: Slack stores an address as <url> or <url|label>. Mentions stay in Slack's form. */
const plainText = (stored: string): string =>
  stored
    .replace(/<(?:https?|mailto):[^|>]*\|([^>]*)>/g, "$1")
    .replace(/<((?:https?|mailto):[^>]*)>/g, "$1")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&amp;/g, "&");

// ---- looking up ----

/** What an app that is sold outside Slack's Marketplace gets at most; it may also ask only once a minute. */
const PAGE = 15;
const MAX_PAGES = 20;
/** Slack's clock and ours need not agree. */
const CLOCK_SKEW_MS = 5 * 60_000;

const PostInput = z.strictObject({ channel: Channel, text: Text, threadTs: Ts.optional() });

/** The message with this key. A no is only given when every message since the intent was seen and could be read. */
async function findPosted(input: z.infer<typeof PostInput>, { http, key, since }: ApplyContext): Promise<Message | null> {
  const { channel, threadTs, text } = input;
  const method = threadTs === undefined ? "conversations.history" : "conversations.replies";
  const query: Record<string, string> = { channel, include_all_metadata: "true", limit: String(PAGE) };
  if (threadTs !== undefined) query.ts = threadTs;
  if (since !== undefined) query.oldest = String(Math.max(0, since - CLOCK_SKEW_MS) / 1000);
  for (let page = 0; page < MAX_PAGES; page++) {
    const { messages, has_more, response_metadata } = await read(http, method, query, Messages);
    for (const message of messages) {
      if (message.metadata?.event_type === EVENT_TYPE && message.metadata.event_payload?.key === key) return message;
      if (mayBeOurs(message, text)) throw unclear(`a message of an app in ${channel} has this text and its metadata cannot be read`);
    }
    if (!has_more) return null;
    if (!response_metadata?.next_cursor) break;
    query.cursor = response_metadata.next_cursor;
  }
  throw unclear(`${channel} has too many messages to read`);
}

const mayBeOurs = ({ metadata, bot_id, text }: Message, ours: string): boolean =>
  metadata?.event_type === EVENT_TYPE
    ? metadata.event_payload?.key === undefined
    : !metadata && Boolean(bot_id) && plainText(text) === ours;

const unclear = (why: string): InterlockError =>
  new InterlockError("connector.answer_invalid", `Slack: whether the message was posted cannot be told: ${why}`);

// ---- actions ----

const postMessage = writeAction({
  effect: "send",
  summary: "Post a message to a channel or a thread",
  docs: `${DOCS}/chat.postMessage`,
  idempotency: "lookup",
  input: PostInput,
  output: Posted,
  target: ({ channel, threadTs }) => (threadTs === undefined ? `channel/${channel}` : `thread/${channel}/${threadTs}`),
  values: ({ text }) => ({ text }),
  withValues: (input, values) => ({ ...input, ...(values as { text: string }) }),
  apply: ({ channel, text, threadTs }, { http, key }) =>
    post(
      http,
      "chat.postMessage",
      {
        channel,
        text: escapeText(text),
        ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
        metadata: { event_type: EVENT_TYPE, event_payload: { key } },
        // Slack would fetch an address in the text from its own servers, and tell that server so.
        unfurl_links: false,
        unfurl_media: false,
      },
      Posted,
    ),
  find: async (input, context) => {
    const message = await findPosted(input, context);
    return message && { channel: input.channel, ts: message.ts };
  },
  undo: { kind: "irreversible", because: "People may have read the message" },
});

const UpdateInput = z.strictObject({ channel: Channel, ts: Ts, text: Text });

async function readMessage({ channel, ts }: { channel: string; ts: string }, http: Http): Promise<Message> {
  // This method takes a root's ts and a reply's; conversations.history knows only roots.
  const query = { channel, ts, oldest: ts, latest: ts, inclusive: "true", limit: "1" };
  const found = (await read(http, "conversations.replies", query, Messages)).messages.find((message) => message.ts === ts);
  if (!found) throw new InterlockError("connector.not_found", `Slack: ${channel} has no message ${ts}`);
  return found;
}

const writeText = (channel: string, ts: string, text: string, http: Http): Promise<z.infer<typeof Posted>> =>
  post(http, "chat.update", { channel, ts, text: escapeText(text) }, Posted);

const updateMessage = writeAction({
  effect: "write",
  summary: "Replace the text of a message that this app posted",
  docs: `${DOCS}/chat.update`,
  // The same update again changes nothing.
  idempotency: "key",
  input: UpdateInput,
  output: Posted,
  target: ({ channel, ts }) => `message/${channel}/${ts}`,
  values: ({ text }) => ({ text }),
  withValues: (input, values) => ({ ...input, ...(values as { text: string }) }),
  look: async (input, http) => ({ fields: { text: plainText((await readMessage(input, http)).text) }, version: null }),
  apply: ({ channel, ts, text }, { http }) => writeText(channel, ts, text, http),
  prove: async (input, _output, http) => ({ text: plainText((await readMessage(input, http)).text) }),
  undo: {
    kind: "restore",
    // Escaped as everything is: a mention in the old text comes back as plain text.
    restore: async ({ channel, ts }, values, { http }) => {
      await writeText(channel, ts, values.text as string, http);
    },
  },
});

export const slack = defineConnector({
  name: "slack",
  title: "Slack",
  auth: bearer,
  credentials: ["A bot token, xoxb-…"],
  webhooks: { requests: slackWebhook },
  triggers: {
    message: "A message was posted",
    app_mention: "The app was mentioned",
    reaction_added: "A reaction was added",
    block_actions: "A button was pressed or a menu used",
    slash_command: "A slash command was sent",
  },
  actions: { postMessage, updateMessage },
  chat: slackChat,
});
