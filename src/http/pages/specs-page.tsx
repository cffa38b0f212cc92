// The rules of every workflow: which version counts now, what waits for approval, and every version that there was. A workflow without an approved one is first,
// because it runs and writes nothing.
import { maySomewhere } from "../../operations/access.ts";
import type { SpecVersion, WorkflowSpecs } from "../../operations/read-specs.ts";
import { type Frame, Layout } from "./layout.tsx";
import { Empty } from "./list-parts.tsx";
import { Chip, When } from "./marks.tsx";
import { specStatus } from "./spec-words.ts";
import type { StatusWords } from "./status-words.ts";
import { sentence } from "./words.ts";

export interface SpecsPageProps {
  readonly frame: Frame;
  readonly workflows: readonly WorkflowSpecs[];
  /** For which workflows this person may write a spec. */
  readonly mayWrite: readonly string[];
  readonly now: number;
}

const SHADOW: StatusWords = { label: "Runs in shadow", tone: "warn", shape: "ring" };

export const specAddress = (workflow: string, version: number | "new"): string => `/specs/${encodeURIComponent(workflow)}/${version}`;

export const SpecsPage = ({ frame, workflows, mayWrite, now }: SpecsPageProps) => {
  const counts = ({ versions }: WorkflowSpecs) => versions.some((version) => version.counts);
  const sorted = [...workflows.filter((one) => !counts(one)), ...workflows.filter(counts)];
  return (
    <Layout frame={frame} title="Rules" section="specs">
      <div class="page-head">
        <h1>Rules</h1>
        <p class="lead">
          A governance spec says what a workflow may write, and when a person is asked. Somebody writes a version, somebody else approves
          exactly that text, and new runs begin under it. A run keeps the version that it began with.
        </p>
        {frame.principal !== null && maySomewhere(frame.principal, "read certificates") ? (
          <p class="links">
            <a href="/certificates">Certificates of thresholds</a>
          </p>
        ) : null}
      </div>
      {workflows.length === 0 ? (
        <Empty title="No workflows">Name one under workflows in src/config.ts and deploy it; its rules are written here.</Empty>
      ) : (
        <div class="cards">
          {sorted.map((one, index) => (
            <Workflow specs={one} index={index} mayWrite={mayWrite.includes(one.workflow)} now={now} />
          ))}
        </div>
      )}
    </Layout>
  );
};

const Workflow = ({ specs, index, mayWrite, now }: { specs: WorkflowSpecs; index: number; mayWrite: boolean; now: number }) => {
  const { workflow, purpose, versions } = specs;
  const counting = versions.find(({ counts }) => counts);
  const waiting = versions.filter(({ status }) => status === "submitted");
  return (
    <article class="panel" aria-labelledby={`specs-${index}`}>
      <div class="write-head">
        <h2 id={`specs-${index}`}>{workflow}</h2>
        {counting ? null : <Chip words={SHADOW} />}
      </div>
      {purpose === null ? <p class="quiet">This workflow is not deployed.</p> : <p>{sentence(purpose)}</p>}
      {counting ? (
        <p>
          <a href={specAddress(workflow, counting.version)}>{`Version ${counting.version}`}</a>
          {counting.emergency === null ? " counts for new runs." : " counts for new runs, as an emergency change"}
          {counting.expiresAt === null ? null : (
            <>
              {" until "}
              <When at={counting.expiresAt} now={now} />.
            </>
          )}
        </p>
      ) : (
        <p>No version is approved: new runs read, ask the model and show what they would write. They hold no power to write.</p>
      )}
      {waiting.map((version) => (
        <p>
          <a href={specAddress(workflow, version.version)}>{`Version ${version.version}`}</a>
          {` of ${version.author} waits for approval${version.emergency === null ? "" : ", as an emergency change"}.`}
        </p>
      ))}
      {versions.length === 0 ? null : (
        <details class="json">
          <summary>{`All versions (${versions.length})`}</summary>
          <Versions versions={versions} now={now} />
        </details>
      )}
      {mayWrite && purpose !== null ? (
        <p>
          <a class="button" href={specAddress(workflow, "new")}>
            {`Write a new version${versions.length === 0 ? ", the first" : ""}`}
            <span class="unseen">{` for ${workflow}`}</span>
          </a>
        </p>
      ) : null}
    </article>
  );
};

export const Versions = ({ versions, now }: { versions: readonly SpecVersion[]; now: number }) => (
  <table class="list">
    <caption class="unseen">{`Versions of ${versions[0]?.workflow ?? "this workflow"}’s rules, newest first`}</caption>
    <thead>
      <tr>
        <th scope="col" class="record">
          Version
        </th>
        <th scope="col">State</th>
      </tr>
    </thead>
    <tbody>
      {versions.map((version) => (
        <tr>
          <th scope="row">
            <a href={specAddress(version.workflow, version.version)}>{`Version ${version.version}`}</a>
            <span class="meta">{`by ${version.author}`}</span>
          </th>
          <td>
            <Chip words={specStatus(version, now)} />
            <History version={version} now={now} />
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);

/** Who did what to a version, in order. */
export const History = ({ version, now }: { version: SpecVersion; now: number }) => (
  <>
    {version.emergency === null ? null : <span class="meta">{`Emergency: ${sentence(version.emergency)}`}</span>}
    {version.submittedAt === null ? null : (
      <span class="meta">
        {`Submitted by ${version.author}, `}
        <When at={version.submittedAt} now={now} />
        {version.note === null ? "" : `: ${sentence(version.note)}`}
      </span>
    )}
    {version.approvals.map(({ by, at, note }) => (
      <span class="meta">
        {`Approved by ${by}, `}
        <When at={at} now={now} />
        {note === null ? "" : `: ${sentence(note)}`}
      </span>
    ))}
    {version.expiresAt === null ? null : (
      <span class="meta">
        {version.expiresAt > now ? "Expires " : "Expired "}
        <When at={version.expiresAt} now={now} />
      </span>
    )}
    {version.endedAt === null ? null : (
      <span class="meta">
        {`${version.status === "rejected" ? "Rejected" : "Retired"} by ${version.endedBy}, `}
        <When at={version.endedAt} now={now} />
        {`: ${sentence(version.endedBecause ?? "")}`}
      </span>
    )}
  </>
);
