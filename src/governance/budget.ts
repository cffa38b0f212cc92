// The counting behind a budget for model calls. Pure: what was spent and one call's estimate in, whether there is room and what is to be kept now out. Whoever keeps
// it (an object per workflow) must let one call through at a time.
// A call reserves what it costs at most before it is made, and is settled with what it did cost. A reservation that is never settled stays spent: a crash, an answer
// that was lost or a cost that nobody knows must not open the budget. So there is no giving back but by settling.
// A day is one of UTC's clock, and a clock that goes back does not open it again. Sums are whole billionths of a dollar, so that they are exact.
import type { Budget } from "./spec.ts";
import { dayOf } from "./tally.ts";

/** Billionths of a dollar: the cheapest token of a price table costs five. */
const NANO = 1_000_000_000;
/** Nine million dollars: beyond it a sum would no longer be exact, and no budget is so large. */
const MOST = Number.MAX_SAFE_INTEGER;

/** Rounded up: what was spent is never less than what was counted. */
export const nanoOf = (usd: number): number => Math.min(MOST, Math.ceil(usd * NANO - 1e-6));
export const usdOf = (nano: number): number => nano / NANO;

/** What the calls of one day, or of one run, have cost or may yet. `at`: when the last of them was counted, epoch milliseconds. */
export interface Spent {
  readonly at: number;
  readonly nano: number;
}

export interface Reservation {
  readonly day: number;
  readonly run: string;
  readonly nano: number;
}

export interface Spending {
  readonly today: Spent | null;
  readonly run: Spent | null;
}

/** Which part of a budget has no room, with what was spent of it. */
export interface BudgetReached {
  readonly part: "usdPerDay" | "usdPerRun";
  readonly spentUsd: number;
  readonly limitUsd: number;
  readonly callUsd: number;
}

export type Reserve =
  | { readonly reserved: true; readonly today: Spent; readonly run: Spent; readonly own: Reservation }
  | { readonly reserved: false; readonly reached: BudgetReached };

export function decideReserve(
  kept: Spending,
  { run, usd }: { readonly run: string; readonly usd: number },
  budget: Budget,
  now: number,
): Reserve {
  const today = current(kept.today, now);
  const ofRun = kept.run ?? { at: now, nano: 0 };
  const nano = nanoOf(usd);
  for (const [part, { nano: spent }] of [
    ["usdPerDay", today],
    ["usdPerRun", ofRun],
  ] as const) {
    const limitUsd = budget[part];
    if (limitUsd !== undefined && spent + nano > nanoOf(limitUsd))
      return { reserved: false, reached: { part, spentUsd: usdOf(spent), limitUsd, callUsd: usd } };
  }
  return {
    reserved: true,
    today: { at: today.at, nano: today.nano + nano },
    run: { at: today.at, nano: ofRun.nano + nano },
    own: { day: dayOf(today.at), run, nano },
  };
}

/** The call cost more or less than was reserved. Of a day that is over only the run's sum is corrected. */
export function computeSettled(kept: Spending, own: Reservation, usd: number): Spending {
  const more = nanoOf(usd) - own.nano;
  const corrected = (spent: Spent | null): Spent | null => spent && { ...spent, nano: Math.max(0, spent.nano + more) };
  return { today: kept.today && dayOf(kept.today.at) === own.day ? corrected(kept.today) : kept.today, run: corrected(kept.run) };
}

function current(kept: Spent | null, now: number): Spent {
  if (!kept || dayOf(kept.at) < dayOf(now)) return { at: now, nano: 0 };
  return { ...kept, at: Math.max(kept.at, now) };
}

/** For people: why a call was not made. */
export function reachedText({ part, spentUsd, limitUsd, callUsd }: BudgetReached): string {
  const of = part === "usdPerDay" ? "for this day (UTC)" : "for this run";
  return `The budget ${of} is $${limitUsd}; $${short(spentUsd)} is spent or reserved, and this call may cost up to $${short(callUsd)}`;
}

const short = (usd: number): string => String(Number(usd.toPrecision(3)));
