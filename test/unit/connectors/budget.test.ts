import { describe, expect, it } from "vitest";
import { type Budget, type BudgetState, decideLease, notePause, noteUsage, UNSPENT } from "../../../src/connectors/budget.ts";

const BUDGET: Budget = { capacity: 100, perSecond: 10 };
const NOW = 1_000_000;
const read = (units = 1) => ({ units, effect: "read" as const });
const write = (units = 1) => ({ units, effect: "write" as const });
const quota = (used: number) => ({ kind: "quota" as const, used, limit: 1_000, readsUpTo: 0.8, writesUpTo: 0.9, lookAgainMs: 60_000 });

/** Asks until there is nothing left. */
function drain(state: BudgetState, declared: Budget | null, now: number) {
  let units = 0;
  for (let ask = 0; ask < 1_000; ask++) {
    const decided = decideLease(state, declared, read(), now);
    state = decided.state;
    if (decided.lease.kind === "wait") return { state, units, lease: decided.lease };
    units += decided.lease.units;
  }
  throw new Error("it never ends");
}

describe("a lease", () => {
  it("is not counted where nothing is declared and nothing was told", () => {
    expect(decideLease(UNSPENT, null, read(), NOW).lease).toMatchObject({ kind: "leased" });
  });

  it("never gives out more than the bucket holds, nor a large part of it at once", () => {
    const first = decideLease(UNSPENT, BUDGET, read(), NOW).lease;
    expect(first).toEqual({ kind: "leased", units: 25 });
    expect(drain(UNSPENT, BUDGET, NOW).units).toBe(100);
  });

  it("says when there is enough again, and is right", () => {
    const { state, lease } = drain(UNSPENT, BUDGET, NOW);
    expect(lease).toMatchObject({ kind: "wait", ms: 100 });
    expect(decideLease(state, BUDGET, read(), NOW + 99).lease.kind).toBe("wait");
    expect(decideLease(state, BUDGET, read(), NOW + 100).lease).toEqual({ kind: "leased", units: 1 });
    expect(decideLease(state, BUDGET, read(30), NOW + 100).lease).toMatchObject({ kind: "wait", ms: 2_900 });
  });

  it("tells everybody who has to wait a time of their own, and is right about each", () => {
    let { state } = drain(UNSPENT, BUDGET, NOW);
    const waits: number[] = [100];
    for (const units of [1, 5, 2]) {
      const decided = decideLease(state, BUDGET, read(units), NOW);
      state = decided.state;
      waits.push(decided.lease.kind === "wait" ? decided.lease.ms : 0);
    }
    expect(waits).toEqual([100, 200, 700, 900]);
    for (const [index, units] of [1, 1, 5, 2].entries()) {
      const decided = decideLease(state, BUDGET, read(units), NOW + (waits[index] ?? 0));
      expect(decided.lease).toEqual({ kind: "leased", units });
      state = decided.state;
    }
  });

  it("sends nobody further back than five minutes, and forgets what was promised once its time is over", () => {
    let { state } = drain(UNSPENT, BUDGET, NOW);
    let longest = 0;
    for (let ask = 0; ask < 100; ask++) {
      const decided = decideLease(state, BUDGET, read(100), NOW);
      state = decided.state;
      longest = decided.lease.kind === "wait" ? decided.lease.ms : 0;
    }
    expect(longest).toBe(300_000);
    const later = noteUsage(state, BUDGET, { kind: "bucket", left: 0, ...BUDGET }, NOW + 400_000);
    expect(decideLease(later, BUDGET, read(2), NOW + 400_000).lease).toMatchObject({ kind: "wait", ms: 200 });
  });

  it("lets a call that costs more than the whole bucket go when it is full, for the system to decide on", () => {
    expect(decideLease(UNSPENT, BUDGET, read(400), NOW).lease).toEqual({ kind: "leased", units: 400 });
  });

  it("gains nothing by a clock that goes back", () => {
    const { state } = drain(UNSPENT, BUDGET, NOW);
    expect(decideLease(state, BUDGET, read(), NOW - 60_000).lease.kind).toBe("wait");
  });
});

describe("what the system tells", () => {
  it("lowers our count, and raises it only by what comes back with time", () => {
    const told = noteUsage(UNSPENT, BUDGET, { kind: "bucket", left: 3, ...BUDGET }, NOW);
    expect(drain(told, BUDGET, NOW).units).toBe(3);
    const spent = drain(UNSPENT, BUDGET, NOW).state;
    expect(drain(noteUsage(spent, BUDGET, { kind: "bucket", left: 90, ...BUDGET }, NOW), BUDGET, NOW).units).toBe(0);
  });

  it("replaces a size that is not ours: the account has another plan", () => {
    const told = noteUsage(UNSPENT, BUDGET, { kind: "bucket", left: 1_000, capacity: 2_000, perSecond: 100 }, NOW);
    expect(decideLease(told, BUDGET, read(), NOW).lease).toEqual({ kind: "leased", units: 500 });
  });

  it("stops reads before writes as a quota nears its end, and looks again later", () => {
    const at = (used: number) => noteUsage(UNSPENT, null, quota(used), NOW);
    const kinds = (used: number) => [read(), write()].map((ask) => decideLease(at(used), null, ask, NOW).lease.kind);
    expect(kinds(799)).toEqual(["leased", "leased"]);
    expect(kinds(800)).toEqual(["wait", "leased"]);
    expect(kinds(900)).toEqual(["wait", "wait"]);
    expect(decideLease(at(850), null, read(), NOW + 1_000).lease).toEqual({
      kind: "wait",
      ms: 59_000,
      because: "850 of its 1000 calls are spent, and reads stop at 80 %",
    });
    expect(decideLease(at(950), null, read(), NOW + 60_000).lease.kind).toBe("leased");
  });

  it("pauses everybody, and a shorter pause does not end a longer one", () => {
    const paused = notePause(notePause(UNSPENT, 30_000, NOW), 1_000, NOW);
    expect(decideLease(paused, null, write(), NOW + 29_999).lease).toMatchObject({ kind: "wait", ms: 1 });
    expect(decideLease(paused, null, write(), NOW + 30_000).lease.kind).toBe("leased");
  });
});
