// Is one version better than another? Two ways of asking: the same records judged by both (McNemar, exact), and two samples of different records (Newcombe's
// interval of the difference). It must not use the second where the first is possible: pairs see smaller differences.
// Sources: Q. McNemar, Psychometrika 12 (1947), exact by the binomial; R. G. Newcombe, Statistics in Medicine 17 (1998) 873, method 10.
import { binomialCdf } from "./binomial.ts";
import { type Interval, wilson } from "./intervals.ts";

/** One record as two versions answered it. */
export interface Pair {
  readonly id: string;
  readonly oldCorrect: boolean;
  readonly newCorrect: boolean;
}

export interface PairedComparison {
  /** Ids of records that only the new version answers rightly, and of those that only the old one does: what people want to see first. */
  readonly fixed: readonly string[];
  readonly broken: readonly string[];
  readonly same: number;
  /** Chance of a difference at least this large if the versions were equally good, 0..1. */
  readonly p: number;
}

export function comparePairs(pairs: readonly Pair[]): PairedComparison {
  const fixed = pairs.filter((pair) => pair.newCorrect && !pair.oldCorrect).map(({ id }) => id);
  const broken = pairs.filter((pair) => pair.oldCorrect && !pair.newCorrect).map(({ id }) => id);
  return { fixed, broken, same: pairs.length - fixed.length - broken.length, p: mcnemarExact(broken.length, fixed.length) };
}

/** Two-sided p from the records that only one version answers rightly; none: 1. */
export function mcnemarExact(onlyOldRight: number, onlyNewRight: number): number {
  return Math.min(1, 2 * binomialCdf(Math.min(onlyOldRight, onlyNewRight), onlyOldRight + onlyNewRight, 0.5));
}

/** k1 of n1 less k2 of n2, with its two-sided 95 % interval; -1..1. Both samples must have records. */
export function rateDifference(
  k1: number,
  n1: number,
  k2: number,
  n2: number,
): { readonly difference: number; readonly interval: Interval } {
  const [low1, high1] = wilson(k1, n1);
  const [low2, high2] = wilson(k2, n2);
  if (n1 === 0 || n2 === 0) throw new RangeError(`the samples have ${n1} and ${n2} records: give both at least one`);
  const [rate1, rate2] = [k1 / n1, k2 / n2];
  const difference = rate1 - rate2;
  return {
    difference,
    interval: [difference - Math.hypot(rate1 - low1, high2 - rate2), difference + Math.hypot(high1 - rate1, rate2 - low2)],
  };
}
