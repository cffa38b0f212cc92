// The built-in model behind the real SDK: OpenAI's shape, true probabilities, and plain words when it cannot answer.
import OpenAI from "openai";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { predictFields } from "../../../src/inference/builtin/predict.ts";
import { builtinFetch } from "../../../src/inference/builtin/serve.ts";
import { userMessage } from "../../../src/inference/prompt.ts";
import { openAiCompatibleModel } from "../../../src/inference/providers/openai-compatible.ts";
import { deskWeights } from "./desk.ts";

const weights = deskWeights();
const load = async (modelId: string) => (modelId === weights.id ? weights : null);
const client = new OpenAI({
  apiKey: "builtin",
  baseURL: "http://builtin.invalid/v1",
  maxRetries: 0,
  fetch: builtinFetch({ load, now: () => 1_700_000_000_500 }),
});

const input = { "ticket.subject": "Parcel", "ticket.description": "the courier lost my package" };
const Desk = z.object({ priority: z.enum(["normal", "high"]), team: z.enum(["billing", "shipping", "technical"]) });

function ask(schema: z.ZodType, changes: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming> = {}) {
  return client.chat.completions.create({
    model: weights.id,
    messages: [
      { role: "system", content: "Which team?" },
      { role: "user", content: userMessage(input, { nonce: "00ff00ff00ff00ff", marked: false }) },
    ],
    response_format: {
      type: "json_schema",
      json_schema: { name: "desk", strict: true, schema: z.toJSONSchema(schema) as Record<string, unknown> },
    },
    logprobs: true,
    top_logprobs: 5,
    ...changes,
  });
}

describe("through the SDK", () => {
  test("an answer is a chat completion with the schema's fields in their order", async () => {
    const answer = await ask(Desk);
    expect(answer).toMatchObject({ id: "chatcmpl-builtin", object: "chat.completion", created: 1_700_000_000, model: weights.id });
    expect(answer.choices).toHaveLength(1);
    expect(answer.choices[0]).toMatchObject({ index: 0, finish_reason: "stop", message: { role: "assistant", refusal: null } });
    expect(answer.choices[0]!.message.content).toBe('{"priority":"normal","team":"shipping"}');
    expect(answer.usage).toEqual({ prompt_tokens: 6, completion_tokens: 2, total_tokens: 8 });
  });

  test("its tokens spell the answer, and its logprobs are the classifier's probabilities", async () => {
    const { message, logprobs } = (await ask(Desk)).choices[0]!;
    const tokens = logprobs!.content!;
    expect(tokens.map(({ token }) => token).join("")).toBe(message.content);
    const expected = predictFields(weights, "Parcel\nthe courier lost my package").fields.team!;
    const label = tokens.find(({ token }) => token === "shipping")!;
    expect(Math.exp(label.logprob)).toBeCloseTo(expected[0]!.probability, 12);
    expect(label.top_logprobs.map(({ token, logprob }) => ({ label: token, probability: Math.exp(logprob) }))).toEqual(
      expected.map(({ label, probability }) => ({ label, probability: expect.closeTo(probability, 12) })),
    );
  });

  test("logprobs come only when asked for", async () => {
    expect((await ask(Desk, { logprobs: false, top_logprobs: null })).choices[0]!.logprobs).toBeNull();
    const one = await ask(Desk, { top_logprobs: 1 });
    expect(one.choices[0]!.logprobs!.content![1]!.top_logprobs).toHaveLength(1);
  });

  test("a label that the schema no longer has is not answered", async () => {
    const answer = await ask(z.object({ team: z.enum(["billing", "technical", "new-team"]) }));
    expect(JSON.parse(answer.choices[0]!.message.content!).team).toMatch(/billing|technical/);
    const tokens = answer.choices[0]!.logprobs!.content!;
    expect(tokens[1]!.top_logprobs.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0)).toBeCloseTo(1, 9);
  });

  test("a message that is no input object is read as it stands", async () => {
    const answer = await ask(Desk, { messages: [{ role: "user", content: "the app crashes" }] });
    expect(JSON.parse(answer.choices[0]!.message.content!).team).toBe("technical");
  });
});

describe("what it cannot do, it says", () => {
  test.each([
    ["free text", z.object({ reply: z.string() }), /"reply" is not an enum.*cannot write free text/],
    ["a field without training", z.object({ mood: z.enum(["good", "bad"]) }), /not trained for the field "mood"/],
    ["labels it never saw", z.object({ team: z.enum(["sales", "legal"]) }), /no label of the field "team"/],
  ])("%s is a 400", async (_, schema, message) => {
    await expect(ask(schema)).rejects.toMatchObject({ status: 400, message: expect.stringMatching(message) });
  });

  test("an untrained model is a 404 with advice", async () => {
    await expect(ask(Desk, { model: "builtin/desk@0" })).rejects.toMatchObject({
      status: 404,
      code: "model.not_trained",
      message: expect.stringMatching(/builtin\/desk@0 is not trained: add labelled records/),
    });
  });

  test("another endpoint is a 404, and a request without a schema a 400", async () => {
    await expect(client.models.list()).rejects.toMatchObject({ status: 404 });
    await expect(client.chat.completions.create({ model: weights.id, messages: [{ role: "user", content: "hi" }] })).rejects.toMatchObject({
      status: 400,
    });
  });
});

describe("behind the model port", () => {
  const request = { decision: "triage", instruction: "Which team?", input, schema: Desk, schemaName: "triage", modelId: weights.id };

  function port(source: typeof load) {
    return openAiCompatibleModel({
      id: "default",
      provider: "builtin",
      label: "Built-in statistical model (not a language model)",
      apiKey: "builtin",
      baseURL: "http://builtin.invalid/v1",
      fetch: builtinFetch({ load: source }),
      capabilities: { logprobs: true, temperature: false },
      price: { inputUsd: 0, outputUsd: 0, asOf: "2026-11-23", source: "runs inside this Worker" },
      timeoutMs: 5000,
    });
  }

  test("confidence is the calibrated probability of the weakest field, and the call is free", async () => {
    const { fields } = predictFields(weights, "Parcel\nthe courier lost my package");
    const result = await port(load).decide(request, () => 0);
    expect(result).toMatchObject({
      ok: true,
      decision: {
        value: { priority: "normal", team: "shipping" },
        confidence: expect.closeTo(Math.min(fields.team![0]!.probability, fields.priority![0]!.probability), 9),
        source: "logprobs",
        costUsd: 0,
      },
    });
  });

  test("an untrained model fails as such until it is trained; then its weights are loaded once", async () => {
    let loads = 0;
    let trained = false;
    const model = port(async () => {
      loads++;
      return trained ? weights : null;
    });
    expect(await model.decide(request, () => 0)).toMatchObject({ ok: false, error: { code: "model.not_trained" } });
    trained = true;
    for (let call = 0; call < 3; call++) expect(await model.decide(request, () => 0)).toMatchObject({ ok: true });
    expect(loads).toBe(2);
  });

  test("a store that cannot be read is an unavailable model", async () => {
    const model = port(() => Promise.reject(new Error("storage is down")));
    expect(await model.decide(request, () => 0)).toMatchObject({ ok: false, error: { code: "model.unavailable" } });
  });
});
