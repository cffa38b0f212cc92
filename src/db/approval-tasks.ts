// Approvals as tasks: the few facts of each that claims, bulk decisions and notices need, by id or by what they would change. It reads and judges nothing.
import type { Approval } from "../core/approval.ts";

export interface Task {
  readonly id: string;
  readonly run: string;
  readonly workflow: string;
  readonly specVersion: number;
  readonly status: string;
  readonly approval: Approval;
  /** The kind of decision that a regulated workflow makes ("other" where the spec is not in D1); null for a standard one. */
  readonly regulated: string | null;
  /** When the contents of its run were removed. */
  readonly erasedAt: number | null;
}

interface Stored extends Omit<Task, "approval"> {
  readonly body: string;
}

const TASKS = `select a.id, a.run, a.workflow, r.spec_version as specVersion, a.status, a.body, r.erased_at as erasedAt,
    nullif(coalesce(s.body->>'$.regulated', 'other'), 0) as regulated
  from approval as a join run as r on r.id = a.run
  left join governance_spec as s on s.workflow = r.workflow and s.version = r.spec_version`;

const taskOf = ({ body, ...row }: Stored): Task => ({ ...row, approval: JSON.parse(body) as Approval });

/** Those of these ids that exist. */
export async function tasksOf(db: D1Database, ids: readonly string[]): Promise<Task[]> {
  const { results } = await db.prepare(`${TASKS} where a.id in (select value from json_each(?))`).bind(JSON.stringify(ids)).all<Stored>();
  return results.map(taskOf);
}

/** What waits for the same action of the same workflow under the same spec, the nearest deadline first. */
export async function pendingLike(
  db: D1Database,
  { workflow, specVersion, approval }: Pick<Task, "workflow" | "specVersion" | "approval">,
  limit: number,
): Promise<Task[]> {
  const { results } = await db
    .prepare(
      `${TASKS} where a.status = 'pending' and a.workflow = ?1 and a.action = ?2 and r.spec_version = ?3 order by a.expires_at, a.id limit ?4`,
    )
    .bind(workflow, approval.action, specVersion, limit)
    .all<Stored>();
  return results.map(taskOf);
}
