// What each model takes and gives, as data: rows of patterns over model ids, the most specific first, each with where that was read and when. A parameter that a
// row does not name is never sent, because newer models answer 400 to it. A model that no row knows gets the most careful one: it gives no confidence until somebody
// has asked it (npm run probe) and said so in src/config.ts.

export interface ModelCapabilities {
  /** Answers logprobs and top_logprobs on chat completions. */
  logprobs: boolean;
  /** Accepts a temperature: 0 is sent, and more for a further sample. */
  temperature: boolean;
  /** false: the words of a record are not marked as data. Marks cost a few tokens a word. */
  datamark?: boolean;
  /** Sent as it is. Some models give logprobs and take a temperature only at "none". */
  reasoningEffort?: "none" | "minimal" | "low" | "medium" | "high";
  /**
   * How the answer's schema travels; strict where nothing is said. strict: the provider promises to keep it. json_object: JSON is promised and the schema stands in the
   * prompt. prompt: nothing is promised. Whatever is promised, the answer is checked here.
   */
  structured?: "strict" | "json_object" | "prompt";
  /** The name of the ceiling on what is written; max_completion_tokens where nothing is said. */
  tokenLimit?: "max_completion_tokens" | "max_tokens";
  /** Words of JSON schema that the provider refuses. They are told in the field's description instead. */
  unknownWords?: readonly string[];
}

/** Whose table a model id is looked up in. vllm and ollama are servers that somebody runs; compatible is any other. */
export type ModelFamily = "openai" | "gemini" | "workers-ai" | "anthropic" | "vllm" | "ollama" | "compatible";

export interface CapabilityRow {
  readonly family: ModelFamily;
  readonly pattern: RegExp;
  readonly capabilities: ModelCapabilities;
  readonly source: string;
  /** Day on which the source was read, YYYY-MM-DD. */
  readonly asOf: string;
}

const LENGTHS = ["minLength", "maxLength"];
const NUMBERS = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];
const EVERY_WORD = [...LENGTHS, ...NUMBERS, "pattern", "format", "minItems", "maxItems"];
const OPENAI_SCHEMAS = "platform.openai.com/docs/guides/structured-outputs#supported-schemas";
const REASONING = "github.com/vercel/ai/pull/10940 and /11174 (platform.openai.com: GPT-5.1 parameter compatibility)";
const CLAUDE_SCHEMAS = "platform.claude.com/docs/en/build-with-claude/structured-outputs; transformJSONSchema of @anthropic-ai/sdk 1.12.0";
const WORKERS_JSON = "developers.cloudflare.com/workers-ai/features/json-mode";
const asOf = "2026-11-23";

export const CAPABILITY_ROWS: readonly CapabilityRow[] = [
  {
    family: "openai",
    pattern: /^ft:gpt-4(?:\.1|o)/,
    capabilities: { logprobs: true, temperature: true, unknownWords: EVERY_WORD },
    source: OPENAI_SCHEMAS,
    asOf,
  },
  {
    family: "openai",
    pattern: /^gpt-5\.\d+-(?:chat|pro|codex)/,
    capabilities: { logprobs: false, temperature: false, unknownWords: LENGTHS },
    source: REASONING,
    asOf,
  },
  {
    family: "openai",
    pattern: /^gpt-5\.\d/,
    capabilities: { logprobs: true, temperature: true, reasoningEffort: "none", unknownWords: LENGTHS },
    source: REASONING,
    asOf,
  },
  {
    family: "openai",
    pattern: /^(?:gpt-5|o[1-9])/,
    capabilities: { logprobs: false, temperature: false, unknownWords: LENGTHS },
    source: "github.com/BerriAI/litellm/issues/13781 (temperature must be 1, no logprobs)",
    asOf,
  },
  {
    family: "openai",
    pattern: /^gpt-4o-2024-05-13$/,
    capabilities: { logprobs: true, temperature: true, structured: "json_object" },
    source: "platform.openai.com/docs/guides/structured-outputs (gpt-4o-2024-08-06 and later)",
    asOf,
  },
  {
    family: "openai",
    pattern: /^gpt-4(?:\.1|o)(?!.*(?:audio|realtime|search|transcribe|tts))/,
    capabilities: { logprobs: true, temperature: true, unknownWords: LENGTHS },
    source: OPENAI_SCHEMAS,
    asOf,
  },
  {
    family: "gemini",
    pattern: /^(?:models\/)?gemini-2/,
    capabilities: { logprobs: false, temperature: true, unknownWords: [...LENGTHS, "pattern"] },
    source: "ai.google.dev/api/compatibility; github.com/mscraftsman/generative-ai/issues/135 (logprobs not enabled)",
    asOf,
  },
  {
    family: "gemini",
    pattern: /^(?:models\/)?gemini-/,
    capabilities: { logprobs: false, temperature: false, unknownWords: [...LENGTHS, "pattern"] },
    source:
      "github.com/GoogleCloudPlatform/generative-ai/issues/2947 (logprobs not supported for 3.5); temperature is best left alone from 3 on",
    asOf,
  },
  {
    family: "workers-ai",
    pattern: /^@(?:cf|hf)\/.*(?:llama-3|hermes-2-pro|deepseek-r1-distill-qwen)/,
    capabilities: { logprobs: false, temperature: true, tokenLimit: "max_tokens" },
    source: WORKERS_JSON,
    asOf,
  },
  {
    family: "anthropic",
    pattern: /^claude-(?:(?:opus|sonnet|haiku)-4-[5-9]|(?:opus|sonnet|haiku)-[5-9])/,
    capabilities: { logprobs: false, temperature: false, unknownWords: [...LENGTHS, ...NUMBERS, "pattern", "minItems", "maxItems"] },
    source: CLAUDE_SCHEMAS,
    asOf,
  },
  {
    family: "vllm",
    pattern: /^/,
    capabilities: { logprobs: true, temperature: true, tokenLimit: "max_tokens" },
    source: "docs.vllm.ai/en/latest/serving/openai_compatible_server.html",
    asOf,
  },
  {
    family: "ollama",
    pattern: /^/,
    capabilities: { logprobs: false, temperature: true, tokenLimit: "max_tokens" },
    source: "github.com/ollama/ollama/blob/main/docs/openai.md; /issues/16117 (logprobs dropped by older versions)",
    asOf,
  },
];

/** For a model that nobody has read about: nothing that it could refuse, and every answer a matter for a person. */
export const MOST_CAREFUL: ModelCapabilities = { logprobs: false, temperature: false, structured: "prompt", tokenLimit: "max_tokens" };

/** OpenAI's newer models answer 400 to max_tokens; its unknown ones are newer ones. */
const CAREFUL_AT_OPENAI: ModelCapabilities = { ...MOST_CAREFUL, tokenLimit: "max_completion_tokens" };

export const rowOf = (family: ModelFamily, modelId: string): CapabilityRow | null =>
  CAPABILITY_ROWS.find((row) => row.family === family && row.pattern.test(modelId)) ?? null;

/** What the table says of the model, with what the deployment knows better laid over it. */
export function capabilitiesOf(
  family: ModelFamily,
  modelId: string,
  known: Partial<ModelCapabilities> | undefined = undefined,
): ModelCapabilities {
  const said = rowOf(family, modelId)?.capabilities ?? (family === "openai" ? CAREFUL_AT_OPENAI : MOST_CAREFUL);
  return { ...said, ...known };
}

/** The capability behind each parameter that a request may hold: what to switch off in src/config.ts when a provider refuses it. */
export const CAPABILITY_OF_PARAMETER: Readonly<Record<string, { readonly capability: keyof ModelCapabilities; readonly off: string }>> = {
  top_logprobs: { capability: "logprobs", off: "logprobs: false" },
  logprobs: { capability: "logprobs", off: "logprobs: false" },
  temperature: { capability: "temperature", off: "temperature: false" },
  reasoning_effort: { capability: "reasoningEffort", off: "reasoningEffort: undefined" },
  response_format: { capability: "structured", off: 'structured: "prompt"' },
  json_schema: { capability: "structured", off: 'structured: "prompt"' },
  output_config: { capability: "structured", off: 'structured: "prompt"' },
  max_completion_tokens: { capability: "tokenLimit", off: 'tokenLimit: "max_tokens"' },
  max_tokens: { capability: "tokenLimit", off: 'tokenLimit: "max_completion_tokens"' },
};
