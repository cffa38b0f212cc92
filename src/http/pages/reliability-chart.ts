// Does a score of 0.9 mean right nine times of ten? Each bin of scores as a point at its mean score and its share of right answers, with the 95 % interval; on the
// dashed line score and share agree. Said in a table as well.
import { html } from "hono/html";
import type { ValidationReport } from "../../validation/report-shape.ts";
import { shareText } from "../../validation/share-text.ts";
import { endsText, type Html, scoreText, sheet } from "./report-parts.ts";

type Reliability = NonNullable<ValidationReport["reliability"]>;

const PLOT = { left: 13, top: 4, width: 83, height: 85 } as const;
const TICKS = [0, 0.25, 0.5, 0.75, 1];

export function reliabilityChart({ bins, ece, n }: Reliability): Html {
  const x = (share: number): number => round(PLOT.left + PLOT.width * share);
  const y = (share: number): number => round(PLOT.top + PLOT.height * (1 - share));
  const summary = `${n} answers in ${bins.length} bins of their score; score and share of right answers differ by ${shareText(ece)} on average`;
  return html`
<figure class="chart square">
<p class="axis">Right</p>
<svg class="plot" role="img" aria-label="Reliability: ${summary}" width="100%" height="300">
<title>Share of right answers, by score</title>
<desc>${summary}. ${bins.map((bin) => `Mean score ${scoreText(bin.meanScore)}: ${shareText(bin.accuracy)} of ${bin.n} right.`).join(" ")}</desc>
${TICKS.map((share) => html`<line class="grid" x1="${x(0)}%" x2="${x(1)}%" y1="${y(share)}%" y2="${y(share)}%" /><text class="tick-y" x="${x(0)}%" y="${y(share)}%" dx="-6" dy="4">${shareText(share)}</text><text class="tick-x" x="${x(share)}%" y="${y(0)}%" dy="18">${share}</text>`)}
<line class="agree" x1="${x(0)}%" y1="${y(0)}%" x2="${x(1)}%" y2="${y(1)}%" />
${bins.map((bin) => html`<line class="whisker" x1="${x(bin.meanScore)}%" x2="${x(bin.meanScore)}%" y1="${y(bin.interval[0])}%" y2="${y(bin.interval[1])}%" /><circle class="dot" cx="${x(bin.meanScore)}%" cy="${y(bin.accuracy)}%" r="${radius(bin.n / n)}" />`)}
</svg>
<p class="axis across">Score of the answer</p>
</figure>`;
}

export const reliabilityTable = ({ bins, calibration }: Reliability): Html =>
  sheet({
    caption: "Scores and right answers",
    head: ["Scores", "Records", "Mean score", "Right", "Interval", ...(calibration === "none" ? [] : ["Shown as"])],
    rows: bins.map(({ low, high, n, meanScore, accuracy, interval, displayed }) => [
      `${low === 0 ? "0" : `above ${low}`} to ${high}`,
      n,
      scoreText(meanScore),
      shareText(accuracy),
      endsText(interval),
      ...(displayed === null ? [] : [shareText(displayed)]),
    ]),
  });

/** Its area says how many records; never so small that it is not seen. */
const radius = (share: number): number => round(3.5 + 9 * Math.sqrt(share));
const round = (n: number): number => Math.round(n * 100) / 100;
