// The journal entries behind a workflow's latest writes, from the audit: what a dry run of a spec is fed with. It reads only the kinds of entries that it is asked
// for, and none of a run whose contents were removed. It must not say what they mean.
import type { JsonObject } from "../core/json.ts";

export interface RunEntries {
  readonly run: string;
  readonly entries: readonly { readonly at: number; readonly type: string; readonly step: string | null; readonly body: JsonObject }[];
}

const KINDS = [
  "run.started",
  "run.event_replaced",
  "effect.intended",
  "effect.looked",
  "effect.ruled",
  "approval.decided",
  "approval.voided",
];

/** Of the latest runs that intended a write, newest first. */
export async function latestEffectEntries(db: D1Database, workflow: string, runs: number): Promise<RunEntries[]> {
  const { results } = await db
    .prepare(
      `with latest as (
         select r.id, r.started_at from run as r
         where r.workflow = ?1 and r.erased_at is null and exists (select 1 from effect as e where e.run = r.id)
         order by r.started_at desc, r.id limit ?2)
       select a.run, a.seq, a.at, a.type, a.step, c.body->('$[' || (a.seq - c.first_seq) || ']') as body
       from latest as l join audit as a on a.run = l.id join audit_content as c on c.run = a.run and a.seq between c.first_seq and c.last_seq
       where a.type in (select value from json_each(?3)) order by l.started_at desc, a.run, a.seq`,
    )
    .bind(workflow, runs, JSON.stringify(KINDS))
    .all<{ run: string; seq: number; at: number; type: string; step: string | null; body: string }>();
  // Rows of contents may overlap, and then say the same.
  const byRun = new Map<string, Map<number, RunEntries["entries"][number]>>();
  for (const { run, seq, at, type, step, body } of results) {
    const entries = byRun.get(run) ?? new Map();
    byRun.set(run, entries.set(seq, { at, type, step, body: JSON.parse(body) as JsonObject }));
  }
  return [...byRun].map(([run, entries]) => ({ run, entries: [...entries.values()] }));
}
