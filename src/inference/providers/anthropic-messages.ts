// Claude by its own Messages API: its OpenAI layer ignores schemas. One decision is one call with a closed schema; the API gives no probabilities of tokens, so the
// confidence comes from agreement of samples or is none.
// It must not retry (the engine does), and sends no temperature: the API's current version has none. The only file that imports the SDK, and of that the client and the
// messages alone: 39 KB packed in place of 85.
// Sequence: prompt -> call -> what was written -> a checked decision (answer.ts).
import { BaseAnthropic } from "@anthropic-ai/sdk/client";
import { type Message, type MessageCreateParamsNonStreaming, Messages } from "@anthropic-ai/sdk/resources/messages/messages";
import { randomHex } from "../../core/crypto.ts";
import type { ModelCapabilities } from "../capabilities.ts";
import type { Price } from "../cost.ts";
import type { Model, ModelFailure, ModelRequest, ModelResult } from "../model.ts";
import { outputSchemaOf, type StrictSchema, schemaWithout } from "../output-schema.ts";
import { instructionWithSchema, NONCE_BYTES, promptDigest, repairOf, systemMessage, userMessage } from "../prompt.ts";
import { decisionOf } from "./answer.ts";
import { failureOf, invalidOutput, noAnswer } from "./failure.ts";

export interface AnthropicOptions {
  id: string;
  provider: string;
  label: string;
  /** Null where a gateway adds it. */
  apiKey: string | null;
  /** What is not set, in words that name the binding: no call is made then. */
  missing: string | null;
  /** Up to and without "/v1/messages". */
  baseURL: string;
  host: string;
  via?: Model["via"];
  headers?: Readonly<Record<string, string>>;
  /** The way out; the SDK gets no other. */
  fetch: typeof fetch;
  capabilities: ModelCapabilities;
  price?: Price;
  timeoutMs: number;
  maxCompletionTokens?: number;
}

/** Thinking counts towards it, and some models think without being asked to. */
const DEFAULT_MAX_TOKENS = 4000;

export function anthropicModel(options: AnthropicOptions): Model {
  const { id, provider, label, host, via, missing, capabilities, timeoutMs, maxCompletionTokens = DEFAULT_MAX_TOKENS } = options;
  let messages: Messages | undefined;

  async function decide(request: ModelRequest, now: () => number): Promise<ModelResult> {
    const output = outputSchemaOf(request.schema);
    if (!output.ok) return failed({ code: "model.rejected", message: `${request.decision}: ${output.problem}` });
    if (missing !== null) return failed({ code: "model.unauthorised", message: missing });
    const began = now();
    const { body, basis } = bodyOf(request, output);
    const refused = request.leaving?.(JSON.stringify(body));
    if (refused) return failed(refused);
    let message: Message;
    try {
      messages ??= new Messages(clientOf(options));
      message = await messages.create(body);
    } catch (error) {
      const { apiKey, headers = {} } = options;
      const secrets = [apiKey ?? "", ...Object.values(headers).map((value) => value.replace(/^Bearer /, ""))];
      return failed(failureOf(error, { provider, modelId: request.modelId, secrets, input: request.input, timeoutMs, now: now() }));
    }
    const stopped = stopOf(message, provider);
    if (stopped !== null) return failed(stopped);
    return decisionOf(
      { content: textOf(message), tokens: null, model: message.model ?? request.modelId, billed: billedOf(message) },
      { request, output, provider, local: false, price: options.price, basis, latencyMs: now() - began },
    );
  }

  const marked = capabilities.datamark !== false;

  function bodyOf(request: ModelRequest, output: StrictSchema) {
    const spotlight = { nonce: randomHex(NONCE_BYTES), marked };
    const schema = schemaWithout(output, capabilities.unknownWords ?? []);
    const strict = (capabilities.structured ?? "strict") === "strict";
    const instruction = strict ? request.instruction : instructionWithSchema(request.instruction, schema.json);
    const body: MessageCreateParamsNonStreaming = {
      model: request.modelId,
      max_tokens: maxCompletionTokens,
      system: systemMessage(instruction, spotlight) + (request.repair ? repairOf(request.repair) : ""),
      messages: [{ role: "user", content: userMessage(request.input, spotlight) }],
      ...(strict ? { output_config: { format: { type: "json_schema", schema: schema.json } } } : {}),
    };
    return { body, basis: { prompt: promptDigest(instruction, Object.keys(request.input), marked), schema: schema.digest } };
  }

  return { id, provider, label, host, ...(via ? { via } : {}), maxCompletionTokens, decide };
}

/** Nothing of it comes from the environment, which is the Worker's and not this provider's; nothing is traced. */
const clientOf = ({ apiKey, baseURL, fetch, timeoutMs, headers }: AnthropicOptions): BaseAnthropic =>
  new BaseAnthropic({
    // A key there must be; where a gateway adds it, ours is not sent.
    apiKey: apiKey ?? "none",
    webhookKey: null,
    baseURL,
    fetch,
    timeout: timeoutMs,
    maxRetries: 0,
    logLevel: "off",
    openTelemetry: false,
    defaultHeaders: { "user-agent": "interlock", ...headers, ...(apiKey === null ? { authorization: null } : {}) },
  });

/** Why the message ends early, or null where it is whole. */
function stopOf(message: Message, provider: string): ModelFailure | null {
  // A gateway's page with status 200 arrives here as text, an empty body as nothing, whatever the type says.
  if (!Array.isArray(message?.content)) return noAnswer(provider, "something that is no message");
  switch (message.stop_reason) {
    case "end_turn":
    case "stop_sequence":
      return null;
    case "refusal": {
      const category = message.stop_details?.category;
      return { code: "model.refused", message: `the model declined to answer${category ? ` (${category})` : ""}` };
    }
    case "max_tokens":
      return invalidOutput("the answer was cut off at the limit of completion tokens");
    case "model_context_window_exceeded":
      return { code: "model.rejected", message: "the record and the answer are longer than the model can read" };
    default:
      return invalidOutput(`the answer ended with ${message.stop_reason === null ? "no reason" : "a reason that is not an answer's end"}`);
  }
}

/** Thinking comes in blocks of its own. */
const textOf = ({ content }: Message): string => content.map((block) => (block.type === "text" ? block.text : "")).join("");

/** The API counts what it read from its cache, and what it wrote into it, apart from the rest. */
function billedOf({ usage }: Message) {
  if (!usage) return undefined;
  const cached = usage.cache_read_input_tokens ?? 0;
  const cacheWritten = usage.cache_creation_input_tokens ?? 0;
  return {
    prompt: usage.input_tokens + cached + cacheWritten,
    cached,
    cacheWritten,
    completion: usage.output_tokens,
  };
}

function failed(error: ModelFailure): ModelResult {
  return { ok: false, error };
}
