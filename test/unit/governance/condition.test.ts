// Conditions: what may be written, what it says of facts, and that none of it can throw, guess or take its time.
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/core/json.ts";
import { answerCondition, type ConditionFacts, conditionFault, deltaOf, timeFacts } from "../../../src/governance/condition.ts";

const before: JsonObject = {
  amount: 100,
  price: "12.50",
  status: "open",
  bank: { iban: "DE1" },
  tags: ["a", "vip"],
  empty: null,
  naïve: "é",
};
const facts = (values: JsonObject = {}, more: Partial<ConditionFacts> = {}): ConditionFacts => ({
  event: { id: "evt_1", type: "ticket.created", subject: "7", connection: "zendesk", time: "2026-01-05T08:59:00.000Z" },
  before,
  after: { ...before, ...values },
  delta: deltaOf(before, values),
  changed: Object.keys(values),
  decision: { name: "triage", value: { team: "billing" } },
  confidence: 0.7,
  actor: null,
  time: timeFacts(Date.parse("2026-01-04T22:30:00Z")),
  ...more,
});

describe("a condition is true of these facts:", () => {
  it.each([
    ["after.amount > 500", { amount: 700 }],
    ["after.amount > 500.5 && after.amount <= 700", { amount: 700 }],
    ["delta.amount == 600.0 && delta.amount > 599", { amount: 700 }],
    ["delta.price == -2.5", { price: "10" }],
    ["'amount' in changed && !('status' in changed)", { amount: 1 }],
    ["size(changed) == 2", { amount: 1, status: "x" }],
    ["before.status == 'open' && after.status == 'closed'", { status: "closed" }],
    ["after.status == before.status", {}],
    ["after.empty == null", {}],
    ["after.bank.iban == 'DE1'", {}],
    ["before.tags.exists(tag, tag == 'vip')", {}],
    ["'vip' in after.tags", {}],
    ["after['naïve'] == 'é'", {}],
    ["after.status.startsWith('💶') && after.status.contains('ß')", { status: "💶 Straße" }],
    ["!has(after.nothing)", {}],
    ["has(after.nothing) && after.nothing > 5", {}, false],
    ["decision.name == 'triage' && decision.value.team == 'billing'", {}],
    ["confidence >= 0.7 && confidence < 0.75", {}],
    ["actor == null", {}],
    ["actor == 'ada@example.com'", {}, false],
    ["event.type == 'ticket.created' && event.connection == 'zendesk'", {}],
    ["timestamp(time.iso) - timestamp(event.time) < duration('1h')", {}],
    ["time.weekday == 7 && time.hour == 22", {}],
    ["double(after.price) > 12.0", {}],
    ["after.nothing == 1 || true", {}],
  ] as [string, JsonObject, boolean?][])("%s", (expression, values, expected = true) => {
    expect(conditionFault(expression)).toBeNull();
    expect(answerCondition(expression, facts(values))).toEqual({ is: expected });
  });

  it("a Monday is 1 and a Sunday is 7", () => {
    const weekday = (day: string) => timeFacts(Date.parse(`${day}T00:00:00Z`)).weekday;
    expect([weekday("2026-01-05"), weekday("2026-01-10"), weekday("2026-01-11")]).toEqual([1n, 6n, 7n]);
  });
});

describe("a condition is refused before it is used:", () => {
  it.each([
    ["1 +", 4, /EOF/],
    ["nope == 1", 1, /Unknown variable: nope/],
    ["writes.today > 5", 1, /Unknown variable: writes/],
    ["counts.writes > 5", 8, /No such key: writes/],
    ["counts.action.sumsToday.amount > 'a'", 1, /no such overload/],
    ["event.colour == 'red'", 7, /No such key: colour/],
    ["confidence > 0.5 && time.hour > 'noon'", 21, /no such overload/],
    ["after.amount", null, /true or false/],
    ["size(changed)", null, /true or false/],
    ["after.status.matches('(a+)+$')", 1, /pattern/],
    ["before.tags.map(tag, tag + tag).size() > 1", 1, /map is not offered/],
    ["cel.bind(x, after.status + after.status, x == '')", 1, /bind is not offered/],
    ["after.status.split('').size() > 1", 1, /split is not offered/],
    ["before.tags.exists(a, before.tags.exists(b, a == b))", 23, /within another/],
    ["before.tags.filter(a, before.tags.all(b, a == b)).size() > 0", 23, /within another/],
    [`${"true && ".repeat(200)}true`, null, /longer|1000 characters/],
    [`${"(".repeat(60)}true${")".repeat(60)}`, null, /depth/i],
    [`${"1==1&&".repeat(120)}true`, null, /nodes/i],
    ["", 1, /EOF/],
    ["process.exit()", 1, /Unknown variable|found no matching/],
    ["after.constructor.constructor('return 1')() == 1", null, /./],
  ] as [string, number | null, RegExp][])("%s", (expression, at, message) => {
    const fault = conditionFault(expression);
    expect(fault?.message).toMatch(message);
    if (at !== null) expect(fault?.at).toBe(at);
  });
});

describe("a condition that cannot be answered says so, and is not no:", () => {
  it.each([
    ["after.nothing == 1", {}, /No such key: nothing/],
    ["delta.status > 1.0", { status: "x" }, /No such key: status/],
    ["delta.amount > 1.0", { amount: "a lot" }, /No such key: amount/],
    ["after.amount > 500", { amount: "700" }, /no such overload/],
    ["after.amount > 500", { amount: null }, /no such overload/],
    ["after.bank.iban == 'x'", { bank: null }, /No such key|null/],
    ["after.amount + 1 > 5", {}, /no such overload/],
    ["double(after.status) > 1.0", {}, /conversion|double/],
    ["after.constructor == null", {}, /No such key/],
    ["after.__proto__ == null", {}, /No such key/],
    ["timestamp(after.status) > timestamp(time.iso)", {}, /timestamp/],
    ["after.tags[9] == 'x'", {}, /./],
  ] as [string, JsonObject, RegExp][])("%s", (expression, values, message) => {
    expect(conditionFault(expression)).toBeNull();
    expect(answerCondition(expression, facts(values))).toEqual({ failed: expect.stringMatching(message) });
  });

  it("about an event that the journal does not hold", () => {
    expect(answerCondition("event.type == 'a'", facts({}, { event: {} }))).toHaveProperty("failed");
    expect(answerCondition("event.time == 'a'", facts({}, { event: { id: "a" } }))).toHaveProperty("failed");
  });

  it("about counts that nobody has", () => {
    expect(conditionFault("counts.writesToday > 5")).toBeNull();
    expect(answerCondition("counts.writesToday > 5", facts())).toHaveProperty("failed");
  });

  it("about a record that is too large", () => {
    const tags = Array.from({ length: 40_000 }, (_, index) => String(index));
    expect(answerCondition("after.tags.all(tag, tag != 'x')", facts({ tags }))).toEqual({
      failed: "the record is too large for this condition",
    });
    expect(answerCondition("'x' in after.tags", facts({ tags }))).toEqual({ is: false });
  });

  it("that was never checked", () => {
    expect(answerCondition("1 +", facts())).toHaveProperty("failed");
  });
});

describe("an evaluation costs a bounded time", () => {
  const cost = (work: () => void): number => {
    const began = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(began);
    return (user + system) / 1000;
  };

  it("at its largest: a walk through a list whose every member is looked up in it", () => {
    for (const length of [1_000, 2_000, 3_000, 5_000]) {
      const tags = Array.from({ length }, (_, index) => `t${index}`);
      const worst = "after.tags.all(tag, !([tag, tag] in after.tags) && !((tag + 'x') in after.tags) && !((tag + 'y') in before.tags))";
      expect(conditionFault(worst)).toBeNull();
      const given = facts({ tags });
      // A bound and no benchmark: far above what was measured, far below what would hurt a partition.
      expect(cost(() => answerCondition(worst, given))).toBeLessThan(2_000);
    }
  });

  it("usually: a thousand evaluations of an everyday rule within a second", () => {
    const given = facts({ amount: 700 });
    expect(
      cost(() => {
        for (let i = 0; i < 1_000; i++) answerCondition("delta.amount > 500.0 && before.status == 'open'", given);
      }),
    ).toBeLessThan(1_000);
  });
});
