// The write policy: what each construct refuses, allows and asks, with values as business systems really give them; and that no rule more ever loosens anything.
import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../../src/core/json.ts";
import { evaluate, type Facts, type Outcome } from "../../../src/governance/evaluate.ts";
import { ActionRule, type FieldRule, GovernanceSpec, type PolicyRule } from "../../../src/governance/spec.ts";

const ADA = "ada@example.com";
const GRACE = "grace@example.com";
const CFO = "cfo@example.com";

const spec = (action: Partial<ActionRule> = {}, more: Partial<GovernanceSpec> = {}): GovernanceSpec =>
  GovernanceSpec.parse({
    workflow: "orders",
    version: 1,
    owner: "owner@example.com",
    purpose: "Keep orders right",
    mode: "live",
    regulated: false,
    thresholds: {},
    alwaysAsk: [],
    actions: { "erp.setOrder": { ask: "never", fields: {}, ...action } },
    review: { reviewers: [ADA, GRACE, CFO], slaMinutes: 60, onExpiry: "reject" },
    onFailure: "leave",
    rollback: { procedure: "Undo each write on its run's page", owner: "owner@example.com", windowDays: 30 },
    retention: { payloadDays: 30 },
    ...more,
  });

const NOW = Date.parse("2026-01-05T09:00:00Z");
const facts = (more: Partial<Facts> = {}): Facts => ({
  action: "erp.setOrder",
  values: {},
  basedOn: null,
  decidedBy: null,
  before: {},
  event: { id: "evt_1", type: "order.changed", subject: "7", connection: "erp", time: NOW },
  now: NOW,
  ...more,
});

/** The ruling on one field's value. `before` undefined: the record does not show the field. */
const write = (rule: FieldRule, value: Json, before?: Json, decidedBy: string | null = null) =>
  evaluate(spec({ fields: { f: rule } }), facts({ values: { f: value }, before: before === undefined ? {} : { f: before }, decidedBy }));

describe("pattern", () => {
  it.each([
    ["[A-Z]{2}[0-9]{6}", "DE123456", true],
    ["[A-Z]{2}[0-9]{6}", "DE1234567", false],
    ["[A-Z]{2}[0-9]{6}", " DE123456", false],
    ["[A-Z]{2}[0-9]{6}", "DE123456\n", false],
    ["[0-9]+", "٣", false],
    ["[0-9]+", 123, false],
    ["[0-9]+", null, false],
    ["[0-9]+", ["1"], false],
    ["[0-9]*", "", true],
    ["\\p{L}+", "Straße", true],
    ["\\p{L}+", "用户", true],
    ["a|b", "ab", false],
    [".", "😀", true],
    ["(a+)+", `${"a".repeat(1_999)}!`, false],
    ["a*", "a".repeat(2_000), true],
    ["a*", "a".repeat(2_001), false],
  ] as [string, Json, boolean][])("%s with %j: %s", (pattern, value, fits) => {
    expect(write({ pattern }, value)).toMatchObject(fits ? { outcome: "allow" } : { outcome: "deny", rule: "field_value" });
  });
});

describe("range", () => {
  it.each([
    [{ min: 0, max: 100 }, 0, true],
    [{ min: 0, max: 100 }, 100, true],
    [{ min: 0, max: 100 }, 100.01, false],
    [{ min: 0, max: 100 }, -0.01, false],
    [{ min: 0 }, 1e300, true],
    [{ max: 100 }, -1e300, true],
    [{ min: 0, max: 100 }, "99.99", true],
    [{ min: 0, max: 100 }, "100.000000000000000000001", false],
    [{ max: 9007199254740992 }, "9007199254740993", false],
    [{ min: 0, max: 100 }, "1e2", false],
    [{ min: 0, max: 100 }, "1,00", false],
    [{ min: 0, max: 100 }, " 5", false],
    [{ min: 0, max: 100 }, "", false],
    [{ min: 0, max: 100 }, "٥", false],
    [{ min: 0, max: 100 }, null, false],
    [{ min: 0, max: 100 }, true, false],
    [{ min: 0, max: 100 }, [50], false],
    [{ min: 0, max: 100 }, { amount: 50 }, false],
    [{ min: 0.1, max: 0.3 }, 0.1 + 0.2, false],
    [{ min: 0, max: 0 }, -0, true],
  ] as [{ min?: number; max?: number }, Json, boolean][])("%j with %j: %s", (range, value, fits) => {
    expect(write({ range }, value)).toMatchObject(fits ? { outcome: "allow" } : { outcome: "deny", rule: "field_value" });
  });
});

describe("maxChange", () => {
  it.each([
    [{ absolute: 10 }, 100, 110, true],
    [{ absolute: 10 }, 100, 110.01, false],
    [{ absolute: 10 }, 100, 89.99, false],
    [{ absolute: 0.1 }, 0.7, 0.8, true],
    [{ absolute: 0 }, 5, 5, true],
    [{ absolute: 0 }, "5.0", 5, true],
    [{ absolute: 10 }, "100", "110.0", true],
    [{ percent: 10 }, 200, 220, true],
    [{ percent: 10 }, 200, 220.01, false],
    [{ percent: 10 }, -200, -220, true],
    [{ percent: 10 }, -200, -221, false],
    [{ percent: 10 }, 0, 0, true],
    [{ percent: 10 }, 0, 0.01, false],
    [{ percent: 200 }, 5, -5, true],
    [{ percent: 150 }, 5, -5, false],
    [{ absolute: 10, percent: 50 }, 10, 16, false],
    [{ absolute: 10, percent: 50 }, 1000, 1011, false],
    [{ absolute: 10, percent: 50 }, 1000, 1010, true],
    [{ absolute: 10 }, null, 5, false],
    [{ absolute: 10 }, null, null, true],
    [{ absolute: 10 }, "n/a", 5, false],
    [{ absolute: 10 }, 5, null, false],
    [{ absolute: 10 }, 5, "six", false],
    [{ absolute: 10 }, { amount: 5 }, 6, false],
    [{ absolute: 10 }, undefined, 5, false],
  ] as [{ absolute?: number; percent?: number }, Json | undefined, Json, boolean][])(
    "%j from %j to %j: %s",
    (maxChange, before, value, fits) => {
      expect(write({ maxChange }, value, before)).toMatchObject(fits ? { outcome: "allow" } : { outcome: "deny", rule: "field_change" });
    },
  );

  it("refuses where the record cannot be looked at", () => {
    const ruling = evaluate(spec({ fields: { f: { maxChange: { absolute: 1 } } } }), facts({ values: { f: 5 }, before: null }));
    expect(ruling).toMatchObject({
      outcome: "deny",
      rule: "field_change",
      reason: "f: the old value is not known, so the change cannot be judged",
    });
  });
});

describe("transitions", () => {
  const transitions: NonNullable<FieldRule["transitions"]> = [
    ["open", "paid"],
    ["paid", "shipped"],
    [null, "open"],
    [{ code: 1, at: "x" }, { code: 2 }],
  ];
  it.each([
    ["open", "paid", true],
    ["open", "shipped", false],
    ["paid", "open", false],
    ["open", "open", true],
    ["shipped", "shipped", true],
    [null, "open", true],
    [null, "paid", false],
    ["open", null, false],
    ["Open", "paid", false],
    ["open ", "paid", false],
    [undefined, "open", false],
    [{ at: "x", code: 1 }, { code: 2 }, true],
    [{ code: 1 }, { code: 2 }, false],
  ] as [Json | undefined, Json, boolean][])("from %j to %j: %s", (before, value, fits) => {
    expect(write({ transitions }, value, before)).toMatchObject(
      fits ? { outcome: "allow" } : { outcome: "deny", rule: "field_transition" },
    );
  });
});

describe("a field that is never touched", () => {
  it.each([
    ["price", { price: 1 }, true],
    ["price", { prices: 1 }, false],
    ["price", { bank: { price: 1 } }, false],
    ["bank.iban", { bank: { iban: "DE1" } }, true],
    ["bank.iban", { bank: { iban: null } }, true],
    ["bank.iban", { bank: { name: "A" } }, false],
    ["bank.iban", { bank: {} }, false],
    ["bank.iban", { bank: null }, true],
    ["bank.iban", { bank: "none" }, true],
    ["bank.iban", { bank: [{ name: "A" }, { iban: "DE1" }] }, true],
    ["bank.iban", { bank: [{ name: "A" }] }, false],
    ["bank.iban", { bank: [] }, true],
    ["bank.iban", { "bank.iban": "DE1" }, true],
    ["bank.iban", { bank: { "iban.old": 1 } }, false],
    ["a.b.c", { a: { "b.c": 1 } }, true],
    ["a.b.c", { a: { b: { c: 1 } } }, true],
    ["é", { é: 1 }, true],
    ["constructor", {}, false],
  ] as [string, JsonObject, boolean][])("%s by %j: %s", (never, values, touched) => {
    const fields = Object.fromEntries(
      Object.keys(values)
        .filter((field) => field !== never)
        .map((field) => [field, {}]),
    );
    const { outcome, matched } = evaluate(spec({ fields, never: [never] }), facts({ values, before: {} }));
    expect(outcome).toBe(touched ? "deny" : "allow");
    expect(matched.some(({ rule }) => rule === "field_never")).toBe(touched);
  });
});

const rule = (more: Partial<PolicyRule>): PolicyRule => ({
  name: "over_limit",
  when: "true",
  outcome: "ask",
  reason: "Over the limit",
  ...more,
});
const ruled = (rules: PolicyRule[], more: Partial<Facts> = {}) =>
  evaluate(spec({ fields: { amount: {}, note: {} }, rules }), facts({ values: { amount: 700 }, before: { amount: 100 }, ...more }));

describe("an owner's rule", () => {
  it("asks, denies or names the case, with its own name and reason", () => {
    expect(ruled([rule({})])).toMatchObject({ outcome: "require_approval", rule: "over_limit", reason: "Over the limit" });
    expect(ruled([rule({ outcome: "deny" })])).toMatchObject({ outcome: "deny", rule: "over_limit" });
    expect(ruled([rule({ outcome: "allow" })])).toMatchObject({ outcome: "allow", rule: "over_limit" });
    expect(ruled([rule({ when: "delta.amount > 600.0" })])).toMatchObject({ outcome: "allow", rule: "action_listed" });
  });

  it("is recorded with all others that matched, and the strictest decides", () => {
    const ruling = ruled([
      rule({ name: "known_case", outcome: "allow" }),
      rule({ name: "large", when: "delta.amount >= 600.0" }),
      rule({ name: "other", when: "after.amount < 5" }),
      rule({ name: "closed", when: "before.amount == 100", outcome: "deny" }),
      rule({ name: "later", outcome: "deny" }),
    ]);
    expect(ruling).toMatchObject({ outcome: "deny", rule: "closed" });
    expect(ruling.matched.map(({ rule: name }) => name)).toEqual(["known_case", "large", "closed", "later", "action_listed"]);
  });

  it("that allows lifts no question and no denial", () => {
    const always = spec({ ask: "always", fields: { amount: {} }, rules: [rule({ outcome: "allow" })] });
    expect(evaluate(always, facts({ values: { amount: 1 } }))).toMatchObject({ outcome: "require_approval", rule: "action_always_asks" });
    expect(evaluate(always, facts({ values: { other: 1 } }))).toMatchObject({ outcome: "deny", rule: "field_not_listed" });
  });

  it("that cannot be checked asks at least, and a denial stays one", () => {
    const broken = { when: "after.nothing > 1" };
    expect(ruled([rule({ ...broken, outcome: "allow" })])).toMatchObject({
      outcome: "require_approval",
      reason: "Over the limit (could not be checked: No such key: nothing)",
    });
    expect(ruled([rule({ ...broken, outcome: "ask", ask: [CFO] })])).toMatchObject({ outcome: "require_approval", ask: [CFO] });
    expect(ruled([rule({ ...broken, outcome: "deny" })])).toMatchObject({ outcome: "deny", rule: "over_limit" });
  });

  it("sees the time that it is given and none other", () => {
    const night = [rule({ when: "time.hour < 6 || time.weekday > 5" })];
    expect(ruled(night, { now: NOW }).outcome).toBe("allow");
    expect(ruled(night, { now: Date.parse("2026-01-05T05:59:59Z") }).outcome).toBe("require_approval");
    expect(ruled(night, { now: Date.parse("2026-01-10T12:00:00Z") }).outcome).toBe("require_approval");
  });

  it("comes after what is regulated and before what the action asks anyway", () => {
    const both = spec({ ask: "always", fields: { amount: {} }, rules: [rule({})] }, { regulated: "credit" });
    expect(evaluate(both, facts({ values: { amount: 1 } })).matched.map(({ rule: name }) => name)).toEqual([
      "regulated",
      "over_limit",
      "action_always_asks",
      "action_listed",
    ]);
  });
});

describe("who is asked", () => {
  it("is whom the rule names, and anybody where it names nobody", () => {
    expect(ruled([rule({ ask: [CFO] })]).ask).toEqual([CFO]);
    expect(ruled([rule({})]).ask).toBeUndefined();
    expect(ruled([rule({ outcome: "deny" }), rule({ name: "b", ask: [CFO] })]).ask).toBeUndefined();
  });

  it("is whom all rules name that name anybody", () => {
    expect(ruled([rule({ ask: [ADA, CFO] }), rule({ name: "b", ask: [CFO, GRACE] }), rule({ name: "c" })]).ask).toEqual([CFO]);
  });

  it("is nobody, and so it is denied, where no one person may answer all of it", () => {
    const ruling = ruled([rule({ ask: [ADA] }), rule({ name: "b", ask: [CFO] })]);
    expect(ruling).toMatchObject({ outcome: "deny", rule: "nobody_may_decide" });
    expect(ruling.reason).toBe(`No one person may answer all that is asked: over_limit asks ${ADA}; b asks ${CFO}`);
    expect(ruled([rule({ ask: [ADA] }), rule({ name: "b", ask: [CFO] })], { decidedBy: ADA })).toMatchObject({ outcome: "deny" });
  });

  it("has answered what they may answer, and nothing else", () => {
    const rules = [rule({ ask: [CFO] })];
    expect(ruled(rules, { decidedBy: CFO })).toMatchObject({ outcome: "allow", rule: "person_decided" });
    expect(ruled(rules, { decidedBy: ADA })).toMatchObject({ outcome: "require_approval", rule: "over_limit", ask: [CFO] });
    expect(ruled([rule({})], { decidedBy: ADA })).toMatchObject({ outcome: "allow", rule: "person_decided" });
  });

  it("has answered through all who agreed, each for those in whose place they are", () => {
    const rules = [rule({ ask: [ADA, CFO] })];
    const by = (who: string, ...as: string[]) => ({ by: who, as: as.length > 0 ? as : [who] });
    const decided = (...deciders: { by: string; as: string[] }[]) => ruled(rules, { decidedBy: deciders.at(-1)?.by ?? null, deciders });
    expect(decided(by(ADA), by(CFO))).toMatchObject({ outcome: "allow", reason: `Decided by ${ADA} and ${CFO}` });
    expect(decided(by(ADA), by(GRACE))).toMatchObject({ outcome: "require_approval", rule: "over_limit" });
    expect(decided(by(GRACE, CFO))).toMatchObject({ outcome: "allow" });
    // Escalated to: in the place of all whom the approval asked, and of nobody else.
    expect(decided(by(GRACE, ADA, CFO))).toMatchObject({ outcome: "allow" });
    expect(decided(by(GRACE, ADA, "other@example.com"))).toMatchObject({ outcome: "require_approval" });
  });

  it("is kept out by a rule about the actor, alone, beside others and by whoever stands in", () => {
    const out = [rule({ when: "actor == 'ada@example.com'", outcome: "deny" })];
    const [ada, cfo] = [ADA, CFO].map((who) => ({ by: who, as: [who] })) as [{ by: string; as: string[] }, { by: string; as: string[] }];
    expect(ruled(out, { decidedBy: CFO, deciders: [cfo] })).toMatchObject({ outcome: "allow" });
    expect(ruled(out, { decidedBy: CFO, deciders: [ada, cfo] })).toMatchObject({ outcome: "deny" });
    expect(ruled(out, { decidedBy: CFO, deciders: [{ by: CFO, inPlaceOf: ADA, as: [ADA] }] })).toMatchObject({ outcome: "deny" });
  });

  it("cannot lift a denial, a rule's included", () => {
    expect(ruled([rule({ outcome: "deny" })], { decidedBy: CFO })).toMatchObject({ outcome: "deny", rule: "over_limit" });
    expect(write({ maxChange: { absolute: 1 } }, 5, 1, CFO)).toMatchObject({ outcome: "deny", rule: "field_change" });
    expect(write({ transitions: [["a", "b"]] }, "c", "a", CFO)).toMatchObject({ outcome: "deny", rule: "field_transition" });
    expect(ruled([rule({ when: "actor == 'ada@example.com'", outcome: "deny" })], { decidedBy: ADA })).toMatchObject({ outcome: "deny" });
  });
});

/** The same numbers for every run: a failure can be looked at again. */
function* dice(seed: number): Generator<number> {
  let state = seed;
  for (;;) {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    yield state / 4_294_967_296;
  }
}

describe("whatever the rules and the facts", () => {
  const STRICTNESS: Record<Outcome, number> = { allow: 0, require_approval: 1, deny: 2 };
  const CONDITIONS = [
    "true",
    "after.amount > 500",
    "delta.amount > 100.0",
    "before.nothing == 1",
    "actor == null",
    "time.hour > 8",
    "confidence < 0.5",
    "'note' in changed",
  ];
  const FIELDS: FieldRule[] = [
    {},
    { range: { max: 600 } },
    { maxChange: { percent: 300 } },
    { transitions: [[100, 700]] },
    { pattern: "[0-9]+" },
    { oneOf: [700, "700", null] },
  ];
  const VALUES: Json[] = [700, "700", null, 100, -5, "x", { amount: 1 }, [], 1e21, "٣"];
  const rolled = dice(42);
  const pick = <T>(from: readonly T[]): T => from[Math.floor((rolled.next().value as number) * from.length)] as T;
  const someRule = (name: string): PolicyRule => {
    const outcome = pick(["allow", "ask", "deny"] as const);
    return rule({
      name,
      when: pick(CONDITIONS),
      outcome,
      ...(outcome === "ask" && pick([true, false]) ? { ask: pick([[ADA], [CFO], [ADA, CFO]]) } : {}),
    });
  };
  const cases = Array.from({ length: 2_000 }, () => {
    const action = ActionRule.parse({
      ask: pick(["always", "never", "when_unsure"] as const),
      fields: { amount: pick(FIELDS), note: {} },
      ...(pick([true, false]) ? { rules: [someRule("a"), someRule("b")] } : {}),
      ...(pick([true, false, false]) ? { never: ["secret"] } : {}),
    });
    const values: JsonObject = {
      amount: pick(VALUES),
      ...(pick([true, false]) ? { note: pick(VALUES) } : {}),
      ...(pick([true, false, false, false]) ? { secret: 1 } : {}),
    };
    const given = facts({
      values,
      before: pick<JsonObject | null>([null, {}, { amount: pick(VALUES) }]),
      decidedBy: pick([null, null, ADA, CFO]),
      basedOn: pick([null, { name: "triage", value: {}, confidence: 0.4 }]),
      event: pick([null, facts().event]),
    });
    return {
      action,
      given,
      whole: spec(action, { regulated: pick(["tax" as const, false as const]), thresholds: { triage: pick([0.3, 0.6]) } }),
    };
  });

  it("the ruling is one of what matched, and as strict as the strictest", () => {
    for (const { whole, given } of cases) {
      const { outcome, rule: name, matched } = evaluate(whole, given);
      expect(Math.max(...matched.map((match) => STRICTNESS[match.outcome]))).toBe(STRICTNESS[outcome]);
      expect(matched).toContainEqual(expect.objectContaining({ rule: name, outcome }));
    }
  });

  it("a rule more never makes it more permissive, nor lets more people decide", () => {
    for (const { action, whole, given } of cases) {
      const added = { ...whole, actions: { "erp.setOrder": { ...action, rules: [...(action.rules ?? []), someRule("z")] } } };
      const [without, with_] = [evaluate(whole, given), evaluate(added, given)];
      expect(STRICTNESS[with_.outcome]).toBeGreaterThanOrEqual(STRICTNESS[without.outcome]);
      if (with_.outcome === "require_approval" && without.ask) for (const person of with_.ask ?? []) expect(without.ask).toContain(person);
      if (without.ask && with_.outcome === "require_approval") expect(with_.ask).toBeDefined();
    }
  });

  it("a constraint more never makes it more permissive", () => {
    for (const { action, whole, given } of cases) {
      const amount = { ...action.fields.amount, ...pick(FIELDS) };
      const kept = Object.fromEntries(
        Object.entries(amount).map(([key, value]) => [key, (action.fields.amount as Record<string, unknown>)[key] ?? value]),
      );
      const added = { ...whole, actions: { "erp.setOrder": { ...action, fields: { ...action.fields, amount: kept as FieldRule } } } };
      expect(STRICTNESS[evaluate(added, given).outcome]).toBeGreaterThanOrEqual(STRICTNESS[evaluate(whole, given).outcome]);
    }
  });

  it("a regulated write that nobody has decided on is never allowed", () => {
    for (const { whole, given } of cases.filter(({ given: { decidedBy } }) => decidedBy === null)) {
      expect(evaluate({ ...whole, regulated: "credit" as const }, given).outcome).not.toBe("allow");
    }
  });

  it("neither the spec nor the facts are changed", () => {
    for (const { whole, given } of cases.slice(0, 200)) {
      const was = structuredClone([whole, given]);
      evaluate(whole, given);
      expect([whole, given]).toEqual(was);
    }
  });

  it("rulings are quick: 2,000 within two seconds", () => {
    const began = process.cpuUsage();
    for (const { whole, given } of cases) evaluate(whole, given);
    const { user, system } = process.cpuUsage(began);
    expect(user + system).toBeLessThan(2_000_000);
  });
});
