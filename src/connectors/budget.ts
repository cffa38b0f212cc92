// What a system lets all callers of one account do together, and what is left of it. Pure: a state, what is asked or told, and the time in; a state and an answer out.
// The connection's object keeps the state, so that the callers of all partitions share it; they lease calls in bulk, so that not each call costs a question.
// It must not know what is called. A bucket refills (calls a second, Shopify's points); a quota is a number for a day, of which background reads may take only a part.

/** What a connector declares. */
export interface Budget {
  /** Units that may be spent at once, and how many come back in a second. A leaky bucket, or a rate limit's window written as one. */
  readonly capacity: number;
  readonly perSecond: number;
}

/** What an answer tells of the system's own count. */
export type Usage =
  /** Left now, of how many, and how many come back in a second. */
  | { readonly kind: "bucket"; readonly left: number; readonly capacity: number; readonly perSecond: number }
  /** A number for a longer time. Reads stop at `readsUpTo` of it and writes at `writesUpTo` (shares), so that what matters most goes on longest. */
  | {
      readonly kind: "quota";
      readonly used: number;
      readonly limit: number;
      readonly readsUpTo: number;
      readonly writesUpTo: number;
      /** Milliseconds until it is worth asking again. */
      readonly lookAgainMs: number;
    };

export interface BudgetState {
  /** Null where nothing is declared and nothing was told. */
  readonly bucket: { readonly left: number; readonly at: number; readonly capacity: number; readonly perSecond: number } | null;
  readonly quota: (Extract<Usage, { kind: "quota" }> & { readonly at: number }) | null;
  /** Nothing leaves before: the system said so to one caller, and means all. */
  readonly pausedUntil: number;
  /** What comes back until then is meant for callers that were told to wait: each is told a time of its own, or all would come again at once, and all but one in vain. */
  readonly promisedUntil: number;
}

export const UNSPENT: BudgetState = { bucket: null, quota: null, pausedUntil: 0, promisedUntil: 0 };

export interface Ask {
  readonly units: number;
  readonly effect: "read" | "write";
  /** Of the budget that is counted apart under this name; of the common one without. */
  readonly countedAs?: string;
}

/** `units` may be spent within `LEASE_MS`; or nothing, and when to ask again. */
export type Lease =
  | { readonly kind: "leased"; readonly units: number }
  | { readonly kind: "wait"; readonly ms: number; readonly because: string };

/** Milliseconds. What was leased and not spent by then is spent anyway, so it is short; long enough for the calls of one pass. */
export const LEASE_MS = 2_000;

/** A lease is at most this share of the bucket: with 16 partitions, one must not empty it for the others. */
const LARGEST_SHARE = 0.25;

/** Nobody is sent further back: what others were promised may never be fetched, or the bucket may turn out larger. As long as the engine's own longest pause. */
const LONGEST_LINE_MS = 300_000;

export function decideLease(
  state: BudgetState,
  declared: Budget | null,
  ask: Ask,
  now: number,
): { readonly state: BudgetState; readonly lease: Lease } {
  const wait = (ms: number, because: string) => ({ state, lease: { kind: "wait" as const, ms: Math.max(1, Math.ceil(ms)), because } });
  if (now < state.pausedUntil) return wait(state.pausedUntil - now, "it asked to wait");
  const { quota } = state;
  if (quota && now < quota.at + quota.lookAgainMs) {
    const share = ask.effect === "read" ? quota.readsUpTo : quota.writesUpTo;
    if (quota.used >= quota.limit * share)
      return wait(
        quota.at + quota.lookAgainMs - now,
        `${quota.used} of its ${quota.limit} calls are spent, and ${ask.effect === "read" ? "reads" : "writes"} stop at ${Math.round(share * 100)} %`,
      );
  }
  const bucket = refilled(state, declared, now);
  if (!bucket) return { state, lease: { kind: "leased", units: Number.MAX_SAFE_INTEGER } };
  // A call that costs more than all of it is let through by itself when it is full: the system decides on that.
  const needed = Math.min(ask.units, bucket.capacity);
  if (bucket.left < needed) {
    const inLine = state.promisedUntil > now;
    const [from, missing] = inLine ? [state.promisedUntil, needed] : [now, needed - bucket.left];
    const promisedUntil = Math.min(from + (missing / bucket.perSecond) * 1_000, now + LONGEST_LINE_MS);
    return { state: { ...state, promisedUntil }, lease: wait(promisedUntil - now, "its rate limit is spent").lease };
  }
  const units = Math.max(needed, Math.min(Math.floor(bucket.capacity * LARGEST_SHARE), Math.floor(bucket.left / 2)));
  return {
    state: { ...state, bucket: { ...bucket, left: bucket.left - units } },
    lease: { kind: "leased", units: Math.max(units, ask.units) },
  };
}

function refilled(state: BudgetState, declared: Budget | null, now: number): BudgetState["bucket"] {
  const { bucket } = state;
  if (!bucket) return declared && { left: declared.capacity, at: now, ...declared };
  const left = Math.min(bucket.capacity, bucket.left + (Math.max(0, now - bucket.at) / 1_000) * bucket.perSecond);
  return { ...bucket, left, at: now };
}

/** The system's own count corrects ours; where several answers come late, the lowest that is left counts. `leased`: units that callers hold and have not spent yet. */
export function noteUsage(state: BudgetState, declared: Budget | null, usage: Usage, now: number): BudgetState {
  if (usage.kind === "quota") return { ...state, quota: { ...usage, at: now } };
  const ours = refilled(state, declared, now);
  const { capacity, perSecond } = usage;
  const left = ours && ours.capacity === capacity ? Math.min(ours.left, usage.left) : usage.left;
  return { ...state, bucket: { left, at: now, capacity, perSecond } };
}

/** One caller was told to wait. */
export const notePause = (state: BudgetState, ms: number, now: number): BudgetState => ({
  ...state,
  pausedUntil: Math.max(state.pausedUntil, now + ms),
});
