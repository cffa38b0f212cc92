// The Bot Connector's API as far as Teams serves it: send, replace and delete an activity, ask for members. It reads no activity back, so that nobody can look up whether
// a message was sent. Failures are read into our codes here. It knows no workflow and no approval.
import * as z from "zod";
import { InterlockError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import type { Auth } from "./auth.ts";
import { formOf, readCredential } from "./credential.ts";
import type { Http, HttpAnswer, Refusal } from "./define.ts";
import { CHANNEL } from "./escalation.ts";
import { promised } from "./http.ts";

// ---- the credential ----

const AUTHORITY = "https://login.microsoftonline.com";
const SCOPE = "https://api.botframework.com/.default";

const Credential = z.strictObject({
  /** The directory (tenant) that the bot is registered in. */
  tenant: z.string().regex(/^[A-Za-z0-9.-]{1,100}$/, "the directory (tenant) id"),
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
  /** Where tokens are given, in another cloud than the public one. */
  authority: z.url().default(AUTHORITY),
});

export const teamsCredentials = [
  '{"tenant": "the directory (tenant) id", "clientId": "the bot\'s application id", "clientSecret": "…"}',
] as const;

const TokenAnswer = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive() });

export function teamsAuth(secret: string): Auth {
  const { tenant, clientId, clientSecret, authority } = readCredential("Microsoft Teams", Credential, teamsCredentials, secret);
  const form = { grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret, scope: SCOPE };
  return {
    kind: "token",
    request: () => ({
      base: authority,
      method: "POST",
      path: `/${tenant}/oauth2/v2.0/token`,
      content: formOf(form),
    }),
    read: ({ json }, now) => {
      const { access_token, expires_in } = promised(TokenAnswer, json, "one of the token endpoint's");
      return { value: access_token, expiresAt: now + expires_in * 1_000 };
    },
  };
}

// ---- failures ----

const ErrorBody = z.object({
  error: z.object({ code: z.string().default(""), message: z.string().default("") }).optional(),
  message: z.string().optional(),
});

/** What says that this conversation takes nothing from this bot, and that another one might. */
const CLOSED = [
  "BotNotInConversationRoster",
  "ConversationNotFound",
  "ConversationBlockedByUser",
  "BotDisabledByAdmin",
  "ForbiddenOperationException",
];

/** Teams does not say how long: its narrowest windows are one and two seconds. */
const PAUSE_MS = 2_000;

export function teamsRefusal({ status, json, headers }: HttpAnswer): Refusal | null {
  if (status >= 200 && status <= 299) return null;
  const { error, message } = ErrorBody.safeParse(json).data ?? {};
  const trace = headers.get("ms-cv");
  const said = [error?.code, error?.message ?? message].filter(Boolean).join(": ");
  const words = said === "" ? {} : { message: `${said}${trace === null ? "" : ` (ms-cv ${trace})`}` };
  if (error && CLOSED.includes(error.code)) return { ...words, code: "connector.rejected", field: CHANNEL };
  if (status === 429)
    return { ...words, code: "connector.rate_limited", ...(headers.has("retry-after") ? {} : { retryAfterMs: PAUSE_MS }) };
  return said === "" ? null : words;
}

// ---- activities ----

export const Activity = z.object({ id: z.string().min(1) });
const Conversation = z.object({ id: z.string().min(1), activityId: z.string().optional() });

export interface Sent {
  readonly conversation: string;
  readonly activity: string;
}

const pathOf = (...parts: readonly string[]): string => `/v3/conversations${parts.map((part) => `/${encodeURIComponent(part)}`).join("")}`;

/** A root message in a channel; the thread that it begins has its own id. */
export async function beginThread(channel: string, activity: JsonObject, http: Http): Promise<Sent> {
  const body = { isGroup: true, channelData: { channel: { id: channel } }, activity };
  const { json } = await http.send({ method: "POST", path: pathOf(), body });
  const { id, activityId } = promised(Conversation, json, "a conversation");
  const root = activityId ?? /;messageid=(\d+)$/.exec(id)?.[1];
  if (!root) throw new InterlockError("connector.answer_invalid", "Microsoft Teams: the answer does not name the message that was posted");
  return { conversation: id, activity: root };
}

export async function sendActivity(conversation: string, activity: JsonObject, http: Http): Promise<Sent> {
  const { json } = await http.send({ method: "POST", path: `${pathOf(conversation)}/activities`, body: activity });
  return { conversation, activity: promised(Activity, json, "an activity's id").id };
}

export async function replaceActivity({ conversation, activity: id }: Sent, activity: JsonObject, http: Http): Promise<void> {
  const { json } = await http.send({
    method: "PUT",
    path: `${pathOf(conversation)}/activities/${encodeURIComponent(id)}`,
    body: { ...activity, id },
  });
  promised(Activity, json, "an activity's id");
}

export async function deleteActivity({ conversation, activity }: Sent, http: Http): Promise<void> {
  await http.send({ method: "DELETE", path: `${pathOf(conversation)}/activities/${encodeURIComponent(activity)}` });
}

/** The chat of the bot with one person: the same one each time. */
export async function openChat(user: string, tenant: string, http: Http): Promise<string> {
  const body = { isGroup: false, members: [{ id: user }], tenantId: tenant, channelData: { tenant: { id: tenant } } };
  const { json } = await http.send({ method: "POST", path: pathOf(), body });
  return promised(Conversation, json, "a conversation").id;
}

// ---- members ----

/** Teams' own members have more than the Connector's schema names. */
export const Member = z
  .object({
    id: z.string(),
    name: z.string().nullish(),
    email: z.string().nullish(),
    userPrincipalName: z.string().nullish(),
    tenantId: z.string().nullish(),
    userRole: z.string().nullish(),
    aadObjectId: z.string().nullish(),
    /** The same, in answers about one member. */
    objectId: z.string().nullish(),
  })
  .transform(({ objectId, ...member }) => ({ ...member, aadObjectId: member.aadObjectId ?? objectId ?? null }));
export type Member = z.infer<typeof Member>;

const Page = z.object({ members: z.array(Member), continuationToken: z.string().nullish() });

/** docs: smaller than 50 is taken for 50, larger than 500 for 500. */
const PAGE_SIZE = 500;

/** A roster belongs to the channel and not to one of its threads. */
export const channelOf = (conversation: string): string => conversation.replace(/;messageid=.*$/, "");

export async function memberPage(conversation: string, from: string | undefined, http: Http) {
  const query = new URLSearchParams({ pageSize: String(PAGE_SIZE), ...(from === undefined ? {} : { continuationToken: from }) });
  const { json } = await http.send({ method: "GET", path: `${pathOf(channelOf(conversation))}/pagedmembers?${query}` });
  const { members, continuationToken } = promised(Page, json, "a page of members");
  return { members, next: continuationToken || null };
}

export async function readMember(conversation: string, user: string, http: Http): Promise<Member> {
  const { json } = await http.send({ method: "GET", path: `${pathOf(channelOf(conversation))}/members/${encodeURIComponent(user)}` });
  return promised(Member, json, "a member");
}
