// Which runs a list shows: the form that says so, and the address of a list under a filter. What the form has no field for (versions, times) is kept as it is.
import { ERRORS } from "../../core/errors.ts";
import type { RunsWanted } from "../../db/runs.ts";
import { utc } from "./words.ts";

export const isFiltered = (filter: RunsWanted): boolean => Object.values(filter).some((value) => value !== undefined);

/** The list under these parameters; those that are not set are left out. */
export function runsAddress(parameters: RunsWanted & { readonly before?: string }): string {
  const set = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] as [string, string]],
  );
  return set.length === 0 ? "/runs" : `/runs?${new URLSearchParams(set)}`;
}

/** A filter as fields that nobody sees, but for those that a form shows itself. */
export const Kept = ({ filter, shown = [] }: { filter: RunsWanted; shown?: readonly (keyof RunsWanted)[] }) => (
  <>
    {Object.entries(filter).map(([name, value]) =>
      value === undefined || shown.includes(name as keyof RunsWanted) ? null : <input type="hidden" name={name} value={String(value)} />,
    )}
  </>
);

/** "failed runs of ticket-triage@2, with the error connector.timeout, begun before …" */
export function filterText({ status, workflow, version, error, startedFrom, startedBefore }: RunsWanted): string {
  const of =
    workflow === undefined
      ? version === undefined
        ? ""
        : ` of version ${version}`
      : ` of ${workflow}${version === undefined ? "" : `@${version}`}`;
  const parts = [
    error !== undefined && `with the error ${error}`,
    startedFrom !== undefined && `begun from ${utc(startedFrom)}`,
    startedBefore !== undefined && `begun before ${utc(startedBefore)}`,
  ].filter((part) => part !== false);
  return [`${status ? `${status} ` : ""}runs${of}`, ...parts].join(", ");
}

export const RunsFilter = ({ filter, workflows }: { filter: RunsWanted; workflows: readonly string[] }) => {
  const { status, workflow, error } = filter;
  const known = workflow === undefined || workflows.includes(workflow) ? workflows : [...workflows, workflow];
  return (
    <form method="get" action="/runs" class="filter" aria-label="Filter">
      <Kept filter={filter} shown={["workflow", "error"]} />
      <div class="field">
        <label for="workflow">Workflow</label>
        <select id="workflow" name="workflow">
          <option value="">All</option>
          {known.map((name) => (
            <option value={name} selected={name === workflow}>
              {name}
            </option>
          ))}
        </select>
      </div>
      <div class="field">
        <label for="error">Error code</label>
        <input type="text" id="error" name="error" value={error ?? ""} list="codes" autocomplete="off" spellcheck={false} />
        <datalist id="codes">
          {Object.keys(ERRORS).map((code) => (
            <option value={code} />
          ))}
        </datalist>
      </div>
      <button type="submit" class="button">
        Filter
      </button>
      {isFiltered({ ...filter, status: undefined }) ? (
        <a class="button" href={runsAddress({ status })}>
          Show all
        </a>
      ) : null}
    </form>
  );
};
