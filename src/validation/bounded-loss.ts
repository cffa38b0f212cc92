// Proof of a limit on a loss between 0 and 1 per record, such as the share of a record's fields that are wrong: the Hoeffding-Bentkus p-value.
// Where a record is either right or wrong the exact binomial of certify.ts is sharper, and must be used.
// Source: S. Bates and others, "Distribution-Free, Risk-Controlling Prediction Sets", J. ACM 68 (2021).
import { binomialCdf } from "./binomial.ts";
import { errorLimit } from "./sample-size.ts";

/** Chance of a mean loss this small over n records if the true one exceeded `limit`; at most 1 - confidence proves the limit. */
export function boundedLossP(meanLoss: number, n: number, limit: number): number {
  errorLimit(limit);
  if (!(meanLoss >= 0 && meanLoss <= 1)) throw new RangeError(`meanLoss is ${meanLoss}: give a mean from 0 to 1`);
  // The small step back keeps a product such as 100 * 0.07 from landing above the whole number that it is.
  const bentkus = Math.E * binomialCdf(Math.ceil(n * meanLoss - 1e-9), n, limit);
  return Math.min(1, Math.exp(-n * divergence(Math.min(meanLoss, limit), limit)), bentkus);
}

/** Kullback-Leibler divergence of two coins, 0 <= a <= b < 1. */
function divergence(a: number, b: number): number {
  const first = a === 0 ? 0 : a * Math.log(a / b);
  return first + (1 - a) * Math.log((1 - a) / (1 - b));
}
