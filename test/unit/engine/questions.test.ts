// A question to people that is not about a write: asked once, answered once by a reviewer, and its answer is the same on every replay.
import { describe, expect, it } from "vitest";
import type { Approval } from "../../../src/core/approval.ts";
import { sameJson } from "../../../src/core/json.ts";
import { answerApproval } from "../../../src/engine/answer-approval.ts";
import type { Question } from "../../../src/engine/define.ts";
import { resolveStep } from "../../../src/engine/external.ts";
import type { Entry } from "../../../src/engine/journal.ts";
import { approvalViews, effectView } from "../../../src/engine/project.ts";
import { OUTPUT_LIMIT } from "../../../src/engine/step-output.ts";
import type { MemoryOptions } from "../../harness/memory-engine.ts";
import { type Body, type LedgerScenario, ledgerWorld } from "./ledger-world.ts";

const MINUTE = 60_000;
const QUESTION: Question = { question: "Shall the tenant be cut off?", details: { tenant: "acme", overdueDays: 41 } };
const ask =
  (question: Question = QUESTION): Body =>
  ({ step }) =>
    step.approval("cut off", question);

type Asked = Parameters<NonNullable<MemoryOptions["answer"]>>[0];
const approve = ({ digest }: Asked) => ({ kind: "approved", digest });
const reject = ({ digest }: Asked) => ({ kind: "rejected", digest, reason: "They have paid" });

const approvalsIn = (entries: readonly Entry[]): Approval[] =>
  entries.flatMap((entry) => (entry.type === "approval.requested" ? [entry.approval] : []));

describe("a question", () => {
  it("shows what is asked and the facts, to the spec's reviewers, for the spec's time", async () => {
    const world = ledgerWorld(ask(), { answer: approve });
    await world.engine.run();
    const [approval] = approvalsIn(world.engine.durable);
    expect(approval).toMatchObject({
      step: "cut off",
      question: "Shall the tenant be cut off?",
      why: "Shall the tenant be cut off?",
      action: "",
      target: "a",
      before: {},
      values: { tenant: "acme", overdueDays: 41 },
      rule: "workflow",
      reviewers: world.spec.review.reviewers,
    });
    expect(approval && approval.expiresAt - approval.requestedAt).toBe(world.spec.review.slaMinutes * MINUTE);
    expect(world.engine.durable.map(({ type }) => type)).toEqual([
      "question.asked",
      "approval.requested",
      "approval.decided",
      "run.completed",
    ]);
  });

  it.each<[string, LedgerScenario["answer"], object]>([
    ["approved", approve, { status: "approved", by: "ada@example.com" }],
    ["rejected", reject, { status: "rejected", by: "ada@example.com", reason: "They have paid" }],
    ["expired", () => undefined, { status: "expired" }],
  ])("that is %s gives the body that outcome, on the first run and on a replay", async (_, answer, output) => {
    const world = ledgerWorld(ask(), { ...(answer ? { answer } : {}) });
    expect(await world.engine.run()).toEqual({ kind: "ended", state: { status: "completed", output } });
    expect(await world.again().run()).toMatchObject({ state: { output } });
    expect(approvalsIn(world.engine.durable)).toHaveLength(1);
  });

  it("waits as long as the author says, and not a millisecond longer", async () => {
    const world = ledgerWorld(ask({ ...QUESTION, within: 5 * MINUTE }));
    const began = world.clock.now;
    expect(await world.engine.run()).toMatchObject({ state: { output: { status: "expired" } } });
    expect(world.clock.now - began).toBe(5 * MINUTE);
    expect(world.engine.entries("approval.decided")).toMatchObject([{ decision: { kind: "expired" } }]);
  });

  it("is asked in shadow mode as well, and nothing is written", async () => {
    const body: Body = async (context) => [await ask()(context), await context.book.addLine("add", { text: "one" })];
    const world = ledgerWorld(body, { spec: { mode: "shadow" }, answer: approve });
    expect(await world.engine.run()).toMatchObject({
      state: { output: [{ status: "approved" }, { status: "refused", because: "shadow" }] },
    });
    expect(world.ledger.sent()).toEqual([]);
  });

  it("that differs in its words, facts or time diverges", async () => {
    for (const other of [
      { ...QUESTION, question: "Shall they stay?" },
      { ...QUESTION, details: {} },
      { ...QUESTION, within: 1 },
    ]) {
      const world = ledgerWorld(ask(), { answer: approve });
      await world.engine.run();
      expect(await world.again(ask(other)).run()).toMatchObject({ kind: "operator", on: { error: { code: "workflow.diverged" } } });
    }
  });

  it("and another kind of step do not stand in for each other", async () => {
    const read: Body = ({ book }) => book.getRecord("cut off", { id: "a" });
    const write: Body = ({ book }) => book.addLine("cut off", { text: "x" });
    const pause: Body = ({ step }) => step.sleep("cut off", 1);
    for (const other of [read, write, pause]) {
      for (const [first, second] of [
        [ask(), other],
        [other, ask()],
      ] as const) {
        const world = ledgerWorld(first, { answer: approve });
        await world.engine.run();
        expect(await world.again(second).run()).toMatchObject({ kind: "operator", on: { error: { code: "workflow.diverged" } } });
      }
    }
  });

  it.each<[Question, string]>([
    [{ question: "  " }, "question"],
    [{ question: "?", within: 0 }, "within"],
    [{ question: "?", within: Number.NaN }, "within"],
  ])("that cannot be meant (%j) fails with the field named", async (question, field) => {
    expect(await ledgerWorld(ask(question)).engine.run()).toMatchObject({ state: { status: "failed", error: { field } } });
  });

  it("with facts that cannot be kept fails, and nobody is asked", async () => {
    for (const [details, code] of [
      [{ at: new Date(0) }, "step.output_invalid"],
      [{ all: "x".repeat(OUTPUT_LIMIT) }, "step.output_too_large"],
    ] as const) {
      const world = ledgerWorld(ask({ question: "?", details: details as never }));
      expect(await world.engine.run()).toMatchObject({ state: { status: "failed", error: { code } } });
      expect(approvalsIn(world.engine.durable)).toEqual([]);
    }
  });

  it("can be asked several times, and several at once", async () => {
    const body: Body = async ({ step }) => [
      ...(await Promise.all([step.approval("one", { question: "One?" }), step.approval("two", { question: "Two?" })])),
      await step.approval("one", { question: "Once more?" }),
    ];
    const world = ledgerWorld(body, { answer: (asked, round) => (round === 1 ? approve(asked) : reject(asked)) });
    expect(await world.engine.run()).toMatchObject({
      state: { output: [{ status: "approved" }, { status: "rejected" }, { status: "rejected" }] },
    });
    expect(new Set(approvalsIn(world.engine.durable).map(({ id }) => id)).size).toBe(3);
  });

  it("has the same end wherever the process stops, and is asked once", async () => {
    const run = async (stopAt?: number) => {
      const world = ledgerWorld(ask(), { answer: approve, ...(stopAt === undefined ? {} : { stopAt: new Set([stopAt]) }) });
      return { end: await world.engine.run(), world };
    };
    const undisturbed = await run();
    for (let at = 1; at <= undisturbed.world.engine.boundaries; at++) {
      const { end, world } = await run(at);
      expect(end, `stopped at ${at}`).toEqual(undisturbed.end);
      expect(sameJson(approvalsIn(world.engine.durable), approvalsIn(undisturbed.world.engine.durable)), `stopped at ${at}`).toBe(true);
    }
  });
});

describe("an answer to a question", () => {
  /** The journal up to the question, as the partition would be asked. */
  async function asked() {
    const world = ledgerWorld(ask(), { answer: approve });
    await world.engine.run();
    const entries = world.engine.durable.slice(0, 2);
    const [approval] = approvalsIn(entries);
    const answer = (input: unknown, by = "ada@example.com", now = world.clock.now, journal: readonly Entry[] = entries) =>
      answerApproval(journal, String(approval?.id), input, by, world.spec, now, null);
    return { world, entries, answer, approval: approval as Approval };
  }

  it("that edits is refused: there is nothing that would be written", async () => {
    const { answer, approval } = await asked();
    const refused = answer({ kind: "edited", digest: approval.digest, values: approval.values });
    expect(refused).toMatchObject({ ok: false, error: { code: "approval.edit_refused", message: expect.stringContaining("question") } });
  });

  it("is taken from reviewers only, about what was shown, and before its time is over", async () => {
    const { answer, approval } = await asked();
    const yes = { kind: "approved", digest: approval.digest };
    expect(answer(yes, "mallory@example.com")).toMatchObject({ error: { code: "approval.not_reviewer" } });
    expect(answer({ ...yes, digest: "0" })).toMatchObject({ error: { code: "approval.changed" } });
    expect(answer(yes, "ada@example.com", approval.expiresAt)).toMatchObject({ error: { code: "approval.already_decided" } });
    expect(answer(yes, "grace@example.com", approval.expiresAt - 1)).toEqual({
      ok: true,
      value: {
        type: "approval.decided",
        step: "cut off",
        approvalId: approval.id,
        decision: { kind: "approved", by: "grace@example.com" },
      },
    });
  });

  it("is the first one, whoever gives the second; and none is taken by a run that has ended", async () => {
    const { world, answer, approval, entries } = await asked();
    const no = { kind: "rejected", digest: approval.digest, reason: "no" };
    expect(answer(no, "grace@example.com", world.clock.now, world.engine.durable)).toMatchObject({
      error: { code: "approval.already_decided", message: "Already approved by ada@example.com" },
    });
    const ended = [...entries, { ...world.engine.durable.at(-1), seq: 3 } as Entry];
    expect(answer(no, "grace@example.com", world.clock.now, ended)).toMatchObject({ error: { code: "approval.changed" } });
    expect(approvalViews(ended)).toMatchObject([{ status: "voided" }]);
  });

  it("is listed as any approval is, and as no write", async () => {
    const { world, entries } = await asked();
    expect(approvalViews(entries)).toMatchObject([{ status: "pending", approval: { question: QUESTION.question } }]);
    expect(approvalViews(world.engine.durable)).toMatchObject([{ status: "approved", decidedBy: "ada@example.com" }]);
    expect(effectView("cut off", entries)).toBeNull();
    expect(resolveStep(entries, "cut off", "retry", "ada@example.com")).toMatchObject({ ok: false });
  });

  it("is bound to the facts and to the spec's version", async () => {
    const digestOf = async (question: Question, version: number) => {
      const world = ledgerWorld(ask(question), { answer: approve, spec: { version } });
      await world.engine.run();
      return approvalsIn(world.engine.durable)[0]?.digest;
    };
    const digests = await Promise.all([
      digestOf(QUESTION, 1),
      digestOf(QUESTION, 2),
      digestOf({ ...QUESTION, details: { tenant: "b" } }, 1),
    ]);
    expect(new Set(digests).size).toBe(3);
    expect(await digestOf(QUESTION, 1)).toBe(digests[0]);
  });
});
