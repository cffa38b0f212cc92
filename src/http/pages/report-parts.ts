// What the sections of a validation report are built from. As text templates and not JSX: the same report is a page of the console, and a file that `npm run validate`
// writes in Node, which runs .ts and no .tsx. Every value is escaped by the template.
import { html } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";
import { boundText, shareText } from "../../validation/share-text.ts";

export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;
export type Cell = string | number | Html;

interface SheetProps {
  readonly caption: string;
  /** The first is that of the row's name. */
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** The columns behind the name are text, and not numbers. */
  readonly words?: true;
}

/** A table that becomes a list of facts where it is narrow. */
export const sheet = ({ caption, head, rows, words }: SheetProps): Html => html`
<table class="measures${words ? " words" : ""}">
<caption class="unseen">${caption}</caption>
<thead><tr>${head.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${rows.map(
  ([name, ...cells]) =>
    html`<tr><th scope="row">${name}</th>${cells.map((cell, index) => html`<td data-head="${head[index + 1] ?? ""}">${cell}</td>`)}</tr>`,
)}</tbody>
</table>`;

type Fact = readonly [name: string, value: Cell];

/** Short values, side by side. */
export const facts = (rows: readonly Fact[]): Html => factList("facts", rows);

/** Longer ones, one below the other. */
export const lines = (rows: readonly Fact[]): Html => factList("facts lines", rows);

const factList = (look: string, rows: readonly Fact[]): Html => html`
<dl class="${look}">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;

/** Next to each other where there is room for both. */
export const beside = (one: Html, other: Html): Html => html`<div class="beside"><div>${one}</div><div>${other}</div></div>`;

export const panel = (id: string, title: string, content: Cell | readonly Cell[]): Html => html`
<section class="panel" aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${content}</section>`;

/** Wider than a telephone: scrolled by itself, and within reach of the keyboard. */
export const scroller = (label: string, content: Html): Html =>
  html`<div class="scroll" role="region" aria-label="${label}" tabindex="0">${content}</div>`;

/** "86.1 to 92.9 %" */
export const endsText = ([low, high]: readonly [number, number]): string => `${shareText(low).replace(" %", "")} to ${boundText(high)}`;

/** k of n with its share, and the interval in which the true share lies. */
export const rateText = (k: number, n: number, interval: readonly [number, number]): string =>
  n === 0 ? "none" : `${k} of ${n}: ${shareText(k / n)} (${endsText(interval)})`;

/** A score as people compare it. */
export const scoreText = (score: number | null): string => (score === null ? "none" : String(Number(score.toFixed(4))));

/** Money in US dollars: as many digits as say something. */
export const dollars = (usd: number): string =>
  usd === 0 ? "$0" : usd < 0.01 ? `$${usd.toPrecision(2)}` : `$${usd.toFixed(usd < 1 ? 4 : 2)}`;

export const perThousand = (n: number): string => (n === 0 ? "0" : n < 10 ? n.toFixed(1) : String(Math.round(n)));

export function millis(ms: number): string {
  if (ms < 1) return "under 1 ms";
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
