// A run that goes on as another: its successor is one, gets what nobody took, each once and in order; and a journal that grows is told before it fails.
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { eventIdOf, runIdOf } from "../../../src/core/ids.ts";
import { defineWorkflow, type StepTools, startedByRun, type Workflow } from "../../../src/engine/define.ts";
import { executePass } from "../../../src/engine/execute.ts";
import type { Entry, NewEntry } from "../../../src/engine/journal.ts";
import { JOURNAL_LIMIT } from "../../../src/engine/lifecycle.ts";
import { fakeRuns } from "../../harness/fake-runs.ts";
import { byHand, ledgerWorld } from "./ledger-world.ts";
import { triageWorld } from "./triage-world.ts";

const workflow = (body: (step: StepTools) => Promise<unknown>): Workflow =>
  defineWorkflow(
    {
      name: "ticket-triage",
      version: 1,
      purpose: "Go on",
      trigger: startedByRun,
      lane: ({ event }) => event.subject,
      uses: {},
      dataFlow: [],
      decisions: {},
    },
    ({ step }) => body(step),
  );
const NEXT = runIdOf("ticket-triage", eventIdOf("interlock/run-1", "continueAsNew"));
const Any = z.object({ n: z.number() });
const HOUR = 3_600_000;

describe("a run that goes on as another", () => {
  it("completes with the successor's id, and gives it its record, its account and the data", async () => {
    const runs = fakeRuns();
    const world = triageWorld({
      workflow: workflow(async (step) => {
        await step.run("work", () => 1);
        await step.continueAsNew({ round: 2 });
        throw new Error("nothing comes after it");
      }),
      runs: runs.port,
    });
    expect(await world.engine.run()).toEqual({ kind: "ended", state: { status: "completed", output: { continuedAs: NEXT } } });
    expect(runs.made.get(NEXT)).toMatchObject({
      workflow: "ticket-triage",
      event: { connection: "zendesk", source: "interlock/run-1", type: "ticket.created", subject: world.id, data: { round: 2 } },
    });
    expect(world.engine.durable.map(({ type }) => type)).toEqual(["step.done", "child.started", "run.completed"]);
    expect(world.engine.entries("run.completed")).toMatchObject([{ continuedAs: NEXT }]);
  });

  it("finishes first what it has begun and not awaited", async () => {
    const runs = fakeRuns();
    const world = triageWorld({
      workflow: workflow(async (step) => {
        void step.run("work", () => 1);
        return step.continueAsNew(null);
      }),
      runs: runs.port,
    });
    await world.engine.run();
    expect(world.engine.durable.map(({ type }) => type)).toEqual(["step.done", "child.started", "run.completed"]);
  });

  it("goes on once, when it asks twice", async () => {
    const runs = fakeRuns();
    const body = (step: StepTools) => Promise.all([step.continueAsNew({ first: true }), step.continueAsNew({ first: false })]);
    const world = triageWorld({ workflow: workflow(body), runs: runs.port });
    await world.engine.run();
    expect([...runs.made.values()].map(({ event }) => event.data)).toEqual([{ first: true }]);
  });

  it("hands the signals that no wait has taken on, in the order in which they came", async () => {
    const runs = fakeRuns();
    const world = triageWorld({
      workflow: workflow(async (step) => {
        await step.signal("go", { schema: Any, within: HOUR });
        return step.continueAsNew(null);
      }),
      runs: runs.port,
    });
    world.engine.signal("other", "a", { n: 0 });
    world.engine.signal("go", "b", { n: 1 });
    world.engine.signal("go", "c", { n: 2 });
    await world.engine.run();
    expect(runs.signals.get(NEXT)).toEqual([
      { signal: "other", id: "a", data: { n: 0 }, by: "ada@example.com" },
      { signal: "go", id: "c", data: { n: 2 }, by: "ada@example.com" },
    ]);
  });

  it("with data that is no JSON is told so at the call", async () => {
    const runs = fakeRuns();
    const body = (step: StepTools) => step.continueAsNew({ at: new Date(0) } as never).catch((thrown: Error) => thrown.message);
    const world = triageWorld({ workflow: workflow(body), runs: runs.port });
    expect(await world.engine.run()).toMatchObject({ state: { status: "completed", output: expect.stringContaining("must be JSON") } });
    expect(runs.calls.start).toBe(0);
  });

  it("fails where its successor is refused", async () => {
    const runs = fakeRuns();
    runs.faults.push({ call: "start", error: { code: "child.refused", message: "no spec" } });
    const world = triageWorld({ workflow: workflow((step) => step.continueAsNew(null)), runs: runs.port });
    expect(await world.engine.run()).toMatchObject({ state: { status: "failed", error: { code: "child.refused" } } });
  });

  it("has one successor, with every signal once and in order, wherever the process stops", async () => {
    const run = async (stopAt: readonly number[]) => {
      const runs = fakeRuns();
      const world = triageWorld({
        workflow: workflow(async (step) => {
          await step.signal("go", { schema: Any, within: HOUR });
          return step.continueAsNew({ round: 2 });
        }),
        runs: runs.port,
        stopAt: new Set(stopAt),
      });
      for (const id of ["a", "b", "c"]) world.engine.signal("go", id, { n: 0 });
      const end = await world.engine.run();
      return {
        boundaries: world.engine.boundaries,
        seen: { end, made: [...runs.made.keys()], signals: runs.signals.get(NEXT)?.map(({ id }) => id) },
      };
    };
    const undisturbed = await run([]);
    expect(undisturbed.seen).toMatchObject({ made: [NEXT], signals: ["b", "c"] });
    for (let at = 1; at <= undisturbed.boundaries; at++) {
      for (const stops of [[at], [at, at + 1], [at, at + 2]])
        expect((await run(stops)).seen, `stopped at ${stops}`).toEqual(undisturbed.seen);
    }
  });

  it("sends what came between a try whose answer was lost and the next one", async () => {
    const runs = fakeRuns();
    const world = triageWorld({ workflow: workflow((step) => step.continueAsNew(null)), runs: runs.port });
    world.engine.signal("go", "early", { n: 0 });
    runs.faults.push({ call: "start", error: { code: "ingress.unavailable", message: "reset" } });
    runs.faults.push({ call: "signal", error: { code: "ingress.unavailable", message: "reset" } });
    runs.meanwhile = (call) => {
      if (call === "start" && runs.calls.start === 1) world.engine.signal("go", "late", { n: 1 });
    };
    expect(await world.engine.run()).toMatchObject({ state: { output: { continuedAs: NEXT } } });
    expect(runs.signals.get(NEXT)?.map(({ id }) => id)).toEqual(["early", "late"]);
    expect(runs.made.size).toBe(1);
  });

  it("sends on what comes while its successor is being started, a cancellation too", async () => {
    const runs = fakeRuns();
    const world = ledgerWorld(async () => null);
    const { journal, ports, kept } = byHand(world, []);
    const arrive = (entry: NewEntry) => kept.push({ ...entry, seq: kept.length + 1, at: 1 } as Entry);
    const signal = (id: string): NewEntry => ({ type: "signal.arrived", signal: "go", id, data: 1, by: "ada@example.com" });
    runs.meanwhile = (call) => {
      if (call === "start") arrive(signal("a"));
      if (call === "signal" && runs.calls.signal === 1) arrive(signal("b"));
      if (call === "signal" && runs.calls.signal === 2)
        arrive({ type: "run.cancel_requested", by: "ada@example.com", compensate: false, reason: "enough" });
      if (call === "cancel") arrive(signal("c"));
    };
    const end = await executePass({
      runId: "run-1",
      event: world.event,
      workflow: workflow((step) => step.continueAsNew(null)),
      spec: world.spec,
      journal,
      recordedSteps: new Set(),
      ports: { ...ports, runs: runs.port },
    });
    expect(end).toMatchObject({ kind: "ended", state: { status: "completed" } });
    const [next] = runs.made.keys();
    expect(runs.signals.get(next ?? "")?.map(({ id }) => id)).toEqual(["a", "b", "c"]);
    expect(runs.cancelled).toEqual([{ run: next, words: { compensate: false, reason: "enough" }, by: "ada@example.com" }]);
  });
});

describe("a journal that grows", () => {
  const sized = (share: number) => ({ size: () => ({ entries: Math.floor(JOURNAL_LIMIT.entries * share), bytes: 0 }) });

  it.each([
    [0.79, false],
    [0.8, true],
    [0.99, true],
  ])("at %f of its limit says whether it is time to hand over: %s", async (share, nearly) => {
    const world = triageWorld({ workflow: workflow((step) => step.isJournalNearlyFull("size")), ...sized(share) });
    expect(await world.engine.run()).toMatchObject({ state: { output: nearly } });
    expect(world.engine.entries("run.journal_warned")).toHaveLength(nearly ? 1 : 0);
  });

  it("gives the same answer in a replay, however it has grown since", async () => {
    let share = 0.5;
    const answers: boolean[] = [];
    const world = triageWorld({
      workflow: workflow(async (step) => {
        answers.push(await step.isJournalNearlyFull("size"));
        share = 0.9;
        await step.sleep("pause", HOUR);
      }),
      size: () => ({ entries: 0, bytes: JOURNAL_LIMIT.bytes * share }),
    });
    await world.engine.run();
    expect(answers).toEqual([false, false]);
  });

  it("warns once, and fails the first new step at the limit", async () => {
    const world = triageWorld({
      workflow: workflow(async (step) => {
        for (let round = 0; ; round++) await step.run("work", () => round);
      }),
      size: (entries) => ({ entries: entries * 1_000, bytes: 0 }),
    });
    expect(await world.engine.run()).toMatchObject({ state: { status: "failed", error: { code: "run.journal_full" } } });
    expect(world.engine.entries("run.journal_warned")).toMatchObject([{ limit: JOURNAL_LIMIT.entries }]);
    const types = world.engine.durable.map(({ type }) => type);
    expect(types.indexOf("run.journal_warned")).toBeLessThan(types.indexOf("run.failed"));
  });

  it("that is full can still be handed over", async () => {
    const runs = fakeRuns();
    const world = triageWorld({
      workflow: workflow(async (step) => {
        await step.run("too much", () => 1).catch(() => step.continueAsNew({ after: "full" }));
      }),
      runs: runs.port,
      ...sized(1),
    });
    expect(await world.engine.run()).toMatchObject({ state: { status: "completed", output: { continuedAs: NEXT } } });
  });
});
