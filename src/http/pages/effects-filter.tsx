// Which writes a list shows: the form that says so, the address of a list under a filter, and the filter in words. What the form has no field for is kept.
import type { EffectsWanted } from "../../db/effects.ts";
import type { EffectStatus } from "../../db/reads.ts";
import { effectStatus } from "./status-words.ts";
import { utc } from "./words.ts";

export const isFiltered = (filter: EffectsWanted): boolean => Object.values(filter).some((value) => value !== undefined);

/** As an address has it: what is not set is left out. */
export const parametersOf = (filter: object): [string, string][] =>
  Object.entries(filter).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)] as [string, string]]));

export function effectsAddress(filter: EffectsWanted & { readonly before?: string }): string {
  const set = parametersOf(filter);
  return set.length === 0 ? "/effects" : `/effects?${new URLSearchParams(set)}`;
}

export interface UndoAddress {
  readonly run?: string | undefined;
  readonly step?: string | undefined;
  readonly workflow?: string | undefined;
  readonly version?: number | undefined;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

/** The preview of an undo. */
export const undoAddress = (wanted: UndoAddress & { readonly before?: string }): string =>
  `/effects/undo?${new URLSearchParams(parametersOf(wanted))}`;

/** "all writes of ticket-triage@2 from … to …" */
export function undoText({ run, step, workflow, version, from, to }: UndoAddress): string {
  if (run !== undefined) return step === undefined ? `all writes of the run ${run}` : `the write “${step}” of the run ${run}`;
  return `all writes of ${workflow}@${version} from ${utc(from ?? 0)} to before ${utc(to ?? 0)}`;
}

const STATUSES = Object.keys(effectStatus) as EffectStatus[];
/** A day where it is one, so that the field of a form shows it. */
export const dayOf = (at: number | undefined): string => (at === undefined ? "" : new Date(at).toISOString().slice(0, 10));

export const Choice = ({
  name,
  label,
  value,
  options,
}: {
  name: string;
  label: string;
  value: string | undefined;
  options: readonly [string, string][];
}) => (
  <div class="field">
    <label for={name}>{label}</label>
    <select id={name} name={name}>
      <option value="">All</option>
      {options.map(([option, text]) => (
        <option value={option} selected={option === value}>
          {text}
        </option>
      ))}
    </select>
  </div>
);

export const Text = ({ name, label, value, type = "text" }: { name: string; label: string; value: string; type?: string }) => (
  <div class="field">
    <label for={name}>{label}</label>
    <input type={type} id={name} name={name} value={value} autocomplete="off" spellcheck={false} />
  </div>
);

export const EffectsFilter = ({ filter, workflows }: { filter: EffectsWanted; workflows: readonly string[] }) => {
  const { workflow, version, status, action, target, from, to, run, sampled } = filter;
  const known = workflow === undefined || workflows.includes(workflow) ? workflows : [...workflows, workflow];
  return (
    <form method="get" action="/effects" class="filter" aria-label="Filter">
      {parametersOf({ run, sampled }).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      <Choice name="workflow" label="Workflow" value={workflow} options={known.map((name) => [name, name])} />
      <Text name="version" label="Version" value={version === undefined ? "" : String(version)} />
      <Choice name="status" label="Status" value={status} options={STATUSES.map((one) => [one, effectStatus[one].label])} />
      <Text name="action" label="Action" value={action ?? ""} />
      <Text name="target" label="Record" value={target ?? ""} />
      <Text name="from" label="From (day)" value={dayOf(from)} type="date" />
      <Text name="to" label="Before (day)" value={dayOf(to)} type="date" />
      <button type="submit" class="button">
        Filter
      </button>
      {isFiltered({ ...filter, sampled: undefined }) ? (
        <a class="button" href={effectsAddress({ sampled })}>
          Show all
        </a>
      ) : null}
    </form>
  );
};
