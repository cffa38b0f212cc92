// When to try again. Pure: attempt number and random number in, a time out. Exponential backoff with full jitter
// (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), or the time the other side named.
import { errorFacts, type Failure } from "../core/errors.ts";

/** First pause at most half a second, doubling to five minutes: with full jitter about twenty minutes of trying, three quarters of an hour at most, before a person is asked. */
const BASE_MS = 500;
const CAP_MS = 300_000;
export const MAX_ATTEMPTS = 18;

export const computeBackoff = (attempt: number, random: number): number =>
  Math.ceil(random * Math.min(CAP_MS, BASE_MS * 2 ** Math.min(attempt - 1, 20)));

export type RetryDecision = { readonly kind: "retry"; readonly at: number } | { readonly kind: "operator" } | { readonly kind: "give_up" };

/** `attempt` counts from 1 and is the one that just failed; `random` is in [0, 1). */
export function decideRetry(error: Failure, attempt: number, now: number, random: number): RetryDecision {
  const { retry } = errorFacts(error.code);
  switch (retry) {
    case "never":
    case "signal":
      return { kind: "give_up" };
    case "operator":
      return { kind: "operator" };
    case "after":
    case "backoff":
      if (attempt >= MAX_ATTEMPTS) return { kind: "operator" };
      return { kind: "retry", at: now + Math.max(computeBackoff(attempt, random), retry === "after" ? (error.retryAfterMs ?? 0) : 0) };
  }
}
