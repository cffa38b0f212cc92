import { describe, expect, it } from "vitest";
import type { Approval } from "../../../src/core/approval.ts";
import type { Json } from "../../../src/core/json.ts";
import { changeDigest } from "../../../src/governance/identical.ts";
import { type NoticeFacts, noticeOf, settledNotice } from "../../../src/governance/notice.ts";
import { GovernanceSpec } from "../../../src/governance/spec.ts";

const spec = GovernanceSpec.parse({
  workflow: "orders",
  version: 2,
  owner: "owner@example.com",
  purpose: "Orders",
  mode: "live",
  regulated: false,
  thresholds: {},
  alwaysAsk: [],
  actions: {
    "erp.update": {
      ask: "always",
      fields: { status: { oneOf: ["paid", "open", { held: true }] }, note: {} },
      rules: [{ name: "large", when: "true", outcome: "ask", reason: "Large orders are looked at" }],
    },
  },
  review: { reviewers: ["ada@example.com"], slaMinutes: 60, onExpiry: "reject" },
  onFailure: "leave",
  rollback: { procedure: "Undo", owner: "owner@example.com", windowDays: 1 },
  retention: { payloadDays: 30 },
});
const approval: Approval = {
  id: "apr_1",
  step: "pay",
  action: "erp.update",
  target: "order/7",
  before: { status: "open" },
  values: { status: "paid" },
  digest: "d1",
  rule: "action_always_asks",
  why: "erp.update is always asked",
  reviewers: ["ada@example.com"],
  requestedAt: 0,
  expiresAt: Date.UTC(2026, 10, 23, 18, 5),
};
const facts = (more: Partial<Approval> = {}, given: Partial<NoticeFacts> = {}): NoticeFacts => ({
  workflow: "orders",
  approval: { ...approval, ...more },
  spec,
  link: "https://x.example/approvals/apr_1",
  ...given,
});
const told = (...given: Parameters<typeof facts>) => {
  const { title, lines } = noticeOf("asked", facts(...given));
  return [title, ...lines].join("\n");
};
const mayPress = (...given: Parameters<typeof facts>) => noticeOf("asked", facts(...given)).approve !== null;

describe("a notice", () => {
  it("says what is asked, why, until when, and offers a press bound to the digest", () => {
    expect(noticeOf("reminded", facts())).toEqual({
      title: "Still waiting: erp.update on order/7",
      lines: ["orders, step “pay”", "Would set status to paid", "Why: erp.update is always asked", "Decide by 2026-11-23 18:05 UTC"],
      link: "https://x.example/approvals/apr_1",
      approve: { approval: "apr_1", digest: "d1" },
    });
  });

  it.each<[string, Json, string, boolean]>([
    ["a value that the spec lists", "open", "status to open", true],
    ["a listed value that is no text", { held: true }, 'status to {"held":true}', true],
    ["a value that the spec does not list", "Jane Doe", "Would set status", false],
  ])("shows %s as far as it may", (_, status, text, press) => {
    expect(told({ values: { status } })).toContain(text);
    expect(told({ values: { status } })).not.toContain("Jane");
    expect(mayPress({ values: { status } })).toBe(press);
  });

  it.each<[string, Partial<Approval>, string]>([
    [
      "the spec's own reason",
      { rule: "large", why: "Large orders are looked at (could not be checked: jane@x.com is no number)" },
      "Why: Large orders are looked at",
    ],
    ["none where it may quote the record", { rule: "tainted", why: "note holds jane@x.com" }, "Why: read the record first"],
    ["none of a rule that it does not know", { rule: "gone", why: "jane@x.com" }, "Why: read the record first"],
  ])("gives as reason %s", (_, more, text) => {
    expect(told(more)).toContain(text);
    expect(told(more)).not.toContain("jane");
    expect(mayPress(more)).toBe(more.rule === "large");
  });

  it("names no record that may be a person, and asks no question in the channel", () => {
    expect(told({ target: "contact/jane@x.com" })).not.toContain("jane");
    const question = { question: "Refund Jane Doe?", why: "Refund Jane Doe?", rule: "workflow", action: "", values: { name: "Jane Doe" } };
    expect(told(question)).toContain("a question about order/7");
    expect(told(question)).not.toContain("Jane");
    expect(mayPress(question)).toBe(false);
  });

  it("offers no press where something else asks as well, the decision is regulated, or the spec is not at hand", () => {
    expect(mayPress()).toBe(true);
    expect(mayPress({ also: ["The record speaks to the model"] })).toBe(false);
    expect(mayPress({}, { spec: { ...spec, regulated: "tax" } })).toBe(false);
    expect(mayPress({}, { spec: null })).toBe(false);
    expect(mayPress({ values: {} })).toBe(false);
    expect(settledNotice(facts(), "approved", "ada@example.com")).toMatchObject({
      approve: null,
      lines: [expect.anything(), "approved by ada@example.com"],
    });
    expect(settledNotice(facts(), "expired", null).lines).toContain("expired");
  });
});

describe("identical changes", () => {
  const change = (more: Partial<Approval> = {}, given: { workflow?: string; specVersion?: number } = {}) =>
    changeDigest({ workflow: "orders", specVersion: 2, approval: { ...approval, ...more }, ...given });

  it("differ in the record, the time, the people and how sure the model was, and in nothing else", () => {
    const same = {
      id: "apr_2",
      target: "order/8",
      digest: "d2",
      why: "71 %",
      requestedAt: 5,
      expiresAt: 6,
      reviewers: ["grace@example.com"],
    };
    expect(change(same)).toBe(change());
  });

  it.each<[string, Partial<Approval>]>([
    ["values", { values: { status: "open" } }],
    ["values before", { before: { status: "held" } }],
    ["action", { action: "erp.cancel" }],
    ["rule", { rule: "large" }],
    ["further reason", { also: ["The record speaks to the model"] }],
  ])("are not those with another %s", (_, more) => {
    expect(change(more)).not.toBe(change());
  });

  it("are of one workflow under one version of its spec, and never questions", () => {
    expect(change({}, { workflow: "refunds" })).not.toBe(change());
    expect(change({}, { specVersion: 3 })).not.toBe(change());
    expect(change({ question: "May I?" })).toBeNull();
  });
});
