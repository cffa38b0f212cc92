// What model calls cost in a time: in all, for each automated record, by day, by model. A cost that nobody knows is said to be unknown, never shown as nothing.
import { addCosts, type Cost, costOfEach, costText, dollars } from "../../core/cost.ts";
import { may } from "../../operations/access.ts";
import type { CostRow, Costs, CostsWanted, RecordCosts } from "../../operations/read-costs.ts";
import { Choice, dayOf, parametersOf, Text } from "./effects-filter.tsx";
import { type Frame, Layout } from "./layout.tsx";
import { Empty } from "./list-parts.tsx";
import { day } from "./words.ts";

const DAY_MS = 86_400_000;

export interface CostsPageProps {
  readonly frame: Frame;
  readonly filter: CostsWanted & { readonly from: number };
  /** Names of the deployed workflows, to choose from. */
  readonly workflows: readonly string[];
  readonly costs: Costs;
}

export const CostsPage = ({ frame, filter, workflows, costs: { rows, records } }: CostsPageProps) => (
  <Layout frame={frame} title="Costs" section="costs">
    <div class="page-head">
      <h1>Costs</h1>
      <p class="lead">
        What the calls to models cost, at the dated prices that this deployment knows. The provider’s bill counts. A model inside this
        deployment costs nothing.
      </p>
    </div>
    <Filter filter={filter} workflows={workflows} />
    {rows.length === 0 ? (
      <Empty title="No model calls in this time">
        {`Between ${span(filter)} no model was asked${filter.workflow === undefined ? "" : ` for ${filter.workflow}`}. Another time may have some.`}
      </Empty>
    ) : (
      <div class="column">
        <Total rows={rows} filter={filter} />
        <Records records={records} principal={frame.principal} />
        <Models rows={rows} />
        <Days rows={rows} />
        <p class="paging">
          <a class="button" href={`/api/costs/export?${new URLSearchParams(parametersOf(filter))}`}>
            Copy as CSV
          </a>{" "}
          <span class="quiet small">by day, workflow and model, with tokens and the version of the prices</span>
        </p>
      </div>
    )}
  </Layout>
);

const span = ({ from, to }: CostsPageProps["filter"]): string => `${day(from)} and ${to === undefined ? "now" : day(to - DAY_MS)}`;

const Total = ({ rows, filter }: { rows: readonly CostRow[]; filter: CostsPageProps["filter"] }) => {
  const total = addCosts(rows);
  return (
    <p>
      <strong>{costText(total)}</strong>
      {` for ${total.calls} ${total.calls === 1 ? "call" : "calls"} between ${span(filter)} (days of UTC).`}
      {total.unknownCalls === 0
        ? null
        : " A cost is unknown where the model has no price here, the provider did not say what it counted, or a call failed that may have been billed."}
    </p>
  );
};

const Records = ({ records, principal }: { records: readonly RecordCosts[]; principal: Frame["principal"] }) => (
  <section aria-labelledby="per-record">
    <h2 id="per-record">Per record</h2>
    <p class="quiet small">
      An automated record is a run that wrote and in which nobody was asked. What all runs of the workflow cost is divided by their number.
    </p>
    <table class="list">
      <caption class="unseen">Cost per record, by workflow</caption>
      <thead>
        <tr>
          <th scope="col">Workflow</th>
          <th scope="col">Cost</th>
          <th scope="col">Per automated record</th>
        </tr>
      </thead>
      <tbody>
        {records.map((record) => (
          <tr>
            <th scope="row">
              {record.workflow}
              {principal !== null && may(principal, "read business cases", record.workflow) ? (
                <span class="meta">
                  <a href={businessCaseAddress(record.workflow)}>
                    Business case<span class="unseen">{` of ${record.workflow}`}</span>
                  </a>
                </span>
              ) : null}
            </th>
            <td>
              {costText(record)}
              <span class="meta">{`${record.runs} ${record.runs === 1 ? "run" : "runs"}, ${eachText(record, record.runs)} each`}</span>
            </td>
            <td>
              {record.automated === 0 ? "none in this time" : eachText(record, record.automated)}
              {record.automated === 0 ? null : <span class="meta">{`${record.automated} automated`}</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
);

export const businessCaseAddress = (workflow: string): string => `/workflows/${encodeURIComponent(workflow)}/business-case`;

/** An average over a sum that is not whole is a lower bound as well. */
export function eachText(cost: Cost, count: number): string {
  const each = costOfEach(cost, count);
  if (each === null || cost.unknownCalls === cost.calls) return "unknown";
  return cost.unknownCalls === 0 ? dollars(each) : `at least ${dollars(each)}`;
}

const Models = ({ rows }: { rows: readonly CostRow[] }) => {
  const names = [...new Set(rows.map(modelName))];
  return (
    <section aria-labelledby="per-model">
      <h2 id="per-model">By model</h2>
      <table class="list">
        <caption class="unseen">Cost by model</caption>
        <thead>
          <tr>
            <th scope="col">Model</th>
            <th scope="col" class="number">
              Calls
            </th>
            <th scope="col">Cost</th>
            <th scope="col" class="wide-only">
              Tokens read (from the cache) and written
            </th>
          </tr>
        </thead>
        <tbody>
          {names.map((name) => {
            const own = rows.filter((row) => modelName(row) === name);
            const total = addCosts(own);
            const versions = [...new Set(own.flatMap(({ priceVersions }) => priceVersions))];
            return (
              <tr>
                <th scope="row">
                  {name}
                  {versions.length === 0 ? null : <span class="meta">{`prices of ${versions.join(", ")}`}</span>}
                </th>
                <td class="number">{total.calls}</td>
                <td>{costText(total)}</td>
                <td class="wide-only">{tokensText(own)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
};

const modelName = ({ model, provider }: CostRow): string => (model === null ? "no model has answered yet" : `${model} of ${provider}`);

function tokensText(rows: readonly CostRow[]): string {
  const sum = (of: (row: CostRow) => number): string => rows.reduce((total, row) => total + of(row), 0).toLocaleString("en-US");
  return `${sum((row) => row.promptTokens)} (${sum((row) => row.cachedTokens)}) and ${sum((row) => row.completionTokens)}`;
}

const Days = ({ rows }: { rows: readonly CostRow[] }) => {
  const keys = [...new Map(rows.map((row) => [`${row.day} ${row.workflow}`, row] as const))];
  return (
    <section aria-labelledby="per-day">
      <h2 id="per-day">By day and workflow</h2>
      <table class="list">
        <caption class="unseen">Cost by day and workflow, the latest first</caption>
        <thead>
          <tr>
            <th scope="col">Day (UTC) and workflow</th>
            <th scope="col" class="number">
              Decisions
            </th>
            <th scope="col">Cost</th>
          </tr>
        </thead>
        <tbody>
          {keys.map(([key, { day: date, workflow }]) => {
            const own = rows.filter((row) => `${row.day} ${row.workflow}` === key);
            return (
              <tr>
                <th scope="row">
                  <time datetime={date}>{day(Date.parse(date))}</time>
                  <span class="meta">{workflow}</span>
                </th>
                <td class="number">{own.reduce((total, { decisions }) => total + decisions, 0)}</td>
                <td>{costText(addCosts(own))}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
};

export const costsAddress = (filter: CostsWanted): string => {
  const set = parametersOf(filter);
  return set.length === 0 ? "/costs" : `/costs?${new URLSearchParams(set)}`;
};

const Filter = ({ filter: { workflow, from, to }, workflows }: { filter: CostsPageProps["filter"]; workflows: readonly string[] }) => {
  const known = workflow === undefined || workflows.includes(workflow) ? workflows : [...workflows, workflow];
  return (
    <form method="get" action="/costs" class="filter" aria-label="Filter">
      <Choice name="workflow" label="Workflow" value={workflow} options={known.map((name) => [name, name])} />
      <Text name="from" label="From (day)" value={dayOf(from)} type="date" />
      <Text name="to" label="Before (day)" value={dayOf(to)} type="date" />
      <button type="submit" class="button">
        Filter
      </button>
    </form>
  );
};
