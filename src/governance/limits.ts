// What a workflow may do at most, all its runs together: how far injected text, a wrong model or a wrong rule can reach before a person looks. Pure: the limits,
// what was written so far and the write in question in, the limits that it would pass out. What would go beyond is asked, and not lost. A value that is no plain
// number cannot be counted, so it counts as beyond; null clears a field and counts for nothing.
import type { JsonObject } from "../core/json.ts";
import { namesCounts } from "./condition.ts";
import { add, compare, type Decimal, decimalOf, magnitude, plainDecimal, textOf, toNumber } from "./decimal.ts";
import type { GovernanceSpec, Limits } from "./spec.ts";

/** What has left so far in this hour and on this day of UTC's clock, without the write that is asked about. */
export interface WriteCounts {
  readonly writesThisHour: number;
  readonly writesToday: number;
  /** Of the action in question. */
  readonly action: {
    readonly writesThisHour: number;
    readonly writesToday: number;
    /** Of the fields that `valuePerDay` lists, without signs, as plain decimals: exact. */
    readonly sumsToday: Readonly<Record<string, string>>;
  };
}

export const NO_COUNTS: WriteCounts = { writesThisHour: 0, writesToday: 0, action: { writesThisHour: 0, writesToday: 0, sumsToday: {} } };

/**
 * A write as far as it is counted. `amounts`: of each field with a limit that holds a number, without its sign, as a plain decimal. `uncountable`: the other
 * fields with a limit. What has none is not told: a number can be a telephone's, and a sum of one write is that write's value.
 */
export interface CountedWrite {
  readonly action: string;
  readonly amounts: Readonly<Record<string, string>>;
  readonly uncountable: readonly string[];
}

export function countedWrite(action: string, values: JsonObject, limits: Limits | undefined): CountedWrite {
  const amounts: [string, string][] = [];
  const uncountable: string[] = [];
  for (const field of fieldsOf(limits, action)) {
    const value = Object.hasOwn(values, field) ? values[field] : null;
    const amount = decimalOf(value);
    if (amount) amounts.push([field, textOf(magnitude(amount))]);
    else if (value !== null) uncountable.push(field);
  }
  return { action, amounts: Object.fromEntries(amounts), uncountable };
}

/** This action's sums as conditions see them: of each field with a limit, 0 where nothing was written yet. */
export const sumsOf = (limits: Limits | undefined, action: string, { sumsToday }: WriteCounts["action"]): Record<string, number> =>
  Object.fromEntries(fieldsOf(limits, action).map((field) => [field, toNumber(amountIn(sumsToday, field))]));

const fieldsOf = (limits: Limits | undefined, action: string): string[] =>
  (limits?.valuePerDay ?? []).flatMap((limit) => (limit.action === action ? [limit.field] : []));

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
