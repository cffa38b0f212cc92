// Contested changes: who contested what and why, and how it was closed. Rows that stay; a contest is open until its closing is there. Whether somebody may close one
// is asked in the statement that closes it, of the run's own audit, so that nobody who decided the change can slip in between.
import { EVERY_WORKFLOW, type Within } from "../core/principal.ts";

export interface Contest {
  readonly id: string;
  readonly run: string;
  readonly workflow: string;
  readonly step: string;
  readonly action: string;
  readonly target: string;
  readonly person: string;
  readonly reason: string;
  readonly at: number;
  readonly by: string;
  readonly closing: {
    readonly at: number;
    readonly by: string;
    readonly outcome: "upheld" | "changed";
    readonly reason: string;
  } | null;
}

export type NewContest = Pick<Contest, "id" | "run" | "step" | "person" | "reason" | "at" | "by">;

/** What a contest of this step would be about; null where the run has no such step with a write or a question. */
export async function contestable(
  db: D1Database,
  run: string,
  step: string,
): Promise<{ readonly workflow: string; readonly decided: boolean } | null> {
  return db
    .prepare(
      `select r.workflow,
         not exists (select 1 from approval as a where a.run = r.id and a.step = ?2 and a.status = 'pending')
         and (exists (select 1 from effect as e where e.run = r.id and e.step = ?2 and e.status <> 'intended')
           or exists (select 1 from approval as a where a.run = r.id and a.step = ?2 and a.status <> 'voided')) as decided
       from run as r where r.id = ?1
         and (exists (select 1 from effect where run = ?1 and step = ?2) or exists (select 1 from approval where run = ?1 and step = ?2))`,
    )
    .bind(run, step)
    .first<{ workflow: string; decided: number }>()
    .then((row) => row && { workflow: row.workflow, decided: row.decided === 1 });
}

/** False where the same person's contest of the same step is open already. */
export async function openContest(db: D1Database, { id, run, step, person, reason, at, by }: NewContest): Promise<boolean> {
  const { results } = await db
    .prepare(
      `insert into contest (id, run, step, person, reason, at, by) select ?1, ?2, ?3, ?4, ?5, ?6, ?7
       where not exists (select 1 from contest where run = ?2 and step = ?3 and person = ?4 and id not in (select contest from contest_closing))
       returning id`,
    )
    .bind(id, run, step, person, reason, at, by)
    .all();
  return results.length > 0;
}

/** False where it is closed already, or `by` opened it or had a part in the decision: a vote, or an operator's word. An undo is none. */
export async function closeContest(
  db: D1Database,
  id: string,
  { at, by, outcome, reason }: NonNullable<Contest["closing"]>,
): Promise<boolean> {
  const { results } = await db
    .prepare(
      `insert into contest_closing (contest, at, by, outcome, reason) select c.id, ?2, ?3, ?4, ?5 from contest as c
       where c.id = ?1 and c.by <> ?3 and c.id not in (select contest from contest_closing)
         and not exists (select 1 from audit as a where a.run = c.run and a.step = c.step and a.actor = ?3
           and (a.type like 'approval.%' or a.type = 'operator.resolved'))
       returning contest`,
    )
    .bind(id, at, by, outcome, reason)
    .all();
  return results.length > 0;
}

interface Stored extends Omit<Contest, "closing"> {
  readonly closedAt: number | null;
  readonly closedBy: string | null;
  readonly outcome: "upheld" | "changed" | null;
  readonly closingReason: string | null;
}

const CONTESTS = `select c.id, c.run, r.workflow, c.step, c.person, c.reason, c.at, c.by,
    coalesce(e.action, (select a.action from approval as a where a.run = c.run and a.step = c.step limit 1), '') as action,
    coalesce(e.target, (select a.target from approval as a where a.run = c.run and a.step = c.step limit 1), '') as target,
    d.at as closedAt, d.by as closedBy, d.outcome, d.reason as closingReason
  from contest as c join run as r on r.id = c.run
  left join effect as e on e.run = c.run and e.step = c.step
  left join contest_closing as d on d.contest = c.id`;

const contestOf = ({ closedAt, closedBy, outcome, closingReason, ...row }: Stored): Contest => ({
  ...row,
  closing:
    closedAt === null || closedBy === null || outcome === null
      ? null
      : { at: closedAt, by: closedBy, outcome, reason: closingReason ?? "" },
});

export async function readContest(db: D1Database, id: string): Promise<Contest | null> {
  const row = await db.prepare(`${CONTESTS} where c.id = ?`).bind(id).first<Stored>();
  return row && contestOf(row);
}

/** Open ones, the longest waiting first; closed ones, the latest first. */
export async function listContests(db: D1Database, status: "open" | "closed", within: Within, limit: number): Promise<Contest[]> {
  const wanted = status === "open" ? "d.contest is null" : "d.contest is not null";
  const { results } = await db
    .prepare(
      `${CONTESTS} where ${wanted} and (?1 is null or r.workflow in (select value from json_each(?1)))
       order by ${status === "open" ? "c.at" : "d.at desc"}, c.id limit ?2`,
    )
    .bind(within === EVERY_WORKFLOW ? null : JSON.stringify(within), limit)
    .all<Stored>();
  return results.map(contestOf);
}

/** Those of one run, oldest first. */
export async function contestsOfRun(db: D1Database, run: string): Promise<Contest[]> {
  const { results } = await db.prepare(`${CONTESTS} where c.run = ? order by c.at, c.id`).bind(run).all<Stored>();
  return results.map(contestOf);
}
