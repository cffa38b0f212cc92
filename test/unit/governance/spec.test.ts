// A governance spec as a document: what is wrong with it is said by field, nothing unknown passes, and the demo's own is right.
import { describe, expect, it } from "vitest";
import { GovernanceSpec } from "../../../src/governance/spec.ts";
import { ticketTriageSpec } from "../../../src/workflows/ticket-triage/governance.ts";
import { ticketTriage } from "../../../src/workflows/ticket-triage/workflow.ts";

const update = "zendesk.updateTicket";

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

  const wrong: [string, readonly (string | number)[], unknown][] = [
    ["no workflow", ["workflow"], ""],
    ["no version", ["version"], undefined],
    ["version 0", ["version"], 0],
    ["half a version", ["version"], 1.5],
    ["an owner who is no address", ["owner"], "the boss"],
    ["no purpose", ["purpose"], ""],
    ["a mode that does not exist", ["mode"], "dry-run"],
    ["a regulated that is neither yes nor no", ["regulated"], "yes"],
    ["a threshold above 1", ["thresholds", "triage"], 60],
    ["a threshold below 0", ["thresholds", "triage"], -0.1],
    ["a threshold that is no number", ["thresholds", "triage"], Number.NaN],
    ["an answer to confirm without a reason", ["alwaysAsk", 0, "because"], ""],
    ["an answer to confirm without a field", ["alwaysAsk", 0, "field"], undefined],
    ["an ask that does not exist", ["actions", update, "ask"], "sometimes"],
    ["an action without fields", ["actions", update, "fields"], undefined],
    ["an empty list of values", ["actions", update, "fields", "group", "oneOf"], []],
    ["a length that is no whole number", ["actions", update, "fields", "group", "maxLength"], 1.5],
    ["no reviewer", ["review", "reviewers"], []],
    ["a reviewer who is no address", ["review", "reviewers", 0], "ada"],
    ["no time to decide", ["review", "slaMinutes"], 0],
    ["an unknown result of expiry", ["review", "onExpiry"], "approve"],
    ["an unknown answer to failure", ["onFailure"], "ignore"],
  ];
  it.each(wrong)("is refused with %s, and the field is named", (_, path, value) => {
    const parsed = GovernanceSpec.safeParse(changed(path, value));
    expect(parsed.success).toBe(false);
    expect(parsed.error?.issues.map((issue) => issue.path)).toEqual([path]);
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
});
