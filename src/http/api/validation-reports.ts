// /api/validations/:id/report: a validation's report as it was issued, with its digest; what another threshold or limit would mean; the report as a file; and a
// corrected label, which gives a new revision.
import { Hono, type Context as HonoContext } from "hono";
import type { Deployment } from "../../deployment.ts";
import { readThresholdMonths } from "../../operations/threshold-months.ts";
import {
  PreviewInput,
  previewReport,
  RelabelInput,
  type ReportView,
  readReport,
  relabelRecord,
} from "../../operations/validation-reports.ts";
import { RevisionInput, sendReport } from "../console/validation-reports.tsx";
import { type ConsoleEnv, operationContext, refuse } from "../console-env.ts";
import { filledIn, parseInput, readJsonBody } from "../input.ts";
import { problemResponse } from "../problems.ts";

export const validationReportsApi = (deployment: Deployment) =>
  new Hono<ConsoleEnv>()
    .get("/:id/report", async (c) => {
      const { issued, revisions, state } = await viewOf(c, deployment, c.req.param("id"));
      return c.json({ status: state.status, digest: issued?.digest ?? null, report: issued?.report ?? null, revisions });
    })
    .get("/:id/threshold", async (c) => {
      const { issued, records } = await viewOf(c, deployment, c.req.param("id"));
      const asked = parseInput(PreviewInput, filledIn(c.req.query()));
      if (issued === null) return c.json({ gate: null, verdict: null, certification: null, months: null });
      const preview = previewReport({ issued, records }, asked);
      const { verdict, certification } = preview.looked.report;
      const months = await readThresholdMonths(operationContext(c, deployment), c.get("principal"), { records }, preview, Date.now());
      return c.json({ gate: preview.gate, verdict, certification, months });
    })
    .get("/:id/export/:format", async (c) => sendReport(c, await viewOf(c, deployment, c.req.param("id"))))
    .post("/:id/relabel", async (c) => {
      const input = await readJsonBody(c.req, RelabelInput);
      const done = await relabelRecord(operationContext(c, deployment), c.get("principal"), c.req.param("id"), input, Date.now());
      return done.ok ? c.json({ digest: done.value.digest, report: done.value.report }, 201) : problemResponse(done.error);
    });

async function viewOf(c: HonoContext<ConsoleEnv>, deployment: Deployment, id: string): Promise<ReportView> {
  const { revision } = parseInput(RevisionInput, filledIn({ revision: c.req.query("revision") ?? "" }));
  const read = await readReport(operationContext(c, deployment), c.get("principal"), id, revision ?? null);
  return read.ok ? read.value : refuse(read.error);
}
