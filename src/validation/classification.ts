// How the answers of a decision spread over its labels: the confusion matrix, each label's own precision and recall, and two numbers for the whole.
// It must not leave a label out that nothing was answered with: that is the finding.
// Source of kappa (agreement beyond chance): J. Cohen, Educational and Psychological Measurement 20 (1960).

export interface Answer {
  readonly truth: string;
  readonly answer: string;
}

export interface LabelMeasures {
  readonly label: string;
  /** Records that truly have the label. */
  readonly n: number;
  /** Right among those so answered, and among those that truly are; null where there are none. */
  readonly precision: number | null;
  readonly recall: number | null;
  /** 0 for a label that occurs in neither. */
  readonly f1: number;
}

export interface Classification {
  readonly labels: readonly string[];
  /** One row per true label, one column per answer, both in the order of `labels`. */
  readonly confusion: readonly (readonly number[])[];
  readonly accuracy: number;
  readonly perLabel: readonly LabelMeasures[];
  /** Mean of the labels' F1, each label alike however rare. */
  readonly macroF1: number;
  /** 1: all agree; 0: as chance would; null where chance alone would agree always. */
  readonly kappa: number | null;
}

/** `labels`: all that the decision can answer with. Throws RangeError on another one, or without answers. */
export function classify(answers: readonly Answer[], labels: readonly string[]): Classification {
  if (answers.length === 0) throw new RangeError("there are no answers: give at least one");
  const confusion = labels.map(() => labels.map(() => 0));
  for (const { truth, answer } of answers) {
    const [row, column] = [labels.indexOf(truth), labels.indexOf(answer)];
    if (row === -1 || column === -1)
      throw new RangeError(`"${row === -1 ? truth : answer}" is not one of the labels: ${labels.join(", ")}`);
    const counts = confusion[row] ?? [];
    counts[column] = (counts[column] ?? 0) + 1;
  }
  const right = labels.map((_, i) => confusion[i]?.[i] ?? 0);
  const truths = confusion.map(sum);
  const answered = labels.map((_, column) => sum(confusion.map((row) => row[column] ?? 0)));
  const perLabel = labels.map((label, i) => {
    const [hits, n, given] = [right[i] ?? 0, truths[i] ?? 0, answered[i] ?? 0];
    return {
      label,
      n,
      precision: given === 0 ? null : hits / given,
      recall: n === 0 ? null : hits / n,
      f1: hits === 0 ? 0 : (2 * hits) / (n + given),
    };
  });
  const accuracy = sum(right) / answers.length;
  const byChance = sum(labels.map((_, i) => ((truths[i] ?? 0) * (answered[i] ?? 0)) / answers.length ** 2));
  return {
    labels,
    confusion,
    accuracy,
    perLabel,
    macroF1: sum(perLabel.map(({ f1 }) => f1)) / labels.length,
    kappa: byChance === 1 ? null : (accuracy - byChance) / (1 - byChance),
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
