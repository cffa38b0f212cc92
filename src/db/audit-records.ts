// Records of the audit for whoever reads or takes a copy of it: page by page in the order of runs, the latest ones, and who took copies. However narrow a filter
// is, one query looks at a bounded number of rows: there is no index but (run, seq).
import { desc, eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { EVERY_WORKFLOW, type Within } from "../core/principal.ts";
import type { AuditRecord } from "../governance/audit-chain.ts";
import { bodiesOf } from "./audit-content.ts";
import { auditContent, auditExport, run } from "./schema.ts";

export interface RecordFilter {
  readonly workflow?: string | undefined;
  readonly run?: string | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly type?: string | undefined;
  readonly actor?: string | undefined;
}

export interface Place {
  readonly run: string;
  readonly seq: number;
}

/** A record with the hash of the one before it. */
export type LinkedRecord = AuditRecord & { readonly previous: string };

export interface RecordPage {
  readonly records: readonly LinkedRecord[];
  /** The last row that was looked at; null where there are no more. */
  readonly end: Place | null;
}

/** Those of the next `look` rows that match. */
export async function recordsAfter(db: D1Database, filter: RecordFilter, after: Place | null, look: number): Promise<RecordPage> {
  const { run: only = null, workflow = null, from = null, to = null, type = null, actor = null } = filter;
  // A run's id begins with its workflow's name and a dot, and "/" is the sign after the dot; runs of a workflow with a longer name are left out below.
  const [low, high] = only !== null ? [only, only] : workflow !== null ? [`${workflow}.`, `${workflow}/`] : ["", "\u{10ffff}"];
  const span = "(a.run, a.seq) > (?1, ?2) and a.run between ?3 and ?4";
  const start = [after?.run ?? "", after?.seq ?? 0, low, high];
  const end = await db
    .prepare(`select a.run, a.seq from audit as a where ${span} order by a.run, a.seq limit 1 offset ?5`)
    .bind(...start, look - 1)
    .first<Place>();
  const { results } = await db
    .prepare(
      `select a.run, a.seq, a.at, a.type, a.step, a.actor, a.content_digest as contentDigest, a.hash, coalesce(before.hash, '') as previous
       from audit as a left join audit as before on before.run = a.run and before.seq = a.seq - 1
       where ${span} and (a.run, a.seq) <= (?5, ?6)
         and (?7 is null or (select workflow from run where id = a.run) = ?7)
         and (?8 is null or a.at >= ?8) and (?9 is null or a.at < ?9) and (?10 is null or a.type = ?10) and (?11 is null or a.actor = ?11)
       order by a.run, a.seq`,
    )
    .bind(...start, end?.run ?? "\u{10ffff}", end?.seq ?? 0, workflow, from, to, type, actor)
    .all<LinkedRecord>();
  return { records: results, end };
}

export interface KeptContent {
  readonly salt: string;
  readonly bodies: ReadonlyMap<number, unknown>;
}

/** How much there is to load, in characters, by run. Runs whose contents were erased are not in it. */
export async function contentSizes(db: D1Database, runs: readonly string[]): Promise<Map<string, number>> {
  const { results } = await db
    .prepare("select run, sum(length(body)) as size from audit_content where run in (select value from json_each(?)) group by run")
    .bind(JSON.stringify(runs))
    .all<{ run: string; size: number }>();
  return new Map(results.map(({ run: id, size }) => [id, size]));
}

export async function contentsOf(db: D1Database, runs: readonly string[]): Promise<Map<string, KeptContent>> {
  const rows = await drizzle(db)
    .select()
    .from(auditContent)
    .where(sql`${auditContent.run} in (select value from json_each(${JSON.stringify(runs)}))`);
  const byRun = Map.groupBy(rows, (row) => row.run);
  return new Map([...byRun].map(([id, own]) => [id, { salt: own[0]?.salt ?? "", bodies: bodiesOf(own) }]));
}

export type LatestRecord = Pick<AuditRecord, "run" | "seq" | "at" | "type" | "step" | "actor">;

/** The latest that match, among the last `look` that D1 took. */
export async function latestRecords(
  db: D1Database,
  filter: RecordFilter,
  within: Within,
  look: number,
  limit: number,
): Promise<LatestRecord[]> {
  const { run: only = null, workflow = null, from = null, to = null, type = null, actor = null } = filter;
  const { results } = await db
    .prepare(
      `select run, seq, at, type, step, actor from (select rowid as place, * from audit order by rowid desc limit ?1) as a
       where (?2 is null or a.run = ?2) and (?3 is null or (select workflow from run where id = a.run) = ?3)
         and (?4 is null or a.at >= ?4) and (?5 is null or a.at < ?5) and (?6 is null or a.type = ?6) and (?7 is null or a.actor = ?7)
         and (?8 is null or (select workflow from run where id = a.run) in (select value from json_each(?8)))
       order by place desc limit ?9`,
    )
    .bind(look, only, workflow, from, to, type, actor, within === EVERY_WORKFLOW ? null : JSON.stringify(within), limit)
    .all<LatestRecord>();
  return results;
}

/** Whether a run is known, and when its contents were erased. */
export async function erasureOf(db: D1Database, runId: string): Promise<{ readonly erasedAt: number | null } | null> {
  const [row] = await drizzle(db).select({ erasedAt: run.erasedAt }).from(run).where(eq(run.id, runId));
  return row ?? null;
}

export type ExportRow = Omit<typeof auditExport.$inferSelect, "id">;

export const recordExport = (db: D1Database, row: ExportRow): Promise<unknown> => drizzle(db).insert(auditExport).values(row);

/** Newest first. */
export const listExports = (db: D1Database, limit: number): Promise<ExportRow[]> =>
  drizzle(db).select().from(auditExport).orderBy(desc(auditExport.id)).limit(limit);
