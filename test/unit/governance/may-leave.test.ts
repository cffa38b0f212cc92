// The second check on a regulated write: whatever is missing, wrong or of another change, it does not leave.
import { readFileSync } from "node:fs";
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

describe("where several must agree", () => {
  const LINUS = "linus@example.com";
  const MINUTE = 60_000;
  const T0 = Date.parse("2026-01-05T09:00:00Z");
  const two = { ...spec, review: { ...spec.review, reviewers: [ADA, GRACE, LINUS], approvals: 2 } };
  const question = asked({ reviewers: [ADA, GRACE, LINUS], requestedAt: T0 });
  const bound = approval().digest;
  const boundTo = (values: Record<string, string>) => digest({ ...leaving, before, values, specVersion: 3 });
  const about = { at: T0 + 1, approvalId: "apr_1", reason } as const;
  const endorsed = (by: string, more: Record<string, unknown> = {}): DecisionEntry =>
    ({ ...about, type: "approval.endorsed", digest: bound, by, ...more }) as DecisionEntry;
  const amended = (by: string, values: Record<string, string>): DecisionEntry => ({
    ...about,
    type: "approval.amended",
    digest: boundTo(values),
    values,
    by,
  });
  const said = (by: string, more: Partial<Extract<Decision, { kind: "approved" }>> = {}) =>
    decided({ kind: "approved", by, reason, ...more }, "apr_1", T0 + 2);
  const under = (review: Partial<typeof two.review> & Record<string, unknown>) => ({ ...two, review: { ...two.review, ...review } });

  it.each<[string, DecisionEntry[], typeof two | ReturnType<typeof under>, typeof leaving?]>([
    ["two who were asked", [endorsed(ADA), said(GRACE)], two],
    [
      "two who agreed to what one of them edited",
      [
        endorsed(LINUS),
        amended(ADA, { group: "returns" }),
        decided({ kind: "edited", by: GRACE, values: { group: "returns" }, reason }, "apr_1", T0 + 2),
      ],
      two,
      { ...leaving, values: { group: "returns" } },
    ],
    [
      "one of them in another's place",
      [endorsed(ADA), said("boss@example.com", { inPlaceOf: GRACE })],
      under({ delegations: [{ from: GRACE, to: "boss@example.com", start: "2026-01-05", end: "2026-01-05" }] }),
    ],
    [
      "one of them escalated to, after the time for an answer",
      [endorsed(ADA), decided({ kind: "approved", by: "boss@example.com", level: 1, reason }, "apr_1", T0 + 60 * MINUTE)],
      under({ escalation: [{ to: ["boss@example.com"], minutes: 5 }] }),
    ],
  ])("it leaves with %s", (_, entries, rules, what = leaving) => {
    expect(check(what, [looked(), question, ...entries, looked()], rules)).toBeNull();
  });

  it.each<[string, DecisionEntry[], typeof two | ReturnType<typeof under>, RegExp, typeof leaving?]>([
    ["one alone, whatever the decision says of others", [said(GRACE, { agreed: [{ by: ADA }] })], two, /1 of 2/],
    ["one twice", [endorsed(ADA), said(ADA)], two, /1 of 2/],
    [
      "one for themselves and for another",
      [endorsed(ADA), said(ADA, { inPlaceOf: GRACE })],
      under({ delegations: [{ from: GRACE, to: ADA, start: "2026-01-05", end: "2026-01-05" }] }),
      /1 of 2/,
    ],
    [
      "two for one",
      [endorsed(GRACE), said("boss@example.com", { inPlaceOf: GRACE })],
      under({ delegations: [{ from: GRACE, to: "boss@example.com", start: "2026-01-05", end: "2026-01-05" }] }),
      /1 of 2/,
    ],
    ["one who agreed to other values", [endorsed(ADA, { digest: "0" }), said(GRACE)], two, /1 of 2/],
    [
      "one who agreed before the edit",
      [
        endorsed(LINUS),
        amended(ADA, { group: "returns" }),
        decided({ kind: "edited", by: ADA, values: { group: "returns" }, reason }, "apr_1", T0 + 2),
      ],
      two,
      /1 of 2/,
      { ...leaving, values: { group: "returns" } },
    ],
    ["one who agreed to another approval", [endorsed(ADA, { approvalId: "apr_0" }), said(GRACE)], two, /1 of 2/],
    ["one without a reason", [endorsed(ADA, { reason: undefined }), said(GRACE)], two, /no reason/],
    ["one with spaces for a reason", [endorsed(ADA), said(GRACE, { reason: " ".repeat(30) })], two, /no reason/],
    ["a stranger", [endorsed("eve@example.com"), said(GRACE)], two, /eve@example.com is not among/],
    ["one who says to stand in and does not", [endorsed(ADA), said("boss@example.com", { inPlaceOf: GRACE })], two, /does not stand in/],
    [
      "one who stands in on another day",
      [endorsed(ADA), said("boss@example.com", { inPlaceOf: GRACE })],
      under({ delegations: [{ from: GRACE, to: "boss@example.com", start: "2026-01-06", end: "2026-01-07" }] }),
      /does not stand in/,
    ],
    [
      "one escalated to too early",
      [endorsed(ADA), decided({ kind: "approved", by: "boss@example.com", level: 1, reason }, "apr_1", T0 + 60 * MINUTE - 1)],
      under({ escalation: [{ to: ["boss@example.com"], minutes: 5 }] }),
      /not among/,
    ],
    [
      "one of the second level at the time of the first",
      [endorsed(ADA), decided({ kind: "approved", by: "boss@example.com", level: 1, reason }, "apr_1", T0 + 61 * MINUTE)],
      under({
        escalation: [
          { to: [LINUS], minutes: 5 },
          { to: ["boss@example.com"], minutes: 5 },
        ],
      }),
      /not among/,
    ],
    [
      "one who has handed over",
      [{ ...about, at: T0, type: "approval.reassigned", by: ADA, to: GRACE }, endorsed(ADA), said(GRACE)],
      two,
      /not among/,
    ],
    [
      "one whose part was handed on",
      [{ ...about, at: T0, type: "approval.reassigned", by: ADA, to: GRACE }, said(LINUS)],
      under({ approvals: 1 }),
      /not among/,
    ],
  ])("it stays with %s", (_, entries, rules, why, what = leaving) => {
    expect(check(what, [looked(), question, ...entries, looked()], rules)).toMatch(why);
  });

  it("it stays with anybody who began the run, or stands in for them", () => {
    const lent = under({ delegations: [{ from: ADA, to: "boss@example.com", start: "2026-01-05", end: "2026-01-05" }] });
    expect(check(leaving, [looked(), question, endorsed(GRACE), said(ADA), looked()], two, ADA)).toMatch(/began this run/);
    const forAda = [looked(), question, endorsed(GRACE), said("boss@example.com", { inPlaceOf: ADA }), looked()];
    expect(check(leaving, forAda, lent)).toBeNull();
    expect(check(leaving, forAda, lent, ADA)).toMatch(/began this run/);
  });
});

it("the second check knows neither the rules nor the gate: a fault in them cannot be one in it", () => {
  const source = readFileSync("src/governance/may-leave.ts", { encoding: "utf8" });
  const imported = [...source.matchAll(/^import .* from "(.*)";$/gm)].map(([, from]) => from);
  expect(imported).toEqual(["../core/approval.ts", "../core/json.ts", "./review.ts", "./spec.ts"]);
});
