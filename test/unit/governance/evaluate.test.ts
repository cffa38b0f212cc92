// What the rules say, as a table: a spec and an intended write in, a ruling out, always with the rule that made it.
import { describe, expect, it } from "vitest";
import { type DecisionFacts, evaluate, type Facts, type Outcome } from "../../../src/governance/evaluate.ts";
import type { ActionRule, GovernanceSpec } from "../../../src/governance/spec.ts";

const base: GovernanceSpec = {
  workflow: "triage",
  version: 1,
  owner: "owner@example.com",
  purpose: "Send tickets to teams",
  mode: "live",
  regulated: false,
  thresholds: { triage: 0.6 },
  alwaysAsk: [{ decision: "triage", field: "team", equals: "privacy", because: "Requests about personal data have deadlines" }],
  actions: {
    "desk.update": {
      ask: "when_unsure",
      fields: { team: { oneOf: ["billing", "privacy", null] }, note: { maxLength: 10 }, body: { maxLength: 40 }, free: {} },
    },
  },
  review: { reviewers: ["ada@example.com"], slaMinutes: 60, onExpiry: "reject" },
  onFailure: "compensate",
  rollback: { procedure: "Undo each write on its run's page", owner: "owner@example.com", windowDays: 30 },
  retention: { payloadDays: 30 },
};

const with_ = (more: Partial<GovernanceSpec>, rule: Partial<ActionRule> = {}): GovernanceSpec => ({
  ...base,
  ...more,
  actions: { "desk.update": { ...(base.actions["desk.update"] as ActionRule), ...rule } },
});
const decided = (confidence: number, team = "billing"): DecisionFacts => ({ name: "triage", value: { team }, confidence });
const facts = (more: Partial<Facts> = {}): Facts => ({
  action: "desk.update",
  values: { team: "billing" },
  basedOn: decided(0.9),
  decidedBy: null,
  before: null,
  event: null,
  now: Date.parse("2026-01-05T09:00:00Z"),
  ...more,
});
const person = { decidedBy: "ada@example.com" } as const;

interface Row {
  readonly spec?: GovernanceSpec;
  readonly facts: Facts;
  readonly outcome: Outcome;
  readonly rule: string;
}

const rows: Record<string, Row> = {
  "sure enough": { facts: facts(), outcome: "allow", rule: "confidence_reached" },
  "exactly at the threshold": { facts: facts({ basedOn: decided(0.6) }), outcome: "allow", rule: "confidence_reached" },
  "just below the threshold": {
    facts: facts({ basedOn: decided(0.6 - Number.EPSILON) }),
    outcome: "require_approval",
    rule: "confidence_below",
  },
  "a threshold of 1 and a certain answer": {
    spec: with_({ thresholds: { triage: 1 } }),
    facts: facts({ basedOn: decided(1) }),
    outcome: "allow",
    rule: "confidence_reached",
  },
  "a threshold of 0 and an answer without confidence": {
    spec: with_({ thresholds: { triage: 0 } }),
    facts: facts({ basedOn: decided(0) }),
    outcome: "allow",
    rule: "confidence_reached",
  },
  "a confidence that is no number": {
    facts: facts({ basedOn: decided(Number.NaN) }),
    outcome: "require_approval",
    rule: "confidence_below",
  },
  "no decision behind it": { facts: facts({ basedOn: null }), outcome: "require_approval", rule: "no_decision" },
  "a decision without a threshold": {
    facts: facts({ basedOn: { ...decided(1), name: "guess" } }),
    outcome: "require_approval",
    rule: "no_threshold",
  },
  "a decision whose name every object has": {
    facts: facts({ basedOn: { ...decided(1), name: "constructor" } }),
    outcome: "require_approval",
    rule: "no_threshold",
  },

  "an action that is not listed": { facts: facts({ action: "desk.delete" }), outcome: "deny", rule: "action_not_listed" },
  "an action whose name every object has": { facts: facts({ action: "constructor" }), outcome: "deny", rule: "action_not_listed" },
  "a field that is not listed": {
    facts: facts({ values: { team: "billing", status: "solved" } }),
    outcome: "deny",
    rule: "field_not_listed",
  },
  "a field whose name every object has": { facts: facts({ values: { constructor: "x" } }), outcome: "deny", rule: "field_not_listed" },
  "a value that is not in the list": { facts: facts({ values: { team: "board" } }), outcome: "deny", rule: "field_value" },
  "a value of another type than the listed one": { facts: facts({ values: { team: ["billing"] } }), outcome: "deny", rule: "field_value" },
  "null where null is listed": { facts: facts({ values: { team: null } }), outcome: "allow", rule: "confidence_reached" },
  "a text of the full length": { facts: facts({ values: { note: "x".repeat(10) } }), outcome: "allow", rule: "confidence_reached" },
  "a text that is too long": { facts: facts({ values: { note: "x".repeat(11) } }), outcome: "deny", rule: "field_value" },
  "a long text inside of something else": {
    facts: facts({ values: { body: { text: "x".repeat(100) } } }),
    outcome: "deny",
    rule: "field_value",
  },
  "a field without constraints": { facts: facts({ values: { free: { any: ["thing"] } } }), outcome: "allow", rule: "confidence_reached" },
  "nothing to write": { facts: facts({ values: {} }), outcome: "allow", rule: "confidence_reached" },

  "an answer that a person always confirms": {
    facts: facts({ values: { team: "privacy" }, basedOn: decided(1, "privacy") }),
    outcome: "require_approval",
    rule: "always_ask",
  },
  "the same answer of another decision": {
    spec: with_({ thresholds: { triage: 0.6, guess: 0.6 } }),
    facts: facts({ basedOn: { ...decided(1, "privacy"), name: "guess" } }),
    outcome: "allow",
    rule: "confidence_reached",
  },
  "an answer that is no object": {
    facts: facts({ basedOn: { ...decided(1), value: "privacy" } }),
    outcome: "allow",
    rule: "confidence_reached",
  },
  "an answer to be confirmed behind an action that is never asked": {
    spec: with_({}, { ask: "never" }),
    facts: facts({ basedOn: decided(1, "privacy") }),
    outcome: "allow",
    rule: "action_listed",
  },
  "an action that is always asked": {
    spec: with_({}, { ask: "always" }),
    facts: facts({ basedOn: decided(1) }),
    outcome: "require_approval",
    rule: "action_always_asks",
  },
  "an action that is never asked, without a decision": {
    spec: with_({}, { ask: "never" }),
    facts: facts({ basedOn: null }),
    outcome: "allow",
    rule: "action_listed",
  },
  "an action that is never asked, and a value that is not allowed": {
    spec: with_({}, { ask: "never" }),
    facts: facts({ values: { team: "board" } }),
    outcome: "deny",
    rule: "field_value",
  },

  "a regulated workflow, however sure": {
    spec: with_({ regulated: "credit" }),
    facts: facts({ basedOn: decided(1) }),
    outcome: "require_approval",
    rule: "regulated",
  },
  "a regulated workflow, an action that is never asked": {
    spec: with_({ regulated: "credit" }, { ask: "never" }),
    facts: facts(),
    outcome: "require_approval",
    rule: "regulated",
  },
  "a regulated workflow, and a value that is not allowed": {
    spec: with_({ regulated: "credit" }),
    facts: facts({ values: { team: "board" } }),
    outcome: "deny",
    rule: "field_value",
  },
  "several reasons to ask: the first in order is named": {
    spec: with_({ regulated: "credit" }, { ask: "always" }),
    facts: facts({ basedOn: decided(0.1, "privacy") }),
    outcome: "require_approval",
    rule: "regulated",
  },

  "a person decided, the model was unsure": {
    facts: facts({ ...person, basedOn: decided(0.1) }),
    outcome: "allow",
    rule: "person_decided",
  },
  "a person decided, there was no decision": { facts: facts({ ...person, basedOn: null }), outcome: "allow", rule: "person_decided" },
  "a person decided in a regulated workflow": {
    spec: with_({ regulated: "credit" }),
    facts: facts(person),
    outcome: "allow",
    rule: "person_decided",
  },
  "a person decided what is always asked": {
    spec: with_({}, { ask: "always" }),
    facts: facts(person),
    outcome: "allow",
    rule: "person_decided",
  },
  "a person decided on a value that is not allowed": {
    facts: facts({ ...person, values: { team: "board" } }),
    outcome: "deny",
    rule: "field_value",
  },
  "a person decided on a field that is not listed": {
    facts: facts({ ...person, values: { status: "solved" } }),
    outcome: "deny",
    rule: "field_not_listed",
  },
  "a person decided on an action that is not listed": {
    facts: facts({ ...person, action: "desk.delete" }),
    outcome: "deny",
    rule: "action_not_listed",
  },
  "a person without a name decided": {
    facts: facts({ decidedBy: "", basedOn: decided(0.1) }),
    outcome: "require_approval",
    rule: "confidence_below",
  },
};

describe("the ruling on", () => {
  it.each(Object.entries(rows))("%s", (_, { spec, facts: given, outcome, rule }) => {
    expect(evaluate(spec ?? base, given)).toMatchObject({ outcome, rule });
  });

  it("any of these is one of the rules that matched, and none that matched is stricter", () => {
    const strictness = { allow: 0, require_approval: 1, deny: 2 };
    for (const [name, { spec, facts: given }] of Object.entries(rows)) {
      const ruling = evaluate(spec ?? base, given);
      expect(ruling.matched, name).toContainEqual(
        expect.objectContaining({ rule: ruling.rule, outcome: ruling.outcome, reason: ruling.reason }),
      );
      for (const { outcome } of ruling.matched) expect(strictness[outcome], name).toBeLessThanOrEqual(strictness[ruling.outcome]);
    }
  });

  it("any of these comes from every rule there is", () => {
    expect(new Set(Object.values(rows).map(({ rule }) => rule))).toEqual(
      new Set([
        "action_not_listed",
        "field_not_listed",
        "field_value",
        "person_decided",
        "regulated",
        "action_always_asks",
        "always_ask",
        "no_decision",
        "no_threshold",
        "confidence_reached",
        "confidence_below",
        "action_listed",
      ]),
    );
  });

  it("several forbidden fields lists each of them, and is made by the first", () => {
    const { rule, matched } = evaluate(base, facts({ values: { status: "solved", team: "board", note: "x".repeat(11) } }));
    expect(rule).toBe("field_not_listed");
    expect(matched.filter(({ outcome }) => outcome === "deny").map(({ field }) => field)).toEqual(["status", "team", "note"]);
  });
});

describe("a ruling's reason", () => {
  const reason = (given: Partial<Facts>, spec = base) => evaluate(spec, facts(given)).reason;

  it("names the field, what was wanted and what is allowed", () => {
    expect(reason({ values: { team: "board" } })).toBe('team: "board" is not one of "billing", "privacy", null');
    expect(reason({ values: { note: "x".repeat(11) } })).toBe("note: is longer than 10 characters");
    expect(reason({ values: { status: "solved" } })).toBe("status: the spec does not list this field");
  });

  it("never says that an answer reaches a threshold that it does not reach", () => {
    expect(reason({ basedOn: decided(0.59999) })).toBe("The model is only 59.9 % sure, threshold 60.0 %");
    expect(reason({ basedOn: decided(0.6) })).toBe("The model is 60.0 % sure, threshold 60.0 %");
  });

  it("is the owner's own words where an answer is always confirmed", () => {
    expect(reason({ basedOn: decided(1, "privacy") })).toBe("Requests about personal data have deadlines");
  });

  it("names the person who decided", () => {
    expect(reason(person)).toBe("Decided by ada@example.com");
  });
});

it("the same spec and facts give the same ruling", () => {
  for (const { spec, facts: given } of Object.values(rows)) {
    const before = structuredClone([spec ?? base, given]);
    expect(evaluate(spec ?? base, given)).toEqual(evaluate(spec ?? base, given));
    expect([spec ?? base, given]).toEqual(before);
  }
});
