// The price table and what is reckoned with it. The rows are held to their version, and to two independent snapshots where those are at hand.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { digest, type Json } from "../../../src/core/json.ts";
import { defineDeployment, type ModelSource } from "../../../src/deployment.ts";
import { costUsd, mostTokens, mostUsd } from "../../../src/inference/cost.ts";
import type { Model, ModelDecision } from "../../../src/inference/model.ts";
import { priced } from "../../../src/inference/priced.ts";
import { findPrice, PRICE_TABLE, PRICES, type PriceRow } from "../../../src/inference/prices.ts";
import { systemMessage, userMessage } from "../../../src/inference/prompt.ts";

const NOW = Date.UTC(2026, 10, 23, 12);
const row = (model: string, provider = "openai", now = NOW) => findPrice([PRICES], provider, model, now);
const SHARED = path.join(import.meta.dirname, "../../../../shared");

describe("the price table", () => {
  test("changes only together with its version", () => {
    const DIGESTS: Readonly<Record<string, string>> = { "2026-11-24": "71e9d375ea9e99486aa51080805461d1bf99dcb0399e12bf412afab434b22767" };
    expect(digest(PRICES as unknown as Json)).toBe(DIGESTS[PRICE_TABLE]);
  });

  test("says of each price where and when it was read, and has none from the future", () => {
    for (const { from, asOf, source, inputUsd, cachedInputUsd = 0, outputUsd } of PRICES) {
      expect(from).toMatch(/^20\d\d-\d\d-\d\d$/);
      expect(asOf >= from && asOf <= PRICE_TABLE).toBe(true);
      expect(source).toMatch(/^https:\/\//);
      expect(cachedInputUsd).toBeLessThan(inputUsd);
      expect(inputUsd).toBeLessThan(outputUsd);
    }
    const keys = PRICES.map(({ provider, model, from }) => `${provider} ${model} ${from}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test("knows a model by its name and by its dated snapshots, and by nothing else", () => {
    expect(row("gpt-4o-mini")?.inputUsd).toBe(0.15);
    expect(row("gpt-4o-mini-2024-07-18")?.inputUsd).toBe(0.15);
    expect(row("claude-haiku-4-5-20251001", "anthropic")?.outputUsd).toBe(5);
    expect(row("gpt-4o-mini-transcribe")).toBeNull();
    expect(row("gpt-4")).toBeNull();
    expect(row("gpt-4o-mini", "acme")).toBeNull();
  });

  test("counts from its day on, and a deployment's own rows come first", () => {
    expect(row("gpt-6-luna", "openai", Date.UTC(2026, 8, 21, 23, 59))).toBeNull();
    expect(row("gpt-6-luna", "openai", Date.UTC(2026, 8, 22))).not.toBeNull();
    const own = (from: string, inputUsd: number): PriceRow => ({
      provider: "openai",
      model: "gpt-4.1",
      from,
      inputUsd,
      outputUsd: 9,
      asOf: from,
      source: "contract",
    });
    const rows = [own("2026-01-01", 3), own("2026-12-01", 5), own("2026-06-01", 4)];
    expect(findPrice([rows, PRICES], "openai", "gpt-4.1", NOW)?.inputUsd).toBe(4);
    expect(findPrice([rows, PRICES], "openai", "gpt-4.1", Date.UTC(2026, 11, 1))?.inputUsd).toBe(5);
    expect(findPrice([[own("2027-01-01", 1)], PRICES], "openai", "gpt-4.1", NOW)?.inputUsd).toBe(2);
  });

  test.skipIf(!existsSync(path.join(SHARED, "contracts/openai/prices.json")))(
    "agrees with an independent snapshot, where both know a model",
    () => {
      const { models } = JSON.parse(readFileSync(path.join(SHARED, "contracts/openai/prices.json"), "utf8"));
      const base = (price: number | { base: number }) => (typeof price === "number" ? price : price.base);
      let compared = 0;
      const differ: string[] = [];
      for (const { provider, model, inputUsd, cachedInputUsd, cacheWriteUsd, outputUsd } of PRICES) {
        const theirs = models[`${provider}/${model}`];
        if (!theirs) continue;
        compared++;
        const said = [
          base(theirs.input_mtok),
          theirs.cache_read_mtok === undefined ? undefined : base(theirs.cache_read_mtok),
          base(theirs.output_mtok),
          theirs.cache_write_mtok === undefined ? undefined : base(theirs.cache_write_mtok),
        ];
        const ours = [inputUsd, cachedInputUsd, outputUsd, cacheWriteUsd];
        if (JSON.stringify(said) !== JSON.stringify(ours)) differ.push(`${provider}/${model}: ${said} there, ${ours} here`);
      }
      expect(compared).toBeGreaterThan(20);
      expect(differ).toEqual([]);
    },
  );

  test.skipIf(!existsSync(path.join(SHARED, "vectors/stats.json")))("reproduces the published costs of runs", () => {
    const { run_cost_usd } = JSON.parse(readFileSync(path.join(SHARED, "vectors/stats.json"), "utf8"));
    const provider = (model: string) => (model.startsWith("gpt") ? "openai" : model.startsWith("claude") ? "anthropic" : "google");
    for (const { model, prompt_tokens, cached_tokens, completion_tokens, usd } of run_cost_usd) {
      const tokens = { prompt: prompt_tokens, cached: cached_tokens, completion: completion_tokens };
      expect(costUsd(row(model, provider(model)) ?? undefined, tokens)).toBeCloseTo(usd, 12);
    }
  });
});

describe("a cost", () => {
  test("goes by the tier of all tokens that were read, cached ones among them", () => {
    const price = row("gpt-5.4") as PriceRow;
    const tokens = { prompt: 272_000, cached: 72_000, completion: 1_000 };
    expect(costUsd(price, tokens)).toBeCloseTo(0.2 * 2.5 + 0.072 * 0.25 + 0.001 * 15, 12);
    expect(costUsd(price, { ...tokens, prompt: 272_001, cached: 72_001 })).toBeCloseTo(0.2 * 5 + 0.072001 * 0.5 + 0.001 * 22.5, 12);
  });

  test("bills what is written to the cache at its own rate, in each tier, and as any other token where there is none", () => {
    const sonnet = row("claude-sonnet-4-6", "anthropic") as PriceRow;
    const tokens = { prompt: 1_150_000, cached: 1_000_000, cacheWritten: 50_000, completion: 0 };
    expect(costUsd(sonnet, tokens)).toBeCloseTo(0.1 * 3 + 1 * 0.3 + 0.05 * 3.75, 12);
    const haiku = row("claude-haiku-5-5", "anthropic") as PriceRow;
    expect(costUsd(haiku, { prompt: 200_000, cached: 0, cacheWritten: 200_000, completion: 0 })).toBeCloseTo(0.2 * 0.625, 12);
    expect(costUsd(row("gpt-4.1") as PriceRow, { prompt: 1_000_000, cached: 0, cacheWritten: 1_000_000, completion: 0 })).toBe(2);
    // Before a call nobody knows what of it will be written to a cache: all of it.
    expect(mostUsd(sonnet, 1_000_000, 0)).toBe(3.75);
  });

  test("is at most what a request of so many bytes and a full answer cost", () => {
    const input = { "ticket.subject": "Doppelt bezahlt für Bestellung 48213, bitte um Rückmeldung", note: "返金してください" };
    const spotlight = { nonce: "00112233", marked: true };
    const texts = ["Choose the team", JSON.stringify(input)];
    const sent = systemMessage("Choose the team", spotlight) + userMessage(input, spotlight);
    expect(mostTokens(texts)).toBeGreaterThan(new TextEncoder().encode(sent).length);
    expect(mostTokens(["a b"])).toBe(mostTokens(["ab"]) + 4);
    expect(mostUsd(row("gpt-4.1") as PriceRow, 1_000_000, 1_000_000)).toBe(10);
  });
});

describe("a model with its prices", () => {
  const usage = { promptTokens: 1200, cachedTokens: 1024, completionTokens: 90 };
  const request = {
    decision: "triage",
    instruction: "Choose the team",
    input: { "ticket.subject": "Charged twice" },
    schema: z.object({ team: z.enum(["billing", "shipping"]) }),
    schemaName: "triage",
    modelId: "gpt-4o-mini",
  };
  const model = (more: Partial<Model> = {}, decision: Partial<ModelDecision> = {}): Model => ({
    id: "gpt-4o-mini",
    provider: "openai",
    label: "GPT",
    maxCompletionTokens: 2000,
    decide: async () => ({
      ok: true,
      decision: {
        value: { team: "billing" },
        confidence: 0.9,
        fields: {},
        source: "logprobs",
        basis: { prompt: "p", schema: "s" },
        model: "gpt-4o-mini-2024-07-18",
        provider: "openai",
        usage,
        costUsd: null,
        latencyMs: 40,
        ...decision,
      },
    }),
    ...more,
  });
  const decide = async (given: Model, own?: readonly PriceRow[]) => {
    const result = await priced(given, own).decide(request, () => NOW);
    if (!result.ok) throw new Error(result.error.message);
    return { costUsd: result.decision.costUsd, priceVersion: result.decision.priceVersion };
  };

  test("says with each decision what it cost, and by which prices", async () => {
    const { costUsd: cost, priceVersion } = await decide(model());
    expect(cost).toBeCloseTo(0.0001572, 12);
    expect(priceVersion).toBe(PRICE_TABLE);
  });

  test("reckons with the deployment's own price, and names it", async () => {
    const own: PriceRow = {
      provider: "openai",
      model: "gpt-4o-mini",
      from: "2026-01-01",
      inputUsd: 1,
      outputUsd: 1,
      asOf: "2026-01-01",
      source: "contract 7",
    };
    const { costUsd: cost, priceVersion } = await decide(model(), [own]);
    expect(cost).toBeCloseTo(0.00129, 12);
    expect(priceVersion).toMatch(/^own [0-9a-f]{12}$/);
    expect((await decide(model(), [{ ...own, outputUsd: 2 }])).priceVersion).not.toBe(priceVersion);
  });

  test("does not know the cost where price or usage is unknown, or another model has answered", async () => {
    expect(await decide(model({}, { usage: null }))).toEqual({ costUsd: null, priceVersion: undefined });
    const uncounted = { promptTokens: 0, completionTokens: 0 };
    expect(await decide(model({}, { usage: uncounted }))).toEqual({ costUsd: null, priceVersion: undefined });
    expect(await decide(model({ provider: "acme" }))).toEqual({ costUsd: null, priceVersion: undefined });
    expect(await decide(model({}, { model: "some-other-model" }))).toEqual({ costUsd: null, priceVersion: undefined });
    // A gateway's name for the one that was asked.
    expect((await decide(model({}, { model: "gpt-4o-mini@eu" }))).costUsd).toBeCloseTo(0.0001572, 12);
  });

  test("costs nothing inside this deployment", async () => {
    const local = priced(model({ provider: "builtin", local: true }));
    expect(await decide(local)).toEqual({ costUsd: 0, priceVersion: undefined });
    expect(local.mostUsd?.(request, NOW)).toBe(0);
  });

  test("says beforehand what a call costs at most: more than it will, and for an unknown price the dearest known", () => {
    const most = (given: Model) => priced(given).mostUsd?.(request, NOW) ?? Number.NaN;
    expect(most(model())).toBeGreaterThan(0.0012);
    expect(most(model())).toBeLessThan(0.002);
    expect(most(model({ provider: "acme" }))).toBeGreaterThanOrEqual(0.1);
    expect(most(model({ maxCompletionTokens: undefined as unknown as number }))).toBeCloseTo(most(model()) + (126_000 * 0.6) / 1e6, 9);
  });
});

describe("a deployment", () => {
  const answers = builtModel("gpt-4o-mini", "openai");
  const bindings = {
    binding: () => undefined,
    fetch: (() => Promise.reject(new Error("no network"))) as typeof fetch,
    blobs: { get: async () => null },
    versions: { current: async () => null },
  };

  test("gives every model its price, each of a chain as well; its own prices come first", async () => {
    const own: PriceRow = {
      provider: "acme",
      model: "acme-large",
      from: "2026-01-01",
      inputUsd: 1,
      outputUsd: 1,
      asOf: "2026-01-01",
      source: "contract 7",
    };
    const source = (model: Model) => ({ trained: [], build: () => model });
    const { models } = defineDeployment({
      connections: {},
      models: { default: [source(answers), source(builtModel("acme-large", "acme"))], single: source(answers) },
      prices: [own],
      workflows: [],
    });
    const costs = [];
    for (const one of [models.default, models.single].flat() as ModelSource[]) {
      const model = one.build("w", bindings);
      const result = await model.decide({ ...REQUEST, modelId: model.id }, () => NOW);
      costs.push(result.ok ? result.decision.costUsd : null);
    }
    expect(costs).toEqual([expect.closeTo(0.000234, 12), expect.closeTo(0.00129, 12), expect.closeTo(0.000234, 12)]);
  });
});

const REQUEST = {
  decision: "triage",
  instruction: "Choose the team",
  input: { "ticket.subject": "Charged twice" },
  schema: z.object({ team: z.enum(["billing", "shipping"]) }),
  schemaName: "triage",
};

function builtModel(id: string, provider: string): Model {
  return {
    id,
    provider,
    label: id,
    decide: async ({ modelId }) => ({
      ok: true,
      decision: {
        value: { team: "billing" },
        confidence: 0.9,
        fields: {},
        source: "logprobs",
        basis: { prompt: "p", schema: "s" },
        model: modelId,
        provider,
        usage: { promptTokens: 1200, completionTokens: 90 },
        costUsd: null,
        latencyMs: 40,
      },
    }),
  };
}
