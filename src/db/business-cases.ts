// What production says about a workflow's work, counted; and what its owner said of it, of which every version stays. It decides nothing about what the counts mean.
import { EVERY_WORKFLOW } from "../core/principal.ts";
import type { ProductionCounts } from "../validation/measured-figures.ts";
import { costsPerRecord } from "./costs.ts";

export async function countProduction(db: D1Database, workflow: string, from: number, to: number): Promise<ProductionCounts> {
  const statement = (sql: string) => db.prepare(sql).bind(workflow, from, to);
  const [runs, checks, decisions] = await db.batch([
    statement(
      `select count(*) as records, coalesce(sum(automatic), 0) as automatic from (
         select min(case when e.status in ('applied', 'undoing', 'undone', 'undo_conflict', 'undo_failed')
             or (e.body->>'$.refused.because' = 'shadow' and e.body->>'$.ruling.outcome' = 'allow') then 1 else 0 end)
           and not exists (select 1 from approval as a where a.run = e.run) as automatic
         from effect as e join run as r on r.id = e.run
         where e.workflow = ?1 and e.at >= ?2 and e.at < ?3 and r.status in ('completed', 'failed', 'cancelled')
         group by e.run)`,
    ),
    statement(
      `select count(*) as checked, coalesce(sum(c.verdict = 'wrong'), 0) as wrong
       from effect_check as c join effect as e on e.run = c.run and e.step = c.step
       where e.workflow = ?1 and e.at >= ?2 and e.at < ?3`,
    ),
    statement(
      `select count(*) as decided, coalesce(sum(status <> 'approved'), 0) as corrected
       from approval where workflow = ?1 and decided_at >= ?2 and decided_at < ?3 and action <> '' and status in ('approved', 'edited', 'rejected')`,
    ),
  ]);
  const [costs] = await costsPerRecord(db, { within: EVERY_WORKFLOW, workflow, from, to });
  return {
    ...(runs?.results[0] as Pick<ProductionCounts, "records" | "automatic">),
    ...(checks?.results[0] as Pick<ProductionCounts, "checked" | "wrong">),
    ...(decisions?.results[0] as Pick<ProductionCounts, "decided" | "corrected">),
    runsWithModel: costs?.runs ?? 0,
    cost: { usd: costs?.usd ?? 0, calls: costs?.calls ?? 0, unknownCalls: costs?.unknownCalls ?? 0 },
  };
}

export interface KeptInputs {
  readonly at: number;
  readonly by: string;
  /** JSON. */
  readonly body: string;
}

/** The latest; null where nobody has said anything. */
export const latestInputs = (db: D1Database, workflow: string): Promise<KeptInputs | null> =>
  db.prepare("select at, by, body from business_case where workflow = ? order by at desc limit 1").bind(workflow).first<KeptInputs>();

export async function keepInputs(db: D1Database, workflow: string, { at, by, body }: KeptInputs): Promise<void> {
  await db
    .prepare(
      `insert into business_case (workflow, at, by, body)
       values (?1, max(?2, coalesce((select max(at) + 1 from business_case where workflow = ?1), 0)), ?3, ?4)`,
    )
    .bind(workflow, at, by, body)
    .run();
}
