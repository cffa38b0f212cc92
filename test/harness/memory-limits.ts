// The counter of writes in memory: what durable-objects/workflow-limits.ts does, without the platform. One for all runs that a test wants counted together.
import type { WriteLimits } from "../../src/engine/write-limits.ts";
import { countsOf, decideTake, type Taken, type Tally } from "../../src/governance/tally.ts";

export function memoryLimits(now: () => number): WriteLimits {
  const kept = new Map<string, { tally: Tally | null; readonly taken: Map<string, Taken> }>();
  const of = (workflow: string) => {
    const found = kept.get(workflow) ?? { tally: null, taken: new Map() };
    kept.set(workflow, found);
    return found;
  };
  return {
    counts: async ({ workflow, key, action }) => {
      const { tally, taken } = of(workflow);
      return countsOf(tally, taken.get(key) ?? null, action, now());
    },
    take: async ({ workflow, key, write, limits }) => {
      const own = of(workflow);
      const decided = decideTake(own.tally, own.taken.get(key) ?? null, write, limits, now());
      if (!decided.taken) return { taken: false, counts: decided.counts };
      own.tally = decided.tally;
      own.taken.set(key, decided.own);
      return { taken: true };
    },
  };
}
