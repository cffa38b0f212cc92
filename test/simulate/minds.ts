// The models of one simulated run. Most decide at once; of some the first one, a provider outside, fails in one way after the other before it or the next one decides;
// of a few none ever decides, and a person has to. Dice of its own, so that a schedule is thrown no otherwise for it.
import { circuitOpen } from "../../src/engine/circuit.ts";
import type { Ports } from "../../src/engine/pass.ts";
import type { Model, ModelFailure, ModelResult } from "../../src/inference/model.ts";
import { createRandom, type Random } from "./random.ts";
import type { RunScenario } from "./scenario.ts";

export const MINDS = ["steady", "falters", "silent"] as const;
export type Mind = (typeof MINDS)[number];

/** One run in five is not steady. */
export function mindOf(random: Random): Mind {
  return random.chance(0.8) ? "steady" : random.chance(0.75) ? "falters" : "silent";
}

const FAULTS: readonly ModelFailure["code"][] = ["model.unavailable", "model.rate_limited", "model.invalid_output", "model.refused"];
const HOST = { provider: "test", host: "model.test" };

export interface Around {
  /** Where the process may stop, before a request leaves and after it was answered. */
  readonly boundary: (place: "before request" | "after request") => Promise<void>;
  readonly clock: { now: number };
}

/** `asked`: how often this run has asked a model so far, in whichever process. */
export function modelPorts(
  { mind, team, confidence, startsAfter }: RunScenario,
  asked: { count: number },
  { boundary, clock }: Around,
): Pick<Ports, "models" | "circuit" | "providerCard"> {
  const answer: ModelResult = {
    ok: true,
    decision: {
      value: { team, priority: "high" },
      confidence,
      fields: {},
      source: "logprobs",
      basis: { prompt: "prompt", schema: "schema" },
      model: "scripted",
      provider: "test",
      usage: { promptTokens: 1, completionTokens: 1 },
      costUsd: 0,
      latencyMs: 1,
    },
  };
  const dice = () => createRandom(startsAfter * 1_000 + asked.count);
  const fail = (code: ModelFailure["code"]): ModelResult => ({ ok: false, error: { code, message: "as drawn", retryAfterMs: 1_000 } });
  const model = (id: string, more: Partial<Model>, says: () => ModelResult): Model => ({
    id,
    provider: "test",
    label: "Scripted",
    ...more,
    decide: async () => {
      await boundary("before request");
      clock.now += 200;
      asked.count++;
      const said = says();
      await boundary("after request");
      return said;
    },
  });
  const local = model("scripted", { local: true }, () => (mind === "silent" ? fail("model.refused") : answer));
  const falters = () => (mind !== "silent" && dice().chance(0.4) ? answer : fail(dice().pick(FAULTS)));
  return {
    models: () => (mind === "steady" ? [local] : [model("outside", { host: HOST.host }, falters), local]),
    providerCard: async () => ({ ...HOST, dpaSignedOn: "2020-01-01", dpaExpires: null, region: "eu", zeroRetention: true }),
    circuit: {
      mayAsk: async () => (dice().chance(0.2) ? circuitOpen(HOST, clock.now + 30_000, clock.now) : null),
      report: async () => {},
    },
  };
}
