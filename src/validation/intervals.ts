// How far a counted rate can lie from the true one. Two kinds: Wilson's interval for rates that are shown, and Clopper-Pearson's exact bounds for what is promised.
// Neither must be used in the other's place: Wilson's is right on average and can fall short in the single case.
// Sources: E. B. Wilson, JASA 22 (1927); C. J. Clopper and E. S. Pearson, Biometrika 26 (1934); compared in R. G. Newcombe, Statistics in Medicine 17 (1998) 857.
import { binomialCdf } from "./binomial.ts";

/** Lower and upper end of a rate, 0..1. */
export type Interval = readonly [low: number, high: number];

/** How sure a promise is, unless its owner says otherwise: it is broken in at most one of 20 validations. */
export const CONFIDENCE = 0.95;

/** The standard normal's 97.5 % point. */
const Z95 = 1.959963984540054;

/** k of n as a rate, two-sided 95 %. Nothing counted (n = 0): from 0 to 1. Throws RangeError unless 0 <= k <= n are whole numbers. */
export function wilson(k: number, n: number): Interval {
  counted(k, n);
  if (n === 0) return [0, 1];
  const rate = k / n;
  const square = Z95 ** 2;
  const middle = (rate + square / (2 * n)) / (1 + square / n);
  const half = (Z95 / (1 + square / n)) * Math.sqrt((rate * (1 - rate)) / n + square / (4 * n * n));
  return [k === 0 ? 0 : Math.max(0, middle - half), k === n ? 1 : Math.min(1, middle + half)];
}

/** k of n, two-sided: each end holds with half of what `confidence` leaves open. */
export function clopperPearson(k: number, n: number, confidence: number = CONFIDENCE): Interval {
  return [lowerBound(k, n, (1 + confidence) / 2), upperBound(k, n, (1 + confidence) / 2)];
}

/**
 * The rate that the true one does not exceed, with `confidence` (above 0.5, below 1): the p at which k or fewer of n would be seen with probability 1 - confidence.
 * One-sided and exact, within 1e-12. Throws RangeError on counts or a confidence that cannot be.
 */
export function upperBound(k: number, n: number, confidence: number = CONFIDENCE): number {
  counted(k, n);
  const open = openShare(confidence);
  if (k === n) return 1;
  if (k === 0) return -Math.expm1(Math.log(open) / n);
  let low = k / n;
  let high = 1;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return high;
    if (binomialCdf(k, n, middle) > open) low = middle;
    else high = middle;
  }
}

/** The rate that the true one does not fall below, with `confidence`, one-sided. */
export function lowerBound(k: number, n: number, confidence: number = CONFIDENCE): number {
  counted(k, n);
  return 1 - upperBound(n - k, n, confidence);
}

/** What `confidence` leaves open: the chance that a promise may be broken. */
export function openShare(confidence: number): number {
  if (!(confidence > 0.5 && confidence < 1))
    throw new RangeError(`confidence is ${confidence}: give a number above 0.5 and below 1, such as 0.95`);
  return 1 - confidence;
}

function counted(k: number, n: number): void {
  if (Number.isSafeInteger(k) && Number.isSafeInteger(n) && k >= 0 && k <= n) return;
  throw new RangeError(`${k} of ${n} cannot be counted: give whole numbers, the first from 0 to the second`);
}
