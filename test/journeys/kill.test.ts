// Pulls the plug: kill -9 of Interlock's processes in the middle of a load, twice, then a restart on what was on disk. Counted from what the partitions had
// admitted, read from their SQLite files before the restart: the local queue emulation keeps messages in memory, Cloudflare's does not.
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sandboxClient } from "../../sandbox/client.ts";
import { consoleClient } from "../../sandbox/demo/console-client.ts";
import { type Surroundings, startSurroundings } from "../../sandbox/demo/surroundings.ts";

const STATE = path.resolve(import.meta.dirname, "../../.state/kill");
const TICKETS = 120;
let surroundings: Surroundings;

beforeAll(async () => {
  surroundings = await startSurroundings({ state: STATE, ports: [8987, 8988] });
});
afterAll(async () => {
  await surroundings?.stop();
});

/** The runs in every partition's database and how many of them had not ended, on a copy: the write-ahead logs are part of what a restart reads. */
function admitted(): { ids: Set<string>; unfinished: number } {
  const copy = mkdtempSync(path.join(tmpdir(), "interlock-kill-"));
  try {
    cpSync(path.join(surroundings.state, "interlock"), copy, { recursive: true });
    const ids = new Set<string>();
    let unfinished = 0;
    for (const file of readdirSync(copy, { recursive: true, encoding: "utf8" })) {
      if (!file.endsWith(".sqlite")) continue;
      const db = new DatabaseSync(path.join(copy, file));
      const isPartition = db.prepare("select count(*) as n from sqlite_master where name in ('run', 'entry', 'spec')").get() as {
        n: number;
      };
      if (isPartition.n === 3) {
        for (const { id, ended } of db
          .prepare("select id, exists (select 1 from entry where id / 1048576 = no and body like '%run.completed%') as ended from run")
          .all() as { id: string; ended: number }[]) {
          ids.add(id);
          if (!ended) unfinished++;
        }
      }
      db.close();
    }
    return { ids, unfinished };
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

describe("kill -9 of the Worker under load", () => {
  it("ends every admitted run once, and no ticket gets a comment twice", async () => {
    const sandbox = sandboxClient(surroundings.sandbox.url);
    const console = consoleClient(surroundings.interlock.url);
    const ticket = (index: number) => ({
      subject: `Charged twice, order ${index}`,
      description: "My credit card was charged twice for the same subscription invoice. Please refund the second payment.",
    });
    const comments = async () => {
      const { tickets } = await sandbox.state();
      return tickets.map(({ id, comments }) => ({ id, ours: comments.filter(({ body }) => body.startsWith("Interlock sent")).length }));
    };
    const waitFor = async (done: () => Promise<boolean>, seconds: number, what: string) => {
      const limit = Date.now() + seconds * 1000;
      while (!(await done().catch(() => false))) {
        if (Date.now() > limit) throw new Error(`${what}: not within ${seconds} s`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };

    // The built-in model is trained once, before the load.
    await sandbox.newTicket(ticket(0));
    await waitFor(async () => (await comments()).some(({ ours }) => ours === 1), 60, "the first ticket");

    // An unanswered webhook is what a kill looks like to the sender: it may fail, and must not fail the test.
    const load = Promise.all(Array.from({ length: TICKETS }, (_, index) => sandbox.newTicket(ticket(index + 1)).catch(() => undefined)));
    const seen = new Set<string>();
    const unfinished: number[] = [];
    for (const share of [0.15, 0.5]) {
      await waitFor(
        async () => (await comments()).filter(({ ours }) => ours > 0).length > TICKETS * share,
        60,
        `${share * 100} % of the tickets`,
      );
      await surroundings.interlock.kill();
      const left = admitted();
      for (const id of left.ids) seen.add(id);
      unfinished.push(left.unfinished);
      await surroundings.restart();
    }
    const restarted = Date.now();
    await load;

    await waitFor(
      async () => {
        const ended = new Set((await console.runs()).filter(({ status }) => status === "completed").map(({ id }) => id));
        return [...seen].every((id) => ended.has(id));
      },
      90,
      `all ${seen.size} admitted runs`,
    );
    const runs = await console.runs();
    await waitFor(async () => (await console.runs()).every(({ status }) => status === "completed"), 60, "every run");
    const counts = await comments();
    const bySubject = Map.groupBy(await console.runs(), ({ subject }) => subject);
    process.stdout.write(
      `kill test: ${seen.size} runs admitted before the kills, ${unfinished.join(" and ")} of them unfinished at each, ${runs.length} ended in all, ${((Date.now() - restarted) / 1000).toFixed(1)} s after the last restart\n`,
    );
    // A kill that interrupted nothing would prove nothing.
    expect(unfinished.every((count) => count > 0)).toBe(true);
    expect(counts.filter(({ ours }) => ours > 1)).toEqual([]);
    for (const [subject, own] of bySubject) {
      expect(own, `runs of ticket ${subject}`).toHaveLength(1);
      expect(counts.find(({ id }) => String(id) === subject)?.ours, `comments of ticket ${subject}`).toBe(1);
    }
    const { slack } = await sandbox.state();
    expect(Object.values(slack.messages).flat()).toHaveLength(bySubject.size);
  });
});
