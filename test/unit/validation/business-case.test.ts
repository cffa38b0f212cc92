// The business case: what is counted apart, when set-up is paid back, and the seed's own model reproduced from its inputs.
import { describe, expect, it } from "vitest";
import { breakEvenMonths, businessCase, monthlyCase } from "../../../src/validation/business-case.ts";
import { upperBound, wilson } from "../../../src/validation/intervals.ts";

const FREE = { minutesReview: 0, costPerError: 0, modelCostPerRecord: 0, platformCost: 0 };

describe("the seed's model", () => {
  // Four hours a day, every day of a month of 30, at $35: 3,600 records of two minutes each.
  const work = { volume: 3_600, minutesManual: 2, hourlyCost: 35, ...FREE };

  it("is $50,400 a year: 4 hours a day at $35", () => {
    const { manualCost, saving } = monthlyCase(work, { automation: 1, error: 0 });
    expect(manualCost).toBe(4 * 30 * 35);
    expect(saving * 12).toBe(50_400);
  });

  it("is paid back after 7 to 14 months by a set-up of $29,400 to $58,800", () => {
    const month = monthlyCase(work, { automation: 1, error: 0 });
    expect(breakEvenMonths(29_400, month)).toBe(7);
    expect(breakEvenMonths(58_800, month)).toBe(14);
  });

  it("assumes that everything is automatic and nothing wrong; at measured rates the same set-up takes longer", () => {
    const real = { ...work, minutesReview: 0.5, costPerError: 20, modelCostPerRecord: 0.002, platformCost: 100 };
    const { expected, pessimistic } = businessCase(real, { records: 400, accepted: 320, errors: 2, checked: 200 });
    expect(expected.saving).toBeCloseTo(4_200 - (720 * 0.5 * 35) / 60 - 2_880 * 0.01 * 20 - 7.2 - 100, 6);
    const [soon, late] = [breakEvenMonths(29_400, expected) ?? 0, breakEvenMonths(29_400, pessimistic) ?? 0];
    expect(soon).toBeGreaterThan(7);
    expect(late).toBeGreaterThan(soon);
  });
});

describe("what is counted", () => {
  const work = { volume: 1_000, minutesManual: 6, hourlyCost: 30, ...FREE, minutesReview: 1 };

  it("takes the share that is wrong from those that were looked at, and the share that is automatic from all", () => {
    const { expected, pessimistic } = businessCase(work, { records: 100, accepted: 80, errors: 1, checked: 20 });
    expect(expected.rates).toEqual({ automation: 0.8, error: 0.05 });
    expect(pessimistic.rates).toEqual({ automation: wilson(80, 100)[0], error: upperBound(1, 20) });
  });

  it("is all that were accepted where nothing else is said", () => {
    const counted = { records: 100, accepted: 80, errors: 4 };
    expect(businessCase(work, counted)).toEqual(businessCase(work, { ...counted, checked: 80 }));
  });

  it.each([
    ["more wrong than looked at", { records: 10, accepted: 5, errors: 3, checked: 2 }],
    ["no records", { records: 0, accepted: 0, errors: 0 }],
  ])("cannot be %s", (_, measured) => {
    expect(() => businessCase(work, measured)).toThrow(RangeError);
  });
});

describe("set-up", () => {
  it.each([
    [12_000, 1_000, 12],
    [12_000, 0, null],
    [12_000, -5, null],
    [0, 10, 0],
    [0, -10, null],
  ])("of $%d at $%d a month saved is paid back after %j months", (setup, saving, months) => {
    expect(breakEvenMonths(setup, { saving })).toBe(months);
  });
});
