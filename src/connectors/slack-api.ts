// A call to Slack's Web API: Slack says no with HTTP 200 and {ok: false, error}, so that every answer passes through `call` here; and text on its way into Slack's
// markup. It knows no method.
import * as z from "zod";
import { type ErrorCode, InterlockError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import type { Http, HttpRequest } from "./define.ts";
import { promised, retryAfterMs } from "./http.ts";

/** https://docs.slack.dev/reference/methods/chat.postMessage/#errors. Whatever is not listed is a refusal of this request as it is. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  ratelimited: "connector.rate_limited",
  rate_limited: "connector.rate_limited",
  invalid_auth: "connector.unauthorised",
  not_authed: "connector.unauthorised",
  token_revoked: "connector.unauthorised",
  token_expired: "connector.unauthorised",
  account_inactive: "connector.unauthorised",
  not_allowed_token_type: "connector.unauthorised",
  message_not_found: "connector.not_found",
  thread_not_found: "connector.not_found",
  // "Some aspect of the operation may have succeeded", say the docs of the first two.
  internal_error: "connector.unavailable",
  fatal_error: "connector.unavailable",
  service_unavailable: "connector.unavailable",
  team_added_to_org: "connector.unavailable",
};

const Refusal = z.object({
  ok: z.literal(false),
  error: z.string(),
  needed: z.string().optional(),
  response_metadata: z.object({ messages: z.array(z.string()).optional() }).optional(),
});

/** The failure in a 2xx answer, or null where it says ok. */
export function slackFailureIn(json: unknown): { code: ErrorCode; message: string } | null {
  if ((json as { ok?: unknown } | null)?.ok === true) return null;
  const { error, needed, response_metadata } = promised(Refusal, json, "one of Slack's API");
  const why = [needed && `the app needs the scope ${needed}`, ...(response_metadata?.messages ?? [])].filter(Boolean).join("; ");
  return { code: CODES[error] ?? "connector.rejected", message: `Slack: ${error}${why && ` (${why})`}`.slice(0, 500) };
}

async function call<T>(http: Http, request: HttpRequest, answer: z.ZodType<T>): Promise<T> {
  const { json, headers } = await http.send(request);
  const failure = slackFailureIn(json);
  if (failure) throw new InterlockError(failure.code, failure.message, { retryAfterMs: retryAfterMs(headers.get("retry-after"), 0) });
  return promised(answer, json, "one of Slack's API");
}

export const post = <T>(http: Http, method: string, body: JsonObject, answer: z.ZodType<T>): Promise<T> =>
  call(http, { method: "POST", path: `/api/${method}`, body }, answer);

export const read = <T>(http: Http, method: string, query: Readonly<Record<string, string>>, answer: z.ZodType<T>): Promise<T> =>
  call(http, { method: "GET", path: `/api/${method}?${new URLSearchParams(query)}` }, answer);

/** The three characters that Slack gives a meaning (https://docs.slack.dev/messaging/formatting-message-text/#escaping). */
export const escapeText = (text: string): string => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
