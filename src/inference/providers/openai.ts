// OpenAI as a deployment lists it: the data go to api.openai.com, or to the region's host where the account has one.
import { openAiCompatibleModel } from "./openai-compatible.ts";
import { type ProviderOptions, type ProviderSource, settled } from "./source.ts";

export interface OpenAiOptions extends ProviderOptions {
  /** The binding that holds the key. May be left out only behind a gateway that adds it. */
  readonly apiKey?: string;
  /** An account with data residency has a host of its own, such as "eu": its requests go to eu.api.openai.com. */
  readonly region?: string;
}

export function openai(options: OpenAiOptions): ProviderSource {
  const { gateway, region } = options;
  const place = {
    provider: "openai",
    label: `OpenAI ${options.model}`,
    family: "openai",
    baseURL: `https://${region === undefined ? "" : `${region}.`}api.openai.com/v1`,
    // The gateway knows OpenAI's address without a region.
    gatewayPath: region === undefined ? "openai" : null,
    apiKey: options.apiKey ?? (gateway ? null : "OPENAI_API_KEY"),
  } as const;
  return { trained: [], build: (_, bindings) => openAiCompatibleModel(settled(place, options, bindings)) };
}
