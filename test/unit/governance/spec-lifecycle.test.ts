// What one version of a governance spec may become, by whom. Plain data in; nothing is stored here (test/unit/db/spec-triggers.test.ts has the database's word).
import { describe, expect, it } from "vitest";
import { decideTransition, expiryOf, type SpecFacts, type SpecStatus, type Transition } from "../../../src/governance/spec-lifecycle.ts";

const AUTHOR = "ann@example.com";
const OWNER = "olga@example.com";
const NOW = Date.UTC(2026, 10, 23, 12);
const facts = (more: Partial<SpecFacts> = {}): SpecFacts => ({
  workflow: "ticket-triage",
  version: 4,
  status: "submitted",
  author: AUTHOR,
  digest: "d4",
  emergency: null,
  approvals: [],
  approvedVersion: 3,
  ...more,
});
const APPROVE: Transition = { do: "approve", digest: "d4" };
const ask = (more: Partial<SpecFacts>, transition: Transition, by: string) => {
  const decided = decideTransition(facts(more), transition, by);
  return decided.ok ? decided.value.to : decided.error.code;
};

const ALL: readonly SpecStatus[] = ["draft", "submitted", "approved", "rejected", "retired"];
const LEGAL: readonly [Transition, SpecStatus, string, string][] = [
  [{ do: "save" }, "draft", AUTHOR, "draft"],
  [{ do: "submit" }, "draft", AUTHOR, "submitted"],
  [APPROVE, "submitted", OWNER, "approved"],
  [{ do: "reject" }, "submitted", OWNER, "rejected"],
  [{ do: "retire" }, "approved", OWNER, "retired"],
];

describe("a version of a spec", () => {
  it.each(LEGAL)("%j leads on from one stage only", (transition, from, by, to) => {
    expect(ALL.map((status) => ask({ status }, transition, by))).toEqual(ALL.map((status) => (status === from ? to : "spec.wrong_state")));
  });

  it("is changed and submitted by its author alone", () => {
    for (const what of ["save", "submit"] as const) expect(ask({ status: "draft" }, { do: what }, OWNER)).toBe("spec.not_yours");
  });

  it("is not approved by its author, however the address is written", () => {
    expect(ask({}, APPROVE, AUTHOR)).toBe("spec.not_yours");
    expect(ask({}, APPROVE, "Ann@Example.com")).toBe("spec.not_yours");
  });

  it("is approved with the digest of its text, and with no other", () => {
    expect(ask({ digest: "d5" }, APPROVE, OWNER)).toBe("spec.changed");
  });

  it("is not approved below one that is approved, where it would not count", () => {
    expect(ask({ approvedVersion: 5 }, APPROVE, OWNER)).toBe("spec.wrong_state");
    expect(ask({ approvedVersion: null }, APPROVE, OWNER)).toBe("approved");
  });
});

describe("an emergency change", () => {
  const emergency = { emergency: "The desk writes nonsense" };
  it("takes two people besides its author, and then counts for 24 hours", () => {
    expect(ask(emergency, APPROVE, OWNER)).toBe("awaits");
    const once = { ...emergency, approvals: [{ by: OWNER }] };
    expect(ask(once, APPROVE, OWNER)).toBe("spec.not_yours");
    expect(ask(once, APPROVE, AUTHOR)).toBe("spec.not_yours");
    expect(ask(once, APPROVE, "peter@example.com")).toBe("approved");
    expect(expiryOf(emergency, NOW)).toBe(NOW + 24 * 3_600_000);
  });

  it("is the only one that expires", () => {
    expect(expiryOf({ emergency: null }, NOW)).toBeNull();
  });

  it("counts beside a higher version as well, and so may be approved", () => {
    expect(ask({ ...emergency, approvals: [{ by: OWNER }], approvedVersion: 5 }, APPROVE, "peter@example.com")).toBe("approved");
  });
});
