// Order and flow control in workerd: what a lane, a limit and a debounce window do to runs that wait, across evictions, repeated deliveries and lost wake-ups.
import { createExecutionContext, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { seedSpecs } from "../../sandbox/specs.ts";
import type { InterlockEvent } from "../../src/core/event.ts";
import type { Json } from "../../src/core/json.ts";
import { readRun } from "../../src/db/reads.ts";
import { placeOf } from "../../src/engine/flow.ts";
import type { RunView } from "../../src/engine/partition-port.ts";
import { type Context, partitionByName, partitionForLane } from "../../src/operations/context.ts";
import { startRuns } from "../../src/operations/start-runs.ts";
import { ticketTriageSpec } from "../../src/workflows/ticket-triage/governance.ts";
import { flowWorkflows } from "./flow-workflows.ts";
import { ticketEvent } from "./outside.ts";
import { deployment } from "./worker.ts";

const context = (): Context => {
  const execution = createExecutionContext();
  return { env, deployment, waitUntil: (work) => execution.waitUntil(work) };
};

beforeAll(async () => {
  await seedSpecs(
    env.DB,
    flowWorkflows.map(({ name }) => ({ ...ticketTriageSpec, workflow: name })),
    Date.now(),
  );
});
afterEach(() => {
  vi.useRealTimers();
});

let deliveries = 0;
const eventOf = (workflow: string, subject: string, data: Json = {}): InterlockEvent => ({
  ...ticketEvent(subject, `flow-${deliveries++}`),
  type: workflow,
  data,
});
const startAll = async (events: readonly InterlockEvent[]) =>
  (await startRuns(context(), events)).map((outcome) => {
    if (outcome.kind !== "started" || !outcome.runs[0]) throw new Error(JSON.stringify(outcome));
    return outcome.runs[0];
  });
const startOne = async (event: InterlockEvent) => {
  const [run] = await startAll([event]);
  if (!run) throw new Error("not started");
  return run;
};
const start = async (workflow: string, subject: string, data?: Json) => (await startOne(eventOf(workflow, subject, data))).runId;

/** The partition of a workflow's runs about a subject. */
const partitionName = (workflow: string, subject: string) => {
  const found = flowWorkflows.find(({ name }) => name === workflow);
  if (!found) throw new Error(workflow);
  return partitionForLane(context(), placeOf(found, eventOf(workflow, subject)).partitionKey);
};
const stubOf = (workflow: string, subject: string) => env.RUN_PARTITION.getByName(partitionName(workflow, subject));
const portOf = (workflow: string, subject: string) => partitionByName(context(), partitionName(workflow, subject));
const view = async (workflow: string, subject: string, runId: string): Promise<RunView> => {
  const inspected = await portOf(workflow, subject).inspect(runId);
  if (!inspected.ok) throw new Error(inspected.error.message);
  return inspected.value;
};
const hasBegun = async (workflow: string, subject: string, runId: string) =>
  (await view(workflow, subject, runId)).entries.some(({ type }) => type === "signal.awaited");
const begins = (workflow: string, subject: string, runId: string) =>
  vi.waitFor(async () => expect(await hasBegun(workflow, subject, runId)).toBe(true), { timeout: 60_000, interval: 20 });
/** Lets a run that has begun end, and waits until it has. */
const end = async (workflow: string, subject: string, runId: string) => {
  await begins(workflow, subject, runId);
  await portOf(workflow, subject).signal(runId, { name: "go", id: "1", data: {} }, "test");
  await vi.waitFor(async () => expect((await view(workflow, subject, runId)).state.status).toBe("completed"), {
    timeout: 60_000,
    interval: 20,
  });
};
/** The alarm at a later time. */
const alarmIn = async (workflow: string, subject: string, ms: number) => {
  vi.useFakeTimers({ now: Date.now() + ms, toFake: ["Date"] });
  await runDurableObjectAlarm(stubOf(workflow, subject));
};
const waitsOn = async (workflow: string, subject: string, runId: string) => {
  const { state } = await view(workflow, subject, runId);
  return state.status === "waiting" ? state.on : null;
};

describe("a lane", () => {
  it("lets as many runs be under way as its workflow says, in order", async () => {
    const runs = await startAll(Array.from({ length: 4 }, () => eventOf("two-at-once", "lane-n")));
    const [first, second, third, fourth] = runs.map(({ runId }) => runId) as [string, string, string, string];
    await begins("two-at-once", "lane-n", first);
    await begins("two-at-once", "lane-n", second);
    expect(await waitsOn("two-at-once", "lane-n", third)).toMatchObject({ kind: "lane", lane: "lane-n" });
    await end("two-at-once", "lane-n", second);
    await begins("two-at-once", "lane-n", third);
    expect(await hasBegun("two-at-once", "lane-n", fourth)).toBe(false);
    await end("two-at-once", "lane-n", first);
    await begins("two-at-once", "lane-n", fourth);
  });

  it("is one for all workflows that give its key", async () => {
    const first = await start("shared-one", "x");
    const second = await start("shared-two", "x");
    await begins("shared-one", "x", first);
    expect(await waitsOn("shared-two", "x", second)).toMatchObject({ kind: "lane", lane: "shared x" });
    await end("shared-one", "x", first);
    await begins("shared-two", "x", second);
  });

  it("takes the more urgent of those that wait first", async () => {
    const [head, normal, urgent] = [await start("urgent", "u"), await start("urgent", "u"), await start("urgent", "u", { urgency: 60 })];
    await end("urgent", "u", head);
    await begins("urgent", "u", urgent);
    expect(await hasBegun("urgent", "u", normal)).toBe(false);
  });

  it("goes on when the row of its head is gone", async () => {
    const [head, next] = [await start("shared-one", "gone"), await start("shared-one", "gone")];
    await begins("shared-one", "gone", head);
    await runInDurableObject(stubOf("shared-one", "gone"), (_, { storage }) =>
      storage.sql.exec("delete from run where id = ?", head).toArray(),
    );
    await alarmIn("shared-one", "gone", 31_000);
    await begins("shared-one", "gone", next);
  });

  it("goes on when the wake-up of the next run was lost with an instance", async () => {
    const [head, next] = [await start("shared-one", "lost"), await start("shared-one", "lost")];
    await begins("shared-one", "lost", head);
    const stub = stubOf("shared-one", "lost");
    // As the head's row would be had it ended and the instance died before it woke anybody.
    await runInDurableObject(stub, (_, { storage }) => storage.sql.exec("update run set open = 0, stage = 3 where id = ?", head).toArray());
    await evictDurableObject(stub);
    expect(await hasBegun("shared-one", "lost", next)).toBe(false);
    await alarmIn("shared-one", "lost", 31_000);
    await begins("shared-one", "lost", next);
  });
});

describe("a workflow's concurrency", () => {
  it("holds across its lanes and an eviction, and passes over a run that its lane holds", async () => {
    const first = await start("few", "c1");
    const second = await start("few", "c2");
    const behindFirst = await start("few", "c1");
    const third = await start("few", "c3");
    await begins("few", "c1", first);
    await begins("few", "c2", second);
    expect(await waitsOn("few", "c3", third)).toMatchObject({ kind: "limit", limit: "concurrency" });
    await evictDurableObject(stubOf("few", "c1"));
    await end("few", "c2", second);
    await begins("few", "c3", third);
    expect(await hasBegun("few", "c1", behindFirst)).toBe(false);
    await end("few", "c1", first);
    await begins("few", "c1", behindFirst);
  });
});

describe("a workflow's throttle", () => {
  it("lets no more begin in a window than it says, and the next exactly when the window has passed", async () => {
    const runs = await startAll(["t1", "t2", "t3"].map((subject) => eventOf("slow", subject)));
    const [first, , third] = runs.map(({ runId }) => runId) as [string, string, string];
    await end("slow", "t1", first);
    const on = await waitsOn("slow", "t3", third);
    expect(on).toMatchObject({ kind: "limit", limit: "throttle" });
    const opens = (await view("slow", "t1", first)).entries[0]?.at ?? 0;
    expect(on).toMatchObject({ until: opens + 60_000 });
    await evictDurableObject(stubOf("slow", "t3"));
    await alarmIn("slow", "t3", 60_000);
    await begins("slow", "t3", third);
  });
});

describe("debounce", () => {
  const logged = (id: string) => env.DB.prepare("select count(*) as n from event_log where id = ?").bind(id).first<number>("n");
  const eventually = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 60_000, interval: 20 });

  it("makes one run of a record's events, with the last data; a repeated delivery of any of them finds it", async () => {
    const events = [1, 2, 3].map((change) => eventOf("settled", "d1", { change }));
    const [first, second, third] = events as [InterlockEvent, InterlockEvent, InterlockEvent];
    const { runId, fresh } = await startOne(first);
    expect(fresh).toBe(true);
    expect(await waitsOn("settled", "d1", runId)).toMatchObject({ kind: "limit", limit: "debounce" });
    expect(await startOne(second)).toEqual({ runId, fresh: false, merged: true });
    await evictDurableObject(stubOf("settled", "d1"));
    expect(await startAll([third, second, third])).toEqual([third, second, third].map(() => ({ runId, fresh: false, merged: true })));
    expect(await startOne(first)).toEqual({ runId, fresh: false });

    const { event, entries } = await view("settled", "d1", runId);
    expect(event).toEqual(third);
    expect(entries.map(({ type }) => type)).toEqual(["run.started", "run.event_replaced", "run.event_replaced"]);
    await alarmIn("settled", "d1", 60_001);
    vi.useRealTimers();
    await end("settled", "d1", runId);
    expect((await view("settled", "d1", runId)).state).toEqual({ status: "completed", output: { change: 3 } });
    // All of them are in the log, and D1 shows the run with the event that it worked on.
    await eventually(async () => {
      expect(await Promise.all(events.map(({ id }) => logged(id)))).toEqual([1, 1, 1]);
      const detail = await readRun(env.DB, runId);
      expect(detail).toMatchObject({ run: { eventId: third.id, status: "completed" }, event: { id: third.id, data: { change: 3 } } });
    });

    const next = await startOne(eventOf("settled", "d1", { change: 4 }));
    expect(next.fresh).toBe(true);
    expect(await startOne(second)).toEqual({ runId, fresh: false, merged: true });
  });

  it("joins events of one batch", async () => {
    const [first, second] = await startAll([1, 2].map((change) => eventOf("settled", "d0", { change })));
    expect(first?.fresh).toBe(true);
    expect(second).toEqual({ runId: first?.runId, fresh: false, merged: true });
    expect((await view("settled", "d0", first?.runId ?? "")).event.data).toEqual({ change: 2 });
  });

  it("keeps the data that its sender calls newer, whatever came last", async () => {
    const older = eventOf("settled", "d2", { change: 1 });
    const newer = { ...eventOf("settled", "d2", { change: 2 }), time: older.time + 5 };
    const { runId } = await startOne(newer);
    expect(await startOne(older)).toEqual({ runId, fresh: false, merged: true });
    expect((await view("settled", "d2", runId)).event).toEqual(newer);
  });

  it("waits again after each event, and begins at its longest time all the same", async () => {
    const runId = await start("settled", "d3");
    const { at = 0 } = (await view("settled", "d3", runId)).entries[0] ?? {};
    vi.useFakeTimers({ now: at + 30_000, toFake: ["Date"] });
    await start("settled", "d3");
    expect(await waitsOn("settled", "d3", runId)).toMatchObject({ until: at + 90_000 });
    vi.setSystemTime(at + 60_001);
    await runDurableObjectAlarm(stubOf("settled", "d3"));
    expect(await hasBegun("settled", "d3", runId)).toBe(false);
    vi.setSystemTime(at + 80_000);
    await start("settled", "d3");
    expect(await waitsOn("settled", "d3", runId)).toMatchObject({ until: at + 100_000 });
    vi.setSystemTime(at + 100_000);
    await runDurableObjectAlarm(stubOf("settled", "d3"));
    await begins("settled", "d3", runId);
  });

  it("never takes the event of another record or connection for that of this one", async () => {
    const event = eventOf("settled", "d4");
    const { runId } = await startOne(event);
    const place = { lane: "d4", pins: (await view("settled", "d4", runId)).pins };
    const answer = await portOf("settled", "d4").start({
      starts: [
        { ...place, runId: "settled.other-account", event: { ...event, id: "evt_other", connection: "slack" } },
        { ...place, runId: "settled.other-record", event: { ...event, id: "evt_record", subject: "d5" } },
      ],
      specs: [],
    });
    expect(answer.ok && answer.value.map(({ fresh }) => fresh)).toEqual([true, true]);
  });
});
