// What a workflow saves: what was measured, beside what its owner says of the work. The shares that are automatic and wrong are counted, in production or by a validation, and
// never assumed; where they were not counted there is no case. It shows no point estimate without the pessimistic one, because src/validation gives them together.
import * as z from "zod";
import { fail, ok, type Result } from "../core/errors.ts";
import type { Principal } from "../core/principal.ts";
import { countProduction, type KeptInputs, keepInputs, latestInputs } from "../db/business-cases.ts";
import { latestValidation, readIssuedReport } from "../db/validation-reports.ts";
import { answeredRecords } from "../db/validations.ts";
import type { Deployment } from "../deployment.ts";
import { type BusinessCase, breakEvenMonths, businessCase, type Measured } from "../validation/business-case.ts";
import {
  decideFigures,
  ENOUGH_CHECKED,
  ENOUGH_RECORDS,
  isEnough,
  type MeasuredFigures,
  type ProductionCounts,
  type ValidatedFigures,
} from "../validation/measured-figures.ts";
import type { Context } from "./context.ts";
import { gateInForce } from "./gate-in-force.ts";
import { permit } from "./require-role.ts";
import { newestWorkflow } from "./start-runs.ts";

export { ENOUGH_CHECKED, ENOUGH_RECORDS };

const DAY_MS = 86_400_000;
/** How far back production is counted: a quarter, as the review of a workflow's rules is. */
export const MEASURED_DAYS = 90;

const number = (most: number, least: number, what: string) =>
  z.coerce
    .number(`give a number, ${what}`)
    .min(least, `give at least ${least}`)
    .max(most, `give at most ${most}: more than that is a typing error`);

/** In one currency, and in minutes. */
export const WorkInputs = z.object({
  volume: number(100_000_000, 1, "of records a month"),
  minutesManual: number(10_000, 0.01, "of minutes for one record by hand"),
  minutesReview: number(10_000, 0, "of minutes for one review"),
  hourlyCost: number(10_000, 0.01, "of dollars an hour"),
  costPerError: number(10_000_000, 0, "of dollars"),
  platformCost: number(10_000_000, 0, "of dollars a month"),
  setupCost: number(100_000_000, 0, "of dollars, once"),
});
export type WorkInputs = z.infer<typeof WorkInputs>;
export const INPUT_NAMES = Object.keys(WorkInputs.shape) as (keyof WorkInputs)[];

export interface KeptWork {
  readonly at: number;
  readonly by: string;
  readonly inputs: WorkInputs;
}

/** Null for what an older release kept and this one does not read. */
export function parseKept({ at, by, body }: KeptInputs): KeptWork | null {
  const { data: inputs } = WorkInputs.safeParse(JSON.parse(body));
  return inputs ? { at, by, inputs } : null;
}

export interface Case extends BusinessCase {
  readonly breakEven: { readonly expected: number | null; readonly pessimistic: number | null };
}

/** The latest report of the workflow, at the threshold in force or, where none is, at the one that it proves. */
export interface ValidationUsed {
  readonly id: string;
  readonly name: string;
  readonly at: number;
  readonly limit: number;
  readonly workflowVersion: number;
  /** Null: no threshold is in force, and none is proved. */
  readonly threshold: number | null;
  readonly inForce: boolean;
}

export interface BusinessCaseView {
  readonly workflow: string;
  /** The version that is deployed. */
  readonly version: number;
  readonly from: number;
  readonly to: number;
  readonly counts: ProductionCounts;
  readonly figures: MeasuredFigures;
  /** Null where production has enough, or there is no report. */
  readonly validation: ValidationUsed | null;
  readonly kept: KeptWork | null;
  /** Null where something is not measured, or no inputs were given. */
  readonly case: Case | null;
}

type Read = Pick<Context, "env" | "deployment">;

export async function readBusinessCase(
  { env, deployment }: Read,
  principal: Principal,
  workflow: string,
  given: WorkInputs | null,
  now: number,
): Promise<Result<BusinessCaseView>> {
  const denied = permit(principal, "read business cases", workflow);
  if (denied) return denied;
  const deployed = newestWorkflow(deployment, workflow);
  if (!deployed) return unknown(workflow);
  const [from, to] = [now - MEASURED_DAYS * DAY_MS, now + 1];
  const [counts, row] = await Promise.all([countProduction(env.DB, workflow, from, to), latestInputs(env.DB, workflow)]);
  const kept = row && parseKept(row);
  const validated = isEnough(counts) ? null : await readValidated(env.DB, workflow, now);
  const figures = decideFigures(counts, validated?.figures ?? null);
  const inputs = given ?? kept?.inputs ?? null;
  const measured = measuredOf(figures);
  return ok({
    workflow,
    from,
    to,
    counts,
    version: deployed.version,
    figures,
    validation: validated?.used ?? null,
    kept,
    case: inputs && measured ? caseOf(inputs, measured, figures.modelCost?.perRecord ?? 0) : null,
  });
}

export async function keepWorkInputs(
  { env, deployment }: Read,
  principal: Principal,
  workflow: string,
  inputs: WorkInputs,
  now: number,
): Promise<Result<null>> {
  const denied = permit(principal, "keep business cases", workflow);
  if (denied) return denied;
  if (!isKnown(deployment, workflow)) return unknown(workflow);
  await keepInputs(env.DB, workflow, { at: now, by: principal.id, body: JSON.stringify(inputs) });
  return ok(null);
}

const isKnown = ({ workflows }: Pick<Deployment, "workflows">, workflow: string): boolean =>
  workflows.some(({ name }) => name === workflow);
const unknown = (workflow: string) => fail("request.not_found", `No workflow "${workflow}" is deployed`);

async function readValidated(
  db: D1Database,
  workflow: string,
  now: number,
): Promise<{ readonly used: ValidationUsed; readonly figures: ValidatedFigures | null } | null> {
  const id = await latestValidation(db, workflow);
  const issued = id === null ? null : await readIssuedReport(db, id, null);
  if (id === null || issued === null) return null;
  const { facts, gates, cost } = issued.report;
  const inForce = await gateInForce(db, issued.report, () => answeredRecords(db, id), now);
  const gate = inForce ?? gates.proved;
  const { finishedAt: at, limit, workflowVersion, dataset } = facts;
  return {
    used: { id, name: dataset.name, at, limit, workflowVersion, threshold: gate.threshold, inForce: inForce !== null },
    figures: gate.written === 0 ? null : { gate, cost },
  };
}

const measuredOf = ({ automation, error }: MeasuredFigures): Measured | null =>
  automation && error && { records: automation.n, accepted: automation.k, errors: error.k, checked: error.n };

export function caseOf({ setupCost, ...work }: WorkInputs, measured: Measured, modelCostPerRecord: number): Case {
  const found = businessCase({ ...work, modelCostPerRecord }, measured);
  return {
    ...found,
    breakEven: { expected: breakEvenMonths(setupCost, found.expected), pessimistic: breakEvenMonths(setupCost, found.pessimistic) },
  };
}
