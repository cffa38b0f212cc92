// /validations/:id: the report of a validation, the threshold screen, a labelled record and the correction of its label, and the report as a file. How far a validation
// is that is under way is shown elsewhere.
import { Hono, type Context as HonoContext } from "hono";
import * as z from "zod";
import { errorFacts, type Failure, fail, failureOf, InterlockError, type Result } from "../../core/errors.ts";
import type { Deployment } from "../../deployment.ts";
import { permit } from "../../operations/require-role.ts";
import { readThresholdMonths } from "../../operations/threshold-months.ts";
import {
  exportReport,
  labelChoices,
  PreviewInput,
  previewReport,
  RelabelInput,
  type ReportView,
  readReport,
  relabelRecord,
} from "../../operations/validation-reports.ts";
import { type ConsoleEnv, operationContext, refuse } from "../console-env.ts";
import { filledIn, parseInput, readForm } from "../input.ts";
import { LabelledRecordPage } from "../pages/labelled-record-page.tsx";
import { reportFile } from "../pages/report-file.ts";
import { ReportPage, validationAddress } from "../pages/report-page.tsx";
import { ThresholdPage } from "../pages/threshold-page.tsx";
import { frameFor, renderPage } from "./page.ts";

type Call = HonoContext<ConsoleEnv>;

export const RevisionInput = z.object({ revision: z.coerce.number("revision: give its number, from 1").int().min(1).optional() });
const Format = z.enum(["html", "csv", "jsonl"], "Give html, csv or jsonl");
const TYPES = { html: "text/html", csv: "text/csv", jsonl: "application/jsonl" } as const;

export const validationReportPages = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/:id/report", async (c) => {
      const view = await viewOf(c, deployment, c.req.param("id"));
      return renderPage(c, <ReportPage frame={await frameFor(c.env.DB, c.get("principal"))} view={view} />);
    })
    .get("/:id/threshold", async (c) => {
      const view = await viewOf(c, deployment, c.req.param("id"));
      const asked = parseInput(PreviewInput, filledIn(c.req.query()));
      const { issued } = view;
      const preview = issued === null ? null : previewReport({ issued, records: view.records }, asked);
      const [frame, months] = await Promise.all([
        frameFor(c.env.DB, c.get("principal")),
        preview && readThresholdMonths(operationContext(c, deployment), c.get("principal"), view, preview, Date.now()),
      ]);
      return renderPage(c, <ThresholdPage frame={frame} view={view} preview={preview} asked={asked} months={months} />);
    })
    .get("/:id/export/:format", async (c) => sendReport(c, await viewOf(c, deployment, c.req.param("id"))))
    .get("/:id/records/:record", async (c) => showRecord(c, deployment, { refused: null, draft: {} }))
    .post("/:id/records/:record", async (c) => {
      const fields = Object.fromEntries(await readForm(c.req));
      const { id, record } = c.req.param();
      const done = await relabel(c, deployment, id, record, fields);
      return done.ok
        ? c.redirect(validationAddress(id, "/report"), 303)
        : showRecord(c, deployment, { refused: done.error, draft: fields });
    });

async function viewOf(c: Call, deployment: Deployment, id: string): Promise<ReportView> {
  const { revision } = parseInput(RevisionInput, filledIn({ revision: c.req.query("revision") ?? "" }));
  const read = await readReport(operationContext(c, deployment), c.get("principal"), id, revision ?? null);
  return read.ok ? read.value : refuse(read.error);
}

/** Also what the API sends. */
export function sendReport(c: Call, view: ReportView): Response {
  const { issued, records, state } = view;
  const format = parseInput(Format, c.req.param("format"));
  if (issued === null) return refuse(fail("validation.wrong_state", "The report is issued when every record is answered").error);
  const body = format === "html" ? reportFile(issued, records, view.rejections) : (exportReport(view, format) ?? "");
  return c.body(body, 200, {
    "content-type": `${TYPES[format]}; charset=utf-8`,
    "content-disposition": `attachment; filename="interlock-validation-${state.id.replaceAll(/[^\w-]/g, "_")}-${issued.report.revision}.${format}"`,
  });
}

async function relabel(
  c: Call,
  deployment: Deployment,
  id: string,
  record: string,
  fields: Readonly<Record<string, string>>,
): Promise<Result<unknown>> {
  try {
    const labels = Object.fromEntries(
      Object.entries(fields).flatMap(([name, text]) => (name.startsWith("label:") ? [[name.slice("label:".length), text]] : [])),
    );
    const input = parseInput(RelabelInput, { record, labels, revision: fields.revision, reason: fields.reason });
    return await relabelRecord(operationContext(c, deployment), c.get("principal"), id, input, Date.now());
  } catch (thrown) {
    const error = failureOf(thrown);
    if (error.code !== "request.invalid") throw thrown;
    return { ok: false, error };
  }
}

async function showRecord(
  c: Call,
  deployment: Deployment,
  { refused, draft }: { readonly refused: Failure | null; readonly draft: Readonly<Record<string, string>> },
): Promise<Response> {
  const { id = "", record: recordId = "" } = c.req.param();
  const view = await viewOf(c, deployment, id);
  const record = view.records.find((one) => one.id === recordId);
  if (!record) throw new InterlockError("validation.not_found", `Validation ${id} has no answered record ${recordId}`);
  const mayRelabel = view.issued !== null && permit(c.get("principal"), "relabel records", view.state.workflow) === null;
  const choices = mayRelabel && view.issued ? labelChoices(operationContext(c, deployment), view.issued.report.facts) : null;
  const frame = await frameFor(c.env.DB, c.get("principal"));
  const page = <LabelledRecordPage frame={frame} view={view} record={record} choices={choices} refused={refused} draft={draft} />;
  return renderPage(c, page, refused ? errorFacts(refused.code).status : 200);
}
