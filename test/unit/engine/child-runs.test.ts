// Runs that a run starts: made once whatever stops, watched until they end, their ends as values, and a cancellation passed down to them.
import { describe, expect, it } from "vitest";
import { eventIdOf, runIdOf } from "../../../src/core/ids.ts";
import type { EndedState } from "../../../src/core/run.ts";
import { defineWorkflow, type StepTools, startedByRun, type Workflow } from "../../../src/engine/define.ts";
import type { Entry, Journal } from "../../../src/engine/journal.ts";
import type { CancelWords } from "../../../src/engine/other-runs.ts";
import { begunBy, originOf, successorOf, waitingParentOf } from "../../../src/engine/other-runs.ts";
import { Pass } from "../../../src/engine/pass.ts";
import { CHILD_CHECK_MS, cancelChildren, MAX_DATA_BYTES } from "../../../src/engine/run-child.ts";
import { fakeRuns } from "../../harness/fake-runs.ts";
import { byHand, ledgerWorld } from "./ledger-world.ts";
import { triageWorld } from "./triage-world.ts";

const workflow = (body: (step: StepTools) => Promise<unknown>): Workflow =>
  defineWorkflow(
    {
      name: "ticket-triage",
      version: 1,
      purpose: "Start others",
      trigger: startedByRun,
      lane: ({ event }) => event.subject,
      uses: {},
      dataFlow: [],
      decisions: {},
    },
    ({ step }) => body(step),
  );
const input = { subject: "7", data: { n: 1 } };
const CHILD = runIdOf("count", eventIdOf("interlock/run-1", "count it"));
const waits = workflow((step) => step.start("count it", "count", input, { wait: true }));

describe("a child", () => {
  it("is started with an event of its own, on its parent's account", async () => {
    const runs = fakeRuns();
    const world = triageWorld({ workflow: workflow((step) => step.start("count it", "count", input, { wait: false })), runs: runs.port });
    expect(await world.engine.run()).toMatchObject({ state: { status: "completed", output: { run: CHILD } } });
    expect([...runs.made]).toEqual([
      [
        CHILD,
        {
          workflow: "count",
          step: "count it",
          waits: false,
          event: {
            id: eventIdOf("interlock/run-1", "count it"),
            connection: "zendesk",
            source: "interlock/run-1",
            type: "started",
            subject: "7",
            time: world.clock.now,
            data: { n: 1 },
          },
        },
      ],
    ]);
    expect(runs.calls.look).toBe(0);
    expect(world.engine.entries("child.started")).toMatchObject([{ step: "count it", child: CHILD, partition: "p7", waits: false }]);
  });

  it.each<[EndedState, unknown]>([
    [
      { status: "completed", output: { sum: 3 } },
      { status: "completed", run: CHILD, output: { sum: 3 } },
    ],
    [
      { status: "failed", error: { code: "workflow.threw", message: "no" } },
      { status: "failed", run: CHILD, error: { code: "workflow.threw", message: "no" } },
    ],
    [
      { status: "cancelled", by: "ada@example.com" },
      { status: "cancelled", run: CHILD },
    ],
  ])("that ends is a value for who waits: %j", async (state, outcome) => {
    const runs = fakeRuns();
    runs.ends.set("count", state);
    const world = triageWorld({ workflow: waits, runs: runs.port });
    expect(await world.engine.run()).toEqual({ kind: "ended", state: { status: "completed", output: outcome } });
    expect(world.engine.entries("child.ended")).toMatchObject([{ step: "count it", state }]);
  });

  it("that nobody tells the end of is looked at once in a while", async () => {
    const runs = fakeRuns();
    const world = triageWorld({ workflow: waits, runs: runs.port });
    const began = world.clock.now;
    runs.meanwhile = (call) => {
      if (call === "look" && runs.calls.look === 4) runs.ends.set("count", { status: "completed", output: 1 });
    };
    expect(await world.engine.run()).toMatchObject({ state: { output: { status: "completed", output: 1 } } });
    expect(world.clock.now - began).toBe(3 * CHILD_CHECK_MS);
    expect(runs.calls).toMatchObject({ start: 1, look: 4 });
  });

  it("whose partition does not answer is looked at again, and that is no failed try", async () => {
    const runs = fakeRuns();
    runs.ends.set("count", { status: "completed", output: 1 });
    runs.faults.push({ call: "look", error: { code: "ingress.unavailable", message: "reset" } });
    const world = triageWorld({ workflow: waits, runs: runs.port });
    expect(await world.engine.run()).toMatchObject({ state: { output: { status: "completed" } } });
    expect(world.engine.entries("attempt.failed")).toEqual([]);
  });

  it("that is not there any more has failed, as a value", async () => {
    const runs = fakeRuns();
    runs.faults.push({ call: "look", error: { code: "run.not_found", message: "No run" } });
    const world = triageWorld({ workflow: waits, runs: runs.port });
    expect(await world.engine.run()).toMatchObject({ state: { output: { status: "failed", error: { code: "run.not_found" } } } });
  });

  it("that could not be started is tried again, and is one", async () => {
    const runs = fakeRuns();
    runs.ends.set("count", { status: "completed", output: 1 });
    runs.faults.push({ call: "start", error: { code: "ingress.unavailable", message: "reset" } });
    const world = triageWorld({ workflow: waits, runs: runs.port });
    expect(await world.engine.run()).toMatchObject({ state: { output: { status: "completed" } } });
    expect(runs.calls.start).toBe(2);
    expect(runs.made.size).toBe(1);
    expect(world.engine.entries("attempt.failed")).toMatchObject([{ during: "start" }]);
  });

  it("that is refused is thrown to the author, who may go on", async () => {
    const runs = fakeRuns();
    runs.faults.push({ call: "start", error: { code: "child.refused", message: 'This deployment has no workflow "count"' } });
    const world = triageWorld({
      workflow: workflow(async (step) => {
        const refused = await step.start("count it", "count", input, { wait: true }).catch((thrown: Error) => thrown.message);
        await step.sleep("pause", 1_000);
        return refused;
      }),
      runs: runs.port,
    });
    expect(await world.engine.run()).toMatchObject({ state: { status: "completed", output: 'This deployment has no workflow "count"' } });
    expect(runs.calls.start).toBe(1);
  });

  it.each([
    ["no subject", { subject: "", data: {} }],
    ["data that JSON cannot carry", { subject: "7", data: { at: new Date(0) } as never }],
    ["more than an event may bring", { subject: "7", data: "x".repeat(MAX_DATA_BYTES) }],
  ])("with %s is refused before anybody is asked", async (_, wrong) => {
    const runs = fakeRuns();
    const world = triageWorld({ workflow: workflow((step) => step.start("count it", "count", wrong, { wait: true })), runs: runs.port });
    expect(await world.engine.run()).toMatchObject({ state: { status: "failed", error: { code: "child.refused" } } });
    expect(runs.calls.start).toBe(0);
  });

  it("that is started with something else in a replay has diverged", async () => {
    const runs = fakeRuns();
    let n = 1;
    const world = triageWorld({
      workflow: workflow((step) => step.start("count it", "count", { subject: "7", data: { n: n++ } }, { wait: true })),
      runs: runs.port,
    });
    expect(await world.engine.run()).toMatchObject({ kind: "operator", on: { error: { code: "workflow.diverged" } } });
    expect(runs.made.size).toBe(1);
  });
});

it("children are made once each and end the same wherever the process stops", async () => {
  const run = async (stopAt: readonly number[]) => {
    const runs = fakeRuns();
    runs.ends.set("count", { status: "completed", output: 2 });
    runs.ends.set("fails", { status: "failed", error: { code: "workflow.threw", message: "no" } });
    const world = triageWorld({
      workflow: workflow(async (step) => {
        const alone = await step.start("alone", "count", input, { wait: false });
        const both = await Promise.all([
          step.start("count it", "count", input, { wait: true }),
          step.start("try it", "fails", input, { wait: true }),
        ]);
        return { alone, both };
      }),
      runs: runs.port,
      stopAt: new Set(stopAt),
    });
    return { end: await world.engine.run(), made: [...runs.made.keys()].sort(), boundaries: world.engine.boundaries };
  };
  const undisturbed = await run([]);
  expect(undisturbed.made).toHaveLength(3);
  expect(undisturbed.end).toMatchObject({ state: { output: { both: [{ status: "completed" }, { status: "failed" }] } } });
  expect(undisturbed.boundaries).toBeGreaterThan(10);
  for (let at = 1; at <= undisturbed.boundaries; at++) {
    for (const stops of [[at], [at, at + 1], [at, at + 3]]) {
      const stopped = await run(stops);
      expect({ end: stopped.end, made: stopped.made }, `stopped at ${stops}`).toEqual({ end: undisturbed.end, made: undisturbed.made });
    }
  }
});

describe("a cancellation", () => {
  const started = (step: string, awaited: boolean): Entry => ({
    type: "child.started",
    step,
    args: "",
    child: `child of ${step}`,
    partition: "p7",
    workflow: "count",
    waits: awaited,
    seq: 1,
    at: 1,
  });
  const words: CancelWords = { compensate: true, reason: "Wrong order" };
  const asked: Entry = { type: "run.cancel_requested", by: "ada@example.com", ...words, seq: 9, at: 9 };
  const passOver = (entries: Entry[]) => {
    const world = ledgerWorld(async () => null);
    const runs = fakeRuns();
    const { ports } = byHand(world, []);
    const journal: Journal = {
      size: { entries: 0, bytes: 0 },
      entriesOf: (step) => entries.filter((entry) => (entry.step ?? null) === step),
      record: () => {},
      flush: async () => {},
    };
    return { runs, world, pass: new Pass("run-1", world.spec, journal, { ...ports, runs: runs.port }) };
  };
  const ended: Entry = { type: "child.ended", step: "done", state: { status: "completed", output: 1 }, seq: 2, at: 2 };
  const entries = [started("waits", true), started("also", true), started("alone", false), started("done", true), ended];
  const steps = ["waits", "also", "alone", "done", "another"];

  it("is passed down to the children that are waited for and have not ended", async () => {
    const { runs, pass } = passOver([...entries, asked]);
    expect(await cancelChildren(pass, steps)).toBeNull();
    expect(runs.cancelled).toEqual(["waits", "also"].map((step) => ({ run: `child of ${step}`, words, by: "ada@example.com" })));
  });

  it("reaches the successor of a run that was about to end", async () => {
    const { runs, pass } = passOver([started("continueAsNew", false), asked]);
    expect(await cancelChildren(pass, ["continueAsNew"])).toBeNull();
    expect(runs.cancelled.map(({ run }) => run)).toEqual(["child of continueAsNew"]);
  });

  it("reaches the others when one cannot be told, and says when to try again", async () => {
    const { runs, pass, world } = passOver([...entries, asked]);
    runs.faults.push({ call: "cancel", error: { code: "ingress.unavailable", message: "reset" } });
    expect(await cancelChildren(pass, steps)).toBe(world.clock.now + CHILD_CHECK_MS);
    expect(runs.cancelled.map(({ run }) => run)).toEqual(["child of also"]);
  });

  it("that nobody asked for tells nobody", async () => {
    const { runs, pass } = passOver(entries);
    expect(await cancelChildren(pass, steps)).toBeNull();
    expect(runs.calls.cancel).toBe(0);
  });
});

describe("a journal", () => {
  const child = { kind: "child", parent: "p", partition: "p1", step: "s", waits: true, lanes: ["1"] } as const;
  const begun = (origin?: Extract<Entry, { type: "run.started" }>["origin"]): Entry[] => [
    {
      type: "run.started",
      pins: { workflow: "count", version: 1, manifestDigest: "m", specVersion: 1 },
      event: { id: "e", type: "started", subject: "7", connection: "c" },
      ...(origin ? { origin } : {}),
      seq: 1,
      at: 1,
    },
  ];

  it.each([
    ["nobody, of an event's run", undefined, null],
    ["its parent", child, child],
    ["nobody, where the parent does not wait", { ...child, waits: false }, null],
    ["the parent of the chain that it continues", { kind: "continued", from: "r", child } as const, child],
    ["nobody, of an endless loop", { kind: "continued", from: "r" } as const, null],
  ])("says who waits for the run's end: %s", (_, origin, parent) => {
    expect(waitingParentOf(begun(origin))).toEqual(parent);
    expect(originOf(begun(origin))).toEqual(origin ?? null);
  });

  it("says which run goes on in its place", () => {
    const completed: Entry = { type: "run.completed", output: { continuedAs: "next" }, seq: 2, at: 2 };
    expect(successorOf([...begun(), { ...completed, continuedAs: "next" }])).toBe("next");
    // What a workflow happens to return says nothing.
    expect(successorOf([...begun(), completed])).toBeNull();
  });
});

it("a run that somebody began by hand, and what it starts or goes on as, was begun by them", () => {
  const child = { kind: "child", parent: "p", partition: "p0", step: "s", waits: true, lanes: [] } as const;
  expect(begunBy({ kind: "replayed", from: "r", by: "ada" })).toBe("ada");
  expect(begunBy({ kind: "restarted", from: "r", step: "s", by: "ada" })).toBe("ada");
  expect(begunBy({ ...child, begunBy: "ada" })).toBe("ada");
  expect(begunBy({ kind: "continued", from: "r", begunBy: "ada" })).toBe("ada");
  for (const origin of [null, child, { kind: "continued", from: "r" } as const]) expect(begunBy(origin)).toBeNull();
});
