// What shadow mode would have done beside what people did, as people read it: the summary, the comparisons, and a copy of them for a spreadsheet. It changes nothing but
// the list of who took a copy.
import * as z from "zod";
import { fail, ok, type Result } from "../core/errors.ts";
import type { Principal } from "../core/principal.ts";
import { recordExport } from "../db/audit-records.ts";
import { type Comparison, listComparisons } from "../db/shadow-comparisons.ts";
import { automaticAt, type ShadowSummary, summariseShadow, type WouldHave } from "../validation/shadow.ts";
import type { Context } from "./context.ts";
import { type CountingSpec, countingSpec, decisionsIn, LimitAsked, limitFor, type OwnersLimit, thresholdOf } from "./owners-limit.ts";
import { csvRow } from "./read-audit.ts";
import { permit } from "./require-role.ts";
import { newestWorkflow } from "./start-runs.ts";

export type { Comparison };

const DAY_MS = 24 * 60 * 60_000;
/** Comparisons that are read: the newest, and those that differ before the others. */
const READ = 5_000;

export const ShadowAsked = z.object({
  days: z.coerce.number("days: give a whole number of days").int().min(1).max(365).default(90),
  limit: LimitAsked.optional(),
  threshold: z.coerce.number("threshold: give a score from 0 to 1").min(0).max(1).optional(),
});
export type ShadowAsked = z.infer<typeof ShadowAsked>;

export interface ShadowView {
  readonly workflow: string;
  readonly days: number;
  readonly spec: CountingSpec | null;
  readonly limit: OwnersLimit;
  readonly summary: ShadowSummary;
  /** At the threshold asked for, that of the spec, or the one that these records prove. */
  readonly at: WouldHave | null;
  readonly atFrom: "asked" | "spec" | "proved" | null;
  readonly comparisons: readonly Comparison[];
  readonly cut: boolean;
}

export async function readShadow(
  context: Context,
  principal: Principal,
  workflow: string,
  asked: ShadowAsked,
  now: number,
): Promise<Result<ShadowView>> {
  const denied = permit(principal, "read effects", workflow);
  if (denied) return denied;
  const db = context.env.DB;
  const spec = await countingSpec(db, workflow, now);
  const deployed = newestWorkflow(context.deployment, workflow);
  if (!spec && !deployed) return fail("workflow.unknown", `No workflow ${workflow} is deployed, and none has rules`);
  const comparisons = await listComparisons(db, { workflow, since: now - asked.days * DAY_MS, limit: READ });
  const decision = comparisons.find((one) => one.decision !== null)?.decision ?? decisionsIn(spec?.spec ?? null)[0] ?? "";
  const { threshold, certificate } = await thresholdOf(db, spec?.spec ?? null, decision);
  const limit = limitFor(certificate, asked.limit);
  const summary = summariseShadow(comparisons, limit.share);
  const proved = summary.certification?.kind === "certified" ? summary.certification.certified.threshold : null;
  const found = asked.threshold ?? threshold ?? proved;
  return ok({
    workflow,
    days: asked.days,
    spec,
    limit,
    summary,
    at: found === null ? null : automaticAt(comparisons, found),
    atFrom: found === null ? null : asked.threshold !== undefined ? "asked" : threshold !== null ? "spec" : "proved",
    comparisons,
    cut: comparisons.length === READ,
  });
}

const HEAD = [
  "run",
  "step",
  "intended_at",
  "compared_at",
  "action",
  "target",
  "decision",
  "score",
  "outcome",
  "field",
  "before",
  "intended",
  "people",
  "same",
];

/** One line per field; a write without fields to compare has one. The copy is on record before it leaves. */
export async function exportShadow(
  context: Context,
  principal: Principal,
  workflow: string,
  days: number,
  now: number,
): Promise<Result<string>> {
  const denied = permit(principal, "export effects", workflow);
  if (denied) return denied;
  const db = context.env.DB;
  await recordExport(db, { at: now, by: principal.id, format: "shadow.csv", filter: JSON.stringify({ workflow, days }) });
  const comparisons = await listComparisons(db, { workflow, since: now - days * DAY_MS, limit: READ });
  return ok([csvRow(HEAD), ...comparisons.flatMap(linesOf)].join(""));
}

function linesOf({ run, step, intendedAt, at, action, target, decision, score, outcome, fields }: Comparison): string[] {
  const own = [
    run,
    step,
    new Date(intendedAt).toISOString(),
    new Date(at).toISOString(),
    action,
    target,
    decision ?? "",
    score === null ? "" : String(score),
    outcome,
  ];
  if (!fields || fields.length === 0) return [csvRow([...own, "", "", "", "", ""])];
  return fields.map(({ field, before, intended, people, outcome: each }) =>
    csvRow([...own, field, JSON.stringify(before), JSON.stringify(intended), JSON.stringify(people), each]),
  );
}
