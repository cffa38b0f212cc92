// What a workflow saves: what was measured, beside what its owner says of the work. The shares that are automatic and wrong are counted and never assumed; where they
// were not counted there is no case. It shows no point estimate without the pessimistic one, because src/validation gives them together.
import * as z from "zod";
import { fail, ok, type Result } from "../core/errors.ts";
import type { Principal } from "../core/principal.ts";
import { countProduction, keepInputs, latestInputs, type ProductionCounts } from "../db/business-cases.ts";
import type { Deployment } from "../deployment.ts";
import { type BusinessCase, breakEvenMonths, businessCase, type Measured } from "../validation/business-case.ts";
import type { Context } from "./context.ts";
import { permit } from "./require-role.ts";

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

/**
 * Where the share of wrong writes comes from. audited: automatic writes that people looked at afterwards. reviewed: what people changed of what they were asked about;
 * those are the records of which the model was less sure, so it is likely too high.
 */
export type ErrorSource = { readonly from: "audited" | "reviewed"; readonly n: number } | null;

export interface Case extends BusinessCase {
  readonly breakEven: { readonly expected: number | null; readonly pessimistic: number | null };
}

export interface BusinessCaseView {
  readonly workflow: string;
  readonly from: number;
  readonly to: number;
  readonly counts: ProductionCounts;
  readonly errors: ErrorSource;
  /** Measured: dollars of one record for its model calls. Null where no model was asked. With calls of unknown cost in it, at least so much. */
  readonly modelCostPerRecord: number | null;
  readonly kept: { readonly at: number; readonly by: string; readonly inputs: WorkInputs } | null;
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
  if (!isKnown(deployment, workflow)) return unknown(workflow);
  const [from, to] = [now - MEASURED_DAYS * DAY_MS, now + 1];
  const [counts, row] = await Promise.all([countProduction(env.DB, workflow, from, to), latestInputs(env.DB, workflow)]);
  const parsed = row && WorkInputs.safeParse(JSON.parse(row.body)).data;
  const kept = row && parsed ? { at: row.at, by: row.by, inputs: parsed } : null;
  const errors = errorSource(counts);
  const modelCostPerRecord = counts.runsWithModel === 0 ? null : counts.cost.usd / counts.runsWithModel;
  const inputs = given ?? kept?.inputs ?? null;
  const measured = measuredOf(counts, errors);
  return ok({
    workflow,
    from,
    to,
    counts,
    errors,
    modelCostPerRecord,
    kept,
    case: inputs && measured ? caseOf(inputs, measured, modelCostPerRecord ?? 0) : null,
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

function errorSource({ checked, decided }: ProductionCounts): ErrorSource {
  if (checked > 0) return { from: "audited", n: checked };
  return decided > 0 ? { from: "reviewed", n: decided } : null;
}

function measuredOf({ records, automatic, wrong, corrected }: ProductionCounts, errors: ErrorSource): Measured | null {
  if (records === 0 || errors === null) return null;
  return { records, accepted: automatic, errors: errors.from === "audited" ? wrong : corrected, checked: errors.n };
}

export function caseOf({ setupCost, ...work }: WorkInputs, measured: Measured, modelCostPerRecord: number): Case {
  const found = businessCase({ ...work, modelCostPerRecord }, measured);
  return {
    ...found,
    breakEven: { expected: breakEvenMonths(setupCost, found.expected), pessimistic: breakEvenMonths(setupCost, found.pessimistic) },
  };
}
