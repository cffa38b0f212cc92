// What the validation says of each field and each class: how often right, with its interval, what stands at the proved threshold, and what is taken for what.
import { html } from "hono/html";
import type { ClassStanding, FieldStanding } from "../../validation/report-shape.ts";
import { boundText, count, shareText } from "../../validation/share-text.ts";
import { type Cell, endsText, type Html, rateText, scroller, sheet } from "./report-parts.ts";

/** More columns than this do not fit on a telephone. */
const SCROLLED_FROM = 10;

export const fieldsTable = (fields: readonly FieldStanding[], limit: number): Html =>
  sheet({
    caption: "Each labelled field",
    head: ["Field", "Right", "Interval", "Accepted", "Wrong", "At most", `Within ${shareText(limit)}`],
    rows: fields.map(({ field, records, right, accuracy, interval, accepted, errors, upper, proved }) => [
      field,
      `${right} of ${records}: ${shareText(accuracy)}`,
      endsText(interval),
      accepted,
      errors,
      accepted === 0 ? "-" : boundText(upper),
      accepted === 0 ? "-" : proved ? "yes" : "not proved",
    ]),
  });

const STANDINGS: Record<ClassStanding["standing"], { readonly text: string; readonly tone: string }> = {
  proved: { text: "within the limit", tone: "good" },
  unproved: { text: "too few to say", tone: "" },
  always_ask: { text: "always ask", tone: "bad" },
  none_accepted: { text: "nothing accepted", tone: "" },
};

export const classesTable = ({ field, classes }: FieldStanding): Html =>
  sheet({
    caption: `Each class of ${field}`,
    head: ["Class", "Right when answered", "Found, of those that are", "Accepted", "Wrong", "At most", "Standing"],
    rows: classes.map((one): Cell[] => [
      one.label,
      rateText(one.right, one.answered, one.rightInterval),
      one.truly === 0 ? "none" : `${one.found} of ${one.truly}`,
      one.accepted,
      one.errors,
      one.accepted === 0 ? "-" : boundText(one.upper),
      html`<span class="chip ${STANDINGS[one.standing].tone}">${STANDINGS[one.standing].text}</span>`,
    ]),
  });

/** Columns carry numbers, and rows the numbers with their names: so it fits where names would not. */
export function confusionMatrix({ field, confusion }: FieldStanding): Html {
  if (confusion === null) return html`<p class="quiet">${field} has too many values for a matrix.</p>`;
  const { labels, counts } = confusion;
  const table = html`
<table class="confusion">
<caption class="unseen">${field}: true classes as rows, answers as columns</caption>
<thead><tr><th scope="col">${field}</th>${labels.map((label, index) => html`<th scope="col" title="${label}">${index + 1}</th>`)}</tr></thead>
<tbody>${counts.map((row, index) => {
    const total = row.reduce((sum, n) => sum + n, 0);
    return html`<tr><th scope="row"><span class="meta">${index + 1}</span> ${labels[index] ?? ""}</th>${row.map((n, column) => html`<td class="${tone(n, total, column === index)}">${n}</td>`)}</tr>`;
  })}</tbody>
</table>`;
  return html`${labels.length > SCROLLED_FROM ? scroller(`Confusion matrix of ${field}`, table) : table}
<p class="meta">Rows are true, columns are answered, by the numbers of the rows.</p>`;
}

export const mixupsText = ({ mixups }: FieldStanding): Html | string =>
  mixups.length === 0
    ? ""
    : html`<p>Most often: ${mixups
        .slice(0, 3)
        .map(({ expected, answered, records }) => `${expected} taken for ${answered} (${count(records, "record", "records")})`)
        .join(", ")}.</p>`;

function tone(n: number, total: number, isRight: boolean): string {
  if (n === 0) return "none";
  if (isRight) return "right";
  return n / total >= 0.1 ? "wrong much" : "wrong";
}
