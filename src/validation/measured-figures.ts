// Which counted figures a business case takes: production's as soon as there are enough of them, before that those of a validation of labelled records, and where there is no
// validation production's few. Pure. It never fills a gap: what nobody counted stays null, and every figure says where it was counted.
import type { Cost } from "../core/cost.ts";
import { FEWEST_RECORDS } from "./import-records.ts";
import { type Interval, upperBound, wilson } from "./intervals.ts";
import type { GateOutcome, Spread } from "./report-shape.ts";

/** Of runs that have ended and meant to write. */
export interface ProductionCounts {
  readonly records: number;
  /** Those in which nobody was asked and everything was written, or in shadow mode would have been. */
  readonly automatic: number;
  /** Automatic writes that somebody looked at afterwards, and what they found wrong. */
  readonly checked: number;
  readonly wrong: number;
  /** Writes that a person decided on, and those of them that were edited or rejected. */
  readonly decided: number;
  readonly corrected: number;
  /** Runs that asked a model, and what that cost. */
  readonly runsWithModel: number;
  readonly cost: Cost;
}

/** What a report says of one threshold, and what its answers cost. */
export interface ValidatedFigures {
  readonly gate: Pick<GateOutcome, "records" | "written" | "errors">;
  readonly cost: Spread;
}

/** As many as the smallest validation has: from then on production says as much of a share as a report would, and it says it of what really came in. */
export const ENOUGH_RECORDS = FEWEST_RECORDS;
/** What the audit has looked at in a quarter (governance/sample.ts draws for it): with 60 of which none is wrong, "at most 5 % are wrong" is just proved at 95 %. */
export const ENOUGH_CHECKED = 60;

/** k of n, with the interval in which the true share lies and what it does not exceed with 95 % confidence. */
export interface Counted<Source extends string> {
  readonly from: Source;
  readonly k: number;
  readonly n: number;
  readonly interval: Interval;
  readonly upper: number;
}

const counted = <Source extends string>(from: Source, k: number, n: number): Counted<Source> => ({
  from,
  k,
  n,
  interval: wilson(k, n),
  upper: upperBound(k, n),
});

export interface MeasuredFigures {
  /** Written without a person, of all. */
  readonly automation: Counted<"production" | "validation"> | null;
  /**
   * Wrong, of what is written without a person. audited: of writes that people looked at afterwards. reviewed: what people changed of what they were asked about; those are the
   * records of which the model was less sure, so it is likely too high.
   */
  readonly error: Counted<"audited" | "validation" | "reviewed"> | null;
  /** Dollars of one record for its model calls; with calls of unknown cost in it, at least so much. */
  readonly modelCost: {
    readonly from: "production" | "validation";
    readonly perRecord: number;
    readonly records: number;
    readonly unknown: number;
  } | null;
}

/** Production alone says it all: no validation has to be read. */
export const isEnough = ({ records, checked, runsWithModel }: ProductionCounts): boolean =>
  records >= ENOUGH_RECORDS && checked >= ENOUGH_CHECKED && runsWithModel >= ENOUGH_RECORDS;

/** `validated`: null where there is no report, or none of a threshold that lets anything through. */
export const decideFigures = (production: ProductionCounts, validated: ValidatedFigures | null): MeasuredFigures => ({
  automation: automationOf(production, validated),
  error: errorOf(production, validated),
  modelCost: modelCostOf(production, validated),
});

function automationOf({ records, automatic }: ProductionCounts, validated: ValidatedFigures | null): MeasuredFigures["automation"] {
  if (validated !== null && records < ENOUGH_RECORDS) return counted("validation", validated.gate.written, validated.gate.records);
  return records === 0 ? null : counted("production", automatic, records);
}

function errorOf({ checked, wrong, decided, corrected }: ProductionCounts, validated: ValidatedFigures | null): MeasuredFigures["error"] {
  if (validated !== null && checked < ENOUGH_CHECKED) return counted("validation", validated.gate.errors, validated.gate.written);
  if (checked > 0) return counted("audited", wrong, checked);
  return decided === 0 ? null : counted("reviewed", corrected, decided);
}

function modelCostOf({ runsWithModel, cost }: ProductionCounts, validated: ValidatedFigures | null): MeasuredFigures["modelCost"] {
  if (validated !== null && validated.cost.known > 0 && runsWithModel < ENOUGH_RECORDS) {
    const { total, known, unknown } = validated.cost;
    return { from: "validation", perRecord: total / known, records: known, unknown };
  }
  if (runsWithModel === 0) return null;
  return { from: "production", perRecord: cost.usd / runsWithModel, records: runsWithModel, unknown: cost.unknownCalls };
}
