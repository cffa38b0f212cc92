// The built-in statistical model behind OpenAI's chat completions, as a fetch: the SDK, the gate and the confidence reader
// treat it like any provider. It must not pretend: it chooses among trained labels and values of the text, never writes text, and its logprobs are its real probabilities.
// Sequence: request -> weights by model id -> text of the input elements -> one answer per field of the schema.
import * as z from "zod";
import { inputText, readUserMessage } from "../prompt.ts";
import { completionOf } from "./answer.ts";
import { choose } from "./choose.ts";
import { predictFields } from "./predict.ts";
import type { BuiltinWeights } from "./train.ts";

export interface BuiltinOptions {
  /** Weights by model id; null = not trained. Asked until it answers, then kept: an id names its content. */
  load: (modelId: string) => Promise<BuiltinWeights | null>;
  /** Epoch milliseconds for the answer's `created`; 0 without it. */
  now?: () => number;
}

const ChatRequest = z.object({
  model: z.string(),
  messages: z.array(z.object({ role: z.string(), content: z.string() })),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  response_format: z.object({
    json_schema: z.object({ schema: z.object({ properties: z.record(z.string(), z.unknown()) }) }),
  }),
});
type ChatRequest = z.infer<typeof ChatRequest>;

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
    const method = init?.method ?? (input instanceof Request ? input.method : "GET");
    if (method !== "POST" || !url.endsWith("/chat/completions"))
      return problem(404, "not_found", "the built-in model answers POST /chat/completions only");
    const body = typeof init?.body === "string" ? init.body : await new Response(init?.body ?? (input as Request).body).text();
    const request = parse(body);
    if (request === null)
      return problem(400, "invalid_request", "the built-in model needs a model, text messages and a json_schema response format");

    const weights = await weightsOf(request.model);
    if (weights === null) {
      const message = `the built-in model ${request.model} is not trained: add labelled records and train it`;
      return problem(404, "model.not_trained", message);
    }
    const text = request.messages.findLast((message) => message.role === "user")?.content ?? "";
    const elements = readUserMessage(text);
    const predictions = predictFields(weights, elements === null ? text : inputText(elements));
    const chosen = choose(request.response_format.json_schema.schema.properties, predictions, weights);
    if (chosen.kind === "unsupported") return problem(400, "unsupported_schema", chosen.why);
    if (chosen.kind === "not_in_text") return problem(422, "model.refused", chosen.why);
    return new Answer(
      completionOf({
        model: request.model,
        choices: chosen.choices,
        words: predictions.words,
        created: Math.floor(now() / 1000),
        logprobs: request.logprobs === true,
        topLogprobs: request.top_logprobs ?? 0,
      }),
    );
  };
}

function parse(body: string): ChatRequest | null {
  try {
    return ChatRequest.safeParse(JSON.parse(body)).data ?? null;
  } catch {
    return null;
  }
}

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

function problem(status: number, code: string, message: string): Response {
  return new Answer({ error: { message, type: "invalid_request_error", param: null, code } }, status);
}
