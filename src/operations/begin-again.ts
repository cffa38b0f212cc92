// A new run for work that was done before, on an operator's word: the same event once more, or from a step of the old run on. The old run stays as it is.
// The new run's id is the old one's with a number. Asked twice within a moment, the number is the same and the second finds the run of the first.
import { fail, ok, type Result } from "../core/errors.ts";
import { againIdOf, originalOf } from "../core/ids.ts";
import type { Principal } from "../core/principal.ts";
import { hasEnded } from "../core/run.ts";
import { countAgain } from "../db/reads.ts";
import type { Context } from "./context.ts";
import { inspectRun, withPartition } from "./govern-run.ts";
import { permitRun } from "./require-role.ts";
import { newestWorkflow, startRun } from "./start-runs.ts";

/** Under the newest version of the workflow and the newest approved spec. */
export async function replayRun(context: Context, principal: Principal, runId: string): Promise<Result<{ readonly run: string }>> {
  const denied = await permitRun(context.env.DB, principal, "begin runs again", runId);
  if (denied) return denied;
  const inspected = await inspectRun(context, runId);
  if (!inspected.ok) return inspected;
  const { event, pins, state, erased } = inspected.value;
  if (erased) return fail("run.erased", "The event's data was removed after the time that the governance spec sets");
  // Two runs of one event at a time would both write for it.
  if (!hasEnded(state)) return fail("run.not_ended", "Cancel the run, or wait for its end: it is still under way");
  const workflow = newestWorkflow(context.deployment, pins.workflow);
  if (!workflow) return fail("workflow.unknown", `No workflow ${pins.workflow} is deployed`);
  const started = await startRun(context, workflow, event, await nextId(context, runId), {
    kind: "replayed",
    from: runId,
    by: principal.id,
  });
  return started.ok ? ok({ run: started.value.runId }) : started;
}

/** Pinned to the old run's versions: what it keeps of the old journal was recorded under them. */
export async function restartRun(
  context: Context,
  principal: Principal,
  runId: string,
  step: string,
): Promise<Result<{ readonly run: string }>> {
  const denied = await permitRun(context.env.DB, principal, "begin runs again", runId);
  if (denied) return denied;
  const id = await nextId(context, runId, step);
  const started = await withPartition(context, runId, (partition) => partition.restart(runId, step, id, principal.id));
  return started.ok ? ok({ run: started.value.runId }) : started;
}

const nextId = async (context: Context, runId: string, step: string | null = null): Promise<string> =>
  againIdOf(runId, (await countAgain(context.env.DB, originalOf(runId))) + 1, step);
