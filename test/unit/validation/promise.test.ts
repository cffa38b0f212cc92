// The promise of a certified threshold, over drawn validations of records whose errors are known.
import { describe, expect, it } from "vitest";
import { simulatePromise } from "../../../src/validation/promise.ts";

/** The higher the score, the rarer an error: wrong with a chance of 1 - score, drawn by a fixed sequence. */
const records = (count: number) => {
  let state = 7;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return Array.from({ length: count }, () => {
    const score = 0.6 + 0.4 * next();
    return { score, correct: next() < score };
  });
};

const TERMS = { limit: 0.1, confidence: 0.95, draws: 200, size: 300 };

describe("over 200 draws", () => {
  const outcome = simulatePromise(records(3_000), TERMS);

  it("the certified threshold breaks its limit in at most one of twenty, the observed one far more often", () => {
    expect(outcome.certified.broken).toBeLessThanOrEqual(10);
    expect(outcome.certified.chosen).toBeGreaterThan(100);
    expect(outcome.observed.broken).toBeGreaterThanOrEqual(60);
    expect(outcome.certified.rate).toBeLessThan(outcome.observed.rate);
    expect(outcome.certified.share).toBeLessThan(outcome.observed.share);
  });

  it("are the same again, and others with another seed", () => {
    expect(simulatePromise(records(3_000), TERMS)).toEqual(outcome);
    expect(simulatePromise(records(3_000), { ...TERMS, seed: 2 }).observed).not.toEqual(outcome.observed);
  });
});

it("needs a rest that is large against the draw", () => {
  expect(() => simulatePromise(records(899), TERMS)).toThrow("899 answered records are too few for draws of 300");
  expect(simulatePromise(records(900), { ...TERMS, draws: 1 }).records).toBe(900);
});

it("a model that is always right keeps every promise, one that is never right finds no threshold", () => {
  const all = (correct: boolean) => records(900).map(({ score }) => ({ score, correct }));
  expect(simulatePromise(all(true), { ...TERMS, draws: 20 }).certified).toEqual({
    chosen: 20,
    broken: 0,
    share: expect.any(Number),
    rate: 0,
  });
  expect(simulatePromise(all(false), { ...TERMS, draws: 20 }).certified).toEqual({ chosen: 0, broken: 0, share: 0, rate: 0 });
});
