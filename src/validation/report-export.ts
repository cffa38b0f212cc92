// A validation as files for other programs: CSV, one line per record, and JSONL, the report and then the records. A cell that a spreadsheet would run as a formula is
// made text. Nothing is left out, and nothing is rounded.
import { canonical } from "../core/json.ts";
import { judge, judgeRecords } from "./judged-records.ts";
import type { ValidatedRecord } from "./record.ts";
import { withLabels } from "./relabel.ts";
import type { IssuedReport } from "./report-shape.ts";

/** `records`: with the labels of the file. `threshold`: what is marked as accepted; null for nothing. */
export function recordsCsv({ report }: IssuedReport, fromFile: readonly ValidatedRecord[]): string {
  const { fields } = report.facts;
  const threshold = report.certification.kind === "certified" ? report.certification.certified.threshold : null;
  const records = withLabels(fromFile, report.relabelled);
  const accepted = new Set(
    judgeRecords(records, fields)
      .judged.filter(({ score }) => threshold !== null && score >= threshold)
      .map(({ record }) => record.id),
  );
  const elements = [...new Set(records.flatMap(({ input }) => Object.keys(input)))].toSorted();
  const head = [
    "id",
    "line",
    "outcome",
    ...fields.flatMap((field) => [`expected.${field}`, `answered.${field}`, `confidence.${field}`]),
    "score",
    "accepted",
    "ruling",
    "provider",
    "model",
    "cost_usd",
    "latency_ms",
    "failure",
    ...elements.map((element) => `input.${element}`),
  ];
  const lines = records.map((record) => {
    const answer = record.answer.kind === "answered" ? record.answer : null;
    const outcome = answer === null ? "failed" : judge(record, answer, fields).correct ? "right" : "wrong";
    return [
      record.id,
      record.line,
      outcome,
      ...fields.flatMap((field) => [record.expected[field], answer?.value[field], answer?.fields[field]?.confidence]),
      answer?.score,
      accepted.has(record.id) ? "yes" : "no",
      answer?.ruling,
      answer?.provider,
      answer?.model,
      answer?.costUsd,
      answer?.latencyMs,
      record.answer.kind === "failed" ? `${record.answer.code}: ${record.answer.message}` : undefined,
      ...elements.map((element) => record.input[element]),
    ];
  });
  return [head, ...lines].map((cells) => `${cells.map(cell).join(",")}\r\n`).join("");
}

export function reportJsonl(issued: IssuedReport, fromFile: readonly ValidatedRecord[]): string {
  const lines = [
    { kind: "report", digest: issued.digest, report: issued.report },
    ...fromFile.map((record) => ({ kind: "record", ...record })),
  ];
  return lines.map((line) => `${canonical(line)}\n`).join("");
}

/** A leading apostrophe keeps Excel and LibreOffice from running text as a formula (OWASP, "CSV Injection"). Numbers are ours and stay numbers. */
function cell(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
