// The effect protocol as a table: these entries of a step, this next line. Nothing here runs anything; what the shell does with each line is in the other tests.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Approval, Decision } from "../../../src/core/approval.ts";
import type { ErrorCode } from "../../../src/core/errors.ts";
import { decideEffect, deciderOf, type EffectMove, foldEffect, proves, SETTLE_MS } from "../../../src/engine/effect-decision.ts";
import type { OperatorChoice, StepEntry } from "../../../src/engine/journal.ts";
import type { Outcome } from "../../../src/governance/evaluate.ts";

const T0 = Date.parse("2026-01-05T09:00:00Z");
type Timed = StepEntry & { readonly at: number };
const at = (time: number, entry: StepEntry): Timed => ({ ...entry, at: time });

const intended = at(T0, {
  type: "effect.intended",
  args: "a",
  action: "ledger.setRecord",
  target: "record/a",
  input: {},
  basedOn: null,
  values: { owner: "ada" },
  key: "run-1/set",
  undo: "restore",
});
const looked = (owner = "nobody", time = T0) => at(time, { type: "effect.looked", before: { owner }, version: "1" });
const ruled = (outcome: Outcome) =>
  at(T0, { type: "effect.ruled", ruling: { outcome, rule: "a_rule", reason: "because", matched: [] }, values: { owner: "ada" } });
const approval: Approval = {
  id: "apr_1",
  step: "set",
  action: "ledger.setRecord",
  target: "record/a",
  before: { owner: "nobody" },
  values: { owner: "ada" },
  digest: "d",
  rule: "a_rule",
  why: "because",
  reviewers: ["ada@example.com"],
  requestedAt: T0,
  expiresAt: T0 + 60_000,
};
const requested = at(T0, { type: "approval.requested", approval });
const decided = (decision: Decision) => at(T0 + 1, { type: "approval.decided", approvalId: "apr_1", decision });
const voided = at(T0 + 2, { type: "approval.voided", approvalId: "apr_1", because: "moved" });
const sending = (time = T0, attempt = 1) => at(time, { type: "effect.sending", attempt, values: { owner: "ada" } });
const applied = at(T0, { type: "effect.applied", output: {}, found: false });
const proved = at(T0, { type: "effect.proved", after: { owner: "ada" }, matches: true });
const failedTry = (during: "look" | "send" | "settle" | "prove", code: ErrorCode, retryAt: number | null, time = T0, attempt = 1): Timed =>
  at(time, { type: "attempt.failed", args: "a", during, attempt, error: { code, message: code }, retryAt });
const unknown = at(T0, { type: "effect.unknown", error: { code: "connector.timeout", message: "no answer" } });
const resolved = (choice: OperatorChoice) => at(T0, { type: "operator.resolved", choice, by: "ada@example.com" });

const review = { reviewers: ["ada@example.com"], slaMinutes: 1, onExpiry: "reject" as const };
const live = { hasLook: true, hasProof: true, shadow: false, cancelled: false, review };
const approvedOnce = [intended, looked(), ruled("require_approval"), requested, decided({ kind: "approved", by: "ada@example.com" })];
const allowed = [intended, looked(), ruled("allow")];

interface Row {
  readonly entries: readonly Timed[];
  readonly options?: Partial<typeof live>;
  readonly now?: number;
  readonly move: Partial<EffectMove>;
}

const rows: Record<string, Row> = {
  "nothing yet: intend": { entries: [], move: { kind: "intend" } },
  "intended: look": { entries: [intended], move: { kind: "look" } },
  "intended, nothing to look at: rule": { entries: [intended], options: { hasLook: false }, move: { kind: "rule", drifted: false } },
  "looked: rule": { entries: [intended, looked()], move: { kind: "rule", drifted: false } },
  "denied: refuse": {
    entries: [intended, looked(), ruled("deny")],
    move: { kind: "refuse", because: "denied", reason: "because" },
  },
  "denied in shadow: the denial is what is said": {
    entries: [intended, looked(), ruled("deny")],
    options: { shadow: true },
    move: { kind: "refuse", because: "denied" },
  },
  "allowed in shadow: refuse with the ruling": {
    entries: allowed,
    options: { shadow: true },
    move: { kind: "refuse", because: "shadow", reason: "Shadow mode: the ruling was allow (a_rule)" },
  },
  "to be approved in shadow: nobody is asked": {
    entries: [intended, looked(), ruled("require_approval")],
    options: { shadow: true },
    move: { kind: "refuse", because: "shadow", reason: "Shadow mode: the ruling was require_approval (a_rule)" },
  },
  "to be approved: ask": { entries: [intended, looked(), ruled("require_approval")], move: { kind: "ask" } },
  "allowed: send": { entries: allowed, move: { kind: "send" } },

  "asked: wait for a person": {
    entries: [intended, looked(), ruled("require_approval"), requested],
    now: T0 + 59_999,
    move: { kind: "ask_on", approval, next: { kind: "wait", until: T0 + 60_000 } },
  },
  "asked, exactly at the deadline: expire": {
    entries: [intended, looked(), ruled("require_approval"), requested],
    now: T0 + 60_000,
    move: { kind: "ask_on", approval, next: { kind: "expire" } },
  },
  "expired: refuse": {
    entries: [intended, looked(), ruled("require_approval"), requested, decided({ kind: "expired" })],
    move: { kind: "refuse", because: "expired" },
  },
  "rejected: refuse with the reason": {
    entries: [
      intended,
      looked(),
      ruled("require_approval"),
      requested,
      decided({ kind: "rejected", by: "ada@example.com", reason: "not ours" }),
    ],
    move: { kind: "refuse", because: "rejected", reason: "not ours" },
  },
  "approved: look again before acting on it": { entries: approvedOnce, move: { kind: "look" } },
  "approved after the deadline has passed, decided before it: still acted on": {
    entries: approvedOnce,
    now: T0 + 120_000,
    move: { kind: "look" },
  },
  "approved, the record is as it was shown: rule, nothing drifted": {
    entries: [...approvedOnce, looked("nobody", T0 + 2)],
    move: { kind: "rule", drifted: false },
  },
  "approved, the record has moved: the approval is void": {
    entries: [...approvedOnce, looked("grace", T0 + 2)],
    move: { kind: "rule", drifted: true },
  },
  "approved, nothing to look at: cannot drift": {
    entries: approvedOnce,
    options: { hasLook: false },
    move: { kind: "rule", drifted: false },
  },
  "void: rule anew on what was seen last": {
    entries: [...approvedOnce, looked("grace", T0 + 2), voided],
    move: { kind: "rule", drifted: false },
  },
  "void and ruled: ask again": {
    entries: [...approvedOnce, looked("grace", T0 + 2), voided, ruled("require_approval")],
    move: { kind: "ask" },
  },
  "approved and ruled again: send": { entries: [...approvedOnce, looked(), ruled("allow")], move: { kind: "send" } },
  "approved, yet the rules now deny: refuse": {
    entries: [...approvedOnce, looked(), ruled("deny")],
    move: { kind: "refuse", because: "denied" },
  },

  "sending, nothing heard: find out, absence proves nothing yet": {
    entries: [...allowed, sending()],
    now: T0 + SETTLE_MS - 1,
    move: { kind: "settle", conclusive: false, conclusiveAt: T0 + SETTLE_MS },
  },
  "sending, nothing heard for the whole window: absence proves it": {
    entries: [...allowed, sending()],
    now: T0 + SETTLE_MS,
    move: { kind: "settle", conclusive: true },
  },
  "the answer did not come in time: the window begins when that was known": {
    entries: [...allowed, sending(), failedTry("send", "connector.timeout", T0 + 10_200, T0 + 10_000)],
    now: T0 + 10_200,
    move: { kind: "settle", conclusive: false, conclusiveAt: T0 + 10_000 + SETTLE_MS },
  },
  "the connection broke: that is no answer either": {
    entries: [...allowed, sending(), failedTry("send", "connector.unavailable", T0 + 300, T0 + 100)],
    now: T0 + 300,
    move: { kind: "settle", conclusive: false, conclusiveAt: T0 + 100 + SETTLE_MS },
  },
  "a success that cannot be read: an answer, so absence may be believed at once": {
    entries: [...allowed, sending(), failedTry("send", "connector.answer_invalid", T0 + 100, T0 + 100)],
    now: T0 + 100,
    move: { kind: "settle", conclusive: true },
  },
  "unanswered, and the next try is not due: wait": {
    entries: [...allowed, sending(), failedTry("send", "connector.unavailable", T0 + 300, T0 + 100)],
    now: T0 + 299,
    move: { kind: "wait_timer", until: T0 + 300 },
  },
  "finding out failed: that says nothing about the write": {
    entries: [...allowed, sending(), failedTry("settle", "connector.rate_limited", T0 + 300, T0 + 100)],
    now: T0 + 300,
    move: { kind: "settle", conclusive: false, conclusiveAt: T0 + SETTLE_MS },
  },
  "sent again after an absence: a new window": {
    entries: [...allowed, sending(), sending(T0 + SETTLE_MS, 2)],
    now: T0 + SETTLE_MS,
    move: { kind: "settle", conclusive: false, conclusiveAt: T0 + 2 * SETTLE_MS },
  },
  "an approval's deadline does not touch a send that has left": {
    entries: [...approvedOnce, looked(), ruled("allow"), sending()],
    now: T0 + 90_000,
    move: { kind: "settle", conclusive: true },
  },

  "turned away at the door: look again, much may have happened meanwhile": {
    entries: [...allowed, sending(), failedTry("send", "connector.rate_limited", T0 + 7_000)],
    now: T0 + 7_000,
    move: { kind: "look" },
  },
  "turned away, nothing to look at: send": {
    entries: [...allowed, sending(), failedTry("send", "connector.rate_limited", T0 + 7_000)],
    options: { hasLook: false },
    now: T0 + 7_000,
    move: { kind: "send" },
  },
  "the record changed under the write: look again": {
    entries: [...allowed, sending(), failedTry("send", "connector.conflict", T0 + 300)],
    now: T0 + 300,
    move: { kind: "look" },
  },
  "looked again after a conflict: ruled again": {
    entries: [...allowed, sending(), failedTry("send", "connector.conflict", T0 + 300), looked("grace", T0 + 300)],
    now: T0 + 300,
    move: { kind: "rule", drifted: false },
  },
  "looked again after a conflict on something approved: void": {
    entries: [
      ...approvedOnce,
      looked(),
      ruled("allow"),
      sending(),
      failedTry("send", "connector.conflict", T0 + 300),
      looked("grace", T0 + 300),
    ],
    now: T0 + 300,
    move: { kind: "rule", drifted: true },
  },
  "the credential is refused: a person": {
    entries: [...allowed, sending(), failedTry("send", "connector.unauthorised", null)],
    move: { kind: "wait_operator" },
  },
  "the credential was refused and a person says try again": {
    entries: [...allowed, sending(), failedTry("send", "connector.unauthorised", null), resolved("retry")],
    options: { hasLook: false },
    move: { kind: "send" },
  },

  "applied: prove": { entries: [...allowed, sending(), applied], move: { kind: "prove" } },
  "applied, nothing to prove with: done": {
    entries: [...allowed, sending(), applied],
    options: { hasProof: false },
    move: { kind: "done" },
  },
  "applied, the proof is to be tried again later": {
    entries: [...allowed, sending(), applied, failedTry("prove", "connector.unavailable", T0 + 300)],
    now: T0 + 299,
    move: { kind: "wait_timer", until: T0 + 300 },
  },
  "applied, the proof failed and is due: prove, never send": {
    entries: [...allowed, sending(), applied, failedTry("prove", "connector.unavailable", T0 + 300)],
    now: T0 + 300,
    move: { kind: "prove" },
  },
  "proved: done": { entries: [...allowed, sending(), applied, proved], move: { kind: "done" } },
  "refused: done": {
    entries: [intended, looked(), at(T0, { type: "effect.refused", because: "denied", reason: "because" })],
    move: { kind: "done" },
  },
  "failed for good: fail": {
    entries: [...allowed, sending(), at(T0, { type: "step.failed", args: "a", error: { code: "connector.rejected", message: "no" } })],
    move: { kind: "fail", error: { code: "connector.rejected", message: "no" } },
  },

  "unknown: a person": { entries: [...allowed, sending(), unknown], now: T0 + 10 * SETTLE_MS, move: { kind: "wait_operator" } },
  "unknown, said to be applied: prove": {
    entries: [...allowed, sending(), unknown, resolved("applied"), applied],
    move: { kind: "prove" },
  },
  "unknown, said not to be applied: look again": {
    entries: [...allowed, sending(), unknown, resolved("not_applied")],
    move: { kind: "look" },
  },
  "unknown, said not to be applied, nothing to look at: send": {
    entries: [...allowed, sending(), unknown, resolved("not_applied")],
    options: { hasLook: false },
    move: { kind: "send" },
  },
  "unknown, given up: done": {
    entries: [
      ...allowed,
      sending(),
      unknown,
      resolved("abandon"),
      at(T0, { type: "effect.refused", because: "abandoned", reason: "Given up" }),
    ],
    move: { kind: "done" },
  },
  "unknown, try to find out again: settle, never send": {
    entries: [...allowed, sending(), unknown, resolved("retry")],
    now: T0 + SETTLE_MS,
    move: { kind: "settle", conclusive: true },
  },
};

describe("the next line of an effect", () => {
  it.each(Object.entries(rows))("%s", (_, { entries, options, now, move }) => {
    expect(decideEffect(foldEffect(entries), { ...live, ...options }, now ?? T0)).toMatchObject(move);
  });
});

it("a request's own time limit is within the settle window: what is still on its way cannot be taken for absent", () => {
  const door = readFileSync("src/connectors/http.ts", { encoding: "utf8" });
  const limit = /const TIMEOUT_MS = ([\d_]+);/.exec(door)?.[1]?.replaceAll("_", "");
  expect(Number(limit)).toBeGreaterThan(0);
  expect(SETTLE_MS).toBeGreaterThanOrEqual(Number(limit));
});

describe("what is remembered of an effect", () => {
  it("writes a reviewer's values once they are decided, and the workflow's again when the approval is void", () => {
    const edited = [
      intended,
      looked(),
      ruled("require_approval"),
      requested,
      decided({ kind: "edited", by: "ada@example.com", values: { owner: "grace" } }),
    ];
    expect(foldEffect(edited).values).toEqual({ owner: "grace" });
    expect(foldEffect([...edited, looked("linus", T0 + 2), voided]).values).toEqual({ owner: "ada" });
  });

  it("names who decided only when the decision was to write", () => {
    expect(deciderOf(foldEffect(approvedOnce))).toBe("ada@example.com");
    for (const decision of [{ kind: "rejected", by: "ada@example.com", reason: "no" }, { kind: "expired" }] as const) {
      expect(deciderOf(foldEffect([intended, requested, decided(decision)]))).toBeNull();
    }
    expect(deciderOf(foldEffect([...approvedOnce, looked("grace", T0 + 2), voided]))).toBeNull();
  });

  it("is not changed by an undo", () => {
    const before = foldEffect([...allowed, sending(), applied, proved]);
    const after = foldEffect([
      ...allowed,
      sending(),
      applied,
      proved,
      at(T0, { type: "undo.requested", by: "ada@example.com" }),
      at(T0, { type: "undo.done", restored: {}, conflicts: [], matches: true }),
    ]);
    expect(after).toEqual(before);
  });
});

describe("a proof", () => {
  it("holds when each written field shows the written value, whatever else the record has", () => {
    expect(proves({ owner: "ada", tags: ["a"] }, { owner: "ada", tags: ["a"], other: 1 })).toBe(true);
  });
  it("takes a field that is absent for null", () => {
    expect(proves({ owner: null }, {})).toBe(true);
    expect(proves({ owner: "ada" }, {})).toBe(false);
  });
});
