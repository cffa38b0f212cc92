// What a review decides from what people looked at: may the threshold go down, must it go up, does the workflow stop writing by itself, do reviewers look.
import { describe, expect, it } from "vitest";
import { auditStanding, decideBreaker } from "../../../src/validation/audited-error.ts";
import { reviewerFigures } from "../../../src/validation/reviewers.ts";
import { type AskedAnswer, type AuditedWrite, adviseThreshold } from "../../../src/validation/threshold-advice.ts";

const counts = (right: number, wrong: number, cannotTell = 0) => ({ written: 1_000, right, wrong, cannotTell });
const audited = (right: number, wrong: number, score = 0.99): AuditedWrite[] => [
  ...Array.from({ length: right }, () => ({ score, correct: true })),
  ...Array.from({ length: wrong }, () => ({ score, correct: false })),
];
const asked = (right: number, wrong: number, score: number): AskedAnswer[] => audited(right, wrong, score);

describe("the audited error", () => {
  it("is within the limit from 59 right ones on, at 5 % and 95 %, and open one before", () => {
    expect(auditStanding(counts(59, 0), 0.05).kind).toBe("within");
    expect(auditStanding(counts(58, 0), 0.05)).toMatchObject({ kind: "open", more: 1 });
  });

  it("counts what nobody could tell as wrong where something is promised", () => {
    expect(auditStanding(counts(58, 0, 1), 0.05).kind).toBe("open");
  });

  it("is not above the limit for one wrong of one: that is 5 % at least, and no more", () => {
    expect(auditStanding(counts(0, 1), 0.05).kind).toBe("open");
    expect(auditStanding(counts(0, 2), 0.05).kind).toBe("above");
  });

  it("is not known while nothing was written, or nobody has looked", () => {
    expect(auditStanding({ ...counts(0, 0), written: 0 }, 0.05).kind).toBe("no_writes");
    expect(auditStanding(counts(0, 0), 0.05).kind).toBe("unaudited");
  });
});

describe("the weekly breaker", () => {
  it.each([
    ["trips where more than the limit is proved to be wrong", counts(40, 8), true],
    ["does not trip on a counted share above the limit that may be chance", counts(18, 2), false],
    ["does not trip on one wrong write", counts(1, 1), false],
    ["takes what nobody could tell for right", counts(40, 1, 8), false],
    ["does not trip within the limit", counts(99, 1), false],
  ])("%s", (_, facts, trips) => {
    expect(decideBreaker(facts, 0.05).trip).toBe(trips);
  });
});

describe("the advice on a threshold", () => {
  it("is to lower it as far as automatic and asked writes together stay within the limit", () => {
    const advice = adviseThreshold({
      current: 0.95,
      written: 1_200,
      audited: audited(119, 1),
      asked: asked(291, 9, 0.9),
      limit: 0.05,
    });
    expect(advice).toMatchObject({ kind: "lower", to: 0.9, step: { answered: 300, errors: 9, passes: true } });
    // The shared vectors' stratified_upper_bound.
    expect(advice.kind === "lower" && advice.step.upper).toBeCloseTo(0.0477, 4);
  });

  it("is to keep it where the two together are not proved", () => {
    const advice = adviseThreshold({ current: 0.95, written: 1_200, audited: audited(119, 1), asked: asked(250, 50, 0.9), limit: 0.05 });
    expect(advice).toMatchObject({ kind: "keep", because: "not_proved" });
  });

  it("is nothing while nobody has looked at what was written", () => {
    const advice = adviseThreshold({ current: 0.95, written: 1_200, audited: [], asked: asked(300, 0, 0.9), limit: 0.05 });
    expect(advice).toMatchObject({ kind: "keep", because: "nothing_audited" });
  });

  it("is to raise it to what the audited ones still prove, and to ask for everything where they prove nothing", () => {
    const split = [...audited(120, 0, 0.99), ...audited(60, 30, 0.96)];
    expect(adviseThreshold({ current: 0.95, written: 1_000, audited: split, asked: [], limit: 0.05 })).toMatchObject({
      kind: "raise",
      to: 0.99,
    });
    expect(adviseThreshold({ current: 0.95, written: 1_000, audited: audited(60, 30), asked: [], limit: 0.05 })).toEqual({
      kind: "ask_all",
    });
  });

  it("changes nothing for a counted error above the limit that may be chance", () => {
    const advice = adviseThreshold({ current: 0.95, written: 1_000, audited: audited(17, 1), asked: asked(300, 0, 0.9), limit: 0.05 });
    expect(advice).toEqual({ kind: "keep", because: "perhaps_above", steps: [] });
  });
});

describe("a reviewer's figures", () => {
  const answers = (number: number, ms: number | null) =>
    Array.from({ length: number }, () => ({ by: "ada@example.com", kind: "approved" as const, ms }));

  it("raise flags only over fifty answers", () => {
    expect(reviewerFigures(answers(49, 1_000)).flags).toEqual([]);
    expect(reviewerFigures(answers(50, 1_000)).flags).toEqual(["too_fast", "always_agrees"]);
  });

  it("do not flag one who takes time and changes something", () => {
    const edited = { by: "ada@example.com", kind: "edited" as const, ms: 40_000 };
    expect(reviewerFigures([...answers(49, 20_000), edited, edited])).toMatchObject({ medianMs: 20_000, flags: [] });
  });

  it("say nothing of time where none is known", () => {
    expect(reviewerFigures(answers(60, null))).toMatchObject({ timed: 0, medianMs: null, flags: ["always_agrees"] });
  });
});
