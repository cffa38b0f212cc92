// What people may do to a run, decided on entries alone: each refusal with its code, each acceptance with exactly what is recorded.
import { describe, expect, it } from "vitest";
import type { Approval } from "../../../src/core/approval.ts";
import type { Failure, Result } from "../../../src/core/errors.ts";
import { answerApproval } from "../../../src/engine/answer-approval.ts";
import { askUndo, resolveStep } from "../../../src/engine/external.ts";
import type { Entry, NewEntry, OperatorChoice } from "../../../src/engine/journal.ts";
import { ledgerSpec } from "./ledger-world.ts";

const T0 = Date.parse("2026-01-05T09:00:00Z");
const ADA = "ada@example.com";
const lost: Failure = { code: "connector.timeout", message: "no answer" };

const journal = (...entries: NewEntry[]): Entry[] => entries.map((entry, index) => ({ ...entry, seq: index + 1, at: T0 }) as Entry);

const approval: Approval = {
  id: "apr_1",
  step: "set",
  action: "ledger.setRecord",
  target: "record/a",
  before: { owner: "nobody" },
  values: { owner: "ada" },
  digest: "d1",
  rule: "action_always_asks",
  why: "always",
  reviewers: [ADA],
  requestedAt: T0,
  expiresAt: T0 + 60_000,
};
const intended = (undo: "restore" | "withdraw" | "irreversible" = "restore"): NewEntry => ({
  type: "effect.intended",
  step: "set",
  args: "a",
  action: "ledger.setRecord",
  target: "record/a",
  input: { id: "a", set: { owner: "ada" } },
  basedOn: null,
  values: { owner: "ada" },
  key: "run-1/set",
  undo,
});
const requested = (more: Partial<Approval> = {}): NewEntry => ({
  type: "approval.requested",
  step: "set",
  approval: { ...approval, ...more },
});
const decided: NewEntry = { type: "approval.decided", step: "set", approvalId: "apr_1", decision: { kind: "approved", by: ADA } };
const voided: NewEntry = { type: "approval.voided", step: "set", approvalId: "apr_1", because: "moved" };
const sending: NewEntry = { type: "effect.sending", step: "set", attempt: 1, values: { owner: "ada" } };
const applied: NewEntry = { type: "effect.applied", step: "set", output: {}, found: false };
const unknown: NewEntry = { type: "effect.unknown", step: "set", error: lost };
const undoRequested: NewEntry = { type: "undo.requested", step: "set", by: ADA };
const undoDone = (conflicts: number, matches = true): NewEntry => ({
  type: "undo.done",
  step: "set",
  restored: {},
  conflicts: Array.from({ length: conflicts }, () => ({ field: "owner", ours: "ada", now: "grace" })),
  matches,
});
const undoFailed: NewEntry = { type: "undo.failed", step: "set", error: lost };
const tried = (retryAt: number | null): NewEntry => ({
  type: "attempt.failed",
  step: "set",
  args: "a",
  during: "look",
  attempt: 1,
  error: { code: "connector.unauthorised", message: "no" },
  retryAt,
});

/** As asked of the run that made the write, on the day on which it did. */
const UNDO = { runId: "run-1", spec: ledgerSpec, now: T0 };

const codeOf = (result: Result<unknown>): string => (result.ok ? "ok" : result.error.code);
const asked = [intended(), requested()];

describe("a reviewer's answer", () => {
  const answer = (entries: NewEntry[], input: unknown, { id = "apr_1", by = ADA, now = T0 + 1 } = {}) =>
    answerApproval(journal(...entries), id, input, by, ledgerSpec, now, null);
  const yes = { kind: "approved", digest: "d1" };

  const rows: [string, NewEntry[], unknown, Parameters<typeof answer>[2], string][] = [
    ["to what is asked", asked, yes, {}, "ok"],
    ["to nothing that was asked", asked, yes, { id: "apr_2" }, "approval.not_found"],
    ["to what was decided", [...asked, decided], yes, {}, "approval.already_decided"],
    ["to what is void", [...asked, decided, voided], yes, {}, "approval.changed"],
    [
      "to what is void and was asked again",
      [...asked, decided, voided, requested({ id: "apr_2", digest: "d2" })],
      yes,
      {},
      "approval.changed",
    ],
    [
      "to the approval that took its place",
      [...asked, decided, voided, requested({ id: "apr_2", digest: "d2" })],
      { ...yes, digest: "d2" },
      { id: "apr_2" },
      "ok",
    ],
    [
      "with the old digest to the approval that took its place",
      [...asked, decided, voided, requested({ id: "apr_2", digest: "d2" })],
      yes,
      { id: "apr_2" },
      "approval.changed",
    ],
    ["just before the deadline", asked, yes, { now: T0 + 59_999 }, "ok"],
    ["at the deadline", asked, yes, { now: T0 + 60_000 }, "approval.already_decided"],
    ["from nobody's reviewer", asked, yes, { by: "mallory@example.com" }, "approval.not_reviewer"],
    ["with another digest", asked, { kind: "approved", digest: "d2" }, {}, "approval.changed"],
    ["without a digest", asked, { kind: "approved" }, {}, "request.invalid"],
    ["that is not one", asked, "yes", {}, "request.invalid"],
    ["to a run that has failed", [...asked, { type: "run.failed", error: lost }], yes, {}, "approval.changed"],
    ["to a run that has completed", [...asked, { type: "run.completed", output: null }], yes, {}, "approval.changed"],
  ];
  it.each(rows)("%s", (_, entries, input, more, code) => {
    expect(codeOf(answer(entries, input, more))).toBe(code);
  });

  it("is recorded with the name of who gave it, whatever the answer says of that", () => {
    expect(answer(asked, { ...yes, by: "grace@example.com" })).toEqual({
      ok: true,
      value: { type: "approval.decided", step: "set", approvalId: "apr_1", decision: { kind: "approved", by: ADA } },
    });
    expect(answer(asked, { kind: "rejected", digest: "d1", reason: "  not ours " })).toMatchObject({
      value: { decision: { kind: "rejected", by: ADA, reason: "not ours" } },
    });
    expect(answer(asked, { kind: "edited", digest: "d1", values: { owner: "grace" } })).toMatchObject({
      value: { decision: { kind: "edited", by: ADA, values: { owner: "grace" } } },
    });
  });

  it.each([
    ["a field that was not asked about", { owner: "grace", grade: "a" }, "grade", "only the fields that were asked about"],
    ["a field that every object has", { owner: "grace", constructor: "x" }, "constructor", "only the fields that were asked about"],
    ["no field at all", {}, "owner", "give a value for every field"],
  ])("that edits %s is refused with the field named", (_, values, field, why) => {
    expect(answer(asked, { kind: "edited", digest: "d1", values })).toMatchObject({
      ok: false,
      error: { code: "approval.edit_refused", field, message: expect.stringContaining(why) },
    });
  });
});

describe("a request to undo", () => {
  const rows: [string, NewEntry[], string][] = [
    ["an applied write", [intended(), sending, applied], "ok"],
    ["a write that is only intended", [intended()], "effect.not_applied"],
    ["a write that was sent and not answered", [intended(), sending], "effect.not_applied"],
    ["a write of unknown outcome", [intended(), sending, unknown], "effect.not_applied"],
    ["a refused write", [intended(), { type: "effect.refused", step: "set", because: "denied", reason: "no" }], "effect.not_applied"],
    ["an irreversible write", [intended("irreversible"), sending, applied], "effect.irreversible"],
    ["what is being undone", [intended(), sending, applied, undoRequested], "effect.undo_running"],
    ["what is undone", [intended(), sending, applied, undoRequested, undoDone(0)], "effect.not_applied"],
    ["what was undone up to a conflict", [intended(), sending, applied, undoRequested, undoDone(1)], "ok"],
    ["what could not be undone", [intended(), sending, applied, undoRequested, undoFailed], "ok"],
    ["what was answered and not undone", [intended(), sending, applied, undoRequested, undoDone(0, false)], "ok"],
    ["what is being undone again", [intended(), sending, applied, undoRequested, undoFailed, undoRequested], "effect.undo_running"],
  ];
  it.each(rows)("%s", (_, entries, code) => {
    expect(codeOf(askUndo(journal(...entries), "set", ADA, UNDO))).toBe(code);
  });

  it("records who asked, and touches no other step", () => {
    const entries = journal(intended(), sending, applied);
    expect(askUndo(entries, "set", ADA, UNDO)).toEqual({ ok: true, value: { type: "undo.requested", step: "set", by: ADA } });
    expect(codeOf(askUndo(entries, "another", ADA, UNDO))).toBe("effect.not_applied");
  });
});

describe("a write that a request to undo comes late for", () => {
  const DAY = 24 * 60 * 60_000;
  const until = T0 + ledgerSpec.rollback.windowDays * DAY;
  const entries = journal(intended(), sending, applied);

  it("can be undone up to the last moment of the spec's window, and not after it", () => {
    expect(codeOf(askUndo(entries, "set", ADA, { ...UNDO, now: until }))).toBe("ok");
    expect(codeOf(askUndo(entries, "set", ADA, { ...UNDO, now: until + 1 }))).toBe("effect.window_passed");
  });

  it("is refused with whom to ask and what the procedure is", () => {
    expect(askUndo(entries, "set", ADA, { ...UNDO, now: until + 1 })).toMatchObject({
      ok: false,
      error: {
        message: `"set" was written more than 30 days ago. Ask owner@example.com; the procedure is: Undo each write on its run's page`,
      },
    });
  });

  it("has its time from when it was applied, not from when it was intended", () => {
    const late = journal(intended(), sending, applied).map((entry) =>
      entry.type === "effect.applied" ? { ...entry, at: T0 + DAY } : entry,
    );
    expect(codeOf(askUndo(late, "set", ADA, { ...UNDO, now: until + DAY }))).toBe("ok");
    expect(codeOf(askUndo(late, "set", ADA, { ...UNDO, now: until + DAY + 1 }))).toBe("effect.window_passed");
  });

  it("cannot be undone in a run that took it over from an earlier one, where it would seem younger", () => {
    expect(codeOf(askUndo(entries, "set", ADA, { ...UNDO, runId: "run-1~1" }))).toBe("effect.taken_over");
  });
});

describe("an operator's choice", () => {
  const choices: OperatorChoice[] = ["retry", "applied", "not_applied", "abandon"];
  const allowed = (entries: NewEntry[]) => choices.filter((choice) => resolveStep(journal(...entries), "set", choice, ADA).ok);

  it.each([
    ["any, for a write of unknown outcome", [intended(), sending, unknown], choices],
    ["only a retry, for a step that needs a person first", [tried(null)], ["retry"]],
    ["only a retry, for an unanswered send that needs a person first", [intended(), sending, tried(null)], ["retry"]],
    ["none, for a step that is tried again by itself", [tried(T0 + 1)], []],
    ["none, for a write that is done", [intended(), sending, applied], []],
    [
      "none, for a step that was resolved already",
      [intended(), sending, unknown, { type: "operator.resolved", step: "set", choice: "retry", by: ADA }],
      [],
    ],
    ["none, for a step that waits for a reviewer", asked, []],
    ["none, for a step that is not there", [], []],
  ] as [string, NewEntry[], OperatorChoice[]][])("%s", (_, entries, expected) => {
    expect(allowed(entries)).toEqual(expected);
  });

  it("records what it means", () => {
    const recorded = (choice: OperatorChoice) => {
      const result = resolveStep(journal(intended(), sending, unknown), "set", choice, ADA);
      return result.ok ? result.value : result.error;
    };
    const resolved = { type: "operator.resolved", step: "set", by: ADA };
    expect(recorded("retry")).toEqual([{ ...resolved, choice: "retry" }]);
    expect(recorded("not_applied")).toEqual([{ ...resolved, choice: "not_applied" }]);
    expect(recorded("applied")).toEqual([
      { ...resolved, choice: "applied" },
      { type: "effect.applied", step: "set", output: null, found: true },
    ]);
    expect(recorded("abandon")).toEqual([
      { ...resolved, choice: "abandon" },
      { type: "effect.refused", step: "set", because: "abandoned", reason: `Given up by ${ADA}` },
    ]);
  });
});
