// The measures beside the threshold: comparison of versions, drift, labels, strata, bounded losses, label sets and the business case. Cases worked by hand or
// taken from published tables, and what must hold for any input.
import { describe, expect, it } from "vitest";
import { boundedLossP } from "../../../src/validation/bounded-loss.ts";
import { businessCase, monthlyCase } from "../../../src/validation/business-case.ts";
import { classify } from "../../../src/validation/classification.ts";
import { comparePairs, mcnemarExact, rateDifference } from "../../../src/validation/compare.ts";
import { compareSamples, driftStanding, scoreShares, stabilityIndex } from "../../../src/validation/drift.ts";
import { upperBound } from "../../../src/validation/intervals.ts";
import { labelSet, labelSetCut } from "../../../src/validation/label-sets.ts";
import { standingPerLabel } from "../../../src/validation/per-label.ts";
import { stratifiedError } from "../../../src/validation/strata.ts";
import { createRandom } from "../../simulate/random.ts";

describe("two versions", () => {
  it("on the same records are told apart by what only one of them gets right", () => {
    const pair = (id: string, oldCorrect: boolean, newCorrect: boolean) => ({ id, oldCorrect, newCorrect });
    const pairs = [pair("a", true, true), pair("b", false, true), pair("c", true, false), pair("d", false, true), pair("e", false, false)];
    expect(comparePairs(pairs)).toEqual({ fixed: ["b", "d"], broken: ["c"], same: 2, p: 1 });
  });

  it.each([
    [0, 0, 1],
    [5, 5, 1],
    [0, 6, 0.03125],
    [3, 14, 0.012725830078125],
    [14, 3, 0.012725830078125],
  ])("with %i and %i records on one side only differ with p %d", (onlyOld, onlyNew, p) => {
    expect(mcnemarExact(onlyOld, onlyNew)).toBeCloseTo(p, 12);
  });

  it.each([
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [6, 7, 2, 7, 0.0582, 0.8062],
    [5, 56, 0, 29, -0.0381, 0.1926],
    [0, 10, 0, 20, -0.1611, 0.2775],
    [10, 10, 0, 20, 0.6791, 1],
  ])("on other records, %i/%i and %i/%i, differ by Newcombe's interval", (k1, n1, k2, n2, low, high) => {
    const { difference, interval } = rateDifference(k1, n1, k2, n2);
    expect(difference).toBeCloseTo(k1 / n1 - k2 / n2, 12);
    expect(interval[0]).toBeCloseTo(low, 4);
    expect(interval[1]).toBeCloseTo(high, 4);
    expect(rateDifference(k2, n2, k1, n1).interval[0]).toBeCloseTo(-high, 4);
  });

  it("are not compared without records", () => {
    expect(() => rateDifference(0, 0, 1, 2)).toThrow("0 and 2 records");
  });
});

describe("drift", () => {
  it("is 0 between equal shares, and (a - e) ln(a / e) summed between others", () => {
    expect(stabilityIndex([0.2, 0.8], [0.2, 0.8])).toBe(0);
    expect(stabilityIndex([0.5, 0.5], [0.6, 0.4])).toBeCloseTo(0.1 * Math.log(1.5), 12);
    expect(stabilityIndex([0.6, 0.4], [0.5, 0.5])).toBeCloseTo(0.1 * Math.log(1.5), 12);
    expect(stabilityIndex([1, 0], [0, 1])).toBeCloseTo(2 * 0.9999 * Math.log(1e4), 9);
    expect(() => stabilityIndex([1], [0.5, 0.5])).toThrow("1 expected and 2 actual");
  });

  it("is watched from 0.1 and acted on from 0.25", () => {
    expect([0, 0.0999, 0.1, 0.2499, 0.25, 3].map(driftStanding)).toEqual(["steady", "steady", "watch", "watch", "act", "act"]);
  });

  it("counts scores in bins that include their upper edge", () => {
    expect(scoreShares([0, 0.25, 0.26, 1], 4)).toEqual([0.5, 0.25, 0, 0.25]);
    expect(scoreShares([0.07, 0.28], 100).flatMap((share, bin) => (share > 0 ? [bin] : []))).toEqual([6, 27]);
    expect(() => scoreShares([])).toThrow("no scores");
    for (const score of [1.01, -1, Number.NaN]) expect(() => scoreShares([score])).toThrow(`a score is ${score}`);
  });

  it("between samples is their greatest distance, with its exact chance", () => {
    expect(compareSamples([1, 2], [3, 4])).toEqual({ distance: 1, p: expect.closeTo(2 / 6, 12) });
    expect(compareSamples([1, 3], [2, 4])).toEqual({ distance: 0.5, p: 1 });
    expect(compareSamples([1, 2, 3], [1, 2, 3])).toEqual({ distance: 0, p: 1 });
    // scipy.stats.ks_2samp, method exact.
    const shifted = compareSamples([1, 2, 3, 4, 5, 6, 7], [3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5, 10.5, 11.5]);
    expect(shifted.distance).toBeCloseTo(5 / 9, 12);
    expect(shifted.p).toBeCloseTo(0.12674825174825174, 12);
    expect(() => compareSamples([], [1])).toThrow("0 and 1 values");
  });

  it("is claimed at 5 % between samples of one population in at most 5 % of draws", () => {
    const random = createRandom(6);
    let claimed = 0;
    for (let i = 0; i < 400; i++) {
      const sample = () => Array.from({ length: 40 }, () => random.next());
      if (compareSamples(sample(), sample()).p <= 0.05) claimed++;
    }
    expect(claimed).toBeGreaterThan(0);
    expect(claimed / 400).toBeLessThanOrEqual(0.05);
  });
});

describe("labels", () => {
  const answers = [..."aabcccba"].map((truth, i) => ({ truth, answer: [..."abbcacbb"][i]! }));

  it("are counted by truth and answer", () => {
    const { confusion, accuracy, perLabel, macroF1, kappa } = classify(answers, ["a", "b", "c", "d"]);
    expect(confusion).toEqual([
      [1, 2, 0, 0],
      [0, 2, 0, 0],
      [1, 0, 2, 0],
      [0, 0, 0, 0],
    ]);
    expect(accuracy).toBe(5 / 8);
    expect(perLabel).toEqual([
      { label: "a", n: 3, precision: 1 / 2, recall: 1 / 3, f1: 2 / 5 },
      { label: "b", n: 2, precision: 1 / 2, recall: 1, f1: 2 / 3 },
      { label: "c", n: 3, precision: 1, recall: 2 / 3, f1: 4 / 5 },
      { label: "d", n: 0, precision: null, recall: null, f1: 0 },
    ]);
    expect(macroF1).toBeCloseTo((2 / 5 + 2 / 3 + 4 / 5) / 4, 12);
    expect(kappa).toBeCloseTo((0.625 - 0.3125) / (1 - 0.3125), 12);
  });

  it("that are not the decision's are refused, and agreement by necessity has no kappa", () => {
    expect(() => classify([{ truth: "a", answer: "x" }], ["a", "b"])).toThrow('"x" is not one of the labels: a, b');
    expect(() => classify([], ["a"])).toThrow("no answers");
    expect(classify([{ truth: "a", answer: "a" }], ["a", "b"]).kappa).toBeNull();
  });

  it("are always asked when their own bound exceeds the limit on 20 accepted records or more", () => {
    const rows = (label: string, right: number, wrong: number, score = 0.9) =>
      Array.from({ length: right + wrong }, (_, i) => ({ label, score, correct: i < right }));
    const records = [...rows("sure", 100, 0), ...rows("weak", 17, 3), ...rows("rare", 16, 3), ...rows("low", 0, 50, 0.1)];
    const standing = standingPerLabel(records, 0.9, 0.05);
    expect(standing.map(({ label, accepted, errors, alwaysAsk }) => [label, accepted, errors, alwaysAsk])).toEqual([
      ["low", 0, 0, false],
      ["rare", 19, 3, false],
      ["sure", 100, 0, false],
      ["weak", 20, 3, true],
    ]);
    expect(standing.map(({ upper }) => upper)).toEqual([1, upperBound(3, 19), upperBound(0, 100), upperBound(3, 20)]);
    expect(standingPerLabel(records, null, 0.05).every(({ accepted }) => accepted === 0)).toBe(true);
  });
});

describe("strata", () => {
  it("count by their size, not by their labels", () => {
    const { point, upper } = stratifiedError([
      { size: 900, labelled: 10, errors: 0 },
      { size: 100, labelled: 100, errors: 50 },
    ]);
    expect(point).toBeCloseTo(0.05, 12);
    expect(upper).toBeCloseTo(0.9 * upperBound(0, 10, 0.975) + 0.1 * upperBound(50, 100, 0.975), 12);
  });

  it("as one are the plain bound; bounds lie above the point", () => {
    const random = createRandom(7);
    for (let i = 0; i < 100; i++) {
      const labelled = 1 + random.int(50);
      const strata = [1, 2].map(() => ({ size: 50 + random.int(500), labelled, errors: random.int(labelled + 1) }));
      const both = stratifiedError(strata);
      expect(both.upper).toBeGreaterThanOrEqual(both.point);
      expect(both.upper).toBeLessThanOrEqual(1 + 1e-12);
      expect(stratifiedError(strata.slice(0, 1)).upper).toBe(upperBound(strata[0]!.errors, labelled));
    }
  });

  it("need records, and labels in each", () => {
    expect(() => stratifiedError([])).toThrow("no records");
    expect(() => stratifiedError([{ size: 5, labelled: 0, errors: 0 }])).toThrow("stratum 0 has no labelled records");
  });
});

describe("bounded losses", () => {
  it("without loss are Hoeffding's (1 - limit)^n, and prove nothing at the limit or above it", () => {
    expect(boundedLossP(0, 100, 0.05)).toBeCloseTo(0.95 ** 100, 12);
    expect([boundedLossP(0.05, 100, 0.05), boundedLossP(0.4, 100, 0.05)]).toEqual([1, 1]);
    expect(() => boundedLossP(2, 100, 0.05)).toThrow("meanLoss is 2");
  });

  it("prove more with more records and with less loss", () => {
    for (const loss of [0, 0.01, 0.02, 0.03]) {
      expect(boundedLossP(loss, 400, 0.05)).toBeLessThan(boundedLossP(loss, 100, 0.05));
      expect(boundedLossP(loss, 400, 0.05)).toBeLessThan(boundedLossP(loss + 0.01, 400, 0.05));
    }
  });
});

describe("label sets", () => {
  const distances = Array.from({ length: 19 }, (_, i) => (i + 1) / 20);

  it("cut at the distance that the share of misses allows; too few records cut nothing", () => {
    expect([0.04, 0.05, 0.1, 0.5].map((miss) => labelSetCut(distances.toReversed(), miss))).toEqual([null, 0.95, 0.9, 0.5]);
    expect(labelSet({ a: 0.2, b: 0.5, c: 0.3 }, 0.7)).toEqual(["b", "c"]);
    expect(labelSet({ a: 0.2, b: 0.5, c: 0.3 }, null)).toEqual(["b", "c", "a"]);
    expect(() => labelSetCut(distances, 0)).toThrow("miss is 0");
  });

  it("hold the right label as often as promised", () => {
    const random = createRandom(8);
    let held = 0;
    for (let i = 0; i < 2000; i++) {
      const cut = labelSetCut(
        Array.from({ length: 39 }, () => random.next()),
        0.2,
      );
      const right = 1 - random.next();
      if (labelSet({ right }, cut).length === 1) held++;
    }
    expect(held / 2000).toBeGreaterThan(0.77);
    expect(held / 2000).toBeLessThan(0.83);
  });
});

describe("the business case", () => {
  const work = {
    volume: 100,
    minutesManual: 6,
    minutesReview: 3,
    hourlyCost: 60,
    costPerError: 10,
    modelCostPerRecord: 0.01,
    platformCost: 20,
  };

  it("weighs work by hand against reviews, errors, model and platform", () => {
    expect(monthlyCase(work, { automation: 0.5, error: 0.1 })).toEqual({
      rates: { automation: 0.5, error: 0.1 },
      manualCost: 600,
      newCost: 150 + 50 + 1 + 20,
      saving: 379,
      wrongWrites: 5,
      reviewHours: 2.5,
    });
    expect(monthlyCase({ ...work, platformCost: 5000 }, { automation: 1, error: 0 }).saving).toBe(600 - 5001);
  });

  it("is never better at the pessimistic rates, whatever an error costs, and comes nearer to them with more records", () => {
    const random = createRandom(9);
    const ends = { low: 0, high: 0 };
    for (let i = 0; i < 300; i++) {
      const records = 1 + random.int(400);
      const accepted = random.int(records + 1);
      const errors = random.int(1 + Math.floor(accepted / 5));
      const priced = { ...work, costPerError: random.int(100) };
      const { expected, pessimistic } = businessCase(priced, { records, accepted, errors });
      expect(pessimistic.rates.error).toBeGreaterThanOrEqual(expected.rates.error);
      expect(pessimistic.saving).toBeLessThanOrEqual(expected.saving + 1e-9);
      ends[pessimistic.rates.automation <= expected.rates.automation ? "low" : "high"]++;
      const larger = businessCase(priced, { records: records * 10, accepted: accepted * 10, errors: errors * 10 });
      expect(larger.pessimistic.saving).toBeGreaterThanOrEqual(pessimistic.saving - 1e-9);
    }
    expect(Math.min(ends.low, ends.high)).toBeGreaterThan(20);
  });

  it("of nothing measured is refused", () => {
    expect(() => businessCase(work, { records: 0, accepted: 0, errors: 0 })).toThrow("records is 0");
    expect(businessCase(work, { records: 10, accepted: 0, errors: 0 }).expected).toMatchObject({ saving: 600 - 321 });
  });
});
