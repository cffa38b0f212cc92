// The object of a poll, in workerd: the sweep begins it, its alarm reads pages and stores their changes, and a crash between the storing and the commit costs no event and
// starts no run twice. A poll that is not declared any more is forgotten.
import { createExecutionContext, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { seedSpecs } from "../../sandbox/specs.ts";
import type { PollPage } from "../../src/connectors/poll.ts";
import type { Context } from "../../src/operations/context.ts";
import { pollerName, readPolls, wakePollers } from "../../src/operations/pollers.ts";
import { ticketTriageSpec } from "../../src/workflows/ticket-triage/governance.ts";
import { deployment, polledWorld } from "./worker.ts";

const context = (): Context => {
  const execution = createExecutionContext();
  return { env, deployment, waitUntil: (work) => execution.waitUntil(work) };
};
const stub = () => env.POLLER.getByName(pollerName("polled", "records"));
const standing = async () => (await readPolls(context()))[0]?.standing;
const eventually = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 60_000, interval: 20 });
const runs = async () =>
  (
    await env.DB.prepare("select subject from run where workflow = 'polled-change' order by subject").all<{ subject: string }>()
  ).results.map(({ subject }) => subject);
const kept = () => runInDurableObject(stub(), (_, { storage }) => storage.sql.exec<{ body: string }>("select body from cursor").one().body);
/** Its hour is over, from what it had durable then. */
const dueFrom = (body: string, forget = false) =>
  runInDurableObject(stub(), async (_, { storage }) => {
    if (forget) storage.sql.exec("delete from seen");
    storage.sql.exec("update cursor set body = ?", JSON.stringify({ ...JSON.parse(body), dueAt: 0 }));
    await storage.setAlarm(Date.now());
  });
const asked = (times: number) => eventually(async () => expect([polledWorld.asked, (await standing())?.pages]).toEqual([times, null]));

beforeAll(async () => {
  await seedSpecs(env.DB, [{ ...ticketTriageSpec, workflow: "polled-change" }], Date.now());
  // Other files' sweeps have begun the poll before.
  await runInDurableObject(stub(), async (_, { storage }) => {
    storage.sql.exec("delete from cursor");
    storage.sql.exec("delete from seen");
    await storage.deleteAlarm();
  });
  await evictDurableObject(stub());
  polledWorld.asked = 0;
});
afterAll(async () => {
  polledWorld.pages.clear();
  await runInDurableObject(stub(), (_, { storage }) => storage.deleteAlarm());
});

it("reads all pages, stores each change once, and after a crash before the commit starts no run again", async () => {
  expect(await wakePollers(context())).toBe(1);
  await asked(1);
  const ground = await kept();
  const world = crypto.randomUUID();
  const change = (record: string): PollPage["changes"][number] => {
    const changedAt = Date.now();
    const event = { type: "record.changed", subject: record, time: changedAt, data: {} };
    return { id: `${world} ${record}`, version: "1", changedAt, event };
  };
  polledWorld.pages.set(null, { changes: [change("a"), change("b")], next: "behind b" });
  polledWorld.pages.set("behind b", { changes: [change("c")], next: null });

  await dueFrom(ground);
  await asked(3);
  expect((await standing())?.taken).toBe(3);
  // The events are stored, and nothing of it was committed.
  await dueFrom(ground, true);
  await asked(5);
  await eventually(async () => expect(await runs()).toEqual(["a", "b", "c"]));
  // What was committed is met again within the overlap, and left.
  await dueFrom(await kept());
  await asked(7);
  expect(await standing()).toMatchObject({ taken: 3, failures: 0, error: null });
  expect(await runs()).toEqual(["a", "b", "c"]);
});

it("says what failed, and goes on when it is over", async () => {
  const before = polledWorld.asked;
  polledWorld.pages.set(null, { changes: [], next: "round" });
  polledWorld.pages.set("round", { changes: [], next: "round" });
  await dueFrom(await kept());
  await eventually(async () =>
    expect(await standing()).toMatchObject({
      failures: 1,
      error: { code: "connector.answer_invalid", message: expect.stringContaining("repeats") },
    }),
  );
  polledWorld.pages.clear();
  await dueFrom(await kept());
  await asked(before + 3);
  expect(await standing()).toMatchObject({ failures: 0, error: null });
});

it("is forgotten once it is not declared any more", async () => {
  const other = env.POLLER.getByName(pollerName("polled", "gone"));
  await (other as unknown as { wake(connection: string, poll: string): Promise<unknown> }).wake("polled", "gone");
  await eventually(async () =>
    expect(
      await runInDurableObject(other, async (_, { storage }) => [
        storage.sql.exec("select * from cursor").toArray(),
        await storage.getAlarm(),
      ]),
    ).toEqual([[], null]),
  );
});
