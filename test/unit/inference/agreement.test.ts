// How sure several answers are together, when more are asked for, and what counts as the same answer.
import { describe, expect, it } from "vitest";
import { agreed, agreementScore, comparable, decideSamples, MOST_SAMPLES } from "../../../src/inference/agreement.ts";
import type { ModelDecision } from "../../../src/inference/model.ts";

const said = (value: unknown, more: Partial<ModelDecision> = {}): ModelDecision => ({
  value,
  confidence: 0,
  fields: {},
  source: "none",
  basis: { prompt: "p", schema: "s" },
  model: "m",
  provider: "p",
  usage: { promptTokens: 10, completionTokens: 2 },
  costUsd: 0.25,
  latencyMs: 5,
  ...more,
});
const teams = (...names: (string | null)[]) => names.map((team) => (team === null ? null : { team }));
const sure = (...names: (string | null)[]) =>
  agreed(
    teams(...names).map((value) => (value ? said(value) : null)),
    7,
  );

describe("the score", () => {
  it.each([
    [3, 3, 0.875],
    [2, 3, 0.625],
    [5, 5, 5.5 / 6],
    [4, 5, 0.75],
  ])("of %i votes of %i is %f", (votes, count, score) => {
    expect(agreementScore(votes, count)).toBe(score);
  });

  it("is that of the answer that most agree with, whichever came first", () => {
    expect(sure("a", "b", "b")).toMatchObject({ value: { team: "b" }, confidence: 0.625, source: "agreement" });
    expect(sure("a", "b", "b").fields.team?.alternatives).toEqual([{ value: "a", probability: 1 / 3 }]);
  });

  it.each([[["a", "b"]], [["a", "b", "c"]], [["a", "a", "b", "b", "c"]]])("of a tie is none: %j", (names) => {
    expect(sure(...names).confidence).toBe(0);
  });

  it("is the least sure field's, and each field has its own", () => {
    const decision = agreed(
      [
        { team: "a", day: "x" },
        { team: "a", day: "y" },
        { team: "a", day: "x" },
      ].map((value) => said(value)),
      0,
    );
    expect(decision).toMatchObject({ value: { team: "a", day: "x" }, confidence: 0.625 });
    expect(decision.fields).toMatchObject({ team: { confidence: 0.875 }, day: { confidence: 0.625 } });
  });

  it("counts an answer that failed as one that agrees with nothing", () => {
    expect(sure("a", null, "a")).toMatchObject({ confidence: 0.625, samples: 3 });
    expect(sure("a", null, null)).toMatchObject({ confidence: 0.375 });
  });

  it("has the cost of all answers; where one's is unknown, none", () => {
    expect(agreed([said({ a: 1 }), said({ a: 1 }), said({ a: 1 })], 7)).toMatchObject({
      usage: { promptTokens: 30, completionTokens: 6 },
      costUsd: 0.75,
      latencyMs: 7,
      samples: 3,
    });
    expect(agreed([said({ a: 1 }), said({ a: 1 }, { costUsd: null }), said({ a: 1 })], 0).costUsd).toBeNull();
    const cached = said({ a: 1 }, { usage: { promptTokens: 10, cachedTokens: 2, cacheWriteTokens: 8, completionTokens: 2 } });
    expect(agreed([said({ a: 1 }), cached, cached], 0).usage).toEqual({
      promptTokens: 30,
      cachedTokens: 4,
      cacheWriteTokens: 16,
      completionTokens: 6,
    });
  });
});

describe("more answers", () => {
  const more = (threshold: Parameters<typeof decideSamples>[1], ...names: (string | null)[]) => decideSamples(teams(...names), threshold);

  it("are not asked for where no score could matter", () => {
    expect(more(null, "a")).toBe(0);
    expect(more(agreementScore(MOST_SAMPLES, MOST_SAMPLES) + 0.001, "a")).toBe(0);
  });

  it("are two where one could reach the threshold", () => {
    expect(more(agreementScore(MOST_SAMPLES, MOST_SAMPLES), "a")).toBe(2);
    expect(more(0.6, "a")).toBe(2);
  });

  it.each([
    [0.9, ["a", "a", "a"], 2],
    [0.8, ["a", "a", "a"], 2],
    [0.8, ["a", "a", "b"], 0],
    [0.6, ["a", "a", "a"], 0],
    [0.6, ["a", "a", "b"], 2],
    [0.6, ["a", "b", "c"], 0],
  ] as const)("are two more after three only near the threshold: %f, %j", (threshold, names, count) => {
    expect(more(threshold, ...names)).toBe(count);
  });

  it("are all where there is no one number to be near to, and never beyond the most", () => {
    expect(more("all", "a")).toBe(4);
    expect(more("all", "a", "a", "a", "a", "a")).toBe(0);
    expect(more(0.9, "a", "a", "a", "a", "a")).toBe(0);
  });
});

describe("two values", () => {
  it.each<[unknown, unknown]>([
    ["Billing  team", "billing team "],
    ["2026-03-04", "4 March 2026"],
    ["2026-03-04", "Mar 4, 2026"],
    ["04.03.2026", "2026/3/4"],
    ["13/03/2026", "2026-03-13"],
    ["3/13/2026", "2026-03-13"],
    ["$1,299.50", "1299.5 USD"],
    ["1.299,50 €", "EUR 1,299.50"],
    ["1299", "1,299.00"],
    [
      { a: "X", b: 1 },
      { b: 1, a: "x" },
    ],
    [
      ["A", "b"],
      ["a", "B"],
    ],
  ])("say the same: %j and %j", (one, other) => {
    expect(comparable(one)).toBe(comparable(other));
  });

  it.each<[unknown, unknown]>([
    ["3/4/2026", "4/3/2026"],
    ["2026-03-04", "2026-04-03"],
    ["5 EUR", "5 USD"],
    ["5 EUR", "5"],
    ["1.2.3", "1.23"],
    [
      ["a", "b"],
      ["b", "a"],
    ],
    [null, "null value"],
    [true, "yes"],
    ["12 march 2026", "12 mars 2026"],
  ])("do not: %j and %j", (one, other) => {
    expect(comparable(one)).not.toBe(comparable(other));
  });
});
