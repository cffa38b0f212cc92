// What the partitions of a Worker that is not running have on disk: every admitted run, and how far its journal is. Read from a copy, write-ahead logs and all:
// opening a database replays its log, and the files are the next process's.
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { foldEffect } from "../../src/engine/effect-decision.ts";
import type { Entry, StepEntry } from "../../src/engine/journal.ts";

export interface RecordedRun {
  readonly id: string;
  readonly ticket: string;
  readonly entries: readonly Entry[];
}

const SPAN = 2 ** 20;

export function readJournals(state: string): RecordedRun[] {
  const copy = mkdtempSync(path.join(tmpdir(), "interlock-kill-"));
  try {
    cpSync(state, copy, { recursive: true });
    return readdirSync(copy, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".sqlite"))
      .flatMap((file) => readPartition(path.join(copy, file)));
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function readPartition(file: string): RecordedRun[] {
  const db = new DatabaseSync(file);
  try {
    const tables = db.prepare("select name from sqlite_master where name in ('run', 'entry', 'spec')").all();
    if (tables.length < 3) return [];
    const runs = new Map<number, { id: string; ticket: string; entries: Entry[] }>();
    for (const { no, id, ticket } of db.prepare("select no, id, event ->> 'subject' as ticket from run").all() as {
      no: number;
      id: string;
      ticket: string;
    }[])
      runs.set(no, { id, ticket, entries: [] });
    for (const { id, body } of db.prepare("select id, body from entry order by id").all() as { id: number; body: string }[])
      runs.get(Math.floor(id / SPAN))?.entries.push(...(JSON.parse(body) as Entry[]));
    return [...runs.values()];
  } finally {
    db.close();
  }
}

export const endOf = ({ entries }: RecordedRun): Entry | undefined =>
  entries.find(({ type }) => type === "run.completed" || type === "run.failed");

/** When the latest of a run's writes left or was given up of which nobody knows yet whether it was made. */
export function unansweredSince({ entries }: RecordedRun): number | null {
  const steps = Map.groupBy(entries.filter((entry) => entry.step !== undefined) as (StepEntry & Entry)[], ({ step }) => step);
  const open = [...steps.values()].flatMap((own) => foldEffect(own).outstanding?.since ?? []);
  return open.length === 0 ? null : Math.max(...open);
}
