// A governance spec that somebody put into D1 past this product: through every stage, as the triggers demand, with a text that nobody checked.
import { sha256Hex } from "../../src/core/crypto.ts";

interface Forged {
  readonly workflow: string;
  readonly version: number;
  readonly body: string;
  readonly digest?: string;
}

export async function forgeSpec(db: D1Database, { workflow, version, body, digest = sha256Hex(body) }: Forged): Promise<void> {
  const which = [workflow, version] as const;
  await db.batch([
    db
      .prepare(
        "insert into governance_spec (workflow, version, status, body, digest, author, created_at) values (?, ?, 'draft', ?, ?, 'eve@example.com', 1)",
      )
      .bind(...which, body, digest),
    db.prepare("update governance_spec set status = 'submitted', submitted_at = 1 where workflow = ? and version = ?").bind(...which),
    db
      .prepare(`insert into spec_approval (workflow, version, "by", at, digest) values (?, ?, 'mallory@example.com', 1, ?)`)
      .bind(...which, digest),
    db
      .prepare(
        "update governance_spec set status = 'approved', approved_by = 'mallory@example.com', approved_at = 1 where workflow = ? and version = ?",
      )
      .bind(...which),
  ]);
}

/** While `work` goes on, a version counts that does not fit the schema. */
export async function withUnreadableSpec(db: D1Database, workflow: string, work: () => Promise<void>): Promise<void> {
  const found = await db
    .prepare("select max(version) as last from governance_spec where workflow = ?")
    .bind(workflow)
    .first<{ last: number | null }>();
  const version = (found?.last ?? 0) + 1;
  await forgeSpec(db, { workflow, version, body: JSON.stringify({ workflow, version }) });
  try {
    await work();
  } finally {
    await db
      .prepare(
        "update governance_spec set status = 'retired', ended_by = 'ada@example.com', ended_at = 1, ended_because = 'a test' where workflow = ? and version = ?",
      )
      .bind(workflow, version)
      .run();
  }
}
