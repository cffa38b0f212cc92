// The contract of the model port, run on every implementation: what each sends keeps its vendor's own description, and each answer, good or bad, means the same.
// The vendors are played by the sandbox's stand-ins, whose answers are held against the same descriptions.
import type { Message } from "@anthropic-ai/sdk/resources/messages/messages";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import * as z from "zod";
import { type ChatRequest, complete } from "../../../sandbox/model/completion.ts";
import {
  type AnswerFault,
  anthropicError,
  bodyFault,
  distortCompletion,
  distortMessage,
  openAiError,
} from "../../../sandbox/model/distort.ts";
import { answerMessage, type MessagesRequest } from "../../../sandbox/model/message.ts";
import { DEFAULT_MODEL } from "../../../sandbox/model/rules.ts";
import type { ModelRequest } from "../../../src/inference/model.ts";
import { claude } from "../../../src/inference/providers/claude.ts";
import { compatibleHost } from "../../../src/inference/providers/compatible-host.ts";
import { gemini } from "../../../src/inference/providers/gemini.ts";
import { openai } from "../../../src/inference/providers/openai.ts";
import type { ProviderSource } from "../../../src/inference/providers/source.ts";
import { workersAi } from "../../../src/inference/providers/workers-ai.ts";
import { anthropicSample, hasAnthropicContract, hasOpenAiContract, openAiContract } from "./contracts.ts";

const ACCOUNT = "0123456789abcdef0123456789abcdef";
const BINDINGS: Readonly<Record<string, string>> = {
  OPENAI_API_KEY: "sk-openai-secret",
  GEMINI_API_KEY: "gemini-secret",
  CLOUDFLARE_ACCOUNT_ID: ACCOUNT,
  CLOUDFLARE_API_TOKEN: "cf-secret",
  ANTHROPIC_API_KEY: "sk-ant-secret",
  OWN_MODEL_URL: "http://models.internal:8000/v1/",
  OWN_MODEL_KEY: "own-secret",
  GATEWAY_URL: `https://gateway.ai.cloudflare.com/v1/${ACCOUNT}/main`,
  GATEWAY_TOKEN: "gateway-secret",
};
const GATEWAY = { url: "GATEWAY_URL", token: "GATEWAY_TOKEN" };
const AT_GATEWAY = BINDINGS.GATEWAY_URL;
const VIA = { provider: "cloudflare", host: "gateway.ai.cloudflare.com" };

interface Implementation {
  readonly name: string;
  readonly dialect: "openai" | "anthropic";
  readonly source: ProviderSource;
  readonly url: string;
  readonly at: { readonly provider: string; readonly host: string; readonly via?: typeof VIA };
  /** What is sent besides model, messages and the ceiling. */
  readonly sends: Readonly<Record<string, unknown>>;
  readonly measures: boolean;
}

const strict = { response_format: expect.objectContaining({ type: "json_schema" }) };
const logprobs = { logprobs: true, top_logprobs: 5 };
const format = { output_config: { format: expect.objectContaining({ type: "json_schema" }) } };
const OPENAI = { provider: "openai", host: "api.openai.com" };
const ANTHROPIC = { provider: "anthropic", host: "api.anthropic.com" };
const GOOGLE = { provider: "google", host: "generativelanguage.googleapis.com" };
const CLOUDFLARE = { provider: "cloudflare", host: "api.cloudflare.com" };
const OWN = { provider: "own", host: "models.internal:8000" };
const chat = (base: string): string => `${base}/chat/completions`;
const openaiUrl = chat("https://api.openai.com/v1");
const ownUrl = chat("http://models.internal:8000/v1");
const LLAMA = "@cf/meta/llama-3.3-70b-instruct-fp8-fast";
const own = { provider: "own", model: "qwen3", baseUrl: "OWN_MODEL_URL" };

const IMPLEMENTATIONS: readonly Implementation[] = [
  {
    name: "OpenAI, with probabilities",
    dialect: "openai",
    source: openai({ model: "gpt-4.1-mini" }),
    url: openaiUrl,
    at: OPENAI,
    sends: { ...strict, ...logprobs, temperature: 0 },
    measures: true,
  },
  {
    name: "OpenAI, with probabilities only without thinking",
    dialect: "openai",
    source: openai({ model: "gpt-5.1" }),
    url: openaiUrl,
    at: OPENAI,
    sends: { ...strict, ...logprobs, temperature: 0, reasoning_effort: "none" },
    measures: true,
  },
  {
    name: "OpenAI, thinking",
    dialect: "openai",
    source: openai({ model: "gpt-5-mini" }),
    url: openaiUrl,
    at: OPENAI,
    sends: strict,
    measures: false,
  },
  {
    name: "OpenAI, a model nobody has read about",
    dialect: "openai",
    source: openai({ model: "omega-1", region: "eu" }),
    url: chat("https://eu.api.openai.com/v1"),
    at: { provider: "openai", host: "eu.api.openai.com" },
    sends: {},
    measures: false,
  },
  {
    name: "OpenAI through the AI Gateway",
    dialect: "openai",
    source: openai({ model: "gpt-4o", gateway: GATEWAY, apiKey: "OPENAI_API_KEY" }),
    url: chat(`${AT_GATEWAY}/openai`),
    at: { ...OPENAI, via: VIA },
    sends: { ...strict, ...logprobs, temperature: 0 },
    measures: true,
  },
  {
    name: "Gemini",
    dialect: "openai",
    source: gemini({ model: "gemini-2.5-flash" }),
    url: chat("https://generativelanguage.googleapis.com/v1beta/openai"),
    at: GOOGLE,
    sends: { ...strict, temperature: 0 },
    measures: false,
  },
  {
    name: "Gemini through the AI Gateway, which adds the key",
    dialect: "openai",
    source: gemini({ model: "gemini-3-flash", gateway: GATEWAY }),
    url: chat(`${AT_GATEWAY}/google-ai-studio/v1beta/openai`),
    at: { ...GOOGLE, via: VIA },
    sends: strict,
    measures: false,
  },
  {
    name: "Workers AI",
    dialect: "openai",
    source: workersAi({ model: LLAMA }),
    url: chat(`https://api.cloudflare.com/client/v4/accounts/${ACCOUNT}/ai/v1`),
    at: CLOUDFLARE,
    sends: { ...strict, temperature: 0 },
    measures: false,
  },
  {
    name: "Workers AI through the AI Gateway",
    dialect: "openai",
    source: workersAi({ model: LLAMA, gateway: GATEWAY, capabilities: { logprobs: true } }),
    url: chat(`${AT_GATEWAY}/workers-ai/v1`),
    at: { ...CLOUDFLARE, via: VIA },
    sends: { ...strict, ...logprobs, temperature: 0 },
    measures: true,
  },
  {
    name: "vLLM of one's own",
    dialect: "openai",
    source: compatibleHost({ ...own, server: "vllm" }),
    url: ownUrl,
    at: OWN,
    sends: { ...strict, ...logprobs, temperature: 0 },
    measures: true,
  },
  {
    name: "Ollama of one's own",
    dialect: "openai",
    source: compatibleHost({ ...own, server: "ollama", apiKey: "OWN_MODEL_KEY" }),
    url: ownUrl,
    at: OWN,
    sends: { ...strict, temperature: 0 },
    measures: false,
  },
  {
    name: "a host that nobody has read about",
    dialect: "openai",
    source: compatibleHost(own),
    url: ownUrl,
    at: OWN,
    sends: {},
    measures: false,
  },
  {
    name: "Claude",
    dialect: "anthropic",
    source: claude({ model: "claude-sonnet-4-6" }),
    url: "https://api.anthropic.com/v1/messages",
    at: ANTHROPIC,
    sends: format,
    measures: false,
  },
  {
    name: "Claude, a model that takes no schema",
    dialect: "anthropic",
    source: claude({ model: "claude-fable-5" }),
    url: "https://api.anthropic.com/v1/messages",
    at: ANTHROPIC,
    sends: {},
    measures: false,
  },
  {
    name: "Claude through the AI Gateway, which adds the key",
    dialect: "anthropic",
    source: claude({ model: "claude-opus-4-8", gateway: GATEWAY }),
    url: `${AT_GATEWAY}/anthropic/v1/messages`,
    at: { ...ANTHROPIC, via: VIA },
    sends: format,
    measures: false,
  },
];

const NOW = Date.parse("2026-11-23T12:00:00Z");
const TIMEOUT_MS = 60_000;
const SUBJECT = "Charged twice for invoice 4711 of Noor Haddad";
const request: Omit<ModelRequest, "modelId"> = {
  decision: "triage",
  instruction: "Choose the team.",
  input: { "ticket.subject": SUBJECT },
  schema: z.object({ team: z.enum(["billing", "shipping"]), amount: z.number().min(0), code: z.string().max(40) }),
  schemaName: "triage",
};

interface Sent {
  readonly url: string;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}
type Answer = (body: Record<string, unknown>, signal: AbortSignal | null | undefined) => Response | Promise<Response>;

/** Asks once; `answer` plays the vendor. */
async function ask({ source }: Implementation, answer: Answer, more: Partial<ModelRequest> = {}, bindings = BINDINGS) {
  const sent: Sent[] = [];
  const model = source.build("ticket-triage", {
    binding: (name) => bindings[name],
    fetch: async (input, init) => {
      const body = JSON.parse(String(init?.body)) as Record<string, unknown>;
      sent.push({ url: String(input), headers: new Headers(init?.headers), body });
      return answer(body, init?.signal);
    },
  });
  const result = await model.decide({ ...request, modelId: model.id, ...more }, () => NOW);
  return { model, sent, result, text: JSON.stringify(result) };
}

const completion = (body: object) => complete(body as ChatRequest, DEFAULT_MODEL, "chatcmpl-1", 1_790_000_000);
const message = (body: object) => answerMessage(body as MessagesRequest, DEFAULT_MODEL, "msg_1");
const good =
  ({ dialect }: Implementation): Answer =>
  (body) =>
    Response.json(dialect === "openai" ? completion(body) : message(body));
const bad =
  ({ dialect }: Implementation, kind: AnswerFault): Answer =>
  (body) =>
    Response.json(dialect === "openai" ? distortCompletion(completion(body), kind) : distortMessage(message(body) as Message, kind));
const refusing =
  ({ dialect }: Implementation, status: number, headers: Record<string, string> = {}, said = "No."): Answer =>
  () =>
    Response.json(dialect === "openai" ? openAiError(status, said) : anthropicError(status, said), { status, headers });

describe.each(IMPLEMENTATIONS)("$name", (one) => {
  test("asks once, at its own address, with what the model is known to take and nothing else", async () => {
    const { sent, model } = await ask(one, good(one));
    expect(sent).toHaveLength(1);
    expect(sent[0]?.url).toBe(one.url);
    const { model: id, messages: _, system: __, max_completion_tokens: a, max_tokens: b, ...rest } = sent[0]?.body ?? {};
    expect(id).toBe(model.id);
    expect([a, b].filter((ceiling) => typeof ceiling === "number")).toHaveLength(1);
    expect(rest).toEqual(one.sends);
  });

  test("says who receives the data, and who stands on the way", async () => {
    const { model } = await ask(one, good(one));
    expect({ provider: model.provider, host: model.host, ...(model.via ? { via: model.via } : {}) }).toEqual(one.at);
    expect(model.local).toBeUndefined();
  });

  test("sends its key and the gateway's token, and no other of the deployment's secrets", async () => {
    const { sent } = await ask(one, good(one));
    const secrets = [...(sent[0]?.headers ?? [])].filter(([, value]) => value.includes("secret")).map(([name]) => name);
    const keyless = one.name.includes("adds the key") || (one.at.provider === "own" && !one.name.startsWith("Ollama"));
    expect(secrets.sort()).toEqual([...(keyless ? [] : ["authorization"]), ...(one.at.via ? ["cf-aig-authorization"] : [])].sort());
    expect(sent[0]?.headers.get("authorization") === null).toBe(keyless);
    expect(sent[0]?.headers.get("cf-aig-collect-log")).toBe(one.at.via ? "false" : null);
    expect(JSON.stringify(sent[0]?.body)).not.toContain("secret");
  });

  test("a good answer is a decision with its measure, or says that there is none", async () => {
    const { result } = await ask(one, good(one));
    expect(result).toMatchObject({
      ok: true,
      decision: {
        value: { team: "billing", amount: expect.any(Number), code: expect.any(String) },
        provider: one.at.provider,
        source: one.measures ? "logprobs" : "none",
        costUsd: null,
        latencyMs: 0,
      },
    });
    if (!result.ok) return;
    expect(result.decision.usage?.promptTokens).toBeGreaterThan(0);
    expect(result.decision.usage?.completionTokens).toBeGreaterThan(0);
    expect(Object.keys(result.decision.fields).sort()).toEqual(one.measures ? ["amount", "code", "team"] : []);
    expect(result.decision.confidence > 0).toBe(one.measures);
    expect(result.decision.basis).toEqual({
      prompt: expect.stringMatching(/^[0-9a-f]{64}$/),
      schema: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test.each<[AnswerFault, string, RegExp]>([
    ["refusal", "model.refused", /declined/],
    ["truncated", "model.invalid_output", /cut off/],
    ["not-json", "model.invalid_output", /not JSON/],
    ["outside-schema", "model.invalid_output", /outside its schema/],
    ["empty-answer", "model.invalid_output", /empty/],
  ])("an answer with the fault %s is %s", async (kind, code, words) => {
    const { result, sent, text } = await ask(one, bad(one, kind));
    expect(result).toMatchObject({ ok: false, error: { code, message: expect.stringMatching(words) } });
    expect(text).not.toMatch(/Noor|4711|secret|invented/);
    expect(sent).toHaveLength(1);
  });

  test("a value outside the schema is named by its path and never repeated", async () => {
    const { result, text } = await ask(one, (body) => {
      const wrong = JSON.stringify({ team: "Noor Haddad", amount: -1, code: "c" });
      if (one.dialect === "anthropic")
        return Response.json({ ...message(body), content: [{ type: "text", text: wrong, citations: null }] });
      const whole = completion(body) as { choices: { message: object }[] };
      return Response.json({ ...whole, choices: [{ ...whole.choices[0], message: { ...whole.choices[0]?.message, content: wrong } }] });
    });
    expect(result).toMatchObject({
      ok: false,
      error: { code: "model.invalid_output", message: expect.stringMatching(/team: .*amount: /) },
    });
    expect(text).not.toContain("Noor");
  });

  test.each(["empty-body", "html-200", "empty-stream"] as const)("status 200 with %s is a provider that failed", async (kind) => {
    const { result, sent } = await ask(one, () => bodyFault(kind));
    expect(result).toMatchObject({ ok: false, error: { code: "model.unavailable", message: expect.stringContaining(one.at.provider) } });
    expect(sent).toHaveLength(1);
  });

  test.each([
    [400, "model.rejected"],
    [401, "model.unauthorised"],
    [402, "model.unauthorised"],
    [403, "model.unauthorised"],
    [404, "model.rejected"],
    [408, "model.unavailable"],
    [413, "model.rejected"],
    [422, "model.rejected"],
    [429, "model.rate_limited"],
    [500, "model.unavailable"],
    [503, "model.unavailable"],
    [529, "model.unavailable"],
  ])("status %i is %s, after one call", async (status, code) => {
    const { result, sent } = await ask(one, refusing(one, status));
    expect(result).toMatchObject({ ok: false, error: { code, message: expect.stringContaining(`${one.at.provider} answered ${status}`) } });
    expect(sent).toHaveLength(1);
  });

  test("a page with status 503 is not repeated", async () => {
    const { result } = await ask(one, () => new Response("<html>We are down</html>", { status: 503, headers: { "retry-after": "9" } }));
    expect(result).toEqual({
      ok: false,
      error: { code: "model.unavailable", message: `${one.at.provider} answered 503`, retryAfterMs: 9000 },
    });
  });

  test("a redirect is not followed: the record would go to another host", async () => {
    const { result, sent } = await ask(one, () => new Response(null, { status: 307, headers: { location: "https://elsewhere.example/" } }));
    expect(result).toMatchObject({ ok: false, error: { code: "model.rejected", message: expect.stringContaining("redirect") } });
    expect(sent).toHaveLength(1);
  });

  test.each([
    ["seconds", { "retry-after": "2" }, 2000],
    ["parts of a second", { "retry-after": "0.25" }, 250],
    ["a date", { "retry-after": "Mon, 23 Nov 2026 12:00:30 GMT" }, 30_000],
    ["a date gone by", { "retry-after": "Mon, 23 Nov 2026 11:00:00 GMT" }, 0],
    ["milliseconds before seconds", { "retry-after": "2", "retry-after-ms": "150" }, 150],
    ["the reset of the limit that is used up", { "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1m0.5s" }, 60_500],
    [
      "Anthropic's reset",
      { "anthropic-ratelimit-tokens-remaining": "0", "anthropic-ratelimit-tokens-reset": "2026-11-23T12:00:07Z" },
      7000,
    ],
    ["a day, which is not believed", { "retry-after": "86400" }, 15 * 60_000],
  ])("429 tells when to try again: %s", async (_, headers, retryAfterMs) => {
    const { result } = await ask(one, refusing(one, 429, headers));
    expect(result).toMatchObject({ ok: false, error: { code: "model.rate_limited", retryAfterMs } });
  });

  test.each<Record<string, string>>([
    { "retry-after": "soon" },
    { "retry-after": "1e9x" },
    { "x-ratelimit-remaining-requests": "3", "x-ratelimit-reset-requests": "9s" },
  ])("a waiting time that says nothing is none: %j", async (headers) => {
    const { result } = await ask(one, refusing(one, 429, headers));
    expect(result.ok ? {} : result.error).not.toHaveProperty("retryAfterMs");
  });

  test("an error that quotes the record or the key repeats neither", async () => {
    const quoted = `Invalid value 'charged twice for invoice 4711 of Noor' from sk-openai-secret gemini-secret cf-secret sk-ant-secret own-secret gateway-secret`;
    const own = Object.entries(BINDINGS).filter(([name]) => /KEY|TOKEN/.test(name));
    const { result, text, sent } = await ask(one, refusing(one, 400, {}, quoted));
    expect(result).toMatchObject({
      ok: false,
      error: { code: "model.rejected", message: expect.stringContaining("Invalid value '[record]") },
    });
    expect(text).not.toMatch(/Noor|4711|charged twice/i);
    const used = own.filter(([, secret]) => [...(sent[0]?.headers.values() ?? [])].some((value) => value.includes(secret)));
    for (const [name, secret] of used) expect(text, name).not.toContain(secret);
  });

  test.each([
    ["logprobs", "logprobs: false"],
    ["temperature", "temperature: false"],
    ["response_format", 'structured: "prompt"'],
  ])("a 400 that names %s says what to switch off, and where", async (parameter, off) => {
    const { result } = await ask(one, refusing(one, 400, {}, `Unsupported parameter: '${parameter}' is not supported with this model.`));
    expect(result).toMatchObject({
      ok: false,
      error: { code: "model.rejected", message: expect.stringContaining(`capabilities: { ${off} } in src/config.ts`) },
    });
  });

  test("no connection is a provider that cannot be reached, in words of ours", async () => {
    const { result, sent } = await ask(one, () => Promise.reject(new TypeError(`fetch failed for ${SUBJECT}`)));
    expect(result).toEqual({
      ok: false,
      error: { code: "model.unavailable", message: `${one.at.provider} could not be reached` },
    });
    expect(sent).toHaveLength(1);
  });

  test("a request that holds what must not leave is not sent", async () => {
    const seen: string[] = [];
    const { result, sent } = await ask(one, good(one), {
      leaving: (body) => {
        seen.push(body);
        return { code: "model.forbidden_value", message: "held" };
      },
    });
    expect(result).toEqual({ ok: false, error: { code: "model.forbidden_value", message: "held" } });
    expect(sent).toHaveLength(0);
    expect(seen[0]).toContain("ticket.subject");
  });

  test("a repair says what was wrong, at the end of the instruction; a sample has some chance in it where the model takes that", async () => {
    const { sent } = await ask(one, good(one), { repair: { issues: "team: invalid_value" }, sample: 2 });
    const { messages, system, temperature } = (sent[0]?.body ?? {}) as {
      messages: { content: string }[];
      system?: string;
      temperature?: number;
    };
    expect(system ?? messages[0]?.content).toMatch(/Choose the team\.[\s\S]*not accepted: team: invalid_value\. Answer again/);
    expect(messages.at(-1)?.content).not.toContain("invalid_value");
    expect(temperature).toBe(one.sends.temperature === undefined ? undefined : 0.7);
  });

  describe("a slow answer", () => {
    beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
    afterEach(() => void vi.useRealTimers());

    test("ends at the time limit, by one aborted call", async () => {
      let aborted = 0;
      const never: Answer = (_, signal) =>
        new Promise((_resolve, reject) =>
          signal?.addEventListener("abort", () => {
            aborted++;
            reject(new DOMException("This operation was aborted", "AbortError"));
          }),
        );
      const asked = ask(one, never);
      await vi.advanceTimersByTimeAsync(TIMEOUT_MS - 1);
      expect(aborted).toBe(0);
      await vi.advanceTimersByTimeAsync(1);
      expect((await asked).result).toEqual({
        ok: false,
        error: { code: "model.unavailable", message: `${one.at.provider} timed out: no answer within 60 s` },
      });
      expect(aborted).toBe(1);
    });
  });
});

describe.each(IMPLEMENTATIONS.filter(({ dialect }) => dialect === "openai"))("$name, by OpenAI's own description", (one) => {
  test.skipIf(!hasOpenAiContract)("its request is one, of known parameters only (skipped without ../shared/contracts)", async () => {
    const { sent } = await ask(one, good(one), { sample: 2, repair: { issues: "x" } });
    const { request: valid, parameters } = openAiContract();
    valid(sent[0]?.body);
    expect(valid.errors ?? []).toEqual([]);
    expect(Object.keys(sent[0]?.body ?? {}).filter((name) => !parameters.has(name))).toEqual([]);
  });

  test.skipIf(!hasOpenAiContract)("the stand-in's answers are answers (skipped without ../shared/contracts)", async () => {
    const { sent } = await ask(one, good(one));
    const whole = completion(sent[0]?.body ?? {});
    const { answer: valid } = openAiContract();
    for (const given of [
      whole,
      ...(["refusal", "truncated", "not-json", "outside-schema", "empty-answer"] as const).map((kind) => distortCompletion(whole, kind)),
    ]) {
      valid(given);
      expect(valid.errors ?? []).toEqual([]);
    }
  });
});

test.skipIf(!hasOpenAiContract)("OpenAI's description refuses what is no request (skipped without ../shared/contracts)", () => {
  const { request: valid, answer } = openAiContract();
  expect(valid({ model: "m", messages: [{ role: "narrator", content: "x" }] })).toBe(false);
  expect(valid({ model: "m", messages: [{ role: "user", content: "x" }], temperature: "warm" })).toBe(false);
  expect(answer({ choices: [] })).toBe(false);
});

describe.each(IMPLEMENTATIONS.filter(({ dialect }) => dialect === "anthropic"))("$name, by Anthropic's own sample", (one) => {
  test.skipIf(!hasAnthropicContract)(
    "its request has the sample's shape, and the instruction besides (skipped without ../shared/contracts)",
    async () => {
      const { sent } = await ask(one, good(one));
      const { body, url } = anthropicSample().request;
      expect(new URL(one.url).pathname.endsWith(new URL(url).pathname)).toBe(true);
      const ours = sent[0]?.body ?? {};
      const { output_config: _, ...withoutFormat } = body;
      const { system, ...sample } = ours;
      expect(system).toEqual(expect.any(String));
      expect(shapeOf(sample)).toEqual(shapeOf("output_config" in ours ? body : withoutFormat));
      expect(sent[0]?.headers.get("anthropic-version")).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    },
  );
});

/** Names and types; of a schema, that it is one. */
function shapeOf(node: unknown): unknown {
  if (Array.isArray(node)) return [shapeOf(node[0])];
  if (typeof node !== "object" || node === null) return typeof node;
  return Object.fromEntries(
    Object.entries(node).map(([name, child]) => [name, name === "schema" ? Object.keys(child as object).sort() : shapeOf(child)]),
  );
}

describe("what is not set", () => {
  const without = (...names: string[]) => Object.fromEntries(Object.entries(BINDINGS).filter(([name]) => !names.includes(name)));
  const find = (name: string): Implementation => IMPLEMENTATIONS.find((one) => one.name === name) as Implementation;

  test.each([
    ["OpenAI, with probabilities", ["OPENAI_API_KEY"]],
    ["Gemini", ["GEMINI_API_KEY"]],
    ["Workers AI", ["CLOUDFLARE_API_TOKEN"]],
    ["Claude", ["ANTHROPIC_API_KEY"]],
    ["Ollama of one's own", ["OWN_MODEL_KEY"]],
    ["OpenAI through the AI Gateway", ["OPENAI_API_KEY", "GATEWAY_TOKEN"]],
    ["Claude through the AI Gateway, which adds the key", ["GATEWAY_TOKEN"]],
  ])("is named: %s without %j; the model stands, and is not asked", async (name, missing) => {
    const { result, sent } = await ask(find(name), () => expect.unreachable("nothing is sent"), {}, without(...missing));
    expect(result).toMatchObject({ ok: false, error: { code: "model.unauthorised" } });
    for (const binding of missing)
      expect(result).toMatchObject({ error: { message: expect.stringContaining(`wrangler secret put ${binding}`) } });
    expect(sent).toHaveLength(0);
  });

  test.each([
    ["vLLM of one's own", "OWN_MODEL_URL", undefined, /OWN_MODEL_URL \(the address of own\) is not set/],
    ["vLLM of one's own", "OWN_MODEL_URL", "models.internal", /OWN_MODEL_URL .* must be http/],
    ["vLLM of one's own", "OWN_MODEL_URL", "https://user:pass@models.internal/v1", /^(?!.*pass).*must be http/],
    ["Workers AI", "CLOUDFLARE_ACCOUNT_ID", undefined, /CLOUDFLARE_ACCOUNT_ID .* is not set/],
    ["Workers AI", "CLOUDFLARE_ACCOUNT_ID", "../../evil", /CLOUDFLARE_ACCOUNT_ID .* is none/],
    ["OpenAI through the AI Gateway", "GATEWAY_URL", undefined, /GATEWAY_URL .* is not set/],
  ])("is named where nobody can say without it where the data would go: %s, %s=%s", (name, binding, value, words) => {
    const bindings: Record<string, string | undefined> = { ...BINDINGS, [binding]: value };
    const build = () =>
      find(name).source.build("w", { binding: (one) => bindings[one], fetch: () => expect.unreachable("nothing is sent") });
    expect(build).toThrow(words);
  });
});

describe("words of one vendor", () => {
  const [openAi] = IMPLEMENTATIONS as [Implementation];
  const googles = IMPLEMENTATIONS.find(({ name }) => name === "Gemini") as Implementation;
  const anthropics = IMPLEMENTATIONS.find(({ name }) => name === "Claude") as Implementation;

  test("Google's error in an array is read, and its RetryInfo waited for", async () => {
    const details = [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "34.5s" }];
    const body = [{ error: { code: 429, message: "Quota exceeded", status: "RESOURCE_EXHAUSTED", details } }];
    const { result } = await ask(googles, () => Response.json(body, { status: 429 }));
    expect(result).toEqual({
      ok: false,
      error: { code: "model.rate_limited", message: "google answered 429: Quota exceeded", retryAfterMs: 34_500 },
    });
  });

  test("Cloudflare's errors in an array are read", async () => {
    const body = { success: false, errors: [{ code: 10000, message: "Authentication error" }] };
    const { result } = await ask(googles, () => Response.json(body, { status: 400 }));
    expect(result).toMatchObject({ error: { message: "google answered 400: Authentication error" } });
  });

  test("OpenAI's used-up quota is a matter for whoever pays", async () => {
    const { result } = await ask(openAi, () =>
      Response.json(openAiError(429, "You exceeded your quota", "insufficient_quota"), { status: 429 }),
    );
    expect(result).toMatchObject({ error: { code: "model.unauthorised", message: expect.stringContaining("billing") } });
  });

  test("OpenAI's filter of what is asked is a refusal", async () => {
    const { result } = await ask(openAi, () => Response.json(openAiError(400, "Filtered", "content_filter"), { status: 400 }));
    expect(result).toMatchObject({ error: { code: "model.refused" } });
  });

  test("Claude's tokens from and to the cache count as read, and cost what is read from a cache and what is written to one", async () => {
    const price = { inputUsd: 3, cachedInputUsd: 0.3, cacheWriteUsd: 3.75, outputUsd: 15, asOf: "2026-11-23", source: "test" };
    const usage = { input_tokens: 100, cache_read_input_tokens: 1000, cache_creation_input_tokens: 50, output_tokens: 20 };
    const one = { ...anthropics, source: claude({ model: "claude-sonnet-4-6", price }) };
    const { result } = await ask(one, (body) => Response.json({ ...message(body), usage }));
    expect(result).toMatchObject({
      ok: true,
      decision: {
        usage: { promptTokens: 1150, cachedTokens: 1000, cacheWriteTokens: 50, completionTokens: 20 },
        costUsd: (100 * 3 + 1000 * 0.3 + 50 * 3.75 + 20 * 15) / 1e6,
      },
    });
  });

  test.each([
    ["model_context_window_exceeded", "model.rejected"],
    ["pause_turn", "model.invalid_output"],
    ["tool_use", "model.invalid_output"],
    [null, "model.invalid_output"],
  ])("Claude that stops for %s is %s", async (stop_reason, code) => {
    const { result } = await ask(anthropics, (body) => Response.json({ ...message(body), stop_reason }));
    expect(result).toMatchObject({ ok: false, error: { code } });
  });

  test("Claude's thinking is not its answer", async () => {
    const { result } = await ask(anthropics, (body) => {
      const whole = message(body);
      return Response.json({ ...whole, content: [{ type: "thinking", thinking: "Hm.", signature: "s" }, ...whole.content] });
    });
    expect(result).toMatchObject({ ok: true });
  });

  test("an answer set in a block of code is read where only the prompt asked for JSON", async () => {
    const fenced = IMPLEMENTATIONS.find(({ name }) => name === "Claude, a model that takes no schema") as Implementation;
    const { result } = await ask(fenced, (body) => {
      const whole = message(body);
      const [block] = whole.content;
      const text = block?.type === "text" ? block.text : "";
      return Response.json({ ...whole, content: [{ type: "text", text: `\`\`\`json\n${text}\n\`\`\``, citations: null }] });
    });
    expect(result).toMatchObject({ ok: true, decision: { value: { team: "billing" } } });
  });
});
