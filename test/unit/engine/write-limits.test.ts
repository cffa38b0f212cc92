// Limits on all runs of a workflow together: what would go beyond them is asked and not lost, whatever crashes, fails or comes at the same moment; and what the
// counting costs those who need none.
import { describe, expect, it } from "vitest";
import { InterlockError } from "../../../src/core/errors.ts";
import type { Ports } from "../../../src/engine/pass.ts";
import type { WriteLimits } from "../../../src/engine/write-limits.ts";
import { countedWrite } from "../../../src/governance/limits.ts";
import type { GovernanceSpec, PolicyRule } from "../../../src/governance/spec.ts";
import { memoryLimits } from "../../harness/memory-limits.ts";
import { type Body, type LedgerScenario, ledgerSpec, ledgerWorld } from "./ledger-world.ts";

const T0 = Date.parse("2026-01-05T09:00:00Z");
const WORKFLOW = ledgerSpec.workflow;
const approve = ({ digest }: { digest: string }) => ({ kind: "approved", digest });
const perHour = (writesPerHour: number): Partial<GovernanceSpec> => ({ limits: { writesPerHour } });
const pay: Body = async ({ book }) => book.pay("pay", { text: "rent" });

/** Counts the calls, and fails those that it is told to. */
function watched(limits: Ports["limits"], fails: (call: "counts" | "take", nth: number) => boolean = () => false) {
  const calls = { counts: 0, take: 0 };
  const through = (call: "counts" | "take") => {
    if (fails(call, ++calls[call])) throw new InterlockError("limits.unavailable", "The counter is out of reach");
  };
  const port: Ports["limits"] = {
    ...limits,
    counts: async (write) => {
      through("counts");
      return limits.counts(write);
    },
    take: async (write) => {
      through("take");
      return limits.take(write);
    },
  };
  return { port, calls };
}

const written = (limits: WriteLimits) => limits.counts({ workflow: WORKFLOW, key: "nobody's", action: "ledger.pay" });
const takenBy = (limits: WriteLimits, key: string) =>
  limits.take({ workflow: WORKFLOW, key, write: countedWrite("ledger.pay", {}, undefined), limits: null });

type LedgerWorld = ReturnType<typeof ledgerWorld>;
const rulesOf = ({ engine }: LedgerWorld) =>
  engine.entries("effect.ruled").map((entry) => entry.type === "effect.ruled" && entry.ruling.rule);

describe("30 runs at the same moment under a limit of 10 writes an hour", () => {
  const thirty = async (scenario: LedgerScenario) => {
    const limits = memoryLimits(() => T0);
    const worlds = Array.from({ length: 30 }, (_, index) =>
      ledgerWorld(pay, { ...scenario, spec: perHour(10), runId: `run-${index}`, limits }),
    );
    const ends = await Promise.all(worlds.map(({ engine }) => engine.run()));
    expect(ends.every(({ kind }) => kind === "ended")).toBe(true);
    const isAsked = ({ engine }: LedgerWorld) => engine.entries("approval.requested").length > 0;
    return { limits, worlds, asked: worlds.filter(isAsked), free: worlds.filter((world) => !isAsked(world)) };
  };

  it("exactly 10 leave without a person, and of the other 20 a person is told which limit", async () => {
    const { limits, worlds, asked, free } = await thirty({});
    expect(free).toHaveLength(10);
    expect(asked).toHaveLength(20);
    expect(free.every(({ ledger }) => ledger.payments.size === 1)).toBe(true);
    // Nobody answered.
    expect(asked.every(({ ledger }) => ledger.payments.size === 0)).toBe(true);
    for (const { engine } of asked) {
      expect(engine.entries("approval.requested")).toMatchObject([
        { approval: { rule: "limit_reached", why: "Writes of this hour: 10, and the spec's limit is 10" } },
      ]);
    }
    // Some were allowed, and then found the limit reached by others.
    expect(worlds.some((world) => rulesOf(world).join() === "action_listed,limit_reached")).toBe(true);
    expect(await written(limits)).toMatchObject({ writesThisHour: 10 });
  });

  it("the 20 are written once a person has approved them, and count", async () => {
    const { limits, worlds } = await thirty({ answer: approve });
    expect(worlds.every(({ ledger }) => ledger.payments.size === 1)).toBe(true);
    expect(await written(limits)).toMatchObject({ writesThisHour: 30 });
  });
});

describe("a write counts once", () => {
  const twice: Body = async ({ book }) => {
    await book.setRecord("set", { id: "a", set: { owner: "ada" } });
    await book.pay("pay", { text: "rent" });
  };

  it("wherever the process stops, between its taking and its sending too", async () => {
    const run = async (stopAt?: number) => {
      const limits = memoryLimits(() => T0);
      const world = ledgerWorld(twice, { spec: perHour(2), limits, ...(stopAt ? { stopAt: new Set([stopAt]) } : {}) });
      expect(await world.engine.run()).toMatchObject({ kind: "ended", state: { status: "completed" } });
      expect(world.engine.entries("approval.requested"), `stopped at ${stopAt}`).toEqual([]);
      expect(await written(limits), `stopped at ${stopAt}`).toMatchObject({ writesThisHour: 2, writesToday: 2 });
      expect(world.ledger.payments.size).toBe(1);
      return world.engine.boundaries;
    };
    const boundaries = await run();
    for (let at = 1; at <= boundaries; at++) await run(at);
    expect(boundaries).toBeGreaterThan(12);
  });

  it("whose answer was lost, and which is sent again under its key after the limit was reached by others", async () => {
    const limits = memoryLimits(() => world.clock.now);
    const { port, calls } = watched(limits, (call, nth) => {
      // Before its second try the hour turns, and another write takes the only place of the new one.
      if (call === "take" && nth === 2) {
        world.clock.now = T0 + 3_600_000;
        void takenBy(limits, "another");
      }
      return false;
    });
    const world = ledgerWorld(pay, { spec: perHour(1), limits: port });
    world.ledger.fault("lost", "after");
    expect(await world.engine.run()).toMatchObject({ state: { status: "completed" } });
    expect(calls.take).toBe(2);
    expect(world.engine.entries("approval.requested")).toEqual([]);
    expect(world.ledger.payments.size).toBe(1);
    expect(await written(limits)).toMatchObject({ writesThisHour: 2, writesToday: 2 });
  });

  it("that its system turned away, and keeps its place for the next try", async () => {
    const limits = memoryLimits(() => T0);
    const world = ledgerWorld(pay, { spec: perHour(1), limits });
    world.ledger.fault(429, "before");
    expect(await world.engine.run()).toMatchObject({ state: { status: "completed" } });
    expect(world.engine.entries("effect.sending")).toHaveLength(2);
    expect(world.engine.entries("approval.requested")).toEqual([]);
    expect(await written(limits)).toMatchObject({ writesThisHour: 1 });
  });
});

describe("a counter that cannot be reached", () => {
  it("is asked again, and nothing leaves uncounted", async () => {
    const { port, calls } = watched(
      memoryLimits(() => T0),
      (_, nth) => nth <= 3,
    );
    const world = ledgerWorld(pay, { spec: perHour(1), limits: port });
    expect(await world.engine.run()).toMatchObject({ state: { status: "completed" } });
    expect(world.engine.entries("attempt.failed")).toHaveLength(6);
    expect(world.engine.entries("attempt.failed")).toMatchObject(
      Array.from({ length: 6 }, () => ({ during: "count", error: { code: "limits.unavailable" } })),
    );
    expect(calls).toMatchObject({ take: 4 });
    expect(world.ledger.payments.size).toBe(1);
    expect(await written(port)).toMatchObject({ writesThisHour: 1 });
  });

  it.each(["counts", "take"] as const)("for ever (%s) comes to an operator, and nothing is sent", async (broken) => {
    const { port } = watched(
      memoryLimits(() => T0),
      (call) => call === broken,
    );
    const world = ledgerWorld(async ({ book }) => book.pay("pay", { text: "rent" }, { retry: { attempts: 2 } }), {
      spec: perHour(1),
      limits: port,
    });
    expect(await world.engine.run()).toMatchObject({ kind: "operator", on: { error: { code: "limits.unavailable" } } });
    expect(world.ledger.sent()).toEqual([]);
    expect(world.engine.entries("effect.sending")).toEqual([]);
  });
});

describe("what is counted", () => {
  it("is recorded with the ruling, and a replay asks nobody again", async () => {
    const limits = memoryLimits(() => T0);
    await takenBy(limits, "another");
    const { port, calls } = watched(limits);
    const world = ledgerWorld(pay, { spec: perHour(5), limits: port });
    await world.engine.run();
    expect(world.engine.entries("effect.ruled")).toMatchObject([
      { counts: { writesThisHour: 1, writesToday: 1, action: { writesThisHour: 1, writesToday: 1 } } },
    ]);
    expect(calls).toEqual({ counts: 1, take: 1 });
    expect(await world.again().run()).toMatchObject({ state: { status: "completed" } });
    expect(calls).toEqual({ counts: 1, take: 1 });
  });

  it("decides a rule of the owner's, without a limit in the spec", async () => {
    const limits = memoryLimits(() => T0);
    await takenBy(limits, "another");
    const busy: PolicyRule = { name: "busy", when: "counts.action.writesToday >= 1", outcome: "deny", reason: "One payment a day" };
    const actions: GovernanceSpec["actions"] = {
      ...ledgerSpec.actions,
      "ledger.pay": { ask: "never", fields: { text: {} }, rules: [busy] },
    };
    const world = ledgerWorld(pay, { spec: { actions }, limits });
    expect(await world.engine.run()).toMatchObject({ state: { output: { status: "refused", because: "denied" } } });
    expect(await written(limits)).toMatchObject({ writesToday: 1 });
  });

  it("is nothing in shadow, and the ruling is what it would have been", async () => {
    const limits = memoryLimits(() => T0);
    const world = ledgerWorld(pay, { spec: { mode: "shadow", ...perHour(5) }, limits });
    await world.engine.run();
    expect(rulesOf(world)).toEqual(["action_listed"]);
    expect(await written(limits)).toMatchObject({ writesToday: 0 });
  });

  it("costs a spec that asks for nothing of it not one call", async () => {
    const { port, calls } = watched(memoryLimits(() => T0));
    const world = ledgerWorld(pay, { limits: port });
    await world.engine.run();
    expect(world.ledger.payments.size).toBe(1);
    expect(calls).toEqual({ counts: 0, take: 0 });
    expect(world.engine.entries("effect.ruled")[0]).not.toHaveProperty("counts");
  });

  it("is sums of values, and the day's limit is asked about by field", async () => {
    const limits = memoryLimits(() => T0);
    const spec: Partial<GovernanceSpec> = { limits: { valuePerDay: [{ action: "ledger.setRecord", field: "grade", max: 100 }] } };
    const set =
      (grade: string): Body =>
      ({ book }) =>
        book.setRecord("set", { id: "a", set: { grade } });
    const runs = ["60", "-40", "0.01"].map((grade, index) => ledgerWorld(set(grade), { spec, limits, runId: `run-${index}` }));
    for (const { engine } of runs) await engine.run();
    expect(runs.map(rulesOf)).toEqual([["action_listed"], ["action_listed"], ["limit_reached"]]);
    expect(runs[2]?.engine.entries("approval.requested")).toMatchObject([
      { approval: { why: "grade: 100.01 today with 100 written before, and the spec's limit is 100" } },
    ]);
  });
});
