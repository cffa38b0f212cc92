// The stand-in for model providers at its door, asked by our own adapters: OpenAI's chat completions, an AI Gateway's paths, Anthropic's messages, and each fault in
// the words of the API that was asked.
import { Hono } from "hono";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { faultGate } from "../../../sandbox/fault-gate.ts";
import { type CountedRule, counted, type FaultInput, FaultRule } from "../../../sandbox/faults.ts";
import { modelRefusal } from "../../../sandbox/model/refusal.ts";
import { modelRoutes } from "../../../sandbox/model/routes.ts";
import { DEFAULT_MODEL } from "../../../sandbox/model/rules.ts";
import type { World } from "../../../sandbox/world.ts";
import { claude } from "../../../src/inference/providers/claude.ts";
import { compatibleHost } from "../../../src/inference/providers/compatible-host.ts";
import { gemini } from "../../../src/inference/providers/gemini.ts";
import { openai } from "../../../src/inference/providers/openai.ts";
import type { ProviderSource } from "../../../src/inference/providers/source.ts";
import { workersAi } from "../../../src/inference/providers/workers-ai.ts";

const BINDINGS: Readonly<Record<string, string>> = {
  GATEWAY_URL: "http://127.0.0.1:8788/model",
  GATEWAY_TOKEN: "token",
  MODEL_URL: "http://127.0.0.1:8788/model/v1",
  MODEL_KEY: "key",
  CLOUDFLARE_ACCOUNT_ID: "0123456789abcdef0123456789abcdef",
  CLOUDFLARE_API_TOKEN: "cf",
};
const gateway = { url: "GATEWAY_URL", token: "GATEWAY_TOKEN" };
const SOURCES: readonly [string, ProviderSource][] = [
  ["a compatible host", compatibleHost({ provider: "sandbox", model: "m", baseUrl: "MODEL_URL", apiKey: "MODEL_KEY", server: "vllm" })],
  ["OpenAI", openai({ model: "gpt-4.1-mini", gateway })],
  ["Gemini", gemini({ model: "gemini-2.5-flash", gateway })],
  ["Workers AI", workersAi({ model: "@cf/meta/llama-3.1-8b-instruct", gateway })],
  ["Claude", claude({ model: "claude-sonnet-4-6", gateway })],
];

/** The parts of the world that this door uses. */
function sandbox(faults: readonly FaultInput[]) {
  const kept: { id: number; doc: unknown }[] = [];
  const rules = {
    value: counted(faults.map((rule) => FaultRule.parse(rule))),
    set(next: CountedRule[]) {
      rules.value = next;
    },
  };
  const exec = (_: string, ...values: unknown[]) => ({
    one: () => {
      kept.push({ id: kept.length + 1, doc: JSON.parse(String(values[1])) });
      return { id: kept.length };
    },
  });
  const world = {
    faults: rules,
    model: { value: DEFAULT_MODEL },
    counters: { requested: () => undefined },
    sql: { exec },
  } as unknown as World;
  const app = new Hono().use("/model/*", faultGate(world, "model", "/model", modelRefusal)).route("/model", modelRoutes(world));
  return { app, kept };
}

async function ask(source: ProviderSource, ...faults: FaultInput[]) {
  const { app, kept } = sandbox(faults);
  const model = source.build("w", { binding: (name) => BINDINGS[name], fetch: async (input, init) => app.request(String(input), init) });
  const result = await model.decide(
    {
      decision: "triage",
      instruction: "Choose the team.",
      input: { "ticket.subject": "Charged twice" },
      schema: z.object({ team: z.enum(["billing", "shipping"]) }),
      schemaName: "triage",
      modelId: model.id,
    },
    () => 0,
  );
  return { result, kept };
}

describe.each(SOURCES)("asked as %s", (_, source) => {
  test("it answers in the schema, and keeps what it was asked", async () => {
    const { result, kept } = await ask(source);
    expect(result).toMatchObject({ ok: true, decision: { value: { team: "billing" } } });
    expect(kept).toHaveLength(1);
  });

  test.each<[FaultInput["kind"], string]>([
    ["refusal", "model.refused"],
    ["truncated", "model.invalid_output"],
    ["not-json", "model.invalid_output"],
    ["outside-schema", "model.invalid_output"],
    ["empty-answer", "model.invalid_output"],
    ["empty-body", "model.unavailable"],
    ["html-200", "model.unavailable"],
    ["empty-stream", "model.unavailable"],
    ["401", "model.unauthorised"],
    ["429", "model.rate_limited"],
    ["500", "model.unavailable"],
    ["529", "model.unavailable"],
    ["503-html", "model.unavailable"],
  ])("its fault %s is %s, once", async (kind, code) => {
    const { result } = await ask(source, { system: "model", kind, retryAfter: 3 });
    expect(result).toMatchObject({ ok: false, error: { code } });
    if (kind === "429") expect(result).toMatchObject({ error: { retryAfterMs: 3000 } });
  });
});

test("a fault of an answer leaves a refused request as it is", async () => {
  const { app } = sandbox([{ system: "model", kind: "truncated" }]);
  const refused = await app.request("/model/anthropic/v1/messages", { method: "POST", body: "{}" });
  expect([refused.status, await refused.json()]).toEqual([401, expect.objectContaining({ type: "error" })]);
});

test.each(["529", "refusal", "empty-body"])("only a model has the fault %s", (kind) => {
  expect(FaultRule.safeParse({ system: "zendesk", kind }).success).toBe(false);
  expect(FaultRule.safeParse({ system: "model", kind }).success).toBe(true);
});
