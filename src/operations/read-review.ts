// The optimisation review of a workflow: what the audit of its automatic writes proves, what that says about the threshold, what its records cost, how decisions and answers
// have moved, how reviewers answer. It reads and changes nothing. Who decided what is shown to the process owner and to the reviewer concerned, and to nobody else.
import * as z from "zod";
import { fail, ok, type Result } from "../core/errors.ts";
import type { Principal } from "../core/principal.ts";
import { type AuditRate, readAuditRate } from "../db/audit-rates.ts";
import { type Breaker, openBreakerOf } from "../db/breakers.ts";
import { costsPerRecord, type RecordCosts } from "../db/costs.ts";
import { type AskedRow, type AuditedRow, countAudited, countWeeks, listAnswered, listDrawn, readWeeks } from "../db/review-reads.ts";
import { readOpinions } from "../db/second-reviews.ts";
import { listAdvice, type SpecAdvice } from "../db/spec-advice.ts";
import { readValidationMix } from "../db/validation-mix.ts";
import type { Certificate } from "../governance/certificate.ts";
import { auditShare } from "../governance/sample.ts";
import { type AuditCounts, type AuditStanding, auditStanding } from "../validation/audited-error.ts";
import { computeDrift, type DecisionDrift, type ReviewWeek, weekOf } from "../validation/review-week.ts";
import { type Disagreement, disagreementOf, type GivenAnswer, type ReviewerFigures, reviewerFigures } from "../validation/reviewers.ts";
import { type Advice, adviseThreshold } from "../validation/threshold-advice.ts";
import { may } from "./access.ts";
import type { Context } from "./context.ts";
import { labelledFields } from "./labelled-fields.ts";
import { type CountingSpec, countingSpec, decisionsIn, LimitAsked, limitFor, type OwnersLimit, thresholdOf } from "./owners-limit.ts";
import { permit } from "./require-role.ts";
import { newestWorkflow } from "./start-runs.ts";

const DAY_MS = 24 * 60 * 60_000;
/** A quarter: what the rate of the audit is made for. */
const WINDOW_DAYS = 90;
/** Answers that are read; the oldest of more are left out, and it is said. */
const ANSWERS = 10_000;

export const ReviewAsked = z.object({
  days: z.coerce.number("days: give a whole number of days").int().min(7).max(365).default(WINDOW_DAYS),
  decision: z.string().min(1).max(200).optional(),
  limit: LimitAsked.optional(),
});
export type ReviewAsked = z.infer<typeof ReviewAsked>;

export interface Review {
  readonly workflow: string;
  readonly decision: string;
  readonly decisions: readonly string[];
  readonly days: number;
  readonly since: number;
  readonly until: number;
  readonly spec: CountingSpec | null;
  readonly threshold: number | null;
  /** Each field of the decision has a threshold of its own: a review advises on none of them. */
  readonly perField: boolean;
  readonly certificate: Certificate | null;
  readonly limit: OwnersLimit;
  readonly rate: AuditRate | null;
  /** The share of automatic writes that is drawn now. */
  readonly share: number;
  readonly counts: AuditCounts;
  readonly standing: AuditStanding;
  /** All that were drawn, newest first. */
  readonly drawn: readonly AuditedRow[];
  readonly advice: Advice | null;
  readonly advised: readonly SpecAdvice[];
  readonly weeks: readonly ReviewWeek[];
  readonly drift: DecisionDrift;
  /** There were more answers than are read. */
  readonly cut: boolean;
  readonly answers: number;
  readonly reviewers: {
    readonly all: ReviewerFigures;
    /** By name, as far as the reader may see names. */
    readonly named: readonly { readonly name: string; readonly figures: ReviewerFigures }[];
    /** How many answered, named or not. */
    readonly people: number;
  };
  readonly second: Disagreement;
  readonly breaker: Breaker | null;
  /** Of the model calls of all its decisions; null for whoever may not read costs, and where no model was asked. */
  readonly cost: RecordCosts | null;
}

export async function readReview(
  context: Context,
  principal: Principal,
  workflow: string,
  asked: ReviewAsked,
  now: number,
): Promise<Result<Review>> {
  const denied = permit(principal, "read reviews", workflow);
  if (denied) return denied;
  const db = context.env.DB;
  const deployed = newestWorkflow(context.deployment, workflow);
  const spec = await countingSpec(db, workflow, now);
  if (!deployed && !spec) return fail("workflow.unknown", `No workflow ${workflow} is deployed, and none has rules`);
  const decisions = [...new Set([...decisionsIn(spec?.spec ?? null), ...Object.keys(deployed?.decisions ?? {})])];
  const decision = asked.decision ?? decisions[0] ?? "";
  if (!decisions.includes(decision) && decisions.length > 0)
    return fail("request.invalid", `decision: ${workflow} makes no decision ${decision}; there is ${decisions.join(", ")}`, {
      field: "decision",
    });

  const since = now - asked.days * DAY_MS;
  const span = { workflow, since, until: now };
  const [{ threshold, certificate, perField }, counts, drawn, answered, live, kept, rate, advised, breaker, opinions, costs] =
    await Promise.all([
      thresholdOf(db, spec?.spec ?? null, decision),
      countAudited(db, span, decision),
      listDrawn(db, span, decision),
      listAnswered(db, span, ANSWERS),
      countWeeks(db, span, labelledFields(deployed)),
      readWeeks(db, { workflow, since: weekOf(since), until: now }),
      readAuditRate(db, workflow),
      listAdvice(db, workflow, 20),
      openBreakerOf(db, workflow),
      readOpinions(db, span),
      may(principal, "read costs", workflow) ? costsPerRecord(db, { workflow, within: [workflow], from: since, to: now }) : [],
    ]);
  const limit = limitFor(certificate, asked.limit);
  const weeks = withLabels(live, kept);
  const advice = threshold === null ? null : adviceOn({ threshold, counts, drawn, answered, decision, limit: limit.share });
  return ok({
    workflow,
    decision,
    decisions,
    days: asked.days,
    since,
    until: now,
    spec,
    threshold,
    perField,
    certificate,
    limit,
    rate,
    share: auditShare(spec?.spec.auditSampling ?? 0, rate?.share ?? 0),
    counts,
    standing: auditStanding(counts, limit.share),
    drawn,
    advice,
    advised,
    weeks,
    drift: computeDrift(weeks, decision, certificate && (await readValidationMix(db, certificate.report.id))),
    cut: answered.length === ANSWERS,
    answers: answered.length,
    reviewers: reviewersOf(answered, principal, workflow),
    second: disagreementOf(opinions),
    breaker,
    cost: costs[0] ?? null,
  });
}

/** Counts of a week that was kept while its contents were there: they hold the labels of answers that have been erased since. */
function withLabels(live: readonly ReviewWeek[], kept: readonly ReviewWeek[]): ReviewWeek[] {
  return live.map((week) => {
    const before = kept.find((one) => one.week === week.week);
    return before ? { ...week, decisions: before.decisions } : week;
  });
}

interface AdviceOn {
  readonly threshold: number;
  readonly counts: AuditCounts;
  readonly drawn: readonly AuditedRow[];
  readonly answered: readonly AskedRow[];
  readonly decision: string;
  readonly limit: number;
}

const adviceOn = ({ threshold, counts, drawn, answered, decision, limit }: AdviceOn): Advice =>
  adviseThreshold({
    current: threshold,
    written: counts.written,
    limit,
    audited: drawn.flatMap(({ score, verdict }) =>
      verdict === null ? [] : [{ score, correct: verdict === "cannot_tell" ? null : verdict === "right" }],
    ),
    asked: answered.flatMap((row) =>
      row.unsureOnly && row.decision === decision && row.score !== null
        ? [{ score: row.score, correct: row.status === "expired" ? null : row.status === "approved" }]
        : [],
    ),
  });

function reviewersOf(answered: readonly AskedRow[], principal: Principal, workflow: string): Review["reviewers"] {
  const given = answered.flatMap(({ by, status, ms }): GivenAnswer[] =>
    by !== null && (status === "approved" || status === "edited" || status === "rejected") ? [{ by, kind: status, ms }] : [],
  );
  const seesAll = may(principal, "decide specs", workflow);
  const people = [...Map.groupBy(given, ({ by }) => by)].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    all: reviewerFigures(given),
    people: people.length,
    named: people.flatMap(([name, own]) => (seesAll || name === principal.id ? [{ name, figures: reviewerFigures(own) }] : [])),
  };
}
