// The built-in statistical model behind OpenAI's chat completions, as a fetch: the SDK, the gate and the confidence reader
// treat it like any provider. It must not pretend: it chooses among trained labels, never writes text, and its logprobs are its real probabilities.
// Sequence: request -> weights by model id -> words of the input elements -> one label per field of the schema -> answer.
import * as z from "zod";
import { inputText, readUserMessage } from "../prompt.ts";
import { type FieldPredictions, type Prediction, predictFields } from "./predict.ts";
import type { BuiltinWeights } from "./train.ts";

export interface BuiltinOptions {
  /** Weights by model id; null = not trained. Asked until it answers, then kept: an id names its content. */
  load: (modelId: string) => Promise<BuiltinWeights | null>;
  /** Epoch milliseconds for the answer's `created`; 0 without it. */
  now?: () => number;
}

const Request = z.looseObject({
  model: z.string(),
  messages: z.array(z.looseObject({ role: z.string(), content: z.string() })),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  response_format: z.looseObject({
    json_schema: z.looseObject({ schema: z.looseObject({ properties: z.record(z.string(), z.unknown()) }) }),
  }),
});
type Request = z.infer<typeof Request>;

const JSON_HEADERS = new Headers({ "content-type": "application/json" });

/** A response that never was a stream: its text goes to the reader as it is, which saves a third of a call's processor time in workerd. */
class Answer extends Response {
  readonly #text: string;

  constructor(body: unknown, status = 200) {
    super(null, { status, headers: JSON_HEADERS });
    this.#text = JSON.stringify(body);
  }

  override async text(): Promise<string> {
    return this.#text;
  }

  override async json<T>(): Promise<T> {
    return JSON.parse(this.#text);
  }
}

/** A few workflows' weights at a time: each takes about a megabyte. */
const KEPT = 8;

export function builtinFetch({ load, now = () => 0 }: BuiltinOptions): typeof fetch {
  const kept = new Map<string, BuiltinWeights>();

  async function weightsOf(modelId: string): Promise<BuiltinWeights | null> {
    const known = kept.get(modelId);
    if (known) return known;
    const loaded = await load(modelId);
    if (loaded === null) return null;
    if (kept.size >= KEPT) kept.delete(kept.keys().next().value!);
    kept.set(modelId, loaded);
    return loaded;
  }

  return async (input, init) => {
    const url = typeof input === "string" ? input : input instanceof URL ? input.pathname : input.url;
    const method = init?.method ?? (input instanceof globalThis.Request ? input.method : "GET");
    if (method !== "POST" || !url.endsWith("/chat/completions"))
      return problem(404, "not_found", "the built-in model answers POST /chat/completions only");
    const body = typeof init?.body === "string" ? init.body : await new Response(init?.body ?? (input as globalThis.Request).body).text();
    const request = parse(body);
    if (request === null)
      return problem(400, "invalid_request", "the built-in model needs a model, text messages and a json_schema response format");

    const weights = await weightsOf(request.model);
    if (weights === null) {
      const message = `the built-in model ${request.model} is not trained: add labelled records and train it`;
      return problem(404, "model_not_trained", message);
    }
    const text = request.messages.findLast((message) => message.role === "user")?.content ?? "";
    const elements = readUserMessage(text);
    const predictions = predictFields(weights, elements === null ? text : inputText(elements));
    const choices = chooseAll(request, predictions);
    if (typeof choices === "string") return problem(400, "unsupported_schema", choices);
    return new Answer(completion(request, choices, predictions.words, now()));
  };
}

function parse(body: string): Request | null {
  try {
    return Request.safeParse(JSON.parse(body)).data ?? null;
  } catch {
    return null;
  }
}

interface Choice {
  field: string;
  /** Allowed labels, most probable first; probabilities sum to 1. */
  ranked: Prediction[];
}

/** One choice per field of the schema, in its order; a sentence when a field is beyond a classifier. */
function chooseAll(request: Request, { fields }: FieldPredictions): Choice[] | string {
  const choices: Choice[] = [];
  for (const [field, node] of Object.entries(request.response_format.json_schema.schema.properties)) {
    const allowed = enumOf(node);
    if (allowed === null)
      return `the field "${field}" is not an enum: the built-in statistical model chooses among trained labels and cannot write free text`;
    const trained = Object.hasOwn(fields, field) ? fields[field]! : undefined;
    if (trained === undefined) return `the built-in model was not trained for the field "${field}": add labelled records that carry it`;
    const ranked = within(trained, allowed);
    if (ranked.length === 0) return `no label of the field "${field}" occurs in the training records: add labelled records for it`;
    choices.push({ field, ranked });
  }
  return choices.length > 0 ? choices : "the schema has no fields";
}

function enumOf(node: unknown): readonly unknown[] | null {
  return typeof node === "object" && node !== null && "enum" in node && Array.isArray(node.enum) ? node.enum : null;
}

/** A label that the schema no longer allows cannot be answered; the others share its probability. */
function within(trained: Prediction[], allowed: readonly unknown[]): Prediction[] {
  const open = trained.filter(({ label }) => allowed.includes(label));
  if (open.length === trained.length) return trained;
  const total = open.reduce((sum, { probability }) => sum + probability, 0);
  return open.map(({ label, probability }) => ({ label, probability: total > 0 ? probability / total : 1 / open.length }));
}

function completion(request: Request, choices: readonly Choice[], words: number, now: number) {
  const tokens = tokensOf(choices, request.top_logprobs ?? 0);
  return {
    id: "chatcmpl-builtin",
    object: "chat.completion",
    created: Math.floor(now / 1000),
    model: request.model,
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: tokens.map(({ token }) => token).join(""), refusal: null },
        logprobs: request.logprobs ? { content: tokens, refusal: null } : null,
        finish_reason: "stop",
      },
    ],
    usage: { prompt_tokens: words, completion_tokens: choices.length, total_tokens: words + choices.length },
  };
}

/** The answer as tokens: each label is one token with its rivals, the JSON around it is certain. */
function tokensOf(choices: readonly Choice[], top: number) {
  const tokens = choices.flatMap(({ field, ranked }, index) => [
    certain(`${index === 0 ? "{" : '",'}${JSON.stringify(field)}:"`),
    {
      ...labelToken(ranked[0]!),
      top_logprobs: ranked.slice(0, top).map(labelToken),
    },
  ]);
  return [...tokens, certain('"}')];
}

const certain = (token: string) => ({ token, logprob: 0, bytes: null, top_logprobs: [] });

const labelToken = ({ label, probability }: Prediction) => ({
  token: JSON.stringify(label).slice(1, -1),
  logprob: Math.log(Math.max(probability, 1e-12)),
  bytes: null,
});

function problem(status: number, code: string, message: string): Response {
  return new Answer({ error: { message, type: "invalid_request_error", param: null, code } }, status);
}
