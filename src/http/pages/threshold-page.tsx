// The threshold screen: what writing more, or less, by itself would cost in wrong writes. Any threshold and any limit can be looked at; what is looked at is not proved,
// and changes nothing.
import { html } from "hono/html";
import type { ThresholdMonths } from "../../operations/threshold-months.ts";
import type { Preview, PreviewInput, ReportView } from "../../operations/validation-reports.ts";
import type { ValidationReport } from "../../validation/report-shape.ts";
import { type Frame, Layout } from "./layout.tsx";
import { chartOf, details, fieldsOf, reliability, verdict, whyNotMore } from "./report-body.ts";
import { gateTable } from "./report-gate.ts";
import { mistakesList } from "./report-mistakes.ts";
import { ReportHead, ReportTabs, Unfinished, validationAddress } from "./report-page.tsx";
import { beside, panel, scoreText } from "./report-parts.ts";
import { curveTable, riskChart } from "./risk-chart.ts";
import { ThresholdMonth } from "./threshold-months.tsx";

export interface ThresholdPageProps {
  readonly frame: Frame;
  readonly view: ReportView;
  /** Null until the report is issued. */
  readonly preview: Preview | null;
  readonly asked: PreviewInput;
  /** Null until the report is issued. */
  readonly months: ThresholdMonths | null;
}

export const ThresholdPage = ({ frame, view, preview, asked, months }: ThresholdPageProps) => (
  <Layout frame={frame} title={`Threshold of ${view.state.facts.workflow}`} section="validations">
    <ReportHead view={view} title={`Threshold of ${view.state.facts.workflow}: ${view.state.facts.decision}`} />
    <ReportTabs view={view} current="threshold" />
    {preview === null ? <Unfinished view={view} /> : <Screen view={view} preview={preview} asked={asked} months={months} />}
  </Layout>
);

const Screen = ({
  view,
  preview: { looked, gate },
  asked,
  months,
}: Omit<ThresholdPageProps, "frame" | "preview"> & { preview: Preview }) => {
  const { report } = looked;
  const { state, records } = view;
  const { facts, gates } = report;
  const chart = chartOf(report);
  const marks = gate === null ? chart.marks : [...chart.marks, { kind: "preview", gate } as const];
  const shown = gate ?? gates.proved;
  const heading = headingOf(report, gate);
  const isOtherLimit = view.issued?.report.facts.limit !== facts.limit;
  return (
    <>
      {isOtherLimit ? (
        <p class="note">This is a look at another limit than the validation was made for. It is not issued, and proves nothing.</p>
      ) : null}
      {verdict(report)}
      <div class="column">
        <section class="panel" aria-labelledby="chart">
          <h2 id="chart">Errors against automation</h2>
          {beside(riskChart({ ...chart, marks }), html`<h3>${heading}</h3>${gateTable(shown, facts.confidence)}`)}
          <form method="get" class="filter" action={validationAddress(state.id, "/threshold")}>
            <div class="field">
              <label for="threshold">Threshold, 0 to 1</label>
              <input
                type="text"
                inputmode="decimal"
                id="threshold"
                name="threshold"
                value={String(asked.threshold ?? gates.proved.threshold ?? "")}
              />
            </div>
            <div class="field">
              <label for="limit">Highest share of wrong ones</label>
              <input type="text" inputmode="decimal" id="limit" name="limit" value={String(facts.limit)} />
            </div>
            <button type="submit">Look</button>
          </form>
          <p class="links small">
            {[gates.proved, gates.observed, gates.current].map((one, index) =>
              one === null || one.threshold === null ? null : (
                <a href={validationAddress(state.id, `/threshold?threshold=${one.threshold}&limit=${facts.limit}`)}>
                  {`${["Proved", "Observed only", "Now in force"][index]}: ${scoreText(one.threshold)}`}
                </a>
              ),
            )}
          </p>
          {details("The points of the chart", curveTable(chart))}
        </section>
        {months === null ? null : <ThresholdMonth workflow={facts.workflow} months={months} />}
        {panel("more", "Why not more?", whyNotMore(report))}
        {panel(
          "mistakes",
          "Mistakes, the surest first",
          mistakesList({
            report,
            threshold: shown.threshold,
            inputs: new Map(records.map(({ id, input }) => [id, input])),
            recordHref: (record) => validationAddress(state.id, `/records/${encodeURIComponent(record)}`),
          }),
        )}
        {panel("fields", "Fields and classes", fieldsOf(report))}
        {panel("reliability", "Does the score mean what it says?", reliability(report))}
      </div>
    </>
  );
};

function headingOf(report: ValidationReport, gate: Preview["gate"]): string {
  const { proved } = report.gates;
  if (gate !== null) return `At ${scoreText(gate.threshold)}, which is ${isProved(report, gate.threshold) ? "proved" : "not proved"}`;
  return proved.threshold === null ? "Nothing is proved: everything is asked" : `At the proved threshold, ${scoreText(proved.threshold)}`;
}

/** Every step of the walk that passed is proved, and not only the last. */
const isProved = ({ certification }: ValidationReport, threshold: number | null): boolean =>
  certification.kind === "certified" && certification.steps.some((step) => step.passes && step.threshold === threshold);
