// What becomes of runs in workerd: put out of memory between any two steps, cancelled, paused, retried, begun again, and stopped by the kill switch.
import { createExecutionContext, evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { seedSpecs } from "../../sandbox/specs.ts";
import { everywhere, type Principal } from "../../src/core/principal.ts";
import type { RunRequest } from "../../src/core/run-request.ts";
import type { RunView } from "../../src/engine/partition-port.ts";
import { replayRun, restartRun } from "../../src/operations/begin-again.ts";
import type { Context } from "../../src/operations/context.ts";
import { askOfRun, inspectRun } from "../../src/operations/govern-run.ts";
import { turnHalt } from "../../src/operations/halt-runs.ts";
import { startRuns } from "../../src/operations/start-runs.ts";
import { ticketTriageSpec } from "../../src/workflows/ticket-triage/governance.ts";
import { outside, ticketEvent } from "./outside.ts";
import { PAUSE_MS } from "./paused-steps.ts";
import { deployment } from "./worker.ts";

const ada: Principal = { kind: "person", id: "ada@example.com", name: "Ada", grants: everywhere("reviewer", "operator") };
const context = (): Context => {
  const execution = createExecutionContext();
  return { env, deployment, waitUntil: (work) => execution.waitUntil(work) };
};
let world: ReturnType<typeof outside>;

beforeAll(async () => {
  world = outside();
  await seedSpecs(env.DB, [{ ...ticketTriageSpec, workflow: "paused-steps" }], Date.now());
});
afterEach(() => {
  vi.useRealTimers();
});
afterAll(() => {
  vi.restoreAllMocks();
});

const newTicket = (text = "Charged twice") => world.zendesk.add({ subject: text, description: text, group_id: 100, priority: null });
async function start(ticket: string, event: Partial<ReturnType<typeof ticketEvent>> = {}): Promise<string> {
  const [outcome] = await startRuns(context(), [{ ...ticketEvent(ticket, `lifecycle-${ticket}`), ...event }]);
  if (outcome?.kind !== "started" || !outcome.runs[0]) throw new Error(JSON.stringify(outcome));
  return outcome.runs[0].runId;
}
const startPaused = (ticket: string) => start(ticket, { type: "app_mention", connection: "slack", source: "slack/slack" });
const view = async (runId: string): Promise<RunView> => {
  const inspected = await inspectRun(context(), runId);
  if (!inspected.ok) throw new Error(inspected.error.message);
  return inspected.value;
};
const eventually = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 60_000, interval: 20 });
const is = (runId: string, ...states: string[]): Promise<RunView> =>
  vi.waitFor(
    async () => {
      const seen = await view(runId);
      const state = seen.state.status === "waiting" ? seen.state.on.kind : seen.state.status;
      if (!states.includes(state)) throw new Error(`not yet: ${JSON.stringify(seen.state)}`);
      return seen;
    },
    { timeout: 60_000, interval: 20 },
  );
const stubOf = async (runId: string) => {
  const row = await env.DB.prepare("select partition from run where id = ?").bind(runId).first<{ partition: string }>();
  return env.RUN_PARTITION.getByName(row?.partition ?? "");
};
const ask = async (runId: string, request: RunRequest) =>
  expect(await askOfRun(context(), ada, runId, request)).toEqual({ ok: true, value: null });
const ours = (ticket: string) => world.zendesk.comments(ticket).filter(({ body }) => body.startsWith("Interlock sent"));

describe("an object that is put out of memory between every two steps", () => {
  it("does each step once, and ends", async () => {
    const ticket = newTicket();
    world.slack.writes.clear();
    const runId = await startPaused(ticket);
    await is(runId, "timer");
    const stub = await stubOf(runId);
    let evictions = 0;
    // Each look of vi.waitFor moves the replaced clock on a little: the alarm comes a second after the pause.
    const step = PAUSE_MS + 1_000;
    for (let now = Date.now() + step; ; now += step) {
      await evictDurableObject(stub);
      evictions++;
      vi.useFakeTimers({ now, toFake: ["Date"] });
      await runDurableObjectAlarm(stub);
      const fired = evictions;
      const seen = await vi.waitFor(
        async () => {
          const seen = await view(runId);
          const pauses = seen.entries.filter(({ type }) => type === "timer.fired").length;
          if (pauses < fired || !["waiting", "completed"].includes(seen.state.status)) throw new Error(JSON.stringify(seen.state));
          if (seen.state.status === "waiting" && seen.state.on.kind === "timer" && seen.state.on.until <= now) throw new Error("not yet");
          return seen;
        },
        { timeout: 60_000, interval: 20 },
      );
      if (seen.state.status === "completed") break;
    }
    expect(evictions).toBe(6);
    const { entries, state } = await view(runId);
    expect(state).toEqual({ status: "completed", output: { number: 7 } });
    for (const type of ["read.done", "decision.made", "step.done"]) expect(entries.filter((entry) => entry.type === type)).toHaveLength(1);
    expect(entries.filter(({ type }) => type === "effect.sending")).toHaveLength(3);
    expect(ours(ticket)).toHaveLength(1);
    expect(world.slack.writes.get("chat.postMessage")).toBe(1);
  });
});

describe("a run that somebody cancels", () => {
  it("ends, asks nobody any more, and its approval is void", async () => {
    const ticket = newTicket("confidence=0.3");
    const runId = await start(ticket);
    await is(runId, "approval");
    await ask(runId, { do: "cancel", compensate: false, reason: "a mistake" });
    expect((await is(runId, "cancelled")).state).toEqual({ status: "cancelled", by: "ada@example.com" });
    await eventually(async () => {
      const row = await env.DB.prepare("select status from approval where run = ?").bind(runId).first<string>("status");
      expect(row).toBe("voided");
    });
    expect(ours(ticket)).toHaveLength(0);
    expect(await askOfRun(context(), ada, runId, { do: "pause" })).toMatchObject({ ok: false, error: { code: "run.ended" } });
  });

  it("takes its writes back where that is asked, after an eviction too", async () => {
    const ticket = newTicket();
    const runId = await startPaused(ticket);
    await is(runId, "timer");
    const stub = await stubOf(runId);
    const began = Date.now();
    for (let pause = 1; pause <= 2; pause++) {
      // A new instance takes the clock as it is then.
      await evictDurableObject(stub);
      vi.useFakeTimers({ now: began + 1_000 + pause * PAUSE_MS, toFake: ["Date"] });
      await runDurableObjectAlarm(stub);
      await eventually(async () => expect((await view(runId)).entries.filter(({ type }) => type === "timer.fired")).toHaveLength(pause));
    }
    await is(runId, "timer");
    await eventually(async () => expect(world.zendesk.tickets.get(ticket)?.priority).toBe("high"));
    await is(runId, "timer");
    await evictDurableObject(stub);
    await ask(runId, { do: "cancel", compensate: true, reason: "" });
    await is(runId, "cancelled");
    expect(world.zendesk.tickets.get(ticket)).toMatchObject({ priority: null, group_id: 100 });
  });
});

describe("a run that somebody pauses", () => {
  it("stays where it is over an eviction, and goes on when it is let", async () => {
    const ticket = newTicket("confidence=0.3");
    const runId = await start(ticket);
    await is(runId, "approval");
    await ask(runId, { do: "pause" });
    await is(runId, "paused");
    await evictDurableObject(await stubOf(runId));
    expect((await view(runId)).state).toMatchObject({ on: { kind: "paused", scope: "run", by: "ada@example.com" } });
    await ask(runId, { do: "resume" });
    await is(runId, "approval");
  });
});

describe("the kill switch", () => {
  const turn = (scope: string, on: boolean) => turnHalt(context(), ada, { scope, on, reason: "a test" }, Date.now());

  it.each(["ticket-triage", "*"])("on %s stops runs before their next step, over an eviction, and lets them go on", async (scope) => {
    const stopped = newTicket();
    expect(await turn(scope, true)).toMatchObject({ ok: true });
    const runId = await start(stopped);
    expect((await is(runId, "paused")).entries.map(({ type }) => type)).toEqual(["run.started"]);
    await eventually(async () => expect(await stubOf(runId)).toBeTruthy());
    await eventually(async () => expect(await env.DB.prepare("select id from run where id = ?").bind(runId).first()).not.toBeNull());
    await evictDurableObject(await stubOf(runId));
    await runDurableObjectAlarm(await stubOf(runId));
    await is(runId, "paused");
    expect(await turn(scope, false)).toMatchObject({ ok: true });
    await is(runId, "completed");
    expect(ours(stopped)).toHaveLength(1);
  });
});

describe("a run that was done before", () => {
  it("goes on from the step that failed", async () => {
    const ticket = newTicket();
    world.zendesk.tickets.delete(ticket);
    const runId = await start(ticket);
    expect((await is(runId, "failed")).state).toMatchObject({ error: { code: "connector.not_found" } });
    world.zendesk.tickets.set(ticket, { ...world.zendesk.tickets.get(newTicket()), id: Number(ticket) } as never);
    await ask(runId, { do: "retry" });
    await is(runId, "completed");
    expect((await view(runId)).entries.filter(({ type }) => type === "run.reopened")).toHaveLength(1);
  });

  it("is begun anew for its event once, however fast it is asked twice", async () => {
    const ticket = newTicket();
    const runId = await start(ticket);
    await is(runId, "completed");
    const asked = await Promise.all([replayRun(context(), ada, runId), replayRun(context(), ada, runId)]);
    expect(asked).toEqual([1, 2].map(() => ({ ok: true, value: { run: `${runId}~1` } })));
    const again = await is(`${runId}~1`, "completed");
    expect(again.entries[0]).toMatchObject({ origin: { kind: "replayed", from: runId, by: "ada@example.com" } });
    expect(ours(ticket)).toHaveLength(2);
  });

  it("is begun again from a step with what came before it, although its journal has left for D1", async () => {
    const ticket = newTicket();
    const runId = await start(ticket);
    await is(runId, "completed");
    const restarted = await restartRun(context(), ada, runId, "tell the team");
    if (!restarted.ok) throw new Error(restarted.error.message);
    const again = await is(restarted.value.run, "completed");
    expect(again.entries.filter(({ type }) => type === "effect.sending")).toHaveLength(3);
    expect(again.entries.filter(({ type }) => type === "read.done")).toHaveLength(1);
    // What the kept steps wrote is not written again; the step itself is.
    expect(ours(ticket)).toHaveLength(1);
    expect(await restartRun(context(), ada, runId, "no such step")).toMatchObject({ ok: false, error: { code: "step.not_found" } });
  });
});
