// What an optimisation review is computed from, of one workflow and one time: automatic writes and what was found of them, answers of reviewers, decisions by week. Counts
// are made here because rows may be many; what they mean is not said here.
import type { AuditCounts } from "../validation/audited-error.ts";
import { type AnswerWeek, type DecisionWeek, type ReviewWeek, SCORE_BINS } from "../validation/review-week.ts";

interface Span {
  readonly workflow: string;
  /** `until` is not included. */
  readonly since: number;
  readonly until: number;
}

/** Written without asking because the model was sure enough of this decision. SQL over `e`. */
const AUTOMATIC = `e.workflow = ?1 and e.at >= ?2 and e.at < ?3 and e.body->>'$.basedOn.reached' = 1
  and e.status in ('applied', 'undoing', 'undone', 'undo_conflict', 'undo_failed') and (?4 is null or e.body->>'$.basedOn.decision' = ?4)`;

/** `decision`: null for all of the workflow. `from`: of those with at least this score. */
export async function countAudited(
  db: D1Database,
  { workflow, since, until }: Span,
  decision: string | null,
  from = 0,
): Promise<AuditCounts> {
  const row = await db
    .prepare(
      `select count(*) as written, coalesce(sum(c.verdict = 'right'), 0) as right, coalesce(sum(c.verdict = 'wrong'), 0) as wrong,
         coalesce(sum(c.verdict = 'cannot_tell'), 0) as "cannotTell"
       from effect as e left join effect_check as c on c.run = e.run and c.step = e.step and e.sampled = 1
       where ${AUTOMATIC} and e.body->>'$.basedOn.confidence' >= ?5`,
    )
    .bind(workflow, since, until, decision, from)
    .first<AuditCounts>();
  return row ?? { written: 0, right: 0, wrong: 0, cannotTell: 0 };
}

export interface AuditedRow {
  readonly run: string;
  readonly step: string;
  readonly target: string;
  readonly at: number;
  readonly score: number;
  /** Null while nobody has looked. */
  readonly verdict: "right" | "wrong" | "cannot_tell" | null;
  readonly note: string | null;
}

/** Those that were drawn to be looked at, newest first. */
export async function listDrawn(db: D1Database, { workflow, since, until }: Span, decision: string | null): Promise<AuditedRow[]> {
  const { results } = await db
    .prepare(
      `select e.run, e.step, e.target, e.at, e.body->>'$.basedOn.confidence' as score, c.verdict, c.note
       from effect as e left join effect_check as c on c.run = e.run and c.step = e.step
       where e.sampled = 1 and ${AUTOMATIC} order by e.at desc, e.run, e.step`,
    )
    .bind(workflow, since, until, decision)
    .all<AuditedRow>();
  return results;
}

export interface AskedRow {
  readonly approval: string;
  readonly run: string;
  readonly at: number;
  readonly status: "approved" | "edited" | "rejected" | "insufficient" | "expired";
  readonly by: string | null;
  readonly decision: string | null;
  readonly score: number | null;
  /** Nothing but the model being unsure asked: a lower threshold would have let it through. */
  readonly unsureOnly: boolean;
  readonly ms: number | null;
}

/** Approvals of writes that ended in this time, newest first. */
export async function listAnswered(db: D1Database, { workflow, since, until }: Span, limit: number): Promise<AskedRow[]> {
  const { results } = await db
    .prepare(
      `select a.id as approval, a.run, a.decided_at as at, a.status, a.decided_by as "by", e.body->>'$.basedOn.decision' as decision,
         e.body->>'$.basedOn.confidence' as score, a.body->>'$.rule' = 'confidence_below' and a.body->>'$.also' is null as "unsureOnly",
         iif(t.by = a.decided_by, t.ms, null) as ms
       from approval as a join effect as e on e.run = a.run and e.step = a.step left join decision_time as t on t.approval = a.id
       where a.workflow = ?1 and a.decided_at >= ?2 and a.decided_at < ?3 and a.status in ('approved', 'edited', 'rejected', 'insufficient', 'expired')
       order by a.decided_at desc, a.id limit ?4`,
    )
    .bind(workflow, since, until, limit)
    .all<Omit<AskedRow, "unsureOnly"> & { unsureOnly: number }>();
  return results.map(({ unsureOnly, ...row }) => ({ ...row, unsureOnly: unsureOnly === 1 }));
}

/** A score on the edge of two bins belongs to the lower one, as in validation/drift.ts. */
export const scoreBin = (score: string): string =>
  `max(0, cast(${score} * 10 as integer) - (${score} * 10 = cast(${score} * 10 as integer)))`;

/** Weeks begin on Monday, 00:00 UTC; as weekOf in review-week.ts. */
const WEEK = (at: string): string => `((${at} - 345600000) / 604800000) * 604800000 + 345600000`;

/** `labelled`: the fields with a closed list of labels, as "decision.field". One entry for each week in which there was anything, oldest first. */
export async function countWeeks(db: D1Database, { workflow, since, until }: Span, labelled: readonly string[]): Promise<ReviewWeek[]> {
  const bind = (sql: string, ...more: unknown[]) => db.prepare(sql).bind(workflow, since, until, ...more);
  const [automatic, answers, bins, labels] = await db.batch<Record<string, number | string>>([
    bind(`select ${WEEK("e.at")} as week, count(*) as n from effect as e where ${AUTOMATIC} group by 1`, null),
    bind(
      `select ${WEEK("decided_at")} as week, status, count(*) as n from approval
       where workflow = ?1 and decided_at >= ?2 and decided_at < ?3 and status in ('approved', 'edited', 'rejected', 'insufficient', 'expired') group by 1, 2`,
    ),
    bind(
      `select ${WEEK("at")} as week, name, ${scoreBin("score")} as bin, count(*) as n
       from decision where workflow = ?1 and at >= ?2 and at < ?3 group by 1, 2, 3`,
    ),
    bind(
      `select ${WEEK("d.at")} as week, d.name, j.key as field, j.value as label, count(*) as n from decision as d, json_each(d.value) as j
       where d.workflow = ?1 and d.at >= ?2 and d.at < ?3 and d.value is not null and j.type = 'text'
         and d.name || '.' || j.key in (select value from json_each(?4)) group by 1, 2, 3, 4`,
      JSON.stringify(labelled),
    ),
  ]);
  const weeks = new Map<number, Mutable>();
  const of = (week: unknown): Mutable => {
    const found = weeks.get(Number(week)) ?? { automatic: 0, answers: { ...NO_ANSWERS }, decisions: {} };
    weeks.set(Number(week), found);
    return found;
  };
  for (const { week, n } of automatic?.results ?? []) of(week).automatic = Number(n);
  for (const { week, status, n } of answers?.results ?? []) of(week).answers[status as keyof AnswerWeek] = Number(n);
  for (const { week, name, bin, n } of bins?.results ?? []) {
    const counted = decisionOf(of(week), String(name));
    counted.decisions += Number(n);
    counted.bins[Number(bin)] = Number(n);
  }
  for (const { week, name, field, label, n } of labels?.results ?? []) {
    const counted = decisionOf(of(week), String(name));
    const own = counted.labels[String(field)] ?? {};
    counted.labels[String(field)] = { ...own, [String(label)]: Number(n) };
  }
  return [...weeks].sort(([a], [b]) => a - b).map(([week, counted]) => ({ week, ...counted }));
}

interface MutableDecision {
  decisions: number;
  bins: number[];
  labels: Record<string, Record<string, number>>;
}
interface Mutable {
  automatic: number;
  answers: Record<keyof AnswerWeek, number>;
  decisions: Record<string, MutableDecision & DecisionWeek>;
}
const NO_ANSWERS = { approved: 0, edited: 0, rejected: 0, insufficient: 0, expired: 0 };

function decisionOf(week: Mutable, name: string): MutableDecision {
  const found = week.decisions[name] ?? { decisions: 0, bins: Array.from({ length: SCORE_BINS }, () => 0), labels: {} };
  week.decisions[name] = found;
  return found;
}

/** Weeks that were counted when they were over: their labels are there still where the contents have gone. */
export async function readWeeks(db: D1Database, { workflow, since, until }: Span): Promise<ReviewWeek[]> {
  const { results } = await db
    .prepare("select week, body from review_week where workflow = ?1 and week >= ?2 and week < ?3 order by week")
    .bind(workflow, since, until)
    .all<{ week: number; body: string }>();
  return results.map(({ week, body }) => ({ ...(JSON.parse(body) as Omit<ReviewWeek, "week">), week }));
}

/** False: that week was counted already, and stays as it was. */
export async function keepWeek(db: D1Database, workflow: string, { week, ...body }: ReviewWeek, at: number): Promise<boolean> {
  const { results } = await db
    .prepare("insert or ignore into review_week (workflow, week, at, body) values (?, ?, ?, ?) returning week")
    .bind(workflow, week, at, JSON.stringify(body))
    .all();
  return results.length > 0;
}
