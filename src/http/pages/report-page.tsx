// One validation's report in the console: the report itself, its revisions, and the files it can be taken along as.
import type { ReportView } from "../../operations/validation-reports.ts";
import { IssueCertificate } from "./issue-certificate.tsx";
import { type Frame, Layout } from "./layout.tsx";
import { Empty, Tabs } from "./list-parts.tsx";
import { reportBody } from "./report-body.ts";
import { contentsWords } from "./validation-words.ts";
import { utc } from "./words.ts";

export const validationAddress = (id: string, more = ""): string => `/validations/${encodeURIComponent(id)}${more}`;

export const ReportPage = ({ frame, view }: { frame: Frame; view: ReportView }) => {
  const { state, issued, records } = view;
  const { facts } = state;
  return (
    <Layout frame={frame} title={`Validation of ${facts.workflow}`} section="validations">
      <ReportHead view={view} title={`Validation of ${facts.workflow}: ${facts.decision}`} />
      <ReportTabs view={view} current="report" />
      {issued === null ? (
        <Unfinished view={view} />
      ) : (
        <>
          {reportBody({
            issued,
            rejections: view.rejections,
            inputs: new Map(records.map(({ id, input }) => [id, input])),
            recordHref: (record) => validationAddress(state.id, `/records/${encodeURIComponent(record)}`),
          })}
          <p class="quiet small">{contentsWords(state)}</p>
          <IssueCertificate view={view} principal={frame.principal} />
          <Revisions view={view} />
        </>
      )}
    </Layout>
  );
};

/** What the pages of one validation share. */
export const ReportHead = ({ view: { state, issued }, title }: { view: ReportView; title: string }) => (
  <div class="page-head">
    <p class="crumb">
      <a href="/validations">Validations</a>
    </p>
    <h1>{title}</h1>
    <p class="lead">{`${state.facts.dataset.name}, ${state.total} records${issued === null ? "" : `, ${utc(issued.report.facts.finishedAt)}`}`}</p>
    {issued === null ? null : (
      <p class="links small">
        Take it along:
        {(["html", "csv", "jsonl"] as const).map((format) => (
          <a href={validationAddress(state.id, `/export/${format}?revision=${issued.report.revision}`)}>{FORMATS[format]}</a>
        ))}
      </p>
    )}
  </div>
);

const FORMATS = { html: "one HTML file", csv: "CSV", jsonl: "JSONL" } as const;

export const ReportTabs = ({ view: { state, issued }, current }: { view: ReportView; current: "report" | "threshold" }) =>
  issued === null ? null : (
    <Tabs
      label="This validation"
      tabs={[
        { text: "Report", href: validationAddress(state.id, "/report"), current: current === "report" },
        { text: "Threshold", href: validationAddress(state.id, "/threshold"), current: current === "threshold" },
      ]}
    />
  );

export const Unfinished = ({ view: { state } }: { view: ReportView }) => (
  <Empty title={state.status === "cancelled" ? "Cancelled" : "Not finished yet"}>
    {`${state.answered} of ${state.total} records are answered. The report is computed when all of them are${state.status === "cancelled" ? "; this validation was cancelled before" : ""}.`}{" "}
    <a href={validationAddress(state.id)}>How far it is</a>
  </Empty>
);

const Revisions = ({ view: { state, revisions, issued } }: { view: ReportView }) =>
  revisions.length < 2 ? null : (
    <section class="panel after" aria-labelledby="revisions">
      <h2 id="revisions">Revisions of this report</h2>
      <ul class="bullets">
        {revisions.map(({ revision, at, by, digest }) => (
          <li>
            {revision === issued?.report.revision ? (
              <strong>{`Revision ${revision}`}</strong>
            ) : (
              <a href={validationAddress(state.id, `/report?revision=${revision}`)}>{`Revision ${revision}`}</a>
            )}
            {` ${utc(at)}${by === null ? "" : `, after ${by} changed a label`} `}
            <code class="digest">{digest.slice(0, 12)}</code>
          </li>
        ))}
      </ul>
    </section>
  );
