// What every operation is given: the bindings, the deployment, and a way to let work finish after the answer.

import { partitionName, partitionOf } from "../core/ids.ts";
import type { Deployment } from "../deployment.ts";
import type { PartitionPort } from "../engine/partition-port.ts";

export interface Context {
  readonly env: Env;
  readonly deployment: Deployment;
  readonly waitUntil: (work: Promise<unknown>) => void;
}

/** The object that holds a lane, or the one that a projected run names. RPC failures reject; refusals are values. */
export const partitionByName = (context: Context, name: string): PartitionPort =>
  context.env.RUN_PARTITION.getByName(name) as unknown as PartitionPort;

export const partitionForLane = (context: Context, laneKey: string): string =>
  partitionName(partitionOf(laneKey, context.deployment.partitions));
