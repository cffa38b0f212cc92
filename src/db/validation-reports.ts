// The reports of validations as they were issued, and the labels that people changed: rows that stay. What a report says is not known here.
import { type IssuedReport, type Relabelling, ValidationReport } from "../validation/report-shape.ts";

export interface ReportRow {
  readonly revision: number;
  readonly digest: string;
  readonly at: number;
  readonly by: string | null;
}

/** False where this revision is there already. */
export async function insertReport(
  db: D1Database,
  validation: string,
  { issued, body, at }: { readonly issued: IssuedReport; readonly body: string; readonly at: number },
  change: Relabelling | null,
): Promise<boolean> {
  const { revision } = issued.report;
  const isNew = "where not exists (select 1 from validation_report where validation = ?1 and revision = ?2)";
  const report = db
    .prepare(
      `insert into validation_report (validation, revision, digest, body, at, by) select ?1, ?2, ?3, ?4, ?5, ?6 ${isNew} returning revision`,
    )
    .bind(validation, revision, issued.digest, body, at, change?.by ?? null);
  const relabel =
    change === null
      ? []
      : [
          db
            .prepare(
              `insert into validation_relabel (validation, revision, record, before, after, reason, at, by) select ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 ${isNew}`,
            )
            .bind(
              validation,
              revision,
              change.record,
              JSON.stringify(change.before),
              JSON.stringify(change.after),
              change.reason,
              at,
              change.by,
            ),
        ];
  // The label goes first: once the report is there, nothing is added to its revision.
  const done = await db.batch([...relabel, report]);
  return (done.at(-1)?.results.length ?? 0) > 0;
}

/** `revision`: null for the latest. */
export async function readIssuedReport(db: D1Database, validation: string, revision: number | null): Promise<IssuedReport | null> {
  const row = await db
    .prepare(
      "select digest, body from validation_report where validation = ?1 and (?2 is null or revision = ?2) order by revision desc limit 1",
    )
    .bind(validation, revision)
    .first<{ digest: string; body: string }>();
  return row && { report: ValidationReport.parse(JSON.parse(row.body)), digest: row.digest };
}

/** Newest first. */
export async function listReports(db: D1Database, validation: string): Promise<ReportRow[]> {
  const { results } = await db
    .prepare("select revision, digest, at, by from validation_report where validation = ? order by revision desc")
    .bind(validation)
    .all<ReportRow>();
  return results;
}

/** The validation of a workflow that was finished last; null where none was. */
export async function latestValidation(db: D1Database, workflow: string): Promise<string | null> {
  const row = await db
    .prepare("select id from validation where workflow = ? and status = 'finished' order by finished_at desc, id limit 1")
    .bind(workflow)
    .first<{ id: string }>();
  return row?.id ?? null;
}

/** The validation of the same workflow and decision that was finished last before this one, by its id and its latest report's digest. */
export async function reportBefore(
  db: D1Database,
  {
    id,
    workflow,
    decision,
    createdAt,
  }: { readonly id: string; readonly workflow: string; readonly decision: string; readonly createdAt: number },
): Promise<{ readonly id: string; readonly digest: string } | null> {
  return db
    .prepare(
      `select v.id, r.digest from validation as v join validation_report as r on r.validation = v.id
       where v.workflow = ?2 and v.facts->>'$.decision' = ?3 and v.status = 'finished' and v.id <> ?1 and v.created_at <= ?4
       order by v.created_at desc, v.id, r.revision desc limit 1`,
    )
    .bind(id, workflow, decision, createdAt)
    .first<{ id: string; digest: string }>();
}
