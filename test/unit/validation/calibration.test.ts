// Scores made readable: reliability, Platt's curve, the temperature and the isotonic curve, by small cases worked by hand and by what must hold for any.
import { describe, expect, it } from "vitest";
import type { Scored } from "../../../src/validation/acceptance.ts";
import { calibrated, fitCalibration, fitPlatt, fitTemperature, meanLoss, plattTargets } from "../../../src/validation/calibration.ts";
import { fitIsotonic, isotonicAt } from "../../../src/validation/isotonic.ts";
import { equalMassError, reliabilityOf } from "../../../src/validation/reliability.ts";
import { createRandom } from "../../simulate/random.ts";

const rows = (count: number, score: number, correct: boolean): Scored[] => Array.from({ length: count }, () => ({ score, correct }));
/** Records whose score claims more than it should: right with probability 0.5 + score / 4. */
const overconfident = (count: number, seed: number): Scored[] => {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const score = 0.5 + random.next() / 2;
    return { score, correct: random.chance(0.5 + score / 4) };
  });
};

describe("reliability", () => {
  it("is without error where scores mean what they say", () => {
    const measured = reliabilityOf([...rows(8, 0.8, true), ...rows(2, 0.8, false), ...rows(5, 0.5, true), ...rows(5, 0.5, false)]);
    expect(measured?.ece).toBeCloseTo(0, 12);
    expect(measured?.mce).toBeCloseTo(0, 12);
    expect(measured).toMatchObject({ n: 20, accuracy: 0.65, brier: expect.closeTo((10 * 0.16 + 10 * 0.25) / 20, 12) });
  });

  it("puts a score on an edge into the bin below it, and 0 into the first", () => {
    const bins = reliabilityOf([0, 0.1, 0.3, 0.30000000000000004, 0.7, 1].map((score) => ({ score, correct: true })))?.bins;
    expect(bins?.map(({ high, n }) => [high, n])).toEqual([
      [0.1, 2],
      [0.3, 1],
      [0.4, 1],
      [0.7, 1],
      [1, 1],
    ]);
  });

  it("counts a certain answer that was wrong as a large loss, not an infinite one", () => {
    expect(reliabilityOf(rows(1, 1, false))?.logLoss).toBeCloseTo(-Math.log(1e-15), 9);
  });

  it("stays within bounds whatever the records, and one bin is plain bias", () => {
    for (let seed = 0; seed < 50; seed++) {
      const records = overconfident(1 + seed * 3, seed);
      const measured = reliabilityOf(records)!;
      expect(measured.bins.reduce((sum, { n }) => sum + n, 0)).toBe(records.length);
      expect(measured.mce).toBeGreaterThanOrEqual(measured.ece - 1e-12);
      expect(measured.mce).toBeLessThanOrEqual(1);
      const bias = Math.abs(records.reduce((sum, { score }) => sum + score, 0) / records.length - measured.accuracy);
      expect(reliabilityOf(records, 1)?.ece).toBeCloseTo(bias, 12);
      expect(equalMassError(records, 1)).toBeCloseTo(bias, 12);
    }
  });

  it("of no records is nothing, and a score that is none is refused", () => {
    expect([reliabilityOf([]), equalMassError([]), fitCalibration([])]).toEqual([null, 0, null]);
    for (const measure of [reliabilityOf, equalMassError, fitCalibration]) {
      expect(() => measure(rows(1, Number.NaN, true))).toThrow("the score of record 0 is NaN");
    }
  });
});

describe("Platt's curve", () => {
  it("of two scores goes through their smoothed shares", () => {
    // Two points and two parameters: the fit is exact, so each score gets the mean of its targets.
    const records = [...rows(9, 0.9, true), ...rows(1, 0.9, false), ...rows(4, 0.6, true), ...rows(6, 0.6, false)];
    const { right, wrong } = plattTargets(records);
    expect([right, wrong]).toEqual([14 / 15, 1 / 9]);
    const fit = fitPlatt(records);
    expect(calibrated(fit, 0.9)).toBeCloseTo(0.9 * right + 0.1 * wrong, 9);
    expect(calibrated(fit, 0.6)).toBeCloseTo(0.4 * right + 0.6 * wrong, 9);
  });

  it("mirrors when right and wrong change places", () => {
    const records = overconfident(200, 1);
    const [fit, mirrored] = [fitPlatt(records), fitPlatt(records.map(({ score, correct }) => ({ score, correct: !correct })))];
    expect(mirrored.slope).toBeCloseTo(-fit.slope, 8);
    expect(mirrored.intercept).toBeCloseTo(-fit.intercept, 8);
  });

  it("stays finite on scores all alike, on 0 and 1, on all right and on cleanly separated ones", () => {
    for (const records of [
      [...rows(5, 0.7, true), ...rows(5, 0.7, false)],
      [...rows(5, 1, true), ...rows(5, 0, false)],
      rows(10, 1, true),
      rows(1, 0.5, false),
    ]) {
      const fit = fitPlatt(records);
      for (const score of [0, 0.5, 1]) {
        expect(calibrated(fit, score)).toBeGreaterThanOrEqual(0);
        expect(calibrated(fit, score)).toBeLessThanOrEqual(1);
      }
    }
    expect(calibrated(fitPlatt([...rows(5, 0.7, true), ...rows(5, 0.7, false)]), 0.7)).toBeCloseTo(0.5, 6);
  });
});

describe("calibration", () => {
  it.each([
    [999, "platt"],
    [1000, "isotonic"],
  ])("of %i records is %s, is nearer to the truth than the score, and never falls as the score rises", (count, kind) => {
    const fit = fitCalibration(overconfident(count, 2))!;
    expect(fit.kind).toBe(kind);
    const fresh = overconfident(2000, 3);
    const before = reliabilityOf(fresh)!.ece;
    const after = reliabilityOf(fresh.map(({ score, correct }) => ({ score: calibrated(fit, score), correct })))!.ece;
    expect(after).toBeLessThan(before / 1.5);
    let last = 0;
    for (let score = 0; score <= 1; score += 0.01) {
      expect(calibrated(fit, score)).toBeGreaterThanOrEqual(last);
      last = calibrated(fit, score);
    }
  });
});

describe("the temperature", () => {
  const random = createRandom(4);
  const logitRows = Array.from({ length: 300 }, () => {
    const logits = [random.next() * 4, random.next() * 4, random.next() * 4];
    const shares = logits.map(Math.exp);
    const total = shares.reduce((sum, share) => sum + share, 0);
    const at = random.next() * total;
    return { logits, label: at < shares[0]! ? 0 : at < shares[0]! + shares[1]! ? 1 : 2 };
  });

  it("of logits that are right is about 1, and of logits made k times larger is k times that", () => {
    const temperature = fitTemperature(logitRows);
    expect(temperature).toBeGreaterThan(0.8);
    expect(temperature).toBeLessThan(1.25);
    const larger = logitRows.map(({ logits, label }) => ({ logits: logits.map((logit) => logit * 3), label }));
    expect(fitTemperature(larger)).toBeCloseTo(3 * temperature, 9);
  });

  it("is the one of least loss", () => {
    const temperature = fitTemperature(logitRows);
    for (const other of [0.5, 0.99, 1.01, 2])
      expect(meanLoss(logitRows, temperature)).toBeLessThan(meanLoss(logitRows, temperature * other));
  });

  it("stops at its ends where a set is cleanly separated, or upside down", () => {
    expect(fitTemperature([{ logits: [3, 0], label: 0 }])).toBeCloseTo(0.05, 9);
    expect(fitTemperature([{ logits: [3, 0], label: 1 }])).toBeCloseTo(20, 6);
  });
});

describe("the isotonic curve", () => {
  const points = (ys: number[]) => ys.map((y, x) => ({ x, y }));

  it.each([
    [
      [0, 0, 1, 1],
      [0, 0, 1, 1],
    ],
    [
      [1, 0],
      [0.5, 0.5],
    ],
    [
      [1, 1, 0, 1, 0],
      [0.6, 0.6, 0.6, 0.6, 0.6],
    ],
    [
      [0, 1, 0, 1],
      [0, 0.5, 0.5, 1],
    ],
    [[], []],
  ])("of %j is %j", (ys, expected) => {
    const fit = fitIsotonic(points(ys));
    expect(fit.map(({ x }) => x)).toEqual(ys.map((_, x) => x));
    for (const [x, y] of expected.entries()) expect(fit[x]?.y).toBeCloseTo(y, 12);
  });

  it("never falls, keeps the mean, and cannot be bettered by moving a block", () => {
    const random = createRandom(5);
    for (let i = 0; i < 100; i++) {
      const given = points(Array.from({ length: 1 + random.int(40) }, () => random.int(2)));
      const fit = fitIsotonic(given);
      for (const [at, knot] of fit.entries()) expect(knot.y).toBeGreaterThanOrEqual(fit[at - 1]?.y ?? 0);
      const mean = (list: { y: number }[]) => list.reduce((sum, { y }) => sum + y, 0) / list.length;
      expect(mean(fit)).toBeCloseTo(mean(given), 10);
      for (const level of new Set(fit.map(({ y }) => y))) {
        expect(mean(given.filter((_, at) => fit[at]?.y === level))).toBeCloseTo(level, 10);
      }
    }
  });

  it("weighs points, joins ties, is straight between knots and level outside", () => {
    expect(
      fitIsotonic([
        { x: 1, y: 1, weight: 3 },
        { x: 2, y: 0 },
      ]),
    ).toEqual([
      { x: 1, y: 0.75 },
      { x: 2, y: 0.75 },
    ]);
    const knots = fitIsotonic([
      { x: 2, y: 1 },
      { x: 1, y: 0 },
      { x: 1, y: 0.5 },
    ]);
    expect(knots).toEqual([
      { x: 1, y: 0.25 },
      { x: 2, y: 1 },
    ]);
    expect([0, 1, 1.5, 2, 9].map((x) => isotonicAt(knots, x))).toEqual([0.25, 0.25, 0.625, 1, 1]);
    expect(() => isotonicAt([], 0.5)).toThrow("has no knots");
  });
});
