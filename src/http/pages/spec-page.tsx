// One version of a workflow's rules: its stage and what may be done with it, what it changes against the rules that count, the document, its exact text and digest.
// Whoever decides sees the differences before the buttons' details, and sends back the digest of what they read.
import type { Failure } from "../../core/errors.ts";
import type { SpecChange, SpecDetail } from "../../operations/read-specs.ts";
import { type Frame, Layout } from "./layout.tsx";
import { Chip } from "./marks.tsx";
import { Notice, Refusal } from "./refusal.tsx";
import { SpecAdvice } from "./spec-advice.tsx";
import { SpecDocument } from "./spec-document.tsx";
import { SpecEvidence } from "./spec-evidence.tsx";
import { type SpecAsked, SpecForms } from "./spec-forms.tsx";
import { JUDGEMENTS, specStatus } from "./spec-words.ts";
import { History, Versions } from "./specs-page.tsx";

export interface SpecPageProps {
  readonly frame: Frame;
  readonly detail: SpecDetail;
  readonly powers: { readonly write: boolean; readonly decide: boolean };
  readonly now: number;
  readonly notice?: string | null;
  readonly refused?: Failure | null;
  /** What was entered in a form that was refused. */
  readonly asked?: SpecAsked | null;
}

export const SpecPage = ({ frame, detail, powers, now, notice, refused, asked }: SpecPageProps) => {
  const { version, spec, versions } = detail;
  const title = `${version.workflow}: rules, version ${version.version}`;
  return (
    <Layout frame={frame} title={title} section="specs">
      <div class="page-head">
        <p class="small">
          <a href="/specs">Rules</a>
        </p>
        <h1>{title}</h1>
        <div class="status-line">
          <Chip words={specStatus(version, now)} />
          <span class="quiet">{`written by ${version.author}`}</span>
        </div>
      </div>
      {refused ? <Refusal failure={refused} /> : null}
      {notice ? <Notice>{notice}</Notice> : null}
      <div class="two">
        <div class="column">
          <Differences detail={detail} />
          {detail.advice === null ? null : <SpecAdvice workflow={version.workflow} advice={detail.advice} now={now} />}
          <SpecEvidence evidence={detail.evidence} now={now} />
          {detail.misfits.length === 0 ? null : (
            <section class="panel" aria-labelledby="spec-misfits">
              <h2 id="spec-misfits">Against the deployed workflow</h2>
              <ul class="bullets">
                {detail.misfits.map((misfit) => (
                  <li>{misfit}</li>
                ))}
              </ul>
            </section>
          )}
          {spec === null ? (
            <section class="panel" aria-labelledby="spec-older">
              <h2 id="spec-older">An older form</h2>
              <p>This release does not read this text as a governance spec: write a new version. What it says is below.</p>
            </section>
          ) : (
            <SpecDocument spec={spec} />
          )}
          <section class="panel" aria-labelledby="spec-text">
            <h2 id="spec-text">The exact text</h2>
            <p class="small">
              SHA-256 <code class="digest">{version.digest}</code>
            </p>
            <details class="json">
              <summary>JSON</summary>
              <pre>
                <code>{version.body}</code>
              </pre>
            </details>
          </section>
          <section class="panel" aria-labelledby="spec-versions">
            <h2 id="spec-versions">All versions</h2>
            <Versions versions={versions} now={now} />
          </section>
        </div>
        <aside class="column aside" aria-label="What can be done">
          <section class="panel stage" aria-labelledby="spec-stage">
            <h2 id="spec-stage">{specStatus(version, now).label}</h2>
            <History version={version} now={now} />
            <SpecForms
              version={version}
              readable={spec !== null}
              evidence={detail.evidence}
              me={frame.principal?.id ?? ""}
              powers={powers}
              asked={asked ?? null}
              refused={refused ?? null}
            />
          </section>
        </aside>
      </div>
    </Layout>
  );
};

const Differences = ({ detail: { version, counting, changes } }: { detail: SpecDetail }) => {
  if (counting === null) {
    return (
      <section class="panel" aria-labelledby="spec-changes">
        <h2 id="spec-changes">What it changes</h2>
        <p>
          {version.counts ? "These are the rules that count now." : "No other version counts: without one the workflow runs in shadow."}
        </p>
      </section>
    );
  }
  const against = `Against version ${counting.version.version}, which counts now`;
  return (
    <section class="panel" aria-labelledby="spec-changes">
      <h2 id="spec-changes">What it changes</h2>
      {changes === null ? (
        <p>{`${against}, it cannot be compared: one of the two is of an older form.`}</p>
      ) : changes.length === 0 ? (
        <p>{`${against}, nothing.`}</p>
      ) : (
        <>
          <p>{`${against}: ${changes.length === 1 ? "one difference" : `${changes.length} differences`}.`}</p>
          <Changes changes={changes} />
        </>
      )}
    </section>
  );
};

const Changes = ({ changes }: { changes: readonly SpecChange[] }) => (
  <table class="list">
    <caption class="unseen">What differs from the version that counts now</caption>
    <thead>
      <tr>
        <th scope="col">What</th>
        <th scope="col" class="version-state">
          Than before
        </th>
      </tr>
    </thead>
    <tbody>
      {changes.map(({ path, what, judgement }) => (
        <tr>
          <th scope="row">
            {what}
            <span class="meta">
              <code>{path}</code>
            </span>
          </th>
          <td>
            <Chip words={JUDGEMENTS[judgement]} />
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);
