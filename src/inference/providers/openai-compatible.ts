// Any provider that answers OpenAI's chat completions, the built-in model included: one decision is one call with a closed schema.
// It must not retry (the engine does, with its journal), and must not send a parameter that the model is not known to accept:
// newer models answer 400 to logprobs or temperature. The only file that imports the SDK.
// Sequence: prompt -> call -> parse -> check against the schema -> confidence -> cost.
import OpenAI from "openai";
import type * as z from "zod";
import { randomHex } from "../../core/crypto.ts";
import type { FieldConfidence } from "../../core/decision.ts";
import { choiceConfidences, leastConfident } from "../confidence.ts";
import { costUsd, type Price } from "../cost.ts";
import type { Model, ModelDecision, ModelFailure, ModelRequest, ModelResult } from "../model.ts";
import { type OutputSchema, outputSchemaOf } from "../output-schema.ts";
import { NONCE_BYTES, promptDigest, systemMessage, userMessage } from "../prompt.ts";
import { failureOf, invalidOutput } from "./failure.ts";

export interface ModelCapabilities {
  /** Answers logprobs and top_logprobs on chat completions. */
  logprobs: boolean;
  /** Accepts a temperature; 0 is sent. */
  temperature: boolean;
  /** false: the words of a record are not marked as data. Marks cost a few tokens a word. */
  datamark?: boolean;
  /** Sent as it is. Some models give logprobs only at "none". */
  reasoningEffort?: "none" | "minimal" | "low" | "medium" | "high";
}

export interface OpenAiCompatibleOptions {
  id: string;
  provider: string;
  label: string;
  /** The model runs inside this deployment, and `fetch` leads to it. */
  local?: true;
  apiKey: string;
  /** Up to and without "/chat/completions". */
  baseURL: string;
  /** The way out; the SDK gets no other. */
  fetch: typeof fetch;
  capabilities: ModelCapabilities;
  /** What this deployment pays, where that is not the list price of ../prices.ts. */
  price?: Price;
  /** Milliseconds for the whole call. */
  timeoutMs: number;
  /** Ceiling on what the model writes, hidden reasoning included. */
  maxCompletionTokens?: number;
}

const DEFAULT_MAX_COMPLETION_TOKENS = 2000;
const PATH = "/chat/completions";

type StrictSchema = Extract<OutputSchema, { ok: true }>;

export function openAiCompatibleModel(options: OpenAiCompatibleOptions): Model {
  // Made at the first decision: a deployment may list models that it has no key for, and must still start.
  let client: LeanClient | undefined;

  async function decide(request: ModelRequest, now: () => number): Promise<ModelResult> {
    const output = outputSchemaOf(request.schema);
    if (!output.ok) return failed({ code: "model.rejected", message: `${request.decision}: ${output.problem}` });
    if (options.apiKey === "")
      return failed({ code: "model.rejected", message: `no API key is configured for the provider ${options.provider}` });
    const began = now();
    const body = bodyOf(request, output, options);
    // The client makes the same text of the same object.
    const refused = request.leaving?.(JSON.stringify(body));
    if (refused) return failed(refused);
    let completion: OpenAI.ChatCompletion;
    try {
      client ??= new LeanClient(options);
      completion = await client.chat.completions.create(body);
    } catch (error) {
      return failed(failureOf(error, options.apiKey, now()));
    }
    return decisionOf(completion, request, output, options, began, now);
  }

  const { id, provider, label, local, maxCompletionTokens = DEFAULT_MAX_COMPLETION_TOKENS } = options;
  return { id, provider, label, host: new URL(options.baseURL).host, ...(local ? { local } : {}), maxCompletionTokens, decide };
}

type RequestOptions = Parameters<OpenAI["buildRequest"]>[0];

/** The SDK makes some fifteen headers anew for each call, a third of a call's processor time in workerd. Here they are made once. */
class LeanClient extends OpenAI {
  readonly #headers: Headers;
  readonly #url: string;

  constructor({ apiKey, baseURL, fetch, timeoutMs }: OpenAiCompatibleOptions) {
    // Organization and project would otherwise come from the environment, which is the Worker's and not this provider's.
    super({ apiKey, baseURL, fetch, timeout: timeoutMs, maxRetries: 0, logLevel: "off", organization: null, project: null });
    this.#headers = new Headers({
      accept: "application/json",
      authorization: `Bearer ${apiKey}`,
      "content-type": "application/json",
      "user-agent": "interlock",
    });
    this.#url = this.buildURL(PATH, null);
  }

  override async buildRequest(options: RequestOptions, attempt?: { retryCount?: number }): ReturnType<OpenAI["buildRequest"]> {
    if (options.path !== PATH) return super.buildRequest(options, attempt);
    return { req: { method: "post", headers: this.#headers, body: JSON.stringify(options.body) }, url: this.#url, timeout: this.timeout };
  }
}

const isMarked = ({ local, capabilities }: OpenAiCompatibleOptions): boolean => !local && capabilities.datamark !== false;

function bodyOf(
  request: ModelRequest,
  output: StrictSchema,
  options: OpenAiCompatibleOptions,
): OpenAI.ChatCompletionCreateParamsNonStreaming {
  const { capabilities, maxCompletionTokens } = options;
  const spotlight = { nonce: randomHex(NONCE_BYTES), marked: isMarked(options) };
  return {
    model: request.modelId,
    messages: [
      { role: "system", content: systemMessage(request.instruction, spotlight) },
      { role: "user", content: userMessage(request.input, spotlight) },
    ],
    response_format: { type: "json_schema", json_schema: { name: request.schemaName, strict: true, schema: output.json } },
    max_completion_tokens: maxCompletionTokens ?? DEFAULT_MAX_COMPLETION_TOKENS,
    ...(capabilities.logprobs ? { logprobs: true, top_logprobs: output.topLogprobs } : {}),
    ...(capabilities.temperature ? { temperature: 0 } : {}),
    ...(capabilities.reasoningEffort ? { reasoning_effort: capabilities.reasoningEffort } : {}),
  };
}

function decisionOf(
  completion: OpenAI.ChatCompletion,
  request: ModelRequest,
  output: StrictSchema,
  options: OpenAiCompatibleOptions,
  began: number,
  now: () => number,
): ModelResult {
  // A gateway's page with status 200 arrives here as text, whatever the type says.
  const choice = completion?.choices?.[0];
  if (!choice?.message) return failed(invalidOutput("the answer has no choice"));
  if (choice.message.refusal || choice.finish_reason === "content_filter") {
    return failed({ code: "model.refused", message: "the model declined to answer" });
  }
  if (choice.finish_reason === "length") return failed(invalidOutput("the answer was cut off at the limit of completion tokens"));
  const content = choice.message.content;
  if (!content) return failed(invalidOutput("the answer is empty"));

  const parsed = parse(content, request.schema);
  if (!parsed.ok) return failed(parsed.error);

  const fields = confidenceFields(content, choice.logprobs?.content, output, options.capabilities);
  const usage = completion.usage;
  const cached = usage?.prompt_tokens_details?.cached_tokens ?? 0;
  const decision: ModelDecision = {
    value: parsed.value,
    confidence: fields === null ? 0 : leastConfident(fields),
    fields: fields ?? {},
    source: fields === null ? "none" : options.local ? "builtin" : "logprobs",
    basis: { prompt: promptDigest(request.instruction, Object.keys(request.input), isMarked(options)), schema: output.digest },
    model: completion.model ?? request.modelId,
    provider: options.provider,
    usage: usage ? { promptTokens: usage.prompt_tokens, cachedTokens: cached, completionTokens: usage.completion_tokens } : null,
    costUsd: costUsd(options.price, usage && { prompt: usage.prompt_tokens, cached, completion: usage.completion_tokens }),
    latencyMs: now() - began,
  };
  return { ok: true, decision };
}

function parse(content: string, schema: z.ZodType): { ok: true; value: unknown } | { ok: false; error: ModelFailure } {
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch {
    // The engine's own message would quote the answer, which may hold personal data.
    return { ok: false, error: invalidOutput("the answer is not JSON") };
  }
  const checked = schema.safeParse(json);
  if (checked.success) {
    // An object schema drops what it does not know; an answer that says more than it was asked is no answer.
    const extra = extraField(json, checked.data);
    return extra === null
      ? { ok: true, value: checked.data }
      : { ok: false, error: invalidOutput(`the answer has a field outside its schema, ${extra}`) };
  }
  const issues = checked.error.issues.map((issue) => `${issue.path.join(".") || "answer"}: ${issue.code}`);
  return { ok: false, error: invalidOutput(`the answer is outside its schema (${issues.join("; ")})`) };
}

/** Where an answer has a field that its schema let fall, as far as a name that is safe to repeat goes. */
function extraField(given: unknown, kept: unknown, path = "answer"): string | null {
  if (Array.isArray(given) && Array.isArray(kept)) {
    for (let i = 0; i < given.length; i++) {
      const extra = extraField(given[i], kept[i], `${path}[]`);
      if (extra !== null) return extra;
    }
    return null;
  }
  if (typeof given !== "object" || given === null || typeof kept !== "object" || kept === null) return null;
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(kept, name)) return `in ${path}`;
    const extra = extraField(value, (kept as Record<string, unknown>)[name], `${path}.${name}`);
    if (extra !== null) return extra;
  }
  return null;
}

function confidenceFields(
  content: string,
  tokens: readonly OpenAI.ChatCompletionTokenLogprob[] | null | undefined,
  output: StrictSchema,
  capabilities: ModelCapabilities,
): Record<string, FieldConfidence> | null {
  if (!capabilities.logprobs || !tokens || output.choices.length === 0) return null;
  return choiceConfidences(content, tokens, output.choices);
}

function failed(error: ModelFailure): ModelResult {
  return { ok: false, error };
}
