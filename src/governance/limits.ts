// What a workflow may do at most, all its runs together: how far injected text, a wrong model or a wrong rule can reach before a person looks. Pure: the limits,
// what was written so far and the write in question in, the limits that it would pass out. What would go beyond is asked, and not lost. A value that is no plain
// number cannot be counted, so it counts as beyond; null clears a field and counts for nothing.
import type { JsonObject } from "../core/json.ts";
import { namesCounts } from "./condition.ts";
import { add, compare, type Decimal, decimalOf, magnitude, plainDecimal, textOf } from "./decimal.ts";
import type { GovernanceSpec, Limits } from "./spec.ts";

/** What has left so far in this hour and on this day of UTC's clock, without the write that is asked about. */
export interface WriteCounts {
  readonly writesThisHour: number;
  readonly writesToday: number;
  /** Of the action in question. */
  readonly action: {
    readonly writesThisHour: number;
    readonly writesToday: number;
    /** By field, without signs, as plain decimals: exact. */
    readonly sumsToday: Readonly<Record<string, string>>;
  };
}

export const NO_COUNTS: WriteCounts = { writesThisHour: 0, writesToday: 0, action: { writesThisHour: 0, writesToday: 0, sumsToday: {} } };

/** A write as far as it is counted. `amounts`: of each field that holds a number, without its sign, as a plain decimal. `uncountable`: the other fields. */
export interface CountedWrite {
  readonly action: string;
  readonly amounts: Readonly<Record<string, string>>;
  readonly uncountable: readonly string[];
}

export function countedWrite(action: string, values: JsonObject): CountedWrite {
  const amounts: [string, string][] = [];
  const uncountable: string[] = [];
  for (const [field, value] of Object.entries(values)) {
    const amount = decimalOf(value);
    if (amount) amounts.push([field, textOf(magnitude(amount))]);
    else if (value !== null) uncountable.push(field);
  }
  return { action, amounts: Object.fromEntries(amounts), uncountable };
}

/** Counting costs a call to another object for each write: only who asks for it pays. */
export const needsCounts = ({ limits, actions }: Pick<GovernanceSpec, "limits" | "actions">): boolean =>
  limits !== undefined || Object.values(actions).some(({ rules = [] }) => rules.some(({ when }) => namesCounts(when)));

export interface LimitReached {
  readonly reason: string;
  readonly field?: string;
}

/** The limits that this write would pass, in the spec's order; `counts` null: not known, so that none of them can be vouched for. */
export function computeLimit({ writesPerHour, valuePerDay = [] }: Limits, counts: WriteCounts | null, write: CountedWrite): LimitReached[] {
  if (!counts) return [{ reason: "It is not known how much this workflow has written" }];
  const reached: LimitReached[] = [];
  if (writesPerHour !== undefined && counts.writesThisHour >= writesPerHour) {
    reached.push({ reason: `Writes of this hour: ${counts.writesThisHour}, and the spec's limit is ${writesPerHour}` });
  }
  for (const { action, field, max } of valuePerDay) {
    if (action !== write.action) continue;
    if (write.uncountable.includes(field)) {
      reached.push({ field, reason: `${field}: no plain number, so it cannot be counted against the limit of a day` });
      continue;
    }
    const amount = amountIn(write.amounts, field);
    if (amount.units === 0n) continue;
    const before = amountIn(counts.action.sumsToday, field);
    const after = add(before, amount);
    if (compare(after, decimalOf(max) as Decimal) <= 0) continue;
    reached.push({
      field,
      reason: `${field}: ${textOf(after)} today with ${textOf(before)} written before, and the spec's limit is ${max}`,
    });
  }
  return reached;
}

const NOTHING: Decimal = { units: 0n, scale: 0 };

const amountIn = (amounts: Readonly<Record<string, string>>, field: string): Decimal =>
  Object.hasOwn(amounts, field) ? plainDecimal(amounts[field] as string) : NOTHING;
