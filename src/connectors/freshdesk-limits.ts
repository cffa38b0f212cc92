// What Freshdesk lets an account do, how much of it is left, and what its refusals mean. Pure: answers in, numbers and codes out.
// The webhooks of automation rules are paid from the same limit: a part of it is left to them, because one that is put off comes late, or after a day not at all.
import * as z from "zod";
import type { Budget, Usage } from "./budget.ts";
import type { HttpAnswer, Refusal } from "./define.ts";
import { retryAfterMs } from "./http.ts";

/** docs: calls a minute on the smallest plan that has an API (Growth); the answers of larger ones tell. */
const LOWEST = 200;
const MINUTE_MS = 60_000;

/** Older plans have 1,000 and more calls an hour, and no plan has as many a minute; the headers have the same name. */
const HOURLY_FROM = 1_000;

/** Of the limit, for the account's own webhooks. */
const LEFT_TO_WEBHOOKS = 0.2;

/** A window written as a bucket: a fifth at once and the rest spread out, so that no stretch of the window's length holds more than it allows. */
function bucketFor(total: number): Budget {
  const ours = Math.max(1, Math.floor(total * (1 - LEFT_TO_WEBHOOKS)));
  const seconds = (total >= HOURLY_FROM ? 60 * MINUTE_MS : MINUTE_MS) / 1_000;
  const capacity = Math.max(1, Math.floor(ours / 5));
  return { capacity, perSecond: Math.max(1, ours - capacity) / seconds };
}

export const freshdeskBudget: Budget = bucketFor(LOWEST);

/** What an answer tells; null where it tells nothing. */
export function callsLeft({ headers }: HttpAnswer): { readonly left: number; readonly total: number } | null {
  const [left, total] = ["x-ratelimit-remaining", "x-ratelimit-total"].map((name) => headers.get(name));
  if (!left || !total || !/^\d+$/.test(left) || !/^\d+$/.test(total) || Number(total) === 0) return null;
  return { left: Number(left), total: Number(total) };
}

export function freshdeskUsage(answer: HttpAnswer): Usage | null {
  const told = callsLeft(answer);
  if (!told) return null;
  const bucket = bucketFor(told.total);
  const ours = Math.max(0, Math.floor(told.left - told.total * LEFT_TO_WEBHOOKS));
  return { kind: "bucket", ...bucket, left: Math.min(bucket.capacity, ours) };
}

/** https://developers.freshdesk.com/api/#error */
const ErrorBody = z.object({
  description: z.string().optional(),
  message: z.string().optional(),
  code: z.string().optional(),
  errors: z.array(z.object({ field: z.string().optional(), message: z.string().optional(), code: z.string().optional() })).optional(),
});

export function freshdeskRefusal(answer: HttpAnswer, now: number): Refusal | null {
  const { status, headers, json } = answer;
  if (status <= 299) return null;
  const read = ErrorBody.safeParse(json);
  const { description, message, code, errors = [] } = read.success ? read.data : {};
  const problems = errors.map((one) => `${one.field ?? "the request"}: ${one.message ?? ""}${one.code ? ` (${one.code})` : ""}`);
  const said = [description, message && (code ? `${message} (${code})` : message), ...problems].filter(Boolean).join("; ");
  const request = headers.get("x-request-id");
  // A 404 has no body at all.
  const words = said || (status === 404 ? "there is no such record, or the agent may not see it" : "");
  const field = errors[0]?.field;
  return {
    ...(words === "" ? {} : { message: request ? `${words} (request ${request})` : words }),
    ...(field === undefined ? {} : { field }),
    // A failed call counts as well: without a time, a whole window is waited.
    ...(status === 429 ? { code: "connector.rate_limited", retryAfterMs: retryAfterMs(headers.get("retry-after"), now) ?? MINUTE_MS } : {}),
  };
}
