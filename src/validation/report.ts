// The report of a validation: computed from its records and nothing else, so that the same records give the same report to the last digit of its digest. It asks no
// model and reads no clock.
// Sequence: which answers a proof can be about, and whether they are of one kind, as a certificate asks -> the certified threshold -> the verdict -> everything that explains it.
import { digest } from "../core/json.ts";
import { type Calibration, calibrated, fitCalibration } from "./calibration.ts";
import { certifyThreshold, observedThreshold } from "./certify.ts";
import { oneKind } from "./decide-certificate.ts";
import { fieldStanding } from "./field-standing.ts";
import { lowerBound, wilson } from "./intervals.ts";
import { type Answered, type JudgedRecord, judge, judgeRecords } from "./judged-records.ts";
import { computeGate } from "./offline-gate.ts";
import { comparisonWith, type PreviousValidation } from "./previous-report.ts";
import type { ValidatedRecord, ValidationFacts } from "./record.ts";
import { withLabels } from "./relabel.ts";
import { equalMassError, reliabilityOf } from "./reliability.ts";
import type { CurvePoint, IssuedReport, Mistake, Relabelling, ReportCertification, ValidationReport, Verdict } from "./report-shape.ts";
import { areaUnderRisk, riskCoverage } from "./risk-coverage.ts";
import { costSpread, latencySpread } from "./spending.ts";
import { nextStep, verdictOf } from "./verdict.ts";

/** A curve of more points than a screen has is no finer. */
const CURVE_POINTS = 120;
/** A report is read by people; all records are in the exports. */
const MISTAKES_SHOWN = 500;
/** Two coefficients are fitted: ten outcomes of the rarer kind for each, or the curve follows chance. */
const CALIBRATE_FROM = 20;
const OTHER_LIMITS = [0.01, 0.02, 0.03, 0.05, 0.08, 0.1, 0.15];

export interface ReportHistory {
  /** Oldest first; the records that are given still have the labels of the file. */
  readonly relabelled: readonly Relabelling[];
  readonly predecessor: { readonly revision: number; readonly digest: string; readonly verdict: Verdict } | null;
}

export function computeReport(
  facts: ValidationFacts,
  fromFile: readonly ValidatedRecord[],
  previous: PreviousValidation | null = null,
  { relabelled, predecessor }: ReportHistory = { relabelled: [], predecessor: null },
): IssuedReport {
  const { limit, confidence, fields } = facts;
  const records = withLabels(fromFile, relabelled);
  const { judged, main, bases, failed, uncovered } = judgeRecords(records, fields);
  const answered = records.flatMap((record) => (record.answer.kind === "answered" ? [judge(record, record.answer, fields)] : []));
  const kind = answered.length === 0 ? null : oneKind(facts, records);
  const certificationAt = (share: number): ReportCertification =>
    kind === null || kind.ok ? plain(certifyThreshold(judged, share, confidence)) : { kind: "withheld", because: kind.error.message };
  const certification = certificationAt(limit);
  const threshold = certification.kind === "certified" ? certification.certified.threshold : null;
  const observed = judged.length === 0 ? null : observedThreshold(judged, limit);
  const next = nextStep(certification, records.length, limit, confidence);
  const right = answered.filter(({ correct }) => correct).length;
  const calibration = calibrationFor(judged);
  const marks = [threshold, observed?.threshold ?? null, ...stepsOf(certification).map((step) => step.threshold)];
  const report: ValidationReport = {
    format: 1,
    facts: { ...facts, fields: [...fields], dataset: { ...facts.dataset } },
    revision: predecessor === null ? 1 : predecessor.revision + 1,
    predecessor: predecessor && { ...predecessor },
    relabelled: relabelled.map((one) => ({ ...one })),
    verdict: verdictOf(certification, next, { limit, confidence, records: records.length }),
    records: records.length,
    answered: answered.length,
    failed,
    uncovered,
    main: main && { ...main, basis: { ...main.basis } },
    bases: bases.map((one) => ({ ...one })),
    accuracy: {
      right,
      of: answered.length,
      share: answered.length === 0 ? 0 : right / answered.length,
      interval: [...wilson(right, answered.length)],
    },
    certification,
    gates: {
      proved: computeGate(records, threshold, facts),
      observed: observed && computeGate(records, observed.threshold, facts),
      current: facts.currentThreshold === null ? null : computeGate(records, facts.currentThreshold, facts),
    },
    curve: curveOf(judged, records.length, confidence, marks),
    areaUnderRisk: areaUnderRisk(judged),
    next,
    otherLimits: OTHER_LIMITS.map((other) => {
      const certified = certificationAt(other);
      const step = certified.kind === "certified" ? certified.certified : null;
      return { limit: other, threshold: step?.threshold ?? null, share: step ? step.accepted / records.length : 0 };
    }),
    fields: fields.map((field) => fieldStanding(judged, field, threshold, { limit, confidence })),
    mistakes: mistakesOf(answered, calibration),
    reliability: reliabilityWith(judged, calibration),
    cost: costSpread(answered.map(({ answer }) => answer)),
    latency: latencySpread(answered.map(({ answer }) => answer)),
    tokens: tokensOf(answered.map(({ answer }) => answer)),
    failures: failuresOf(records),
    comparison: previous && comparisonWith(previous, records, fields),
  };
  return { report, digest: digest(report) };
}

const stepsOf = (certification: ReportCertification) => ("steps" in certification ? certification.steps : []);

function plain(certification: ReturnType<typeof certifyThreshold>): ReportCertification {
  switch (certification.kind) {
    case "certified":
      return { ...certification, steps: [...certification.steps] };
    case "unproved":
      return { ...certification, steps: [...certification.steps] };
    case "too_few":
      return certification;
  }
}

/** The share is of all records: a failure is never written. `kept`: thresholds whose points must not be thinned out. */
function curveOf(judged: readonly JudgedRecord[], records: number, confidence: number, kept: readonly (number | null)[]): CurvePoint[] {
  const points = riskCoverage(judged, confidence);
  const each = Math.max(1, Math.ceil(points.length / CURVE_POINTS));
  return points
    .filter(({ threshold }, index) => index % each === 0 || index === points.length - 1 || kept.includes(threshold))
    .map((point) => ({
      ...point,
      coverage: point.accepted / records,
      lower: lowerBound(point.errors, point.accepted, confidence),
    }));
}

function calibrationFor(judged: readonly JudgedRecord[]): Calibration | null {
  const right = judged.filter(({ correct }) => correct).length;
  return Math.min(right, judged.length - right) < CALIBRATE_FROM ? null : fitCalibration(judged);
}

function reliabilityWith(judged: readonly JudgedRecord[], calibration: Calibration | null): ValidationReport["reliability"] {
  const reliability = reliabilityOf(judged);
  if (!reliability) return null;
  const bins = reliability.bins.map((bin) => ({
    ...bin,
    interval: wilsonPair(Math.round(bin.accuracy * bin.n), bin.n),
    displayed: calibration && calibrated(calibration, bin.meanScore),
  }));
  return { ...reliability, bins, equalMassEce: equalMassError(judged), calibration: calibration?.kind ?? "none" };
}

const wilsonPair = (k: number, n: number): [number, number] => {
  const [low, high] = wilson(k, n);
  return [low, high];
};

/** The surest first: those are the ones that a threshold lets through. */
function mistakesOf(answered: readonly JudgedRecord[], calibration: Calibration | null): ValidationReport["mistakes"] {
  const wrong = answered.filter(({ correct }) => !correct).toSorted((one, other) => other.score - one.score);
  const shown = wrong.slice(0, MISTAKES_SHOWN).map(
    ({ record, answer, score, wrong: fields }): Mistake => ({
      id: record.id,
      line: record.line,
      score,
      displayed: calibration && calibrated(calibration, score),
      expected: { ...record.expected },
      answered: { ...answer.value },
      fields: [...fields],
    }),
  );
  return { total: wrong.length, shown };
}

/** Most frequent first. A failure's message may repeat what a record said: it stays with the record. */
function failuresOf(records: readonly ValidatedRecord[]): ValidationReport["failures"] {
  const counted = new Map<string, number>();
  for (const { answer } of records) if (answer.kind === "failed") counted.set(answer.code, (counted.get(answer.code) ?? 0) + 1);
  return [...counted].map(([code, failed]) => ({ code, records: failed })).toSorted((one, other) => other.records - one.records);
}

/** Of the answers that say. */
const tokensOf = (answers: readonly Answered[]): ValidationReport["tokens"] => ({
  prompt: answers.reduce((sum, { promptTokens }) => sum + (promptTokens ?? 0), 0),
  completion: answers.reduce((sum, { completionTokens }) => sum + (completionTokens ?? 0), 0),
});
