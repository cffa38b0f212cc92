// A validation report as people read it: the verdict first, then what explains it. The same on the console's page and in the file; a report is not computed here.
import { html } from "hono/html";
import { type ErrorCode, errorFacts } from "../../core/errors.ts";
import type { Rejection } from "../../validation/import-file.ts";
import type { IssuedReport, ValidationReport } from "../../validation/report-shape.ts";
import { boundText, count, moreText, shareText } from "../../validation/share-text.ts";
import { reliabilityChart, reliabilityTable } from "./reliability-chart.ts";
import { classesTable, confusionMatrix, fieldsTable, mixupsText } from "./report-fields.ts";
import { gateTable } from "./report-gate.ts";
import { type MistakesProps, mistakesList } from "./report-mistakes.ts";
import { beside, dollars, endsText, facts, type Html, lines, millis, panel, scoreText, sheet } from "./report-parts.ts";
import { type ChartMark, curveTable, riskChart } from "./risk-chart.ts";
import { day, utc } from "./words.ts";

export interface ReportBodyProps extends Omit<MistakesProps, "report" | "threshold"> {
  readonly issued: IssuedReport;
  /** Rows of the file that are no record of this. */
  readonly rejections: readonly Rejection[];
}

export const TONES = { proved: "good", not_proved: "warn", too_few: "warn" } as const;

export function reportBody({ issued, inputs, rejections, recordHref }: ReportBodyProps): Html {
  const { report } = issued;
  return html`
${verdict(report)}
<div class="column">
${panel("automatic", "What may be written automatically", html`${beside(riskChart(chartOf(report)), gateTable(report.gates.proved, report.facts.confidence))}${details("The points of the chart", curveTable(report))}`)}
${panel("more", "Why not more?", whyNotMore(report))}
${panel("mistakes", "Mistakes, the surest first", mistakesList({ report, threshold: report.gates.proved.threshold, inputs, recordHref }))}
${panel("fields", "Fields and classes", fieldsOf(report))}
${panel("reliability", "Does the score mean what it says?", reliability(report))}
${panel("spent", "Cost and time", spent(report))}
${report.comparison === null ? "" : panel("comparison", "Against the validation before", comparison(report.comparison))}
${report.relabelled.length === 0 ? "" : panel("relabelled", "Labels that were changed", relabelled(report))}
${panel("basis", "What this rests on", basisOf(issued, rejections))}
</div>`;
}

export const chartOf = ({ curve, facts: { limit, confidence }, gates }: ValidationReport) => ({
  curve,
  limit,
  confidence,
  marks: [
    ...(gates.proved.threshold === null ? [] : [{ kind: "proved", gate: gates.proved } as const]),
    ...(gates.observed === null ? [] : [{ kind: "observed", gate: gates.observed } as const]),
    ...(gates.current === null ? [] : [{ kind: "current", gate: gates.current } as const]),
  ] satisfies ChartMark[],
});

export function verdict(report: ValidationReport): Html {
  const { gates, accuracy, predecessor } = report;
  return html`
<div class="banner ${TONES[report.verdict.kind]}">
<p class="verdict">${report.verdict.sentence}</p>
${predecessor === null ? "" : html`<p>${count(new Set(report.relabelled.map(({ record }) => record)).size, "label was", "labels were")} changed after the answers were seen. Revision ${predecessor.revision} said: ${predecessor.verdict.sentence}</p>`}
${facts([
  [
    "Written automatically",
    gates.proved.threshold === null
      ? "nothing"
      : html`${shareText(gates.proved.share)} <span class="meta">${endsText(gates.proved.shareInterval)}</span>`,
  ],
  ["From score", scoreText(gates.proved.threshold)],
  [
    "Wrong among these",
    gates.proved.sure === 0 ? "-" : html`${gates.proved.sureErrors} of ${gates.proved.sure} <span class="meta">${atMost(report)}</span>`,
  ],
  ["Right in all", accuracy.of === 0 ? "-" : html`${shareText(accuracy.share)} <span class="meta">${endsText(accuracy.interval)}</span>`],
  ["Records", `${report.records}${report.failed > 0 ? `, ${report.failed} without an answer` : ""}`],
])}
</div>`;
}

const atMost = ({ certification }: ValidationReport): string =>
  certification.kind === "certified" ? `at most ${boundText(certification.certified.upper)}` : "";

export const details = (summary: string, content: Html): Html => html`<details><summary>${summary}</summary>${content}</details>`;

export function whyNotMore(report: ValidationReport): Html {
  const { certification, next, gates, facts: asked } = report;
  return html`
${certification.kind === "withheld" ? html`<p>${certification.because}.</p>` : ""}
${next === null && certification.kind === "certified" ? html`<p>Everything that has a score is within the limit: there is no lower threshold to prove.</p>` : ""}
${
  next?.threshold == null
    ? ""
    : html`<p>The walk from the strictest score down ended at ${scoreText(next.threshold)}: ${next.errors} of ${next.accepted} are wrong there, which could be more than ${shareText(asked.limit)} of all such records. ${moreText(next)} would prove that step.</p>`
}
${certification.kind === "too_few" ? html`<p>A proof takes at least ${certification.needed} records with a score; ${count(certification.missing, "more is", "more are")} missing.</p>` : ""}
${
  gates.observed === null
    ? ""
    : html`<p>Counted alone, score ${scoreText(gates.observed.threshold)} looks good enough: ${gates.observed.sureErrors} of ${gates.observed.sure} wrong. That is unproved: a threshold picked by its counted errors breaks its limit in about half of all validations.</p>`
}
<p class="quiet">Decide how many records to label before you look again: testing after every few more finds a proof by chance.</p>
${"steps" in certification ? details("The walk, step by step", walk(report)) : ""}
${details("At other limits", otherLimits(report))}`;
}

const walk = ({ certification }: ValidationReport): Html =>
  sheet({
    caption: "Every threshold that was tried, strictest first",
    head: ["From score", "Accepted", "Wrong", "At most", "p", "Result"],
    rows: ("steps" in certification ? certification.steps : []).map(({ threshold, accepted, errors, upper, p, passes }) => [
      scoreText(threshold),
      accepted,
      errors,
      boundText(upper),
      p < 0.0001 ? "below 0.0001" : p.toFixed(4),
      passes ? "proved" : "ended here",
    ]),
  });

const otherLimits = ({ otherLimits: limits }: ValidationReport): Html => html`
<p class="quiet">A limit is chosen before the records are seen. This is a look at what another would have meant.</p>
${sheet({
  caption: "The same records against other limits",
  head: ["Limit", "Proved from score", "Automatic"],
  rows: limits.map(({ limit, threshold, share }) => [
    shareText(limit),
    threshold === null ? "not proved" : scoreText(threshold),
    threshold === null ? "-" : shareText(share),
  ]),
})}`;

export const fieldsOf = ({ fields, facts: { limit } }: ValidationReport): Html => html`
${fieldsTable(fields, limit)}
${fields.map((field) => html`<h3>${field.field}</h3>${mixupsText(field)}${field.confusion === null ? "" : html`${confusionMatrix(field)}${details(`Each class of ${field.field}`, classesTable(field, limit))}`}`)}
<p class="quiet">One threshold is proved for all classes together; it does not say that each alone is within the limit. Where one matters more than the others, let the governance spec ask about it always.</p>`;

export function reliability({ reliability: measured }: ValidationReport): Html {
  if (measured === null) return html`<p>No answer has a score.</p>`;
  const shown =
    measured.calibration === "none"
      ? "There are fewer than 20 mistakes or right answers: too few to turn scores into probabilities, so the score itself is shown."
      : `People are shown a probability that is fitted to these records (${measured.calibration === "platt" ? "Platt’s curve" : "isotonic regression"}).`;
  return html`
${beside(
  reliabilityChart(measured),
  html`${lines([
    ["Calibration error (ECE)", measured.ece.toFixed(3)],
    ["In bins of equal size", measured.equalMassEce.toFixed(3)],
    ["Worst bin", measured.mce.toFixed(3)],
    ["Brier score", measured.brier.toFixed(3)],
  ])}
<p class="quiet">${shown} The threshold is on the raw score: none of this moves it.</p>`,
)}
${details("Scores and right answers", reliabilityTable(measured))}`;
}

function spent({ cost, latency, tokens, failures, answered }: ValidationReport): Html {
  const known = cost.known === 0 ? "unknown" : dollars(cost.total);
  return html`
${facts([
  [
    "Cost of all answers",
    cost.unknown > 0 && cost.known > 0 ? html`${known} <span class="meta">and ${cost.unknown} answers at an unknown price</span>` : known,
  ],
  ["Cost of one: median, 95 of 100", cost.known === 0 ? "unknown" : `${dollars(cost.p50)}, ${dollars(cost.p95)}`],
  ["Time for one: median, 95 of 100", latency.known === 0 ? "-" : `${millis(latency.p50)}, ${millis(latency.p95)}`],
  ["Tokens in, out", `${tokens.prompt}, ${tokens.completion}`],
])}
${
  failures.length === 0
    ? html`<p class="quiet">${answered === 0 ? "Nothing was answered." : "Every record was answered."}</p>`
    : sheet({
        caption: "Records without an answer, by reason",
        head: ["Reason", "Code", "Records"],
        words: true,
        rows: failures.map(({ code, records }) => [
          errorFacts(code as ErrorCode).title,
          html`<code>${code}</code>`,
          count(records, "record", "records"),
        ]),
      })
}`;
}

const LISTED = 20;
const listed = (ids: readonly string[]): string =>
  ids.length === 0 ? "none" : `${ids.slice(0, LISTED).join(", ")}${ids.length > LISTED ? ` and ${ids.length - LISTED} more` : ""}`;

const comparison = ({ id, digest, model, records, fixed, broken, same, p }: NonNullable<ValidationReport["comparison"]>): Html => html`
<p>${fixed.length} fixed, ${broken.length} broken, ${same} as before, of the ${records} records that both have. ${
  records === 0
    ? ""
    : p < 0.05
      ? html`Chance alone would seldom explain this (p = ${p.toPrecision(2)}).`
      : html`Chance alone could explain this (p = ${p.toPrecision(2)}).`
}</p>
${lines([
  ["Broken", listed(broken)],
  ["Fixed", listed(fixed)],
  [
    "Compared with",
    html`validation ${id}${model === null ? "" : `, ${model}`} <span class="meta digest">report ${digest.slice(0, 12)}</span>`,
  ],
])}`;

const relabelled = ({ relabelled: changes }: ValidationReport): Html =>
  sheet({
    caption: "Labels that were changed after the answers were seen",
    head: ["Record", "From", "To", "Why", "By"],
    words: true,
    rows: changes.map(({ record, before, after, reason, by, at }) => [
      record,
      labelsText(before),
      labelsText(after),
      reason,
      html`${by}<span class="meta">${utc(at)}</span>`,
    ]),
  });

export const labelsText = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([field, label]) => `${field}: ${label}`)
    .join(", ");

function basisOf({ report, digest }: IssuedReport, rejections: readonly Rejection[]): Html {
  const { facts: asked, main, bases, uncovered } = report;
  return html`
${lines([
  ["Workflow", `${asked.workflow}, version ${asked.workflowVersion}`],
  ["Decision", `${asked.decision}: ${asked.fields.join(", ")}`],
  ["Model", main === null ? "none answered with a measure of confidence" : `${main.model} (${main.provider})`],
  ["Confidence is", main === null ? "-" : SOURCES[main.source]],
  ["Rules", asked.specVersion === null ? "no governance spec in force" : `version ${asked.specVersion}`],
  [
    "Data",
    html`${asked.dataset.name}: ${asked.dataset.rows} records <span class="meta">${count(asked.dataset.rejected, "row was", "rows were")} refused</span>`,
  ],
  ["Run", `${utc(asked.startedAt)} to ${utc(asked.finishedAt)}`],
  ["Revision", `${report.revision}`],
])}
${uncovered === 0 ? "" : html`<p>${count(uncovered, "record was", "records were")} answered by another model or without a measure of confidence, and counted as asked: ${bases.map(({ model, provider, records }) => `${model} (${provider}) ${records}`).join(", ")}.</p>`}
${
  rejections.length === 0
    ? ""
    : details(
        "Refused rows",
        sheet({
          caption: "Rows of the file that were refused",
          head: ["Line", "Why"],
          words: true,
          rows: rejections.map(({ line, reason }) => [line, reason]),
        }),
      )
}
${details(
  "Digests",
  lines([
    ["This report", html`<code class="digest">${digest}</code>`],
    ["Data", html`<code class="digest">${asked.dataset.digest}</code>`],
    ...(main === null
      ? []
      : ([
          ["Prompt", html`<code class="digest">${main.basis.prompt}</code>`],
          ["Answer schema", html`<code class="digest">${main.basis.schema}</code>`],
        ] as const)),
    ...(report.predecessor === null
      ? []
      : ([["Revision before", html`<code class="digest">${report.predecessor.digest}</code>`]] as const)),
  ]),
)}
<p class="quiet">The proof holds for records drawn as these were, this model, prompt, schema and measure of confidence. It was made on ${day(asked.finishedAt)}.</p>`;
}

const SOURCES = {
  logprobs: "the provider’s probability of the label",
  agreement: "how many of several answers agree",
  builtin: "the built-in statistical model’s own distribution",
  person: "a person’s",
  none: "not measured",
} as const;
