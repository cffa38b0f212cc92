import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { beforeEach, describe, expect, it } from "vitest";
import type { LiveRun } from "../../../durable-objects/live-run.ts";
import { LiveRun as Live } from "../../../durable-objects/live-run.ts";
import { entryRows, PartitionJournal } from "../../../durable-objects/partition-journal.ts";
import { Stage } from "../../../durable-objects/run-queue.ts";
import { migrate } from "../../../durable-objects/storage-migrations.ts";
import type { Entry, NewEntry } from "../../../src/engine/journal.ts";
import { tell } from "../http/stories.ts";

/** An object's SQLite over node:sqlite; it must not be kinder: a transaction that throws leaves nothing. */
function fakeStorage(): DurableObjectStorage {
  const db = new DatabaseSync(":memory:");
  const exec = (sql: string, ...params: SQLInputValue[]) => {
    const rows = db.prepare(sql).all(...params);
    return { toArray: () => rows, one: () => rows[0], [Symbol.iterator]: () => rows[Symbol.iterator]() };
  };
  const transactionSync = (work: () => void) => {
    db.exec("begin");
    try {
      work();
      db.exec("commit");
    } catch (error) {
      db.exec("rollback");
      throw error;
    }
  };
  return { sql: { exec }, transactionSync } as unknown as DurableObjectStorage;
}

const BEGUN = { stage: Stage.begun, rank: 1, ready: null, waiting: null };

describe("a partition's journal", () => {
  const story = tell({ ending: "approved", ticket: 1 });
  let storage: DurableObjectStorage;
  let journal: PartitionJournal;
  let failures: string[];
  const commit = (write: () => void) => journal.writeNow(write);
  const rows = () => storage.sql.exec("select id from entry order by id").toArray().length;
  const load = (id = story.id) => journal.load(id, 0) as LiveRun;
  const news = (entries: readonly Entry[]): NewEntry[] => entries.map(({ seq: _, at: __, ...entry }) => entry as NewEntry);

  beforeEach(() => {
    storage = fakeStorage();
    migrate(storage.sql);
    failures = [];
    journal = new PartitionJournal(storage, (error) => failures.push(String(error)));
  });

  /** A run with the story's entries, written in rows of five. */
  const begin = async (id = story.id): Promise<LiveRun> => {
    const pins = { workflow: "ticket-triage", version: 1, manifestDigest: "m", specVersion: 3 };
    const row = journal.insertRun({ id, lane: "l", atOnce: 1, confined: false, pins, event: story.event, created: 1, salt: "5a17" }, BEGUN);
    if (!row) throw new Error("exists");
    const run = new Live(row, 1);
    for (let at = 0; at < story.entries.length; at += 5) {
      run.add(news(story.entries.slice(at, at + 5)), 7);
      await journal.save(run);
    }
    return run;
  };
  const mark = (run: LiveRun, projected: number, open: 0 | 1 = 0) =>
    commit(() => journal.setProjected([{ no: run.row.no, projected, head: `hash ${projected}`, open, ended: open === 0 ? 1 : 0 }]));

  it("closes a run of which D1 has all: entries, event data, salt and wait are gone, the id stays taken", async () => {
    const other = await begin("other");
    const run = await begin();
    await commit(() => journal.setWaiting(run.row, { kind: "timer", step: "s", until: 5 }, 5));
    const before = rows();
    await mark(run, run.seq);
    expect(rows()).toBe(before / 2);
    const closed = load();
    expect(closed).toMatchObject({ inD1Only: true, entries: [], projected: run.seq, head: `hash ${run.seq}`, waiting: null });
    expect(closed.row.salt).toBe("");
    expect(closed.row.event).toEqual({ ...story.event, data: undefined });
    expect(load("other").entries).toEqual(other.entries);
    expect(journal.insertRun({ ...run.row }, BEGUN)).toBeNull();
    expect(journal.due(Number.MAX_SAFE_INTEGER, 10)).toEqual(["other"]);
  });

  it("does not close a run that has entries which D1 has not, whoever asks", async () => {
    const run = await begin();
    await mark(run, run.seq - 1 - ((run.seq - 1) % 5));
    expect(load()).toMatchObject({ inD1Only: false, entries: run.entries, head: expect.stringContaining("hash") });
  });

  it("does not open a closed run because somebody who is behind says how far D1 is", async () => {
    const run = await begin();
    await mark(run, run.seq);
    await mark(run, 3, 1);
    expect(load()).toMatchObject({ inD1Only: true, projected: run.seq, head: `hash ${run.seq}` });
  });

  it("takes no entry of a closed run: an instance that was overtaken fails, and its transaction with it", async () => {
    const run = await begin();
    await mark(run, run.seq);
    run.add([{ type: "effect.sending", step: "route ticket", attempt: 2, values: {} }], 9);
    await expect(commit(() => journal.insertUnsaved(run))).rejects.toThrow("was closed meanwhile");
    expect(rows()).toBe(0);
    expect(failures).toEqual([expect.stringContaining("was closed meanwhile")]);
  });

  it("ends the instance when a save fails, for each of those that it was one commit for", async () => {
    const [one, two] = [await begin("one"), await begin("two")];
    journal.busy = () => 3;
    const behind = new Live(one.row, 1);
    for (const run of [behind, two]) run.add([{ type: "effect.sending", step: "route ticket", attempt: 2, values: {} }], 9);
    const before = rows();
    const saved = await Promise.allSettled([journal.save(behind), journal.save(two)]);
    expect(saved.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(rows()).toBe(before);
    expect(failures).toEqual([expect.stringContaining("UNIQUE")]);
  });

  it("puts a journal back entry by entry, with event and salt, and takes what is said to it after that", async () => {
    const run = await begin();
    await mark(run, run.seq);
    run.add([{ type: "undo.requested", step: "route ticket", by: "ada@example.com" }], 9);
    await commit(() => {
      journal.reopen(run);
      journal.insertUnsaved(run);
      journal.setDue(run.row, 9);
    });
    const back = load();
    expect(back.entries).toEqual(run.entries);
    expect(back).toMatchObject({ inD1Only: false, projected: run.seq - 1, row: { event: story.event, salt: "5a17" } });
    expect(rows()).toBe(run.seq);
    // Every number is taken: an instance that still holds an earlier state cannot write between them.
    const behind = new Live(run.row, 1);
    behind.load(story.entries.slice(0, 4));
    behind.add([{ type: "effect.sending", step: "route ticket", attempt: 2, values: {} }], 9);
    await expect(commit(() => journal.insertUnsaved(behind))).rejects.toThrow(/UNIQUE/);
  });

  it("leaves an open run as it is when it is reopened", async () => {
    const run = await begin();
    const before = rows();
    await commit(() => journal.reopen(run));
    expect(rows()).toBe(before);
  });

  it("knows which of some runs should be moving", async () => {
    const [waits, due, idle, ended] = [await begin("waits"), await begin("due"), await begin("idle"), await begin("ended")];
    await commit(() => journal.setWaiting(waits.row, { kind: "timer", step: "s", until: 50 }, 50));
    await commit(() => journal.setWaiting(due.row, { kind: "timer", step: "s", until: 40 }, 40));
    await mark(ended, ended.seq);
    await begin("not asked after");
    expect(journal.dueAmong(["waits", "due", "idle", "ended", "unknown"], 40).sort()).toEqual(["due", "idle"]);
    expect(idle.row.no).toBeGreaterThan(0);
  });
});

describe("a commit", () => {
  const entry = (seq: number, bytes: number): Entry => ({
    seq,
    at: 1,
    type: "step.done",
    step: "s",
    args: "",
    output: "€".repeat(bytes / 3),
  });
  const shape = (made: ReturnType<typeof entryRows>) => made.map(({ seq, body }) => [seq, (JSON.parse(body) as Entry[]).length]);

  it("is one row unless it is large", () => {
    expect(entryRows([], 1_000)).toEqual([]);
    expect(shape(entryRows([entry(4, 30), entry(5, 30)], 1_000))).toEqual([[4, 2]]);
  });

  it("that is large is rows that each fit, counted in bytes, with every entry in order", () => {
    const entries = [entry(7, 300), entry(8, 300), entry(9, 900), entry(10, 3_000), entry(11, 30), entry(12, 30)];
    const made = entryRows(entries, 1_000);
    expect(shape(made)).toEqual([
      [7, 2],
      [9, 1],
      [10, 1],
      [11, 2],
    ]);
    expect(made.flatMap(({ body }) => JSON.parse(body) as Entry[])).toEqual(entries);
    for (const { seq, body } of made) if (seq !== 10) expect(Buffer.byteLength(body)).toBeLessThan(1_010);
  });
});
