// The second check on a regulated write: whatever is missing, wrong or of another change, it does not leave.
import { describe, expect, it } from "vitest";
import type { Approval, Decision } from "../../../src/core/approval.ts";
import { digest } from "../../../src/core/json.ts";
import { type DecisionEntry, mayLeave } from "../../../src/governance/may-leave.ts";

const ADA = "ada@example.com";
const spec = { regulated: "credit" as const, version: 3, review: { reviewers: [ADA, "grace@example.com"] } };
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
const looked = (seen: Record<string, string> = before): DecisionEntry => ({ type: "effect.looked", before: seen });
const asked = (more: Partial<Approval> = {}): DecisionEntry => ({ type: "approval.requested", approval: approval(more) });
const decided = (decision: Decision, approvalId = "apr_1"): DecisionEntry => ({ type: "approval.decided", approvalId, decision });
const yes: Decision = { kind: "approved", by: ADA };
const good = [looked(), asked(), decided(yes), looked()];

describe("a regulated write leaves", () => {
  it("with a named reviewer's decision on exactly it", () => {
    expect(mayLeave(spec, leaving, good)).toBeNull();
  });

  it("as the reviewer edited it", () => {
    const values = { group: "returns" };
    expect(mayLeave(spec, { ...leaving, values }, [looked(), asked(), decided({ kind: "edited", by: ADA, values }), looked()])).toBeNull();
  });

  it("where the system cannot be looked at", () => {
    const unseen = { before: {}, digest: digest({ ...leaving, before: {}, specVersion: 3 }) };
    expect(mayLeave(spec, leaving, [asked(unseen), decided(yes)])).toBeNull();
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
    ["once the approval was voided", leaving, [...good, { type: "approval.voided", approvalId: "apr_1" }]],
    ["after the decision of a stranger", leaving, [looked(), asked(), decided({ kind: "approved", by: "eve@example.com" })]],
    ["after the decision of nobody", leaving, [looked(), asked(), decided({ kind: "approved", by: "" })]],
    [
      "after that of a reviewer whom this did not ask",
      leaving,
      [looked(), asked(), decided({ kind: "approved", by: "grace@example.com" })],
    ],
    [
      "after that of one who was asked and is no reviewer",
      leaving,
      [looked(), asked({ reviewers: ["eve@example.com"] }), decided({ kind: "approved", by: "eve@example.com" })],
    ],
    ["with other values", { ...leaving, values: { group: "returns" } }, good],
    ["with a field more", { ...leaving, values: { group: "billing", priority: "high" } }, good],
    [
      "as it was proposed, once it was edited",
      leaving,
      [looked(), asked(), decided({ kind: "edited", by: ADA, values: { group: "returns" } })],
    ],
    ["to another record", { ...leaving, target: "ticket/8" }, good],
    ["by another action", { ...leaving, action: "desk.close" }, good],
    ["onto a record that has changed since", leaving, [looked(), asked(), decided(yes), looked({ group: "sales" })]],
    ["with a digest of something else", leaving, [looked(), asked({ digest: "0" }), decided(yes)]],
  ] as [string, typeof leaving, DecisionEntry[]][])("%s", (_, what, entries) => {
    expect(mayLeave(spec, what, entries)).toMatch(/./);
    expect(mayLeave({ ...spec, regulated: false }, what, entries)).toBeNull();
  });

  it("under another version of the spec", () => {
    expect(mayLeave({ ...spec, version: 4 }, leaving, good)).toMatch(/another change/);
  });
});
