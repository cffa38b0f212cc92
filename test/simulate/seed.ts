// What a number stands for: every tenth is a schedule of whole partitions, the others are schedules of the engine alone. One shape for what came of either.
import "./partition/load.ts";
import type { Violation } from "./invariants.ts";
import { runSchedule } from "./schedule.ts";

const { runPartitionSchedule } = await import("./partition/schedule.ts");

export interface SeedResult {
  readonly seed: number;
  readonly of: "engine" | "partition";
  readonly violations: readonly Violation[];
  readonly faults: readonly string[];
  /** What people and deployments did to the runs. */
  readonly words: readonly string[];
  readonly ends: readonly string[];
  readonly passes: number;
  /** It was to be free of faults. */
  readonly quiet: boolean;
}

/** All of one kind, whatever the number. */
export type Only = "engine" | "partition" | null;

export async function runSeed(seed: number, only: Only = null): Promise<SeedResult> {
  if (only === "engine" || (only === null && seed % 10 !== 0)) return { of: "engine", words: [], ...(await runSchedule(seed)) };
  return { of: "partition", ...(await runPartitionSchedule(seed)) };
}
