// Runs as many: which ones a filter wants, how many these are, and the runs that were begun again of one. A filter reads the whole table when it names no time:
// it is for a person who asks.
import { and, asc, eq, gte, lt, type SQL, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { Within } from "../core/principal.ts";
import type { RunStatus } from "../core/run.ts";
import { run } from "./schema.ts";
import { inside } from "./within.ts";

export interface RunsWanted {
  readonly status?: RunStatus | undefined;
  readonly workflow?: string | undefined;
  readonly version?: number | undefined;
  /** The code of the error that a failed run ended with, or that a waiting one waits over. */
  readonly error?: string | undefined;
  readonly startedFrom?: number | undefined;
  readonly startedBefore?: number | undefined;
}

/** `within`: of which workflows runs may be shown at all. */
export type RunsShown = RunsWanted & { readonly within: Within };

/** The place of a run among those that a filter wants, the oldest first. */
export interface RunPlace {
  readonly at: number;
  readonly id: string;
}

export const isWanted = ({ within, status, workflow, version, error, startedFrom, startedBefore }: RunsShown): SQL | undefined =>
  and(
    inside(run.workflow, within),
    status ? eq(run.status, status) : undefined,
    workflow ? eq(run.workflow, workflow) : undefined,
    version === undefined ? undefined : eq(run.version, version),
    error ? sql`coalesce(${run.state}->>'$.error.code', ${run.state}->>'$.on.error.code') = ${error}` : undefined,
    startedFrom === undefined ? undefined : gte(run.startedAt, startedFrom),
    startedBefore === undefined ? undefined : lt(run.startedAt, startedBefore),
  );

/** No run was begun again of this one, or of its own original, since. */
const isLatest = sql`not exists (
  select 1 from run as later, (select substr(${run.id}, 1, instr(${run.id} || '~', '~') - 1) as original) as o
  where later.id > o.original || '~' and later.id < o.original || '~:' and (later.started_at, later.id) > (${run.startedAt}, ${run.id}))`;

/** The oldest first, from `after` on. */
export async function runsMatching(
  db: D1Database,
  filter: RunsShown & { readonly after?: RunPlace | undefined; readonly latestOnly?: boolean | undefined },
  limit: number,
): Promise<RunPlace[]> {
  const { after, latestOnly } = filter;
  return drizzle(db)
    .select({ at: run.startedAt, id: run.id })
    .from(run)
    .where(
      and(isWanted(filter), after && sql`(${run.startedAt}, ${run.id}) > (${after.at}, ${after.id})`, latestOnly ? isLatest : undefined),
    )
    .orderBy(asc(run.startedAt), asc(run.id))
    .limit(limit);
}

/** Counted up to `most`. */
export async function countRuns(db: D1Database, filter: RunsShown, most: number): Promise<number> {
  const some = drizzle(db).select({ id: run.id }).from(run).where(isWanted(filter)).limit(most).as("some");
  const [row] = await drizzle(db).select({ n: sql<number>`count(*)` }).from(some);
  return row?.n ?? 0;
}

/** Ids of the runs that were begun again of an original, the first one first. */
export async function runsBegunAgain(db: D1Database, originalId: string): Promise<string[]> {
  const rows = await drizzle(db)
    .select({ id: run.id })
    .from(run)
    .where(sql`${run.id} > ${`${originalId}~`} and ${run.id} < ${`${originalId}~:`}`)
    .orderBy(asc(run.startedAt), asc(run.id))
    .limit(100);
  return rows.map(({ id }) => id);
}
