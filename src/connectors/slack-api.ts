// A call to Slack's Web API, what its failures mean in our words, its two kinds of token, and text on its way into Slack's markup. It knows no method but the token's.
import * as z from "zod";
import { type ErrorCode, InterlockError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import { type Auth, bearer } from "./auth.ts";
import type { Http, HttpAnswer, HttpRequest, Refusal } from "./define.ts";
import { CHANNEL } from "./escalation.ts";
import { promised } from "./http.ts";
import { readJsonText } from "./payload.ts";

/** https://docs.slack.dev/reference/methods/chat.postMessage/#errors. Whatever is not listed is a refusal of this request as it is. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  ratelimited: "connector.rate_limited",
  rate_limited: "connector.rate_limited",
  invalid_auth: "connector.unauthorised",
  not_authed: "connector.unauthorised",
  // Somebody has to give the app the scope; then the call is good.
  missing_scope: "connector.unauthorised",
  token_revoked: "connector.unauthorised",
  token_expired: "connector.unauthorised",
  account_inactive: "connector.unauthorised",
  not_allowed_token_type: "connector.unauthorised",
  message_not_found: "connector.not_found",
  thread_not_found: "connector.not_found",
  users_not_found: "connector.not_found",
  user_not_found: "connector.not_found",
  // "Some aspect of the operation may have succeeded", say the docs of the first two.
  internal_error: "connector.unavailable",
  fatal_error: "connector.unavailable",
  service_unavailable: "connector.unavailable",
  team_added_to_org: "connector.unavailable",
};

/** What a fallback channel helps against. */
const CLOSED = ["channel_not_found", "not_in_channel", "is_archived"];

const Failed = z.object({
  ok: z.literal(false),
  error: z.string(),
  needed: z.string().optional(),
  response_metadata: z.object({ messages: z.array(z.string()).optional() }).optional(),
});

/** Slack says no with HTTP 200 and {ok: false, error}, except where it limits. */
export function slackRefusal({ status, json }: HttpAnswer): Refusal | null {
  if ((json as { ok?: unknown } | null)?.ok === true) return null;
  const failed = Failed.safeParse(json);
  if (!failed.success) return status > 299 ? null : { code: "connector.answer_invalid", message: "the answer is none of Slack's API" };
  const { error, needed, response_metadata } = failed.data;
  const why = [needed && `the app needs the scope ${needed}`, ...(response_metadata?.messages ?? [])].filter(Boolean).join("; ");
  return {
    code: CODES[error] ?? "connector.rejected",
    message: `${error}${why && ` (${why})`}`,
    ...(CLOSED.includes(error) ? { field: CHANNEL } : {}),
  };
}

async function call<T>(http: Http, request: HttpRequest, answer: z.ZodType<T>): Promise<T> {
  return promised(answer, (await http.send(request)).json, "one of Slack's API");
}

/** `more.reads`: a method that changes nothing although it is posted to. */
export const post = <T>(
  http: Http,
  method: string,
  body: JsonObject,
  answer: z.ZodType<T>,
  more: Pick<HttpRequest, "reads"> = {},
): Promise<T> => call(http, { method: "POST", path: `/api/${method}`, body, ...more }, answer);

export const read = <T>(http: Http, method: string, query: Readonly<Record<string, string>>, answer: z.ZodType<T>): Promise<T> =>
  call(http, { method: "GET", path: `/api/${method}?${new URLSearchParams(query)}` }, answer);

/** The three characters that Slack gives a meaning (https://docs.slack.dev/messaging/formatting-message-text/#escaping). */
export const escapeText = (text: string): string => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

// ---- the credential ----

const Rotating = z.strictObject({ clientId: z.string().min(1), clientSecret: z.string().min(1), refreshToken: z.string().min(1) });
const TokenAnswer = z.union([
  z.object({ ok: z.literal(true), access_token: z.string().min(1), expires_in: z.number().positive(), refresh_token: z.string().min(1) }),
  Failed,
]);

/** A bot token that stays; or, where the app rotates its tokens, what the next one is asked for with: each refresh token works once. */
export function slackAuth(secret: string): Auth {
  if (!secret.trimStart().startsWith("{")) return bearer(secret);
  const text = readJsonText(secret);
  const read = Rotating.safeParse(text.ok ? text.value : null);
  if (!read.success) {
    const missing = read.error.issues[0]?.path.join(".") || "clientId, clientSecret and refreshToken";
    throw new InterlockError("connector.unauthorised", `Slack: a credential in JSON has ${missing}; see docs/connectors/slack.md`);
  }
  const { clientId, clientSecret, refreshToken } = read.data;
  return {
    kind: "token",
    request: ({ kept }) => {
      const form = { grant_type: "refresh_token", client_id: clientId, client_secret: clientSecret, refresh_token: kept ?? refreshToken };
      return {
        method: "POST",
        path: "/api/oauth.v2.access",
        content: { type: "application/x-www-form-urlencoded", text: new URLSearchParams(form).toString() },
      };
    },
    read: ({ json }, now) => {
      const answer = promised(TokenAnswer, json, "one of oauth.v2.access");
      if (!answer.ok) throw new InterlockError("connector.unauthorised", answer.error);
      return { value: answer.access_token, expiresAt: now + answer.expires_in * 1_000, refresh: answer.refresh_token };
    },
  };
}
