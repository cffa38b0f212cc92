// A validation report as one file: to send, to keep, to print. No script, and nothing is loaded. Made by the console and by `npm run validate` alike, so it knows
// nothing of a request.
import { html, raw } from "hono/html";
import type { ValidatedRecord } from "../../validation/record.ts";
import type { IssuedReport } from "../../validation/report-shape.ts";
import { STYLE } from "../style.ts";
import { reportBody } from "./report-body.ts";
import { utc } from "./words.ts";

/** `records`: with what they said, where it is kept; it is shown beside the mistakes. */
export function reportFile(issued: IssuedReport, records: readonly Pick<ValidatedRecord, "id" | "input">[]): string {
  const { workflow, decision, dataset, finishedAt } = issued.report.facts;
  const title = `Validation of ${workflow}: ${decision}`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title} · Interlock</title>
<style>${raw(STYLE)}</style>
</head>
<body class="report-file">
<main class="bounds">
<div class="page-head"><h1>${title}</h1><p class="lead">${dataset.name}, ${utc(finishedAt)}. Made by Interlock.</p></div>
${reportBody({ issued, inputs: new Map(records.map(({ id, input }) => [id, input])), recordHref: null })}
</main>
</body>
</html>
`;
  return page.toString() as string;
}
