// Starts the runs that a batch of events asks for: match triggers, group by partition, one call per partition. The consumer and direct admission both come here.
// It decides nothing about an event twice: the partition's insert says whether a run is fresh. A partition that fails costs only its own events.
import { errorFacts, type Failure, fail, failureOf, ok, type Result } from "../core/errors.ts";
import type { InterlockEvent } from "../core/event.ts";
import { runIdOf } from "../core/ids.ts";
import { SCHEDULES } from "../core/schedule.ts";
import { logUnheard, readStarting, type Starting } from "../db/starting.ts";
import type { Deployment } from "../deployment.ts";
import type { Workflow } from "../engine/define.ts";
import { type Place, placeOf } from "../engine/flow.ts";
import type { Origin } from "../engine/journal.ts";
import { manifestDigest } from "../engine/manifest.ts";
import type { RunStart, Started } from "../engine/partition-port.ts";
import { shadowSpec } from "../governance/shadow-spec.ts";
import type { GovernanceSpec } from "../governance/spec.ts";
import { type Context, partitionByName, partitionForLane } from "./context.ts";

/** `merged`: the event became part of a run that another event had started and that had not begun (debounce). */
interface StartedRun {
  readonly runId: string;
  readonly fresh: boolean;
  readonly merged?: true;
}

export type EventOutcome =
  | { readonly kind: "started"; readonly runs: readonly StartedRun[] }
  /** No workflow listens to it: logged and done. */
  | { readonly kind: "no_workflow" }
  /** Trying again may help. */
  | { readonly kind: "failed"; readonly error: Failure }
  /** Trying again cannot help: for the dead letters. */
  | { readonly kind: "refused"; readonly error: Failure };

interface PartitionStarts {
  readonly starts: RunStart[];
  readonly specs: Map<string, GovernanceSpec>;
}

export async function startRuns(context: Context, events: readonly InterlockEvent[]): Promise<EventOutcome[]> {
  const matches = events.map((event) => ({ event, workflows: workflowsFor(context, event) }));
  const names = new Set(matches.flatMap(({ workflows }) => workflows.map((workflow) => workflow.name)));
  const prepared = await prepare(context, [...names]);
  if (!prepared.ok) return events.map(() => ({ kind: isFinal(prepared.error) ? "refused" : "failed", error: prepared.error }));
  const specs = prepared.value;

  const byPartition = new Map<string, PartitionStarts>();
  const results = new Map<string, StartedRun | Failure>();
  for (const { event, workflows } of matches) {
    for (const workflow of workflows) {
      const runId = runIdOf(workflow.name, event.id);
      const placed = place(context, workflow, event, specs);
      if (!placed.ok) {
        results.set(runId, placed.error);
        continue;
      }
      const { name, spec } = placed.value;
      const group: PartitionStarts = byPartition.get(name) ?? { starts: [], specs: new Map() };
      byPartition.set(name, group);
      group.specs.set(workflow.name, spec);
      group.starts.push(startOf(workflow, event, placed.value, spec));
    }
  }

  await Promise.all(
    [...byPartition].map(async ([name, group]) => {
      const answer = await partitionByName(context, name)
        .start({ starts: group.starts, specs: [...group.specs.values()] })
        .catch((thrown) => fail("ingress.unavailable", failureOf(thrown).message));
      if (answer.ok) for (const { asked, ...started } of answer.value) results.set(asked, started);
      else for (const start of group.starts) results.set(start.runId, answer.error);
    }),
  );

  const outcomes = matches.map(({ event, workflows }) =>
    outcomeOf(workflows.map((workflow) => results.get(runIdOf(workflow.name, event.id)))),
  );
  // The log is for people: one that fails must not fail a start. Where every run of an event may have gone to a later one, no projection need log it.
  const unheard = matches.flatMap(({ event, workflows }) => (workflows.every(({ limits }) => limits?.debounce) ? [event] : []));
  context.waitUntil(
    logUnheard(context.env.DB, unheard, Date.now()).catch((thrown) =>
      console.error(JSON.stringify({ message: "event log failed", error: failureOf(thrown).message })),
    ),
  );
  return outcomes;
}

/** One run that no event of its own asks for; the caller names it. */
export async function startRun(
  context: Context,
  workflow: Workflow,
  event: InterlockEvent,
  runId: string,
  origin: Origin,
): Promise<Result<Started>> {
  const prepared = await prepare(context, [workflow.name]);
  if (!prepared.ok) return prepared;
  const placed = place(context, workflow, event, prepared.value);
  if (!placed.ok) return placed;
  const { name, spec } = placed.value;
  const answer = await partitionByName(context, name)
    .start({ starts: [{ ...startOf(workflow, event, placed.value, spec), runId, origin }], specs: [spec] })
    .catch((thrown) => fail("ingress.unavailable", failureOf(thrown).message));
  if (!answer.ok) return answer;
  return answer.value[0] ? ok(answer.value[0]) : fail("ingress.unavailable", "The partition did not answer for this run");
}

/** What a partition is told of one run: the same for an event's, a child's and a successor's. */
export function startOf(
  workflow: Workflow,
  event: InterlockEvent,
  { lane, atOnce, priority, confined }: Omit<Place, "partitionKey">,
  spec: GovernanceSpec,
): RunStart {
  const pins = { workflow: workflow.name, version: workflow.version, manifestDigest: manifestDigest(workflow), specVersion: spec.version };
  return { runId: runIdOf(workflow.name, event.id), lane, atOnce, priority, confined, pins, event };
}

/** Under which spec a run starts, and in which partition. What one event or workflow lacks costs no other its start. */
export function place(
  context: Context,
  workflow: Workflow,
  event: InterlockEvent,
  specs: ReadonlyMap<string, Result<GovernanceSpec>>,
): Result<Omit<Place, "partitionKey"> & { readonly name: string; readonly spec: GovernanceSpec }> {
  const spec = specFor(workflow, specs);
  if (!spec.ok) return spec;
  try {
    const { partitionKey, ...place } = placeOf(workflow, event);
    return ok({ ...place, name: partitionForLane(context, partitionKey), spec: spec.value });
  } catch (thrown) {
    return fail("workflow.threw", `${workflow.name} has no lane for this event: ${failureOf(thrown).message}`);
  }
}

/** The approved rules; without any, the run goes the whole way and can write nothing. Rules that cannot be read start nothing: what they were meant to be is unknown. */
export const specFor = (workflow: Workflow, specs: ReadonlyMap<string, Result<GovernanceSpec>>): Result<GovernanceSpec> =>
  specs.get(workflow.name) ?? ok(shadowSpec(workflow));

function outcomeOf(results: readonly (StartedRun | Failure | undefined)[]): EventOutcome {
  if (results.length === 0) return { kind: "no_workflow" };
  const runs: StartedRun[] = [];
  let refused: Failure | null = null;
  for (const result of results) {
    if (!result) return { kind: "failed", error: { code: "ingress.unavailable", message: "The partition did not answer for this event" } };
    if ("code" in result) {
      if (!isFinal(result)) return { kind: "failed", error: result };
      refused = result;
    } else runs.push(result);
  }
  return refused ? { kind: "refused", error: refused } : { kind: "started", runs };
}

/** A repeat by itself would end the same way: a person has to act first, or nobody can. */
const isFinal = ({ code }: Failure): boolean => ["operator", "never"].includes(errorFacts(code).retry);

export const newestWorkflow = (deployment: Deployment, name: string): Workflow | undefined =>
  deployment.workflows.filter((workflow) => workflow.name === name).sort((a, b) => b.version - a.version)[0];

/** The newest registered version of each workflow that listens to this connector and type; of a tick, the one that it names. */
function workflowsFor(context: Context, event: InterlockEvent): Workflow[] {
  if (event.connection === SCHEDULES) {
    const scheduled = newestWorkflow(context.deployment, event.subject);
    return scheduled?.trigger.schedule ? [scheduled] : [];
  }
  const connector = context.deployment.connections[event.connection]?.connector.name;
  const newest = new Map<string, Workflow>();
  for (const workflow of context.deployment.workflows) {
    if (workflow.trigger.connector !== connector || workflow.trigger.type !== event.type) continue;
    if ((newest.get(workflow.name)?.version ?? 0) < workflow.version) newest.set(workflow.name, workflow);
  }
  return [...newest.values()];
}

/** The specs that count for these workflows; refuses where partitions were counted otherwise before. */
export async function prepare(context: Context, workflows: readonly string[]): Promise<Result<Starting["specs"]>> {
  if (workflows.length === 0) return ok(new Map());
  try {
    const read = () => readStarting(context.env.DB, workflows, context.deployment.partitions, Date.now());
    const { partitions, specs } = await (context.starting?.(workflows.join(" "), read) ?? read());
    if (partitions !== context.deployment.partitions) {
      return fail(
        "partition.count_changed",
        `This deployment began with ${partitions} partitions and src/config.ts now says ${context.deployment.partitions}: set it back to ${partitions}, or start a new database`,
      );
    }
    return ok(specs);
  } catch (thrown) {
    return fail("ingress.unavailable", failureOf(thrown).message);
  }
}
