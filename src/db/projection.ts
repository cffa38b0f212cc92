// Writes what partitions have journalled into D1, many runs in a few statements (json_each), each run in one transaction, idempotent by (run, sequence).
// It derives nothing that the journal does not say, so a write that was lost can be made again; and however the journal was cut into writes, the audit is the
// same, hash for hash.
import type { Approval } from "../core/approval.ts";
import type { InterlockEvent } from "../core/event.ts";
import type { Json, JsonObject } from "../core/json.ts";
import type { RunState } from "../core/run.ts";
import { type AuditRecord, contentDigest, linkHash } from "../governance/audit-chain.ts";
import { decisionRow, INSERT_DECISIONS } from "./decisions.ts";
import { dueOf } from "./due.ts";
import { eventRow, KEEP_EVENTS } from "./event-log.ts";
import { statementsFor, utf8Length } from "./json-statements.ts";

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
  /** When its contents are to be removed; null while something can still happen to it by itself. */
  readonly eraseAt: number | null;
  /** Of the run's hash chain: its salt, and the hash of the last entry that D1 has. */
  readonly salt: string;
  readonly head: string;
  /** Entries that D1 has not yet; all later than those it has. */
  readonly entries: readonly AuditEntry[];
  /** Present state of the run's writes and approvals, for those that the entries touched. */
  readonly effects: readonly ProjectedEffect[];
  readonly approvals: readonly ProjectedApproval[];
  readonly costs: readonly ProjectedCost[];
}

export interface ProjectedEffect {
  readonly step: string;
  readonly action: string;
  readonly target: string;
  readonly status: string;
  /** When it was applied; of one that was not, when it was intended. */
  readonly at: number;
  readonly sampled: boolean;
  readonly body: Json;
}

export interface ProjectedApproval {
  readonly approval: Approval;
  readonly status: string;
  readonly decidedAt: number | null;
  readonly decidedBy: string | null;
}

/** As src/engine/decision-cost.ts makes it. */
export interface ProjectedCost {
  readonly step: string;
  readonly at: number;
  readonly provider: string | null;
  readonly model: string | null;
  readonly calls: number;
  readonly unknownCalls: number;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly completionTokens: number;
  readonly usd: number;
  readonly priceVersion: string | null;
}

/** Bytes of contents to a row; a statement may carry more, one row of this size always fits under D1's 2 MB for a value. */
const CONTENT_BYTES = 900_000;
/** Characters of JSON to one transaction: D1 takes them over one request, and has one writer that others wait for. A longer run goes alone. */
const BATCH_LENGTH = 5_000_000;

/** The heads of the runs' chains after this write, in the order of `runs`. */
export async function projectRuns(db: D1Database, runs: readonly ProjectedRun[]): Promise<string[]> {
  const heads: string[] = [];
  let batch = newTables();
  let size = 0;
  for (const run of runs) {
    const tables = newTables();
    heads.push(addRun(tables, run));
    const length = TABLES.reduce((sum, table) => sum + tables[table].reduce((own, row) => own + row.length, 0), 0);
    if (size > 0 && size + length > BATCH_LENGTH) {
      await write(db, batch);
      batch = newTables();
      size = 0;
    }
    for (const table of TABLES) batch[table].push(...tables[table]);
    size += length;
  }
  if (size > 0) await write(db, batch);
  return heads;
}

/** Rows as JSON text, by the table that they go to. */
type Tables = Record<(typeof TABLES)[number], string[]>;
const TABLES = ["events", "audit", "content", "runs", "effects", "approvals", "costs", "decisions"] as const;
const newTables = (): Tables => ({ events: [], audit: [], content: [], runs: [], effects: [], approvals: [], costs: [], decisions: [] });

const write = (db: D1Database, tables: Tables): Promise<unknown> =>
  db.batch(TABLES.flatMap((table) => statementsFor(db, WRITES[table], tables[table])));

function addRun(tables: Tables, run: ProjectedRun): string {
  const row = (table: keyof Tables, values: readonly unknown[]) => tables[table].push(JSON.stringify(values));
  row("runs", [
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
    dueOf(run.state, run.updatedAt, run.eraseAt !== null),
    run.eraseAt,
  ]);
  // The event that took the place of another is logged as well: a run's page shows the one that it works on.
  const replaced = run.entries.findLast(({ type }) => type === "run.event_replaced");
  if (replaced || run.entries[0]?.seq === 1) row("events", eventRow(run.event, replaced?.at ?? run.startedAt));
  for (const entry of run.entries) if (entry.type === "decision.made") row("decisions", decisionRow(run, entry));
  const { records, bodies } = chained(run);
  for (const { seq, at, type, step, actor, contentDigest, hash } of records) {
    row("audit", [run.id, seq, at, type, step, actor, contentDigest, hash]);
  }
  for (const { first, last, texts } of contentRows(run.entries[0]?.seq ?? 1, bodies)) {
    tables.content.push(`${JSON.stringify([run.id, first, last, run.salt]).slice(0, -1)},[${texts.join(",")}]]`);
  }
  for (const { step, action, target, status, at, sampled, body } of run.effects) {
    row("effects", [run.id, step, run.workflow, run.version, action, target, status, at, sampled ? 1 : 0, body, run.seq]);
  }
  for (const { approval, status, decidedAt, decidedBy } of run.approvals) {
    row("approvals", [
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
  for (const {
    step,
    at,
    provider,
    model,
    calls,
    unknownCalls,
    promptTokens,
    cachedTokens,
    completionTokens,
    usd,
    priceVersion,
  } of run.costs) {
    const tokens = [promptTokens, cachedTokens, completionTokens];
    row("costs", [run.id, step, run.workflow, at, provider, model, calls, unknownCalls, ...tokens, usd, priceVersion, run.seq]);
  }
  return records.at(-1)?.hash ?? run.head;
}

/** The audit records of entries, and the contents that they name. */
export function chained(run: Pick<ProjectedRun, "id" | "salt" | "head" | "entries">): {
  readonly records: readonly AuditRecord[];
  readonly bodies: readonly string[];
} {
  let previous = run.head;
  const bodies: string[] = [];
  const records = run.entries.map((entry) => {
    const { seq, at, type, step, ...rest } = entry;
    bodies.push(JSON.stringify(rest));
    const facts = {
      run: run.id,
      seq,
      at,
      type,
      step: step ?? null,
      actor: actorOf(entry),
      contentDigest: contentDigest(run.salt, rest),
    };
    previous = linkHash(previous, facts);
    return { ...facts, hash: previous };
  });
  return { records, bodies };
}

function contentRows(
  first: number,
  bodies: readonly string[],
): { readonly first: number; readonly last: number; readonly texts: string[] }[] {
  const rows: { first: number; last: number; texts: string[] }[] = [];
  let size = 0;
  for (const [index, text] of bodies.entries()) {
    const bytes = utf8Length(text);
    const open = rows.at(-1);
    if (open && size + bytes <= CONTENT_BYTES) {
      open.texts.push(text);
      open.last = first + index;
      size += bytes;
    } else {
      rows.push({ first: first + index, last: first + index, texts: [text] });
      size = bytes;
    }
  }
  return rows;
}

/** `json`: the columns that hold JSON; `->` leaves them as text that need not be written as a string inside a string, `->>` takes a value out of the row. */
const columns = (count: number, ...json: readonly number[]): string =>
  Array.from({ length: count }, (_, index) => (json.includes(index) ? `value->${index}` : `value->>${index}`)).join(", ");

const WRITES: Readonly<Record<keyof Tables, string>> = {
  events: KEEP_EVENTS,
  audit: `insert or ignore into audit (run, seq, at, type, step, actor, content_digest, hash) select ${columns(8)} from json_each(?) where true`,
  // The same entries cut otherwise, after a crash: the row that holds more of them stays.
  content: `insert into audit_content (run, first_seq, last_seq, salt, body) select ${columns(5, 4)} from json_each(?) where true
     on conflict (run, first_seq) do update set last_seq = excluded.last_seq, body = excluded.body
     where excluded.last_seq > audit_content.last_seq`,
  runs: `insert into run
       (id, workflow, version, spec_version, partition, event_id, subject, status, state, started_at, updated_at, seq, due, erase_at)
     select ${columns(14, 8)} from json_each(?) where true
     on conflict (id) do update set event_id = excluded.event_id, subject = excluded.subject, status = excluded.status, state = excluded.state,
       updated_at = excluded.updated_at, seq = excluded.seq, due = excluded.due, erase_at = excluded.erase_at
     where excluded.seq >= run.seq`,
  effects: `insert into effect (run, step, workflow, version, action, target, status, at, sampled, body, seq)
     select ${columns(11, 9)} from json_each(?) where true
     on conflict (run, step) do update set status = excluded.status, at = excluded.at, sampled = excluded.sampled, body = excluded.body,
       seq = excluded.seq
     where excluded.seq >= effect.seq`,
  // A try of the same step that a restart repeats is another run; here the first record of a step stays.
  decisions: INSERT_DECISIONS,
  approvals: `insert into approval (id, run, workflow, step, action, target, status, requested_at, expires_at, decided_at, decided_by, seq, body)
     select ${columns(13, 12)} from json_each(?) where true
     on conflict (id) do update set status = excluded.status, decided_at = excluded.decided_at, decided_by = excluded.decided_by, seq = excluded.seq
     where excluded.seq >= approval.seq`,
  costs: `insert into decision_cost (run, step, workflow, at, provider, model, calls, unknown_calls, prompt_tokens, cached_tokens, completion_tokens, usd,
       price_version, seq)
     select ${columns(14)} from json_each(?) where true
     on conflict (run, step) do update set at = excluded.at, provider = excluded.provider, model = excluded.model, calls = excluded.calls,
       unknown_calls = excluded.unknown_calls, prompt_tokens = excluded.prompt_tokens, cached_tokens = excluded.cached_tokens,
       completion_tokens = excluded.completion_tokens, usd = excluded.usd, price_version = excluded.price_version, seq = excluded.seq
     where excluded.seq >= decision_cost.seq`,
};

/** Who did it: the person named in the entry, else the engine. */
function actorOf(entry: AuditEntry): string {
  if (typeof entry.by === "string") return entry.by;
  const decision = entry.decision as JsonObject | undefined;
  return entry.type === "approval.decided" && typeof decision?.by === "string" ? decision.by : "interlock";
}
