// Tells the partition of a waiting parent that a child may have ended. Best effort: a parent looks for itself (engine/run-child.ts), so what is lost here costs
// it a minute. It must not hold the child up, and says nothing of how the child ended.
import { failureOf } from "../src/core/errors.ts";
import { successorOf, waitingParentOf } from "../src/engine/other-runs.ts";
import type { PartitionPort } from "../src/engine/partition-port.ts";
import type { LiveRun } from "./live-run.ts";

export async function tellParent(env: Env, { row, own }: LiveRun): Promise<void> {
  const waits = waitingParentOf(own);
  if (!waits || successorOf(own) !== null) return;
  const parent = env.RUN_PARTITION.getByName(waits.partition) as unknown as PartitionPort;
  const told = await parent.nudge([waits.parent]).catch((thrown) => ({ ok: false as const, error: failureOf(thrown) }));
  if (!told.ok)
    console.error(JSON.stringify({ message: "a parent was not told", run: row.id, parent: waits.parent, error: told.error.message }));
}
