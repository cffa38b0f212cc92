// What a validation's answers looked like as a whole, as a week of production is counted: how many had which score, and how often each label was the answer. Counts only: it is there
// also when what the records said is erased.
import { type DecisionWeek, SCORE_BINS } from "../validation/review-week.ts";
import { scoreBin } from "./review-reads.ts";

/** The score is that of the whole answer, the least sure of all its fields, and not of the labelled ones alone: so production's are. */
export async function readValidationMix(db: D1Database, validation: string): Promise<DecisionWeek> {
  const answered = "from validation_record as r where r.validation = ?1 and r.answer->>'$.kind' = 'answered'";
  const [scores, answers] = await db.batch<Record<string, number | string>>([
    db
      .prepare(
        `select ${scoreBin("score")} as bin, count(*) as n from (
           select coalesce((select min(f.value->>'$.confidence') from json_each(r.answer->'$.fields') as f), 0) as score ${answered}) group by 1`,
      )
      .bind(validation),
    db
      .prepare(
        `select j.key as field, j.value as label, count(*) as n from (select r.answer ${answered}) as a, json_each(a.answer->'$.value') as j group by 1, 2`,
      )
      .bind(validation),
  ]);
  const bins = Array.from({ length: SCORE_BINS }, () => 0);
  for (const { bin, n } of scores?.results ?? []) bins[Number(bin)] = Number(n);
  const labels: Record<string, Record<string, number>> = {};
  for (const { field, label, n } of answers?.results ?? [])
    labels[String(field)] = { ...labels[String(field)], [String(label)]: Number(n) };
  return { decisions: bins.reduce((sum, n) => sum + n, 0), bins, labels };
}
