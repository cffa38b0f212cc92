// Is it better than last time? Record by record, for the records that both validations have, judged by the labels of today: what is fixed, what is broken, and whether
// chance alone would explain the difference.
import { canonical } from "../core/json.ts";
import { comparePairs } from "./compare.ts";
import { judge } from "./judged-records.ts";
import type { ValidatedRecord } from "./record.ts";
import type { ValidationReport } from "./report-shape.ts";

/** An earlier validation of the same workflow and decision, and the digest of its report. */
export interface PreviousValidation {
  readonly id: string;
  readonly digest: string;
  readonly model: string | null;
  readonly records: readonly ValidatedRecord[];
}

export function comparisonWith(
  previous: PreviousValidation,
  records: readonly ValidatedRecord[],
  fields: readonly string[],
): NonNullable<ValidationReport["comparison"]> {
  const old = new Map(previous.records.map((record) => [record.id, record]));
  const pairs = records.flatMap((record) => {
    const before = old.get(record.id);
    if (!before || canonical(before.input) !== canonical(record.input)) return [];
    return [{ id: record.id, oldCorrect: isRight({ ...before, expected: record.expected }, fields), newCorrect: isRight(record, fields) }];
  });
  const { fixed, broken, same, p } = comparePairs(pairs);
  const { id, digest, model } = previous;
  return { id, digest, model, records: pairs.length, fixed: [...fixed], broken: [...broken], same, p };
}

/** A failure answers nothing rightly. */
const isRight = (record: ValidatedRecord, fields: readonly string[]): boolean =>
  record.answer.kind === "answered" && judge(record, record.answer, fields).correct;
