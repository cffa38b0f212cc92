// What a version would have done with its workflow's last writes: the counts, and each write that would end otherwise. It is no ruling, and nothing came of it.
import type { DryRunAnswer } from "../../operations/dry-run-spec.ts";
import { type Frame, Layout } from "./layout.tsx";
import { Chip, When } from "./marks.tsx";
import { JUDGEMENTS } from "./spec-words.ts";
import { specAddress } from "./specs-page.tsx";
import { sentence } from "./words.ts";

export interface SpecDryRunPageProps {
  readonly frame: Frame;
  readonly workflow: string;
  readonly version: number;
  readonly answer: DryRunAnswer;
  readonly now: number;
}

const OUTCOMES = { allow: "written", require_approval: "asked", deny: "denied" } as const;

export const SpecDryRunPage = ({ frame, workflow, version, answer, now }: SpecDryRunPageProps) => {
  const { considered, was, would, differences, changed } = answer;
  const title = `${workflow}: what version ${version} would have done`;
  return (
    <Layout frame={frame} title={title} section="specs">
      <div class="page-head">
        <p class="small">
          <a href={specAddress(workflow, version)}>{`Version ${version}`}</a>
        </p>
        <h1>{title}</h1>
        <p class="lead">
          {considered === 0
            ? "This workflow has intended no write yet whose contents are still kept: there is nothing to try the rules on."
            : `Its last ${considered} ${considered === 1 ? "write" : "writes"}, as the rules see them before any person decides. Nothing was changed.`}
        </p>
      </div>
      {considered === 0 ? null : (
        <>
          <table class="list">
            <caption class="unseen">Outcomes then and under this version</caption>
            <thead>
              <tr>
                <th scope="col">Outcome</th>
                <th scope="col" class="number">
                  Then
                </th>
                <th scope="col" class="number">
                  Would be
                </th>
              </tr>
            </thead>
            <tbody>
              {(["allow", "require_approval", "deny"] as const).map((outcome) => (
                <tr>
                  <th scope="row">{OUTCOMES[outcome]}</th>
                  <td class="number">{was[outcome]}</td>
                  <td class="number">{would[outcome]}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <h2 class="between">{`${differences.looser} looser, ${differences.stricter} stricter, ${differences.other_rule} for another reason`}</h2>
          {changed.length === 0 ? (
            <p class="quiet">Every one of them would have ended as it did.</p>
          ) : (
            <Changed changed={changed} now={now} />
          )}
        </>
      )}
    </Layout>
  );
};

const Changed = ({ changed, now }: { changed: DryRunAnswer["changed"]; now: number }) => (
  <table class="list">
    <caption class="unseen">Writes that would end otherwise, newest run first</caption>
    <thead>
      <tr>
        <th scope="col" class="record">
          Write
        </th>
        <th scope="col">Then, and under this version</th>
      </tr>
    </thead>
    <tbody>
      {changed.map(({ run, step, action, target, at, was, would, difference }) => (
        <tr>
          <th scope="row">
            <a href={`/runs/${encodeURIComponent(run)}`}>{`${step}, ${target}`}</a>
            <span class="meta">
              {`${action}, `}
              <When at={at} now={now} />
            </span>
          </th>
          <td>
            {difference === "looser" || difference === "stricter" ? <Chip words={JUDGEMENTS[difference]} /> : null}
            {` ${OUTCOMES[was.outcome]} (${was.rule}), would be ${OUTCOMES[would.outcome]} (${would.rule})`}
            <span class="meta">{sentence(would.reason)}</span>
          </td>
        </tr>
      ))}
    </tbody>
  </table>
);
