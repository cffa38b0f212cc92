// Is what arrives now still what was measured? The population stability index over shares (scores in bins, labels), and the two-sample Kolmogorov-Smirnov test
// over scores as they are. It must not conclude that answers got worse: only that the measurement was made on something else.
// Sources: N. Siddiqi, "Credit Risk Scorecards" (2006) for the index and its customary marks, which are a convention and no test; the exact distribution by
// counting lattice paths, J. Hodges, Arkiv för Matematik 3 (1958).

/** Shares below this count as this: an empty bin would make the index infinite. */
const LEAST_SHARE = 1e-4;
const WATCH_FROM = 0.1;
const ACT_FROM = 0.25;

/** Sum of (a - e) ln(a / e) over bins; 0 when the two are the same. `expected`, `actual`: shares of the same bins, each adding up to 1. */
export function stabilityIndex(expected: readonly number[], actual: readonly number[]): number {
  if (expected.length !== actual.length)
    throw new RangeError(`there are ${expected.length} expected and ${actual.length} actual shares: give the same bins`);
  return expected.reduce((sum, share, i) => {
    const [e, a] = [Math.max(LEAST_SHARE, share), Math.max(LEAST_SHARE, actual[i] ?? 0)];
    return sum + (a - e) * Math.log(a / e);
  }, 0);
}

export type DriftStanding = "steady" | "watch" | "act";

export function driftStanding(index: number): DriftStanding {
  if (index >= ACT_FROM) return "act";
  return index >= WATCH_FROM ? "watch" : "steady";
}

/** The share of scores (0..1) in each of `binCount` equal bins, (low, high], the first with 0. Throws RangeError without scores: nothing has no shares. */
export function scoreShares(scores: readonly number[], binCount = 10): number[] {
  if (scores.length === 0) throw new RangeError("there are no scores: give at least one");
  const wrong = scores.find((score) => !(score >= 0 && score <= 1));
  if (wrong !== undefined) throw new RangeError(`a score is ${wrong}: give numbers from 0 to 1`);
  return Array.from({ length: binCount }, (_, i) => {
    const inBin = scores.filter((score) => score <= (i + 1) / binCount && (score > i / binCount || i === 0));
    return inBin.length / scores.length;
  });
}

export interface TwoSamples {
  /** Greatest distance of the two cumulative shares, 0..1. */
  readonly distance: number;
  /** Chance of such a distance if both came from one population; exact without ties, too large (careful) with them. Takes steps in proportion to n * m. */
  readonly p: number;
}

export function compareSamples(one: readonly number[], other: readonly number[]): TwoSamples {
  const [n, m] = [one.length, other.length];
  if (n === 0 || m === 0) throw new RangeError(`the samples have ${n} and ${m} values: give both at least one`);
  const [a, b] = [one.toSorted((x, y) => x - y), other.toSorted((x, y) => x - y)];
  // Distances are whole numbers of 1 / (n m), so that "as large as seen" is exact.
  let greatest = 0;
  for (let i = 0, j = 0; i < n && j < m; ) {
    const value = Math.min(a[i] ?? 0, b[j] ?? 0);
    while (i < n && a[i] === value) i++;
    while (j < m && b[j] === value) j++;
    greatest = Math.max(greatest, Math.abs(i * m - j * n));
  }
  return { distance: greatest / (n * m), p: Math.min(1, 1 - staysWithin(n, m, greatest)) };
}

/** Chance that a random interleaving of n and m values nowhere reaches the distance. */
function staysWithin(n: number, m: number, distance: number): number {
  const row = new Float64Array(m + 1);
  for (let i = 0; i <= n; i++) {
    for (let j = 0; j <= m; j++) {
      if (i === 0 && j === 0) row[0] = 1;
      else if (Math.abs(i * m - j * n) >= distance) row[j] = 0;
      else row[j] = ((row[j] ?? 0) * i + (j > 0 ? (row[j - 1] ?? 0) * j : 0)) / (i + j);
    }
  }
  return row[m] ?? 0;
}
