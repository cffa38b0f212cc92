// The ledger of writes in workerd: what a version of a workflow wrote in a time is previewed from the records themselves, taken back by the partitions, and what
// somebody has changed since, or what cannot be undone, is left alone and named. The clock is moved, never waited for.
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { seedSpecs } from "../../sandbox/specs.ts";
import { everywhere, type Principal } from "../../src/core/principal.ts";
import { countChecks, listEffects } from "../../src/db/effects.ts";
import { checkEffect } from "../../src/operations/check-effect.ts";
import type { Context } from "../../src/operations/context.ts";
import { undoEffect } from "../../src/operations/govern-run.ts";
import { startRuns } from "../../src/operations/start-runs.ts";
import { fateOf, planUndo, undoEffects } from "../../src/operations/undo-effects.ts";
import { ticketTriageSpec } from "../../src/workflows/ticket-triage/governance.ts";
import { outside, ticketEvent } from "./outside.ts";
import { deployment } from "./worker.ts";

const DAY = 24 * 60 * 60_000;
const ada: Principal = { kind: "person", id: "ada@example.com", name: "Ada", grants: everywhere("reviewer", "operator") };
const context = (): Context => {
  const execution = createExecutionContext();
  return { env, deployment, waitUntil: (work) => execution.waitUntil(work) };
};
let world: ReturnType<typeof outside>;

beforeAll(async () => {
  world = outside();
  // Every write that nobody is asked about is chosen to be looked at.
  await seedSpecs(env.DB, [{ ...ticketTriageSpec, version: 50, auditSampling: 1 }], Date.now());
});
afterEach(() => {
  vi.useRealTimers();
});
afterAll(() => {
  vi.restoreAllMocks();
});

const statuses = async (run: string): Promise<Record<string, string>> => {
  const { rows } = await listEffects(env.DB, { within: "*", run, limit: 10 });
  return Object.fromEntries(rows.map(({ step, status }) => [step, status]));
};
const until = (run: string, wanted: Record<string, string>) =>
  vi.waitFor(async () => expect(await statuses(run)).toMatchObject(wanted), { timeout: 60_000, interval: 20 });
const WRITTEN = { "route ticket": "applied", "explain route": "applied", "tell the team": "applied" };

/** A ticket that was triaged without anybody being asked, and its run. */
async function triaged(): Promise<{ ticket: string; run: string }> {
  const ticket = world.zendesk.add({ subject: "Charged twice", description: "Charged twice", group_id: 100, priority: null });
  const [outcome] = await startRuns(context(), [ticketEvent(ticket)]);
  if (outcome?.kind !== "started" || !outcome.runs[0]) throw new Error(JSON.stringify(outcome));
  const run = outcome.runs[0].runId;
  await until(run, WRITTEN);
  return { ticket, run };
}
const unwrap = <T>(result: { ok: true; value: T } | { ok: false; error: unknown }): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
};

describe("what a version of a workflow wrote in a time", () => {
  it("is taken back as the preview said: restored, withdrawn, left alone, or named as irreversible", async () => {
    const from = Date.now();
    const [clean, partly, changed] = [await triaged(), await triaged(), await triaged()];
    world.zendesk.edit(partly.ticket, { priority: "low" });
    world.zendesk.edit(changed.ticket, { priority: "low", group_id: 103 });
    const filter = { workflow: "ticket-triage", version: 1, from, to: Date.now() + 1 };

    const planned = unwrap(await planUndo(context(), ada, filter));
    expect(planned.counts).toEqual({ undo: 5, conflict: 1, refused: 3, as_it_was: 0, unread: 0 });
    const fates = (run: string) =>
      planned.effects.filter((effect) => effect.run === run).map(({ step, outlook }) => [step, fateOf(outlook)]);
    const others = [
      ["tell the team", "refused"],
      ["explain route", "undo"],
    ];
    expect(fates(clean.run)).toEqual([...others, ["route ticket", "undo"]]);
    expect(fates(partly.run)).toEqual([...others, ["route ticket", "undo"]]);
    expect(fates(changed.run)).toEqual([...others, ["route ticket", "conflict"]]);
    expect(await statuses(clean.run)).toEqual(WRITTEN);

    expect(await undoEffects(context(), ada, { filter, digest: "0".repeat(64) })).toMatchObject({
      error: { code: "effect.preview_moved" },
    });
    const asked = unwrap(await undoEffects(context(), ada, { filter, digest: planned.digest }));
    expect(asked).toEqual({ asked: 5, left: 4, refused: [], next: null });

    await until(clean.run, { ...WRITTEN, "route ticket": "undone", "explain route": "undone" });
    await until(partly.run, { ...WRITTEN, "route ticket": "undo_conflict", "explain route": "undone" });
    await until(changed.run, { ...WRITTEN, "explain route": "undone" });
    const { tickets } = world.zendesk;
    expect(tickets.get(clean.ticket)).toMatchObject({ priority: null, group_id: 100 });
    expect(tickets.get(partly.ticket)).toMatchObject({ priority: "low", group_id: 100 });
    expect(tickets.get(changed.ticket)).toMatchObject({ priority: "low", group_id: 103 });

    const puts = world.zendesk.requests.filter(({ method, path }) => method === "PUT" && path.startsWith(`/tickets/${clean.ticket}`));
    expect(puts.slice(-2).map(({ path }) => path.includes("/redact"))).toEqual([true, false]);
    const [row] = (await listEffects(env.DB, { within: "*", run: partly.run, step: "route ticket", limit: 1 })).rows;
    expect(row?.body.conflicts).toEqual([{ field: "priority", ours: "high", now: "low" }]);
  });

  it("cannot be taken back once the spec's window is over, whichever way it is asked for", async () => {
    const { run } = await triaged();
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + ticketTriageSpec.rollback.windowDays * DAY + 60_000 });
    expect(await undoEffect(context(), ada, run, "route ticket")).toMatchObject({ error: { code: "effect.window_passed" } });
    const planned = unwrap(await planUndo(context(), ada, { run }));
    expect(planned.counts).toMatchObject({ undo: 0, refused: 3 });
    const asked = unwrap(await undoEffects(context(), ada, { filter: { run }, digest: planned.digest }));
    expect(asked).toMatchObject({ asked: 0, left: 3 });
    expect(await statuses(run)).toEqual(WRITTEN);
  });
});

describe("a sampled write", () => {
  it("is chosen with its ruling, and one verdict is taken of many at once", async () => {
    const { run } = await triaged();
    const open = (await countChecks(env.DB, "*", "ticket-triage")).open;
    expect((await listEffects(env.DB, { within: "*", run, sampled: "open", limit: 10 })).rows).toHaveLength(3);
    const check = { run, step: "route ticket", verdict: "right", note: "" } as const;
    const people = ["grace", "heidi", "ivan"].map((name): Principal => ({ ...ada, id: `${name}@example.com`, name }));
    const answers = await Promise.all(people.map((person) => checkEffect(context(), person, check, Date.now())));
    expect(answers.map((answer) => (answer.ok ? "ok" : answer.error.code)).sort()).toEqual([
      "effect.already_checked",
      "effect.already_checked",
      "ok",
    ]);
    expect(await countChecks(env.DB, "*", "ticket-triage")).toMatchObject({ open: open - 1, right: 1, wrong: 0 });
  });
});
