// Drift of production: what it is compared with, and when it says nothing. Weeks of one decision with scores in one of two bins.
import { describe, expect, it } from "vitest";
import { stabilityIndex } from "../../../src/validation/drift.ts";
import { computeDrift, type DecisionWeek, type ReviewWeek, SCORE_BINS, WEEK_MS } from "../../../src/validation/review-week.ts";

const FIRST = 345_600_000;
/** `high` of `n` scores in the highest bin, the others in the one below; `billing` of them answered so. */
const counted = (n: number, high: number, labels: DecisionWeek["labels"] = {}): DecisionWeek => ({
  decisions: n,
  bins: Array.from({ length: SCORE_BINS }, (_, bin) => (bin === 9 ? high : bin === 8 ? n - high : 0)),
  labels,
});
const teams = (billing: number, other: number) => ({ team: { billing, other } });
const weeks = (...all: readonly DecisionWeek[]): ReviewWeek[] =>
  all.map((triage, i) => ({
    week: FIRST + i * WEEK_MS,
    automatic: 0,
    answers: { approved: 0, edited: 0, rejected: 0, insufficient: 0, expired: 0 },
    decisions: { triage },
  }));
const times = (n: number, week: DecisionWeek) => Array.from({ length: n }, () => week);
const PROVED = counted(400, 360, teams(300, 100));

describe("production's drift", () => {
  it("is from the records that the certificate was proved on, also in the first weeks of a workflow", () => {
    const drift = computeDrift(weeks(...times(2, counted(200, 100, teams(100, 100)))), "triage", PROVED);
    expect(drift.reference).toBe("certificate");
    expect(drift.compared).toMatchObject({ first: [], from: 400, to: 400 });
    expect(drift.scores).toEqual({ index: stabilityIndex([0.9, 0.1], [0.5, 0.5]), standing: "act" });
    expect(drift.labels).toEqual([
      { field: "team", reference: "certificate", index: stabilityIndex([0.75, 0.25], [0.5, 0.5]), standing: "act" },
    ]);
    expect(drift.other).toMatchObject([{ field: "team", share: 0.5, before: 0.25, reference: "certificate" }]);
    expect(drift.weeks.map(({ index }) => index)).toEqual(times(2, PROVED).map(() => stabilityIndex([0.9, 0.1], [0.5, 0.5])));
  });

  it("is seen by the certificate where it was there from the first week, and not by the first weeks", () => {
    const moved = weeks(...times(8, counted(100, 50)));
    expect(computeDrift(moved, "triage").scores?.standing).toBe("steady");
    expect(computeDrift(moved, "triage", PROVED).scores?.standing).toBe("act");
  });

  it("is from the first four weeks where there is no certificate, or too few records behind it", () => {
    const moved = weeks(...times(4, counted(100, 90, teams(75, 25))), ...times(4, counted(100, 50, teams(50, 50))));
    for (const drift of [computeDrift(moved, "triage"), computeDrift(moved, "triage", counted(199, 199, teams(199, 0)))]) {
      expect(drift.reference).toBe("first_weeks");
      expect(drift.compared).toMatchObject({ first: [0, 1, 2, 3].map((i) => FIRST + i * WEEK_MS), from: 400, to: 400 });
      expect(drift.scores?.index).toBeCloseTo(stabilityIndex([0.9, 0.1], [0.5, 0.5]), 12);
      expect(drift.labels).toMatchObject([{ field: "team", reference: "first_weeks", standing: "act" }]);
    }
  });

  it("of a field that the certificate's records are not labelled with is from the first weeks, once there are eight", () => {
    const both = (urgent: number) => counted(100, 90, { ...teams(75, 25), priority: { urgent, low: 100 - urgent } });
    const long = computeDrift(weeks(...times(4, both(10)), ...times(4, both(60))), "triage", PROVED);
    expect(long.labels.map(({ field, reference, standing }) => [field, reference, standing])).toEqual([
      ["priority", "first_weeks", "act"],
      ["team", "certificate", "steady"],
    ]);
    expect(computeDrift(weeks(...times(7, both(10))), "triage", PROVED).labels.map(({ field }) => field)).toEqual(["team"]);
  });

  it("is not said of fewer than 200 decisions on either side, nor of weeks that overlap", () => {
    expect(computeDrift(weeks(counted(199, 100)), "triage", PROVED)).toMatchObject({ compared: null, scores: null, labels: [] });
    expect(computeDrift(weeks(...times(7, counted(100, 90))), "triage")).toMatchObject({ compared: null, scores: null });
    expect(computeDrift(weeks(...times(8, counted(40, 30))), "triage")).toMatchObject({ compared: null });
    expect(computeDrift([], "triage", PROVED)).toMatchObject({ compared: null, weeks: [], other: [] });
  });
});
