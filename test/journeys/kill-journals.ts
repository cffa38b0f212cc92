// What a Worker that is not running has on disk: every run that a partition admitted, and how far its journal is. The journal of a run that has ended has left its
// partition for D1. Read from a copy, write-ahead logs and all: opening a database replays its log, and the files are the next process's.
import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { bodiesOf } from "../../src/db/audit-content.ts";
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
    const files = readdirSync(copy, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".sqlite"));
    const runs: KeptRun[] = [];
    const inD1 = new Map<string, Entry[]>();
    for (const file of files) {
      const db = new DatabaseSync(path.join(copy, file));
      const { tables } = db.prepare("select json_group_array(name) as tables from sqlite_master").get() as { tables: string };
      if (tables.includes('"audit_content"')) for (const [id, entries] of readD1(db)) inD1.set(id, entries);
      else if (tables.includes('"entry"')) runs.push(...readPartition(db));
      db.close();
    }
    return runs.map(({ id, ticket, closed, entries }) => ({ id, ticket, entries: closed ? (inD1.get(id) ?? []) : entries }));
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

type KeptRun = RecordedRun & { readonly closed: boolean };

function readPartition(db: DatabaseSync): KeptRun[] {
  const rows = db.prepare("select no, id, event ->> 'subject' as ticket, open from run").all() as {
    no: number;
    id: string;
    ticket: string;
    open: number;
  }[];
  const runs = new Map(rows.map(({ no, id, ticket, open }) => [no, { id, ticket, closed: open === 0, entries: [] as Entry[] }]));
  for (const { id, body } of db.prepare("select id, body from entry order by id").all() as { id: number; body: string }[])
    runs.get(Math.floor(id / SPAN))?.entries.push(...(JSON.parse(body) as Entry[]));
  return [...runs.values()];
}

function readD1(db: DatabaseSync): Map<string, Entry[]> {
  type Content = { run: string; firstSeq: number; body: string };
  const contents = db.prepare("select run, first_seq as firstSeq, body from audit_content").all() as unknown as Content[];
  const bodies = new Map([...Map.groupBy(contents, ({ run }) => run)].map(([run, rows]) => [run, bodiesOf(rows)]));
  type Record = { run: string; seq: number; at: number; type: string; step: string | null };
  const records = db.prepare("select run, seq, at, type, step from audit order by run, seq").all() as unknown as Record[];
  return new Map(
    [...Map.groupBy(records, ({ run }) => run)].map(([run, rows]) => [
      run,
      rows.map(({ seq, at, type, step }) => ({ ...bodies.get(run)?.get(seq), seq, at, type, ...(step === null ? {} : { step }) }) as Entry),
    ]),
  );
}

export const endOf = ({ entries }: RecordedRun): Entry | undefined =>
  entries.find(({ type }) => type === "run.completed" || type === "run.failed");

/** When the latest of a run's writes left or was given up of which nobody knows yet whether it was made. */
export function unansweredSince({ entries }: RecordedRun): number | null {
  const steps = Map.groupBy(entries.filter((entry) => entry.step !== undefined) as (StepEntry & Entry)[], ({ step }) => step);
  const open = [...steps.values()].flatMap((own) => foldEffect(own).outstanding?.since ?? []);
  return open.length === 0 ? null : Math.max(...open);
}
