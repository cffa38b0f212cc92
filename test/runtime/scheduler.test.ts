// The object of a schedule, in workerd: the sweep begins it, its alarm stores each tick that is due, and neither a second alarm, nor two sweeps at once, nor a crash before
// the commit, nor leaving memory starts a run twice or leaves one out.
import { createExecutionContext, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, expect, it, vi } from "vitest";
import { seedSpecs } from "../../sandbox/specs.ts";
import type { Context } from "../../src/operations/context.ts";
import { schedulerName, wakeSchedules } from "../../src/operations/schedules.ts";
import { ticketTriageSpec } from "../../src/workflows/ticket-triage/governance.ts";
import { deployment } from "./worker.ts";

const context = (): Context => {
  const execution = createExecutionContext();
  return { env, deployment, waitUntil: (work) => execution.waitUntil(work) };
};
const stub = () => env.SCHEDULER.getByName(schedulerName("yearly"));
const eventually = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 60_000, interval: 20 });
const runs = async () => (await env.DB.prepare("select count(*) as n from run where workflow = 'yearly'").first<number>("n")) ?? 0;
const state = () =>
  runInDurableObject(stub(), async (_, { storage }) => {
    const [row] = storage.sql.exec<{ body: string }>("select body from schedule").toArray();
    return { body: row ? (JSON.parse(row.body) as { doneTo: number }) : null, alarm: await storage.getAlarm() };
  });
/** As it was then, with its alarm due now. */
const backTo = (doneTo: number) =>
  runInDurableObject(stub(), async (_, { storage }) => {
    storage.sql.exec("update schedule set body = json_set(body, '$.doneTo', ?)", doneTo);
    await storage.setAlarm(Date.now());
  });
const handled = (since: number) => eventually(async () => expect((await state()).body?.doneTo).toBeGreaterThan(since));

const thisYear = new Date().getUTCFullYear();
const newYear = (year: number): number => Date.UTC(year, 0, 1);

beforeAll(async () => {
  await seedSpecs(env.DB, [{ ...ticketTriageSpec, workflow: "yearly" }], Date.now());
  // Other files' sweeps have begun it before.
  await runInDurableObject(stub(), async (_, { storage }) => {
    storage.sql.exec("delete from schedule");
    await storage.deleteAlarm();
  });
  await evictDurableObject(stub());
});

it("starts one run for each tick, whatever happens in between", async () => {
  expect(await Promise.all([wakeSchedules(context()), wakeSchedules(context())])).toEqual([1, 1]);
  const begun = await state();
  expect(begun.alarm).toBe(newYear(thisYear + 1));
  expect(await runs()).toBe(0);

  // Two new years ago nothing had ticked yet: both ticks are made up for.
  const before = newYear(thisYear - 1) - 1_000;
  await backTo(before);
  await handled(before);
  await eventually(async () => expect(await runs()).toBe(2));

  // Their events are stored, and nothing of it was committed; the object has left memory meanwhile, and two sweeps wake it.
  await backTo(before);
  await evictDurableObject(stub());
  await Promise.all([wakeSchedules(context()), wakeSchedules(context())]);
  await handled(before);

  // An alarm that comes again finds nothing due, and the next tick is the next year's.
  const { body } = await state();
  await runInDurableObject(stub(), (_, { storage }) => storage.setAlarm(Date.now()));
  await handled(body?.doneTo ?? 0);
  expect((await state()).alarm).toBe(newYear(thisYear + 1));
  // Behind the repeated events comes one that is new: once its run is there, theirs would be.
  const earlier = newYear(thisYear - 2) - 1_000;
  await backTo(earlier);
  await handled(earlier);
  await eventually(async () => expect(await runs()).toBeGreaterThan(2));
  expect(await runs()).toBe(3);
});
