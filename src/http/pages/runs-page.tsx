// All runs, newest first, by status. A list only.
import type { RunStatus } from "../../core/run.ts";
import type { RunRow } from "../../db/reads.ts";
import { LIST_REFRESH_S } from "./approvals-page.tsx";
import { type Frame, Layout } from "./layout.tsx";
import { Empty, NextPage, Tabs } from "./list-parts.tsx";
import { Chip, When } from "./marks.tsx";
import { runStatus, waitsBriefly } from "./status-words.ts";
import { capital } from "./words.ts";

export interface RunsPageProps {
  readonly frame: Frame;
  readonly status: RunStatus | null;
  readonly runs: readonly RunRow[];
  readonly next: string | null;
  readonly now: number;
}

/** In the order in which they need somebody. */
const FILTERS: readonly (RunStatus | null)[] = [null, "waiting", "failed", "running", "completed", "cancelled"];

export const RunsPage = ({ frame, status, runs, next, now }: RunsPageProps) => (
  <Layout frame={frame} title="Runs" section="runs" refresh={LIST_REFRESH_S}>
    <div class="page-head">
      <h1>Runs</h1>
      <p class="lead">One run per event and workflow, newest first.</p>
    </div>
    <Tabs
      label="Runs by status"
      tabs={FILTERS.map((filter) => ({
        text: filter === null ? "All" : capital(filter),
        href: filter === null ? "/runs" : `/runs?status=${filter}`,
        current: filter === status,
      }))}
    />
    {runs.length === 0 ? (
      status === null ? (
        <Empty title="No runs yet">
          A run appears here as soon as a connected system sends an event that a workflow listens to. Until the first one, check that the
          system’s webhook points to /hooks/ and the name of its connection.
        </Empty>
      ) : (
        <Empty title={`No ${status} runs`}>They appear here as soon as there are some; the other tabs have the rest.</Empty>
      )
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
