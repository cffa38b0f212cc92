// A budget for model calls as a hard stop: reserved before each call, settled after it; what a crash, a lost answer or an unknown cost leaves behind stays spent.
import { describe, expect, it } from "vitest";
import { InterlockError } from "../../../src/core/errors.ts";
import type { Ports } from "../../../src/engine/pass.ts";
import type { Budget } from "../../../src/governance/spec.ts";
import type { ModelResult } from "../../../src/inference/model.ts";
import { memoryLimits } from "../../harness/memory-limits.ts";
import { type Body, type LedgerScenario, ledgerSpec, ledgerWorld, sure } from "./ledger-world.ts";

const T0 = Date.parse("2026-01-05T09:00:00Z");
const WORKFLOW = ledgerSpec.workflow;
const HOST = "api.model.test";
const REMOTE: NonNullable<LedgerScenario["remote"]> = {
  host: HOST,
  card: { provider: "test", host: HOST, dpaSignedOn: "2025-01-01", dpaExpires: null, region: "eu", zeroRetention: true },
};
/** What a call may cost at most, and what it costs. */
const MOST = 0.5;
const costs = (costUsd: number | null): ModelResult => {
  const result = sure();
  return result.ok ? { ok: true, decision: { ...result.decision, costUsd } } : result;
};
const failure = (code: "model.unavailable" | "model.rejected" | "model.refused"): ModelResult => ({
  ok: false,
  error: { code, message: "no" },
});
const once: Body = ({ mind }) => mind.decide("judge", { instruction: "?", input: { "note.text": "x" } });

const dollar = (onReached: Budget["onReached"], more: Partial<Budget> = {}): Budget => ({ usdPerDay: 1, onReached, ...more });

function world(budget: Budget | undefined, scenario: LedgerScenario & { readonly body?: Body; readonly most?: number | null } = {}) {
  const { body = once, most = MOST, ...rest } = scenario;
  const limits = rest.limits ?? memoryLimits(() => T0);
  const made = ledgerWorld(body, { remote: REMOTE, ...rest, limits, spec: { ...(budget ? { budget } : {}), ...rest.spec } });
  const mind = made.mind as { -readonly [Key in keyof typeof made.mind]: (typeof made.mind)[Key] };
  if (most !== null) mind.mostUsd = () => most;
  return { ...made, limits };
}
/** What is left of a dollar a day, by what can still be reserved. */
async function left(limits: Ports["limits"]): Promise<number> {
  const asked = await limits.reserve({ workflow: WORKFLOW, run: "r.x", usd: 2, budget: dollar("refuse") });
  return asked.reserved ? Number.NaN : Number((1 - asked.reached.spentUsd).toFixed(9));
}

describe("a budget", () => {
  it("lets calls through while there is room, and counts what they did cost", async () => {
    const { engine, asked, limits } = world(dollar("refuse"), { says: [costs(0.02)] });
    expect(await engine.run()).toMatchObject({ state: { status: "completed" } });
    expect(asked).toHaveLength(1);
    expect(await left(limits)).toBe(0.98);
  });

  it("that is reached fails the decision before anything is sent, with how much is spent", async () => {
    const limits = memoryLimits(() => T0);
    await limits.reserve({ workflow: WORKFLOW, run: "r.other", usd: 0.6, budget: dollar("refuse") });
    const { engine, asked } = world(dollar("refuse"), { limits });
    expect(await engine.run()).toMatchObject({
      state: {
        status: "failed",
        error: {
          code: "model.budget",
          message: "The budget for this day (UTC) is $1; $0.6 is spent or reserved, and this call may cost up to $0.5. Nothing was sent",
        },
      },
    });
    expect(asked).toEqual([]);
  });

  it("that is reached asks a person where the spec says so, and their answer is the decision", async () => {
    const limits = memoryLimits(() => T0);
    await limits.reserve({ workflow: WORKFLOW, run: "r.other", usd: 1, budget: dollar("ask") });
    const { engine, asked } = world(dollar("ask"), {
      limits,
      answer: ({ digest }) => ({ kind: "edited", digest, values: { verdict: "no" }, reason: "I looked" }),
    });
    expect(await engine.run()).toMatchObject({ state: { status: "completed", output: { value: { verdict: "no" } } } });
    expect(asked).toEqual([]);
    expect(engine.entries("decision.made")).toMatchObject([{ tried: [{ code: "model.budget" }] }]);
  });

  it("that has no room for one model leaves the decision to the next, which may cost nothing", async () => {
    const limits = memoryLimits(() => T0);
    await limits.reserve({ workflow: WORKFLOW, run: "r.other", usd: 1, budget: dollar("refuse") });
    const local = { id: "own", provider: "builtin", local: true as const, label: "Own", decide: async () => sure() };
    const { engine, asked } = world(dollar("refuse"), { limits, further: [local] });
    expect(await engine.run()).toMatchObject({ state: { status: "completed", output: { value: { verdict: "yes" } } } });
    expect(asked).toEqual([]);
    expect(engine.entries("decision.made")).toMatchObject([{ tried: [{ code: "model.budget", model: "scripted" }] }]);
  });

  it("of a run stops that run and no other", async () => {
    const limits = memoryLimits(() => T0);
    const budget = dollar("refuse", { usdPerRun: 0.6 });
    const twice: Body = async ({ mind }) => {
      await mind.decide("judge", { instruction: "one", input: { "note.text": "x" } });
      return mind.decide("judge", { instruction: "two", input: { "note.text": "x" } });
    };
    const first = world(budget, { body: twice, limits, runId: "r.1", says: [costs(0.2)] });
    expect(await first.engine.run()).toMatchObject({ state: { status: "failed", error: { code: "model.budget" } } });
    expect(first.asked).toHaveLength(1);
    const second = world(budget, { limits, runId: "r.2", says: [costs(0.1)] });
    expect(await second.engine.run()).toMatchObject({ state: { status: "completed" } });
  });

  it("asks nothing of a model inside this deployment, and nothing where a spec has none", async () => {
    const unreachable: Ports["limits"] = {
      ...memoryLimits(() => T0),
      reserve: () => expect.unreachable("not asked"),
      settle: () => expect.unreachable("not asked"),
    };
    const local = ledgerWorld(once, { limits: unreachable, spec: { budget: dollar("refuse") } });
    expect(await local.engine.run()).toMatchObject({ state: { status: "completed" } });
    const without = world(undefined, { limits: unreachable });
    expect(await without.engine.run()).toMatchObject({ state: { status: "completed" } });
  });

  it("has no room for a model that cannot say what a call may cost", async () => {
    const { engine, asked } = world(dollar("refuse"), { most: null });
    expect(await engine.run()).toMatchObject({
      state: { status: "failed", error: { code: "model.budget", message: expect.stringContaining("Nobody knows") } },
    });
    expect(asked).toEqual([]);
  });
});

describe("what a call leaves behind", () => {
  it.each<[string, ModelResult, number]>([
    ["an answer of unknown cost: all that was reserved", costs(null), 0.5],
    ["an answer that cost more than was reserved: what it cost", costs(0.7), 0.3],
    ["a call that the provider turned away: nothing", failure("model.rejected"), 1],
    ["a call whose answer was of no use: all that was reserved", failure("model.refused"), 0.5],
  ])("%s", async (_, says, expected) => {
    const { engine, limits } = world(dollar("refuse"), {
      says: [says],
      answer: ({ digest }) => ({ kind: "rejected", digest, reason: "no" }),
    });
    await engine.run();
    expect(await left(limits)).toBe(expected);
  });

  it("a process that stops after the call has left: its reservation stays spent, and the second try reserves its own", async () => {
    const whole = world(dollar("refuse"), { says: [costs(0.1)] });
    await whole.engine.run();
    expect(await left(whole.limits)).toBe(0.9);
    const spent = new Set<number>();
    for (let boundary = 1; boundary <= whole.engine.boundaries; boundary++) {
      const stopped = world(dollar("refuse", { usdPerDay: 5 }), { stopAt: new Set([boundary]), says: [costs(0.1), costs(0.1)] });
      expect(await stopped.engine.run()).toMatchObject({ state: { status: "completed" } });
      // Never less than what the calls have cost.
      const asked = await stopped.limits.reserve({ workflow: WORKFLOW, run: "r.x", usd: 9, budget: dollar("refuse") });
      const sum = asked.reserved ? Number.NaN : Number(asked.reached.spentUsd.toFixed(9));
      expect(sum).toBeGreaterThanOrEqual(Number((0.1 * stopped.asked.length).toFixed(9)));
      spent.add(sum);
    }
    // Without a crash in between 0.1; with one between reserving and settling the whole reservation beside it.
    expect([...spent].toSorted()).toEqual([0.1, 0.2, 0.6]);
  });

  it("a counter that cannot be reached: no call leaves until it can; a settlement that is lost changes no answer", async () => {
    const inner = memoryLimits(() => T0);
    let tries = 0;
    const lost = () => {
      throw new InterlockError("limits.unavailable", "The counter is out of reach");
    };
    const limits: Ports["limits"] = {
      ...inner,
      reserve: async (call) => (++tries < 3 ? lost() : inner.reserve(call)),
      settle: async () => lost(),
    };
    const { engine, asked } = world(dollar("refuse"), { limits, says: [costs(0.1)] });
    expect(await engine.run()).toMatchObject({ state: { status: "completed" } });
    expect(asked).toHaveLength(1);
    expect(tries).toBe(3);
    expect(await left(inner)).toBe(0.5);
  });
});

describe("30 runs at the same moment under a dollar a day", () => {
  it("make two calls of half a dollar, whoever comes first; of those that cost a cent as many as fit", async () => {
    const limits = memoryLimits(() => T0);
    const worlds = Array.from({ length: 30 }, (_, index) => world(dollar("refuse"), { limits, runId: `r.${index}`, says: [costs(0.5)] }));
    const ends = await Promise.all(worlds.map(({ engine }) => engine.run()));
    expect(worlds.filter(({ asked }) => asked.length > 0)).toHaveLength(2);
    expect(ends.filter((end) => end.kind === "ended" && end.state.status === "failed")).toHaveLength(28);
    const cheap = memoryLimits(() => T0);
    let calls = 0;
    for (let index = 0; index < 60; index++) {
      const one = world(dollar("refuse"), { limits: cheap, runId: `r.${index}`, says: [costs(0.01)] });
      await one.engine.run();
      calls += one.asked.length;
    }
    // 51 cents are spent when a call of up to 50 no longer fits.
    expect(calls).toBe(51);
  });
});
