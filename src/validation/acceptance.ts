// What a threshold would have let through. Scores come in lumps (0.9, 0.95): a threshold takes a lump whole, so only the scores that occur are thresholds.
// It works on the raw score: calibrating anew cannot move what is accepted. It must not see a score that is no number: it would be sorted anywhere.

/** One labelled record as the model judged it: its raw score, 0..1, and whether its answer was right. */
export interface Scored {
  readonly score: number;
  readonly correct: boolean;
}

/** What is accepted at `score >= threshold`: how many records, and how many of these are wrong. */
export interface Acceptance {
  readonly threshold: number;
  readonly accepted: number;
  readonly errors: number;
}

/** One acceptance for each score that occurs, strictest first. Throws RangeError on a score outside 0..1. */
export function acceptances(records: readonly Scored[]): Acceptance[] {
  const found: Acceptance[] = [];
  let errors = 0;
  for (const [index, { score, correct }] of byScore(records).entries()) {
    if (!correct) errors++;
    if (found.at(-1)?.threshold === score) found.pop();
    found.push({ threshold: score, accepted: index + 1, errors });
  }
  return found;
}

/** Highest score first. */
export function byScore(records: readonly Scored[]): Scored[] {
  checkScores(records);
  return records.toSorted((one, other) => other.score - one.score);
}

/** Throws RangeError on a score that is no number from 0 to 1. */
export function checkScores(records: readonly Scored[]): void {
  const wrong = records.findIndex(({ score }) => !(score >= 0 && score <= 1));
  if (wrong !== -1) throw new RangeError(`the score of record ${wrong} is ${records[wrong]?.score}: give a number from 0 to 1`);
}

/** Wrong among the accepted, 0..1; nothing accepted: 0. */
export const riskOf = ({ accepted, errors }: Pick<Acceptance, "accepted" | "errors">): number => (accepted === 0 ? 0 : errors / accepted);
