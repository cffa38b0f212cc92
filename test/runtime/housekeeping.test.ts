// Journals of ended runs leave for D1 and come back, contents are erased when their time has come, and the sweep finds runs whose alarm was lost.
import { createExecutionContext, createScheduledController, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { seedSpecs } from "../../sandbox/specs.ts";
import { everywhere, type Principal } from "../../src/core/principal.ts";
import { readAudit } from "../../src/db/journal-copy.ts";
import { readRun } from "../../src/db/reads.ts";
import type { Entry } from "../../src/engine/journal.ts";
import { verifyChain } from "../../src/governance/audit-chain.ts";
import { type Context, partitionByName } from "../../src/operations/context.ts";
import { inspectRun, signalRun, undoEffect } from "../../src/operations/govern-run.ts";
import { startRuns } from "../../src/operations/start-runs.ts";
import { ticketTriageSpec } from "../../src/workflows/ticket-triage/governance.ts";
import { ticketTriage } from "../../src/workflows/ticket-triage/workflow.ts";
import { outside, ticketEvent } from "./outside.ts";
import worker, { deployment } from "./worker.ts";

const DAY = 24 * 60 * 60_000;
const ada: Principal = { kind: "person", id: "ada@example.com", name: "Ada", grants: everywhere("reviewer", "operator") };
const context = (): Context => {
  const execution = createExecutionContext();
  return { env, deployment, waitUntil: (work) => execution.waitUntil(work) };
};
let world: ReturnType<typeof outside>;
beforeAll(async () => {
  world = outside();
  await seedSpecs(
    env.DB,
    ["wait-for-signal", "large-outputs"].map((workflow) => ({ ...ticketTriageSpec, workflow })),
    Date.now(),
  );
});
afterAll(() => {
  vi.restoreAllMocks();
});

const newTicket = (text = "Charged twice") => world.zendesk.add({ subject: text, description: text, group_id: 100, priority: null });
const start = async (ticket: string, type = "ticket.created", connection = "zendesk") => {
  const event = { ...ticketEvent(ticket, `housekeeping-${ticket}-${type}`), type, connection };
  const [outcome] = await startRuns(context(), [event]);
  if (outcome?.kind !== "started" || !outcome.runs[0]) throw new Error(JSON.stringify(outcome));
  return outcome.runs[0];
};
const column = <T>(runId: string, name: string) => env.DB.prepare(`select ${name} from run where id = ?`).bind(runId).first<T>(name);
const stubOf = async (runId: string) => env.RUN_PARTITION.getByName((await column<string>(runId, "partition")) ?? "");
const eventually = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 60_000, interval: 20 });
/** What the partition's own SQLite holds of a run. */
const kept = async (runId: string) =>
  runInDurableObject(await stubOf(runId), (_, state) => {
    const { sql } = state.storage;
    const run = sql.exec("select * from run where id = ?", runId).one();
    const span = 2 ** 20;
    const no = Number(run.no);
    const entries = sql.exec("select id, body from entry where id > ? and id < ?", no * span, (no + 1) * span).toArray();
    return { open: run.open, event: JSON.parse(String(run.event)) as { data?: unknown; subject: string }, salt: run.salt, entries };
  });
const closed = (runId: string) => eventually(async () => expect((await kept(runId)).open).toBe(0));
const effectStatus = (runId: string) =>
  env.DB.prepare("select status from effect where run = ? and step = 'route ticket'").bind(runId).first<string>("status");
const inspected = async (runId: string) => {
  const view = await inspectRun(context(), runId);
  if (!view.ok) throw new Error(JSON.stringify(view.error));
  return view.value;
};
/** As the platform does it every minute. */
const tick = async (at: number) => {
  await worker.scheduled(createScheduledController({ scheduledTime: at, cron: "* * * * *" }), env, createExecutionContext());
};

describe("the journal of a run that has ended", () => {
  it("leaves the partition once D1 has all of it, and is read from there, entry by entry and with its event", async () => {
    const ticket = newTicket();
    const { runId } = await start(ticket);
    const before: Entry[] = [];
    await eventually(async () => {
      const { state, entries } = await inspected(runId);
      before.splice(0, before.length, ...entries);
      expect(state.status).toBe("completed");
    });
    await closed(runId);
    const left = await kept(runId);
    expect(left).toMatchObject({ entries: [], salt: "", event: { subject: ticket } });
    expect(left.event).not.toHaveProperty("data");
    await evictDurableObject(await stubOf(runId));
    const view = await inspected(runId);
    expect(view.entries).toEqual(before);
    expect(view).toMatchObject({ state: { status: "completed" }, event: { data: { id: ticket } }, erased: null });
    const { records, content } = await readAudit(env.DB, runId);
    expect(verifyChain(runId, records, content)).toMatchObject({ ok: true, records: before.length });
  });

  it("leaves a run that a repeated delivery still finds", async () => {
    const ticket = newTicket();
    const first = await start(ticket);
    await closed(first.runId);
    await evictDurableObject(await stubOf(first.runId));
    expect(await start(ticket)).toEqual({ runId: first.runId, fresh: false });
    expect(world.zendesk.comments(ticket).filter(({ body }) => body.startsWith("Interlock sent"))).toHaveLength(1);
    expect((await kept(first.runId)).entries).toEqual([]);
  });

  it("comes back for an undo, goes on with its chain, and leaves again", async () => {
    const ticket = newTicket();
    const { runId } = await start(ticket);
    await closed(runId);
    const eraseAt = await column<number>(runId, "erase_at");
    await evictDurableObject(await stubOf(runId));
    const answers = await Promise.all(Array.from({ length: 8 }, () => undoEffect(context(), ada, runId, "route ticket")));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    for (const answer of answers) if (!answer.ok) expect(answer.error.code).toMatch(/^effect\.(undo_running|not_applied)$/);
    await eventually(async () => expect(await effectStatus(runId)).toBe("undone"));
    await closed(runId);
    expect(world.zendesk.tickets.get(ticket)).toMatchObject({ priority: null, group_id: 100 });
    const { records, content } = await readAudit(env.DB, runId);
    expect(records.filter(({ type }) => type === "undo.requested")).toHaveLength(1);
    expect(verifyChain(runId, records, content)).toMatchObject({ ok: true, records: records.length });
    expect(await column<number>(runId, "erase_at")).toBeGreaterThan(eraseAt ?? 0);
    expect((await inspected(runId)).entries.at(-1)).toMatchObject({ type: "undo.done", matches: true });
    expect(await undoEffect(context(), ada, runId, "route ticket")).toMatchObject({ ok: false, error: { code: "effect.not_applied" } });
  });

  it("that was put back survives the loss of the instance before the undo was made", async () => {
    const ticket = newTicket();
    const { runId } = await start(ticket);
    await closed(runId);
    // The system is away: the undo has to be tried again, by an instance that has only SQLite.
    world.zendesk.fault(503, "before", ({ path }) => path.includes(ticket));
    expect((await undoEffect(context(), ada, runId, "route ticket")).ok).toBe(true);
    await eventually(async () => expect(await effectStatus(runId)).toBe("undoing"));
    const stub = await stubOf(runId);
    await evictDurableObject(stub);
    expect((await kept(runId)).entries.length).toBeGreaterThan(5);
    vi.useFakeTimers({ now: Date.now() + 10 * 60_000, toFake: ["Date"] });
    try {
      await tick(Date.now());
      await eventually(async () => expect(await effectStatus(runId)).toBe("undone"));
    } finally {
      vi.useRealTimers();
    }
    expect(world.zendesk.tickets.get(ticket)).toMatchObject({ priority: null, group_id: 100 });
  });

  it("that D1 no longer has as it was written is an error, and not made up", async () => {
    const { runId } = await start(newTicket());
    await closed(runId);
    // As whoever owns the database can; the audit's own triggers refuse the update.
    const trigger = "select sql from sqlite_master where name = 'audit_refuses_update'";
    const sql = (await env.DB.prepare(trigger).first<string>("sql")) ?? "";
    await env.DB.batch([
      env.DB.prepare("drop trigger audit_refuses_update"),
      env.DB.prepare("update audit set actor = 'eve@example.com' where run = ? and seq = 3").bind(runId),
      env.DB.prepare(sql),
    ]);
    expect(await inspectRun(context(), runId)).toMatchObject({ ok: false, error: { code: "run.journal_missing" } });
    expect(await undoEffect(context(), ada, runId, "route ticket")).toMatchObject({ ok: false, error: { code: "run.journal_missing" } });
    expect((await kept(runId)).open).toBe(0);
  });

  it("may hold several large outputs of one commit", async () => {
    const { runId } = await start(newTicket(), "reaction_added", "slack");
    await closed(runId);
    const { state, entries } = await inspected(runId);
    expect(state).toEqual({ status: "completed", output: [999_996, 999_996, 999_996] });
    expect(entries.filter(({ type }) => type === "step.done")).toHaveLength(3);
    const { records, content } = await readAudit(env.DB, runId);
    expect(verifyChain(runId, records, content)).toMatchObject({ ok: true });
  });
});

describe("the sweep", () => {
  const waiting = (runId: string) => eventually(async () => expect(await column(runId, "status")).toBe("waiting"));

  it("wakes a run that waits for a timer and whose alarm was lost", async () => {
    const ticket = newTicket();
    world.zendesk.fault(503, "before", ({ method, path }) => method === "GET" && path.includes(ticket));
    const { runId } = await start(ticket);
    await waiting(runId);
    const stub = await stubOf(runId);
    await evictDurableObject(stub);
    await runInDurableObject(stub, (_, state) => state.storage.deleteAlarm());
    const due = (await column<number>(runId, "due")) ?? 0;
    vi.useFakeTimers({ now: due + 30_000, toFake: ["Date"] });
    try {
      await tick(Date.now());
      expect(await column(runId, "status")).toBe("waiting");
      expect(await runInDurableObject(stub, (_, state) => state.storage.getAlarm())).toBeNull();
      vi.setSystemTime(due + 90_000);
      await tick(Date.now());
      expect(await runInDurableObject(stub, (_, state) => state.storage.getAlarm())).not.toBeNull();
      await eventually(async () => expect(await column(runId, "status")).toBe("completed"));
    } finally {
      vi.useRealTimers();
    }
    expect(await column(runId, "due")).toBeNull();
  });

  it("drives nothing that is not due, and tells D1 how it stands", async () => {
    const { runId } = await start(newTicket(), "trigger");
    await waiting(runId);
    const due = await column<number>(runId, "due");
    await env.DB.prepare("update run set due = 1, status = 'running' where id = ?").bind(runId).run();
    expect(await partitionByName(context(), (await column<string>(runId, "partition")) ?? "").wake([runId, "no such run"])).toEqual({
      ok: true,
      value: 0,
    });
    await eventually(async () => expect([await column(runId, "due"), await column(runId, "status")]).toEqual([due, "waiting"]));
  });
});

describe("retention", () => {
  it("erases a run after its days: the audit verifies, an undo and a signal are refused, inspecting shows what is left", async () => {
    const ticket = newTicket("My very own surgery");
    const { runId } = await start(ticket);
    await closed(runId);
    const before = await inspected(runId);
    const head = (await readAudit(env.DB, runId)).records.at(-1)?.hash;
    const key = `event/${before.event.id}`;
    await env.BLOBS.put(key, "large");
    const eraseAt = (await column<number>(runId, "erase_at")) ?? 0;
    expect(eraseAt).toBe((before.entries.at(-1)?.at ?? 0) + ticketTriageSpec.retention.payloadDays * DAY);

    await tick(eraseAt - 1);
    expect(await column(runId, "erased_at")).toBeNull();
    await tick(eraseAt);
    expect(await column(runId, "erased_at")).toBe(eraseAt);
    expect(await env.BLOBS.head(key)).toBeNull();

    const detail = await readRun(env.DB, runId);
    expect(JSON.stringify(detail)).not.toContain("surgery");
    expect(detail?.event?.data).toBeNull();
    const { records, content } = await readAudit(env.DB, runId);
    expect(content).toBeNull();
    expect(verifyChain(runId, records, null, head)).toMatchObject({ ok: true, records: before.entries.length });
    expect(await undoEffect(context(), ada, runId, "route ticket")).toMatchObject({ ok: false, error: { code: "run.erased" } });
    expect(await signalRun(context(), ada, runId, { name: "x", id: "1", data: null })).toMatchObject({
      ok: false,
      error: { code: "run.erased" },
    });
    const view = await inspected(runId);
    expect(view).toMatchObject({
      state: { status: "completed", output: null },
      entries: [],
      event: { data: null },
      erased: { at: eraseAt },
    });
    expect(view.erased?.records.map(({ seq, type }) => [seq, type])).toEqual(before.entries.map(({ seq, type }) => [seq, type]));
    expect(await start(ticket)).toEqual({ runId, fresh: false });
  });

  it("erases a run when the first of its declared elements has to go, whatever longer time the spec sets", async () => {
    const shortest = Math.min(...ticketTriage.dataFlow.map(({ retentionDays }) => retentionDays));
    const payloadDays = shortest + 60;
    await seedSpecs(env.DB, [{ ...ticketTriageSpec, version: 2, retention: { payloadDays } }], Date.now());
    const { runId } = await start(newTicket());
    await closed(runId);
    const { entries } = await inspected(runId);
    expect(await column(runId, "spec_version")).toBe(2);
    expect(await column(runId, "erase_at")).toBe((entries.at(-1)?.at ?? 0) + shortest * DAY);
  });
});
