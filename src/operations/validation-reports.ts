// The report of a validation: issued once when every record is answered, read as it was issued, looked at with another threshold or limit without asking any model, and
// computed anew from the same answers when a label was wrong. An issued report is never changed.
import * as z from "zod";
import { fail, ok, type Result } from "../core/errors.ts";
import { canonical } from "../core/json.ts";
import type { Principal } from "../core/principal.ts";
import { insertReport, listReports, type ReportRow, readIssuedReport, reportBefore } from "../db/validation-reports.ts";
import { answeredRecords, readValidationRow, type ValidationRow } from "../db/validations.ts";
import { planRehearsal } from "../engine/rehearse.ts";
import { computeGate } from "../validation/offline-gate.ts";
import type { PreviousValidation } from "../validation/previous-report.ts";
import type { Labels, ValidatedRecord, ValidationFacts } from "../validation/record.ts";
import { withLabels } from "../validation/relabel.ts";
import { computeReport } from "../validation/report.ts";
import { recordsCsv, reportJsonl } from "../validation/report-export.ts";
import type { GateOutcome, IssuedReport, Relabelling } from "../validation/report-shape.ts";
import type { Context } from "./context.ts";
import { readValidation } from "./read-validation.ts";
import { permit } from "./require-role.ts";
import { type KeptImport, keptImport } from "./validations.ts";

/**
 * Revision 1, computed and kept; the one that is there already where this was done before. For whoever ends a validation: its digest is what the validation is ended
 * with, and the report's `finishedAt` its end.
 */
export async function issueFirstReport(
  env: Context["env"],
  row: Pick<ValidationRow, "id" | "workflow" | "createdAt">,
  facts: ValidationFacts,
  records: readonly ValidatedRecord[],
): Promise<IssuedReport> {
  const there = await readIssuedReport(env.DB, row.id, 1);
  if (there) return there;
  const issued = computeReport(facts, records, await previousOf(env, row, facts.decision));
  await insertReport(env.DB, row.id, { issued, body: canonical(issued.report), at: facts.finishedAt }, null);
  return (await readIssuedReport(env.DB, row.id, 1)) ?? issued;
}

async function previousOf(
  env: Context["env"],
  { id, workflow, createdAt }: Pick<ValidationRow, "id" | "workflow" | "createdAt">,
  decision: string,
): Promise<PreviousValidation | null> {
  const before = await reportBefore(env.DB, { id, workflow, decision, createdAt });
  const earlier = before && (await readIssuedReport(env.DB, before.id, null));
  // Records are the same where they say the same: of those that are erased nobody knows.
  const erased = await Promise.all([id, before?.id ?? id].map(async (one) => (await readValidationRow(env.DB, one))?.erasedAt ?? null));
  if (!earlier || erased.some((at) => at !== null)) return null;
  return { ...before, model: earlier.report.main?.model ?? null, records: await answeredRecords(env.DB, before.id) };
}

export interface ReportView {
  readonly state: ValidationRow;
  /** Null until every record is answered. */
  readonly issued: IssuedReport | null;
  /** Every revision, newest first. */
  readonly revisions: readonly ReportRow[];
  /** With the labels that this revision was computed from. */
  readonly records: readonly ValidatedRecord[];
  /** Rows of the file that are no record. */
  readonly rejections: KeptImport["rejections"];
}

/** `revision`: null for the latest. */
export async function readReport(
  { env }: Pick<Context, "env">,
  principal: Principal,
  id: string,
  revision: number | null,
): Promise<Result<ReportView>> {
  const read = await readValidation({ env }, principal, id);
  if (!read.ok) return read;
  const { state, records } = read.value;
  const [issued, revisions] = await Promise.all([readIssuedReport(env.DB, id, revision), listReports(env.DB, id)]);
  if (issued === null && revision !== null) return fail("validation.not_found", `Validation ${id} has no report of revision ${revision}`);
  return ok({
    state,
    issued,
    revisions,
    records: withLabels(records, issued?.report.relabelled ?? []),
    rejections: keptImport(state).rejections,
  });
}

export const PreviewInput = z.object({
  threshold: z.coerce.number("threshold: give a score from 0 to 1").min(0).max(1).optional(),
  limit: z.coerce.number("limit: give a share above 0 and below 1, such as 0.05").gt(0).lt(1).optional(),
});
export type PreviewInput = z.infer<typeof PreviewInput>;

export interface Preview {
  /** The report against the limit that is looked at: it is shown, and not issued. */
  readonly looked: IssuedReport;
  readonly gate: GateOutcome | null;
}

/** For other programs; nothing is left out. Null until the report is issued. */
export function exportReport({ issued, records }: Pick<ReportView, "issued" | "records">, format: "csv" | "jsonl"): string | null {
  if (issued === null) return null;
  switch (format) {
    case "csv":
      return recordsCsv(issued, records);
    case "jsonl":
      return reportJsonl(issued, records);
  }
}

/** Without asking any model, and without keeping anything. */
export function previewReport(
  { issued, records }: { issued: IssuedReport; records: readonly ValidatedRecord[] },
  { threshold, limit }: PreviewInput,
): Preview {
  const { facts } = issued.report;
  const looked = limit === undefined || limit === facts.limit ? issued : computeReport({ ...facts, limit }, records);
  return { looked, gate: threshold === undefined ? null : computeGate(records, threshold, facts) };
}

export const RelabelInput = z.object({
  record: z.string().min(1).max(500),
  /** The revision that was looked at. */
  revision: z.coerce.number().int().min(1),
  labels: z.record(z.string(), z.string().trim().min(1, "Give a label").max(500)),
  reason: z.string("Say why the label is wrong").trim().min(1, "Say why the label is wrong").max(2000),
});
export type RelabelInput = z.infer<typeof RelabelInput>;

/** Null where any text may be a label. */
export type LabelChoices = Readonly<Record<string, readonly string[] | null>>;

/** What a label may be, by field: as the workflow's decision declares it today. */
export function labelChoices(
  { deployment }: Pick<Context, "deployment">,
  { workflow, workflowVersion, fields }: ValidationFacts,
): LabelChoices {
  const deployed = deployment.workflows.find(({ name, version }) => name === workflow && version === workflowVersion);
  const plan = deployed && planRehearsal(deployed);
  const known = plan?.ok ? plan.value.fields : [];
  return Object.fromEntries(fields.map((field) => [field, known.find(({ path }) => path === field)?.labels ?? null]));
}

/** Gives the new revision. */
export async function relabelRecord(
  context: Pick<Context, "env" | "deployment">,
  principal: Principal,
  id: string,
  input: RelabelInput,
  now: number,
): Promise<Result<IssuedReport>> {
  const { env } = context;
  const row = await readValidationRow(env.DB, id);
  const denied = permit(principal, "relabel records", row?.workflow ?? null);
  if (denied) return denied;
  if (row === null) return fail("validation.not_found", `No validation ${id}`);
  const latest = await readIssuedReport(env.DB, id, null);
  if (row.status !== "finished" || latest === null)
    return fail("validation.wrong_state", "Labels are corrected once every record is answered and the report is issued");
  const fromFile = await answeredRecords(env.DB, id);
  const change = decideRelabel(latest, fromFile, input, labelChoices(context, latest.report.facts), { by: principal.id, at: now });
  if (!change.ok) return change;
  const { report } = latest;
  const history = {
    relabelled: [...report.relabelled, change.value],
    predecessor: { revision: report.revision, digest: latest.digest, verdict: report.verdict },
  };
  const issued = computeReport(report.facts, fromFile, await previousOf(env, row, report.facts.decision), history);
  const kept = await insertReport(env.DB, id, { issued, body: canonical(issued.report), at: now }, change.value);
  return kept ? ok(issued) : moved(report.revision);
}

export function decideRelabel(
  { report }: IssuedReport,
  fromFile: readonly ValidatedRecord[],
  { record: id, revision, labels, reason }: RelabelInput,
  choices: LabelChoices,
  { by, at }: { readonly by: string; readonly at: number },
): Result<Relabelling> {
  if (revision !== report.revision) return moved(report.revision);
  const record = withLabels(fromFile, report.relabelled).find((one) => one.id === id);
  if (!record) return fail("validation.not_found", `The validation has no record ${id}`, { field: "record" });
  for (const [field, label] of Object.entries(labels)) {
    if (!report.facts.fields.includes(field))
      return fail("request.invalid", `labels.${field}: the labelled fields are ${report.facts.fields.join(", ")}`, {
        field: `labels.${field}`,
      });
    const may = choices[field] ?? null;
    if (may !== null && !may.includes(label))
      return fail("request.invalid", `labels.${field}: "${label}" is not one of ${may.join(", ")}`, { field: `labels.${field}` });
  }
  const changed: Record<string, string> = Object.fromEntries(
    Object.entries(labels).filter(([field, label]) => record.expected[field] !== label),
  );
  if (Object.keys(changed).length === 0)
    return fail("request.invalid", "labels: give a label that differs from the one that is there", { field: "labels" });
  const before: Labels = Object.fromEntries(Object.keys(changed).map((field) => [field, record.expected[field] ?? ""]));
  return ok({ record: id, before: { ...before }, after: changed, reason, by, at });
}

const moved = (revision: number) =>
  fail("validation.report_moved", `The report is at revision ${revision}, or beyond: look at it, and decide again`, { field: "revision" });
