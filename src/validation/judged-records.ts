// Which of a validation's answers a proof can be about, and which of them are right. A proof holds for one model, prompt, schema and measure of confidence: answers of
// any other (a fallback), failures and answers without a measure are counted as asked, as production would ask them. It must not drop a record from the total.
// Sequence: the basis that most records were answered on -> what was answered on it -> right where every labelled field is.
import { canonical } from "../core/json.ts";
import type { Scored } from "./acceptance.ts";
import type { RecordAnswer, ValidatedRecord } from "./record.ts";

export type Answered = Extract<RecordAnswer, { kind: "answered" }>;

/** What answers are alike in when one proof can cover them. */
export type AnswerBasis = Pick<Answered, "provider" | "model" | "source" | "basis">;

export interface JudgedRecord extends Scored {
  readonly record: ValidatedRecord;
  readonly answer: Answered;
  /** The labelled fields that are not as expected. */
  readonly wrong: readonly string[];
}

export interface Judgement {
  /** Answered on the main basis, in the order of the file. */
  readonly judged: readonly JudgedRecord[];
  /** Null when nothing was answered with a measure of confidence. */
  readonly main: AnswerBasis | null;
  /** Every basis, most records first. */
  readonly bases: readonly (AnswerBasis & { readonly records: number })[];
  readonly failed: number;
  /** Answered, and nothing can be proved of it: another basis, or no measure. */
  readonly uncovered: number;
}

export function judgeRecords(records: readonly ValidatedRecord[], fields: readonly string[]): Judgement {
  const answered = records.flatMap((record) => (record.answer.kind === "answered" ? [{ record, answer: record.answer }] : []));
  const counted = new Map<string, { basis: AnswerBasis; records: number }>();
  for (const { answer } of answered) {
    const basis = basisOf(answer);
    const seen = counted.get(canonical(basis));
    if (seen) seen.records++;
    else counted.set(canonical(basis), { basis, records: 1 });
  }
  // A stable sort: of two that answered as many, the one that answered first.
  const bases = [...counted.values()].toSorted((one, other) => other.records - one.records);
  const main = bases.find(({ basis }) => isMeasured(basis))?.basis ?? null;
  const judged = answered
    .filter(({ answer }) => main !== null && canonical(basisOf(answer)) === canonical(main))
    .map(({ record, answer }) => judge(record, answer, fields));
  return {
    judged,
    main,
    bases: bases.map(({ basis, records: count }) => ({ ...basis, records: count })),
    failed: records.length - answered.length,
    uncovered: answered.length - judged.length,
  };
}

export function judge(record: ValidatedRecord, answer: Answered, fields: readonly string[]): JudgedRecord {
  const wrong = fields.filter((field) => answer.value[field] !== record.expected[field]);
  return { record, answer, wrong, score: answer.score, correct: wrong.length === 0 };
}

/** No threshold is reached by an answer that nothing measured. */
const isMeasured = ({ source }: AnswerBasis): boolean => source !== "none" && source !== "person";

const basisOf = ({ provider, model, source, basis }: Answered): AnswerBasis => ({
  provider,
  model,
  source,
  basis: { prompt: basis.prompt, schema: basis.schema },
});
