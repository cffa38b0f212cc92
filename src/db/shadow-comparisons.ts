// What shadow mode would have written, beside what the records held later: one row per intended write. It finds those that are to be looked at and keeps what was
// found; whether two values are the same is not said here.
import type { ComparedField, ShadowRecord } from "../validation/shadow.ts";

export interface IntendedWrite {
  readonly run: string;
  readonly step: string;
  readonly workflow: string;
  readonly action: string;
  readonly target: string;
  readonly decision: string | null;
  readonly score: number | null;
  readonly intendedAt: number;
}

export interface Wanted {
  /** One workflow's, or everybody's. */
  readonly workflow: string | null;
  /** Intended in this time: `until` is not included. */
  readonly since: number;
  readonly until: number;
  /** One that was looked at without a finding is looked at again when that was before this. */
  readonly again: number;
  readonly limit: number;
}

/** Writes that shadow mode withheld and that were not compared yet, or of whose records nobody had touched anything; the oldest first. */
export async function writesToCompare(db: D1Database, { workflow, since, until, again, limit }: Wanted): Promise<IntendedWrite[]> {
  const { results } = await db
    .prepare(
      `select e.run, e.step, e.workflow, e.action, e.target, e.body->>'$.basedOn.decision' as decision, e.body->>'$.basedOn.confidence' as score,
         e.at as "intendedAt"
       from effect as e join run as r on r.id = e.run left join shadow_comparison as s on s.run = e.run and s.step = e.step
       where e.at >= ?2 and e.at < ?3 and (?1 is null or e.workflow = ?1) and e.status = 'refused' and e.body->>'$.refused.because' = 'shadow'
         and r.erased_at is null and (s.run is null or (s.outcome in ('not_done', 'unread') and s.at < ?4))
       order by e.at, e.run, e.step limit ?5`,
    )
    .bind(workflow, since, until, again, limit)
    .all<IntendedWrite>();
  return results;
}

export interface Comparison extends IntendedWrite {
  readonly at: number;
  readonly outcome: ShadowRecord["outcome"];
  readonly because: string | null;
  readonly fields: readonly ComparedField[] | null;
}

/** One that people have decided by then stays as it was found. */
export async function keepComparisons(db: D1Database, found: readonly Comparison[]): Promise<void> {
  if (found.length === 0) return;
  const rows = found.map((one) => [
    one.run,
    one.step,
    one.workflow,
    one.action,
    one.target,
    one.decision,
    one.score,
    one.intendedAt,
    one.at,
    one.outcome,
    one.because,
    one.fields && JSON.stringify(one.fields),
  ]);
  await db
    .prepare(
      `insert into shadow_comparison (run, step, workflow, action, target, decision, score, intended_at, at, outcome, because, fields)
       select ${Array.from({ length: 12 }, (_, index) => `value->>${index}`).join(", ")} from json_each(?) where true
       on conflict (run, step) do update set at = excluded.at, outcome = excluded.outcome, because = excluded.because, fields = excluded.fields
       where shadow_comparison.outcome in ('not_done', 'unread')`,
    )
    .bind(JSON.stringify(rows))
    .run();
}

interface Stored extends Omit<Comparison, "fields"> {
  readonly fields: string | null;
}

/** Intended since then; those where people did otherwise first, the newest of each first. */
export async function listComparisons(
  db: D1Database,
  { workflow, since, limit }: { readonly workflow: string; readonly since: number; readonly limit: number },
): Promise<Comparison[]> {
  const { results } = await db
    .prepare(
      `select run, step, workflow, action, target, decision, score, intended_at as "intendedAt", at, outcome, because, fields from shadow_comparison
       where workflow = ?1 and intended_at >= ?2
       order by outcome <> 'different', intended_at desc, run, step limit ?3`,
    )
    .bind(workflow, since, limit)
    .all<Stored>();
  return results.map(({ fields, ...row }) => ({ ...row, fields: fields === null ? null : (JSON.parse(fields) as ComparedField[]) }));
}
