// A validation report as plain JSON: what is stored, hashed and never edited, and what pages and exports are made from. It holds labels and scores of records and
// nothing else that they said, so that it may stay when their contents are erased. Shares and scores are 0..1, money is US dollars, times are milliseconds.
import * as z from "zod";

const Count = z.int().min(0);
const Share = z.number().min(0).max(1);
const Ends = z.tuple([Share, Share]);
const Labels = z.record(z.string(), z.string());
const Digest = z.string();

const Point = z.object({ threshold: Share, accepted: Count, errors: Count });
/** A point of the risk-coverage curve; `lower` and `upper` are one-sided exact bounds of the risk at this point alone. */
const CurvePoint = Point.extend({ coverage: Share, risk: Share, lower: Share, upper: Share });
const Step = Point.extend({ p: Share, upper: Share, passes: z.boolean() });

/** What a threshold does with the records. */
const GateOutcome = z.object({
  /** Null: nothing is let through. */
  threshold: Share.nullable(),
  records: Count,
  /** At or above the threshold, and the wrong ones among them: what a proof is about. */
  sure: Count,
  sureErrors: Count,
  /** Sure enough, and neither asked nor refused by a rule of the governance spec. */
  written: Count,
  errors: Count,
  asked: z.object({ unsure: Count, byRule: Count, failed: Count, uncovered: Count }),
  refused: Count,
  share: Share,
  shareInterval: Ends,
  rate: Share,
  rateInterval: Ends,
  upper: Share,
  perThousand: z.object({ written: z.number(), wrong: z.number(), wrongAtMost: z.number() }),
});

const Verdict = z.object({ kind: z.enum(["proved", "not_proved", "too_few"]), sentence: z.string() });

/** What would prove the next step of the walk: records that are accepted and right, and how many to label for that at the share seen. */
const NextStep = z.object({
  threshold: Share.nullable(),
  accepted: Count,
  errors: Count,
  moreAccepted: Count,
  moreLabelled: Count,
});

const ClassStanding = z.object({
  label: z.string(),
  /** Answered with it, right among these; truly it, found among these. */
  answered: Count,
  right: Count,
  rightInterval: Ends,
  truly: Count,
  found: Count,
  /** At the certified threshold. */
  accepted: Count,
  errors: Count,
  upper: Share,
  standing: z.enum(["proved", "unproved", "always_ask", "none_accepted"]),
});

const FieldStanding = z.object({
  field: z.string(),
  records: Count,
  right: Count,
  accuracy: Share,
  interval: Ends,
  accepted: Count,
  errors: Count,
  upper: Share,
  proved: z.boolean(),
  macroF1: Share.nullable(),
  kappa: z.number().nullable(),
  /** Rows: true labels, columns: answers, both in the order of `labels`. Null for a field with too many labels for a matrix. */
  confusion: z.object({ labels: z.array(z.string()), counts: z.array(z.array(Count)) }).nullable(),
  classes: z.array(ClassStanding),
  /** What is most often taken for what. */
  mixups: z.array(z.object({ expected: z.string(), answered: z.string(), records: Count })),
});

const Mistake = z.object({
  id: z.string(),
  line: Count,
  score: Share,
  displayed: Share.nullable(),
  expected: Labels,
  answered: Labels,
  fields: z.array(z.string()),
});

const Spread = z.object({ known: Count, unknown: Count, total: z.number(), p50: z.number(), p95: z.number() });

const Basis = z.object({
  provider: z.string(),
  model: z.string(),
  source: z.enum(["logprobs", "agreement", "builtin", "person", "none"]),
  basis: z.object({ prompt: z.string(), schema: z.string() }),
});

const Facts = z.object({
  id: z.string(),
  workflow: z.string(),
  workflowVersion: z.number(),
  decision: z.string(),
  fields: z.array(z.string()),
  dataset: z.object({ name: z.string(), digest: z.string(), rows: Count, rejected: Count }),
  specVersion: z.number().nullable(),
  currentThreshold: Share.nullable(),
  limit: Share,
  confidence: Share,
  startedAt: z.number(),
  finishedAt: z.number(),
});

export const Relabelling = z.object({
  record: z.string(),
  before: Labels,
  after: Labels,
  reason: z.string(),
  by: z.string(),
  at: z.number(),
});
export type Relabelling = z.infer<typeof Relabelling>;

const Comparison = z.object({
  id: z.string(),
  digest: Digest,
  model: z.string().nullable(),
  /** Records that both have: the same id and the same input. */
  records: Count,
  fixed: z.array(z.string()),
  broken: z.array(z.string()),
  same: Count,
  p: Share,
});

export const ValidationReport = z.object({
  format: z.literal(1),
  facts: Facts,
  /** From 1. A later one has other labels for the same answers, and names the one before. */
  revision: z.int().min(1),
  predecessor: z.object({ revision: z.int(), digest: Digest, verdict: Verdict }).nullable(),
  relabelled: z.array(Relabelling),
  verdict: Verdict,
  records: Count,
  answered: Count,
  failed: Count,
  uncovered: Count,
  /** What the proof is about; null where nothing was measured. */
  main: Basis.nullable(),
  bases: z.array(Basis.extend({ records: Count })),
  accuracy: z.object({ right: Count, of: Count, share: Share, interval: Ends }),
  certification: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("certified"), certified: Step, failed: Step.nullable(), steps: z.array(Step) }),
    z.object({ kind: z.literal("unproved"), failed: Step, steps: z.array(Step) }),
    z.object({ kind: z.literal("too_few"), needed: Count, missing: Count }),
    /** The answers are not of one measured kind: no threshold is tried, because no certificate could be about it. */
    z.object({ kind: z.literal("withheld"), because: z.string() }),
  ]),
  gates: z.object({ proved: GateOutcome, observed: GateOutcome.nullable(), current: GateOutcome.nullable() }),
  curve: z.array(CurvePoint),
  areaUnderRisk: Share,
  next: NextStep.nullable(),
  /** The same records against other limits: a look ahead, for a limit is chosen before the records are seen. */
  otherLimits: z.array(z.object({ limit: Share, threshold: Share.nullable(), share: Share })),
  fields: z.array(FieldStanding),
  mistakes: z.object({ total: Count, shown: z.array(Mistake) }),
  reliability: z
    .object({
      n: Count,
      accuracy: Share,
      bins: z.array(
        z.object({ low: Share, high: Share, n: Count, meanScore: Share, accuracy: Share, interval: Ends, displayed: Share.nullable() }),
      ),
      ece: Share,
      mce: Share,
      equalMassEce: Share,
      brier: Share,
      logLoss: z.number(),
      /** How a score is turned into the probability shown to people; none with too few mistakes to fit it to. */
      calibration: z.enum(["platt", "isotonic", "none"]),
    })
    .nullable(),
  cost: Spread,
  latency: Spread,
  tokens: z.object({ prompt: Count, completion: Count }),
  failures: z.array(z.object({ code: z.string(), records: Count })),
  comparison: Comparison.nullable(),
});
export type ValidationReport = z.infer<typeof ValidationReport>;
export type ReportCertification = ValidationReport["certification"];
export type GateOutcome = z.infer<typeof GateOutcome>;
export type CurvePoint = z.infer<typeof CurvePoint>;
export type FieldStanding = z.infer<typeof FieldStanding>;
export type ClassStanding = z.infer<typeof ClassStanding>;
export type Verdict = z.infer<typeof Verdict>;
export type NextStep = z.infer<typeof NextStep>;
export type Mistake = z.infer<typeof Mistake>;
export type Spread = z.infer<typeof Spread>;

/** As it was issued: the SHA-256 is of the canonical JSON of `report`. */
export interface IssuedReport {
  readonly report: ValidationReport;
  readonly digest: string;
}
