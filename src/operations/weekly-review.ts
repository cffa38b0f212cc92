// What is done once a week for every deployed workflow: its week is counted and kept, and the breaker is judged on what the audit has found in four weeks. A workflow
// whose automatic writes are proved to be worse than its owner's limit drops to asking by itself, and the owner is told. It loosens nothing, ever: a person
// closes the breaker.
// Sequence: which weeks are over and not kept -> is any decision proved to be above its limit? -> breaker -> told in the chat -> count, keep.
import { failureOf, ok, type Result } from "../core/errors.ts";
import type { Principal } from "../core/principal.ts";
import { listBreakers, openBreakerOf, tripBreaker } from "../db/breakers.ts";
import { countAudited, countWeeks, keepWeek, readWeeks } from "../db/review-reads.ts";
import { bindingOf } from "../deployment.ts";
import { type AuditCounts, type BreakerDecision, decideBreaker } from "../validation/audited-error.ts";
import { type ReviewWeek, WEEK_MS, weekOf } from "../validation/review-week.ts";
import type { Context } from "./context.ts";
import { labelledFields } from "./labelled-fields.ts";
import { noticePlace } from "./notice-place.ts";
import { countingSpec, decisionsIn, thresholdOf } from "./owners-limit.ts";
import { permit } from "./require-role.ts";
import { newestWorkflow } from "./start-runs.ts";

/**
 * Four weeks: at 60 a quarter some 20 writes have been looked at, so that an error that has just begun still stands out, and one bad day does not decide. A write
 * is to be looked at within two weeks, so that most of it is known by then.
 */
const JUDGED_MS = 4 * WEEK_MS;
/** Weeks that are counted late, after an outage of the sweep: their contents are mostly still there. */
const LATE_WEEKS = 4;

/** How many weeks were kept. */
export async function weeklyReviews(context: Context, now: number): Promise<number> {
  let kept = 0;
  for (const workflow of new Set(context.deployment.workflows.map(({ name }) => name))) {
    const missing = await missingWeeks(context, workflow, now);
    // Before the weeks are kept: a judgement that failed is then made again with the next sweep.
    if (missing.length > 0) await judge(context, workflow, now);
    for (const week of missing) if (await keepCounted(context, workflow, week, now)) kept++;
  }
  return kept;
}

async function missingWeeks({ env }: Context, workflow: string, now: number): Promise<number[]> {
  const current = weekOf(now);
  const over = Array.from({ length: LATE_WEEKS }, (_, i) => current - (i + 1) * WEEK_MS).reverse();
  const there = await readWeeks(env.DB, { workflow, since: over[0] ?? current, until: current });
  return over.filter((week) => !there.some((one) => one.week === week));
}

async function keepCounted({ env, deployment }: Context, workflow: string, week: number, now: number): Promise<boolean> {
  const labelled = labelledFields(newestWorkflow(deployment, workflow));
  const [counted] = await countWeeks(env.DB, { workflow, since: week, until: week + WEEK_MS }, labelled);
  return keepWeek(env.DB, workflow, counted ?? emptyWeek(week), now);
}

const emptyWeek = (week: number): ReviewWeek => ({
  week,
  automatic: 0,
  answers: { approved: 0, edited: 0, rejected: 0, insufficient: 0, expired: 0 },
  decisions: {},
});

export interface Judged {
  readonly decision: string;
  readonly limit: number;
  readonly since: number;
  readonly counts: AuditCounts;
  readonly decided: BreakerDecision;
}

/** `unlimited`: decisions that are acted on without asking and of which no certificate says how much may be wrong. */
export interface Judgement {
  readonly judged: readonly Judged[];
  readonly unlimited: readonly string[];
  readonly tripped: boolean;
}

/** On the owner's word, and not only once a week. */
export async function checkBreaker(context: Context, principal: Principal, workflow: string, now: number): Promise<Result<Judgement>> {
  const denied = permit(principal, "check the breaker", workflow);
  if (denied) return denied;
  return ok(await judge(context, workflow, now));
}

async function judge(context: Context, workflow: string, now: number): Promise<Judgement> {
  const { DB } = context.env;
  const spec = (await countingSpec(DB, workflow, now))?.spec ?? null;
  const [[last], open] = await Promise.all([listBreakers(DB, [workflow], 1), openBreakerOf(DB, workflow)]);
  // What was found before a person closed the breaker is what it was closed over.
  const since = Math.max(now - JUDGED_MS, last?.closed?.at ?? 0);
  const judged: Judged[] = [];
  const unlimited: string[] = [];
  for (const decision of decisionsIn(spec)) {
    const { certificate } = await thresholdOf(DB, spec, decision);
    if (!certificate) {
      unlimited.push(decision);
      continue;
    }
    // What the present threshold would ask says nothing of what it lets through.
    const counts = await countAudited(DB, { workflow, since, until: now }, decision, certificate.threshold);
    judged.push({ decision, limit: certificate.limit, since, counts, decided: decideBreaker(counts, certificate.limit) });
  }
  const worst = judged.find(({ decided }) => decided.trip);
  if (!worst || open) return { judged, unlimited, tripped: false };
  const reason = reasonOf(worst);
  const evidence = {
    decision: worst.decision,
    limit: worst.limit,
    since,
    until: now,
    counts: { ...worst.counts },
    lower: worst.decided.error.lower,
  };
  const tripped = await tripBreaker(DB, { workflow, at: now, by: "interlock", reason, evidence });
  if (tripped) await tell(context, workflow, spec?.owner ?? "", reason);
  return { judged, unlimited, tripped };
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

const reasonOf = ({ decision, limit, counts, decided }: Judged): string =>
  `Of ${decided.error.audited} automatic writes of ${decision} that were looked at in four weeks ${counts.wrong} were wrong: at least ${percent(
    decided.error.lower,
  )} are (95 %), and the owner's limit is ${percent(limit)}`;

/** The breaker holds whether anybody could be told or not: every page says so as well. */
async function tell(context: Context, workflow: string, owner: string, reason: string): Promise<void> {
  const place = noticePlace(context);
  const address = context.deployment.notices && bindingOf(context.env, context.deployment.notices.console);
  if (!place || !address) return;
  const notice = {
    title: `${workflow} asks for every write`,
    lines: [`${reason}.`, `${owner === "" ? "Its owner" : owner} decides when it may write without asking again.`],
    link: `${address.replace(/\/+$/, "")}/workflows/${encodeURIComponent(workflow)}/review`,
    approve: null,
  };
  await place.chat
    .post(place.channel, notice, place.http)
    .catch((thrown) =>
      console.error(JSON.stringify({ message: "nobody was told of a breaker", workflow, error: failureOf(thrown).message })),
    );
}
