// Breakers in D1: what took from a workflow the power to write without asking, since when, on which evidence, and who gave it back. A trip is a row that stays; of each
// workflow at most one is open. It must not decide when one trips, nor what follows from it (governance/evaluate.ts).
import type { Json } from "../core/json.ts";
import { EVERY_WORKFLOW, type Within } from "../core/principal.ts";

export interface Trip {
  readonly workflow: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Who tripped it: "interlock" for what nobody asked for. */
  readonly by: string;
  /** For people: as a sentence. */
  readonly reason: string;
  /** The numbers behind it, as they were. */
  readonly evidence: Json;
}

export interface Breaker {
  readonly workflow: string;
  readonly openedAt: number;
  readonly openedBy: string;
  readonly reason: string;
  readonly evidence: Json;
  /** Null while it is open. */
  readonly closed: { readonly at: number; readonly by: string; readonly because: string } | null;
}

/** False where one was open already, and stays as it was. One in the same millisecond as another, or by a clock that is behind, counts as a moment later. */
export async function tripBreaker(db: D1Database, { workflow, at, by, reason, evidence }: Trip): Promise<boolean> {
  const { results } = await db
    .prepare(
      `insert into breaker (workflow, opened_at, opened_by, reason, evidence)
       select ?1, max(?2, coalesce((select max(opened_at) + 1 from breaker where workflow = ?1), 0)), ?3, ?4, ?5
       where not exists (select 1 from breaker where workflow = ?1 and closed_at is null) returning opened_at`,
    )
    .bind(workflow, at, by, reason, JSON.stringify(evidence))
    .all();
  return results.length > 0;
}

/** `openedAt`: of the trip that was read; false where it is not open any more. */
export async function closeBreaker(
  db: D1Database,
  { workflow, openedAt, at, by, because }: { readonly workflow: string; readonly openedAt: number } & NonNullable<Breaker["closed"]>,
): Promise<boolean> {
  const { results } = await db
    .prepare(
      `update breaker set closed_at = max(?3, opened_at), closed_by = ?4, closed_because = ?5
       where workflow = ?1 and opened_at = ?2 and closed_at is null returning opened_at`,
    )
    .bind(workflow, openedAt, at, by, because)
    .all();
  return results.length > 0;
}

interface Stored {
  workflow: string;
  openedAt: number;
  openedBy: string;
  reason: string;
  evidence: string;
  closedAt: number | null;
  closedBy: string | null;
  closedBecause: string | null;
}

const COLUMNS = `workflow, opened_at as "openedAt", opened_by as "openedBy", reason, evidence,
  closed_at as "closedAt", closed_by as "closedBy", closed_because as "closedBecause"`;

const breakerOf = ({ closedAt, closedBy, closedBecause, evidence, ...row }: Stored): Breaker => ({
  ...row,
  evidence: JSON.parse(evidence) as Json,
  closed: closedAt === null ? null : { at: closedAt, by: closedBy ?? "", because: closedBecause ?? "" },
});

/** The one that is open now, or null. */
export async function openBreakerOf(db: D1Database, workflow: string): Promise<Breaker | null> {
  const row = await db.prepare(`select ${COLUMNS} from breaker where workflow = ? and closed_at is null`).bind(workflow).first<Stored>();
  return row && breakerOf(row);
}

const bound = (within: Within): string | null => (within === EVERY_WORKFLOW ? null : JSON.stringify(within));

/** Open ones first, then the latest. */
export async function listBreakers(db: D1Database, within: Within, limit: number): Promise<Breaker[]> {
  const { results } = await db
    .prepare(
      `select ${COLUMNS} from breaker where ?1 is null or workflow in (select value from json_each(?1))
       order by closed_at is not null, opened_at desc, workflow limit ?2`,
    )
    .bind(bound(within), limit)
    .all<Stored>();
  return results.map(breakerOf);
}
