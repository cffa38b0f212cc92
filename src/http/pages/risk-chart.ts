// The chart of a threshold: across, the share that is written automatically; up, the share of these that is wrong, with the band in which the true share lies. Drawn on
// the server; places are in percent of the picture and texts in pixels, so that it can be read at every width. What it shows is said in words and in a table beside it.
import { html } from "hono/html";
import type { CurvePoint, GateOutcome } from "../../validation/report-shape.ts";
import { boundText, shareText } from "../../validation/share-text.ts";
import { type Html, scoreText, sheet } from "./report-parts.ts";

export type MarkKind = "proved" | "observed" | "current" | "preview";
export interface ChartMark {
  readonly kind: MarkKind;
  readonly gate: GateOutcome;
}

export interface RiskChartProps {
  readonly curve: readonly CurvePoint[];
  readonly limit: number;
  readonly confidence: number;
  readonly marks: readonly ChartMark[];
}

/** The plot within the picture, in percent. */
const PLOT = { left: 11, top: 4, width: 86, height: 85 } as const;
const STEPS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25];

const MARK_NAMES: Record<MarkKind, string> = {
  proved: "Proved",
  observed: "Observed only (unproved)",
  current: "Now in force",
  preview: "Looked at",
};

const MARK_SHAPES: Record<MarkKind, string> = {
  proved: "M0-7a7 7 0 1 0 0 14a7 7 0 1 0 0-14Z",
  observed: "M0-7.5 7.5 0 0 7.5-7.5 0Z",
  current: "M0-8 7.5 6h-15Z",
  preview: "M-6-6h12v12h-12Z",
};

/** A mark that lets nothing through has no place in the picture. */
const placed = (marks: readonly ChartMark[]): readonly ChartMark[] => marks.filter(({ gate }) => gate.sure > 0);
const shareOf = ({ gate }: ChartMark): number => gate.sure / gate.records;
const riskOf = ({ gate }: ChartMark): number => gate.sureErrors / gate.sure;

export function riskChart({ curve, limit, confidence, marks }: RiskChartProps): Html {
  const shown = placed(marks);
  const step = stepFor(topOf(curve, limit, shown));
  const top = Math.ceil(topOf(curve, limit, shown) / step - 1e-9) * step;
  const x = (share: number): number => round(PLOT.left + PLOT.width * share);
  const y = (share: number): number => round(PLOT.top + PLOT.height * (1 - share / top));
  const inPlot = (point: CurvePoint, share: number): string => `${round(point.coverage * 1000)} ${round(1000 - (share / top) * 1000)}`;
  const line = curve.map((point) => inPlot(point, point.risk)).join("L");
  const band = [...curve.map((point) => inPlot(point, point.upper)), ...curve.map((point) => inPlot(point, point.lower)).reverse()].join(
    "L",
  );
  const summary = describe({ curve, limit, confidence, marks: shown });
  const rows = Array.from({ length: Math.round(top / step) + 1 }, (_, i) => i * step);
  return html`
<figure class="chart">
<p class="axis">Wrong, of what is written automatically</p>
<svg class="plot" role="img" aria-label="Risk and coverage: ${summary}" width="100%" height="340">
<title>Wrong among the automatic, by share written automatically</title>
<desc>${summary}</desc>
${rows.map((share) => html`<line class="grid" x1="${PLOT.left}%" x2="${PLOT.left + PLOT.width}%" y1="${y(share)}%" y2="${y(share)}%" /><text class="tick-y" x="${PLOT.left}%" y="${y(share)}%" dx="-6" dy="4">${shareText(share)}</text>`)}
${[0, 0.25, 0.5, 0.75, 1].map((share) => html`<text class="${share === 1 ? "tick-x last" : "tick-x"}" x="${x(share)}%" y="${PLOT.top + PLOT.height}%" dy="18">${shareText(share)}</text>`)}
<svg aria-hidden="true" x="${PLOT.left}%" y="${PLOT.top}%" width="${PLOT.width}%" height="${PLOT.height}%" viewBox="0 0 1000 1000" preserveAspectRatio="none">
${curve.length === 0 ? "" : html`<path class="band" d="M${band}Z" /><path class="curve" d="M${line}" />`}
</svg>
<line class="limit" x1="${PLOT.left}%" x2="${PLOT.left + PLOT.width}%" y1="${y(limit)}%" y2="${y(limit)}%" />
<text class="limit-name" x="${PLOT.left}%" y="${y(limit)}%" dx="6" dy="-6">limit ${shareText(limit)}</text>
${shown.map((mark) => html`<svg aria-hidden="true" x="${x(shareOf(mark))}%" y="${y(Math.min(top, riskOf(mark)))}%" overflow="visible"><path class="point ${mark.kind}" d="${MARK_SHAPES[mark.kind]}" /></svg>`)}
</svg>
<p class="axis across">Share of the records that is written automatically</p>
<ul class="legend">
${marks.map((mark) => html`<li><svg class="glyph" viewBox="-9 -9 18 18" width="18" height="18" aria-hidden="true" focusable="false"><path class="point ${mark.kind}" d="${MARK_SHAPES[mark.kind]}" /></svg><span><strong>${MARK_NAMES[mark.kind]}</strong> ${markText(mark)}</span></li>`)}
<li><svg class="glyph" viewBox="-9 -9 18 18" width="18" height="18" aria-hidden="true" focusable="false"><path class="band" d="M-9-6h18v12h-18Z" /><path class="curve" d="M-9 0h18" /></svg><span class="quiet">counted share, and the band between its exact one-sided ${shareText(confidence)} bounds</span></li>
</ul>
</figure>`;
}

/** The picture's content for those who do not see it, and for copying. */
export const curveTable = ({ curve }: Pick<RiskChartProps, "curve">): Html => {
  const each = Math.max(1, Math.ceil(curve.length / 24));
  const points = curve.filter((_, index) => index % each === 0 || index === curve.length - 1);
  return sheet({
    caption: "The points of the chart",
    head: ["From this score on", "Automatic", "Records", "Wrong", "Share wrong", "At most"],
    rows: points.map(({ threshold, coverage, accepted, errors, risk, upper }) => [
      scoreText(threshold),
      shareText(coverage),
      accepted,
      errors,
      shareText(risk),
      boundText(upper),
    ]),
  });
};

function markText(mark: ChartMark): string {
  const { gate } = mark;
  if (gate.threshold === null) return "at no score: everything is asked";
  if (gate.sure === 0) return `from score ${scoreText(gate.threshold)} on: no record reaches it`;
  return `from score ${scoreText(gate.threshold)} on: ${shareText(shareOf(mark))} automatic, ${gate.sureErrors} of ${gate.sure} wrong`;
}

function describe({ curve, limit, confidence, marks }: RiskChartProps): string {
  const [first, last] = [curve[0], curve.at(-1)];
  const run =
    first && last
      ? `from ${shareText(first.coverage)} written automatically with ${shareText(first.risk)} of it wrong, to ${shareText(last.coverage)} with ${shareText(last.risk)} wrong`
      : "no record has a score";
  return `${run}. The limit is ${shareText(limit)}, at ${shareText(confidence)} confidence. ${marks.map((mark) => `${MARK_NAMES[mark.kind]}: ${markText(mark)}.`).join(" ")}`;
}

/** High enough for the limit, the marks and the end of the curve; the band may leave the picture, where a few records say little. */
function topOf(curve: readonly CurvePoint[], limit: number, marks: readonly ChartMark[]): number {
  const end = curve.at(-1)?.risk ?? 0;
  return Math.min(1, Math.max(2.2 * limit, 1.15 * end, ...marks.map((mark) => 1.2 * riskOf(mark))));
}

/** The finest step with at most six lines. */
const stepFor = (top: number): number => STEPS.find((step) => top / step <= 6) ?? 0.25;

const round = (n: number): number => Math.round(n * 100) / 100;
