// A provider behind the SDK: what is sent, what is made of each answer, and that a call is one attempt.
import { describe, expect, test } from "vitest";
import * as z from "zod";
import type { ModelRequest } from "../../../src/inference/model.ts";
import { type OpenAiCompatibleOptions, openAiCompatibleModel } from "../../../src/inference/providers/openai-compatible.ts";

const KEY = "sk-secret-1234";
const NOW = Date.parse("2026-11-23T12:00:00Z");
const now = () => NOW;

const request: ModelRequest = {
  decision: "triage",
  instruction: "Choose the team.",
  input: { "ticket.subject": "Charged twice" },
  schema: z.object({ team: z.enum(["billing", "shipping"]) }),
  schemaName: "triage",
  modelId: "some-model",
};

interface Sent {
  url: string;
  headers: Headers;
  body: Record<string, unknown>;
}

/** A provider that gives one answer, and remembers what it was sent. */
function provider(answer: () => Response | Promise<Response>, options: Partial<OpenAiCompatibleOptions> = {}) {
  const sent: Sent[] = [];
  const model = openAiCompatibleModel({
    id: "default",
    provider: "acme",
    label: "Acme model",
    apiKey: KEY,
    baseURL: "https://acme.example/v1",
    fetch: async (input, init) => {
      sent.push({ url: String(input), headers: new Headers(init?.headers), body: JSON.parse(String(init?.body)) });
      return answer();
    },
    capabilities: { logprobs: true, temperature: true },
    timeoutMs: 5000,
    ...options,
  });
  return { model, sent };
}

function completion(content: string | null, changes: Record<string, unknown> = {}, message: Record<string, unknown> = {}) {
  return Response.json({
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model: "some-model-2026-11-01",
    choices: [
      { index: 0, message: { role: "assistant", content, refusal: null, ...message }, finish_reason: "stop", logprobs: null, ...changes },
    ],
    usage: { prompt_tokens: 1200, completion_tokens: 90, total_tokens: 1290, prompt_tokens_details: { cached_tokens: 1024 } },
  });
}

const logprobs = {
  content: [
    { token: '{"team":"', logprob: 0, bytes: null, top_logprobs: [] },
    {
      token: "billing",
      logprob: Math.log(0.9),
      bytes: null,
      top_logprobs: [
        { token: "billing", logprob: Math.log(0.9), bytes: null },
        { token: "shipping", logprob: Math.log(0.1), bytes: null },
      ],
    },
    { token: '"}', logprob: 0, bytes: null, top_logprobs: [] },
  ],
};
const billing = () => completion('{"team":"billing"}', { logprobs });

describe("what is sent", () => {
  test("is one chat completion with a strict schema, the instruction apart from the input", async () => {
    const { model, sent } = provider(billing);
    await model.decide(request, now);
    expect(sent).toHaveLength(1);
    expect(sent[0]!.url).toBe("https://acme.example/v1/chat/completions");
    expect(sent[0]!.headers.get("authorization")).toBe(`Bearer ${KEY}`);
    expect(sent[0]!.headers.get("content-type")).toBe("application/json");
    expect(sent[0]!.body).toEqual({
      model: "some-model",
      messages: [
        { role: "system", content: expect.stringMatching(/^Choose the team\./) },
        {
          role: "user",
          content: expect.stringMatching(/^<input-([0-9a-f]{16})>\n\{"ticket\.subject":"Charged\p{Co} twice"\}\n<\/input-\1>$/u),
        },
      ],
      response_format: {
        type: "json_schema",
        json_schema: {
          name: "triage",
          strict: true,
          schema: {
            type: "object",
            properties: { team: { type: "string", enum: ["billing", "shipping"] } },
            required: ["team"],
            additionalProperties: false,
          },
        },
      },
      max_completion_tokens: 2000,
      logprobs: true,
      top_logprobs: 5,
      temperature: 0,
    });
  });

  test("leaves out what the model is not known to accept", async () => {
    const { model, sent } = provider(() => completion('{"team":"billing"}'), { capabilities: { logprobs: false, temperature: false } });
    await model.decide(request, now);
    expect(Object.keys(sent[0]!.body)).toEqual(["model", "messages", "response_format", "max_completion_tokens"]);
  });

  test("carries the reasoning effort that unlocks logprobs", async () => {
    const { model, sent } = provider(billing, { capabilities: { logprobs: true, temperature: false, reasoningEffort: "none" } });
    await model.decide(request, now);
    expect(sent[0]!.body).toMatchObject({ logprobs: true, reasoning_effort: "none" });
  });

  test("is nothing when the schema cannot be strict", async () => {
    const { model, sent } = provider(billing);
    const result = await model.decide({ ...request, schema: z.object({ team: z.string().optional() }) }, now);
    expect(result).toEqual({ ok: false, error: { code: "model.rejected", message: expect.stringContaining('"team" is optional') } });
    expect(sent).toHaveLength(0);
  });
});

describe("a decision", () => {
  test("has value, confidence, usage, cost and latency", async () => {
    const price = { inputUsd: 0.15, cachedInputUsd: 0.075, outputUsd: 0.6, asOf: "2026-08-01", source: "price page" };
    const { model } = provider(billing, { price });
    let clock = NOW;
    const result = await model.decide(request, () => (clock += 40));
    expect(result).toEqual({
      ok: true,
      decision: {
        value: { team: "billing" },
        confidence: expect.closeTo(0.9, 12),
        fields: {
          team: { confidence: expect.closeTo(0.9, 12), alternatives: [{ value: "shipping", probability: expect.closeTo(0.1, 12) }] },
        },
        source: "logprobs",
        basis: { prompt: expect.stringMatching(/^[0-9a-f]{64}$/), schema: expect.stringMatching(/^[0-9a-f]{64}$/) },
        model: "some-model-2026-11-01",
        provider: "acme",
        usage: { promptTokens: 1200, cachedTokens: 1024, completionTokens: 90 },
        costUsd: expect.closeTo(0.0001572, 12),
        latencyMs: 40,
      },
    });
  });

  test("costs more for what the provider wrote to its cache, where it bills that", async () => {
    const price = { inputUsd: 2, cachedInputUsd: 0.2, cacheWriteUsd: 2.5, outputUsd: 10, asOf: "2026-11-05", source: "price page" };
    const answer = completion('{"team":"billing"}');
    const usage = { prompt_tokens: 1200, completion_tokens: 90, prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 1100 } };
    const { model } = provider(async () => Response.json({ ...((await answer.json()) as object), usage }), { price });
    const result = await model.decide(request, now);
    expect(result).toMatchObject({
      decision: {
        usage: { promptTokens: 1200, cacheWriteTokens: 1100 },
        costUsd: expect.closeTo((100 * 2 + 1100 * 2.5 + 90 * 10) / 1e6, 12),
      },
    });
  });

  test("without logprobs says so and passes no threshold", async () => {
    const { model } = provider(() => completion('{"team":"billing"}'));
    const result = await model.decide(request, now);
    expect(result).toMatchObject({ ok: true, decision: { confidence: 0, fields: {}, source: "none", costUsd: null } });
  });

  test("with logprobs of another text says so too", async () => {
    const { model } = provider(() => completion('{"team":"shipping"}', { logprobs }));
    expect(await model.decide(request, now)).toMatchObject({
      ok: true,
      decision: { value: { team: "shipping" }, confidence: 0, source: "none" },
    });
  });
});

describe("an answer that is none", () => {
  test.each([
    ["not JSON", () => completion("The customer Jane Doe wants billing"), "model.invalid_output"],
    ["outside the schema", () => completion('{"team":"Jane Doe"}'), "model.invalid_output"],
    ["cut off", () => completion('{"team":"bil', { finish_reason: "length" }), "model.invalid_output"],
    ["empty", () => completion(null), "model.invalid_output"],
    ["without a choice", () => Response.json({ choices: [] }), "model.unavailable"],
    ["a gateway's page", () => new Response("<html>ok</html>", { headers: { "content-type": "text/html" } }), "model.unavailable"],
    ["a refusal", () => completion(null, {}, { refusal: "I cannot help Jane Doe" }), "model.refused"],
    ["filtered", () => completion("", { finish_reason: "content_filter" }), "model.refused"],
  ])("%s is a failure that repeats nothing of the record", async (_, answer, code) => {
    const { model, sent } = provider(answer);
    const result = await model.decide(request, now);
    expect(result).toMatchObject({ ok: false, error: { code } });
    expect(JSON.stringify(result)).not.toContain("Jane");
    expect(sent).toHaveLength(1);
  });
});

describe("an error of the provider", () => {
  const problem = (status: number, headers: Record<string, string> = {}, error: object = { message: "no", type: "x", code: null }) => {
    return () => Response.json({ error }, { status, headers });
  };

  test.each([
    [400, "model.rejected"],
    [401, "model.unauthorised"],
    [402, "model.unauthorised"],
    [403, "model.unauthorised"],
    [404, "model.rejected"],
    [408, "model.unavailable"],
    [422, "model.rejected"],
    [429, "model.rate_limited"],
    [500, "model.unavailable"],
    [503, "model.unavailable"],
  ])("with status %i is %s after exactly one call", async (status, code) => {
    const { model, sent } = provider(problem(status));
    expect(await model.decide(request, now)).toEqual({ ok: false, error: { code, message: expect.stringContaining(String(status)) } });
    expect(sent).toHaveLength(1);
  });

  test.each([
    ["seconds", { "retry-after": "2" }, 2000],
    ["a date", { "retry-after": "Mon, 23 Nov 2026 12:00:30 GMT" }, 30_000],
    ["a date gone by", { "retry-after": "Mon, 23 Nov 2026 11:00:00 GMT" }, 0],
    ["milliseconds first", { "retry-after": "2", "retry-after-ms": "150" }, 150],
  ])("tells when to try again: %s", async (_, headers, retryAfterMs) => {
    const { model } = provider(problem(429, headers));
    expect(await model.decide(request, now)).toMatchObject({ ok: false, error: { code: "model.rate_limited", retryAfterMs } });
  });

  test("ignores a waiting time that makes no sense", async () => {
    const { model } = provider(problem(429, { "retry-after": "soon" }));
    const result = await model.decide(request, now);
    expect(result.ok ? {} : result.error).not.toHaveProperty("retryAfterMs");
  });

  test("names an untrained model and a filtered prompt for what they are", async () => {
    const untrained = provider(problem(404, {}, { message: "add labelled records", code: "model.not_trained" }));
    expect(await untrained.model.decide(request, now)).toMatchObject({ ok: false, error: { code: "model.not_trained" } });
    const filtered = provider(problem(400, {}, { message: "filtered", code: "content_filter" }));
    expect(await filtered.model.decide(request, now)).toMatchObject({ ok: false, error: { code: "model.refused" } });
  });

  test("never shows the key", async () => {
    const { model } = provider(problem(401, {}, { message: `Incorrect API key provided: ${KEY}.` }));
    const result = await model.decide(request, now);
    expect(result).toMatchObject({ ok: false, error: { message: expect.stringContaining("[key]") } });
    expect(JSON.stringify(result)).not.toContain(KEY);
  });

  test("without an answer is unavailable", async () => {
    const { model, sent } = provider(() => Promise.reject(new TypeError("fetch failed")));
    expect(await model.decide(request, now)).toMatchObject({ ok: false, error: { code: "model.unavailable" } });
    expect(sent).toHaveLength(1);
  });

  test("that takes too long is unavailable", async () => {
    let calls = 0;
    const { model } = provider(billing, {
      timeoutMs: 20,
      fetch: (_, init) => {
        calls++;
        return new Promise((_resolve, reject) =>
          init?.signal?.addEventListener("abort", () => reject(new DOMException("aborted", "AbortError"))),
        );
      },
    });
    expect(await model.decide(request, now)).toMatchObject({
      ok: false,
      error: { code: "model.unavailable", message: expect.stringContaining("timed out") },
    });
    expect(calls).toBe(1);
  });

  test("is a missing key where none is configured, not a crash at start", async () => {
    const { model, sent } = provider(billing, { apiKey: "" });
    expect(await model.decide(request, now)).toMatchObject({
      ok: false,
      error: { code: "model.unauthorised", message: expect.stringContaining("acme") },
    });
    expect(sent).toHaveLength(0);
  });
});
