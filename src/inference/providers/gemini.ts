// Google's Gemini as a deployment lists it, by its OpenAI-compatible endpoint. It gives no probabilities of tokens there.
import { openAiCompatibleModel } from "./openai-compatible.ts";
import { type ProviderOptions, type ProviderSource, settled } from "./source.ts";

export interface GeminiOptions extends ProviderOptions {
  /** The binding that holds the key. May be left out only behind a gateway that adds it. */
  readonly apiKey?: string;
}

export function gemini(options: GeminiOptions): ProviderSource {
  const place = {
    provider: "google",
    label: `Google ${options.model}`,
    family: "gemini",
    baseURL: "https://generativelanguage.googleapis.com/v1beta/openai",
    gatewayPath: "google-ai-studio/v1beta/openai",
    apiKey: options.apiKey ?? (options.gateway ? null : "GEMINI_API_KEY"),
  } as const;
  return { trained: [], build: (_, bindings) => openAiCompatibleModel(settled(place, options, bindings)) };
}
