// The kill switches, as people set them: every turn of one is a row that stays, so that it can be said who stopped what, when and why.
import type { HaltSwitch } from "../core/halt.ts";
import { EVERY_WORKFLOW, type Within } from "../core/principal.ts";

export interface HaltRow extends HaltSwitch {
  readonly reason: string;
}

type Stored = { scope: string; at: number; on: number; by: string; reason: string };
const rowOf = (row: Stored): HaltRow => ({ ...row, on: row.on === 1 });

/** Turns of one switch are told apart by their time: one in the same millisecond as another, or by a clock that is behind, counts as a moment later. */
export async function recordHalt(db: D1Database, { scope, at, on, by, reason }: HaltRow): Promise<void> {
  await db
    .prepare(
      `insert into halt (scope, at, "on", by, reason)
       values (?1, max(?2, coalesce((select max(at) + 1 from halt where scope = ?1), 0)), ?3, ?4, ?5)`,
    )
    .bind(scope, at, on ? 1 : 0, by, reason)
    .run();
}

/** A stop of everything concerns everybody. */
const CONCERNS = "(?1 is null or scope = '*' or scope in (select value from json_each(?1)))";
const bound = (within: Within): string | null => (within === EVERY_WORKFLOW ? null : JSON.stringify(within));

/** How each switch stands that was ever turned. */
export async function readHalts(db: D1Database, within: Within): Promise<HaltRow[]> {
  const { results } = await db
    .prepare(`select scope, max(at) as at, "on", by, reason from halt where ${CONCERNS} group by scope order by scope`)
    .bind(bound(within))
    .all<Stored>();
  return results.map(rowOf);
}

/** The latest turns, newest first. */
export async function listHaltTurns(db: D1Database, within: Within, limit: number): Promise<HaltRow[]> {
  const { results } = await db
    .prepare(`select scope, at, "on", by, reason from halt where ${CONCERNS} order by at desc, scope limit ?2`)
    .bind(bound(within), limit)
    .all<Stored>();
  return results.map(rowOf);
}
