// Runs that start runs, in workerd: parent and child in different partitions and in one, news that are lost, partitions that are evicted, chains of runs.
import { createExecutionContext, evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { seedSpecs } from "../../sandbox/specs.ts";
import { fail } from "../../src/core/errors.ts";
import { eventIdOf, runIdOf } from "../../src/core/ids.ts";
import type { Json } from "../../src/core/json.ts";
import type { RunPlace } from "../../src/engine/other-runs.ts";
import type { RunView } from "../../src/engine/partition-port.ts";
import { CHILD_CHECK_MS } from "../../src/engine/run-child.ts";
import { type Context, partitionByName, partitionForLane } from "../../src/operations/context.ts";
import { otherRuns } from "../../src/operations/start-child.ts";
import { ticketTriageSpec } from "../../src/workflows/ticket-triage/governance.ts";
import { withUnreadableSpec } from "../harness/forged-spec.ts";
import { ROUNDS, relatives } from "./relatives.ts";
import { deployment, RunPartition } from "./worker.ts";

const context = (): Context => {
  const execution = createExecutionContext();
  return { env, deployment, waitUntil: (work) => execution.waitUntil(work) };
};

beforeAll(() =>
  seedSpecs(
    env.DB,
    relatives.map(({ name }) => ({ ...ticketTriageSpec, workflow: name })),
    Date.now(),
  ),
);
afterEach(() => {
  vi.restoreAllMocks();
});

let count = 0;
/** A subject, and so a lane, that lies in this partition. */
const subjectIn = (partition: string): string => {
  for (;;) {
    const subject = `relative-${++count}`;
    if (partitionForLane(context(), subject) === partition) return subject;
  }
};
/** Started as if by a run that is not there and does not wait. */
const start = (workflow: string, subject: string, data: Json, begunBy: string | null = null): Promise<RunPlace> => {
  const source = `interlock/root-${++count}`;
  return otherRuns(context(), {
    run: "root",
    partition: "p0",
    lane: "root",
    atOnce: 1,
    confined: false,
    origin: null,
    begunBy,
  }).startChild({
    workflow,
    step: "start",
    waits: false,
    event: { id: eventIdOf(source, "start"), connection: "zendesk", source, type: "started", subject, time: Date.now(), data },
  });
};
const port = ({ partition }: Pick<RunPlace, "partition">) => partitionByName(context(), partition);
const stub = ({ partition }: Pick<RunPlace, "partition">) => env.RUN_PARTITION.getByName(partition);
const view = async (at: RunPlace): Promise<RunView> => {
  const inspected = await port(at).inspect(at.run);
  if (!inspected.ok) throw new Error(inspected.error.message);
  return inspected.value;
};
const reaches = (at: RunPlace, ...states: string[]): Promise<RunView> =>
  vi.waitFor(
    async () => {
      const seen = await view(at);
      const state = seen.state.status === "waiting" ? seen.state.on.kind : seen.state.status;
      if (!states.includes(state)) throw new Error(`not yet: ${JSON.stringify(seen.state)}`);
      return seen;
    },
    { timeout: 60_000, interval: 20 },
  );
const outputOf = async (at: RunPlace): Promise<unknown> => {
  const { state } = await reaches(at, "completed", "failed");
  return state.status === "completed" ? state.output : state;
};
const childOf = ({ entries }: RunView): RunPlace => {
  const started = entries.find(({ type }) => type === "child.started");
  if (started?.type !== "child.started") throw new Error("has no child");
  return { run: started.child, partition: started.partition };
};
const go = (at: RunPlace, data: Json = "now", id = "1") =>
  port(at).signal(at.run, { name: "go", id, data: data as never }, "ada@example.com");
const alarm = async (at: RunPlace, later: number) => {
  vi.useFakeTimers({ now: Date.now() + later, toFake: ["Date"] });
  try {
    await runDurableObjectAlarm(stub(at));
  } finally {
    vi.useRealTimers();
  }
};

describe("a parent", () => {
  it("that somebody began by hand hands their name down: they decide in none of its children", async () => {
    const inner = { workflow: "waits", subject: subjectIn("p3"), data: null };
    const data = { workflow: "parent", subject: subjectIn("p2"), data: inner };
    const parent = await start("parent", subjectIn("p1"), data, "ada@example.com");
    const child = childOf(await reaches(parent, "child"));
    const grandchild = childOf(await reaches(child, "child"));
    for (const run of [child, grandchild])
      expect((await view(run)).entries[0]).toMatchObject({ type: "run.started", origin: { kind: "child", begunBy: "ada@example.com" } });
    await go(grandchild);
    await outputOf(parent);
  });

  it.each([
    ["another partition", "p1", "p2"],
    ["its own partition", "p1", "p1"],
  ])("goes on when its child in %s has ended", async (_, above, below) => {
    const parent = await start("parent", subjectIn(above), { workflow: "waits", subject: subjectIn(below), data: null });
    const child = childOf(await reaches(parent, "child"));
    expect([parent.partition, child.partition]).toEqual([above, below]);
    expect((await go(child, { n: 1 })).ok).toBe(true);
    expect(await outputOf(parent)).toEqual({ status: "completed", run: child.run, output: { status: "received", data: { n: 1 } } });
  });

  it("does not wait for a child that it starts and leaves", async () => {
    const parent = await start("parent", subjectIn("p1"), { workflow: "waits", subject: subjectIn("p2"), data: null, wait: false });
    const output = await outputOf(parent);
    expect(output).toEqual({ run: childOf(await view(parent)).run });
    await reaches(childOf(await view(parent)), "signal");
  });

  it("gets a child's failure as a value", async () => {
    const parent = await start("parent", subjectIn("p1"), { workflow: "fails", subject: subjectIn("p2"), data: null });
    expect(await outputOf(parent)).toMatchObject({ status: "failed", error: { code: "workflow.threw", message: "no luck" } });
  });

  it("waits for a child of its child", async () => {
    const inner = { workflow: "waits", subject: subjectIn("p3"), data: null };
    const parent = await start("parent", subjectIn("p1"), { workflow: "parent", subject: subjectIn("p2"), data: inner });
    const child = childOf(await reaches(parent, "child"));
    const grandchild = childOf(await reaches(child, "child"));
    await go(grandchild);
    expect(await outputOf(parent)).toMatchObject({
      run: child.run,
      output: { status: "completed", run: grandchild.run, output: { status: "received" } },
    });
  });

  it("finds out by itself when nobody told it", async () => {
    const nudge = vi.spyOn(RunPartition.prototype, "nudge").mockResolvedValue(fail("internal", "lost"));
    const parent = await start("parent", subjectIn("p1"), { workflow: "waits", subject: subjectIn("p2"), data: null });
    const child = childOf(await reaches(parent, "child"));
    // A first alarm looks at everything that a lost instance may have left; the later ones only at what is due.
    await alarm(parent, 0);
    await reaches(parent, "child");
    await go(child);
    await reaches(child, "completed");
    await vi.waitFor(() => expect(nudge).toHaveBeenCalled(), { timeout: 60_000 });
    await alarm(parent, 1_000);
    expect((await view(parent)).state).toMatchObject({ status: "waiting", on: { kind: "child" } });
    await alarm(parent, CHILD_CHECK_MS + 1_000);
    expect(await outputOf(parent)).toMatchObject({ status: "completed" });
  });

  it("goes on when both partitions were evicted in between", async () => {
    const parent = await start("parent", subjectIn("p1"), { workflow: "waits", subject: subjectIn("p2"), data: null });
    const child = childOf(await reaches(parent, "child"));
    await evictDurableObject(stub(parent));
    await evictDurableObject(stub(child));
    await go(child);
    expect(await outputOf(parent)).toMatchObject({ status: "completed", run: child.run });
    expect((await view(parent)).entries.filter(({ type }) => type === "child.started")).toHaveLength(1);
  });

  it("is told why a child cannot be started", async () => {
    const parent = await start("parent", subjectIn("p1"), { workflow: "nobody", subject: "x", data: null });
    expect(await outputOf(parent)).toMatchObject({
      status: "failed",
      error: { code: "child.refused", message: 'This deployment has no workflow "nobody"' },
    });
    await withUnreadableSpec(env.DB, "done", async () => {
      const other = await start("parent", subjectIn("p1"), { workflow: "done", subject: "x", data: null });
      expect(await outputOf(other)).toMatchObject({ status: "failed", error: { code: "child.refused" } });
    });
  });

  it("starts one child however often it is asked, and where the child lives is where it was started", async () => {
    const subject = subjectIn("p2");
    const runs = otherRuns(context(), {
      run: "root",
      partition: "p0",
      lane: "root",
      atOnce: 1,
      confined: false,
      origin: null,
      begunBy: null,
    });
    const event = { id: eventIdOf("interlock/root", `twice-${subject}`), connection: "zendesk", source: "interlock/root", type: "started" };
    const twice = { workflow: "done", step: "s", waits: true, event: { ...event, subject, time: 1, data: 1 } };
    const [first, second] = [await runs.startChild(twice), await runs.startChild({ ...twice, event: { ...twice.event, data: 2 } })];
    expect(first).toEqual({ run: runIdOf("done", event.id), partition: "p2", fresh: true });
    expect(second).toEqual({ ...first, fresh: false });
    expect(await outputOf(first)).toBe(1);
    expect(await runs.look(first)).toEqual({ status: "completed", output: 1 });
    await expect(runs.look({ ...first, run: "done.none" })).rejects.toMatchObject({ failure: { code: "run.not_found" } });
  });
});

describe("a lane that a parent holds", () => {
  it("is held for the child that it waits for, though others queue for it", async () => {
    const subject = subjectIn("p1");
    const first = await start("parent", subject, {
      workflow: "parent",
      subject: subjectIn("p2"),
      data: { workflow: "waits", subject, data: null },
    });
    const child = childOf(await reaches(first, "child"));
    const queued = await start("done", subject, "after");
    // The grandchild has the lane of its grandparent, and began although that holds it.
    const grandchild = childOf(await reaches(child, "child"));
    await reaches(grandchild, "signal");
    expect((await reaches(queued, "lane")).state).toMatchObject({ on: { lane: subject } });
    await go(grandchild);
    expect(await outputOf(first)).toMatchObject({ status: "completed" });
    expect(await outputOf(queued)).toBe("after");
  });

  it("is given to one of its children at a time", async () => {
    const subject = subjectIn("p1");
    const parent = await start("pair", subject, subject);
    const { entries } = await reaches(parent, "child");
    const [left, right] = entries.flatMap((entry) =>
      entry.type === "child.started" ? [{ run: entry.child, partition: entry.partition }] : [],
    ) as [RunPlace, RunPlace];
    await reaches(left, "signal");
    expect((await reaches(right, "lane")).state).toMatchObject({ on: { lane: `${subject} in ${parent.run}` } });
    await go(left, "left");
    await reaches(right, "signal");
    await go(right, "right");
    expect(await outputOf(parent)).toMatchObject([{ output: { data: "left" } }, { output: { data: "right" } }]);
  });

  it("is queued for by a child that it does not wait for", async () => {
    const subject = subjectIn("p1");
    const holder = await start("waits", subject, null);
    await reaches(holder, "signal");
    const runs = otherRuns(context(), { ...holder, lane: subject, atOnce: 1, confined: false, origin: null, begunBy: null });
    const event = { id: eventIdOf("interlock/x", subject), connection: "zendesk", source: "interlock/x", type: "started" };
    const child = await runs.startChild({ workflow: "done", step: "s", waits: false, event: { ...event, subject, time: 1, data: 1 } });
    await reaches(child, "lane");
    await go(holder);
    expect(await outputOf(child)).toBe(1);
  });
});

describe("a chain of runs", () => {
  const tick = (at: RunPlace, n: number) => port(at).signal(at.run, { name: "tick", id: `tick-${n}`, data: n }, "ada@example.com");
  const nextOf = async (at: RunPlace): Promise<RunPlace | null> => {
    const { state } = await reaches(at, "completed");
    const output = state.status === "completed" ? state.output : null;
    const run = output !== null && typeof output === "object" && "continuedAs" in output ? String(output.continuedAs) : null;
    return run === null ? null : { ...at, run };
  };

  it("takes every signal once and in order, whichever of its runs it came to", async () => {
    const holder = await start("waits", subjectIn("p1"), null);
    const { subject } = (await reaches(holder, "signal")).event;
    // It cannot begin yet, so that all its signals wait for it and are handed on from run to run.
    const first = await start("chain", subject, []);
    await reaches(first, "lane");
    for (let n = 1; n <= ROUNDS; n++) expect((await tick(first, n)).ok).toBe(true);
    await go(holder);
    const chain: RunPlace[] = [first];
    for (let next = await nextOf(first); next; next = await nextOf(next)) chain.push(next);
    expect(chain).toHaveLength(ROUNDS);
    expect(await outputOf(chain.at(-1) as RunPlace)).toEqual([1, 2, 3, 4, 5]);
    const arrived = await Promise.all(
      chain.map(async (at) => (await view(at)).entries.filter(({ type }) => type === "signal.arrived").length),
    );
    expect(arrived).toEqual([5, 4, 3, 2, 1]);
    expect((await view(chain[1] as RunPlace)).entries[0]).toMatchObject({ origin: { kind: "continued", from: first.run } });
  });

  it("is waited for to its end by its parent, after an eviction too", async () => {
    const parent = await start("parent", subjectIn("p1"), { workflow: "chain", subject: subjectIn("p2"), data: [] });
    const first = childOf(await reaches(parent, "child"));
    let at = first;
    for (let n = 1; n <= ROUNDS; n++) {
      await reaches(at, "signal");
      if (n === 3) await evictDurableObject(stub(at));
      await tick(at, n);
      at = (await nextOf(at)) ?? at;
      if (n < ROUNDS) expect((await view(parent)).state).toMatchObject({ status: "waiting", on: { kind: "child", run: first.run } });
    }
    expect(await outputOf(parent)).toEqual({ status: "completed", run: first.run, output: [1, 2, 3, 4, 5] });
  });

  it("is cancelled where it has got to", async () => {
    const first = await start("chain", subjectIn("p2"), []);
    await reaches(first, "signal");
    await tick(first, 1);
    const second = (await nextOf(first)) as RunPlace;
    await reaches(second, "signal");
    const runs = otherRuns(context(), {
      run: "root",
      partition: "p0",
      lane: "root",
      atOnce: 1,
      confined: false,
      origin: null,
      begunBy: null,
    });
    await runs.cancel(first, { compensate: false, reason: "enough" }, "ada@example.com");
    const asked = (await view(second)).entries.filter(({ type }) => type === "run.cancel_requested");
    expect(asked).toMatchObject([{ by: "ada@example.com", reason: "enough" }]);
    expect((await view(first)).entries.some(({ type }) => type === "run.cancel_requested")).toBe(false);
  });
});
