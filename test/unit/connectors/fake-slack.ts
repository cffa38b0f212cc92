// Slack's Web API in memory, behind a fetch: post, update, read a channel or a thread. It keeps what a connector can get wrong: a no is HTTP 200, metadata is
// shown only when asked for, replies are not in the channel's history, addresses are stored as links. It counts what it did.
import { type FakeRequest, type FaultKind, Faults, type FaultTime, fakeFetch, json } from "./faults.ts";

export interface FakeMessage {
  type: "message";
  ts: string;
  text: string;
  bot_id?: string;
  thread_ts?: string;
  blocks?: unknown[];
  metadata?: { event_type: string; event_payload?: Record<string, unknown> };
  edited?: { ts: string };
}
interface FakeChannel {
  id: string;
  archived: boolean;
  joined: boolean;
  messages: FakeMessage[];
}

/** Members of the team T0 unless said otherwise, with a confirmed address. */
export interface FakePerson {
  email: string;
  team_id?: string;
  deleted?: boolean;
  is_restricted?: boolean;
  is_email_confirmed?: boolean;
  real_name?: string;
}

const START = Date.parse("2026-01-05T08:00:00Z");

export interface FakeSlack {
  readonly fetch: typeof fetch;
  readonly channels: Map<string, FakeChannel>;
  /** Calls that took effect, by method: "chat.postMessage". */
  readonly writes: Map<string, number>;
  readonly requests: FakeRequest[];
  /** The workspace's people, as users.info answers. */
  readonly people: Map<string, FakePerson>;
  /** What was said to one person only. */
  readonly whispers: { readonly channel: string; readonly user: string; readonly text: string }[];
  /** Methods for which the app lacks the scope. */
  readonly forbidden: Set<string>;
  /** What the app was installed with, as every answer lists it. */
  scopes: string;
  /** Leaves metadata out of every answer, as for an app that may not see it. */
  hidesMetadata: boolean;
  /** The next answer of this method, in place of the real one. */
  answerNext(method: string, body: unknown): void;
  /** Somebody else writes; returns the ts. */
  say(channel: string, text: string, more?: Partial<FakeMessage>): string;
  fault(kind: FaultKind, when: FaultTime, matches?: (request: FakeRequest) => boolean): void;
  snapshot(): Map<string, FakeChannel>;
}

export function createFakeSlack({
  token,
  channels = ["C0SUPPORT"],
  now = () => START,
}: {
  token: string;
  channels?: string[];
  now?: () => number;
}): FakeSlack {
  const faults = new Faults();
  const requests: FakeRequest[] = [];
  const writes = new Map<string, number>();
  const canned = new Map<string, unknown>();
  const people = new Map<string, FakePerson>();
  const whispers: FakeSlack["whispers"] = [];
  const world = new Map(channels.map((id) => [id, { id, archived: false, joined: true, messages: [] } as FakeChannel]));
  let last = 0;

  /** Microseconds since 1970, never twice the same. */
  const nextTs = (): string => {
    last = Math.max(now() * 1000, last + 1);
    return `${Math.floor(last / 1e6)}.${String(last % 1e6).padStart(6, "0")}`;
  };
  const count = (method: string) => writes.set(method, (writes.get(method) ?? 0) + 1);

  function call(method: string, args: Record<string, unknown>): object {
    if (method === "auth.test") return { ok: true, team_id: "T0", team: "Acme", user: "interlock", bot_id: "B0INTERLOCK" };
    if (method === "users.lookupByEmail") {
      const [id, person] = [...people].find(([, { email }]) => email.toLowerCase() === String(args.email).toLowerCase()) ?? [];
      return person ? { ok: true, user: { id, team_id: "T0", ...person, profile: { email: person.email } } } : no("users_not_found");
    }
    if (method === "conversations.open") {
      const id = `D${String(args.users).slice(1)}`;
      if (!people.has(String(args.users))) return no("user_not_found");
      if (!world.has(id)) world.set(id, { id, archived: false, joined: true, messages: [] });
      return { ok: true, channel: { id } };
    }
    if (method === "conversations.info") {
      const found = world.get(String(args.channel));
      if (!found) return no("channel_not_found");
      return { ok: true, channel: { id: found.id, name: "team", is_archived: found.archived, is_member: found.joined } };
    }
    if (method === "users.info") {
      const person = people.get(String(args.user));
      if (!person) return no("user_not_found");
      const { email, ...more } = person;
      return { ok: true, user: { id: args.user, team_id: "T0", is_email_confirmed: true, ...more, profile: { email } } };
    }
    const channel = world.get(String(args.channel));
    if (!channel) return no("channel_not_found");
    if (!channel.joined) return no("not_in_channel");
    switch (method) {
      case "chat.postMessage": {
        if (channel.archived) return no("is_archived");
        if (!args.text) return no("no_text");
        const message: FakeMessage = {
          type: "message",
          ts: nextTs(),
          text: linked(String(args.text)),
          bot_id: "B0INTERLOCK",
          ...(args.blocks ? { blocks: named(args.blocks as object[]) } : {}),
          ...(args.thread_ts ? { thread_ts: String(args.thread_ts) } : {}),
          ...(args.metadata ? { metadata: args.metadata as NonNullable<FakeMessage["metadata"]> } : {}),
        };
        channel.messages.push(message);
        count(method);
        return { ok: true, channel: channel.id, ts: message.ts, message };
      }
      case "chat.update": {
        const message = channel.messages.find(({ ts }) => ts === args.ts);
        if (!message) return no("message_not_found");
        if (!message.bot_id) return no("cant_update_message");
        Object.assign(message, { text: linked(String(args.text)), edited: { ts: nextTs() } });
        if ((args.blocks as object[] | undefined)?.length) message.blocks = named(args.blocks as object[]);
        else delete message.blocks;
        count(method);
        return { ok: true, channel: channel.id, ts: message.ts, text: message.text };
      }
      case "chat.postEphemeral":
        whispers.push({ channel: channel.id, user: String(args.user), text: String(args.text) });
        return { ok: true, message_ts: nextTs() };
      case "conversations.history":
        return page(channel.messages.filter(({ thread_ts, ts }) => !thread_ts || thread_ts === ts).toReversed(), args);
      case "conversations.replies": {
        const root = channel.messages.find(({ ts }) => ts === args.ts);
        if (!root) return no("thread_not_found");
        if (root.thread_ts && root.thread_ts !== root.ts) return page([root], args);
        return page(
          channel.messages.filter((message) => message === root || message.thread_ts === root.ts),
          args,
        );
      }
      default:
        return no("unknown_method");
    }
  }

  function page(all: FakeMessage[], args: Record<string, unknown>): object {
    const inside = ({ ts }: FakeMessage): boolean => {
      const inclusive = args.inclusive === "true";
      if (args.oldest && (inclusive ? Number(ts) < Number(args.oldest) : Number(ts) <= Number(args.oldest))) return false;
      return !(args.latest && (inclusive ? Number(ts) > Number(args.latest) : Number(ts) >= Number(args.latest)));
    };
    const wanted = all.filter(inside);
    const start = args.cursor ? Number(atob(String(args.cursor))) : 0;
    const end = start + Number(args.limit ?? 100);
    const messages = wanted.slice(start, end).map((message) => {
      if (args.include_all_metadata === "true" && !fake.hidesMetadata) return message;
      const { metadata: _, ...rest } = message;
      return rest;
    });
    const has_more = end < wanted.length;
    return { ok: true, messages, has_more, ...(has_more ? { response_metadata: { next_cursor: btoa(String(end)) } } : {}) };
  }

  function handle({ method: verb, path, query, headers, body }: FakeRequest): Response {
    const method = path.slice(1);
    const prepared = canned.get(method);
    canned.delete(method);
    if (prepared !== undefined) return json(prepared);
    if (headers.get("authorization") !== `Bearer ${token}`) return json(no(headers.has("authorization") ? "invalid_auth" : "not_authed"));
    if (fake.forbidden.has(method)) return json({ ...no("missing_scope"), needed: "channels:history", provided: "chat:write" });
    const told = { "x-oauth-scopes": fake.scopes, date: new Date(now()).toUTCString() };
    return json(call(method, verb === "GET" ? Object.fromEntries(query) : (body ?? {})), 200, told);
  }

  const fake: FakeSlack = {
    fetch: fakeFetch("/api", faults, requests, handle),
    channels: world,
    writes,
    requests,
    people,
    whispers,
    forbidden: new Set(),
    scopes: "chat:write,channels:history,users:read,users:read.email,im:write",
    hidesMetadata: false,
    answerNext: (method, body) => canned.set(method, body),
    say: (channel, text, more = {}) => {
      const ts = nextTs();
      world.get(channel)?.messages.push({ type: "message", ts, text, ...more });
      return ts;
    },
    fault: (kind, when, matches) => faults.add(kind, when, matches),
    snapshot: () => structuredClone(world),
  };
  return fake;
}

const no = (error: string) => ({ ok: false, error });

/** Slack gives a block without an id one. */
const named = (blocks: object[]): unknown[] => blocks.map((block, index) => ({ block_id: `b${index}`, ...block }));

/** Slack stores an address in a text as a link. */
const linked = (text: string): string => text.replace(/https?:\/\/[^\s<>|]+/g, "<$&>");
