// The binomial distribution, on which every promise about errors rests: exact, for any number of records that fits in memory.
// It must not approximate by the normal distribution: at 2 errors of 100 that is wrong by as much as the limit itself.
// Probability of one count: Loader's saddle-point form, which loses no digits in factorials (C. Loader, "Fast and Accurate Computation of Binomial Probabilities",
// 2000; what R's dbinom does). Probability of a tail: the terms from its edge outward, each from the one before; measured within 1e-12 of 40-digit arithmetic.

/** P(X <= k) for X ~ Bin(n, p): the chance of at most k errors in n records, each wrong with probability p (0..1). Throws RangeError unless n is a whole number >= 0. */
export function binomialCdf(k: number, n: number, p: number): number {
  if (!(Number.isSafeInteger(n) && n >= 0)) throw new RangeError(`n is ${n}: give a whole number of records, 0 or more`);
  if (!(p >= 0 && p <= 1)) throw new RangeError(`p is ${p}: give a probability from 0 to 1`);
  if (!Number.isInteger(k)) throw new RangeError(`k is ${k}: give a whole number`);
  if (k < 0) return 0;
  if (k >= n || p === 0) return 1;
  if (p === 1) return 0;
  // The tail beyond the mean is the short one; the other is what is left of 1.
  return k < n * p ? tail(k, n, p, 1 - p) : 1 - tail(n - k - 1, n, 1 - p, p);
}

/** P(X <= k) where the terms fall from k downward. `q` is 1 - p, given so that it is exact when p is close to 1. */
function tail(k: number, n: number, p: number, q: number): number {
  let term = probability(k, n, p, q);
  let sum = term;
  for (let i = k; i > 0 && term > sum * 1e-18; i--) {
    term *= (i / (n - i + 1)) * (q / p);
    sum += term;
  }
  return Math.min(1, sum);
}

/** P(X = k), 0 <= k <= n, 0 < p < 1. */
function probability(k: number, n: number, p: number, q: number): number {
  if (k === 0) return Math.exp(n * logOf(q, p));
  if (k === n) return Math.exp(n * logOf(p, q));
  const exponent = stirlingError(n) - stirlingError(k) - stirlingError(n - k) - deviance(k, n * p) - deviance(n - k, n * q);
  return Math.sqrt(n / (2 * Math.PI * k * (n - k))) * Math.exp(exponent);
}

/** ln(p), with its digits kept when p is close to 1. */
const logOf = (p: number, q: number): number => (p > 0.5 ? Math.log1p(-q) : Math.log(p));

/** ln(n!) less Stirling's formula, n >= 1. */
function stirlingError(n: number): number {
  if (n > 15) {
    const square = n * n;
    return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / square) / square) / square) / square) / n;
  }
  let factorial = 1;
  for (let i = 2; i <= n; i++) factorial *= i;
  return Math.log(factorial) - (n + 0.5) * Math.log(n) + n - 0.5 * Math.log(2 * Math.PI);
}

/** x ln(x / mean) + mean - x, by a series where the two are close and the plain form would cancel. */
function deviance(x: number, mean: number): number {
  const gap = x - mean;
  if (Math.abs(gap) >= 0.1 * (x + mean)) return x * Math.log(x / mean) + mean - x;
  const ratio = gap / (x + mean);
  let sum = gap * ratio;
  let power = 2 * x * ratio;
  for (let i = 3; ; i += 2) {
    power *= ratio * ratio;
    const next = sum + power / i;
    if (next === sum) return sum;
    sum = next;
  }
}
