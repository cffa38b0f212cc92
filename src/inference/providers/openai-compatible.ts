// Any provider that answers OpenAI's chat completions, the built-in model included: one decision is one call with a closed schema.
// It must not retry (the engine does, with its journal), and must not send a parameter that the model is not known to accept:
// newer models answer 400 to logprobs or temperature. The only file that imports the SDK.
// Sequence: prompt -> call -> what was written -> a checked decision (answer.ts).
import OpenAI from "openai";
import { randomHex } from "../../core/crypto.ts";
import type { ModelCapabilities } from "../capabilities.ts";
import type { Price } from "../cost.ts";
import type { Model, ModelFailure, ModelRequest, ModelResult } from "../model.ts";
import { outputSchemaOf, type StrictSchema, schemaWithout } from "../output-schema.ts";
import { instructionWithSchema, NONCE_BYTES, promptDigest, repairOf, systemMessage, userMessage } from "../prompt.ts";
import { decisionOf } from "./answer.ts";
import { failureOf, invalidOutput, noAnswer } from "./failure.ts";

export interface OpenAiCompatibleOptions {
  id: string;
  provider: string;
  label: string;
  /** The model runs inside this deployment, and `fetch` leads to it. */
  local?: true;
  /** Null where the host asks for none, or a gateway adds it. */
  apiKey: string | null;
  /** What is not set, in words that name the binding: no call is made then. */
  missing?: string | null;
  /** Up to and without "/chat/completions". */
  baseURL: string;
  /** Where the data go, where `baseURL` is only on the way there; with `via`, who stands on the way. */
  host?: string;
  via?: Model["via"];
  /** Sent with each request; a gateway's token. Their values never show in a message. */
  headers?: Readonly<Record<string, string>>;
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
/** Of a further sample: enough for a close call to fall the other way, and the provider's usual value is 1. */
const SAMPLE_TEMPERATURE = 0.7;
const PATH = "/chat/completions";

export function openAiCompatibleModel(options: OpenAiCompatibleOptions): Model {
  // Made at the first decision: a deployment may list models that it has no key for, and must still start.
  let client: LeanClient | undefined;

  async function decide(request: ModelRequest, now: () => number): Promise<ModelResult> {
    const output = outputSchemaOf(request.schema);
    if (!output.ok) return failed({ code: "model.rejected", message: `${request.decision}: ${output.problem}` });
    const missing = options.missing ?? (options.apiKey === "" ? `no API key is configured for the provider ${options.provider}` : null);
    if (missing !== null) return failed({ code: "model.unauthorised", message: missing });
    const began = now();
    const { body, basis } = bodyOf(request, output, options);
    // The client makes the same text of the same object.
    const refused = request.leaving?.(JSON.stringify(body));
    if (refused) return failed(refused);
    let completion: OpenAI.ChatCompletion;
    try {
      client ??= new LeanClient(options);
      completion = await client.chat.completions.create(body);
    } catch (error) {
      const { provider, timeoutMs, apiKey, headers = {} } = options;
      const secrets = [apiKey ?? "", ...Object.values(headers).map((value) => value.replace(/^Bearer /, ""))];
      return failed(failureOf(error, { provider, modelId: request.modelId, secrets, input: request.input, timeoutMs, now: now() }));
    }
    return resultOf(completion, { request, output, options, basis, latencyMs: now() - began });
  }

  const { id, provider, label, local, via, maxCompletionTokens = DEFAULT_MAX_COMPLETION_TOKENS } = options;
  const host = options.host ?? new URL(options.baseURL).host;
  return { id, provider, label, host, ...(via ? { via } : {}), ...(local ? { local } : {}), maxCompletionTokens, decide };
}

type RequestOptions = Parameters<OpenAI["buildRequest"]>[0];

/** The SDK makes some fifteen headers anew for each call, a third of a call's processor time in workerd. Here they are made once. */
class LeanClient extends OpenAI {
  readonly #headers: Headers;
  readonly #url: string;

  constructor({ apiKey, baseURL, fetch, timeoutMs, headers }: OpenAiCompatibleOptions) {
    // Organization and project would otherwise come from the environment, which is the Worker's and not this provider's. A key there must be: "none" is never sent.
    super({
      apiKey: apiKey ?? "none",
      baseURL,
      fetch,
      timeout: timeoutMs,
      maxRetries: 0,
      logLevel: "off",
      organization: null,
      project: null,
    });
    this.#headers = new Headers({
      ...headers,
      ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
      accept: "application/json",
      "content-type": "application/json",
      "user-agent": "interlock",
    });
    this.#url = this.buildURL(PATH, null);
  }

  override async buildRequest(options: RequestOptions, attempt?: { retryCount?: number }): ReturnType<OpenAI["buildRequest"]> {
    if (options.path !== PATH) return super.buildRequest(options, attempt);
    return { req: { method: "post", headers: this.#headers, body: JSON.stringify(options.body) }, url: this.#url, timeout: this.timeout };
  }

  /** Gemini sets its error in an array, Cloudflare sets an array in its error. */
  protected override makeStatusError(status: number, body: object, message: string | undefined, headers: Headers) {
    const whole = (Array.isArray(body) ? body[0] : body) as { error?: unknown; errors?: unknown } | undefined;
    const error = whole?.error ?? whole?.errors;
    return super.makeStatusError(status, { error: Array.isArray(error) ? error[0] : error }, message, headers);
  }
}

const isMarked = ({ local, capabilities }: OpenAiCompatibleOptions): boolean => !local && capabilities.datamark !== false;

interface Asking {
  readonly body: OpenAI.ChatCompletionCreateParamsNonStreaming;
  readonly basis: { readonly prompt: string; readonly schema: string };
}

function bodyOf(request: ModelRequest, output: StrictSchema, options: OpenAiCompatibleOptions): Asking {
  const { maxCompletionTokens = DEFAULT_MAX_COMPLETION_TOKENS } = options;
  const capabilities = { ...options.capabilities, ...request.trying };
  const { structured = "strict", tokenLimit = "max_completion_tokens" } = capabilities;
  const marked = isMarked(options);
  const spotlight = { nonce: randomHex(NONCE_BYTES), marked };
  const schema = schemaWithout(output, capabilities.unknownWords ?? []);
  const instruction = structured === "strict" ? request.instruction : instructionWithSchema(request.instruction, schema.json);
  const system = systemMessage(instruction, spotlight) + (request.repair ? repairOf(request.repair) : "");
  const body: Asking["body"] = {
    model: request.modelId,
    messages: [
      { role: "system", content: system },
      { role: "user", content: userMessage(request.input, spotlight) },
    ],
    ...(structured === "strict"
      ? { response_format: { type: "json_schema", json_schema: { name: request.schemaName, strict: true, schema: schema.json } } }
      : structured === "json_object"
        ? { response_format: { type: "json_object" } }
        : {}),
    [tokenLimit]: maxCompletionTokens,
    ...(capabilities.logprobs ? { logprobs: true, top_logprobs: output.topLogprobs } : {}),
    ...(capabilities.temperature ? { temperature: request.sample === undefined ? 0 : SAMPLE_TEMPERATURE } : {}),
    ...(capabilities.reasoningEffort ? { reasoning_effort: capabilities.reasoningEffort } : {}),
  };
  return { body, basis: { prompt: promptDigest(instruction, Object.keys(request.input), marked), schema: schema.digest } };
}

interface Answered {
  readonly request: ModelRequest;
  readonly output: StrictSchema;
  readonly options: OpenAiCompatibleOptions;
  readonly basis: Asking["basis"];
  readonly latencyMs: number;
}

function resultOf(completion: OpenAI.ChatCompletion, { request, output, options, basis, latencyMs }: Answered): ModelResult {
  const { provider, local = false, price } = options;
  const { logprobs } = { ...options.capabilities, ...request.trying };
  // A gateway's page with status 200 arrives here as text, an empty body as nothing, whatever the type says.
  const choice = completion?.choices?.[0];
  if (!choice?.message) return failed(noAnswer(provider, "something that is no chat completion"));
  if (choice.message.refusal || choice.finish_reason === "content_filter")
    return failed({ code: "model.refused", message: "the model declined to answer" });
  if (choice.finish_reason === "length") return failed(invalidOutput("the answer was cut off at the limit of completion tokens"));
  const usage = completion.usage;
  return decisionOf(
    {
      content: textOf(choice.message.content),
      tokens: logprobs ? (choice.logprobs?.content ?? null) : null,
      model: completion.model ?? request.modelId,
      billed: usage && {
        prompt: usage.prompt_tokens,
        cached: usage.prompt_tokens_details?.cached_tokens ?? 0,
        cacheWritten: usage.prompt_tokens_details?.cache_write_tokens ?? 0,
        completion: usage.completion_tokens,
      },
    },
    { request, output, provider, local, price, basis: { ...basis }, latencyMs },
  );
}

/** Workers AI's JSON mode may send the object itself, whatever the type says. */
const textOf = (content: unknown): string =>
  typeof content === "string" ? content : content === null || content === undefined ? "" : JSON.stringify(content);

function failed(error: ModelFailure): ModelResult {
  return { ok: false, error };
}
