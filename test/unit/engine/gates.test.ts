// More than one person's part in a write, on the real engine: several must agree, nobody decides in a run of their own, somebody stands in, somebody is reminded,
// somebody else is asked, and in the end the spec says what follows. Time is moved by hand.
import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { Approval } from "../../../src/core/approval.ts";
import { sameJson } from "../../../src/core/json.ts";
import { answerApproval } from "../../../src/engine/answer-approval.ts";
import type { Entry } from "../../../src/engine/journal.ts";
import { approvalViews } from "../../../src/engine/project.ts";
import type { GovernanceSpec } from "../../../src/governance/spec.ts";
import type { MemoryOptions } from "../../harness/memory-engine.ts";
import { asking, type Body, ledgerSpec, ledgerWorld } from "./ledger-world.ts";

const ADA = "ada@example.com";
const GRACE = "grace@example.com";
const LINUS = "linus@example.com";
const BOSS = "boss@example.com";
const MINUTE = 60_000;
const judged = z.object({ verdict: z.enum(["yes", "no"]), reason: z.string() });
const REASON = "The owner has asked for it in writing";

type Asked = Parameters<NonNullable<MemoryOptions["answer"]>>[0];
type World = ReturnType<typeof ledgerWorld>;
const approve = ({ digest }: Asked, by = ADA) => ({ kind: "approved", digest, by });

const reviewed = (review: Partial<GovernanceSpec["review"]>, more: Partial<GovernanceSpec> = {}): Partial<GovernanceSpec> => ({
  ...asking("ledger.setRecord"),
  review: { ...ledgerSpec.review, reviewers: [ADA, GRACE, LINUS], ...review },
  ...more,
});
const write: Body = ({ book }) => book.setRecord("set", { id: "a", set: { owner: "ada" } });
const question: Body = ({ step }) => step.approval("go on?", { question: "Shall it go on?" });

const approvalOf = (entries: readonly Entry[]): Approval => {
  const asked = entries.findLast((entry) => entry.type === "approval.requested");
  if (asked?.type !== "approval.requested") throw new Error("nobody was asked");
  return asked.approval;
};
/** What the partition would answer now. */
const tell = (world: World, said: Record<string, unknown>, by: string, now = world.clock.now) => {
  const approval = approvalOf(world.engine.durable);
  return answerApproval(world.engine.durable, approval.id, { digest: approval.digest, ...said }, by, world.spec, now, null);
};
const types = (world: World) => world.engine.durable.flatMap(({ type }) => (type.startsWith("approval.") ? [type] : []));
const begun = (world: World, by: string) =>
  world.engine.durable.push({
    type: "run.started",
    pins: { workflow: "bookkeeping", version: 1, manifestDigest: "", specVersion: 1 },
    event: { id: "evt_1", type: "opened", subject: "a", connection: "ledger", time: 0 },
    origin: { kind: "replayed", from: "run-0", by },
    seq: 1,
    at: world.clock.now,
  });

describe("where several people must agree", () => {
  const two = reviewed({ approvals: 2 });

  it("nothing is written before the second has, and both are named", async () => {
    const world = ledgerWorld(write, {
      spec: two,
      answer: (asked, round) => {
        expect(world.ledger.sent()).toEqual([]);
        return approve(asked, round === 1 ? ADA : GRACE);
      },
    });
    expect(await world.engine.run()).toMatchObject({ state: { output: { status: "applied", decidedBy: GRACE } } });
    expect(types(world)).toEqual(["approval.requested", "approval.endorsed", "approval.decided"]);
    expect(world.engine.entries("approval.decided")).toMatchObject([{ decision: { kind: "approved", by: GRACE, agreed: [{ by: ADA }] } }]);
    expect(world.engine.entries("effect.ruled").at(-1)).toMatchObject({ ruling: { reason: `Decided by ${ADA} and ${GRACE}` } });
    expect(world.ledger.sent()).toEqual(["PUT /records/a"]);
  });

  it("one person does not count twice", async () => {
    const world = ledgerWorld(write, {
      spec: two,
      answer: (asked, round) => {
        if (round === 1) return approve(asked);
        expect(tell(world, { kind: "approved" }, ADA)).toMatchObject({ error: { code: "approval.already_agreed" } });
        expect(world.ledger.sent()).toEqual([]);
        return approve(asked, LINUS);
      },
    });
    await world.engine.run();
    expect(world.engine.entries("approval.endorsed")).toHaveLength(1);
  });

  it("an edit is shown to the others, and whoever had agreed is asked again", async () => {
    const world = ledgerWorld(write, {
      spec: two,
      answer: (asked, round) => {
        if (round === 1) return approve(asked);
        if (round === 2) return { kind: "edited", digest: asked.digest, values: { owner: "bob" }, by: GRACE };
        // What the first of them saw is not what is to be written now.
        expect(asked.values).toEqual({ owner: "bob" });
        expect(tell(world, { kind: "approved" }, ADA)).toMatchObject({ error: { code: "approval.changed" } });
        expect(tell(world, { kind: "approved", digest: asked.digest }, GRACE)).toMatchObject({
          error: { code: "approval.already_agreed" },
        });
        return approve(asked, ADA);
      },
    });
    await world.engine.run();
    expect(types(world)).toEqual(["approval.requested", "approval.endorsed", "approval.amended", "approval.decided"]);
    expect(world.engine.entries("approval.decided")).toMatchObject([
      { decision: { kind: "edited", by: ADA, values: { owner: "bob" }, agreed: [{ by: GRACE }] } },
    ]);
    expect(world.ledger.records.get("a")?.fields.owner).toBe("bob");
  });

  it("values that stand already are an agreement, and no edit", async () => {
    const world = ledgerWorld(write, {
      spec: two,
      answer: (asked, round) =>
        round === 1 ? approve(asked) : { kind: "edited", digest: asked.digest, values: { ...asked.values }, by: GRACE },
    });
    await world.engine.run();
    expect(types(world)).toEqual(["approval.requested", "approval.endorsed", "approval.decided"]);
    expect(world.engine.entries("approval.decided")).toMatchObject([{ decision: { kind: "approved" } }]);
  });

  it.each([GRACE, ADA])("one rejection decides, though another has agreed (%s)", async (by) => {
    const world = ledgerWorld(write, {
      spec: two,
      answer: (asked, round) => (round === 1 ? approve(asked) : { kind: "rejected", digest: asked.digest, reason: "Not theirs", by }),
    });
    expect(await world.engine.run()).toMatchObject({ state: { output: { status: "refused", because: "rejected", reason: "Not theirs" } } });
    expect(world.ledger.sent()).toEqual([]);
  });

  it("their agreement is void with the approval when the record moves", async () => {
    const world = ledgerWorld(write, {
      spec: two,
      answer: (asked, round) => {
        if (round === 2) world.ledger.edit("a", { owner: "somebody" });
        return approve(asked, round % 2 === 1 ? ADA : GRACE);
      },
    });
    await world.engine.run();
    expect(approvalViews(world.engine.durable).map(({ status }) => status)).toEqual(["voided", "approved"]);
    expect(world.engine.entries("approval.endorsed")).toHaveLength(2);
  });

  it("has the same end wherever the process stops, and each says it once", async () => {
    const run = async (stopAt?: number) => {
      const world = ledgerWorld(write, {
        spec: two,
        answer: (asked) => approve(asked, world.engine.entries("approval.endorsed").length === 0 ? ADA : GRACE),
        ...(stopAt === undefined ? {} : { stopAt: new Set([stopAt]) }),
      });
      const end = await world.engine.run();
      return { end, said: types(world), sent: world.ledger.sent().length, boundaries: world.engine.boundaries };
    };
    const undisturbed = await run();
    for (let at = 1; at <= undisturbed.boundaries; at++) {
      const { end, said } = await run(at);
      expect(sameJson(end as never, undisturbed.end as never), `stopped at ${at}`).toBe(true);
      expect(said, `stopped at ${at}`).toEqual(undisturbed.said);
    }
  });

  it("a question is answered by as many", async () => {
    const world = ledgerWorld(question, { spec: two, answer: (asked, round) => approve(asked, round === 1 ? ADA : LINUS) });
    expect(await world.engine.run()).toMatchObject({ state: { output: { status: "approved", by: LINUS } } });
    expect(types(world)).toEqual(["approval.requested", "approval.endorsed", "approval.decided"]);
  });

  it("a rule that keeps one person out keeps them out beside others", async () => {
    const rule = { name: "own", when: `actor == '${ADA}'`, outcome: "deny" as const, reason: "Not their own record" };
    const actions = { ...two.actions, "ledger.setRecord": { ask: "always" as const, fields: { owner: {} }, rules: [rule] } };
    const world = ledgerWorld(write, { spec: { ...two, actions }, answer: (asked, round) => approve(asked, round === 1 ? ADA : GRACE) });
    expect(await world.engine.run()).toMatchObject({ state: { output: { status: "refused", because: "denied" } } });
  });
});

describe("whoever began the run by hand", () => {
  it("may not decide in it, whatever they say; others may", async () => {
    const world = ledgerWorld(write, {
      spec: reviewed({}),
      answer: (asked) => {
        for (const said of [
          { kind: "approved" },
          { kind: "edited", values: { owner: "bob" } },
          { kind: "rejected", reason: "no" },
          { kind: "insufficient", missing: "all" },
          { kind: "reassign", to: GRACE },
        ]) {
          expect(tell(world, said, ADA)).toMatchObject({ ok: false, error: { code: "approval.own_run" } });
        }
        expect(tell(world, { kind: "inform", text: "I began it because of a call" }, ADA)).toMatchObject({ ok: true });
        return approve(asked, GRACE);
      },
    });
    begun(world, ADA);
    expect(await world.engine.run()).toMatchObject({ state: { output: { status: "applied", decidedBy: GRACE } } });
    expect(approvalOf(world.engine.durable)).toMatchObject({ notBy: ADA });
  });

  it("is not asked in a question either", async () => {
    const world = ledgerWorld(question, {
      spec: reviewed({}),
      answer: (asked) => {
        expect(tell(world, { kind: "approved" }, ADA)).toMatchObject({ error: { code: "approval.own_run" } });
        return approve(asked, GRACE);
      },
    });
    begun(world, ADA);
    expect(await world.engine.run()).toMatchObject({ state: { output: { status: "approved" } } });
  });
});

describe("somebody who stands in", () => {
  const lent = reviewed({ reviewers: [ADA], delegations: [{ from: ADA, to: BOSS, start: "2026-01-05", end: "2026-01-06" }] });

  it("decides in another's place, and both are named", async () => {
    const world = ledgerWorld(write, { spec: lent, answer: (asked) => approve(asked, BOSS) });
    await world.engine.run();
    expect(world.engine.entries("approval.decided")).toMatchObject([{ decision: { by: BOSS, inPlaceOf: ADA } }]);
    expect(world.engine.entries("effect.ruled").at(-1)).toMatchObject({ ruling: { reason: `Decided by ${BOSS} in the place of ${ADA}` } });
    expect(world.ledger.sent()).toEqual(["PUT /records/a"]);
  });

  it("answers a rule that asks the one in whose place they are", async () => {
    const rule = { name: "big", when: "true", outcome: "ask" as const, ask: [ADA], reason: "Big" };
    const actions = { ...lent.actions, "ledger.setRecord": { ask: "never" as const, fields: { owner: {} }, rules: [rule] } };
    const world = ledgerWorld(write, { spec: { ...lent, actions }, answer: (asked) => approve(asked, BOSS) });
    expect(await world.engine.run()).toMatchObject({ state: { output: { status: "applied" } } });
    expect(world.engine.entries("approval.requested")).toHaveLength(1);
  });

  it("does not after the last day", async () => {
    const world = ledgerWorld(write, {
      spec: { ...lent, review: { ...(lent.review as GovernanceSpec["review"]), slaMinutes: 3 * 24 * 60 } },
      answer: (asked) => {
        const end = Date.parse("2026-01-07T00:00:00Z");
        expect(tell(world, { kind: "approved" }, BOSS, end - 1)).toMatchObject({ ok: true });
        expect(tell(world, { kind: "approved" }, BOSS, end)).toMatchObject({ error: { code: "approval.not_reviewer" } });
        return approve(asked);
      },
    });
    await world.engine.run();
  });
});

describe("time that passes", () => {
  const slow = reviewed({
    reviewers: [ADA],
    remindAfterMinutes: [15, 30],
    escalation: [
      { to: [BOSS], minutes: 30 },
      { to: [LINUS], minutes: 30 },
    ],
  });

  it("reminds, escalates level by level, and ends: each is recorded once, at its time", async () => {
    const world = ledgerWorld(write, { spec: slow });
    const began = world.clock.now;
    expect(await world.engine.run()).toMatchObject({ state: { output: { status: "refused", because: "expired" } } });
    const told = world.engine.durable
      .filter(({ type }) => type.startsWith("approval."))
      .map((entry) => [
        entry.type,
        (entry.at - began) / MINUTE,
        "level" in entry ? entry.level : "minutes" in entry ? entry.minutes : null,
      ]);
    expect(told).toEqual([
      ["approval.requested", 0, null],
      ["approval.reminded", 15, 15],
      ["approval.reminded", 30, 30],
      ["approval.escalated", 60, 1],
      ["approval.escalated", 90, 2],
      ["approval.decided", 120, null],
    ]);
    expect(world.ledger.sent()).toEqual([]);
  });

  it("passes for a question as well", async () => {
    const world = ledgerWorld(question, { spec: slow });
    expect(await world.engine.run()).toMatchObject({ state: { output: { status: "expired" } } });
    expect(types(world).slice(1)).toEqual([
      "approval.reminded",
      "approval.reminded",
      "approval.escalated",
      "approval.escalated",
      "approval.decided",
    ]);
  });

  it("gives nobody a say before their level is reached, and takes none from those before", async () => {
    const world = ledgerWorld(write, {
      spec: slow,
      answer: (asked) => {
        const at = (minutes: number, by: string) =>
          tell(world, { kind: "approved" }, by, approvalOf(world.engine.durable).requestedAt + minutes * MINUTE);
        expect(at(60, BOSS)).toMatchObject({ ok: true, value: { decision: { by: BOSS, level: 1 } } });
        expect(at(59, BOSS)).toMatchObject({ error: { code: "approval.not_reviewer" } });
        expect(at(89, LINUS)).toMatchObject({ error: { code: "approval.not_reviewer" } });
        expect(at(119, ADA)).toMatchObject({ ok: true });
        expect(at(120, LINUS)).toMatchObject({ error: { code: "approval.already_decided" } });
        return world.engine.entries("approval.escalated").length === 0 ? undefined : approve(asked, BOSS);
      },
    });
    expect(await world.engine.run()).toMatchObject({ state: { output: { status: "applied", decidedBy: BOSS } } });
  });

  it("lets those escalated to answer what a rule asks of others", async () => {
    const rule = { name: "big", when: "true", outcome: "ask" as const, ask: [ADA], reason: "Big" };
    const actions = { ...slow.actions, "ledger.setRecord": { ask: "never" as const, fields: { owner: {} }, rules: [rule] } };
    const world = ledgerWorld(write, {
      spec: { ...slow, actions },
      answer: (asked) => (world.engine.entries("approval.escalated").length === 0 ? undefined : approve(asked, BOSS)),
    });
    expect(await world.engine.run()).toMatchObject({ state: { output: { status: "applied", decidedBy: BOSS } } });
    expect(world.engine.entries("approval.requested")).toHaveLength(1);
  });

  it("wakes the run when something is due, and at no other time", async () => {
    const waits: number[] = [];
    const world = ledgerWorld(write, { spec: slow, answer: () => void waits.push(world.clock.now) });
    const began = world.clock.now;
    await world.engine.run();
    expect(new Set(waits)).toEqual(new Set([0, 15, 30, 60, 90].map((minutes) => began + minutes * MINUTE)));
  });

  it("has the same end wherever the process stops", async () => {
    const run = async (stopAt?: number) => {
      const world = ledgerWorld(write, { spec: slow, ...(stopAt === undefined ? {} : { stopAt: new Set([stopAt]) }) });
      return { end: await world.engine.run(), said: types(world), boundaries: world.engine.boundaries };
    };
    const undisturbed = await run();
    for (let at = 1; at <= undisturbed.boundaries; at++) {
      const stopped = await run(at);
      expect(stopped.said, `stopped at ${at}`).toEqual(undisturbed.said);
      expect(sameJson(stopped.end as never, undisturbed.end as never), `stopped at ${at}`).toBe(true);
    }
  });
});

describe("when all time has passed and the spec says cancel", () => {
  const cancelling = (more: Partial<GovernanceSpec> = {}) => reviewed({ onExpiry: "cancel" }, more);
  const two: Body = async ({ book }) => {
    await book.addLine("line", { text: "one" });
    await book.setRecord("set", { id: "a", set: { owner: "ada" } });
    return book.addLine("more", { text: "two" });
  };

  it("the run is cancelled, what it wrote is taken back, and nothing more is written", async () => {
    const world = ledgerWorld(two, { spec: cancelling() });
    expect(await world.engine.run()).toMatchObject({ state: { status: "cancelled", by: "interlock" } });
    expect(world.engine.entries("run.cancel_requested")).toMatchObject([{ by: "interlock", compensate: true }]);
    expect(world.engine.entries("undo.done")).toMatchObject([{ step: "line" }]);
    expect(world.engine.entries("effect.refused")).toMatchObject([{ step: "set", because: "cancelled" }]);
    expect(world.ledger.sent().filter((request) => request.includes("PUT"))).toEqual([]);
  });

  it.each<[string, Partial<GovernanceSpec>]>([
    ["where the spec leaves what was written", { onFailure: "leave" }],
    ["where the workflow is regulated", { regulated: "credit" }],
  ])("%s it stays", async (_, more) => {
    const world = ledgerWorld(two, {
      spec: cancelling(more),
      answer: ({ digest, values }) => ("text" in values ? { kind: "approved", digest, reason: REASON } : undefined),
    });
    expect(await world.engine.run()).toMatchObject({ state: { status: "cancelled" } });
    expect(world.engine.entries("undo.requested")).toEqual([]);
  });

  it("a question that nobody answered cancels as well, and so does one of two that wait", async () => {
    const world = ledgerWorld(
      ({ step }) =>
        Promise.all([step.approval("one", { question: "One?" }), step.approval("two", { question: "Two?", within: 9 * 3_600_000 })]),
      { spec: cancelling() },
    );
    const began = world.clock.now;
    expect(await world.engine.run()).toMatchObject({ state: { status: "cancelled", by: "interlock" } });
    expect(world.clock.now - began).toBe(60 * MINUTE);
  });

  it("the run is cancelled wherever the process stops", async () => {
    const undisturbed = ledgerWorld(two, { spec: cancelling() });
    await undisturbed.engine.run();
    for (let at = 1; at <= undisturbed.engine.boundaries; at++) {
      const world = ledgerWorld(two, { spec: cancelling(), stopAt: new Set([at]) });
      expect(await world.engine.run(), `stopped at ${at}`).toMatchObject({ state: { status: "cancelled" } });
      expect(world.engine.entries("run.cancel_requested"), `stopped at ${at}`).toHaveLength(1);
    }
  });
});

describe("not enough information", () => {
  it("is an answer: nothing is written, and the workflow hears what is missing", async () => {
    const world = ledgerWorld(write, {
      spec: reviewed({}),
      answer: ({ digest }) => ({ kind: "insufficient", digest, missing: "The signed form" }),
    });
    expect(await world.engine.run()).toMatchObject({
      state: { output: { status: "refused", because: "insufficient", reason: "The signed form" } },
    });
    expect(approvalViews(world.engine.durable)).toMatchObject([{ status: "insufficient", decidedBy: ADA }]);
    expect(world.ledger.sent()).toEqual([]);
  });

  it("is an answer to a question, too", async () => {
    const world = ledgerWorld(question, { answer: ({ digest }) => ({ kind: "insufficient", digest, missing: "The form" }) });
    expect(await world.engine.run()).toMatchObject({ state: { output: { status: "insufficient", by: ADA, missing: "The form" } } });
  });

  it("can be asked for: the approval stays open, anybody may say what they know, and then it is decided", async () => {
    const world = ledgerWorld(write, {
      spec: reviewed({}),
      answer: (asked, round) => {
        if (round === 1) return { kind: "ask", digest: asked.digest, question: "Who signed?" };
        if (round === 2) return { kind: "inform", text: "Linus did", by: "operator@example.com" };
        return approve(asked);
      },
    });
    expect(await world.engine.run()).toMatchObject({ state: { output: { status: "applied" } } });
    expect(types(world)).toEqual(["approval.requested", "approval.information_asked", "approval.information_given", "approval.decided"]);
    expect(world.engine.entries("approval.information_given")).toMatchObject([{ by: "operator@example.com", text: "Linus did" }]);
  });

  it("is asked for by nobody who may not decide", async () => {
    const world = ledgerWorld(write, {
      spec: reviewed({}),
      answer: (asked) => {
        expect(tell(world, { kind: "ask", question: "Why?" }, "mallory@example.com")).toMatchObject({
          error: { code: "approval.not_reviewer" },
        });
        expect(tell(world, { kind: "ask", question: " " }, ADA)).toMatchObject({ error: { code: "request.invalid", field: "question" } });
        return approve(asked);
      },
    });
    await world.engine.run();
  });
});

describe("handing over", () => {
  it("leaves the decision to the one it was handed to", async () => {
    const world = ledgerWorld(write, {
      spec: reviewed({}),
      answer: (asked, round) => {
        if (round === 1) return { kind: "reassign", digest: asked.digest, to: GRACE };
        expect(tell(world, { kind: "approved" }, ADA)).toMatchObject({ error: { code: "approval.not_reviewer" } });
        expect(tell(world, { kind: "approved" }, LINUS)).toMatchObject({ error: { code: "approval.not_reviewer" } });
        return approve(asked, GRACE);
      },
    });
    expect(await world.engine.run()).toMatchObject({ state: { output: { status: "applied", decidedBy: GRACE } } });
  });

  it.each([
    ["a stranger", "mallory@example.com"],
    ["one who is only escalated to", BOSS],
    ["oneself", ADA],
    ["nobody", " "],
  ])("to %s is refused, and the field named", async (_, to) => {
    const world = ledgerWorld(write, {
      spec: reviewed({ escalation: [{ to: [BOSS], minutes: 5 }] }),
      answer: (asked) => {
        expect(tell(world, { kind: "reassign", to }, ADA)).toMatchObject({ error: { code: "request.invalid", field: "to" } });
        return approve(asked);
      },
    });
    await world.engine.run();
  });

  it("never goes past those whom the rule asks", async () => {
    const rule = { name: "big", when: "true", outcome: "ask" as const, ask: [ADA, GRACE], reason: "Big" };
    const spec = reviewed({});
    const actions = { ...spec.actions, "ledger.setRecord": { ask: "never" as const, fields: { owner: {} }, rules: [rule] } };
    const world = ledgerWorld(write, {
      spec: { ...spec, actions },
      answer: (asked) => {
        expect(tell(world, { kind: "reassign", to: LINUS }, ADA)).toMatchObject({ error: { field: "to" } });
        expect(tell(world, { kind: "reassign", to: GRACE }, ADA)).toMatchObject({ ok: true });
        return approve(asked);
      },
    });
    await world.engine.run();
  });

  it("must leave as many as have to agree", async () => {
    const world = ledgerWorld(write, {
      spec: reviewed({ approvals: 2 }),
      answer: (asked, round) => {
        if (round === 1) return { kind: "reassign", digest: asked.digest, to: GRACE };
        if (round === 2) expect(tell(world, { kind: "reassign", to: LINUS }, GRACE)).toMatchObject({ error: { field: "to" } });
        expect(tell(world, { kind: "approved" }, ADA)).toMatchObject({ error: { code: "approval.not_reviewer" } });
        return approve(asked, round === 2 ? GRACE : LINUS);
      },
    });
    expect(await world.engine.run()).toMatchObject({ state: { output: { status: "applied" } } });
  });
});

describe("in a regulated workflow", () => {
  const regulated = { regulated: "credit" } as const;

  it.each([
    ["none", undefined],
    ["spaces", "                           "],
    ["a short one", "ok then"],
    ["the model's own", "The record belongs to Ada for good"],
  ])("a yes with %s for a reason is refused, an edit too, and the field named", async (_, reason) => {
    const world = ledgerWorld(
      async ({ book, mind }) => {
        const verdict = await mind.decide("judge", { instruction: "?", input: { "note.text": "x" } });
        return book.setRecord("set", { id: "a", set: { owner: "ada" } }, { basedOn: verdict });
      },
      {
        spec: reviewed({}, regulated),
        says: [
          {
            ok: true,
            decision: {
              value: { verdict: "yes", reason: "The record belongs to Ada for good." },
              confidence: 1,
              fields: {},
              source: "logprobs",
              basis: { prompt: "prompt", schema: "schema" },
              model: "scripted",
              provider: "test",
              usage: { promptTokens: 1, completionTokens: 1 },
              costUsd: 0,
              latencyMs: 1,
            },
          },
        ],
        declares: { decisions: { judge: judged } },
        answer: (asked) => {
          for (const said of [{ kind: "approved" }, { kind: "edited", values: { owner: "bob" } }]) {
            expect(tell(world, { ...said, ...(reason === undefined ? {} : { reason }) }, ADA)).toMatchObject({
              error: { code: "request.invalid", field: "reason" },
            });
          }
          return { ...approve(asked), reason: REASON };
        },
      },
    );
    expect(await world.engine.run()).toMatchObject({ state: { output: { status: "applied" } } });
    expect(world.engine.entries("approval.decided")).toMatchObject([{ decision: { reason: REASON } }]);
  });

  it("the second to agree gives a reason of their own", async () => {
    const world = ledgerWorld(write, {
      spec: reviewed({ approvals: 2 }, regulated),
      answer: (asked, round) => {
        if (round === 1) return { ...approve(asked), reason: REASON };
        expect(tell(world, { kind: "approved", reason: REASON }, GRACE)).toMatchObject({ error: { field: "reason" } });
        return { ...approve(asked, GRACE), reason: "I have seen the letter of the owner" };
      },
    });
    expect(await world.engine.run()).toMatchObject({ state: { output: { status: "applied" } } });
  });

  it.each<[string, Partial<GovernanceSpec["review"]>, NonNullable<MemoryOptions["answer"]>]>([
    [
      "a delegate",
      { reviewers: [ADA], delegations: [{ from: ADA, to: BOSS, start: "2026-01-05", end: "2026-01-05" }] },
      (asked) => ({ ...approve(asked, BOSS), reason: REASON }),
    ],
    [
      "one of several, after an edit",
      { approvals: 2 },
      (asked, round) =>
        round === 1
          ? { kind: "edited", digest: asked.digest, values: { owner: "bob" }, reason: REASON }
          : { ...approve(asked, GRACE), reason: "I have seen the letter of the owner" },
    ],
    [
      "one to whom it was handed",
      {},
      (asked, round) =>
        round === 1 ? { kind: "reassign", digest: asked.digest, to: GRACE } : { ...approve(asked, GRACE), reason: REASON },
    ],
  ])("what %s decided passes the second check", async (_, review, answer) => {
    const world = ledgerWorld(write, { spec: reviewed(review, regulated), answer });
    expect(await world.engine.run()).toMatchObject({ state: { output: { status: "applied" } } });
    expect(world.ledger.sent()).toEqual(["PUT /records/a"]);
  });

  it("what one decided who was escalated to passes the second check", async () => {
    const world = ledgerWorld(write, {
      spec: reviewed({ escalation: [{ to: [BOSS], minutes: 5 }] }, regulated),
      answer: (asked) =>
        world.engine.entries("approval.escalated").length === 0 ? undefined : { ...approve(asked, BOSS), reason: REASON },
    });
    expect(await world.engine.run()).toMatchObject({ state: { output: { status: "applied", decidedBy: BOSS } } });
  });
});
