// Two versions of a spec and what is said of their difference. The base is the demo's spec with one of everything that can be in one.
import { describe, expect, it } from "vitest";
import { GovernanceSpec } from "../../../src/governance/spec.ts";
import { diffSpecs } from "../../../src/governance/spec-diff.ts";
import { ticketTriageSpec } from "../../../src/workflows/ticket-triage/governance.ts";

const UPDATE = "zendesk.updateTicket";
const rich = {
  ...ticketTriageSpec,
  auditSampling: 0.1,
  budget: { usdPerDay: 5, onReached: "refuse" },
  limits: { writesPerHour: 100, valuePerDay: [{ action: UPDATE, field: "amount", max: 500 }] },
  actions: {
    ...ticketTriageSpec.actions,
    [UPDATE]: {
      ask: "when_unsure",
      fields: {
        group: { oneOf: ["billing", "shipping"] },
        amount: { range: { min: 0, max: 100 }, maxChange: { percent: 10 } },
        status: { transitions: [["open", "paid"]], pattern: "[a-z]+", maxLength: 20 },
      },
      never: ["bank.iban"],
      rules: [
        { name: "large", when: "after.amount > 50.0", outcome: "ask", reason: "Large" },
        { name: "routine", when: "size(changed) == 1", outcome: "allow", reason: "One field" },
      ],
    },
  },
  review: { ...ticketTriageSpec.review, approvals: 2, groups: { leads: ["ada@example.com", "grace@example.com"] } },
};

/** The base with one place changed; undefined removes it. */
function changed(path: readonly (string | number)[], value: unknown): GovernanceSpec {
  const copy = structuredClone(rich) as never as Record<string, never>;
  const last = path.at(-1) as string;
  let at: Record<string, unknown> = copy;
  for (const part of path.slice(0, -1)) at = at[part] as Record<string, unknown>;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return GovernanceSpec.parse(copy);
}
const base = GovernanceSpec.parse(rich);
const from = (path: readonly (string | number)[], value: unknown) =>
  diffSpecs(base, changed(path, value)).map(({ what, judgement }) => `${judgement}: ${what}`);
const fields = (...more: string[]) => ["actions", UPDATE, "fields", ...more];

describe("a difference between two versions", () => {
  it.each<[readonly (string | number)[], unknown, string | string[]]>([
    [["mode"], "shadow", "stricter: Mode: changed from live to shadow"],
    [["regulated"], "credit", "stricter: Regulated: changed from false to credit"],
    [["thresholds", "triage"], 0.5, "looser: Threshold for triage: lowered from 0.6 to 0.5"],
    [["thresholds", "triage"], 0.7, "stricter: Threshold for triage: raised from 0.6 to 0.7"],
    [["thresholds", "triage"], undefined, "stricter: Threshold for triage: removed, 0.6"],
    [["thresholds", "other"], 0.9, "looser: Threshold for other: added, 0.9"],
    [["thresholds", "triage.team"], 0.9, "neutral: Threshold for triage.team: added, 0.9"],
    [["thresholds", "triage"], { certificate: "c1" }, 'neutral: Threshold for triage: changed from 0.6 to {"certificate":"c1"}'],
    [["alwaysAsk"], [], "looser: Always asked: triage team = privacy: removed"],
    [["actions", "slack.postMessage"], undefined, "stricter: Action slack.postMessage: removed"],
    [["actions", "zendesk.close"], { ask: "always", fields: {} }, "looser: Action zendesk.close: added"],
    [["actions", UPDATE, "ask"], "always", `stricter: When ${UPDATE} asks: changed from when_unsure to always`],
    [["actions", UPDATE, "ask"], "never", `looser: When ${UPDATE} asks: changed from when_unsure to never`],
    [fields("group"), undefined, `stricter: Field group of ${UPDATE}: removed`],
    [fields("note"), {}, `looser: Field note of ${UPDATE}: added`],
    [fields("group", "oneOf"), undefined, `looser: List of values for group of ${UPDATE}: removed`],
    [
      fields("group", "oneOf"),
      ["billing", "returns"],
      [`stricter: Value shipping for group of ${UPDATE}: removed`, `looser: Value returns for group of ${UPDATE}: added`],
    ],
    [fields("amount", "range"), undefined, `looser: Range of amount of ${UPDATE}: removed`],
    [fields("amount", "range"), { min: 0, max: 200 }, `looser: Most amount of ${UPDATE}: raised from 100 to 200`],
    [fields("amount", "range"), { min: 5, max: 100 }, `stricter: Least amount of ${UPDATE}: raised from 0 to 5`],
    [fields("amount", "range"), { max: 100 }, `looser: Least amount of ${UPDATE}: removed, 0`],
    [fields("amount", "maxChange"), { percent: 20 }, `looser: Largest change of amount of ${UPDATE} (percent): raised from 10 to 20`],
    [fields("status", "transitions"), undefined, `looser: List of steps for status of ${UPDATE}: removed`],
    [
      fields("status", "transitions"),
      [
        ["open", "paid"],
        ["paid", "open"],
      ],
      `looser: Step ["paid","open"] for status of ${UPDATE}: added`,
    ],
    [fields("status", "pattern"), "[a-z ]+", `neutral: Pattern of status of ${UPDATE}: changed from [a-z]+ to [a-z ]+`],
    [fields("status", "pattern"), undefined, `looser: Pattern of status of ${UPDATE}: removed`],
    [fields("status", "maxLength"), 10, `stricter: Longest status of ${UPDATE}: lowered from 20 to 10`],
    [["actions", UPDATE, "never"], undefined, `looser: Never touched: bank.iban of ${UPDATE}: removed`],
    [["actions", UPDATE, "never"], ["bank.iban", "owner"], `stricter: Never touched: owner of ${UPDATE}: added`],
    [["actions", UPDATE, "rules"], undefined, [`looser: Rule large of ${UPDATE}: removed`, `neutral: Rule routine of ${UPDATE}: removed`]],
    [["actions", UPDATE, "rules", 0, "outcome"], "deny", `stricter: Outcome of rule large of ${UPDATE}: changed from ask to deny`],
    [
      ["review", "reviewers"],
      ["ada@example.com", "linus@example.com"],
      ["neutral: Reviewer grace@example.com: removed", "neutral: Reviewer linus@example.com: added"],
    ],
    [["review", "approvals"], 1, "looser: Number of people who must agree: lowered from 2 to 1"],
    [["review", "groups"], { leads: ["ada@example.com"] }, "neutral: Member grace@example.com of the group leads: removed"],
    [["auditSampling"], 0.2, "stricter: Share of writes looked at afterwards: raised from 0.1 to 0.2"],
    [["auditSampling"], undefined, "looser: Share of writes looked at afterwards: removed, 0.1"],
    [["limits"], undefined, "looser: Limits: removed"],
    [["limits", "writesPerHour"], 200, "looser: Most writes in an hour: raised from 100 to 200"],
    [["limits", "valuePerDay", 0, "max"], 400, `stricter: Most amount of ${UPDATE} in a day: lowered from 500 to 400`],
    [["budget"], undefined, "looser: Budget for model calls: removed"],
    [["budget", "usdPerDay"], 10, "looser: Most dollars for model calls in a day: raised from 5 to 10"],
    [["budget", "usdPerRun"], 0.1, "stricter: Most dollars for model calls in a run: added, 0.1"],
    [["budget", "onReached"], "ask", "neutral: What happens when the budget is reached: changed from refuse to ask"],
    [["onFailure"], "leave", "neutral: What a failed run does with its writes: changed from compensate to leave"],
    [["owner"], "new@example.com", "neutral: Owner: changed from head.of.support@example.com to new@example.com"],
    [["version"], 2, []],
  ])("in %j to %j is said in words and judged", (path, value, expected) => {
    expect(from(path, value)).toEqual([expected].flat());
  });

  it("has its opposite the other way round", () => {
    const lower = changed(["thresholds", "triage"], 0.5);
    expect(diffSpecs(base, lower)[0]).toMatchObject({ path: "thresholds.triage", before: 0.6, after: 0.5, judgement: "looser" });
    expect(diffSpecs(lower, base)[0]).toMatchObject({ before: 0.5, after: 0.6, judgement: "stricter" });
  });

  it("is never unseen: one of order alone is said, too", () => {
    const swapped = changed(["actions", UPDATE, "rules"], [...(rich.actions[UPDATE] as { rules: unknown[] }).rules].reverse());
    expect(diffSpecs(base, swapped)).toEqual([
      expect.objectContaining({ what: "Only the order of something differs", judgement: "neutral" }),
    ]);
    expect(diffSpecs(base, base)).toEqual([]);
  });

  it("of a field that the table does not know is listed as it stands", () => {
    const more = { ...base, novelty: { of: "tomorrow" } } as GovernanceSpec;
    expect(diffSpecs(base, more)).toEqual([
      { path: "novelty.of", what: "Novelty of: added", before: null, after: "tomorrow", judgement: "neutral" },
    ]);
  });
});
