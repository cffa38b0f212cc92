// Limits on what a workflow writes: which writes would pass them, how the counting behind them holds, and what they come to in a ruling.
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/core/json.ts";
import { evaluate, type Facts } from "../../../src/governance/evaluate.ts";
import { computeLimit, countedWrite, NO_COUNTS, needsCounts, type WriteCounts } from "../../../src/governance/limits.ts";
import type { ActionRule, GovernanceSpec, Limits } from "../../../src/governance/spec.ts";
import { countsOf, decideTake, type Tally } from "../../../src/governance/tally.ts";
import { limitsContract } from "../../harness/limits-contract.ts";
import { memoryLimits } from "../../harness/memory-limits.ts";
import { ledgerSpec } from "../engine/ledger-world.ts";

const PAY = "bank.pay";
const counted = (writesThisHour: number, sum = "0"): WriteCounts => ({
  writesThisHour,
  writesToday: writesThisHour,
  action: { writesThisHour, writesToday: writesThisHour, sumsToday: { amount: sum } },
});
const perDay = (max: number): Limits => ({ valuePerDay: [{ action: PAY, field: "amount", max }] });

describe("a write reaches a limit", () => {
  const reached = (limits: Limits, counts: WriteCounts | null, values: JsonObject, action = PAY) =>
    computeLimit(limits, counts, countedWrite(action, values, limits)).map(({ reason }) => reason);

  it.each([
    ["the hour's last place is free", { writesPerHour: 10 }, counted(9), {}, []],
    ["the hour is full", { writesPerHour: 10 }, counted(10), {}, ["Writes of this hour: 10, and the spec's limit is 10"]],
    ["the sum comes to the limit exactly", perDay(100), counted(0, "99.99"), { amount: "0.01" }, []],
    [
      "the sum passes the limit",
      perDay(100),
      counted(0, "99.99"),
      { amount: 0.02 },
      ["amount: 100.01 today with 99.99 written before, and the spec's limit is 100"],
    ],
    [
      "the value has a sign",
      perDay(100),
      counted(0),
      { amount: -101 },
      ["amount: 101 today with 0 written before, and the spec's limit is 100"],
    ],
    ["the field is cleared", perDay(0), counted(0, "5"), { amount: null }, []],
    ["the field is not written", perDay(0), counted(0, "5"), { note: "x" }, []],
    ["nothing is added to what is beyond already", perDay(5), counted(0, "6"), { amount: 0 }, []],
    [
      "the value is no plain number",
      perDay(100),
      counted(0),
      { amount: "1e9" },
      ["amount: no plain number, so it cannot be counted against the limit of a day"],
    ],
    ["nobody knows what was written", { writesPerHour: 10 }, null, {}, ["It is not known how much this workflow has written"]],
  ] as [string, Limits, WriteCounts | null, JsonObject, string[]][])("or not: %s", (_, limits, counts, values, reasons) => {
    expect(reached(limits, counts, values)).toEqual(reasons);
  });

  it("of another action never by value", () => {
    expect(reached(perDay(1), counted(0, "5"), { amount: 9 }, "bank.note")).toEqual([]);
  });

  it("of a field that every object inherits like any other", () => {
    const limits = { valuePerDay: [{ action: PAY, field: "constructor", max: 1 }] };
    expect(reached(limits, counted(0), { note: 1 })).toEqual([]);
    expect(reached(limits, counted(0), { constructor: 2 })).toHaveLength(1);
  });
});

describe("the counter in memory", () => {
  let now = 0;
  limitsContract(
    () => ({
      limits: memoryLimits(() => now),
      setNow: (to) => {
        now = to;
      },
    }),
    Date.parse("2026-01-05T00:00:00Z"),
  );
});

describe("the tally", () => {
  const at = (time: string) => Date.parse(`2026-01-05T${time}Z`);
  const took = (kept: Tally | null, now: number, amount: number | string = 1): Tally => {
    const decided = decideTake(kept, null, countedWrite(PAY, { amount }, perDay(0)), null, now);
    if (!decided.taken) throw new Error("no room without a limit");
    return decided.tally;
  };

  it("is not opened again by a clock that goes back", () => {
    const kept = took(null, at("10:00:00"));
    expect(countsOf(kept, null, PAY, at("09:59:59"))).toMatchObject({ writesThisHour: 1, writesToday: 1 });
    expect(took(kept, at("09:59:59"))).toMatchObject({ at: at("10:00:00"), thisHour: { [PAY]: 2 } });
  });

  it("does not grow with the number of writes", () => {
    let kept: Tally | null = null;
    for (let n = 0; n < 200; n++) kept = took(kept, at("10:00:00"), "0.05");
    expect(kept).toEqual({ at: at("10:00:00"), thisHour: { [PAY]: 200 }, today: { [PAY]: 200 }, sums: { [PAY]: { amount: "10.00" } } });
  });

  it("sums what is very large and very small without losing either", () => {
    const kept = took(took(null, at("10:00:00"), 1e300), at("10:00:01"), 1e-300);
    const { amount } = countsOf(kept, null, PAY, at("10:00:02")).action.sumsToday;
    expect(amount).toMatch(/^10{300}\.0{299}1$/);
    expect(computeLimit(perDay(1e300), countsOf(kept, null, PAY, at("10:00:02")), countedWrite(PAY, { amount: 0 }, perDay(0)))).toEqual([]);
  });
});

const spec = (more: Partial<GovernanceSpec>, rule: Partial<ActionRule> = {}): GovernanceSpec => ({
  ...ledgerSpec,
  actions: { [PAY]: { ask: "never", fields: { amount: {} }, ...rule } },
  ...more,
});
const facts = (counts: WriteCounts | null, more: Partial<Facts> = {}): Facts => ({
  action: PAY,
  values: { amount: 5 },
  basedOn: null,
  decidedBy: null,
  before: null,
  event: null,
  now: Date.parse("2026-01-05T09:00:00Z"),
  counts,
  ...more,
});

describe("a ruling", () => {
  it("asks about a write that would reach a limit, and says which, even where the action is never asked", () => {
    expect(evaluate(spec({ limits: { writesPerHour: 3 } }), facts(counted(2)))).toMatchObject({ outcome: "allow", rule: "action_listed" });
    expect(evaluate(spec({ limits: { writesPerHour: 3, ...perDay(7) } }), facts(counted(3, "3")))).toMatchObject({
      outcome: "require_approval",
      rule: "limit_reached",
      reason: "Writes of this hour: 3, and the spec's limit is 3",
      matched: [{ rule: "limit_reached" }, { rule: "limit_reached", field: "amount" }, { rule: "action_listed" }],
    });
  });

  it("asks where nobody counted", () => {
    expect(evaluate(spec({ limits: { writesPerHour: 3 } }), facts(null))).toMatchObject({ rule: "limit_reached" });
    const { counts: _, ...without } = facts(null);
    expect(evaluate(spec({ limits: { writesPerHour: 3 } }), without)).toMatchObject({ rule: "limit_reached" });
  });

  it("leaves what a person decided", () => {
    expect(evaluate(spec({ limits: { writesPerHour: 3 } }), facts(counted(3), { decidedBy: "ada@example.com" }))).toMatchObject({
      outcome: "allow",
      rule: "person_decided",
    });
  });

  it("stays a denial", () => {
    expect(evaluate(spec({ limits: { writesPerHour: 3 } }), facts(counted(3), { values: { other: 1 } }))).toMatchObject({
      outcome: "deny",
    });
  });

  it.each([
    ["counts.writesThisHour >= 3", true],
    ["counts.writesThisHour + 1 > 4", false],
    ["counts.action.writesToday == 3 && counts.writesToday == 3", true],
    ["counts.action.writesThisHour > 3", false],
    ["counts.action.sumsToday.amount + 5.0 > 7.0", true],
    ["counts.action.sumsToday.fee > 0.0", false],
  ])("of a rule of one's own: %s is %s", (when, is) => {
    const limits = { valuePerDay: ["amount", "fee"].map((field) => ({ action: PAY, field, max: 100 })) };
    const own = spec({ limits }, { rules: [{ name: "busy", when, outcome: "ask", reason: "Busy" }] });
    expect(evaluate(own, facts(counted(3, "2.5"))).rule).toBe(is ? "busy" : "action_listed");
  });

  it("of a rule of one's own that asks for counts nobody has asks", () => {
    const own = spec({}, { rules: [{ name: "busy", when: "counts.writesToday > 5", outcome: "allow", reason: "Busy" }] });
    expect(evaluate(own, facts(null))).toMatchObject({ outcome: "require_approval", rule: "busy" });
    expect(evaluate(own, facts(NO_COUNTS))).toMatchObject({ outcome: "allow" });
  });
});

it("only limits and conditions that name counts are counted for", () => {
  expect(needsCounts(ledgerSpec)).toBe(false);
  expect(needsCounts(spec({}, { rules: [{ name: "a", when: "after.counts == 1", outcome: "ask", reason: "a" }] }))).toBe(false);
  expect(needsCounts(spec({}, { rules: [{ name: "a", when: "counts.writesToday > 1", outcome: "ask", reason: "a" }] }))).toBe(true);
  expect(needsCounts(spec({ limits: { writesPerHour: 1 } }))).toBe(true);
});

it("nothing is told of a field that has no limit, whatever it holds", () => {
  const values = { amount: "-5.50", phone: "4915112345678", note: "x" };
  expect(countedWrite(PAY, values, perDay(1))).toEqual({ action: PAY, amounts: { amount: "5.50" }, uncountable: [] });
  expect(countedWrite(PAY, values, undefined)).toEqual({ action: PAY, amounts: {}, uncountable: [] });
  expect(countedWrite("bank.note", values, perDay(1))).toEqual({ action: "bank.note", amounts: {}, uncountable: [] });
});
