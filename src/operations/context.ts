// What every operation is given: the bindings, the deployment, and a way to let work finish after the answer.

import { partitionName, partitionOf } from "../core/ids.ts";
import type { Starting } from "../db/starting.ts";
import type { Deployment } from "../deployment.ts";
import type { PartitionPort } from "../engine/partition-port.ts";

export interface Context {
  readonly env: Env;
  readonly deployment: Deployment;
  readonly waitUntil: (work: Promise<unknown>) => void;
  /** Remembers for a moment what starts need of D1; without it every batch of events asks. */
  readonly starting?: (key: string, read: () => Promise<Starting>) => Promise<Starting>;
}

/** How long a newly approved spec may go unnoticed by new runs. A busy queue asks D1 once in this time and not with every batch. */
const STARTING_MS = 1_000;

export function rememberStarting(now: () => number): NonNullable<Context["starting"]> {
  const known = new Map<string, { readonly at: number; readonly value: Starting }>();
  return async (key, read) => {
    const kept = known.get(key);
    if (kept && now() - kept.at < STARTING_MS) return kept.value;
    const value = await read();
    known.set(key, { at: now(), value });
    return value;
  };
}

/** The object that holds a lane, or the one that a projected run names. RPC failures reject; refusals are values. */
export const partitionByName = (context: Context, name: string): PartitionPort =>
  context.env.RUN_PARTITION.getByName(name) as unknown as PartitionPort;

export const partitionForLane = (context: Context, laneKey: string): string =>
  partitionName(partitionOf(laneKey, context.deployment.partitions));
