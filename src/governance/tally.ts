// The counting behind a workflow's limits. Pure: what is kept and one write in, whether there is room for it and what is to be kept now out. Whoever keeps it (an
// object per workflow) must let one write through at a time.
// A write takes its place right before it leaves, under a key of its own. To take it again, after a crash or for another try, counts once: what was taken under
// the key moves to the hour of the latest try. A place that was taken is not given back, whatever became of the write: a system may have done what it refused.
// Hours and days are those of UTC's clock, and a clock that goes back does not open them again. Nothing is kept of a day that is over.
import { add, plainDecimal, subtract, textOf } from "./decimal.ts";
import { type CountedWrite, computeLimit, type LimitReached, type WriteCounts } from "./limits.ts";
import type { Limits } from "./spec.ts";

const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

type ByAction<T> = Readonly<Record<string, T>>;

/** What has left in the hour and on the day of `at`, epoch milliseconds. */
export interface Tally {
  readonly at: number;
  readonly thisHour: ByAction<number>;
  readonly today: ByAction<number>;
  /** By action and field, plain decimals. */
  readonly sums: ByAction<Readonly<Record<string, string>>>;
}

/** A place that was taken. */
export interface Taken {
  readonly at: number;
  readonly action: string;
  readonly amounts: Readonly<Record<string, string>>;
}

export const dayOf = (at: number): number => Math.floor(at / DAY_MS);
export const endOfDay = (at: number): number => (dayOf(at) + 1) * DAY_MS;
const hourOf = (at: number): number => Math.floor(at / HOUR_MS);

/** `own`: what the write that is asked about has taken already; it is not counted against itself. */
export function countsOf(kept: Tally | null, own: Taken | null, action: string, now: number): WriteCounts {
  const { thisHour, today, sums } = withoutOwn(current(kept, now), own);
  return {
    writesThisHour: total(thisHour),
    writesToday: total(today),
    action: { writesThisHour: at(thisHour, action, 0), writesToday: at(today, action, 0), sumsToday: at(sums, action, {}) },
  };
}

export type Take =
  | { readonly taken: true; readonly tally: Tally; readonly own: Taken }
  | { readonly taken: false; readonly counts: WriteCounts; readonly reached: readonly LimitReached[] };

/** `limits` null: the write leaves whatever the limits say (a person has decided so, or it may have left already), and is counted. */
export function decideTake(kept: Tally | null, own: Taken | null, write: CountedWrite, limits: Limits | null, now: number): Take {
  const counts = countsOf(kept, own, write.action, now);
  const reached = limits ? computeLimit(limits, counts, write) : [];
  if (reached.length > 0) return { taken: false, counts, reached };
  const tally = withoutOwn(current(kept, now), own);
  const { action, amounts } = write;
  return {
    taken: true,
    tally: {
      at: tally.at,
      thisHour: set(tally.thisHour, action, at(tally.thisHour, action, 0) + 1),
      today: set(tally.today, action, at(tally.today, action, 0) + 1),
      sums: set(tally.sums, action, summed(at(tally.sums, action, {}), amounts, add)),
    },
    own: { at: tally.at, action, amounts },
  };
}

function current(kept: Tally | null, now: number): Tally {
  if (!kept || dayOf(kept.at) < dayOf(now)) return { at: now, thisHour: {}, today: {}, sums: {} };
  if (hourOf(kept.at) < hourOf(now)) return { ...kept, at: now, thisHour: {} };
  return { ...kept, at: Math.max(kept.at, now) };
}

function withoutOwn(tally: Tally, own: Taken | null): Tally {
  if (!own || dayOf(own.at) !== dayOf(tally.at)) return tally;
  const { action, amounts } = own;
  const less = (counts: ByAction<number>) => set(counts, action, at(counts, action, 0) - 1);
  return {
    at: tally.at,
    thisHour: hourOf(own.at) === hourOf(tally.at) ? less(tally.thisHour) : tally.thisHour,
    today: less(tally.today),
    sums: set(tally.sums, action, summed(at(tally.sums, action, {}), amounts, subtract)),
  };
}

const total = (counts: ByAction<number>): number => Object.values(counts).reduce((sum, count) => sum + count, 0);

function summed(sums: Readonly<Record<string, string>>, amounts: Readonly<Record<string, string>>, by: typeof add): Record<string, string> {
  const changed = Object.entries(amounts).map(([field, amount]) => [
    field,
    textOf(by(plainDecimal(at(sums, field, "0")), plainDecimal(amount))),
  ]);
  return { ...sums, ...Object.fromEntries(changed) };
}

/** What every object inherits ("constructor") is no action. */
const at = <T>(record: ByAction<T>, name: string, none: T): T => (Object.hasOwn(record, name) ? (record[name] as T) : none);
const set = <T>(record: ByAction<T>, name: string, value: T): ByAction<T> => ({ ...record, [name]: value });
