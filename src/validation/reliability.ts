// Does a score of 0.9 mean right nine times of ten? The reliability diagram and the numbers that sum it up: calibration error, Brier score, log loss.
// All are for display. It must not decide anything: a model can be well calibrated on average and wrong where it acts.
// Sources: M. Naeini and others, AAAI 2015 (expected calibration error); G. Brier, Monthly Weather Review 78 (1950).
import { checkScores, type Scored } from "./acceptance.ts";

export interface ReliabilityBin {
  /** Scores above `low` up to and including `high`; the first bin includes 0. */
  readonly low: number;
  readonly high: number;
  readonly n: number;
  readonly meanScore: number;
  /** Share that is right, 0..1. */
  readonly accuracy: number;
}

export interface Reliability {
  readonly n: number;
  readonly accuracy: number;
  /** Bins of equal width in which there are records. */
  readonly bins: readonly ReliabilityBin[];
  /** Expected calibration error, 0..1: distance of score and accuracy, weighted by the records of a bin. */
  readonly ece: number;
  /** The worst bin's distance. */
  readonly mce: number;
  /** Mean squared distance of score and outcome, 0..1. */
  readonly brier: number;
  /** Mean -ln of the probability given to what happened. A certain answer that was wrong counts as 1e-15. */
  readonly logLoss: number;
}

/** Null without records: there is nothing to measure. */
export function reliabilityOf(records: readonly Scored[], binCount = 10): Reliability | null {
  checkScores(records);
  if (records.length === 0) return null;
  const bins = Array.from({ length: binCount }, (_, i) => {
    const [low, high] = [i / binCount, (i + 1) / binCount];
    return { low, high, records: records.filter(({ score }) => score <= high && (score > low || i === 0)) };
  })
    .filter((bin) => bin.records.length > 0)
    .map(({ low, high, records: own }) => ({
      low,
      high,
      n: own.length,
      meanScore: mean(own.map(scoreOf)),
      accuracy: mean(own.map(outcomeOf)),
    }));
  const gaps = bins.map((bin) => Math.abs(bin.accuracy - bin.meanScore));
  return {
    n: records.length,
    accuracy: mean(records.map(outcomeOf)),
    bins,
    ece: gaps.reduce((sum, gap, i) => sum + (gap * (bins[i]?.n ?? 0)) / records.length, 0),
    mce: Math.max(...gaps),
    brier: mean(records.map((record) => (record.score - outcomeOf(record)) ** 2)),
    logLoss: mean(records.map(({ score, correct }) => -Math.log(Math.max(1e-15, correct ? score : 1 - score)))),
  };
}

/** Expected calibration error over bins with equally many records, for scores that crowd in one place. No records: 0. */
export function equalMassError(records: readonly Scored[], binCount = 10): number {
  checkScores(records);
  const sorted = records.toSorted((one, other) => one.score - other.score);
  const [size, larger] = [Math.floor(sorted.length / binCount), sorted.length % binCount];
  let sum = 0;
  for (let i = 0, from = 0; i < binCount && from < sorted.length; i++) {
    const bin = sorted.slice(from, from + size + (i < larger ? 1 : 0));
    from += bin.length;
    sum += Math.abs(mean(bin.map(outcomeOf)) - mean(bin.map(scoreOf))) * (bin.length / sorted.length);
  }
  return sum;
}

const scoreOf = ({ score }: Scored): number => score;
const outcomeOf = ({ correct }: Scored): number => (correct ? 1 : 0);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
