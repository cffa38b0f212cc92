// A validation as people run it: a file is checked and its rows are shown before anything is asked; then it is started, cancelled, or let go on after what stopped it was put
// right. It asks no model: that is done where the queue is consumed (run-validation.ts).
// Sequence: check (file to R2, what became of its rows to D1) -> start (records to D1, batches to the queue) -> ... -> finished.
import * as z from "zod";
import { sha256Hex } from "../core/crypto.ts";
import { fail, ok, type Result } from "../core/errors.ts";
import { digest } from "../core/json.ts";
import type { Principal } from "../core/principal.ts";
import { currentModel } from "../db/model-versions.ts";
import { reviewedDecisions } from "../db/reviewed-decisions.ts";
import {
  insertValidation,
  listValidations,
  moveValidation,
  type PlannedFacts,
  startValidation,
  type ValidationRow,
} from "../db/validations.ts";
import { dataFlowOf, modelSources } from "../deployment.ts";
import type { Workflow } from "../engine/define.ts";
import { planRehearsal } from "../engine/rehearse.ts";
import { keptFor } from "../governance/retention.ts";
import { shadowSpec } from "../governance/shadow-spec.ts";
import type { Columns } from "../validation/import-columns.ts";
import { MAX_FILE_BYTES, type Rejection } from "../validation/import-file.ts";
import { type Imported, importRecords } from "../validation/import-records.ts";
import type { Context } from "./context.ts";
import { findValidation } from "./read-validation.ts";
import { permit, permitWithin } from "./require-role.ts";
import { enqueueOpen } from "./run-validation.ts";
import { newestWorkflow, prepare } from "./start-runs.ts";
import { LEARNED_RUNS } from "./train-model.ts";

const column = z
  .string()
  .trim()
  .max(200)
  .transform((name) => name || undefined)
  .optional();

export const ValidationInput = z.strictObject({
  workflow: z.string().min(1, "Choose the workflow").max(200),
  /** The file's name, for people. */
  name: z.string().trim().min(1, "Choose a file").max(200),
  data: z
    .string("Choose a file")
    .min(1, "Choose a file")
    .max(MAX_FILE_BYTES, `The file is larger than ${MAX_FILE_BYTES / 1024 / 1024} MB`),
  limit: z.coerce
    .number("Give the limit as a share, such as 0.05")
    .gt(0, "The limit is above 0")
    .lt(1, "The limit is a share below 1: 0.05 is 5 %"),
  confidence: z.coerce
    .number()
    .gt(0.5, "The confidence is above 0.5")
    .lt(1, "The confidence is a share below 1: 0.95 is 95 %")
    .default(0.95),
  text: column,
  label: column,
  id: column,
  /** Column by element or field. */
  columns: z.record(z.string().max(200), z.string().max(200)).default({}),
  /** Fewer than 200 records, and so no proof. */
  anyway: z.boolean().default(false),
});
export type ValidationInput = z.infer<typeof ValidationInput>;

/** What is kept of an import besides its records. */
export interface KeptImport {
  readonly terms: Pick<ValidationInput, "text" | "label" | "id" | "columns" | "anyway">;
  readonly columns: Columns;
  readonly warnings: readonly string[];
  /** The first of them, by line; facts.dataset.rejected counts all. */
  readonly rejections: readonly Rejection[];
}

const REJECTIONS_KEPT = 1_000;
export const fileKey = (id: string): string => `validation/${id}`;

/** Checked, and not begun. Nothing is kept of a file that cannot be used. */
export async function checkValidation(
  context: Context,
  principal: Principal,
  input: ValidationInput,
  now: number,
): Promise<Result<ValidationRow>> {
  const denied = permit(principal, "run validations", input.workflow);
  if (denied) return denied;
  const workflow = newestWorkflow(context.deployment, input.workflow);
  if (!workflow) return fail("workflow.unknown", `No workflow ${input.workflow} is deployed`, { field: "workflow" });
  const { data, name, limit, confidence, text, label, id: idColumn, columns, anyway } = input;
  const terms = { text, label, id: idColumn, columns, anyway };
  const imported = importFor(context, workflow, data, terms, await learnedTexts(context, workflow));
  if (!imported.ok) return imported;
  const { decision, records, rejections, warnings, fields } = imported.value;
  const prepared = await prepare(context, [workflow.name]);
  if (!prepared.ok) return prepared;
  const spec = prepared.value.get(workflow.name);
  if (spec && !spec.ok) return spec;
  const threshold = spec?.value.thresholds[decision];
  const dataset = { name, digest: sha256Hex(data), rows: records.length, rejected: rejections.length };
  const id = `val_${digest({ workflow: workflow.name, dataset, terms, limit, confidence, at: now, by: principal.id }).slice(0, 32)}`;
  const facts: PlannedFacts = {
    id,
    workflow: workflow.name,
    workflowVersion: workflow.version,
    decision,
    fields,
    dataset,
    specVersion: spec?.value.version ?? null,
    currentThreshold: typeof threshold === "number" ? threshold : null,
    limit,
    confidence,
  };
  const kept: KeptImport = { terms, columns: imported.value.columns, warnings, rejections: rejections.slice(0, REJECTIONS_KEPT) };
  await context.env.BLOBS.put(fileKey(id), data);
  await insertValidation(context.env.DB, {
    id,
    workflow: workflow.name,
    facts,
    imported: JSON.stringify(kept),
    createdAt: now,
    createdBy: principal.id,
    keepDays: keptFor(
      (spec?.value ?? shadowSpec(workflow)).retention.payloadDays,
      dataFlowOf(context.deployment, workflow.name, workflow.version),
    ).days,
  });
  return findValidation(context, principal, id);
}

export const keptImport = ({ imported: kept }: Pick<ValidationRow, "imported">): KeptImport => JSON.parse(kept) as KeptImport;

/** What a chosen version of the built-in model may have learned from reviewers, as far as it is kept: as it was sent, masked where the data flow says so. */
async function learnedTexts({ env }: Context, { name }: Workflow): Promise<string[]> {
  if ((await currentModel(env.DB, name)) === null) return [];
  return (await reviewedDecisions(env.DB, name, LEARNED_RUNS)).map(({ input }) => Object.values(input).join("\n"));
}

function importFor(
  { deployment }: Context,
  workflow: Workflow,
  data: string,
  { anyway, ...mapping }: KeptImport["terms"],
  learned: readonly string[],
): Result<Imported & { readonly decision: string }> {
  const plan = planRehearsal(workflow);
  if (!plan.ok) return plan;
  const models = Object.values(workflow.uses).flatMap((use) => (use.kind === "model" ? [use.model] : []));
  const shipped = models.flatMap((name) => modelSources(deployment, name).flatMap(({ learnt }) => learnt?.(workflow.name) ?? []));
  const imported = importRecords(data, plan.value, { mapping, known: [...shipped, ...learned], anyway });
  return imported.ok ? ok({ ...imported.value, decision: plan.value.decision }) : imported;
}

export async function startCheckedValidation(context: Context, principal: Principal, id: string, now: number): Promise<Result<null>> {
  const found = await findOwn(context, principal, id);
  if (!found.ok) return found;
  const { facts, status } = found.value;
  if (status !== "checked") return moved(status);
  const file = await context.env.BLOBS.get(fileKey(id));
  const workflow = newestWorkflow(context.deployment, facts.workflow);
  if (!file || !workflow || workflow.version !== facts.workflowVersion)
    return fail("validation.wrong_state", "The workflow or the file is not there any more as it was checked: send the file again");
  const imported = importFor(context, workflow, await file.text(), keptImport(found.value).terms, await learnedTexts(context, workflow));
  if (!imported.ok) return imported;
  if (imported.value.records.length !== facts.dataset.rows)
    return fail("validation.wrong_state", "Other rows are refused now than when the file was checked: send the file again");
  if (!(await startValidation(context.env.DB, id, imported.value.records, now))) return moved("running");
  await enqueueOpen(context, id);
  return ok(null);
}

export async function cancelValidation(context: Context, principal: Principal, id: string, now: number): Promise<Result<null>> {
  const found = await findOwn(context, principal, id);
  if (!found.ok) return found;
  const because = { code: "validation.wrong_state", message: `Cancelled by ${principal.id}` } as const;
  const done = await moveValidation(context.env.DB, id, ["checked", "running", "stopped"], "cancelled", { now, because });
  return done ? ok(null) : moved(found.value.status);
}

/** What stopped it is said to be put right: the records without an answer are asked about again. */
export async function resumeValidation(context: Context, principal: Principal, id: string, now: number): Promise<Result<null>> {
  const found = await findOwn(context, principal, id);
  if (!found.ok) return found;
  if (!(await moveValidation(context.env.DB, id, ["stopped"], "running", { now }))) return moved(found.value.status);
  await enqueueOpen(context, id);
  return ok(null);
}

/** Newest first. */
export async function validationsNow(context: Context, principal: Principal, limit: number): Promise<Result<ValidationRow[]>> {
  const within = permitWithin(principal, "read validations");
  return within.ok ? ok(await listValidations(context.env.DB, within.value, limit)) : within;
}

async function findOwn(context: Context, principal: Principal, id: string): Promise<Result<ValidationRow>> {
  const found = await findValidation(context, principal, id);
  if (!found.ok) return found;
  return permit(principal, "run validations", found.value.workflow) ?? found;
}

const moved = (status: string) => fail("validation.wrong_state", `The validation is ${status}: load its page again`);
