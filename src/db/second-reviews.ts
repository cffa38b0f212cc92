// What second reviewers decided blind, beside what was decided first: one row per approval that was drawn and answered. It draws nothing and judges nothing.
import { canonical, type Json, type JsonObject } from "../core/json.ts";
import type { SecondOpinion } from "../validation/reviewers.ts";

export interface SecondReview {
  readonly approval: string;
  readonly run: string;
  readonly workflow: string;
  readonly at: number;
  readonly by: string;
  /** set: these values; reject: nothing should be written. */
  readonly kind: "set" | "reject";
  readonly values: JsonObject | null;
  readonly note: string;
}

/** False: somebody has reviewed it already. */
export async function recordSecond(
  db: D1Database,
  { approval, run, workflow, at, by, kind, values, note }: SecondReview,
): Promise<boolean> {
  const { results } = await db
    .prepare(
      `insert into second_review (approval, run, workflow, at, "by", kind, body, note) select ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8
       where not exists (select 1 from second_review where approval = ?1) returning approval`,
    )
    .bind(approval, run, workflow, at, by, kind, values && JSON.stringify(values), note)
    .all();
  return results.length > 0;
}

interface Stored {
  readonly kind: string;
  readonly body: string | null;
  readonly status: string;
  readonly first: string | null;
}

/** Of second reviews in this time, both answers as texts that are the same where they agree. Those whose values were removed are left out. */
export async function readOpinions(
  db: D1Database,
  { workflow, since, until }: { readonly workflow: string; readonly since: number; readonly until: number },
): Promise<SecondOpinion[]> {
  const { results } = await db
    .prepare(
      `select s.kind, s.body, a.status, e.body->'$.values' as first
       from second_review as s join approval as a on a.id = s.approval join run as r on r.id = s.run
       left join effect as e on e.run = a.run and e.step = a.step
       where s.workflow = ?1 and s.at >= ?2 and s.at < ?3 and r.erased_at is null and a.status in ('approved', 'edited', 'rejected')`,
    )
    .bind(workflow, since, until)
    .all<Stored>();
  return results.map(({ kind, body, status, first }) => ({
    first: status === "rejected" ? "reject" : textOf(first),
    second: kind === "reject" ? "reject" : textOf(body),
  }));
}

const textOf = (json: string | null): string => canonical(JSON.parse(json ?? "{}") as Json);

export interface AnsweredOnce {
  readonly approval: string;
  readonly at: number;
  readonly action: string;
  /** Names only. */
  readonly fields: readonly string[];
}

/** Answers that nobody has given a second time, of runs whose contents are there, by others than this person; the oldest first. */
export async function answeredOnce(
  db: D1Database,
  { workflow, since, not, limit }: { readonly workflow: string; readonly since: number; readonly not: string; readonly limit: number },
): Promise<AnsweredOnce[]> {
  const { results } = await db
    .prepare(
      `select a.id as approval, a.decided_at as at, a.action, (select json_group_array(key) from json_each(a.body, '$.values')) as fields
       from approval as a join run as r on r.id = a.run
       where a.workflow = ?1 and a.decided_at >= ?2 and a.status in ('approved', 'edited', 'rejected') and a.decided_by <> ?3 and r.erased_at is null
         and a.body->>'$.question' is null and not exists (select 1 from second_review as s where s.approval = a.id)
       order by a.decided_at, a.id limit ?4`,
    )
    .bind(workflow, since, not, limit)
    .all<Omit<AnsweredOnce, "fields"> & { fields: string }>();
  return results.map(({ fields, ...row }) => ({ ...row, fields: JSON.parse(fields) as string[] }));
}
