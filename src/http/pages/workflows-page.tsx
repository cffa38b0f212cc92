// Every version of every workflow: what it is for, what starts it, and how many runs still need it, so that a team sees when an old version may go. A version
// that runs need and that is not deployed comes first, with what to do about it.

import { may } from "../../operations/access.ts";
import type { ProviderStanding } from "../../operations/read-providers.ts";

import { type ActionFacts, undoWords } from "../action-facts.ts";

import type { VersionState, WorkflowVersion } from "../versions.ts";
import { businessCaseAddress, costsAddress } from "./costs-page.tsx";
import { standingChip, standingWords } from "./flow-words.ts";
import { type Frame, Layout } from "./layout.tsx";
import { Empty } from "./list-parts.tsx";
import { Chip, When } from "./marks.tsx";
import { runsAddress } from "./runs-filter.tsx";
import type { StatusWords } from "./status-words.ts";
import { sentence } from "./words.ts";

const STATES: Record<VersionState, StatusWords> = {
  current: { label: "Takes new runs", tone: "good", shape: "check" },
  finishing: { label: "Finishing its runs", tone: "info", shape: "clock" },
  drained: { label: "Drained", tone: "neutral", shape: "ring" },
  missing: { label: "Not deployed", tone: "bad", shape: "cross" },
};

const MISSED = {
  skip: "missed times are left out",
  once: "missed times are made up for once",
  each: "each missed time is made up for",
} as const;

const startedBy = ({ connector, type, schedule }: NonNullable<WorkflowVersion["trigger"]>): string =>
  schedule ? `Started at ${schedule.cron} (${schedule.timeZone}); ${MISSED[schedule.missed]}` : `Started by ${type} of ${connector}`;

export interface WorkflowsPageProps {
  readonly frame: Frame;
  readonly versions: readonly WorkflowVersion[];
  /** Providers whose agreement does not hold, or will not for long. */
  readonly agreements: readonly ProviderStanding[];
  /** Of every action that some version writes by. */
  readonly actions: Readonly<Record<string, ActionFacts | null>>;
  readonly now: number;
}

export const WorkflowsPage = ({ frame, versions, agreements, actions, now }: WorkflowsPageProps) => {
  const missing = versions.filter(({ state }) => state === "missing");
  return (
    <Layout frame={frame} title="Workflows" section="workflows">
      <div class="page-head">
        <h1>Workflows</h1>
        <p class="lead">
          A run keeps the version that it began with. A version may be removed from the code once no run needs it any more.
        </p>
        <p class="links">
          <a href="/providers">Model providers</a> <a href="/models">Built-in models</a>
        </p>
      </div>
      {agreements.map(({ provider, host, standing }) => (
        <div class={standing.state === "expiring" ? "banner" : "banner bad"}>
          <h2>{`${provider} at ${host}: ${standingChip(standing, false).label.toLowerCase()}`}</h2>
          <p>
            {`${standingWords(standing, false)} `}
            <a href="/providers">See which workflows need it</a>
          </p>
        </div>
      ))}
      {missing.map((one) => (
        <div class="banner bad">
          <h2>{`${nameOf(one)} is not deployed, and ${count(one.open, "run")} still need${one.open === 1 ? "s" : ""} it`}</h2>
          <p>
            Without its code no run takes another step. Deploy this version again beside the newer one (workflows in src/config.ts), or{" "}
            <a href={runsAddress({ workflow: one.workflow, version: one.version })}>open its runs</a> and cancel them.
          </p>
        </div>
      ))}
      {versions.length === 0 ? (
        <Empty title="No workflows">Write one and name it under workflows in src/config.ts; it appears here when it is deployed.</Empty>
      ) : (
        <table class="list">
          <caption class="unseen">Workflows and their versions</caption>
          <thead>
            <tr>
              <th scope="col">Workflow</th>
              <th scope="col" class="version-state">
                State
              </th>
              <th scope="col" class="number">
                Open runs
              </th>
              <th scope="col" class="time wide-only">
                Latest run began
              </th>
            </tr>
          </thead>
          <tbody>
            {versions.map((one) => (
              <tr>
                <th scope="row">
                  <strong>{nameOf(one)}</strong>
                  {one.purpose === null ? null : <span class="meta">{sentence(one.purpose)}</span>}
                  {one.state === "current" ? (
                    <span class="meta">
                      <a href={`/workflows/${encodeURIComponent(one.workflow)}/data-flow`}>
                        Data flow<span class="unseen">{` of ${one.workflow}`}</span>
                      </a>{" "}
                      <a href={`/workflows/${encodeURIComponent(one.workflow)}/review`}>
                        Review<span class="unseen">{` of ${one.workflow}`}</span>
                      </a>{" "}
                      <a href={`/workflows/${encodeURIComponent(one.workflow)}/shadow`}>
                        Shadow<span class="unseen">{` of ${one.workflow}`}</span>
                      </a>
                      <MoneyLinks workflow={one.workflow} principal={frame.principal} />
                    </span>
                  ) : null}
                  {one.trigger === null ? null : <span class="meta">{startedBy(one.trigger)}</span>}
                  <Writes writes={one.writes} actions={actions} />
                </th>
                <td>
                  <Chip words={STATES[one.state]} />
                  <span class="meta">{meaning(one)}</span>
                </td>
                <td class="number">
                  <a href={runsAddress({ workflow: one.workflow, version: one.version })}>
                    {one.open}
                    <span class="unseen">{` open, all runs of ${nameOf(one)}`}</span>
                  </a>
                </td>
                <td class="wide-only">
                  {one.lastStartedAt === null ? <span class="quiet">never</span> : <When at={one.lastStartedAt} now={now} relative />}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Layout>
  );
};

const MoneyLinks = ({ workflow, principal }: { workflow: string; principal: Frame["principal"] }) => (
  <>
    {principal !== null && may(principal, "read costs", workflow) ? (
      <>
        {", "}
        <a href={costsAddress({ workflow })}>
          costs<span class="unseen">{` of ${workflow}`}</span>
        </a>
      </>
    ) : null}
    {principal !== null && may(principal, "read business cases", workflow) ? (
      <>
        {", "}
        <a href={businessCaseAddress(workflow)}>
          business case<span class="unseen">{` of ${workflow}`}</span>
        </a>
      </>
    ) : null}
  </>
);

const Writes = ({ writes, actions }: { writes: readonly string[]; actions: WorkflowsPageProps["actions"] }) =>
  writes.length === 0 ? null : (
    <details>
      <summary class="small">{`What it writes: ${count(writes.length, "action")}`}</summary>
      <ul class="plain small">
        {writes.map((action) => {
          const facts = actions[action] ?? null;
          return (
            <li>
              <code>{action}</code>
              {facts === null ? null : (
                <span class="meta">{`${facts.effect === "send" ? "Sends" : "Writes"}: ${sentence(facts.summary)}`}</span>
              )}
              <span class="meta">
                {facts?.undo === "irreversible" ? <strong>{sentence(undoWords(facts))}</strong> : sentence(undoWords(facts))}
              </span>
            </li>
          );
        })}
      </ul>
    </details>
  );

const nameOf = ({ workflow, version }: WorkflowVersion): string => `${workflow}@${version}`;
const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;

function meaning({ state, failed }: WorkflowVersion): string {
  const failures = failed === 0 ? "" : ` ${count(failed, "failed run")} can go on from the failed step only while it is deployed.`;
  switch (state) {
    case "current":
      return "";
    case "finishing":
      return `A newer version takes the new runs. Keep it until its open runs have ended.${failures}`;
    case "drained":
      return `No open run needs it: it may be removed.${failures}`;
    case "missing":
      return "Its runs cannot go on.";
  }
}
