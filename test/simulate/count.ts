// What many schedules came to: how often each fault struck, each word was accepted, each end was reached; and what must be so before one believes them.
import { FAULTS } from "./chaos.ts";
import { PARTITION_FAULTS, WORDS } from "./partition/faults.ts";
import type { SeedResult } from "./seed.ts";

export class Counts {
  schedules = 0;
  partitions = 0;
  passes = 0;
  quiet = 0;
  readonly faults = new Map<string, number>(FAULTS.map((fault) => [fault, 0]));
  readonly partitionFaults = new Map<string, number>(PARTITION_FAULTS.map((fault) => [fault, 0]));
  readonly words = new Map<string, number>(WORDS.map((word) => [word, 0]));
  readonly ends = new Map<string, number>();
  readonly violated: SeedResult[] = [];
  /** Schedules that were to have faults and had none. */
  readonly untouched: number[] = [];

  add(result: SeedResult): void {
    this.schedules++;
    this.passes += result.passes;
    if (result.of === "partition") this.partitions++;
    if (result.quiet) this.quiet++;
    else if (result.faults.length + result.words.length === 0) this.untouched.push(result.seed);
    for (const fault of result.faults) count(result.of === "engine" ? this.faults : this.partitionFaults, fault);
    for (const word of result.words) count(this.words, word);
    for (const end of result.ends) count(this.ends, end);
    if (result.violations.length > 0) this.violated.push(result);
  }

  /** What no schedule had although it should: a simulation that never injects it shows nothing about it. */
  get missing(): string[] {
    const none = (counts: Map<string, number>) => [...counts].filter(([, times]) => times === 0).map(([name]) => name);
    return [...none(this.faults), ...none(this.partitionFaults).map((name) => `${name} (partition)`), ...none(this.words)];
  }

  toString(): string {
    return [
      `faults of one run's process:\n${table(this.faults)}`,
      `faults of a partition:\n${table(this.partitionFaults)}`,
      `said and deployed:\n${table(this.words)}`,
      `runs, by their end:\n${table(this.ends)}`,
      `without any fault, as drawn: ${this.quiet}; untouched although faults were drawn: ${this.untouched.length}`,
      `schedules with a violation: ${this.violated.length}`,
    ].join("\n");
  }
}

const count = (counts: Map<string, number>, name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
const table = (counts: Map<string, number>) =>
  [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([name, times]) => `  ${String(times).padStart(7)}  ${name}`)
    .join("\n");
