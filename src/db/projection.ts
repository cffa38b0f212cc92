// Writes what partitions have journalled into D1, many runs in a few statements (json_each): one transaction, idempotent by (run, sequence).
// It derives nothing that the journal does not say, so a projection that is lost can be made again.
import type { Approval } from "../core/approval.ts";
import type { InterlockEvent } from "../core/event.ts";
import type { Json, JsonObject } from "../core/json.ts";
import type { RunState } from "../core/run.ts";
import { eventRow, INSERT_EVENTS } from "./event-log.ts";

/** A journal entry as far as D1 cares: fields by name, all JSON. */
export interface AuditEntry {
  readonly seq: number;
  readonly at: number;
  readonly type: string;
  readonly step?: string | undefined;
  readonly [field: string]: unknown;
}

export interface ProjectedRun {
  readonly id: string;
  readonly workflow: string;
  readonly version: number;
  readonly specVersion: number;
  readonly partition: string;
  readonly event: InterlockEvent;
  readonly state: RunState;
  readonly startedAt: number;
  /** How far `state` goes: sequence and time of the last durable entry. A state can change without an entry (a pause begins). */
  readonly seq: number;
  readonly updatedAt: number;
  /** Entries that D1 has not yet; all later than those it has. */
  readonly entries: readonly AuditEntry[];
  /** Present state of the run's writes and approvals, for those that the entries touched. */
  readonly effects: readonly ProjectedEffect[];
  readonly approvals: readonly ProjectedApproval[];
}

export interface ProjectedEffect {
  readonly step: string;
  readonly action: string;
  readonly target: string;
  readonly status: string;
  readonly body: Json;
}

export interface ProjectedApproval {
  readonly approval: Approval;
  readonly status: string;
  readonly decidedAt: number | null;
  readonly decidedBy: string | null;
}

/** Bytes of JSON per statement, well under D1's 2 MB limit for one bound value. */
const CHUNK = 900_000;

export async function projectRuns(db: D1Database, runs: readonly ProjectedRun[]): Promise<void> {
  const audit: unknown[] = [];
  const effects: unknown[] = [];
  const approvals: unknown[] = [];
  const rows: unknown[] = [];
  const events: unknown[] = [];
  for (const run of runs) {
    rows.push([
      run.id,
      run.workflow,
      run.version,
      run.specVersion,
      run.partition,
      run.event.id,
      run.event.subject,
      run.state.status,
      run.state,
      run.startedAt,
      run.updatedAt,
      run.seq,
    ]);
    // The event that took the place of another is logged as well: a run's page shows the one that it works on.
    const replaced = run.entries.findLast(({ type }) => type === "run.event_replaced");
    if (replaced || run.entries[0]?.seq === 1) events.push(eventRow(run.event, replaced?.at ?? run.startedAt));
    for (const entry of run.entries) {
      const { seq, at, type, step, ...body } = entry;
      audit.push([run.id, seq, at, type, step ?? null, actorOf(entry), body]);
    }
    for (const effect of run.effects)
      effects.push([run.id, effect.step, effect.action, effect.target, effect.status, effect.body, run.seq]);
    for (const { approval, status, decidedAt, decidedBy } of run.approvals) {
      approvals.push([
        approval.id,
        run.id,
        run.workflow,
        approval.step,
        approval.action,
        approval.target,
        status,
        approval.requestedAt,
        approval.expiresAt,
        decidedAt,
        decidedBy,
        run.seq,
        approval,
      ]);
    }
  }
  const statements = [
    ...inChunks(db, events, INSERT_EVENTS),
    ...inChunks(
      db,
      audit,
      `insert or ignore into audit (run, seq, at, type, step, actor, body) select ${columns(7, 6)} from json_each(?) where true`,
    ),
    ...inChunks(
      db,
      rows,
      `insert into run (id, workflow, version, spec_version, partition, event_id, subject, status, state, started_at, updated_at, seq)
       select ${columns(12, 8)} from json_each(?) where true
       on conflict (id) do update set event_id = excluded.event_id, subject = excluded.subject, status = excluded.status, state = excluded.state,
       updated_at = excluded.updated_at, seq = excluded.seq where excluded.seq >= run.seq`,
    ),
    ...inChunks(
      db,
      effects,
      `insert into effect (run, step, action, target, status, body, seq) select ${columns(7, 5)} from json_each(?) where true
       on conflict (run, step) do update set status = excluded.status, body = excluded.body, seq = excluded.seq where excluded.seq >= effect.seq`,
    ),
    ...inChunks(
      db,
      approvals,
      `insert into approval (id, run, workflow, step, action, target, status, requested_at, expires_at, decided_at, decided_by, seq, body)
       select ${columns(13, 12)} from json_each(?) where true
       on conflict (id) do update set status = excluded.status, decided_at = excluded.decided_at, decided_by = excluded.decided_by, seq = excluded.seq
       where excluded.seq >= approval.seq`,
    ),
  ];
  if (statements.length > 0) await db.batch(statements);
}

/** `->>` takes a value out of the row, `->` leaves the member at `json` as JSON text: it need not be written as a string inside a string. */
const columns = (count: number, json: number): string =>
  Array.from({ length: count }, (_, index) => (index === json ? `value->${index}` : `value->>${index}`)).join(", ");

function inChunks(db: D1Database, rows: readonly unknown[], statement: string): D1PreparedStatement[] {
  const statements: D1PreparedStatement[] = [];
  let chunk: string[] = [];
  let size = 0;
  const close = () => {
    if (chunk.length > 0) statements.push(db.prepare(statement).bind(`[${chunk.join(",")}]`));
    chunk = [];
    size = 0;
  };
  for (const row of rows) {
    const text = JSON.stringify(row);
    if (size + text.length > CHUNK) close();
    chunk.push(text);
    size += text.length + 1;
  }
  close();
  return statements;
}

/** Who did it: the person named in the entry, else the engine. */
function actorOf(entry: AuditEntry): string {
  if (typeof entry.by === "string") return entry.by;
  const decision = entry.decision as JsonObject | undefined;
  return entry.type === "approval.decided" && typeof decision?.by === "string" ? decision.by : "interlock";
}
