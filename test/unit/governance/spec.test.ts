// A governance spec as a document: what is wrong with it is said by field, nothing unknown passes, and the demo's own is right.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { conditionFault } from "../../../src/governance/condition.ts";
import { BUILT_IN_RULES, GovernanceSpec } from "../../../src/governance/spec.ts";
import { ticketTriageSpec } from "../../../src/workflows/ticket-triage/governance.ts";
import { ticketTriage } from "../../../src/workflows/ticket-triage/workflow.ts";

const update = "zendesk.updateTicket";
const ADA = "ada@example.com";

/** The demo's spec with one place changed; undefined takes it away. */
function changed(path: readonly (string | number)[], value: unknown): unknown {
  const spec = structuredClone(ticketTriageSpec) as unknown;
  let here = spec as Record<string | number, unknown>;
  for (const name of path.slice(0, -1)) here = here[name] as Record<string | number, unknown>;
  const last = path.at(-1) as string | number;
  if (value === undefined) delete here[last];
  else here[last] = value;
  return spec;
}

describe("a governance spec", () => {
  it("of the demo is valid, and parsing it changes nothing", () => {
    expect(GovernanceSpec.parse(ticketTriageSpec)).toEqual(ticketTriageSpec);
  });

  it("of the demo lists exactly the writes that its workflow may make", () => {
    const writes = Object.values(ticketTriage.uses).flatMap((use) =>
      use.kind === "connector"
        ? Object.entries(use.actions).flatMap(([name, action]) => (action.effect === "read" ? [] : [`${use.connector}.${name}`]))
        : [],
    );
    expect(Object.keys(ticketTriageSpec.actions).toSorted()).toEqual(writes.toSorted());
  });

  const rule = (more: object = {}) => ({ name: "over_limit", when: "after.amount > 5", outcome: "ask", reason: "Over the limit", ...more });
  /** The last: where in the value, if not the whole of it. */
  const wrong: [string, readonly (string | number)[], unknown, (readonly (string | number)[])?][] = [
    ["no workflow", ["workflow"], ""],
    ["no version", ["version"], undefined],
    ["version 0", ["version"], 0],
    ["half a version", ["version"], 1.5],
    ["an owner who is no address", ["owner"], "the boss"],
    ["no purpose", ["purpose"], ""],
    ["a mode that does not exist", ["mode"], "dry-run"],
    ["a regulated that is neither yes nor no", ["regulated"], "yes"],
    ["limits that limit nothing", ["limits"], {}],
    ["no write an hour", ["limits"], { writesPerHour: 0 }, ["limits", "writesPerHour"]],
    [
      "a limit of an action that is not listed",
      ["limits"],
      { valuePerDay: [{ action: "zendesk.other", field: "group", max: 1 }] },
      ["limits", "valuePerDay", 0, "action"],
    ],
    [
      "a limit of a field that is not listed",
      ["limits"],
      { valuePerDay: [{ action: update, field: "amount", max: 1 }] },
      ["limits", "valuePerDay", 0, "field"],
    ],
    [
      "two limits of one field",
      ["limits"],
      { valuePerDay: [1, 2].map((max) => ({ action: update, field: "group", max })) },
      ["limits", "valuePerDay", 1],
    ],
    ["a budget of nothing", ["budget"], { onReached: "ask" }],
    ["a budget of no dollars", ["budget"], { usdPerDay: 0, onReached: "ask" }, ["budget", "usdPerDay"]],
    ["a budget that does not say what then", ["budget"], { usdPerDay: 1 }, ["budget", "onReached"]],
    ["a run's budget above the day's", ["budget"], { usdPerDay: 1, usdPerRun: 2, onReached: "refuse" }, ["budget", "usdPerRun"]],
    ["a threshold above 1", ["thresholds", "triage"], 60],
    ["a threshold below 0", ["thresholds", "triage"], -0.1],
    ["a threshold that is no number", ["thresholds", "triage"], Number.NaN],
    ["an answer to confirm without a reason", ["alwaysAsk", 0, "because"], ""],
    ["an answer to confirm without a field", ["alwaysAsk", 0, "field"], undefined],
    ["an ask that does not exist", ["actions", update, "ask"], "sometimes"],
    ["an action without fields", ["actions", update, "fields"], undefined],
    ["an empty list of values", ["actions", update, "fields", "group", "oneOf"], []],
    ["a length that is no whole number", ["actions", update, "fields", "group", "maxLength"], 1.5],
    ["an empty pattern", ["actions", update, "fields", "group", "pattern"], ""],
    ["a pattern that is none", ["actions", update, "fields", "group", "pattern"], "["],
    ["a pattern that looks back", ["actions", update, "fields", "group", "pattern"], "(a)\\1"],
    ["a pattern that looks ahead", ["actions", update, "fields", "group", "pattern"], "(?=a)a"],
    ["a pattern that multiplies", ["actions", update, "fields", "group", "pattern"], "(.{30}){30}"],
    ["a long pattern", ["actions", update, "fields", "group", "pattern"], "a".repeat(201)],
    ["an empty range", ["actions", update, "fields", "group", "range"], {}],
    ["a range upside down", ["actions", update, "fields", "group", "range"], { min: 2, max: 1 }],
    ["a largest change of nothing", ["actions", update, "fields", "group", "maxChange"], {}],
    ["no transitions", ["actions", update, "fields", "group", "transitions"], []],
    ["a field that is listed and never touched", ["actions", update, "never"], ["group"], ["never", 0]],
    ["two rules of one name", ["actions", update, "rules"], [rule(), rule()], ["rules", 1, "name"]],
    ["a rule named as one that is always there", ["actions", update, "rules"], [rule({ name: "regulated" })], ["rules", 0, "name"]],
    ["a rule without a reason", ["actions", update, "rules"], [rule({ reason: " " })], ["rules", 0, "reason"]],
    ["a rule whose condition is broken", ["actions", update, "rules"], [rule({ when: "after.amount >" })], ["rules", 0, "when"]],
    ["a rule about facts that do not exist", ["actions", update, "rules"], [rule({ when: "counts.writes > 5" })], ["rules", 0, "when"]],
    ["a rule that denies and names people", ["actions", update, "rules"], [rule({ outcome: "deny", ask: [ADA] })], ["rules", 0, "ask"]],
    ["a rule that asks strangers", ["actions", update, "rules"], [rule({ ask: ["eve@example.com"] })], ["rules", 0, "ask"]],
    ["no reviewer", ["review", "reviewers"], []],
    ["a reviewer who is no address", ["review", "reviewers", 0], "ada"],
    ["no time to decide", ["review", "slaMinutes"], 0],
    ["an unknown result of expiry", ["review", "onExpiry"], "approve"],
    ["an unknown answer to failure", ["onFailure"], "ignore"],
  ];
  it.each(wrong)("is refused with %s, and the field is named", (_, path, value, within) => {
    const parsed = GovernanceSpec.safeParse(changed(path, value));
    expect(parsed.success).toBe(false);
    expect(parsed.error?.issues.map((issue) => issue.path)).toEqual([within ? [...path.slice(0, -1), ...within] : path]);
  });

  it.each([
    ["the spec", [], "reviwers"],
    ["the review", ["review"], "slaHours"],
    ["an action", ["actions", update], "asks"],
    ["a field's rule", ["actions", update, "fields", "group"], "max"],
    ["an answer to confirm", ["alwaysAsk", 0], "is"],
  ] as [string, (string | number)[], string][])("is refused with a misspelt member of %s, which is named", (_, path, key) => {
    const parsed = GovernanceSpec.safeParse(changed([...path, key], 1));
    expect(parsed.error?.issues).toMatchObject([{ code: "unrecognized_keys", keys: [key], path }]);
  });

  it("names the rule and the character of a broken condition", () => {
    const parsed = GovernanceSpec.safeParse(
      changed(["actions", update, "rules"], [rule({ name: "large", when: "delta.amount > 5 && tiem.hour > 8" })]),
    );
    expect(parsed.error?.issues[0]?.message).toBe("rule large, character 21: Unknown variable: tiem");
  });

  it("with every construct is valid, and parsing it changes nothing", () => {
    const action = {
      ask: "never",
      fields: {
        code: { pattern: "[A-Z]{2}[0-9]{6}" },
        amount: { range: { min: 0, max: 1000 }, maxChange: { absolute: 100, percent: 10 } },
        status: {
          transitions: [
            ["open", "paid"],
            [null, "open"],
          ],
        },
      },
      never: ["bank.iban"],
      rules: [rule({ ask: [ADA] }), rule({ name: "closed", when: "before.status == 'closed'", outcome: "deny" })],
    };
    const spec = changed(["actions", update], action);
    expect(GovernanceSpec.parse(spec)).toEqual(spec);
    expect(GovernanceSpec.parse(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
  });

  it("takes the addresses of a rule's people in small letters, as those of the reviewers", () => {
    const spec = GovernanceSpec.parse(changed(["actions", update, "rules"], [rule({ ask: ["Ada@Example.com"] })]));
    expect(spec.actions[update]?.rules?.[0]?.ask).toEqual([ADA]);
  });

  it("is what the documentation shows", () => {
    const [, shown = ""] = /## A spec\n\n```ts\n([\s\S]*?)```/.exec(readFileSync("docs/governance.md", { encoding: "utf8" })) ?? [];
    const json = shown
      .replace(/(\s)\/\/.*$/gm, "$1")
      .replace(/([{,]\s*)([A-Za-z]+):/g, '$1"$2":')
      .replace(/,(\s*[}\]])/g, "$1");
    expect(GovernanceSpec.safeParse(JSON.parse(json)).error?.issues ?? []).toEqual([]);
  });

  it("may have every condition that the documentation shows", () => {
    const shown = [...readFileSync("docs/governance.md", { encoding: "utf8" }).matchAll(/\bwhen: "([^"]+)"/g)].map(([, when]) =>
      String(when),
    );
    expect(shown.length).toBeGreaterThan(5);
    expect(shown.map((when) => [when, conditionFault(when)])).toEqual(shown.map((when) => [when, null]));
  });

  it("may have no rule that is named as one that evaluate() makes", () => {
    const made = ["evaluate", "taint", "confidence"].flatMap((file) =>
      [...readFileSync(`src/governance/${file}.ts`, { encoding: "utf8" }).matchAll(/(?:\brule: |\bask\()"([a-z_]+)",/g)].map(
        ([, name]) => name,
      ),
    );
    const breaches = ["field_value", "field_change", "field_transition", "tainted", "workflow"];
    expect(new Set([...made, ...breaches])).toEqual(new Set(BUILT_IN_RULES));
  });
});
