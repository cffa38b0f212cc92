// How many writes each workflow makes without anybody being asked, and the least share of them that is drawn to be looked at afterwards: one row per workflow, worked
// out once a day. It judges nothing: what share follows from a count is src/governance/sample.ts's to say.

/** 0 where nothing was worked out yet. */
export async function readAuditShare(db: D1Database, workflow: string): Promise<number> {
  const row = await db.prepare("select share from audit_rate where workflow = ?").bind(workflow).first<{ share: number }>();
  return row?.share ?? 0;
}

export interface AuditRate {
  readonly workflow: string;
  readonly at: number;
  readonly writes: number;
  readonly days: number;
  readonly share: number;
}

export const readAuditRate = (db: D1Database, workflow: string): Promise<AuditRate | null> =>
  db.prepare("select workflow, at, writes, days, share from audit_rate where workflow = ?").bind(workflow).first<AuditRate>();

export const lastRated = async (db: D1Database): Promise<number | null> =>
  (await db.prepare("select max(at) as at from audit_rate").first<{ at: number | null }>())?.at ?? null;

/** Written since then because a model was sure enough, by workflow; `first` is when the earliest of them was written. */
export async function automaticWrites(
  db: D1Database,
  since: number,
): Promise<{ readonly workflow: string; readonly writes: number; readonly first: number }[]> {
  const { results } = await db
    .prepare(
      `select workflow, count(*) as writes, min(at) as first from effect
       where at >= ? and status in ('applied', 'undoing', 'undone', 'undo_conflict', 'undo_failed') and body->>'$.basedOn.reached' = 1 group by workflow`,
    )
    .bind(since)
    .all<{ workflow: string; writes: number; first: number }>();
  return results;
}

export async function keepAuditRates(db: D1Database, rates: readonly AuditRate[]): Promise<void> {
  if (rates.length === 0) return;
  await db
    .prepare(
      `insert into audit_rate (workflow, at, writes, days, share)
       select value->>0, value->>1, value->>2, value->>3, value->>4 from json_each(?) where true
       on conflict (workflow) do update set at = excluded.at, writes = excluded.writes, days = excluded.days, share = excluded.share`,
    )
    .bind(JSON.stringify(rates.map(({ workflow, at, writes, days, share }) => [workflow, at, writes, days, share])))
    .run();
}
