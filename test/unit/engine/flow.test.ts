// Flow control's decisions, each by a table: what a workflow may declare, where its runs are placed, in which order they wait, what holds one up.
// That the queues keep to them is shown in run-queue.test.ts, over their SQL.
import { describe, expect, it } from "vitest";
import type { InterlockEvent } from "../../../src/core/event.ts";
import { defineWorkflow, type Lane, type Limits, type Workflow } from "../../../src/engine/define.ts";
import {
  HEAD_CHECK_MS,
  holdOf,
  type Line,
  limitsOf,
  nextToBegin,
  placeOf,
  QUEUE_CHECK_MS,
  type Queued,
  type Queues,
  rankOf,
  takesPlace,
  waitOf,
  windowEnd,
} from "../../../src/engine/flow.ts";
import { manifestDigest, manifestOf } from "../../../src/engine/manifest.ts";

const NOW = 1_000_000;
const event: InterlockEvent = { id: "evt_1", connection: "c", source: "x/c", type: "t", subject: "7", time: NOW, data: { vip: true } };

function workflow(limits?: Limits, lane: Lane = "record 7", version = 1): Workflow {
  return defineWorkflow(
    {
      name: "sync",
      version,
      purpose: "Test",
      trigger: { connector: "x", type: "t" },
      lane: () => lane,
      ...(limits ? { limits } : {}),
      uses: {},
      dataFlow: [],
      decisions: {},
    },
    async () => null,
  );
}

describe("a declaration", () => {
  it.each<[string, Limits]>([
    ["limits.concurrency", { concurrency: 0 }],
    ["limits.concurrency", { concurrency: 1.5 }],
    ["limits.concurrency", { concurrency: 10_001 }],
    ["limits.throttle.runs", { throttle: { runs: -1, perMs: 1_000 } }],
    ["limits.throttle.perMs", { throttle: { runs: 1, perMs: 0 } }],
    ["limits.debounce.windowMs", { debounce: { windowMs: Number.NaN, maxMs: 10 } }],
    ["limits.debounce.maxMs", { debounce: { windowMs: 10, maxMs: Number.POSITIVE_INFINITY } }],
    ["limits.debounce.maxMs must not be less", { debounce: { windowMs: 10, maxMs: 9 } }],
    ["limits.priority", { priority: 3 as never }],
  ])("is refused where it is written, naming %s", (field, limits) => {
    expect(() => workflow(limits)).toThrow(field);
    expect(() => workflow(limits)).toThrow('"sync"');
  });

  it("of limits is part of the manifest and of its digest; without any, neither knows of them", () => {
    const limits: Limits = { concurrency: 2, debounce: { windowMs: 5, maxMs: 9 }, priority: () => 1 };
    expect(manifestOf(workflow(limits))).toMatchObject({
      limits: { concurrency: 2, debounce: { windowMs: 5, maxMs: 9 }, priority: "declared" },
    });
    expect(manifestOf(workflow())).not.toHaveProperty("limits");
    expect(manifestDigest(workflow(limits))).not.toBe(manifestDigest(workflow()));
    expect(manifestDigest(workflow(limits))).not.toBe(manifestDigest(workflow({ ...limits, concurrency: 3 })));
  });

  it("counts as its newest version has it", () => {
    const versions = [workflow({ concurrency: 5 }, "a", 2), workflow({ concurrency: 1 }, "a", 1), workflow({ concurrency: 9 }, "a", 3)];
    expect(limitsOf(versions, "sync")).toEqual({ concurrency: 9 });
  });

  it("lets no run of a workflow begin that is not deployed", () => {
    const limits = limitsOf([workflow({ concurrency: 5 }, "a", 2)], "other");
    const none: Queues = {
      begunInLane: () => 0,
      begunOfWorkflow: () => 0,
      firstOfLane: () => null,
      queuedOf: () => [],
      beganAt: () => null,
    };
    expect(holdOf({ workflow: "other", lane: "other: a", atOnce: 1, confined: true }, limits, none, 0)).toEqual({ gate: "concurrency" });
  });
});

describe("a run's place", () => {
  it("is its lane's, one at a time unless the lane says how many", () => {
    expect(placeOf(workflow(), event)).toEqual({ partitionKey: "record 7", lane: "record 7", atOnce: 1, priority: 0, confined: false });
    expect(placeOf(workflow(undefined, { key: "a", atOnce: 3 }), event)).toMatchObject({ partitionKey: "a", lane: "a", atOnce: 3 });
    expect(placeOf(workflow({ debounce: { windowMs: 1, maxMs: 1 } }), event)).toMatchObject({ partitionKey: "record 7" });
  });

  it.each<Limits>([{ concurrency: 1 }, { throttle: { runs: 1, perMs: 1 } }])("is its workflow's with %j, and so is its lane", (limits) => {
    expect(placeOf(workflow(limits), event)).toMatchObject({ partitionKey: "workflow:sync", lane: "sync: record 7", confined: true });
  });

  it("has the priority that the event gives it", () => {
    const byVip: Limits = { priority: ({ event: { data } }) => ((data as { vip: boolean }).vip ? 60 : 0) };
    expect(placeOf(workflow(byVip), event).priority).toBe(60);
  });

  it.each<[string, Limits | undefined, Lane]>([
    ["atOnce", undefined, { key: "a", atOnce: 0 }],
    ["key", undefined, null as never],
    ["key", undefined, { key: 7 as never, atOnce: 1 }],
    ["priority", { priority: () => 0.5 }, "a"],
  ])("is refused for a wrong %s", (what, limits, lane) => {
    expect(() => placeOf(workflow(limits, lane), event)).toThrow(what);
  });
});

describe("the order", () => {
  it.each([
    ["that of admission", [NOW, 0], [NOW + 1, 0]],
    ["priority first, among those of a moment", [NOW, 1], [NOW, 0]],
    ["60 s of priority before what came 59 s earlier", [NOW + 59_000, 60], [NOW, 0]],
    ["what came 61 s earlier before 60 s of priority", [NOW, 0], [NOW + 61_000, 60]],
    ["a low priority after what comes later", [NOW + 9_000, 0], [NOW, -10]],
    ["what came two days ago before any priority", [NOW - 2 * 86_400_000, 0], [NOW, 1e12]],
  ] as const)("is %s", (_, first, second) => {
    expect(rankOf(...(first as [number, number]))).toBeLessThan(rankOf(...(second as [number, number])));
  });
});

describe("a debounce window", () => {
  const debounce = { windowMs: 10, maxMs: 25 };
  it.each([
    [NOW, NOW + 10],
    [NOW + 9, NOW + 19],
    [NOW + 15, NOW + 25],
    [NOW + 24, NOW + 25],
    [NOW + 90, NOW + 25],
  ])("with an arrival at %i ends at %i", (arrival, end) => expect(windowEnd(NOW, arrival, debounce)).toBe(end));

  it("keeps the data that is not older, by the sender's clock", () => {
    expect(takesPlace(event, { ...event, time: NOW + 1 })).toBe(true);
    expect(takesPlace(event, event)).toBe(true);
    expect(takesPlace(event, { ...event, time: NOW - 1 })).toBe(false);
  });
});

const line: Line = { workflow: "sync", lane: "a", atOnce: 1, confined: true };
const queued = (no: number, lane: string, confined = true): Queued => ({ ...line, no, id: `run ${no}`, lane, confined });
/** Queues as a test states them. */
const queues = (said: { lanes?: Record<string, number>; running?: number; waiting?: Queued[]; began?: number | null }): Queues => ({
  begunInLane: (lane, atMost) => Math.min(atMost, said.lanes?.[lane] ?? 0),
  begunOfWorkflow: (_, atMost) => Math.min(atMost, said.running ?? 0),
  firstOfLane: (lane) => said.waiting?.find((run) => run.lane === lane) ?? null,
  queuedOf: (_, atMost) => (said.waiting ?? []).filter(({ confined }) => confined).slice(0, atMost),
  beganAt: () => said.began ?? null,
});

describe("a run", () => {
  it.each<[string, Limits, Parameters<typeof queues>[0], Partial<Line>, unknown]>([
    ["by nothing", { concurrency: 2 }, { running: 1 }, {}, null],
    ["by its lane", {}, { lanes: { a: 1 } }, {}, { gate: "lane" }],
    ["by its lane only when as many are under way as it allows", {}, { lanes: { a: 1 } }, { atOnce: 2 }, null],
    ["by its workflow's concurrency", { concurrency: 2 }, { running: 2 }, {}, { gate: "concurrency" }],
    ["by no limit that is not kept in its partition", { concurrency: 2 }, { running: 2 }, { confined: false }, null],
    [
      "by the throttle until the window is past",
      { throttle: { runs: 3, perMs: 60 } },
      { began: NOW - 59 },
      {},
      { gate: "throttle", until: NOW + 1 },
    ],
    ["by the throttle no longer than that", { throttle: { runs: 3, perMs: 60 } }, { began: NOW - 60 }, {}, null],
    ["by no throttle before its runs are used up", { throttle: { runs: 3, perMs: 60 } }, { began: null }, {}, null],
  ])("is held %s", (_, limits, said, own, hold) => {
    expect(holdOf({ ...line, ...own }, limits, queues(said), NOW)).toEqual(hold);
  });

  it("says what it waits for; the first of a queue looks again sooner, and the next of a throttle exactly then", () => {
    expect(waitOf(line, null, true, false, NOW)).toEqual({ kind: "lane", step: "", lane: "a", until: NOW + HEAD_CHECK_MS });
    expect(waitOf(line, { gate: "concurrency" }, false, false, NOW)).toMatchObject({ limit: "concurrency", until: NOW + QUEUE_CHECK_MS });
    const hold = { gate: "throttle", until: NOW + 7 } as const;
    expect(waitOf(line, hold, true, true, NOW)).toMatchObject({ limit: "throttle", until: NOW + 7 });
    expect(waitOf(line, hold, false, false, NOW)).toMatchObject({ limit: "throttle", until: NOW + QUEUE_CHECK_MS });
  });
});

describe("next to begin", () => {
  const limits = (own: Limits) => () => own;
  it.each<[string, Limits, Parameters<typeof queues>[0], unknown]>([
    ["nobody, where nobody waits", {}, {}, { kind: "none" }],
    ["the first", { concurrency: 1 }, { waiting: [queued(1, "a"), queued(2, "b")] }, { kind: "begin", run: { no: 1 } }],
    ["the first whose lane is free", {}, { lanes: { a: 1 }, waiting: [queued(1, "a"), queued(2, "b")] }, { kind: "begin", run: { no: 2 } }],
    ["nobody past the first of its own lane", {}, { lanes: { a: 1 }, waiting: [queued(1, "a"), queued(2, "a")] }, { kind: "none" }],
    ["nobody while concurrency is used up", { concurrency: 1 }, { running: 1, waiting: [queued(1, "b")] }, { kind: "none" }],
    [
      "later, the first whose lane is free, while the throttle is closed",
      { throttle: { runs: 1, perMs: 60 } },
      { began: NOW, lanes: { a: 1 }, waiting: [queued(1, "a"), queued(2, "b")] },
      { kind: "later", at: NOW + 60, run: { no: 2 } },
    ],
  ])("is %s", (_, own, said, next) => {
    expect(nextToBegin(line, limits(own), queues(said), NOW)).toMatchObject(next as object);
  });

  it("is the head of a lane that the scan of a long queue does not reach", () => {
    const hot = Array.from({ length: 300 }, (_, index) => queued(index, "hot"));
    const said = queues({ lanes: { hot: 1 }, waiting: [...hot, queued(900, "a")] });
    expect(nextToBegin(line, limits({}), said, NOW)).toMatchObject({ kind: "begin", run: { no: 900 } });
  });
});
