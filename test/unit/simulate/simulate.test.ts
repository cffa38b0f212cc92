// The simulation itself: the engine and the partitions hold their invariants through ten thousand schedules, every fault strikes, and a planted violation is seen.
import { describe, expect, it } from "vitest";
import { Counts } from "../../simulate/count.ts";
import type { Write } from "../../simulate/invariants.ts";
import { runSchedule } from "../../simulate/schedule.ts";
import type { SeedResult } from "../../simulate/seed.ts";
import { runThreads, seedsFrom } from "../../simulate/threads.ts";

const withoutMarker = (write: Write): Write => {
  const { metadata: _, ...ticket } = (write.body.ticket ?? {}) as Record<string, unknown>;
  return write.body.ticket ? { ...write, body: { ...write.body, ticket } } : write;
};

/** In a thread of their own: a partition's clock replaces the real one. */
async function ofPartitions(seeds: readonly number[]): Promise<SeedResult[]> {
  const told: SeedResult[] = [];
  await runThreads(seeds, (result) => told.push(result) > 0, "partition");
  return told;
}

describe("the simulation", () => {
  it("finds no violation in 10,000 schedules; every kind of fault strikes, and no schedule that was to have one goes without", async () => {
    const counts = new Counts();
    await runThreads(seedsFrom(1, 10_000), (result) => {
      counts.add(result);
      return counts.violated.length < 10;
    });
    const violations = counts.violated.flatMap(({ seed, violations }) =>
      violations.map(({ invariant, what }) => `seed ${seed} [${invariant}] ${what}`),
    );
    console.log(`${counts.schedules} schedules, ${counts.partitions} of whole partitions\n${counts}`);
    expect(violations).toEqual([]);
    expect(counts.schedules).toBe(10_000);
    expect(counts.missing).toEqual([]);
    expect(counts.untouched).toEqual([]);
    // Declared: one in twenty has no fault drawn.
    expect(counts.quiet / counts.schedules).toBeLessThan(0.08);
    // Two minutes on two quiet cores; ten on busy ones.
  }, 1_800_000);

  // 7702: an undo whose answer was lost, repeated over somebody's later work. 27463: a step that waited for an operator and refused him after an undo was asked.
  it.each([7702, 27463])("finds no violation in schedule %d, which once had one", async (seed) => {
    expect((await runSchedule(seed)).violations).toEqual([]);
  });

  // 10231, 10656, 11206, 11223, 21230: runs of a workflow began while its code was not deployed, past its limits and out of their order. 17460, 65290: a payment
  // that was not answered was taken for unmade when its repeat was turned away. 305, 930, 1431: a step went on in memory from what a failed commit had not kept.
  it("finds no violation in the schedules of a partition which once had one", async () => {
    const seeds = [305, 930, 1431, 10231, 10656, 11206, 11223, 17460, 21230, 65290];
    const told = await ofPartitions(seeds);
    expect(told.map(({ seed }) => seed)).toEqual(seeds);
    for (const { seed, violations } of told) expect(violations, `schedule ${seed}`).toEqual([]);
  });

  it("runs the same schedule again from the same seed", async () => {
    for (const seed of [3, 14, 15]) expect(await runSchedule(seed)).toEqual(await runSchedule(seed));
  });

  it("runs the same schedule of a partition again from the same seed, in whichever thread", async () => {
    const seeds = [5, 10, 35];
    const once = await ofPartitions(seeds);
    expect(once).toHaveLength(3);
    // In another order: nothing of a schedule stays in its thread.
    expect((await ofPartitions([...seeds].reverse())).reverse()).toEqual(once);
  });

  it("sees a system that drops the idempotency marker", async () => {
    const seen = new Set<string>();
    for (let seed = 1; seed <= 20; seed++) {
      for (const { invariant } of (await runSchedule(seed, { tamper: withoutMarker })).violations) seen.add(invariant);
    }
    expect(seen).toContain("applied means written");
  });

  it("sees a system that keeps other words than those that were sent", async () => {
    const seen = new Set<string>();
    const tamper = (write: Write): Write => {
      const metadata = write.body.metadata as { event_payload?: unknown } | undefined;
      return write.system === "slack" && metadata ? { ...write, body: { ...write.body, text: "something else" } } : write;
    };
    for (let seed = 1; seed <= 20; seed++) {
      for (const { invariant } of (await runSchedule(seed, { tamper })).violations) seen.add(invariant);
    }
    expect(seen).toContain("applied means written");
  });
});
