// The simulation itself, in small: the engine holds its invariants through a few hundred schedules, every fault strikes, and a planted violation is seen.
import { describe, expect, it } from "vitest";
import { FAULTS } from "../../simulate/chaos.ts";
import type { Write } from "../../simulate/invariants.ts";
import { runSchedule } from "../../simulate/schedule.ts";

const withoutMarker = (write: Write): Write => {
  const { metadata: _, ...ticket } = (write.body.ticket ?? {}) as Record<string, unknown>;
  return write.body.ticket ? { ...write, body: { ...write.body, ticket } } : write;
};

describe("the simulation", () => {
  it("finds no violation in 300 schedules, and every kind of fault strikes", async () => {
    const struck = new Set<string>();
    const violations: string[] = [];
    for (let seed = 1; seed <= 300; seed++) {
      const result = await runSchedule(seed);
      for (const fault of result.faults) struck.add(fault);
      violations.push(...result.violations.map(({ invariant, what }) => `seed ${seed} [${invariant}] ${what}`));
    }
    expect(violations).toEqual([]);
    expect(FAULTS.filter((fault) => !struck.has(fault))).toEqual([]);
  });

  // 7702: an undo whose answer was lost, repeated over somebody's later work. 27463: a step that waited for an operator and refused him after an undo was asked.
  it.each([7702, 27463])("finds no violation in schedule %d, which once had one", async (seed) => {
    expect((await runSchedule(seed)).violations).toEqual([]);
  });

  it("runs the same schedule again from the same seed", async () => {
    for (const seed of [3, 14, 15]) expect(await runSchedule(seed)).toEqual(await runSchedule(seed));
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
