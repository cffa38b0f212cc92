// The wrong answers, the surest first: those are what a threshold lets through. What the record said stands beside each, where it is still kept.
import { html } from "hono/html";
import type { Mistake, ValidationReport } from "../../validation/report-shape.ts";
import { count } from "../../validation/share-text.ts";
import { type Html, scoreText } from "./report-parts.ts";

/** The others follow on request, and those beyond in the exports. */
const AT_ONCE = 8;
const SHOWN = 50;
/** Enough to see what was meant. */
const LONGEST = 400;

export interface MistakesProps {
  readonly report: ValidationReport;
  /** Those at or above it would be written. */
  readonly threshold: number | null;
  /** By the record's id: what it said. Nothing for one whose contents are not kept. */
  readonly inputs: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** Where a record is shown, and its label corrected; null in a file. */
  readonly recordHref: ((id: string) => string) | null;
}

export function mistakesList({ report, threshold, inputs, recordHref }: MistakesProps): Html {
  const { total, shown } = report.mistakes;
  if (total === 0) return html`<p>No answer is wrong.</p>`;
  const list = (mistakes: readonly Mistake[]): Html =>
    html`<ol class="mistakes">${mistakes.map((mistake) => item(mistake, threshold, inputs.get(mistake.id), recordHref))}</ol>`;
  const rest = total - Math.min(SHOWN, shown.length);
  return html`
<p class="quiet">${count(total, "answer is", "answers are")} wrong. The surest come first: those are what a threshold lets through.</p>
${list(shown.slice(0, AT_ONCE))}
${shown.length > AT_ONCE ? html`<details><summary>${count(Math.min(SHOWN, shown.length) - AT_ONCE, "more mistake", "more mistakes")}</summary>${list(shown.slice(AT_ONCE, SHOWN))}</details>` : ""}
${rest > 0 ? html`<p class="quiet">${count(rest, "more is", "more are")} in the CSV.</p>` : ""}`;
}

const item = (
  { id, line, score, displayed, expected, answered, fields }: Mistake,
  threshold: number | null,
  input: Readonly<Record<string, string>> | undefined,
  recordHref: MistakesProps["recordHref"],
): Html => html`
<li>
<p class="mistake-head"><strong>${scoreText(score)}</strong>${displayed === null ? "" : html` <span class="meta">shown as ${Math.floor(displayed * 100)} %</span>`}
${threshold !== null && score >= threshold ? html` <span class="chip bad">would be written</span>` : ""}</p>
<p>${fields.map((field) => html`<span class="mixup">${field}: answered <strong>${answered[field] ?? "nothing"}</strong>, labelled <strong>${expected[field] ?? "nothing"}</strong></span> `)}</p>
${input === undefined || Object.keys(input).length === 0 ? html`<p class="quiet small">What it said is not kept.</p>` : Object.entries(input).map(([element, text]) => html`<p class="said-by"><span class="meta">${element}</span> ${text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text}</p>`)}
<p class="meta">Record ${id}, line ${line}${recordHref === null ? "" : html` · <a href="${recordHref(id)}">Does the label of ${id} look wrong?</a>`}</p>
</li>`;
