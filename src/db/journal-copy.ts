// A run's journal as D1 holds it, for a partition that has let go of its own copy: exact entries, or the reason why there are none. It invents nothing: a
// journal that is not whole, or not the one that the partition wrote, is said to be so.
// Sequence: the run, its audit, its contents and its event in one round trip -> erased? -> the chain, up to the head that the partition kept -> entries.
import { and, asc, eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { Json, JsonObject } from "../core/json.ts";
import type { RunState } from "../core/run.ts";
import { type AuditContent, type AuditRecord, verifyChain } from "../governance/audit-chain.ts";
import { bodiesOf } from "./audit-content.ts";
import type { AuditEntry } from "./projection.ts";
import { audit, auditContent, eventLog, run } from "./schema.ts";

export interface Audit {
  readonly records: readonly AuditRecord[];
  /** Null once it was erased. */
  readonly content: AuditContent | null;
}

export type JournalCopy =
  | { readonly kind: "whole"; readonly entries: readonly AuditEntry[]; readonly salt: string; readonly data: Json }
  | { readonly kind: "erased"; readonly at: number; readonly state: RunState; readonly records: readonly AuditRecord[] }
  | { readonly kind: "missing"; readonly what: string };

/** What verifies a run offline: src/governance/audit-chain.ts. */
export async function readAudit(db: D1Database, runId: string): Promise<Audit> {
  const orm = drizzle(db);
  const [records, contents] = await orm.batch([recordsOf(orm, runId), contentsOf(orm, runId)]);
  return { records, content: contentOf(contents) };
}

/** `expected`: how far the journal went, and the hash of its last entry, as the partition kept them. */
export async function readJournalCopy(
  db: D1Database,
  runId: string,
  expected: { readonly seq: number; readonly head: string },
): Promise<JournalCopy> {
  const orm = drizzle(db);
  const [runs, records, contents, events] = await orm.batch([
    orm.select({ state: run.state, erasedAt: run.erasedAt }).from(run).where(eq(run.id, runId)),
    recordsOf(orm, runId),
    contentsOf(orm, runId),
    orm
      .select({ data: eventLog.data })
      .from(eventLog)
      .where(and(sql`${eventLog.id} = (select event_id from run where id = ${runId})`)),
  ]);
  const [row] = runs;
  if (!row) return { kind: "missing", what: "the run" };
  const erased = row.erasedAt;
  const content = erased === null ? (contentOf(contents) ?? { salt: "", bodies: new Map() }) : null;
  const verdict = verifyChain(runId, records, content, expected.head);
  if (!verdict.ok) return { kind: "missing", what: `entry ${verdict.seq} as it was written (${verdict.broken})` };
  if (records.length !== expected.seq) return { kind: "missing", what: `all ${expected.seq} entries, but ${records.length}` };
  if (erased !== null) return { kind: "erased", at: erased, state: JSON.parse(row.state) as RunState, records };
  const data = events[0]?.data;
  if (data == null) return { kind: "missing", what: "the event's data" };
  const entries = records.map(({ seq, at, type, step }): AuditEntry => {
    const body = content?.bodies.get(seq) as JsonObject;
    return { ...body, seq, at, type, ...(step === null ? {} : { step }) };
  });
  return { kind: "whole", entries, salt: content?.salt ?? "", data: JSON.parse(data) as Json };
}

const recordsOf = (orm: ReturnType<typeof drizzle>, runId: string) =>
  orm.select().from(audit).where(eq(audit.run, runId)).orderBy(asc(audit.seq));

const contentsOf = (orm: ReturnType<typeof drizzle>, runId: string) => orm.select().from(auditContent).where(eq(auditContent.run, runId));

function contentOf(rows: readonly (typeof auditContent.$inferSelect)[]): AuditContent | null {
  const [first] = rows;
  return first ? { salt: first.salt, bodies: bodiesOf(rows) } : null;
}
