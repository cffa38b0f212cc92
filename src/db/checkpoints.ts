// What checkpoints of the audit need of D1: which records it took since the last one, and the list of those that were made. Append-only.
// Records are taken in the order of their hidden rowid, in which D1 took them: there is no index by time, and one would cost a row written per record. As
// nothing is ever removed, the rowids have no gaps and only grow; where they were numbered anew (a restored copy), the last covered record is no longer found.
import { asc, desc, eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { audit, auditCheckpoint } from "./schema.ts";

export type CheckpointRow = typeof auditCheckpoint.$inferSelect;

export async function lastCheckpoint(db: D1Database): Promise<CheckpointRow | null> {
  const [row] = await drizzle(db).select().from(auditCheckpoint).orderBy(desc(auditCheckpoint.number)).limit(1);
  return row ?? null;
}

/** The latest, newest first. */
export const listCheckpoints = (db: D1Database, limit: number): Promise<CheckpointRow[]> =>
  drizzle(db).select().from(auditCheckpoint).orderBy(desc(auditCheckpoint.number)).limit(limit);

/** Whether somebody else has not recorded it meanwhile. */
export async function recordCheckpoint(db: D1Database, row: CheckpointRow): Promise<boolean> {
  const last = await lastCheckpoint(db);
  if (last && last.number >= row.number) return false;
  await drizzle(db).insert(auditCheckpoint).values(row);
  return true;
}

/** The checkpoints that cover records of a run, oldest first. */
export async function checkpointsOfRun(db: D1Database, runId: string): Promise<CheckpointRow[]> {
  const orm = drizzle(db);
  return orm
    .select()
    .from(auditCheckpoint)
    .where(
      sql`${auditCheckpoint.number} in (
        select (select min(c.number) from audit_checkpoint as c where c.through >= a.rowid) from audit as a where a.run = ${runId})`,
    )
    .orderBy(asc(auditCheckpoint.number));
}

export async function readCheckpointRow(db: D1Database, number: number): Promise<CheckpointRow | null> {
  const [row] = await drizzle(db).select().from(auditCheckpoint).where(eq(auditCheckpoint.number, number));
  return row ?? null;
}

export interface TakenRecord {
  readonly at: number;
  readonly run: string;
  readonly seq: number;
  readonly hash: string;
}

/** Records that D1 took after a place, in that order. */
export const takenAfter = (db: D1Database, through: number, limit: number): Promise<TakenRecord[]> =>
  drizzle(db)
    .select({ at: sql<number>`rowid`, run: audit.run, seq: audit.seq, hash: audit.hash })
    .from(audit)
    .where(sql`rowid > ${through}`)
    .orderBy(sql`rowid`)
    .limit(limit);

/** Whether the rows are numbered as they were: the record that a checkpoint covered last is still in its place. */
export async function isInPlace(db: D1Database, { through, atRun, atSeq }: CheckpointRow): Promise<boolean> {
  if (through === 0) return true;
  const [row] = await drizzle(db).select({ run: audit.run, seq: audit.seq }).from(audit).where(sql`rowid = ${through}`);
  return row?.run === atRun && row?.seq === atSeq;
}
