// Removes what the records of validations said once their time has come. What stays is listed here, not what goes: ids, labels, answers to the labelled fields, scores, costs. Reports
// and certificates rest on those, so that a report can still be looked at with another threshold. One that never ended is cancelled with it: nothing is asked of an empty record.
import type { Failure } from "../core/errors.ts";

const DAY_MS = 86_400_000;
const DUE = `erased_at is null and coalesce(finished_at, moved_at, created_at) + keep_days * ${DAY_MS} <= ?1`;

/** Those that are due longest first. */
export async function erasableValidations(db: D1Database, now: number, limit: number): Promise<string[]> {
  const { results } = await db
    .prepare(`select id from validation where ${DUE} order by coalesce(finished_at, moved_at, created_at) limit ?2`)
    .bind(now, limit)
    .all<{ id: string }>();
  return results.map(({ id }) => id);
}

/** What a record's failure says from then on. */
const REMOVED: Failure["message"] = "The text was removed with the record's contents";
const CANCELLED: Failure = {
  code: "validation.wrong_state",
  message: "Cancelled: what its records said was kept as long as it may be, and is erased",
};

const kept = (column: string, members: readonly string[]): string =>
  members.map((member) => `'${member}', ${column}->'$.${member}'`).join(", ");
const ANSWERED = kept("answer", [
  "kind",
  "value",
  "score",
  "source",
  "basis",
  "provider",
  "model",
  "costUsd",
  "promptTokens",
  "completionTokens",
  "latencyMs",
  "ruling",
]);
const FIELDS = `(select json_group_object(key, json_object('confidence', value->'$.confidence', 'alternatives', json('[]')))
  from json_each(answer->'$.fields'))`;

/** False: it moved since it was found, or is erased already. */
export async function eraseValidation(db: D1Database, id: string, now: number): Promise<boolean> {
  const [marked] = await db.batch([
    db
      .prepare(
        `update validation set erased_at = ?1, imported = json_set(imported, '$.rejections', json('[]')),
           because = case when status in ('finished', 'cancelled') then because else ?3 end,
           finished_at = case when status in ('finished', 'cancelled') then finished_at else ?1 end,
           status = case when status = 'finished' then status else 'cancelled' end
         where id = ?2 and ${DUE} returning id`,
      )
      .bind(now, id, JSON.stringify(CANCELLED)),
    // Last: a trigger keeps the records until their validation says that it was erased.
    db
      .prepare(
        `update validation_record set claimed_until = null, body = json_object(${kept("body", ["id", "line", "expected"])}, 'input', json('{}')),
           answer = case answer->>'$.kind' when 'answered' then json_object(${ANSWERED}, 'fields', ${FIELDS})
             when 'failed' then json_object('kind', 'failed', 'code', answer->>'$.code', 'message', ?3) end
         where validation = ?2 and body->'$.input' <> '{}' and exists (select 1 from validation where id = ?2 and erased_at = ?1)`,
      )
      .bind(now, id, REMOVED),
  ]);
  return (marked?.results.length ?? 0) > 0;
}
