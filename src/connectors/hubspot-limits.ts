// What HubSpot lets an app do, how much of it is left, and what its refusals mean. Pure: answers in, numbers and codes out.
import * as z from "zod";
import type { Budget, Usage } from "./budget.ts";
import type { HttpAnswer, Refusal } from "./define.ts";
import { retryAfterMs } from "./http.ts";

/** docs: 100 requests in ten seconds for an app of a free or Starter account; 190 and 250 above it, as the answers' headers then say. */
const LOWEST_BURST = 100;
const WINDOW_MS = 10_000;

/**
 * A rolling window written as a bucket: a fifth of it at once and the rest spread out, so that no ten seconds hold more than the window allows, wherever they begin.
 * Other apps of the account have windows of their own.
 */
function bucketFor(max: number, windowMs: number): Budget {
  const capacity = Math.max(1, Math.floor(max / 5));
  return { capacity, perSecond: Math.max(1, max - capacity) / (windowMs / 1_000) };
}

export const hubspotBudget: Budget = bucketFor(LOWEST_BURST, WINDOW_MS);

/**
 * Searches have a limit of their own, four or five a second for the whole account, of which no header tells: two at once and two more in each second are at most four in
 * any one, and leave something to the account's other apps.
 */
export const SEARCHES = "searches";
export const hubspotSearches: Budget = { capacity: 2, perSecond: 2 };

/** Of the day's calls. Below the first, the day's count is no news; reads end before writes. */
const WORTH_TELLING = 0.8;
const READS_UP_TO = 0.9;
const LOOK_AGAIN_MS = 15 * 60_000;

const numberIn = ({ headers }: HttpAnswer, name: string): number | null => {
  const text = headers.get(`x-hubspot-ratelimit-${name}`);
  return text !== null && /^\d+$/.test(text) ? Number(text) : null;
};

/** Used and allowed calls of the day; null where the answer does not say (OAuth apps, searches). */
export function dailyUse(answer: HttpAnswer): { readonly used: number; readonly limit: number } | null {
  const limit = numberIn(answer, "daily");
  const left = numberIn(answer, "daily-remaining");
  return limit === null || left === null || limit === 0 ? null : { used: Math.max(0, limit - left), limit };
}

export function hubspotUsage(answer: HttpAnswer): Usage | null {
  const daily = dailyUse(answer);
  if (daily && daily.used >= daily.limit * WORTH_TELLING)
    return { kind: "quota", ...daily, readsUpTo: READS_UP_TO, writesUpTo: 1, lookAgainMs: LOOK_AGAIN_MS };
  const max = numberIn(answer, "max");
  const remaining = numberIn(answer, "remaining");
  if (max === null || remaining === null || max === 0) return null;
  const bucket = bucketFor(max, numberIn(answer, "interval-milliseconds") || WINDOW_MS);
  return { kind: "bucket", ...bucket, left: Math.min(bucket.capacity, remaining) };
}

const Problem = z.object({
  message: z.string().optional(),
  in: z.string().optional(),
  code: z.string().optional(),
  context: z.record(z.string(), z.array(z.string())).optional(),
});

/** https://developers.hubspot.com/docs/api-reference/error-handling */
const ErrorBody = z.object({
  status: z.string().optional(),
  message: z.string().optional(),
  correlationId: z.string().optional(),
  category: z.string().optional(),
  policyName: z.string().optional(),
  errors: z.array(Problem).optional(),
});
type ErrorBody = z.infer<typeof ErrorBody>;

/** Some of a batch went wrong, the rest is done. What is not there any more is simply missing from the results. */
const PartlyDone = z.object({
  errors: z.array(ErrorBody.extend({ context: z.record(z.string(), z.array(z.string())).optional() })),
});

/** The account's own midnight ends it, and no answer tells its time zone: it is asked again every hour. */
const DAY_SPENT_MS = 60 * 60_000;
const SECOND_MS = 1_000;
/** docs, 423: wait at least two seconds between requests. */
const LOCKED_MS = 2_000;

export function hubspotRefusal(answer: HttpAnswer, now: number): Refusal | null {
  if (answer.status === 207) return partly(answer);
  if (answer.status <= 299) return null;
  const read = ErrorBody.safeParse(answer.json);
  const body: ErrorBody = read.success ? read.data : {};
  const message = worded(body);
  const said = message === "" ? {} : { message };
  const asked = retryAfterMs(answer.headers.get("retry-after"), now);
  switch (answer.status) {
    case 429:
      return { ...said, code: "connector.rate_limited", retryAfterMs: asked ?? pauseFor(body, answer) };
    case 423:
      return { ...said, code: "connector.rate_limited", retryAfterMs: asked ?? LOCKED_MS };
    // The account is being moved; Retry-After says for how long, and nothing was done.
    case 477:
      return {
        ...said,
        code: "connector.rate_limited",
        retryAfterMs: asked ?? DAY_SPENT_MS,
      };
    case 400:
      return { ...said, ...(/CONFLICTING_UNIQUE_VALUE/.test(answer.text) ? { code: "connector.conflict" } : {}), ...fieldOf(body) };
    default:
      return said;
  }
}

/** No Retry-After is documented for these; one that a proxy adds is heard all the same. */
function pauseFor({ policyName }: ErrorBody, answer: HttpAnswer): number {
  if (policyName === "DAILY") return DAY_SPENT_MS;
  if (policyName === "SECONDLY") return SECOND_MS;
  return numberIn(answer, "interval-milliseconds") || WINDOW_MS;
}

function partly({ json }: HttpAnswer): Refusal | null {
  const read = PartlyDone.safeParse(json);
  const failed = read.success ? read.data.errors.find(({ category }) => category !== "OBJECT_NOT_FOUND") : undefined;
  if (!failed) return null;
  const trace = failed.context?.objectWriteTraceId;
  return { code: "connector.rejected", message: `${worded(failed)}${trace ? ` (input ${trace.join(", ")})` : ""}` };
}

/** The vendor's words, what it asks for (scopes), and the two names by which its support finds the request. */
function worded({ message, category, correlationId, policyName, errors = [] }: ErrorBody): string {
  const scopes = errors.flatMap(({ context }) => context?.requiredScopes ?? []);
  const details = errors.flatMap(({ message: detail }) => (detail && detail !== message ? [detail] : []));
  const names = [policyName ?? category, correlationId && `correlation id ${correlationId}`].filter(Boolean);
  const said = [
    message,
    ...new Set(details),
    ...(scopes.length > 0 ? [`it needs the scope ${[...new Set(scopes)].join(" or ")}`] : []),
  ].filter(Boolean);
  return said.length === 0 ? "" : `${said.join("; ")}${names.length > 0 ? ` (${names.join(", ")})` : ""}`;
}

/** The property's name: in the list of errors, or in the JSON that the message quotes. */
function fieldOf({ message, errors = [] }: ErrorBody): { field?: string } {
  const listed = errors.map((one) => one.context?.propertyName?.[0] ?? one.in).find((name) => name !== undefined);
  const field = listed ?? /"name":"([A-Za-z0-9_]+)"/.exec(message ?? "")?.[1];
  return field === undefined ? {} : { field };
}
