// The engine's way to other runs: places and starts the runs that runs start, as events' runs are, and speaks to the partitions in which they live.
// It decides nothing about a run that exists: a start that is repeated finds it. What no repeat can change is refused with `child.refused`.
import { type Failure, failureOf, InterlockError, type Result } from "../core/errors.ts";
import type { ChildOrigin } from "../engine/journal.ts";
import type { OtherRuns, RunPlace, Speaker } from "../engine/other-runs.ts";
import type { PartitionPort, RunStart } from "../engine/partition-port.ts";
import type { GovernanceSpec } from "../governance/spec.ts";
import { type Context, partitionByName } from "./context.ts";
import { newestWorkflow, place, prepare, specFor, startOf } from "./start-runs.ts";

export function otherRuns(context: Context, from: Speaker): OtherRuns {
  const at = ({ partition }: Pick<RunPlace, "partition">): PartitionPort => partitionByName(context, partition);
  const start = async (partition: string, run: RunStart, spec: GovernanceSpec) => {
    const started = await answered(at({ partition }).start({ starts: [run], specs: [spec] }));
    return { run: run.runId, partition, fresh: started?.[0]?.fresh ?? false };
  };
  return {
    startChild: async ({ workflow, step, waits, event }) => {
      const { newest, specs } = await prepared(context, workflow);
      const { name, spec, ...placed } = accepted(place(context, newest, event, specs));
      const lanes = waits ? [...lanesHeldFor(from), from.lane] : [];
      const origin = { kind: "child", parent: from.run, partition: from.partition, step, waits, lanes, ...byHand(from) } as const;
      // A lane that its ancestors hold is held for it as well: to queue for it would be to wait for itself. Those whom one parent starts like this go one after
      // another, in a lane within the lane.
      const lane = lanes.includes(placed.lane) ? `${placed.lane} in ${from.run}` : placed.lane;
      return start(name, { ...startOf(newest, event, { ...placed, lane }, spec), origin }, spec);
    },
    startSuccessor: async ({ workflow, event, signals }) => {
      const { newest, specs } = await prepared(context, workflow);
      const spec = accepted(specFor(newest, specs));
      const child = originChild(from);
      const origin = { kind: "continued", from: from.run, ...(child ? { child } : {}), ...byHand(from) } as const;
      // The lane is inherited and not computed anew: the successor lives where the run lived, and begins only when that has ended.
      const lane = { lane: from.lane, atOnce: from.atOnce, priority: 0, confined: from.confined };
      return start(from.partition, { ...startOf(newest, event, lane, spec), origin, signals }, spec);
    },
    signal: async (to, { signal, id, data, by }) => {
      await answered(at(to).signal(to.run, { name: signal, id, data: data as never }, by), "run.ended");
    },
    look: async (run) => (await answered(at(run).look(run.run)))?.ended ?? null,
    cancel: async (run, words, by) => {
      const last = await answered(at(run).look(run.run));
      if (last && last.ended === null) await answered(at(run).ask(last.run, { do: "cancel", ...words }, by), "run.ended");
    },
  };
}

async function prepared(context: Context, name: string) {
  const newest = newestWorkflow(context.deployment, name);
  if (!newest) throw new InterlockError("child.refused", `This deployment has no workflow "${name}"`);
  const specs = await prepare(context, [name]);
  if (!specs.ok) throw thrownOf(specs.error);
  return { newest, specs: specs.value };
}

/** What is wrong with a start by itself is the author's to know: it is told, and not held for an operator as an event's start would be. */
function accepted<T>(result: Result<T>): T {
  if (!result.ok) throw new InterlockError("child.refused", result.error.message);
  return result.value;
}

/** Whoever began a run by hand has begun what it starts as well. */
const byHand = ({ begunBy }: Speaker) => (begunBy === null ? {} : { begunBy });

const originChild = ({ origin }: Speaker): ChildOrigin | undefined =>
  origin?.kind === "continued" ? origin.child : origin?.kind === "child" ? origin : undefined;

function lanesHeldFor(from: Speaker): readonly string[] {
  const child = originChild(from);
  return child?.waits ? child.lanes : [];
}

/** The value, or null for the one refusal that the caller does not mind. A partition that cannot be reached is worth a repeat. */
async function answered<T>(call: Promise<Result<T>>, unless?: Failure["code"]): Promise<T | null> {
  const answer = await call.catch((thrown) => ({
    ok: false as const,
    error: { code: "ingress.unavailable", message: failureOf(thrown).message } as const,
  }));
  if (answer.ok) return answer.value;
  if (answer.error.code === unless) return null;
  throw thrownOf(answer.error);
}

const thrownOf = (error: Failure): InterlockError => new InterlockError(error.code, error.message, error);
