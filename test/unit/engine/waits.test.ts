// Pauses, signals and remembered computations on the real engine: each once, whatever is replayed and wherever the process stops.
import { describe, expect, it } from "vitest";
import * as z from "zod";
import { zendesk } from "../../../src/connectors/zendesk.ts";
import { defineWorkflow, type StepTools, type Workflow } from "../../../src/engine/define.ts";
import { triageWorld } from "./triage-world.ts";

const workflow = (body: (step: StepTools) => Promise<unknown>): Workflow =>
  defineWorkflow(
    {
      name: "ticket-triage",
      version: 1,
      purpose: "Wait",
      trigger: zendesk.on("ticket.created"),
      lane: ({ event }) => event.subject,
      uses: {},
      dataFlow: [],
      decisions: {},
    },
    ({ step }) => body(step),
  );
const HOUR = 3_600_000;
const Answer = z.object({ ok: z.boolean() });

describe("a pause", () => {
  it("ends so long after it was first reached, however often the run is replayed", async () => {
    const world = triageWorld({
      workflow: workflow(async (step) => {
        await step.sleep("cool down", HOUR);
        await step.sleep("cool down", HOUR);
        return "rested";
      }),
    });
    const began = world.clock.now;
    expect(await world.engine.run()).toEqual({ kind: "ended", state: { status: "completed", output: "rested" } });
    expect(world.clock.now - began).toBe(2 * HOUR);
    expect(world.engine.entries("timer.fired").map((entry) => entry.step)).toEqual(["cool down", "cool down#2"]);
  });

  it("until a time that has passed does not wait", async () => {
    const world = triageWorld({ workflow: workflow((step) => step.sleepUntil("yesterday", 1)) });
    const began = world.clock.now;
    await world.engine.run();
    expect(world.clock.now).toBe(began);
  });

  it("of another length than the recorded one diverges", async () => {
    let length = HOUR;
    const world = triageWorld({
      workflow: workflow(async (step) => {
        await step.sleep("cool down", length);
        length = 2 * HOUR;
        await step.signal("go", { schema: Answer, within: HOUR });
      }),
    });
    expect(await world.engine.run()).toMatchObject({ kind: "operator", on: { error: { code: "workflow.diverged" } } });
  });
});

describe("a computation", () => {
  it("is made once and remembered", async () => {
    let made = 0;
    const world = triageWorld({
      workflow: workflow(async (step) => {
        const value = await step.run("draw", () => ({ n: ++made }));
        await step.sleep("pause", HOUR);
        return value;
      }),
    });
    expect(await world.engine.run()).toMatchObject({ state: { output: { n: 1 } } });
    expect(made).toBe(1);
  });

  it("that fails fails the run with what it said", async () => {
    const world = triageWorld({
      workflow: workflow((step) =>
        step.run("draw", () => {
          throw new Error("no luck");
        }),
      ),
    });
    expect(await world.engine.run()).toMatchObject({ state: { status: "failed", error: { code: "workflow.threw", message: "no luck" } } });
  });
});

describe("a signal", () => {
  const waitsFor = (within = HOUR) => workflow(async (step) => [await step.signal("go", { schema: Answer, within })]);

  it("that comes before its wait is kept, and taken once", async () => {
    const world = triageWorld({
      workflow: workflow(async (step) => [
        await step.signal("go", { schema: Answer, within: HOUR }),
        await step.signal("go", { schema: Answer, within: HOUR }),
      ]),
    });
    expect(world.engine.signal("go", "1", { ok: true })).toBeNull();
    expect(await world.engine.run()).toMatchObject({
      state: { output: [{ status: "received", data: { ok: true } }, { status: "expired" }] },
    });
  });

  it("that is sent twice with one id is one", async () => {
    const world = triageWorld({ workflow: waitsFor() });
    world.engine.signal("go", "1", { ok: true });
    world.engine.signal("go", "1", { ok: false });
    await world.engine.run();
    expect(world.engine.entries("signal.arrived")).toHaveLength(1);
  });

  it("that does not come in time is a stated outcome", async () => {
    const world = triageWorld({ workflow: waitsFor() });
    const began = world.clock.now;
    expect(await world.engine.run()).toMatchObject({ state: { output: [{ status: "expired" }] } });
    expect(world.clock.now - began).toBe(HOUR);
  });

  it("whose data does not fit is refused, and the wait goes on", async () => {
    const world = triageWorld({ workflow: waitsFor() });
    world.engine.signal("go", "1", { ok: "perhaps" });
    world.engine.signal("go", "2", { ok: true });
    expect(await world.engine.run()).toMatchObject({ state: { output: [{ status: "received", data: { ok: true } }] } });
    expect(world.engine.entries("signal.refused")).toHaveLength(1);
  });

  it("to a run that has ended is refused", async () => {
    const world = triageWorld({ workflow: workflow(async () => "done") });
    await world.engine.run();
    expect(world.engine.signal("go", "1", {})).toMatchObject({ code: "run.ended" });
  });

  it("goes to the waits of its name in the order in which they were made, in parallel ones too", async () => {
    const world = triageWorld({
      workflow: workflow((step) =>
        Promise.all([step.signal("go", { schema: Answer, within: HOUR }), step.signal("go", { schema: Answer, within: HOUR })]),
      ),
    });
    world.engine.signal("go", "1", { ok: true });
    world.engine.signal("go", "2", { ok: false });
    expect(await world.engine.run()).toMatchObject({ state: { output: [{ data: { ok: true } }, { data: { ok: false } }] } });
  });
});

it("gives pauses, signals and computations the same end wherever the process stops", async () => {
  const scenario = {
    workflow: workflow(async (step) => {
      const drawn = await step.run("draw", () => 7);
      await step.sleep("pause", HOUR);
      const first = await step.signal("go", { schema: Answer, within: HOUR });
      const second = await step.signal("go", { schema: Answer, within: HOUR });
      return { drawn, first, second };
    }),
  };
  const run = async (stopAt?: number) => {
    const world = triageWorld({ ...scenario, ...(stopAt === undefined ? {} : { stopAt: new Set([stopAt]) }) });
    world.engine.signal("go", "1", { ok: true });
    return { end: await world.engine.run(), boundaries: world.engine.boundaries };
  };
  const undisturbed = await run();
  expect(undisturbed.end).toMatchObject({ state: { output: { drawn: 7, first: { status: "received" }, second: { status: "expired" } } } });
  for (let at = 1; at <= undisturbed.boundaries; at++) expect((await run(at)).end, `stopped at ${at}`).toEqual(undisturbed.end);
});
