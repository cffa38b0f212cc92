// Anthropic's Claude as a deployment lists it, by its own Messages API.
import { anthropicModel } from "./anthropic-messages.ts";
import { type ProviderOptions, type ProviderSource, settled } from "./source.ts";

export interface ClaudeOptions extends ProviderOptions {
  /** The binding that holds the key. May be left out only behind a gateway that adds it. */
  readonly apiKey?: string;
}

export function claude(options: ClaudeOptions): ProviderSource {
  const place = {
    provider: "anthropic",
    label: `Anthropic ${options.model}`,
    family: "anthropic",
    baseURL: "https://api.anthropic.com",
    gatewayPath: "anthropic",
    apiKey: options.apiKey ?? (options.gateway ? null : "ANTHROPIC_API_KEY"),
  } as const;
  return { trained: [], build: (_, bindings) => anthropicModel(settled(place, options, bindings)) };
}
