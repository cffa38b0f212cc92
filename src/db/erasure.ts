// Removes the contents of runs whose time has come. What is kept of them is listed here, not what goes: a member that somebody adds to an effect or an approval
// is erased unless it is named. The audit's facts and hashes stay, so that the chain can still be verified; ids, states, people and times stay as well.
// A run with an open contest keeps its contents until that is closed.
// Sequence: which runs -> (the caller removes their large events from R2) -> everything of them in one transaction.
import type { Failure } from "../core/errors.ts";

/** One run to erase, and its event where no other run of the event still keeps it. */
export interface Erasable {
  readonly run: string;
  readonly event: string | null;
}

const uncontested = (run: "r" | "run"): string =>
  `not exists (select 1 from contest as c where c.run = ${run}.id and c.id not in (select contest from contest_closing))`;

/** Those that are due longest first. `deployed`: the workflows that may have run without a spec. */
export async function erasableRuns(db: D1Database, now: number, limit: number, deployed: readonly string[]): Promise<Erasable[]> {
  // The other runs of an event are found by their ids, which name workflow and event: there is no index by event. A workflow that ran has or had a spec, or is
  // deployed; of one that is neither any more the event goes with the first of its runs.
  const { results } = await db
    .prepare(
      `select r.id as run, case when exists (
         select 1 from run as other
         where other.id in (select s.workflow || '.' || substr(r.event_id, 5) from (select workflow from governance_spec union select value from json_each(?3)) as s)
           and other.id <> r.id and other.erased_at is null and (other.erase_at is null or other.erase_at > ?1)
       ) then null else r.event_id end as event
       from run as r where r.erase_at <= ?1
         and ${uncontested("r")} order by r.erase_at limit ?2`,
    )
    .bind(now, limit, JSON.stringify(deployed))
    .all<Erasable>();
  return results;
}

/** What a failed run's error says from then on. */
const REMOVED: Failure["message"] = "The text was removed with the run's contents";

/** A run that was reopened or contested since it was found is left alone. */
export async function eraseRuns(db: D1Database, erasable: readonly Erasable[], now: number): Promise<void> {
  const runs = JSON.stringify(erasable.map(({ run }) => run));
  const lastOfTheirEvent = JSON.stringify(erasable.flatMap(({ run, event }) => (event === null ? [] : [run])));
  const of = `in (select id from run where id in (select value from json_each(?1)) and erase_at <= ?2 and ${uncontested("run")})`;
  const statement = (sql: string) => db.prepare(sql).bind(runs, now);
  await db.batch([
    statement(`delete from audit_content where run ${of}`),
    db.prepare(`update event_log set data = null where id in (select event_id from run where id ${of})`).bind(lastOfTheirEvent, now),
    statement(
      `update effect set body = json_object('before', null, 'values', json('{}'), 'undo', body->>'$.undo', 'decidedBy', body->>'$.decidedBy',
         'basedOn', json(coalesce(body->'$.basedOn', 'null')), 'ruling', json(case when body->>'$.ruling.outcome' is null then 'null'
           else json_object('outcome', body->>'$.ruling.outcome', 'rule', body->>'$.ruling.rule', 'reason', '') end),
         'proved', json(case when body->>'$.proved.matches' is null then 'null'
           else json_object('after', json('{}'), 'matches', json(body->'$.proved.matches')) end),
         'refused', json(case when body->>'$.refused.because' is null then 'null'
           else json_object('because', body->>'$.refused.because', 'reason', '') end),
         'conflicts', null)
       where run ${of}`,
    ),
    statement(`update decision set value = null where run ${of}`),
    statement(`update shadow_comparison set fields = null, because = null where run ${of}`),
    // An approval's digest is of its values, without a salt: it would let somebody try which values they were.
    statement(
      `update approval set body = json_object('id', body->>'$.id', 'step', body->>'$.step', 'action', body->>'$.action', 'target', body->>'$.target',
         'before', json('{}'), 'values', json('{}'), 'digest', '', 'rule', body->>'$.rule', 'why', '', 'reviewers', json(body->'$.reviewers'),
         'requestedAt', body->>'$.requestedAt', 'expiresAt', body->>'$.expiresAt')
       where run ${of}`,
    ),
    db
      .prepare(
        `update run set erased_at = ?2, erase_at = null, state = case status
           when 'completed' then json_object('status', status, 'output', null)
           when 'failed' then json_object('status', status, 'error', json_object('code', state->>'$.error.code', 'message', ?3))
           else state end
         where id ${of}`,
      )
      .bind(runs, now, REMOVED),
    // Last: triggers keep these until their run says that it was erased.
    statement(
      `update effect_check set should = null
       where should is not null and run in (select id from run where id in (select value from json_each(?1)) and erased_at = ?2)`,
    ),
    statement(
      `update second_review set body = null
       where body is not null and run in (select id from run where id in (select value from json_each(?1)) and erased_at = ?2)`,
    ),
    statement(
      "delete from approval_comment where run in (select id from run where id in (select value from json_each(?1)) and erased_at = ?2)",
    ),
  ]);
}
