// The simulation itself: the engine and the partitions hold their invariants through ten thousand schedules, every fault strikes, and a planted violation is seen.
import { describe, expect, it } from "vitest";
import { Counts } from "../../simulate/count.ts";
import type { Write } from "../../simulate/invariants.ts";
import { runSchedule } from "../../simulate/schedule.ts";
import { runThreads } from "../../simulate/threads.ts";

const withoutMarker = (write: Write): Write => {
  const { metadata: _, ...ticket } = (write.body.ticket ?? {}) as Record<string, unknown>;
  return write.body.ticket ? { ...write, body: { ...write.body, ticket } } : write;
};

describe("the simulation", () => {
  it("finds no violation in 10,000 schedules; every kind of fault strikes, and no schedule that was to have one goes without", async () => {
    const counts = new Counts();
    await runThreads(1, 10_000, (result) => {
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
    // Two minutes on two quiet cores.
  }, 900_000);

  // 7702: an undo whose answer was lost, repeated over somebody's later work. 27463: a step that waited for an operator and refused him after an undo was asked.
  it.each([7702, 27463])("finds no violation in schedule %d, which once had one", async (seed) => {
    expect((await runSchedule(seed)).violations).toEqual([]);
  });

  // 10231, 10656, 11206, 11223, 21230: runs of a workflow began while its code was not deployed, past its limits and out of their order. 17460, 65290: a payment
  // that was not answered was taken for unmade when its repeat was turned away.
  it.each([10231, 10656, 11206, 11223, 17460, 21230, 65290])(
    "finds no violation in schedule %d of a partition, which once had one",
    async (seed) => {
      const violations: unknown[] = [];
      await runThreads(
        seed,
        1,
        (result) => {
          violations.push(...result.violations);
          return true;
        },
        "partition",
      );
      expect(violations).toEqual([]);
    },
  );

  it("runs the same schedule again from the same seed", async () => {
    for (const seed of [3, 14, 15]) expect(await runSchedule(seed)).toEqual(await runSchedule(seed));
  });

  it("runs the same schedule of a partition again from the same seed, in whichever thread", async () => {
    const told: unknown[][] = [[], []];
    for (const times of told) {
      for (const seed of [5, 10, 35]) {
        await runThreads(
          seed,
          1,
          (result) => {
            times.push(result);
            return true;
          },
          "partition",
        );
      }
    }
    expect(told[0]).toEqual(told[1]);
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
