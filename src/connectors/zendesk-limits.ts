// How many of the account's calls are left, as each answer tells. Pure. Nothing is declared beforehand: plans differ by a factor of ten, and the first answer says which it is.
import type { Usage } from "./budget.ts";
import type { HttpAnswer } from "./define.ts";

const MINUTE_S = 60;

/** X-Rate-Limit of the account, or ratelimit-limit, which newer endpoints send in its place. */
export function callsLeft({ headers }: HttpAnswer): { readonly left: number; readonly total: number } | null {
  for (const [total, left] of [
    [headers.get("x-rate-limit"), headers.get("x-rate-limit-remaining")],
    [headers.get("ratelimit-limit"), headers.get("ratelimit-remaining")],
  ])
    if (total && left && /^\d+$/.test(total) && /^\d+$/.test(left) && Number(total) > 0)
      return { left: Number(left), total: Number(total) };
  return null;
}

/** A window of a minute written as a bucket: a fifth at once and the rest spread out, so that no minute holds more than it allows, wherever it begins. */
export function zendeskUsage(answer: HttpAnswer): Usage | null {
  const told = callsLeft(answer);
  if (!told) return null;
  const capacity = Math.max(1, Math.floor(told.total / 5));
  return { kind: "bucket", capacity, perSecond: Math.max(1, told.total - capacity) / MINUTE_S, left: Math.min(capacity, told.left) };
}
