// How each version of each workflow stands: it takes new runs, finishes those that it has, is drained, or is missing while runs need it: what is deployed,
// beside how many runs hang on each version.
import { EVERY_WORKFLOW, type Within } from "../core/principal.ts";
import type { Schedule } from "../core/schedule.ts";
import { countRunsByVersion, type VersionRuns } from "../db/workflows.ts";
import type { Deployment } from "../deployment.ts";
import { writesOf } from "./action-facts.ts";

/** current: new events start it. finishing: a newer one takes them, and it has open runs. drained: it has none. missing: it has some, and is not deployed. */
export type VersionState = "current" | "finishing" | "drained" | "missing";

export interface WorkflowVersion {
  readonly workflow: string;
  readonly version: number;
  readonly state: VersionState;
  /** Null for a version that is not deployed. */
  readonly purpose: string | null;
  readonly trigger: { readonly connector: string; readonly type: string; readonly schedule?: Schedule } | null;
  /** Full names of the actions by which it writes; none of a version that is not deployed. */
  readonly writes: readonly string[];
  /** Runs that have not ended. */
  readonly open: number;
  /** Failed runs: they can go on from their failed step as long as the version is deployed. */
  readonly failed: number;
  readonly lastStartedAt: number | null;
}

/** Of those that may be shown. */
export async function versionsFor(db: D1Database, deployment: Pick<Deployment, "workflows">, within: Within): Promise<WorkflowVersion[]> {
  const names = namesWithin(deployment, within);
  const workflows = deployment.workflows.filter(({ name }) => names.includes(name));
  return versionsOf({ workflows }, await countRunsByVersion(db, within));
}

export const namesWithin = ({ workflows }: Pick<Deployment, "workflows">, within: Within): string[] =>
  [...new Set(workflows.map(({ name }) => name))].filter((name) => within === EVERY_WORKFLOW || within.includes(name)).sort();

/** By name, the newest version first. */
export function versionsOf({ workflows }: Pick<Deployment, "workflows">, runs: readonly VersionRuns[]): WorkflowVersion[] {
  const found = new Map<string, WorkflowVersion>();
  for (const { name, version, purpose, trigger, uses } of workflows) {
    const newest = workflows.every((other) => other.name !== name || other.version <= version);
    found.set(`${name}@${version}`, {
      workflow: name,
      version,
      state: newest ? "current" : "drained",
      purpose,
      trigger: { ...trigger },
      writes: writesOf({ uses }),
      open: 0,
      failed: 0,
      lastStartedAt: null,
    });
  }
  for (const { workflow, version, ...counted } of runs) {
    const deployed = found.get(`${workflow}@${version}`);
    if (deployed) {
      const state = deployed.state === "drained" && counted.open > 0 ? "finishing" : deployed.state;
      found.set(`${workflow}@${version}`, { ...deployed, ...counted, state });
    } else if (counted.open > 0)
      found.set(`${workflow}@${version}`, { workflow, version, state: "missing", purpose: null, trigger: null, writes: [], ...counted });
  }
  return [...found.values()].sort((a, b) => (a.workflow < b.workflow ? -1 : a.workflow > b.workflow ? 1 : b.version - a.version));
}
