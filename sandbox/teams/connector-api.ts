// The Bot Connector's API and the token endpoint beside it, as Teams answers: a bearer token or 401, seven requests a second in one conversation or 429 without a
// Retry-After, 403 where the bot is not in the conversation, 201 with an id for what was sent. There is no way to read a message.
import { type Context, Hono } from "hono";
import type { DoorWords, StandInWorld, Table } from "../stand-in.ts";
import { APP_ID, type Channel, CLIENT_SECRET, type Person, SERVICE_URL, TENANT } from "./directory.ts";
import type { Keys } from "./keys.ts";

export interface Activity {
  readonly id: string;
  readonly conversation: string;
  readonly body: Record<string, unknown>;
  edited?: number;
}

/** What control routes change. */
export interface TeamsState {
  token: string;
  /** Requests a second in one conversation. */
  perSecond: number;
}

export interface Tables {
  readonly state: Table<TeamsState>;
  readonly channels: Table<Channel>;
  readonly people: Table<Person>;
  readonly activities: Table<Activity>;
}

const HOUR_S = 3_599;
const LONGEST = 40_000;

export const activityKey = (conversation: string, id: string): string => `${conversation} ${id}`;

/** A thread's members are its channel's, and a chat has its own id. */
export const channelIdOf = (conversation: string): string => conversation.replace(/;messageid=.*$/, "");

export function connectorApi({ now, applied }: StandInWorld, tables: Tables, keys: Keys) {
  const { state, channels, people, activities } = tables;
  const seconds = new Map<string, { at: number; used: number }>();
  let last = 0;
  /** Milliseconds, never twice the same. */
  const nextId = (): string => {
    last = Math.max(now(), last + 1);
    return String(last);
  };
  const held = (): TeamsState => state.get("one") ?? { token: "stand-in-token", perSecond: 7 };

  function busy(conversation: string): boolean {
    const at = Math.floor(now() / 1_000);
    const window = seconds.get(conversation);
    const used = window?.at === at ? window.used + 1 : 1;
    seconds.set(conversation, { at, used });
    return used > held().perSecond;
  }

  /** What stands before a conversation; null where nothing does. */
  function refusal(c: Context, conversation: string): Response | null {
    const channel = channels.get(channelIdOf(conversation));
    const isChat = conversation.startsWith("a:") && people.get(conversation.slice(2)) !== undefined;
    if (!channel && !isChat) return c.json(error("ConversationNotFound", "Conversation not found."), 404);
    if (channel?.closed)
      return c.json(error("BotNotInConversationRoster", "The bot is not part of the conversation roster."), 403, { "ms-cv": "sandbox.1" });
    return busy(conversation) ? c.json(THROTTLED, 429) : null;
  }

  function save(conversation: string, id: string, body: Record<string, unknown>, what: string): void {
    activities.put(activityKey(conversation, id), { id, conversation, body });
    applied(what);
  }

  const api = new Hono();
  api.post("/:tenant/oauth2/v2.0/token", async (c) => {
    const form = new URLSearchParams(await c.req.text());
    const known = c.req.param("tenant") === TENANT && form.get("client_id") === APP_ID && form.get("client_secret") === CLIENT_SECRET;
    if (!known) return c.json({ error: "invalid_client", error_description: "AADSTS7000215: Invalid client secret provided." }, 401);
    if (form.get("grant_type") !== "client_credentials" || form.get("scope") !== "https://api.botframework.com/.default")
      return c.json({ error: "invalid_scope", error_description: "AADSTS1002012: The provided value for scope is not valid." }, 400);
    return c.json({ token_type: "Bearer", expires_in: HOUR_S, ext_expires_in: HOUR_S, access_token: held().token });
  });
  api.get("/v1/.well-known/openidconfiguration", (c) =>
    c.json({
      issuer: "https://api.botframework.com",
      jwks_uri: c.req.url.replace(/openidconfiguration$/, "keys"),
      id_token_signing_alg_values_supported: ["RS256"],
    }),
  );
  api.get("/v1/.well-known/keys", async (c) => c.json(await keys.published()));

  api.use("/v3/*", async (c, next) => {
    c.header("date", new Date(now()).toUTCString());
    if (c.req.header("authorization") === `Bearer ${held().token}`) return next();
    return c.json(DENIED, 401);
  });
  api.post("/v3/conversations", async (c) => {
    const { members, channelData, activity } = (await c.req.json()) as {
      members?: { id: string }[];
      channelData?: { channel?: { id?: string } };
      activity?: Record<string, unknown>;
    };
    const channel = channelData?.channel?.id;
    if (channel === undefined) {
      const user = people.get(members?.[0]?.id ?? "");
      if (!user) return c.json(error("BadArgument", "No such member"), 400);
      return c.json({ id: `a:${user.id}`, serviceUrl: SERVICE_URL }, 201);
    }
    const stops = refusal(c, channel);
    if (stops) return stops;
    const wrong = activityProblem(activity);
    if (!activity || wrong)
      return c.json(error(wrong ?? "BadArgument", "The activity cannot be sent"), wrong === "MessageSizeTooBig" ? 413 : 400);
    const id = nextId();
    const conversation = `${channel};messageid=${id}`;
    save(conversation, id, activity, "conversation");
    return c.json({ id: conversation, activityId: id, serviceUrl: SERVICE_URL }, 201);
  });
  api.post("/v3/conversations/:conversation/activities", async (c) => {
    const { conversation } = c.req.param();
    const stops = refusal(c, conversation);
    if (stops) return stops;
    const activity = (await c.req.json()) as Record<string, unknown>;
    const wrong = activityProblem(activity);
    if (wrong) return c.json(error(wrong, "The activity cannot be sent"), wrong === "MessageSizeTooBig" ? 413 : 400);
    const id = nextId();
    save(conversation, id, activity, "activity");
    return c.json({ id }, 201);
  });
  api.put("/v3/conversations/:conversation/activities/:id", async (c) => {
    const { conversation, id } = c.req.param();
    const stops = refusal(c, conversation);
    if (stops) return stops;
    if (!activities.get(activityKey(conversation, id))) return c.json(error("ActivityNotFoundInConversation", "Activity not found."), 404);
    const activity = (await c.req.json()) as Record<string, unknown>;
    const wrong = activityProblem(activity);
    if (wrong) return c.json(error(wrong, "The activity cannot be sent"), wrong === "MessageSizeTooBig" ? 413 : 400);
    const { id: _, ...body } = activity;
    activities.put(activityKey(conversation, id), { id, conversation, body, edited: now() });
    applied("activity update");
    return c.json({ id });
  });
  api.delete("/v3/conversations/:conversation/activities/:id", (c) => {
    const { conversation, id } = c.req.param();
    const stops = refusal(c, conversation);
    if (stops) return stops;
    if (!activities.get(activityKey(conversation, id))) return c.json(error("ActivityNotFoundInConversation", "Activity not found."), 404);
    activities.delete(activityKey(conversation, id));
    applied("activity delete");
    return c.body(null, 200);
  });
  api.get("/v3/conversations/:conversation/pagedmembers", (c) => {
    const { conversation } = c.req.param();
    const stops = refusal(c, conversation);
    if (stops) return stops;
    const all = people.all();
    const size = Math.min(500, Math.max(50, Number(c.req.query("pageSize") ?? 200)));
    const start = Number(c.req.query("continuationToken") ?? 0);
    const more = start + size < all.length;
    return c.json({ members: all.slice(start, start + size), ...(more ? { continuationToken: String(start + size) } : {}) });
  });
  api.get("/v3/conversations/:conversation/members/:id", (c) => {
    const { conversation, id } = c.req.param();
    const stops = refusal(c, conversation);
    if (stops) return stops;
    const found = people.get(id);
    if (!found) return c.json(error("MemberNotFoundInConversation", "Member not found."), 404);
    // Of one member Teams calls the directory's id by its older name.
    const { aadObjectId: objectId, ...rest } = found;
    return c.json({ ...rest, objectId });
  });
  return api;
}

const error = (code: string, message: string) => ({ error: { code, message } });
const DENIED = { message: "Authorization has been denied for this request." };
const THROTTLED = error("Throttled", "Too many requests");

/** A limit names no time. */
export const teamsWords: DoorWords = (status) => ({
  status,
  body: status === 401 ? DENIED : status === 429 ? THROTTLED : error("ServiceError", "An internal error occurred"),
});

function activityProblem(activity: Record<string, unknown> | undefined): string | null {
  if (activity?.type !== "message") return "BadSyntax";
  if (!activity.text && !(Array.isArray(activity.attachments) && activity.attachments.length > 0)) return "BadSyntax";
  return JSON.stringify(activity).length > LONGEST ? "MessageSizeTooBig" : null;
}
