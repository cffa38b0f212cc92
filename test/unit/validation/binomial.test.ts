// The binomial distribution, its intervals and the sample sizes, against 40-digit arithmetic (mpmath, whole sums) and Newcombe's published tables (1998).
import { describe, expect, it } from "vitest";
import { binomialCdf } from "../../../src/validation/binomial.ts";
import { clopperPearson, lowerBound, upperBound, wilson } from "../../../src/validation/intervals.ts";
import { acceptedNeeded, missingToProve } from "../../../src/validation/sample-size.ts";
import { createRandom } from "../../simulate/random.ts";

describe("the chance of at most k errors", () => {
  it.each([
    [0, 1, 0.5, 0.5],
    [3, 10, 0.3, 0.6496107184],
    [7, 15, 0.45, 0.6535039251470937],
    [16, 17, 0.9, 0.8332281830033342],
    [2, 100, 0.05, 0.1182629811851209],
    [50, 100, 0.5, 0.5397946186935894],
    [60, 100, 0.5, 0.9823998998911476],
    [480, 10_000, 0.05, 0.1858244966427441],
    [520, 10_000, 0.05, 0.8267631246449457],
    [49_500, 1_000_000, 0.05, 0.01087217658964502],
    [5, 1_000_000, 0.00001, 0.06708501704653116],
    [995, 1000, 0.999, 0.003636878029521804],
    [30, 1000, 0.05, 0.001277067917479836],
  ])("%i of %i at %d is %d, within 1e-12", (k, n, p, expected) => {
    expect(Math.abs(binomialCdf(k, n, p) - expected)).toBeLessThan(1e-12);
  });

  it("keeps its digits where it is tiny", () => {
    expect(binomialCdf(2, 5000, 0.02) / 7.166758475709003e-41).toBeCloseTo(1, 11);
  });

  it("is whole at the ends", () => {
    expect([binomialCdf(-1, 5, 0.3), binomialCdf(5, 5, 0.3), binomialCdf(2, 5, 0), binomialCdf(2, 5, 1), binomialCdf(0, 0, 0.3)]).toEqual([
      0, 1, 1, 0, 1,
    ]);
  });

  it("rises with k, falls with p and with n, and mirrors", () => {
    const random = createRandom(1);
    for (let i = 0; i < 500; i++) {
      const n = 1 + random.int(400);
      const k = random.int(n);
      const p = 0.01 + 0.97 * random.next();
      const here = binomialCdf(k, n, p);
      expect(here).toBeGreaterThanOrEqual(0);
      expect(here).toBeLessThanOrEqual(1);
      expect(binomialCdf(k + 1, n, p)).toBeGreaterThanOrEqual(here - 1e-14);
      expect(binomialCdf(k, n, p + 0.01)).toBeLessThanOrEqual(here + 1e-14);
      expect(binomialCdf(k, n + 1, p)).toBeLessThanOrEqual(here + 1e-14);
      expect(Math.abs(here + binomialCdf(n - k - 1, n, 1 - p) - 1)).toBeLessThan(1e-12);
    }
  });

  it.each([
    [1, 2.5, 0.1, "n is 2.5"],
    [1, -1, 0.1, "n is -1"],
    [1, 3, 1.1, "p is 1.1"],
    [1, 3, Number.NaN, "p is NaN"],
    [0.5, 3, 0.1, "k is 0.5"],
  ])("refuses %d of %d at %d", (k, n, p, message) => {
    expect(() => binomialCdf(k, n, p)).toThrow(message);
  });
});

describe("intervals", () => {
  it.each([
    [81, 263, [0.2553, 0.3662], [0.2527, 0.3676]],
    [15, 148, [0.0624, 0.1605], [0.0578, 0.1617]],
    [0, 20, [0, 0.1611], [0, 0.1684]],
    [1, 29, [0.0061, 0.1718], [0.0009, 0.1776]],
  ])("of %i in %i are those of Newcombe's table", (k, n, expectedWilson, expectedExact) => {
    for (const end of [0, 1]) {
      expect(wilson(k, n)[end]).toBeCloseTo(expectedWilson[end]!, 4);
      expect(clopperPearson(k, n)[end]).toBeCloseTo(expectedExact[end]!, 4);
    }
  });

  it.each([
    [0, 7, 0.9, 0.28031432699885],
    [1, 29, 0.95, 0.15339202452618],
    [2, 60, 0.99, 0.1328263241844],
    [17, 400, 0.95, 0.063068900076541],
    [90, 100, 0.975, 0.95099531077851],
    [250, 10_000, 0.95, 0.027723005901065],
    [4, 100_000, 0.999, 0.00014793350792502],
  ])("bound %i of %i at %d by %d, within 1e-12", (k, n, confidence, expected) => {
    expect(Math.abs(upperBound(k, n, confidence) - expected)).toBeLessThan(1e-12);
    expect(Math.abs(lowerBound(n - k, n, confidence) - (1 - expected))).toBeLessThan(1e-12);
  });

  it("hold the counted rate, stay in 0..1, narrow with more records and widen with confidence", () => {
    const random = createRandom(2);
    for (let i = 0; i < 300; i++) {
      const n = 1 + random.int(300);
      const k = random.int(n + 1);
      for (const [low, high] of [wilson(k, n), clopperPearson(k, n), [lowerBound(k, n), upperBound(k, n)]] as const) {
        expect(low).toBeGreaterThanOrEqual(0);
        expect(low).toBeLessThanOrEqual(k / n);
        expect(high).toBeGreaterThanOrEqual(k / n);
        expect(high).toBeLessThanOrEqual(1);
      }
      if (k < n) expect(upperBound(k, n)).toBeLessThan(upperBound(k + 1, n) + 1e-15);
      if (k < n) expect(upperBound(k, n, 0.99)).toBeGreaterThan(upperBound(k, n, 0.95));
      if (k > 0) expect(upperBound(k * 2, n * 2)).toBeLessThanOrEqual(upperBound(k, n));
    }
  });

  it("know nothing where nothing was counted", () => {
    expect([wilson(0, 0), clopperPearson(0, 0), upperBound(0, 0), lowerBound(0, 0)]).toEqual([[0, 1], [0, 1], 1, 0]);
  });

  it("refuse counts and a confidence that cannot be", () => {
    for (const [k, n] of [
      [3, 2],
      [-1, 2],
      [0.5, 2],
      [0, Number.NaN],
    ] as const) {
      expect(() => wilson(k, n)).toThrow(`${k} of ${n} cannot be counted`);
      expect(() => upperBound(k, n)).toThrow(`${k} of ${n} cannot be counted`);
    }
    for (const confidence of [0.5, 1, 95, Number.NaN]) expect(() => upperBound(1, 2, confidence)).toThrow(`confidence is ${confidence}`);
  });

  it("cover the true rate at least as often as promised", () => {
    // Not drawn: summed over every outcome, so that the exact coverage is what is compared.
    for (const [n, p] of [
      [30, 0.05],
      [100, 0.02],
      [200, 0.5],
    ] as const) {
      let covered = 0;
      for (let k = 0; k <= n; k++) if (upperBound(k, n) >= p) covered += binomialCdf(k, n, p) - binomialCdf(k - 1, n, p);
      expect(covered).toBeGreaterThanOrEqual(0.95);
    }
  });
});

describe("the records that a promise takes", () => {
  it.each([
    [0, 0.05, 0.95, 59],
    [1, 0.05, 0.95, 93],
    [0, 0.01, 0.95, 299],
    [3, 0.1, 0.95, 76],
    [0, 0.5, 0.75, 2],
    [0, 0.001, 0.95, 2995],
  ])("with %i errors at a limit of %d and confidence %d are %i", (errors, limit, confidence, expected) => {
    expect(acceptedNeeded(errors, limit, confidence)).toBe(expected);
  });

  it("are the fewest whose bound is within the limit", () => {
    for (const errors of [0, 1, 4, 20]) {
      for (const limit of [0.013, 0.07, 0.3, 0.8]) {
        const needed = acceptedNeeded(errors, limit);
        expect(upperBound(errors, needed)).toBeLessThanOrEqual(limit);
        if (needed - 1 > errors) expect(upperBound(errors, needed - 1)).toBeGreaterThan(limit);
        expect(acceptedNeeded(errors + 1, limit)).toBeGreaterThan(needed);
      }
    }
  });

  it("less those that were seen are what is missing", () => {
    expect(missingToProve({ accepted: 80, errors: 1 }, 0.05)).toBe(13);
    expect(missingToProve({ accepted: 93, errors: 1 }, 0.05)).toBe(0);
    expect(missingToProve({ accepted: 500, errors: 1 }, 0.05)).toBe(0);
  });

  it("are not worked out for a limit or a count that cannot be", () => {
    for (const limit of [0, 1, 5, Number.NaN]) expect(() => acceptedNeeded(0, limit)).toThrow(`limit is ${limit}`);
    expect(() => acceptedNeeded(-1, 0.05)).toThrow("errors is -1");
  });
});
