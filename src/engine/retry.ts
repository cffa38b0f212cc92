// When to try again, and when to stop. Pure: the tries so far, a random number and the author's policy in, a time or an end out. Exponential backoff with full
// jitter (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/), or the time the other side named.
// It must not know what is tried: whether an end may be told to the author is for the step's runner to say.
import * as z from "zod";
import { errorFacts, type Failure, InterlockError } from "../core/errors.ts";
import type { RetryPolicy } from "./define.ts";
import type { StepEntry } from "./journal.ts";

/** First pause at most half a second, doubling to five minutes: with full jitter about twenty minutes of trying, three quarters of an hour at most, before a person is asked. */
const BASE_MS = 500;
const CAP_MS = 300_000;
export const MAX_ATTEMPTS = 18;
/** A try is an entry of the journal, and ten steps that use all theirs fill one (JOURNAL_LIMIT in lifecycle.ts). */
const MOST_ATTEMPTS = 1_000;
/** A run that waits longer than a month for one step is stuck, and nobody remembers why. */
const LONGEST_MS = 31 * 86_400_000;

const pause = z.int().min(1).max(LONGEST_MS);
const Policy = z.strictObject({
  attempts: z.int().min(1).max(MOST_ATTEMPTS).optional(),
  baseMs: pause.optional(),
  capMs: pause.optional(),
  withinMs: pause.optional(),
});

/** A policy with nothing left open. */
export interface Patience {
  readonly attempts: number;
  readonly baseMs: number;
  readonly capMs: number;
  readonly withinMs: number;
  /** The author gave one, of whatever content. */
  readonly given: boolean;
  /** The author said when to stop, and so is told that it has come to that; otherwise an operator is asked. */
  readonly endsWithAuthor: boolean;
}

export const ENGINE_PATIENCE: Patience = {
  attempts: MAX_ATTEMPTS,
  baseMs: BASE_MS,
  capMs: CAP_MS,
  withinMs: Number.POSITIVE_INFINITY,
  given: false,
  endsWithAuthor: false,
};

/** Throws for a policy that cannot be meant. */
export function patienceOf(step: string, policy: RetryPolicy | undefined): Patience {
  if (policy === undefined) return ENGINE_PATIENCE;
  const parsed = Policy.safeParse(policy);
  const issue = parsed.success ? undefined : parsed.error.issues[0];
  if (issue) throw refused(step, [...issue.path, ...("keys" in issue ? (issue.keys as string[]).slice(0, 1) : [])], issue.message);
  const { attempts, withinMs, baseMs = BASE_MS, capMs = Math.max(CAP_MS, baseMs) } = policy;
  if (capMs < baseMs) throw refused(step, ["capMs"], `${capMs} is less than baseMs, ${baseMs}`);
  return {
    // Who says only how long, means all of that time.
    attempts: attempts ?? (withinMs === undefined ? MAX_ATTEMPTS : MOST_ATTEMPTS),
    baseMs,
    capMs,
    withinMs: withinMs ?? Number.POSITIVE_INFINITY,
    given: true,
    endsWithAuthor: attempts !== undefined || withinMs !== undefined,
  };
}

function refused(step: string, path: readonly PropertyKey[], why: string): InterlockError {
  const field = ["retry", ...path].join(".");
  return new InterlockError("workflow.retry_invalid", `The step "${step}": ${field}: ${why}`, { field });
}

/** How many tries of the engine's own patience a step has behind it. */
export const attemptsOf = (entries: readonly StepEntry[]): number =>
  Math.min(entries.filter((entry) => entry.type === "attempt.failed" && isTry(entry.error)).length, MAX_ATTEMPTS);

export const computeBackoff = (
  attempt: number,
  random: number,
  { baseMs, capMs }: Pick<Patience, "baseMs" | "capMs"> = ENGINE_PATIENCE,
): number => Math.ceil(random * Math.min(capMs, baseMs * 2 ** Math.min(attempt - 1, 30)));

/** What we held back ourselves was not tried: under load a call may have to wait for its turn more often than patience has tries. */
const isTry = ({ code }: Pick<Failure, "code">): boolean => code !== "connector.held_back";

export type RetryDecision =
  | { readonly kind: "retry"; readonly at: number }
  | { readonly kind: "operator" }
  | { readonly kind: "give_up" }
  /** The author's policy has come to its end. */
  | { readonly kind: "exhausted" };

export interface RetryTerms {
  readonly patience: Patience;
  /** When the first try began, epoch milliseconds. */
  readonly began: number;
  /** Tried again although the error's row says never: the author's own code under a policy, a send whose outcome has to be found out. */
  readonly repeats?: boolean;
}

/** `attempt` counts from 1 and is the one that just failed; `random` is in [0, 1). */
export function decideRetry(error: Failure, attempt: number, now: number, random: number, terms?: RetryTerms): RetryDecision {
  const { patience, began, repeats = false } = terms ?? { patience: ENGINE_PATIENCE, began: now };
  const { retry } = errorFacts(error.code);
  if (retry === "operator") return { kind: "operator" };
  if ((retry === "never" && !repeats) || retry === "signal") return { kind: "give_up" };
  const end = patience.endsWithAuthor ? "exhausted" : "operator";
  if (isTry(error) && attempt >= patience.attempts) return { kind: end };
  const at = now + Math.max(computeBackoff(attempt, random, patience), retry === "after" ? (error.retryAfterMs ?? 0) : 0);
  return at > began + patience.withinMs ? { kind: end } : { kind: "retry", at };
}

type During = Extract<StepEntry, { type: "attempt.failed" }>["during"];

/** The tries that a step has behind it. */
export interface Tries {
  readonly failed: number;
  /** When the first began; null where none failed since a person last spoke: their time is not the tries' time. */
  readonly began: number | null;
  /** Why the last failed; null where a person has spoken since: the next try is theirs, whatever the policy says. */
  readonly last: Failure | null;
  readonly final: boolean;
}

export function foldTries(entries: readonly (StepEntry & { readonly at: number })[], during: readonly During[]): Tries {
  let failed = 0;
  let began: number | null = null;
  let last: Failure | null = null;
  let final = false;
  for (const entry of entries) {
    if (entry.type === "operator.resolved" || entry.type === "approval.decided") {
      began = null;
      last = null;
      final = false;
    }
    if (entry.type !== "attempt.failed" || !during.includes(entry.during)) continue;
    if (isTry(entry.error)) failed++;
    began ??= entry.began ?? entry.at;
    last = entry.error;
    final = entry.final ?? false;
  }
  return { failed, began, last, final };
}

/** The policy's end as it is found before a try: the last one failed, and another may not begin. Null: it may. */
export function spentOn(
  { failed, began, last, final }: Tries,
  { attempts, withinMs, endsWithAuthor }: Patience,
  now: number,
): Failure | null {
  if (!endsWithAuthor || !last) return null;
  return final || failed >= attempts || now > (began ?? now) + withinMs ? last : null;
}

/** What the author is told: their policy's end, with the last error inside. */
export const exhaustion = (step: string, tries: number, { code, message }: Failure): Failure => ({
  code: "step.exhausted",
  message: `"${step}" was tried ${tries === 1 ? "once" : `${tries} times`} and failed, the last time with ${code}: ${message}`,
  cause: { code, message },
});
