// Slack's Web API, as far as a workflow, an approval's notice and the integration assessment need it: post, update, whisper, read a channel or a thread, find a person
// and write to them, exchange a refresh token.
import { Hono } from "hono";
import type { World } from "../world.ts";
import {
  APP_ID,
  BOT_ID,
  BOT_USER,
  type Channel,
  CLIENT_ID,
  CLIENT_SECRET,
  channelOf,
  directOf,
  FIRST_REFRESH_TOKEN,
  MEMBERS,
  profileOf,
  TEAM_ID,
} from "./directory.ts";
import { type SlackVariables, slackDoor } from "./door.ts";
import { botMessage, hasContent, type Message, no, readContent } from "./message.ts";
import type { Range } from "./message-store.ts";

/** Seconds: a token that rotates lasts twelve hours. */
const LASTS_S = 43_200;

export function slackMethods(world: World) {
  const { messages, counters } = world;
  const refreshed = refreshing();
  return (
    new Hono<SlackVariables>()
      .post("/oauth.v2.access", async (c) => c.json(refreshed(new URLSearchParams(await c.req.text()), world.env.SLACK_BOT_TOKEN)))
      .use(slackDoor(world))
      .on(["GET", "POST"], "/auth.test", (c) =>
        c.json({
          ok: true,
          url: "https://sandbox.slack.example/",
          team: "Sandbox",
          user: "interlock",
          team_id: TEAM_ID,
          user_id: BOT_USER,
          bot_id: BOT_ID,
          app_id: APP_ID,
        }),
      )
      .on(["GET", "POST"], "/users.lookupByEmail", (c) => {
        const { email } = c.get("args");
        const member = MEMBERS.find((one) => one.email === String(email).toLowerCase());
        return c.json(member ? { ok: true, user: profileOf(member) } : no("users_not_found"));
      })
      .on(["GET", "POST"], "/users.info", (c) => {
        const member = MEMBERS.find(({ id }) => id === c.get("args").user);
        return c.json(member ? { ok: true, user: profileOf(member) } : no("user_not_found"));
      })
      // The direct conversation with somebody is the same one each time, and has their id with another letter.
      .post("/conversations.open", (c) => {
        const member = MEMBERS.find(({ id, is_bot }) => id === c.get("args").users && !is_bot);
        return c.json(member ? { ok: true, channel: { id: directOf(member.id) } } : no("user_not_found"));
      })
      .on(["GET", "POST"], "/conversations.info", (c) => {
        const channel = channelOf(c.get("args").channel);
        if (!channel) return c.json(no("channel_not_found"));
        const { id, name, archived, notInvited } = channel;
        return c.json({ ok: true, channel: { id, name, is_channel: true, is_archived: archived ?? false, is_member: !notInvited } });
      })
      // Shown to one person and kept by nobody: only the count tells of it.
      .post("/chat.postEphemeral", (c) => {
        const args = c.get("args");
        const channel = channelOf(args.channel);
        const refusal = refusalOf(channel);
        if (!channel || refusal) return c.json(no(refusal ?? "channel_not_found"));
        if (!MEMBERS.some(({ id }) => id === args.user)) return c.json(no("user_not_in_channel"));
        const read = readContent(args);
        if (!read.ok) return c.json(read);
        if (!hasContent(read.content)) return c.json(no("no_text"));
        counters.applied("slack chat.postEphemeral");
        return c.json({ ok: true, message_ts: messages.nextTs(Date.now()) });
      })
      .post("/chat.postMessage", (c) => {
        const args = c.get("args");
        const channel = channelOf(args.channel);
        const refusal = refusalOf(channel);
        if (!channel || refusal) return c.json(no(refusal ?? "channel_not_found"));
        const read = readContent(args);
        if (!read.ok) return c.json(read);
        if (!hasContent(read.content)) return c.json(no("no_text"));
        const thread = typeof args.thread_ts === "string" && args.thread_ts ? args.thread_ts : undefined;
        const message = botMessage(read.content, messages.nextTs(Date.now()), thread);
        messages.save(channel.id, message);
        counters.applied("slack chat.postMessage");
        return c.json({ ok: true, channel: channel.id, ts: message.ts, message });
      })
      .post("/chat.update", (c) => {
        const args = c.get("args");
        const channel = channelOf(args.channel);
        if (args.channel !== undefined && !channel) return c.json(no("channel_not_found"));
        const before = channel ? messages.get(channel.id, String(args.ts)) : null;
        if (!channel || !before) return c.json(no("message_not_found"));
        const read = readContent(args);
        if (!read.ok) return c.json(read);
        if (!hasContent(read.content)) return c.json(no("no_text"));
        const message = updated(before, args, read.content, messages.nextTs(Date.now()));
        messages.save(channel.id, message);
        counters.applied("slack chat.update");
        return c.json({ ok: true, channel: channel.id, ts: message.ts, text: message.text, message });
      })
      .on(["GET", "POST"], "/conversations.history", (c) => {
        const args = c.get("args");
        const channel = channelOf(args.channel);
        if (!channel) return c.json(no("channel_not_found"));
        if (channel.notInvited) return c.json(no("not_in_channel"));
        const range = rangeOf(args);
        // Newest first: the next page is what came before the last one shown.
        const found = messages.history(channel.id, {
          ...range,
          latest: cursorOf(args) ?? range.latest,
          inclusive: cursorOf(args) ? false : range.inclusive,
        });
        return c.json(pageOf(found, range.limit, args));
      })
      .on(["GET", "POST"], "/conversations.replies", (c) => {
        const args = c.get("args");
        const channel = channelOf(args.channel);
        if (!channel) return c.json(no("channel_not_found"));
        if (channel.notInvited) return c.json(no("not_in_channel"));
        const root = messages.get(channel.id, String(args.ts));
        if (!root) return c.json(no("thread_not_found"));
        // Asked with a reply's ts, the vendor answers that reply alone.
        if (root.thread_ts !== undefined) return c.json(pageOf([root], 1, args));
        const range = rangeOf(args);
        const cursor = cursorOf(args);
        const found = messages.thread(channel.id, root, {
          ...range,
          oldest: cursor ?? range.oldest,
          inclusive: cursor ? false : range.inclusive,
        });
        // The root stands at the head of every page.
        const page = pageOf(found.slice(1), range.limit, args);
        return c.json({ ...page, messages: [shown(found[0] ?? root, args), ...page.messages] });
      })
      .all("*", (c) => c.json(no("unknown_method")))
  );
}

/** Each refresh token works once, the first one for ever: after a restart nobody remembers which came last. */
function refreshing() {
  let last = 1;
  return (form: URLSearchParams, token: string): object => {
    if (form.get("grant_type") !== "refresh_token") return no("invalid_grant_type");
    if (form.get("client_id") !== CLIENT_ID || form.get("client_secret") !== CLIENT_SECRET) return no("invalid_client_id");
    const given = form.get("refresh_token");
    if (given !== FIRST_REFRESH_TOKEN && given !== `xoxe-1-sandbox-${last}`) return no("invalid_refresh_token");
    last += 1;
    const granted = { access_token: token, expires_in: LASTS_S, refresh_token: `xoxe-1-sandbox-${last}`, token_type: "bot" };
    return { ok: true, ...granted, bot_user_id: BOT_USER, app_id: APP_ID, team: { id: TEAM_ID, name: "Sandbox" } };
  };
}

function refusalOf(channel: Channel | undefined): string | null {
  if (!channel) return "channel_not_found";
  if (channel.archived) return "is_archived";
  return channel.notInvited ? "not_in_channel" : null;
}

/** What is not given stays, except that text alone takes the blocks away: the vendor replaces the content as one. */
export function updated(
  before: Message,
  args: Record<string, unknown>,
  content: Pick<Message, "text" | "blocks" | "metadata">,
  ts: string,
): Message {
  const next: Message = { ...before, ...content, edited: { user: BOT_USER, ts } };
  if (content.blocks === undefined && args.text !== undefined) delete next.blocks;
  return next;
}

function rangeOf(args: Record<string, unknown>): Range {
  return {
    oldest: stamp(args.oldest),
    latest: stamp(args.latest),
    inclusive: isTrue(args.inclusive),
    limit: Math.min(999, Math.max(1, Number(args.limit ?? 100) || 100)),
  };
}

function pageOf(
  found: Message[],
  limit: number,
  args: Record<string, unknown>,
): { ok: true; messages: object[]; has_more: boolean; response_metadata?: object } {
  const messages = found.slice(0, limit);
  const last = messages.at(-1);
  const more = found.length > limit && last !== undefined;
  const next = more ? { response_metadata: { next_cursor: Buffer.from(`ts:${last.ts}`).toString("base64") } } : {};
  return { ok: true, messages: messages.map((message) => shown(message, args)), has_more: more, ...next };
}

/** Metadata is shown only to who asks for it. */
function shown(message: Message, args: Record<string, unknown>): object {
  if (isTrue(args.include_all_metadata)) return message;
  const { metadata: _, ...rest } = message;
  return rest;
}

function cursorOf(args: Record<string, unknown>): string | undefined {
  if (typeof args.cursor !== "string" || args.cursor === "") return undefined;
  return Buffer.from(args.cursor, "base64").toString().replace("ts:", "");
}

function stamp(value: unknown): string | undefined {
  return Number.isFinite(Number(value)) && value !== undefined && value !== "" && Number(value) > 0 ? String(value) : undefined;
}

function isTrue(value: unknown): boolean {
  return value === true || value === "true" || value === "1" || value === 1;
}
