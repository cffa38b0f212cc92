// Was this message posted? Slack has no idempotency key, so that each message carries ours as metadata, and this looks through the channel, or the thread, for it.
// A no is only given when every message since the intent was seen and could be read.
import * as z from "zod";
import { InterlockError } from "../core/errors.ts";
import type { ApplyContext } from "./define.ts";
import { read } from "./slack-api.ts";

export const EVENT_TYPE = "interlock_effect";

/** Slack gives an app that is sold outside its Marketplace 15 at most, whatever it asks for, and lets it ask once a minute. */
const PAGE = 200;
const MAX_PAGES = 20;
/** Slack's clock and ours need not agree. */
const CLOCK_SKEW_MS = 5 * 60_000;

export const Message = z.object({
  ts: z.string(),
  text: z.string().default(""),
  bot_id: z.string().nullish(),
  blocks: z.array(z.record(z.string(), z.json())).default([]),
  metadata: z.object({ event_type: z.string().optional(), event_payload: z.record(z.string(), z.unknown()).optional() }).nullish(),
});
export type Message = z.infer<typeof Message>;
export const Messages = z.object({
  messages: z.array(Message),
  has_more: z.boolean().default(false),
  response_metadata: z.object({ next_cursor: z.string().optional() }).nullish(),
});

export interface Place {
  readonly channel: string;
  readonly threadTs?: string | undefined;
  readonly text: string;
}

/** What a person reads: Slack stores an address as <url> or <url|label>. Mentions stay in Slack's form. */
export const plainText = (stored: string): string =>
  stored
    .replace(/<(?:https?|mailto):[^|>]*\|([^>]*)>/g, "$1")
    .replace(/<((?:https?|mailto):[^>]*)>/g, "$1")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&amp;/g, "&");

export async function findPosted({ channel, threadTs, text }: Place, { http, key, since }: ApplyContext): Promise<Message | null> {
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
