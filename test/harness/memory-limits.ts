// The counter of writes and of spending in memory: what durable-objects/workflow-limits.ts does, without the platform. One for all runs that a test wants counted together.
import type { ModelBudget } from "../../src/engine/model-budget.ts";
import type { WriteLimits } from "../../src/engine/write-limits.ts";
import { computeSettled, decideReserve, type Reservation, type Spent } from "../../src/governance/budget.ts";
import { countsOf, decideTake, type Taken, type Tally } from "../../src/governance/tally.ts";

interface Kept {
  tally: Tally | null;
  readonly taken: Map<string, Taken>;
  today: Spent | null;
  readonly runs: Map<string, Spent>;
  readonly reservations: Map<number, Reservation>;
}

export function memoryLimits(now: () => number): WriteLimits & ModelBudget {
  const kept = new Map<string, Kept>();
  let reservations = 0;
  const of = (workflow: string): Kept => {
    const found = kept.get(workflow) ?? { tally: null, taken: new Map(), today: null, runs: new Map(), reservations: new Map() };
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
    reserve: async ({ workflow, run, usd, budget }) => {
      const own = of(workflow);
      const decided = decideReserve({ today: own.today, run: own.runs.get(run) ?? null }, { run, usd }, budget, now());
      if (!decided.reserved) return decided;
      own.today = decided.today;
      own.runs.set(run, decided.run);
      own.reservations.set(++reservations, decided.own);
      return { reserved: true, id: reservations };
    },
    settle: async ({ workflow, id, usd }) => {
      const own = of(workflow);
      const reservation = own.reservations.get(id);
      if (!reservation || !own.reservations.delete(id)) return;
      const settled = computeSettled({ today: own.today, run: own.runs.get(reservation.run) ?? null }, reservation, usd);
      own.today = settled.today;
      if (settled.run) own.runs.set(reservation.run, settled.run);
    },
  };
}
