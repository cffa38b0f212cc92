// The object that counts a workflow's writes, in workerd: the counter's contract, its storage over days and evictions, and runs of several partitions under one
// limit.
import { createExecutionContext, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { LimitsPort } from "../../durable-objects/workflow-limits.ts";
import { seedSpecs } from "../../sandbox/specs.ts";
import type { Result } from "../../src/core/errors.ts";
import type { Ports } from "../../src/engine/pass.ts";
import { countedWrite } from "../../src/governance/limits.ts";
import type { Budget } from "../../src/governance/spec.ts";
import type { Context } from "../../src/operations/context.ts";
import { startRuns } from "../../src/operations/start-runs.ts";
import { ticketTriageSpec } from "../../src/workflows/ticket-triage/governance.ts";
import { limitsContract } from "../harness/limits-contract.ts";
import { outside, ticketEvent } from "./outside.ts";
import { deployment } from "./worker.ts";

const DAY_MS = 86_400_000;
/** Later than today: an alarm that the object sets is not due before a test says so. */
const day = (Math.floor(Date.now() / DAY_MS) + 2) * DAY_MS;

afterEach(() => {
  vi.useRealTimers();
});
const setNow = (now: number) => void vi.useFakeTimers({ now, toFake: ["Date"] });

const stubOf = (workflow: string) => env.WORKFLOW_LIMITS.getByName(workflow);
const portOf = (workflow: string) => stubOf(workflow) as unknown as LimitsPort;
const answered = async <T>(answer: Promise<Result<T>>): Promise<T> => {
  const result = await answer;
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
};
const limits: Ports["limits"] = {
  counts: (write) => answered(portOf(write.workflow).counts(write)),
  take: (write) => answered(portOf(write.workflow).take(write)),
  reserve: (call) => answered(portOf(call.workflow).reserve(call)),
  settle: async (call) => void (await answered(portOf(call.workflow).settle(call))),
};
const take = (workflow: string, key: string) =>
  limits.take({ workflow, key, write: countedWrite("bank.pay", {}, undefined), limits: { writesPerHour: 2 } });
const counts = (workflow: string) => limits.counts({ workflow, key: "nobody's", action: "bank.pay" });
const rows = (workflow: string) =>
  runInDurableObject(stubOf(workflow), (_, { storage }) => ({
    taken: storage.sql.exec<{ n: number }>("select count(*) as n from taken").one().n,
    tally: storage.sql.exec<{ n: number }>("select count(*) as n from tally").one().n,
  }));

describe("the counter in its object", () => limitsContract(() => ({ limits, setNow }), day));

describe("what it keeps", () => {
  it("outlives its instance", async () => {
    setNow(day);
    await take("evicted", "a");
    await evictDurableObject(stubOf("evicted"));
    expect(await take("evicted", "a")).toEqual({ taken: true });
    expect(await counts("evicted")).toMatchObject({ writesThisHour: 1 });
    expect(await take("evicted", "b")).toEqual({ taken: true });
    await evictDurableObject(stubOf("evicted"));
    expect(await take("evicted", "c")).toMatchObject({ taken: false, counts: { writesThisHour: 2 } });
  });

  it("is of one day: the next day's first write deletes what was before", async () => {
    setNow(day);
    for (const key of ["a", "b"]) await take("daily", key);
    expect(await rows("daily")).toEqual({ taken: 2, tally: 1 });
    setNow(day + DAY_MS);
    await take("daily", "c");
    expect(await rows("daily")).toEqual({ taken: 1, tally: 1 });
  });

  it("is deleted by the alarm where no other write comes", async () => {
    setNow(day);
    await take("once", "a");
    expect(await runInDurableObject(stubOf("once"), (_, { storage }) => storage.getAlarm())).toBe(day + DAY_MS);
    expect(await runDurableObjectAlarm(stubOf("once"))).toBe(true);
    // Before its time there is nothing to delete.
    expect(await rows("once")).toEqual({ taken: 1, tally: 1 });
    setNow(day + DAY_MS);
    await runInDurableObject(stubOf("once"), (object) => (object as unknown as { alarm(): Promise<void> }).alarm());
    expect(await rows("once")).toEqual({ taken: 0, tally: 0 });
  });
});

describe("what it keeps of spending", () => {
  const budget: Budget = { usdPerDay: 1, onReached: "refuse" };
  const reserve = (workflow: string, run: string, usd: number) => limits.reserve({ workflow, run, usd, budget });
  const spending = (workflow: string) =>
    runInDurableObject(stubOf(workflow), (_, { storage }) => ({
      spent: storage.sql
        .exec<{ of: string }>("select of from spent order by of")
        .toArray()
        .map(({ of }) => of),
      reservations: storage.sql.exec<{ n: number }>("select count(*) as n from reservation").one().n,
    }));

  it("outlives its instance: a reservation that nobody settled stays spent", async () => {
    setNow(day);
    expect(await reserve("spends", "r.1", 0.7)).toMatchObject({ reserved: true });
    await evictDurableObject(stubOf("spends"));
    expect(await reserve("spends", "r.2", 0.7)).toMatchObject({ reserved: false, reached: { spentUsd: 0.7 } });
    expect(await reserve("spends", "r.2", 0.3)).toMatchObject({ reserved: true });
  });

  it("is a row for the day and one for each run, and what was settled leaves nothing else", async () => {
    setNow(day);
    const reserved = await reserve("tidy", "r.1", 0.2);
    await reserve("tidy", "r.2", 0.2);
    if (reserved.reserved) await limits.settle({ workflow: "tidy", id: reserved.id, usd: 0.1 });
    expect(await spending("tidy")).toEqual({ spent: ["day", "r.1", "r.2"], reservations: 1 });
    setNow(day + 2 * DAY_MS);
    await runInDurableObject(stubOf("tidy"), (object) => (object as unknown as { alarm(): Promise<void> }).alarm());
    expect(await spending("tidy")).toEqual({ spent: ["r.1", "r.2"], reservations: 0 });
    setNow(day + 401 * DAY_MS);
    await reserve("tidy", "r.3", 0.2);
    expect(await spending("tidy")).toEqual({ spent: ["day", "r.3"], reservations: 1 });
  });
});

describe("runs in several partitions", () => {
  const context = (): Context => {
    const execution = createExecutionContext();
    return { env, deployment, waitUntil: (work) => execution.waitUntil(work) };
  };
  let world: ReturnType<typeof outside>;
  beforeAll(async () => {
    world = outside();
    await seedSpecs(env.DB, [{ ...ticketTriageSpec, version: 900, limits: { writesPerHour: 7 } }], Date.now());
  });
  afterAll(async () => {
    vi.restoreAllMocks();
  });

  it("share one limit: what is beyond it is asked, by the rule that says so", async () => {
    // In the middle of an hour, where it stays.
    setNow(Math.floor(Date.now() / 3_600_000) * 3_600_000 + 1_800_000);
    const tickets = Array.from({ length: 8 }, () => world.zendesk.add({ subject: "Charged twice", group_id: 100, priority: null }));
    const outcomes = await startRuns(
      context(),
      tickets.map((ticket) => ticketEvent(ticket)),
    );
    const runs = outcomes.map((outcome) => (outcome.kind === "started" ? (outcome.runs[0]?.runId ?? "") : ""));
    const places = await vi.waitFor(
      async () => {
        const { results } = await env.DB.prepare(
          "select id, partition, status from run where id in (select value from json_each(?)) and status in ('waiting', 'completed')",
        )
          .bind(JSON.stringify(runs))
          .all<{ partition: string }>();
        expect(results).toHaveLength(8);
        return results;
      },
      { timeout: 60_000, interval: 50 },
    );
    expect(new Set(places.map(({ partition }) => partition)).size).toBeGreaterThan(1);
    const { results } = await env.DB.prepare(
      "select body->>'rule' as rule, status from approval where run in (select value from json_each(?))",
    )
      .bind(JSON.stringify(runs))
      .all<{ rule: string; status: string }>();
    expect(results.length).toBeGreaterThan(0);
    expect(results.every(({ rule }) => rule === "limit_reached")).toBe(true);
    const sent = world.slack.writes.get("chat.postMessage") ?? 0;
    const comments = tickets.flatMap((ticket) => world.zendesk.comments(ticket)).filter(({ body }) => body.startsWith("Interlock sent"));
    const routed = tickets.filter((ticket) => world.zendesk.tickets.get(ticket)?.group_id !== 100);
    expect(sent + comments.length + routed.length).toBe(7);
    expect(await limits.counts({ workflow: ticketTriageSpec.workflow, key: "nobody's", action: "x" })).toMatchObject({ writesThisHour: 7 });
  });
});
