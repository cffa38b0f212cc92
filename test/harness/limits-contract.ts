// What every counter of writes must do, in memory or in its object: the same claims held against both.
import { describe, expect, it } from "vitest";
import type { Ports } from "../../src/engine/pass.ts";
import { countedWrite } from "../../src/governance/limits.ts";
import type { Budget, Limits } from "../../src/governance/spec.ts";

export interface CounterUnderTest {
  readonly limits: Ports["limits"];
  /** Epoch milliseconds; later than any time before. */
  readonly setNow: (now: number) => void;
}

const HOUR_MS = 3_600_000;
const PAY = "bank.pay";
/** What is told of a write, whatever it is held against. */
const TOLD: Limits = { valuePerDay: [PAY, "bank.note"].map((action) => ({ action, field: "amount", max: 0 })) };
const perDay = (max: number): Limits => ({ valuePerDay: [{ action: PAY, field: "amount", max }] });

/** `day`: a midnight (UTC) from which on nothing was counted. Each claim has a workflow of its own. */
export function limitsContract(counter: () => CounterUnderTest, day: number): void {
  let used = 0;
  const setUp = () => {
    const { limits, setNow } = counter();
    const workflow = `contract ${++used}`;
    setNow(day + HOUR_MS);
    return {
      setNow,
      counts: (key: string, action = PAY) => limits.counts({ workflow, key, action }),
      take: async (key: string, given: Limits | null, amount: number | string = 1, action = PAY) =>
        limits.take({ workflow, key, write: countedWrite(action, { amount }, TOLD), limits: given }),
      limits,
      workflow,
    };
  };

  it("counts what has left, of the workflow and of the action, and not the write that asks", async () => {
    const { counts, take } = setUp();
    expect(await counts("a")).toEqual({ writesThisHour: 0, writesToday: 0, action: { writesThisHour: 0, writesToday: 0, sumsToday: {} } });
    expect(await take("a", null, "12.50")).toEqual({ taken: true });
    expect(await take("b", null, -3, "bank.note")).toEqual({ taken: true });
    expect(await counts("c")).toEqual({
      writesThisHour: 2,
      writesToday: 2,
      action: { writesThisHour: 1, writesToday: 1, sumsToday: { amount: "12.50" } },
    });
    expect(await counts("c", "bank.note")).toMatchObject({ action: { sumsToday: { amount: "3" } } });
    expect(await counts("a")).toMatchObject({ writesThisHour: 1, action: { writesToday: 0 } });
  });

  it("counts a write once, however often its place is taken, with what it was last", async () => {
    const { counts, take } = setUp();
    for (const amount of [5, 5, 7]) expect(await take("a", { writesPerHour: 1 }, amount)).toEqual({ taken: true });
    expect(await counts("b")).toMatchObject({ writesThisHour: 1, action: { writesToday: 1, sumsToday: { amount: "7" } } });
  });

  it("lets as many through as the limit says, whoever asks at the same moment, and tells the others what is counted", async () => {
    const { take } = setUp();
    const rooms = await Promise.all(Array.from({ length: 12 }, (_, index) => take(`w${index}`, { writesPerHour: 5 })));
    expect(rooms.filter(({ taken }) => taken)).toHaveLength(5);
    expect(rooms.filter(({ taken }) => !taken)).toHaveLength(7);
    expect(rooms.at(-1)).toMatchObject({ taken: false, counts: { writesThisHour: 5 } });
  });

  it("sums a day's values exactly, up to the limit and not beyond", async () => {
    const { take, counts } = setUp();
    expect(await take("a", perDay(0.3), 0.1)).toEqual({ taken: true });
    expect(await take("b", perDay(0.3), "-0.2")).toEqual({ taken: true });
    expect(await take("c", perDay(0.3), 0.000001)).toMatchObject({ taken: false });
    expect(await take("d", perDay(0.3), "1", "bank.note")).toEqual({ taken: true });
    expect(await counts("e")).toMatchObject({ action: { sumsToday: { amount: "0.3" } } });
  });

  it("lets a write through that a person wants beyond the limits, and counts it", async () => {
    const { take } = setUp();
    expect(await take("a", { writesPerHour: 1 })).toEqual({ taken: true });
    expect(await take("b", { writesPerHour: 1 })).toMatchObject({ taken: false });
    expect(await take("b", null)).toEqual({ taken: true });
    expect(await take("c", { writesPerHour: 2 })).toMatchObject({ taken: false, counts: { writesThisHour: 2 } });
  });

  it("begins anew with each hour and each day of UTC's clock", async () => {
    const { take, counts, setNow } = setUp();
    expect(await take("a", { writesPerHour: 1, ...perDay(10) }, 10)).toEqual({ taken: true });
    setNow(day + 2 * HOUR_MS - 1);
    expect(await take("b", { writesPerHour: 1 })).toMatchObject({ taken: false });
    setNow(day + 2 * HOUR_MS);
    expect(await take("b", { writesPerHour: 1 }, 0)).toEqual({ taken: true });
    setNow(day + 24 * HOUR_MS - 1);
    expect(await take("c", perDay(10), 1)).toMatchObject({ taken: false, counts: { writesThisHour: 0, writesToday: 2 } });
    setNow(day + 24 * HOUR_MS);
    expect(await take("c", perDay(10), 1)).toEqual({ taken: true });
    expect(await counts("d")).toMatchObject({ writesToday: 1, action: { sumsToday: { amount: "1" } } });
  });

  it("moves a place to the hour of its latest try", async () => {
    const { take, counts, setNow } = setUp();
    await take("a", null);
    setNow(day + 2 * HOUR_MS);
    await take("a", null);
    expect(await counts("b")).toMatchObject({ writesThisHour: 1, writesToday: 1 });
    setNow(day + 25 * HOUR_MS);
    await take("a", null);
    expect(await counts("b")).toMatchObject({ writesThisHour: 1, writesToday: 1 });
  });

  it("keeps workflows apart", async () => {
    const { take, limits, workflow } = setUp();
    await take("a", null);
    expect(await limits.counts({ workflow: `${workflow} other`, key: "b", action: PAY })).toMatchObject({ writesToday: 0 });
  });

  describe("of what model calls cost", () => {
    const A_DOLLAR: Budget = { usdPerDay: 1, onReached: "refuse" };
    const spender = () => {
      const { limits, setNow, workflow } = setUp();
      const reserve = (run: string, usd: number, budget = A_DOLLAR) => limits.reserve({ workflow, run, usd, budget });
      const id = async (run: string, usd: number, budget?: Budget) => {
        const reserved = await reserve(run, usd, budget);
        if (!reserved.reserved) throw new Error("there was no room");
        return reserved.id;
      };
      const settle = (id: number, usd: number) => limits.settle({ workflow, id, usd });
      return { limits, setNow, workflow, reserve, id, settle };
    };

    it("reserves up to the budget and not beyond, whoever asks at the same moment", async () => {
      const { reserve } = spender();
      const reserved = await Promise.all(Array.from({ length: 12 }, (_, run) => reserve(`r.${run}`, 0.2)));
      expect(reserved.filter(({ reserved }) => reserved)).toHaveLength(5);
      expect(reserved.at(-1)).toEqual({ reserved: false, reached: { part: "usdPerDay", spentUsd: 1, limitUsd: 1, callUsd: 0.2 } });
    });

    it("settles with the real cost, once; more than was reserved counts as well", async () => {
      const { reserve, id, settle } = spender();
      const first = await id("r.1", 0.9);
      expect(await reserve("r.2", 0.2)).toMatchObject({ reserved: false });
      for (let again = 0; again < 2; again++) await settle(first, 0.1);
      const second = await id("r.2", 0.9);
      expect(await reserve("r.3", 0.01)).toMatchObject({ reserved: false, reached: { spentUsd: 1 } });
      await settle(second, 1.2);
      expect(await reserve("r.3", 0.000001)).toMatchObject({ reserved: false, reached: { spentUsd: 1.3 } });
    });

    it("counts what was never settled as spent, and a repeated reservation as another", async () => {
      const { reserve, id } = spender();
      await id("r.1", 0.5);
      await id("r.1", 0.5);
      expect(await reserve("r.1", 0.000001)).toMatchObject({ reserved: false, reached: { spentUsd: 1 } });
    });

    it("keeps a run's budget over midnight, and begins the day's anew", async () => {
      const { reserve, id, settle, setNow } = spender();
      const budget: Budget = { usdPerDay: 1, usdPerRun: 0.6, onReached: "ask" };
      setNow(day + 24 * HOUR_MS - 1);
      const late = await id("r.1", 0.5, budget);
      await id("r.2", 0.5, budget);
      setNow(day + 24 * HOUR_MS);
      expect(await reserve("r.1", 0.2, budget)).toEqual({
        reserved: false,
        reached: { part: "usdPerRun", spentUsd: 0.5, limitUsd: 0.6, callUsd: 0.2 },
      });
      await id("r.3", 0.6, budget);
      await settle(late, 0.1);
      expect(await reserve("r.1", 0.4, budget)).toMatchObject({ reserved: true });
      expect(await reserve("r.2", 0.1, budget)).toMatchObject({ reserved: false, reached: { part: "usdPerDay", spentUsd: 1 } });
    });

    it("adds small sums exactly", async () => {
      const { reserve, id, settle } = spender();
      for (let call = 0; call < 10; call++) await settle(await id("r.1", 0.1), 0.1);
      expect(await reserve("r.1", 0.000000001)).toMatchObject({ reserved: false, reached: { spentUsd: 1 } });
    });

    it("keeps workflows apart", async () => {
      const { limits, workflow, id } = spender();
      await id("r.1", 1);
      expect(await limits.reserve({ workflow: `${workflow} other`, run: "r.1", usd: 1, budget: A_DOLLAR })).toMatchObject({
        reserved: true,
      });
    });
  });
}
