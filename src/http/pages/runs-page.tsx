// All runs, newest first, by status and filter; and, for those that a filter matches, one request to all of them. It never loads again by itself, because
// something may be entered in it.
import type { Failure } from "../../core/errors.ts";
import type { RunStatus } from "../../core/run.ts";
import type { RunRow } from "../../db/reads.ts";
import type { RunsWanted } from "../../db/runs.ts";
import { type Frame, Layout } from "./layout.tsx";
import { Empty, NextPage, Tabs } from "./list-parts.tsx";
import { ManyRunsForm } from "./many-runs-form.tsx";
import { Chip, When } from "./marks.tsx";
import { Refusal } from "./refusal.tsx";
import { filterText, isFiltered, RunsFilter, runsAddress } from "./runs-filter.tsx";
import { runStatus, waitsBriefly } from "./status-words.ts";
import { capital } from "./words.ts";

export interface RunsPageProps {
  readonly frame: Frame;
  readonly filter: RunsWanted;
  /** Names of the deployed workflows, to choose from. */
  readonly workflows: readonly string[];
  readonly runs: readonly RunRow[];
  readonly next: string | null;
  /** How many match, counted up to one more than `counted`; null where nothing can be asked of them. */
  readonly matching: number | null;
  readonly counted: number;
  readonly now: number;
  readonly refused?: Failure | null;
  /** What was entered in the form that was refused. */
  readonly draft?: Readonly<Record<string, string>> | null;
}

/** In the order in which they need somebody. */
const FILTERS: readonly (RunStatus | null)[] = [null, "waiting", "failed", "running", "completed", "cancelled"];

export const RunsPage = ({ frame, filter, workflows, runs, next, matching, counted, now, refused = null, draft = null }: RunsPageProps) => (
  <Layout frame={frame} title="Runs" section="runs">
    <div class="page-head">
      <h1>Runs</h1>
      <p class="lead">One run per event and workflow, and those that were begun again; newest first.</p>
    </div>
    {refused === null ? null : <Refusal failure={refused} />}
    <Tabs
      label="Runs by status"
      tabs={FILTERS.map((status) => ({
        text: status === null ? "All" : capital(status),
        href: runsAddress({ ...filter, status: status ?? undefined }),
        current: status === (filter.status ?? null),
      }))}
    />
    <RunsFilter filter={filter} workflows={workflows} />
    {matching === null || matching === 0 ? null : (
      <ManyRunsForm filter={filter} matching={matching} counted={counted} now={now} draft={draft} />
    )}
    {runs.length === 0 ? (
      <Nothing filter={filter} />
    ) : (
      <table class="list">
        <caption class="unseen">Runs, newest first</caption>
        <thead>
          <tr>
            <th scope="col" class="record">
              Record
            </th>
            <th scope="col">Status</th>
            <th scope="col" class="time wide-only">
              Started
            </th>
            <th scope="col" class="time wide-only">
              Updated
            </th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <tr>
              <th scope="row">
                <a href={`/runs/${encodeURIComponent(run.id)}`}>{run.subject}</a>
                <span class="meta">{`${run.workflow}@${run.version}`}</span>
                <span class="meta narrow-only">
                  <When at={run.updatedAt} now={now} relative />
                </span>
              </th>
              <td>
                <Chip words={runStatus(run)} />
                <span class="meta">{waitsBriefly(run, now) ?? (run.state.status === "failed" ? run.state.error.message : "")}</span>
              </td>
              <td class="wide-only">
                <When at={run.startedAt} now={now} />
              </td>
              <td class="wide-only">
                <When at={run.updatedAt} now={now} relative />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    )}
    <NextPage href={next} />
  </Layout>
);

const Nothing = ({ filter }: { filter: RunsWanted }) => {
  if (!isFiltered(filter))
    return (
      <Empty title="No runs yet">
        A run appears here as soon as a connected system sends an event that a workflow listens to. Until the first one, check that the
        system’s webhook points to /hooks/ and the name of its connection.
      </Empty>
    );
  return isFiltered({ ...filter, status: undefined }) ? (
    <Empty title="No runs match">{`There are no ${filterText(filter)}. Another filter or another tab may have some.`}</Empty>
  ) : (
    <Empty title={`No ${filter.status} runs`}>They appear here as soon as there are some; the other tabs have the rest.</Empty>
  );
};
