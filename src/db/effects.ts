// The ledger of writes: which ones a filter wants, page by page, newest first; and what people found who looked at sampled ones afterwards. A filter reads the
// whole table when it names no time: it is for a person who asks. What a write would become is never decided here.
import { and, desc, eq, gte, inArray, lt, type SQL, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { JsonObject } from "../core/json.ts";
import { EVERY_WORKFLOW, type Within } from "../core/principal.ts";
import type { GovernanceSpec } from "../governance/spec.ts";
import { type EffectRow, type EffectStatus, effectRow, type Page, type Position, page } from "./reads.ts";
import { effect, effectCheck, governanceSpec, run } from "./schema.ts";
import { inside } from "./within.ts";

export interface EffectsWanted {
  readonly workflow?: string | undefined;
  readonly version?: number | undefined;
  readonly run?: string | undefined;
  readonly step?: string | undefined;
  readonly status?: EffectStatus | undefined;
  readonly action?: string | undefined;
  /** Part of the target's name. */
  readonly target?: string | undefined;
  /** By when it was applied, or intended if it was not; `to` is not included. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** Sampled writes: those that nobody has looked at, or those that somebody has. */
  readonly sampled?: "open" | "checked" | undefined;
}

/** `within`: of which workflows writes may be shown at all. */
export type EffectsShown = EffectsWanted & { readonly within: Within };

export type Verdict = "right" | "wrong" | "cannot_tell";
export type CheckRow = Omit<typeof effectCheck.$inferSelect, "verdict" | "should"> & {
  readonly verdict: Verdict;
  /** What should have been written, by field; null where nobody said, or once it was erased. */
  readonly should: JsonObject | null;
};

export interface ListedEffect extends EffectRow {
  /** When the values were removed with the run's contents. */
  readonly erasedAt: number | null;
  /** When they are to be removed; null while the run is open. */
  readonly eraseAt: number | null;
  readonly check: CheckRow | null;
  /** For how many days after it was written it may be undone; null where the spec is not in D1. */
  readonly windowDays: number | null;
}

/** Writes that an undo can be asked for, and those for which one was. */
export const WRITTEN: readonly EffectStatus[] = ["applied", "undoing", "undone", "undo_conflict", "undo_failed"];

const hasCheck = sql`exists (select 1 from effect_check as c where c.run = ${effect.run} and c.step = ${effect.step})`;

const isWanted = ({ within, workflow, version, run, step, status, action, target, from, to, sampled }: EffectsShown): SQL | undefined =>
  and(
    inside(effect.workflow, within),
    workflow === undefined ? undefined : eq(effect.workflow, workflow),
    version === undefined ? undefined : eq(effect.version, version),
    run === undefined ? undefined : eq(effect.run, run),
    step === undefined ? undefined : eq(effect.step, step),
    status === undefined ? undefined : eq(effect.status, status),
    action === undefined ? undefined : eq(effect.action, action),
    target === undefined ? undefined : sql`instr(${effect.target}, ${target}) > 0`,
    from === undefined ? undefined : gte(effect.at, from),
    to === undefined ? undefined : lt(effect.at, to),
    // As the index has it: a bound value would not be known to fit it.
    sampled === undefined ? undefined : sql`sampled = 1`,
    sampled === undefined ? undefined : sampled === "open" ? sql`not ${hasCheck}` : hasCheck,
  );

/** Names a write in a list: of two of the same moment, the order is that of their names. */
const id = sql<string>`${effect.run} || '/' || ${effect.step}`;

/** Newest first. `only`: of these statuses. */
export async function listEffects(
  db: D1Database,
  filter: EffectsShown & { readonly only?: readonly EffectStatus[]; readonly before?: Position | undefined; readonly limit: number },
): Promise<Page<ListedEffect>> {
  const { only, before, limit } = filter;
  const rows = await drizzle(db)
    .select({
      effect,
      erasedAt: run.erasedAt,
      eraseAt: run.eraseAt,
      check: effectCheck,
      windowDays: sql<number | null>`${governanceSpec.body}->>'$.rollback.windowDays'`,
    })
    .from(effect)
    .leftJoin(run, eq(run.id, effect.run))
    .leftJoin(governanceSpec, and(eq(governanceSpec.workflow, run.workflow), eq(governanceSpec.version, run.specVersion)))
    .leftJoin(effectCheck, and(eq(effectCheck.run, effect.run), eq(effectCheck.step, effect.step)))
    .where(
      and(isWanted(filter), only && inArray(effect.status, [...only]), before && sql`(${effect.at}, ${id}) < (${before.at}, ${before.id})`),
    )
    .orderBy(desc(effect.at), desc(id))
    .limit(limit + 1);
  const listed = rows.map(
    ({ effect: row, check, ...more }): ListedEffect => ({ ...effectRow(row), ...more, check: check && checkRow(check) }),
  );
  return page(listed, limit, (row) => ({ at: row.at, id: `${row.run}/${row.step}` }));
}

const checkRow = (row: typeof effectCheck.$inferSelect): CheckRow => ({
  ...row,
  verdict: row.verdict as Verdict,
  should: row.should === null ? null : (JSON.parse(row.should) as JsonObject),
});

/** Counted up to `most`. `after`: only those that come behind this place in the list. */
export async function countEffects(
  db: D1Database,
  filter: EffectsShown & { readonly only?: readonly EffectStatus[]; readonly before?: Position | undefined },
  most: number,
): Promise<number> {
  const { only, before } = filter;
  const some = drizzle(db)
    .select({ n: effect.seq })
    .from(effect)
    .where(
      and(isWanted(filter), only && inArray(effect.status, [...only]), before && sql`(${effect.at}, ${id}) < (${before.at}, ${before.id})`),
    )
    .limit(most)
    .as("some");
  const [row] = await drizzle(db).select({ n: sql<number>`count(*)` }).from(some);
  return row?.n ?? 0;
}

/** Null where there is no such write. */
export async function readEffect(db: D1Database, runId: string, step: string): Promise<ListedEffect | null> {
  const { rows } = await listEffects(db, { within: EVERY_WORKFLOW, run: runId, step, limit: 1 });
  return rows[0] ?? null;
}

/** How the specs that these runs are pinned to want writes taken back, each of them once. */
export async function rollbacksOf(db: D1Database, runs: readonly string[]): Promise<GovernanceSpec["rollback"][]> {
  const rows = await drizzle(db)
    .selectDistinct({ rollback: sql<string>`${governanceSpec.body}->'$.rollback'` })
    .from(run)
    .innerJoin(governanceSpec, and(eq(governanceSpec.workflow, run.workflow), eq(governanceSpec.version, run.specVersion)))
    .where(sql`${run.id} in (select value from json_each(${JSON.stringify(runs)}))`);
  return rows.map(({ rollback }) => JSON.parse(rollback) as GovernanceSpec["rollback"]);
}

export interface CheckCounts {
  readonly open: number;
  readonly right: number;
  readonly wrong: number;
  readonly cannot_tell: number;
}

/** Of the writes of a workflow, or of all that may be shown. */
export async function countChecks(db: D1Database, within: Within, workflow: string | undefined): Promise<CheckCounts> {
  const { results } = await db
    .prepare(
      `select coalesce(c.verdict, 'open') as verdict, count(*) as n
       from effect as e left join effect_check as c on c.run = e.run and c.step = e.step
       where e.sampled = 1 and (?1 is null or e.workflow = ?1)
       and (?2 is null or e.workflow in (select value from json_each(?2))) group by 1`,
    )
    .bind(workflow ?? null, within === EVERY_WORKFLOW ? null : JSON.stringify(within))
    .all<{ verdict: keyof CheckCounts; n: number }>();
  return { open: 0, right: 0, wrong: 0, cannot_tell: 0, ...Object.fromEntries(results.map(({ verdict, n }) => [verdict, n])) };
}

/** False: somebody's verdict is there already. */
export async function recordCheck(db: D1Database, { run, step, at, by, verdict, note, should }: CheckRow): Promise<boolean> {
  const { results } = await db
    .prepare(
      `insert into effect_check (run, step, at, by, verdict, note, should) select ?1, ?2, ?3, ?4, ?5, ?6, ?7
       where not exists (select 1 from effect_check where run = ?1 and step = ?2) returning run`,
    )
    .bind(run, step, at, by, verdict, note, should && JSON.stringify(should))
    .all();
  return results.length > 0;
}

/** How far back a run's beginnings are followed: a child's parent, the run that one was begun from. */
const BEGINNINGS = 20;

/** Everybody who did something to the run, but for taking writes back; and whoever began it, or the runs that it came from, by hand. */
export async function participantsOf(db: D1Database, runId: string): Promise<string[]> {
  const { results } = await db
    .prepare(
      `with recursive came (depth, origin) as (
         select 0, c.body->'$[0].origin' from audit_content as c where c.run = ?1 and c.first_seq = 1
         union all
         select depth + 1, c.body->'$[0].origin' from came
         join audit_content as c on c.run = coalesce(came.origin->>'$.parent', came.origin->>'$.from') and c.first_seq = 1
         where depth < ?2)
       select distinct who from (
         select origin->>'$.by' as who from came
         union all select actor from audit where run = ?1 and type not like 'undo.%')
       where who is not null and who <> 'interlock'`,
    )
    .bind(runId, BEGINNINGS)
    .all<{ who: string }>();
  return results.map(({ who }) => who);
}
