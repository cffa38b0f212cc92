// What one pooled threshold means for each labelled field and each of its classes, and what is taken for what. For people to read: nothing here is a proof of its own,
// save that a class whose bound exceeds the limit is named as one to ask about always.
import { classify } from "./classification.ts";
import { upperBound, wilson } from "./intervals.ts";
import type { JudgedRecord } from "./judged-records.ts";
import { standingPerLabel } from "./per-label.ts";
import type { ClassStanding, FieldStanding } from "./report-shape.ts";

/** More labels than this are no classes (dates, amounts), and no matrix can be read. */
const MATRIX_UP_TO = 100;
const MIXUPS_SHOWN = 20;

/** `threshold`: the certified one, null when nothing is accepted. */
export function fieldStanding(
  judged: readonly JudgedRecord[],
  field: string,
  threshold: number | null,
  { limit, confidence }: { readonly limit: number; readonly confidence: number },
): FieldStanding {
  const answers = judged.map(({ record, answer, score }) => {
    const [truth, given] = [record.expected[field] ?? "", answer.value[field] ?? ""];
    return { truth, answer: given, label: given, score, correct: truth === given };
  });
  const labels = [...new Set(answers.flatMap(({ truth, answer }) => [truth, answer]))].toSorted();
  const right = answers.filter(({ correct }) => correct).length;
  const accepted = answers.filter(({ score }) => threshold !== null && score >= threshold);
  const errors = accepted.filter(({ correct }) => !correct).length;
  const upper = upperBound(errors, accepted.length, confidence);
  const isClasses = answers.length > 0 && labels.length <= MATRIX_UP_TO;
  const spread = isClasses ? classify(answers, labels) : null;
  const standings = isClasses ? standingPerLabel(answers, threshold, limit, confidence) : [];
  return {
    field,
    records: answers.length,
    right,
    accuracy: answers.length === 0 ? 0 : right / answers.length,
    interval: [...wilson(right, answers.length)],
    accepted: accepted.length,
    errors,
    upper,
    proved: accepted.length > 0 && upper <= limit,
    macroF1: spread?.macroF1 ?? null,
    kappa: spread?.kappa ?? null,
    confusion: spread && { labels: [...spread.labels], counts: spread.confusion.map((row) => [...row]) },
    classes: isClasses ? labels.map((label) => classStanding(label)) : [],
    mixups: mixupsOf(answers),
  };

  function classStanding(label: string): ClassStanding {
    const given = answers.filter(({ answer }) => answer === label);
    const truly = answers.filter(({ truth }) => truth === label);
    const hits = given.filter(({ correct }) => correct).length;
    const standing = standings.find((one) => one.label === label);
    const [taken, wrong, bound] = [standing?.accepted ?? 0, standing?.errors ?? 0, standing?.upper ?? 1];
    return {
      label,
      answered: given.length,
      right: hits,
      rightInterval: [...wilson(hits, given.length)],
      truly: truly.length,
      found: hits,
      accepted: taken,
      errors: wrong,
      upper: bound,
      standing: taken === 0 ? "none_accepted" : standing?.alwaysAsk ? "always_ask" : bound <= limit ? "proved" : "unproved",
    };
  }
}

function mixupsOf(
  answers: readonly { readonly truth: string; readonly answer: string; readonly correct: boolean }[],
): FieldStanding["mixups"] {
  const counted = new Map<string, { expected: string; answered: string; records: number }>();
  for (const { truth, answer, correct } of answers) {
    if (correct) continue;
    const key = JSON.stringify([truth, answer]);
    const seen = counted.get(key);
    if (seen) seen.records++;
    else counted.set(key, { expected: truth, answered: answer, records: 1 });
  }
  return [...counted.values()].toSorted((one, other) => other.records - one.records).slice(0, MIXUPS_SHOWN);
}
