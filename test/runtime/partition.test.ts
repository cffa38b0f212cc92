// The partition in workerd: one run per event, recovery by the alarm, the projection into D1, and what people do to runs.
import { createExecutionContext, evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { seedSpecs } from "../../sandbox/specs.ts";
import { everywhere, type Principal } from "../../src/core/principal.ts";
import type { Entry } from "../../src/engine/journal.ts";
import { type Context, partitionByName } from "../../src/operations/context.ts";
import { decideApproval, historyOfRun, inspectRun, resolveStep, signalRun, undoEffect } from "../../src/operations/govern-run.ts";
import { startRuns } from "../../src/operations/start-runs.ts";
import { ticketTriageSpec } from "../../src/workflows/ticket-triage/governance.ts";
import { ticketTriage } from "../../src/workflows/ticket-triage/workflow.ts";
import { withUnreadableSpec } from "../harness/forged-spec.ts";
import { replayHistory } from "../harness/history.ts";
import { outside, ticketEvent } from "./outside.ts";
import { deployment, scripted } from "./worker.ts";

const ada: Principal = { kind: "person", id: "ada@example.com", name: "Ada", grants: everywhere("reviewer", "operator") };
const context = (): Context => {
  const execution = createExecutionContext();
  return { env, deployment, waitUntil: (work) => execution.waitUntil(work) };
};
let world: ReturnType<typeof outside>;

// One world for the file: ticket numbers, and so event ids, must not repeat.
beforeAll(() => {
  world = outside();
});
beforeEach(() => {
  world.slack.writes.clear();
});
afterAll(() => {
  vi.restoreAllMocks();
});

const newTicket = (text = "Charged twice") => world.zendesk.add({ subject: text, description: text, group_id: 100, priority: null });
const ours = (ticket: string) => world.zendesk.comments(ticket).filter(({ body }) => body.startsWith("Interlock sent"));
const start = async (ticket: string, delivery?: string) => {
  const [outcome] = await startRuns(context(), [ticketEvent(ticket, delivery)]);
  if (outcome?.kind !== "started" || !outcome.runs[0]) throw new Error(JSON.stringify(outcome));
  return outcome.runs[0];
};
const stubOf = async (runId: string) => {
  const row = await env.DB.prepare("select partition from run where id = ?").bind(runId).first<{ partition: string }>();
  return env.RUN_PARTITION.getByName(row?.partition ?? "");
};
/** D1 follows within 250 ms of a pass. */
const until = async <T>(read: () => Promise<T>, done: (value: T) => boolean): Promise<T> => {
  let value = await read();
  await vi.waitFor(
    async () => {
      value = await read();
      if (!done(value)) throw new Error(`not yet: ${JSON.stringify(value)}`);
    },
    { timeout: 60_000, interval: 20 },
  );
  return value;
};
const statusOf = (runId: string) => env.DB.prepare("select status from run where id = ?").bind(runId).first<string>("status");
const ended = (runId: string) =>
  until(
    () => statusOf(runId),
    (status) => status === "completed" || status === "failed",
  );
const waiting = (runId: string) =>
  until(
    () => statusOf(runId),
    (status) => status === "waiting",
  );
const pendingApproval = async (runId: string) => {
  const row = await until(
    () =>
      env.DB.prepare("select id, body from approval where run = ? and status = 'pending'")
        .bind(runId)
        .first<{ id: string; body: string }>(),
    (value) => value !== null,
  );
  return { id: row?.id ?? "", digest: (JSON.parse(row?.body ?? "{}") as { digest: string }).digest };
};

describe("one event", () => {
  it("becomes one run, however often it is delivered", async () => {
    const ticket = newTicket();
    const first = await start(ticket);
    expect(first.fresh).toBe(true);
    await ended(first.runId);
    const again = await start(ticket);
    expect(again).toEqual({ runId: first.runId, fresh: false });
    const both = await startRuns(context(), [ticketEvent(ticket), ticketEvent(ticket)]);
    expect(both.map((outcome) => outcome.kind === "started" && outcome.runs[0]?.fresh)).toEqual([false, false]);
    expect(ours(ticket)).toHaveLength(1);
    expect(world.slack.writes.get("chat.postMessage")).toBe(1);
  });

  it("is journalled before the caller is answered, and its audit in D1 is the journal", async () => {
    const ticket = newTicket();
    const { runId } = await start(ticket);
    expect((await partitionByName(context(), await partitionName(runId)).inspect(runId)).ok).toBe(true);
    await ended(runId);
    const inspected = await inspectRun(context(), runId);
    if (!inspected.ok) throw new Error(inspected.error.message);
    const { results } = await env.DB.prepare("select seq, type, step from audit where run = ? order by seq").bind(runId).all();
    expect(results).toEqual(inspected.value.entries.map(({ seq, type, step }: Entry) => ({ seq, type, step: step ?? null })));
  });

  it("leaves a history that the workflow's body follows, with a person's decision in it", async () => {
    const ticket = newTicket("confidence=0.3");
    const { runId } = await start(ticket);
    await waiting(runId);
    const approval = await pendingApproval(runId);
    await decideApproval(context(), ada, approval.id, { kind: "approved", digest: approval.digest });
    await ended(runId);
    const history = await historyOfRun(context(), runId);
    if (!history.ok) throw new Error(history.error.message);
    expect(history.value).toMatchObject({ run: runId, spec: { version: ticketTriageSpec.version }, event: { subject: ticket } });
    expect(await replayHistory(ticketTriage, history.value)).toBeNull();
    const changed = { ...ticketTriage, body: async () => null };
    expect(await replayHistory(changed, history.value)).toMatchObject({ message: expect.stringContaining("load ticket") });
  });

  it("of a type that no workflow listens to starts nothing", async () => {
    expect(await startRuns(context(), [{ ...ticketEvent("1", "other"), type: "ticket.updated" }])).toEqual([{ kind: "no_workflow" }]);
  });
});

const partitionName = async (runId: string): Promise<string> => {
  for (let index = 0; index < deployment.partitions; index++) {
    const found = await partitionByName(context(), `p${index}`).inspect(runId);
    if (found.ok) return `p${index}`;
  }
  throw new Error("in no partition");
};

describe("a partition that is evicted", () => {
  it("goes on from its journal when a person decides later", async () => {
    const ticket = newTicket("confidence=0.3");
    const { runId } = await start(ticket);
    await waiting(runId);
    const approval = await pendingApproval(runId);
    const calls = scripted.calls;
    await evictDurableObject(await stubOf(runId));
    expect(await decideApproval(context(), ada, approval.id, { kind: "approved", digest: approval.digest })).toEqual({
      ok: true,
      value: null,
    });
    await ended(runId);
    expect(scripted.calls).toBe(calls);
    expect(ours(ticket)).toHaveLength(1);
  });

  it("picks up a timer from SQLite when its alarm fires", async () => {
    const ticket = newTicket();
    world.zendesk.fault(503, "before", ({ method }) => method === "GET");
    const { runId } = await start(ticket);
    await waiting(runId);
    const stub = await stubOf(runId);
    await evictDurableObject(stub);
    vi.useFakeTimers({ now: Date.now() + 60_000, toFake: ["Date"] });
    try {
      await runDurableObjectAlarm(stub);
    } finally {
      vi.useRealTimers();
    }
    await ended(runId);
    expect(ours(ticket)).toHaveLength(1);
  });
});

describe("what people do", () => {
  it("applies an edited value and records who decided", async () => {
    const ticket = newTicket("confidence=0.3");
    const { runId } = await start(ticket);
    const approval = await pendingApproval(runId);
    const values = { group: "returns", priority: "low" };
    expect((await decideApproval(context(), ada, approval.id, { kind: "edited", digest: approval.digest, values })).ok).toBe(true);
    await ended(runId);
    expect(world.zendesk.tickets.get(ticket)).toMatchObject({ priority: "low", group_id: 100 + 1 + TEAM_INDEX.returns });
    const row = await env.DB.prepare("select actor from audit where run = ? and type = 'approval.decided'").bind(runId).first();
    expect(row).toEqual({ actor: "ada@example.com" });
  });

  it("takes exactly one of many simultaneous decisions", async () => {
    const ticket = newTicket("confidence=0.3");
    const { runId } = await start(ticket);
    const approval = await pendingApproval(runId);
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        decideApproval(
          context(),
          ada,
          approval.id,
          index % 2 ? { kind: "approved", digest: approval.digest } : { kind: "rejected", digest: approval.digest, reason: "no" },
        ),
      ),
    );
    expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
    expect(new Set(answers.flatMap((answer) => (answer.ok ? [] : [answer.error.code])))).toEqual(new Set(["approval.already_decided"]));
    await ended(runId);
  });

  it("undoes an applied write of a run that has ended, once", async () => {
    const ticket = newTicket();
    const { runId } = await start(ticket);
    await ended(runId);
    expect(world.zendesk.tickets.get(ticket)?.priority).toBe("high");
    expect((await undoEffect(context(), ada, runId, "route ticket")).ok).toBe(true);
    await until(
      () => env.DB.prepare("select status from effect where run = ? and step = 'route ticket'").bind(runId).first<string>("status"),
      (status) => status === "undone",
    );
    expect(world.zendesk.tickets.get(ticket)).toMatchObject({ priority: null, group_id: 100 });
    expect(await undoEffect(context(), ada, runId, "route ticket")).toMatchObject({ ok: false, error: { code: "effect.not_applied" } });
    expect(await undoEffect(context(), ada, runId, "tell the team")).toMatchObject({ ok: false, error: { code: "effect.irreversible" } });
  });

  it("lets an operator try a refused credential again", async () => {
    const ticket = newTicket();
    world.zendesk.fault(401, "before", () => true);
    const { runId } = await start(ticket);
    await waiting(runId);
    expect(await resolveStep(context(), ada, runId, "load ticket", "abandon")).toMatchObject({ ok: false });
    expect((await resolveStep(context(), ada, runId, "load ticket", "retry")).ok).toBe(true);
    await ended(runId);
    expect(ours(ticket)).toHaveLength(1);
  });

  it("asks for the role that an operation needs", async () => {
    const nobody: Principal = { ...ada, grants: everywhere("auditor") };
    expect(await undoEffect(context(), nobody, "x", "y")).toMatchObject({ ok: false, error: { code: "access.denied" } });
  });
});

const TEAM_INDEX = { billing: 0, shipping: 1, returns: 2 };

describe("a signal", () => {
  const begin = async (ticket: string) => {
    await seedSpecs(env.DB, [{ ...ticketTriageSpec, workflow: "wait-for-signal" }], Date.now());
    const [outcome] = await startRuns(context(), [{ ...ticketEvent(ticket, `${ticket}-signal`), type: "trigger" }]);
    if (outcome?.kind !== "started" || !outcome.runs[0]) throw new Error(JSON.stringify(outcome));
    return outcome.runs[0].runId;
  };
  const outputOf = async (runId: string) => {
    const inspected = await inspectRun(context(), runId);
    return inspected.ok && inspected.value.state.status === "completed" ? inspected.value.state.output : null;
  };

  it("wakes the run that waits for it, after an eviction too, and counts once", async () => {
    const runId = await begin(newTicket());
    await waiting(runId);
    await evictDurableObject(await stubOf(runId));
    const signal = { name: "go", id: "1", data: { ok: true } };
    const answers = await Promise.all([signalRun(context(), ada, runId, signal), signalRun(context(), ada, runId, signal)]);
    expect(answers.map((answer) => answer.ok)).toEqual([true, true]);
    await ended(runId);
    expect(await outputOf(runId)).toEqual({ status: "received", data: { ok: true } });
    const arrived = env.DB.prepare("select count(*) as n from audit where run = ? and type = 'signal.arrived'")
      .bind(runId)
      .first<number>("n");
    expect(await arrived).toBe(1);
  });

  it("to a run that has ended is refused", async () => {
    const runId = await begin(newTicket());
    await waiting(runId);
    await signalRun(context(), ada, runId, { name: "go", id: "1", data: { ok: false } });
    await ended(runId);
    expect(await signalRun(context(), ada, runId, { name: "go", id: "2", data: {} })).toMatchObject({
      ok: false,
      error: { code: "run.ended" },
    });
  });
});

describe("a lane", () => {
  /** Two events about one ticket are one lane. */
  const startTwo = async (text: string) => {
    const ticket = newTicket(text);
    const first = await start(ticket, `${ticket}-first`);
    const second = await start(ticket, `${ticket}-second`);
    return { ticket, first: first.runId, second: second.runId };
  };
  const begun = (runId: string) => env.DB.prepare("select count(*) as n from audit where run = ?").bind(runId).first<number>("n");

  it("lets a run begin only when the one before it has ended", async () => {
    const { ticket, first, second } = await startTwo("confidence=0.3");
    await waiting(first);
    await waiting(second);
    expect(await begun(second)).toBe(1);
    const state = await env.DB.prepare("select state from run where id = ?").bind(second).first<string>("state");
    expect(JSON.parse(state ?? "{}")).toMatchObject({ on: { kind: "lane", lane: ticket } });
    const approval = await pendingApproval(first);
    expect((await decideApproval(context(), ada, approval.id, { kind: "approved", digest: approval.digest })).ok).toBe(true);
    await ended(first);
    const next = await pendingApproval(second);
    expect((await decideApproval(context(), ada, next.id, { kind: "rejected", digest: next.digest, reason: "no" })).ok).toBe(true);
    await ended(second);
    expect(ours(ticket)).toHaveLength(1);
  });

  it("goes on past a run that failed for good", async () => {
    const ticket = newTicket();
    // An answer that is no ticket fails the read for good, and the first run with it.
    world.zendesk.fault("html", "before", ({ method, path }) => method === "GET" && path.includes(ticket));
    const first = await start(ticket, `${ticket}-first`);
    const second = await start(ticket, `${ticket}-second`);
    expect(await ended(first.runId)).toBe("failed");
    expect(await ended(second.runId)).toBe("completed");
    expect(ours(ticket)).toHaveLength(1);
  });

  it("is taken up again by the alarm when the instance was lost between an end and the next beginning", async () => {
    const { first, second } = await startTwo("confidence=0.3");
    await waiting(second);
    const stub = await stubOf(second);
    await evictDurableObject(stub);
    const approval = await pendingApproval(first);
    expect((await decideApproval(context(), ada, approval.id, { kind: "rejected", digest: approval.digest, reason: "no" })).ok).toBe(true);
    await ended(first);
    await pendingApproval(second);
  });
});

describe("a deployment", () => {
  it("with another number of partitions than it began with starts nothing and says what to do", async () => {
    const other: Context = { ...context(), deployment: { ...deployment, partitions: 5 } };
    const [outcome] = await startRuns(other, [ticketEvent(newTicket())]);
    expect(outcome).toMatchObject({ kind: "refused", error: { code: "partition.count_changed" } });
    expect(outcome?.kind === "refused" && outcome.error.message).toContain("set it back to 4");
  });

  it("with an approved spec that it cannot read refuses the run and names the spec", async () => {
    await withUnreadableSpec(env.DB, "ticket-triage", async () => {
      const [outcome] = await startRuns(context(), [ticketEvent(newTicket(), "no-spec")]);
      expect(outcome).toMatchObject({ kind: "refused", error: { code: "run.refused", message: expect.stringContaining("ticket-triage") } });
    });
  });
});
