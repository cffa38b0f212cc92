// Validations in D1: what each one is about, its labelled records, and the answers as they come in. Whoever asks a model claims its records first, and an answer is
// written only where there is none: a message that comes twice answers nothing twice. It decides nothing about a validation; states are changed only from where they may be.
import type { Failure } from "../core/errors.ts";
import { EVERY_WORKFLOW, type Within } from "../core/principal.ts";
import type { Labels, RecordAnswer, ValidatedRecord, ValidationFacts } from "../validation/record.ts";
import { statementsFor } from "./json-statements.ts";

export type ValidationStatus = "checked" | "running" | "stopped" | "cancelled" | "finished";

/** What is known before the first record is answered. */
export type PlannedFacts = Omit<ValidationFacts, "startedAt" | "finishedAt">;

export interface ValidationRow {
  readonly id: string;
  readonly workflow: string;
  readonly status: ValidationStatus;
  readonly facts: PlannedFacts;
  /** What became of the file's rows, as JSON: src/operations/validations.ts knows its shape. */
  readonly imported: string;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly startedAt: number | null;
  readonly movedAt: number | null;
  readonly finishedAt: number | null;
  /** Why it stopped; or by whom it was cancelled. */
  readonly because: Failure | null;
  readonly reportDigest: string | null;
  /** Days after its end for which what the records said is kept. */
  readonly keepDays: number;
  readonly erasedAt: number | null;
  readonly total: number;
  readonly answered: number;
  /** Of the answered, those that ended without an answer to compare. */
  readonly failed: number;
}

/** A record as the file had it, with its place from 1. */
export interface PlannedRecord {
  readonly number: number;
  readonly id: string;
  readonly line: number;
  readonly input: Readonly<Record<string, string>>;
  readonly expected: Labels;
}

export interface ClaimedRecord extends PlannedRecord {
  /** Tries, this one included. */
  readonly attempts: number;
}

type Stored = Omit<ValidationRow, "facts" | "because"> & { facts: string; because: string | null };

const COLUMNS = `v.id, v.workflow, v.status, v.facts, v.imported, v.created_at as createdAt, v.created_by as createdBy, v.started_at as startedAt, v.moved_at as movedAt,
  v.finished_at as finishedAt, v.because, v.report_digest as reportDigest,
  v.keep_days as keepDays, v.erased_at as erasedAt,
  (select count(*) from validation_record where validation = v.id) as total,
  (select count(*) from validation_record where validation = v.id and answer is not null) as answered,
  (select count(*) from validation_record where validation = v.id and answer->>'$.kind' = 'failed') as failed`;

const rowOf = ({ facts, because, ...row }: Stored): ValidationRow => ({
  ...row,
  facts: JSON.parse(facts) as PlannedFacts,
  because: because === null ? null : (JSON.parse(because) as Failure),
});

export async function insertValidation(
  db: D1Database,
  row: Pick<ValidationRow, "id" | "workflow" | "facts" | "imported" | "createdAt" | "createdBy" | "keepDays">,
): Promise<void> {
  await db
    .prepare(
      `insert into validation (id, workflow, status, facts, imported, created_at, created_by, keep_days) values (?1, ?2, 'checked', ?3, ?4, ?5, ?6, ?7)
       on conflict (id) do nothing`,
    )
    .bind(row.id, row.workflow, JSON.stringify(row.facts), row.imported, row.createdAt, row.createdBy, row.keepDays)
    .run();
}

export async function readValidationRow(db: D1Database, id: string): Promise<ValidationRow | null> {
  const row = await db.prepare(`select ${COLUMNS} from validation as v where v.id = ?`).bind(id).first<Stored>();
  return row && rowOf(row);
}

/** Newest first. */
export async function listValidations(db: D1Database, within: Within, limit: number): Promise<ValidationRow[]> {
  const { results } = await db
    .prepare(
      `select ${COLUMNS} from validation as v where ?1 is null or v.workflow in (select value from json_each(?1))
       order by v.created_at desc, v.id limit ?2`,
    )
    .bind(within === EVERY_WORKFLOW ? null : JSON.stringify(within), limit)
    .all<Stored>();
  return results.map(rowOf);
}

/** With its records, all in one transaction; false where it had begun already. */
export async function startValidation(db: D1Database, id: string, records: readonly PlannedRecord[], now: number): Promise<boolean> {
  const rows = records.map(({ number, ...body }) => JSON.stringify([id, number, body]));
  const insert = `insert into validation_record (validation, number, body)
    select value->>0, value->>1, value->2 from json_each(?)
    where exists (select 1 from validation where id = value->>0 and status = 'checked')`;
  const begin = db
    .prepare("update validation set status = 'running', started_at = ?2, moved_at = ?2 where id = ?1 and status = 'checked' returning id")
    .bind(id, now);
  const done = await db.batch([...statementsFor(db, insert, rows), begin]);
  return (done.at(-1)?.results.length ?? 0) > 0;
}

/** `from`: the states that it may be in; false where it is in none of them. */
export async function moveValidation(
  db: D1Database,
  id: string,
  from: readonly ValidationStatus[],
  to: ValidationStatus,
  { now, because = null }: { readonly now: number; readonly because?: Failure | null },
): Promise<boolean> {
  const { results } = await db
    .prepare(
      `update validation set status = ?3, because = ?4, moved_at = ?5, finished_at = case when ?3 = 'cancelled' then ?5 end
       where id = ?1 and status in (select value from json_each(?2)) returning id`,
    )
    .bind(id, JSON.stringify(from), to, because === null ? null : JSON.stringify(because), now)
    .all();
  return results.length > 0;
}

/** The end: false where it had ended, or a record is without an answer. */
export async function finishValidation(db: D1Database, id: string, reportDigest: string, finishedAt: number): Promise<boolean> {
  const { results } = await db
    .prepare(
      `update validation set status = 'finished', because = null, report_digest = ?2, finished_at = ?3 where id = ?1 and status = 'running'
       and not exists (select 1 from validation_record where validation = ?1 and answer is null) returning id`,
    )
    .bind(id, reportDigest, finishedAt)
    .all();
  return results.length > 0;
}

/** Those of the range that nobody has answered and nobody is asking about: they are this caller's until `until`. */
export async function claimRecords(
  db: D1Database,
  id: string,
  { from, to }: { readonly from: number; readonly to: number },
  { now, until }: { readonly now: number; readonly until: number },
): Promise<ClaimedRecord[]> {
  const { results } = await db
    .prepare(
      `update validation_record set claimed_until = ?5, attempts = attempts + 1
       where validation = ?1 and number between ?2 and ?3 and answer is null and (claimed_until is null or claimed_until <= ?4)
       and exists (select 1 from validation where id = ?1 and status = 'running') returning number, body, attempts`,
    )
    .bind(id, from, to, now, until)
    .all<{ number: number; body: string; attempts: number }>();
  return results
    .map(({ number, body, attempts }) => ({ ...(JSON.parse(body) as Omit<PlannedRecord, "number">), number, attempts }))
    .sort((a, b) => a.number - b.number);
}

/** Whether it was written: not where there is an answer already. */
export async function keepAnswer(db: D1Database, id: string, number: number, answer: RecordAnswer, now: number): Promise<boolean> {
  const [kept] = await db.batch([
    db
      .prepare(
        "update validation_record set answer = ?3, claimed_until = null where validation = ?1 and number = ?2 and answer is null returning number",
      )
      .bind(id, number, JSON.stringify(answer)),
    db.prepare("update validation set moved_at = ?2 where id = ?1 and status = 'running'").bind(id, now),
  ]);
  return (kept?.results.length ?? 0) > 0;
}

/** To be asked again, and not before `until`. `counts`: whether this try is one of those that are given. */
export async function releaseRecord(
  db: D1Database,
  id: string,
  number: number,
  { until, counts }: { readonly until: number; readonly counts: boolean },
): Promise<void> {
  await db
    .prepare(
      `update validation_record set claimed_until = ?3, attempts = attempts - ?4 where validation = ?1 and number = ?2 and answer is null`,
    )
    .bind(id, number, until, counts ? 0 : 1)
    .run();
}

/** What is left of a range: how many are without an answer, and when the first of them may be asked. */
export async function openOfRange(
  db: D1Database,
  id: string,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<{ readonly open: number; readonly until: number | null }> {
  const row = await db
    .prepare(
      `select count(*) as open, min(coalesce(claimed_until, 0)) as until from validation_record
       where validation = ?1 and number between ?2 and ?3 and answer is null`,
    )
    .bind(id, from, to)
    .first<{ open: number; until: number | null }>();
  return row ?? { open: 0, until: null };
}

/** Places of the records without an answer, in order. */
export async function openNumbers(db: D1Database, id: string): Promise<number[]> {
  const { results } = await db
    .prepare("select number from validation_record where validation = ? and answer is null order by number")
    .bind(id)
    .all<{ number: number }>();
  return results.map(({ number }) => number);
}

/** Running ones in which nothing has moved since `before`. */
export async function stalledValidations(db: D1Database, before: number, limit: number): Promise<string[]> {
  const { results } = await db
    .prepare("select id from validation where status = 'running' and moved_at < ?1 order by moved_at limit ?2")
    .bind(before, limit)
    .all<{ id: string }>();
  return results.map(({ id }) => id);
}

/** Records per statement: a page of them stays far below what one answer of D1 may hold. */
const PAGE = 500;

/** All that are answered, in the order of the file. */
export async function answeredRecords(db: D1Database, id: string): Promise<ValidatedRecord[]> {
  const records: ValidatedRecord[] = [];
  for (let after = 0; ; ) {
    const { results } = await db
      .prepare(
        "select number, body, answer from validation_record where validation = ?1 and number > ?2 and answer is not null order by number limit ?3",
      )
      .bind(id, after, PAGE)
      .all<{ number: number; body: string; answer: string }>();
    for (const { body, answer } of results)
      records.push({ ...(JSON.parse(body) as Omit<PlannedRecord, "number">), answer: JSON.parse(answer) as RecordAnswer });
    if (results.length < PAGE) return records;
    after = results.at(-1)?.number ?? after;
  }
}
