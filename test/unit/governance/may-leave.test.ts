// The second check on a regulated write: whatever is missing, wrong or of another change, it does not leave.
import { describe, expect, it } from "vitest";
import type { Approval, Decision } from "../../../src/core/approval.ts";
import { digest } from "../../../src/core/json.ts";
import { type DecisionEntry, mayLeave } from "../../../src/governance/may-leave.ts";

const ADA = "ada@example.com";
const GRACE = "grace@example.com";
const spec = {
  regulated: "credit" as const,
  version: 3,
  review: { reviewers: [ADA, GRACE], slaMinutes: 60, onExpiry: "reject" as const },
};
const leaving = { action: "desk.update", target: "ticket/7", values: { group: "billing" } };
const before = { group: "support" };
const approval = (more: Partial<Approval> = {}): Approval => ({
  id: "apr_1",
  step: "route",
  action: leaving.action,
  target: leaving.target,
  before,
  values: leaving.values,
  digest: digest({ action: leaving.action, target: leaving.target, before, values: leaving.values, specVersion: 3 }),
  rule: "regulated",
  why: "A person decides",
  reviewers: [ADA],
  requestedAt: 0,
  expiresAt: 1,
  ...more,
});
const looked = (seen: Record<string, string> = before): DecisionEntry => ({ at: 1, type: "effect.looked", before: seen });
const asked = (more: Partial<Approval> = {}): DecisionEntry => ({ at: 1, type: "approval.requested", approval: approval(more) });
const decided = (decision: Decision, approvalId = "apr_1", at = 1): DecisionEntry => ({
  at,
  type: "approval.decided",
  approvalId,
  decision,
});
const reason = "The customer asked for it in writing";
const yes: Decision = { kind: "approved", by: ADA, reason };
const check = (
  what: typeof leaving,
  entries: readonly DecisionEntry[],
  under: Parameters<typeof mayLeave>[0] = spec,
  notBy: string | null = null,
) => mayLeave(under, what, entries, notBy);
const good = [looked(), asked(), decided(yes), looked()];

describe("a regulated write leaves", () => {
  it("with a named reviewer's decision on exactly it", () => {
    expect(check(leaving, good)).toBeNull();
  });

  it("as the reviewer edited it", () => {
    const values = { group: "returns" };
    expect(check({ ...leaving, values }, [looked(), asked(), decided({ kind: "edited", by: ADA, values, reason }), looked()])).toBeNull();
  });

  it("where the system cannot be looked at", () => {
    const unseen = { before: {}, digest: digest({ ...leaving, before: {}, specVersion: 3 }) };
    expect(check(leaving, [asked(unseen), decided(yes)])).toBeNull();
  });
});

describe("a regulated write stays", () => {
  it.each([
    ["without anything", leaving, []],
    ["without a question", leaving, [looked(), decided(yes)]],
    ["without an answer", leaving, [looked(), asked()]],
    ["after a rejection", leaving, [looked(), asked(), decided({ kind: "rejected", by: ADA, reason: "No" })]],
    ["after an expiry", leaving, [looked(), asked(), decided({ kind: "expired" })]],
    ["with two answers", leaving, [...good, decided(yes)]],
    ["with an answer to another question", leaving, [looked(), asked(), decided(yes, "apr_0")]],
    ["with an answer to an earlier question", leaving, [looked(), asked({ id: "apr_0" }), decided(yes, "apr_0"), asked()]],
    ["once the approval was voided", leaving, [...good, { at: 1, type: "approval.voided", approvalId: "apr_1" }]],
    ["after the decision of a stranger", leaving, [looked(), asked(), decided({ kind: "approved", by: "eve@example.com", reason })]],
    ["after the decision of nobody", leaving, [looked(), asked(), decided({ kind: "approved", by: "", reason })]],
    ["after that of a reviewer whom this did not ask", leaving, [looked(), asked(), decided({ kind: "approved", by: GRACE, reason })]],
    [
      "after that of one who was asked and is no reviewer",
      leaving,
      [looked(), asked({ reviewers: ["eve@example.com"] }), decided({ kind: "approved", by: "eve@example.com", reason })],
    ],
    ["with other values", { ...leaving, values: { group: "returns" } }, good],
    ["with a field more", { ...leaving, values: { group: "billing", priority: "high" } }, good],
    [
      "as it was proposed, once it was edited",
      leaving,
      [looked(), asked(), decided({ kind: "edited", by: ADA, values: { group: "returns" }, reason })],
    ],
    ["to another record", { ...leaving, target: "ticket/8" }, good],
    ["by another action", { ...leaving, action: "desk.close" }, good],
    ["onto a record that has changed since", leaving, [looked(), asked(), decided(yes), looked({ group: "sales" })]],
    ["with a digest of something else", leaving, [looked(), asked({ digest: "0" }), decided(yes)]],
  ] as [string, typeof leaving, DecisionEntry[]][])("%s", (_, what, entries) => {
    expect(check(what, entries)).toMatch(/./);
    expect(check(what, entries, { ...spec, regulated: false })).toBeNull();
  });

  it("under another version of the spec", () => {
    expect(check(leaving, good, { ...spec, version: 4 })).toMatch(/another change/);
  });
});
