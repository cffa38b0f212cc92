// From where a business case takes each of its figures, and what a threshold means in a month: small numbers that are known by hand.
import { describe, expect, it } from "vitest";
import { upperBound, wilson } from "../../../src/validation/intervals.ts";
import {
  decideFigures,
  ENOUGH_CHECKED,
  ENOUGH_RECORDS,
  isEnough,
  type ProductionCounts,
  type ValidatedFigures,
} from "../../../src/validation/measured-figures.ts";
import { costOfAnswer, monthlyConsequences } from "../../../src/validation/monthly-consequences.ts";
import { computeGate } from "../../../src/validation/offline-gate.ts";
import { FACTS, labelledRecords } from "../http/validations.ts";

const NOTHING: ProductionCounts = {
  records: 0,
  automatic: 0,
  checked: 0,
  wrong: 0,
  decided: 0,
  corrected: 0,
  runsWithModel: 0,
  cost: { usd: 0, calls: 0, unknownCalls: 0 },
};
const VALIDATED: ValidatedFigures = {
  gate: { records: 400, written: 200, errors: 4 },
  cost: { known: 300, unknown: 100, total: 0.6, p50: 0.002, p95: 0.002 },
};
const sources = (production: Partial<ProductionCounts>, validated: ValidatedFigures | null = VALIDATED) => {
  const { automation, error, modelCost } = decideFigures({ ...NOTHING, ...production }, validated);
  return [automation && [automation.from, automation.k, automation.n], error && [error.from, error.k, error.n], modelCost?.from ?? null];
};

describe("a figure", () => {
  it("is of the validation before launch, with the interval and the bound of its counts", () => {
    expect(sources({})).toEqual([["validation", 200, 400], ["validation", 4, 200], "validation"]);
    const { automation, error, modelCost } = decideFigures(NOTHING, VALIDATED);
    expect(automation?.interval).toEqual(wilson(200, 400));
    expect(error?.upper).toBe(upperBound(4, 200));
    expect(modelCost).toEqual({ from: "validation", perRecord: 0.002, records: 300, unknown: 100 });
  });

  it("is production's as soon as that is enough, each figure for itself", () => {
    const almost = { records: ENOUGH_RECORDS - 1, automatic: 90, checked: ENOUGH_CHECKED - 1, wrong: 1, runsWithModel: ENOUGH_RECORDS - 1 };
    expect(sources(almost)).toEqual([["validation", 200, 400], ["validation", 4, 200], "validation"]);
    expect(isEnough({ ...NOTHING, ...almost })).toBe(false);
    expect(sources({ ...almost, records: ENOUGH_RECORDS })[0]).toEqual(["production", 90, ENOUGH_RECORDS]);
    expect(sources({ ...almost, checked: ENOUGH_CHECKED })[1]).toEqual(["audited", 1, ENOUGH_CHECKED]);
    expect(sources({ ...almost, runsWithModel: ENOUGH_RECORDS })[2]).toBe("production");
    expect(isEnough({ ...NOTHING, records: ENOUGH_RECORDS, checked: ENOUGH_CHECKED, runsWithModel: ENOUGH_RECORDS })).toBe(true);
  });

  it("is of the audited sample rather than of what people were asked, and of production's few where there is no validation", () => {
    const few = { records: 10, automatic: 6, checked: 2, wrong: 1, decided: 4, corrected: 3, runsWithModel: 10 };
    expect(sources(few, null)).toEqual([["production", 6, 10], ["audited", 1, 2], "production"]);
    expect(sources({ ...few, checked: 0, wrong: 0 }, null)[1]).toEqual(["reviewed", 3, 4]);
  });

  it("is none where nobody counted, and costs of which none is known are none", () => {
    expect(sources({}, null)).toEqual([null, null, null]);
    expect(sources({}, { ...VALIDATED, cost: { ...VALIDATED.cost, known: 0, unknown: 400, total: 0 } })[2]).toBeNull();
  });
});

describe("a month at a threshold", () => {
  const work = {
    volume: 4_000,
    minutesManual: 6,
    minutesReview: 1.5,
    hourlyCost: 40,
    costPerError: 25,
    modelCostPerRecord: 0.002,
    platformCost: 100,
  };
  const gate = computeGate(labelledRecords(300), 0.8, FACTS);

  it("is the shares of the validation times the owner's volume, with the bound of the report", () => {
    const month = monthlyConsequences(work, gate, 0.95);
    expect(month.written).toBeCloseTo((4_000 * gate.written) / 300, 9);
    expect(month.wrong).toBeCloseTo((4_000 * gate.errors) / 300, 9);
    expect(month.wrongAtMost).toBeCloseTo(((4_000 * gate.written) / 300) * upperBound(gate.errors, gate.written), 9);
    expect(month.reviewHours).toBeCloseTo(((4_000 - month.written) * 1.5) / 60, 9);
    expect(month.savedHours).toBeCloseTo(400 - month.reviewHours, 9);
    expect(month.saving.expected).toBeCloseTo(month.savedHours * 40 - month.wrong * 25 - 8 - 100, 6);
    expect(month.saving.pessimistic).toBeLessThan(month.saving.expected);
  });

  it("saves nothing where nothing is let through, and reviews cost what they cost", () => {
    const month = monthlyConsequences(work, computeGate(labelledRecords(300), null, FACTS), 0.95);
    expect(month).toMatchObject({ written: 0, wrong: 0, wrongAtMost: 0, reviewHours: 100, savedHours: 300 });
  });

  it("takes what an answer costs from those whose cost is known", () => {
    expect(costOfAnswer({ known: 4, unknown: 6, total: 0.02, p50: 0, p95: 0 })).toBe(0.005);
    expect(costOfAnswer({ known: 0, unknown: 6, total: 0, p50: 0, p95: 0 })).toBe(0);
  });
});
