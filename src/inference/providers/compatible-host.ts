// Any other host that answers OpenAI's chat completions: one's own vLLM or Ollama, so that no record leaves the house, or a provider that is not listed here.
import { openAiCompatibleModel } from "./openai-compatible.ts";
import { addressOf, type ProviderOptions, type ProviderSource, settled } from "./source.ts";

export interface CompatibleHostOptions extends Omit<ProviderOptions, "gateway"> {
  /** Who runs the host: the party that the provider card is of. */
  readonly provider: string;
  /** The binding that holds its address, up to and without "/chat/completions". */
  readonly baseUrl: string;
  /** The binding that holds the key; left out where the host asks for none. */
  readonly apiKey?: string;
  /** What runs there. Any other gets the most careful row of the table. */
  readonly server?: "vllm" | "ollama";
}

export function compatibleHost(options: CompatibleHostOptions): ProviderSource {
  const { provider, server } = options;
  return {
    trained: [],
    build: (_, bindings) => {
      const baseURL = addressOf(options.baseUrl, bindings.binding, `the address of ${provider}`);
      const place = {
        provider,
        label: `${options.model} at ${provider}`,
        family: server ?? "compatible",
        baseURL,
        gatewayPath: null,
        apiKey: options.apiKey ?? null,
      } as const;
      return openAiCompatibleModel(settled(place, options, bindings));
    },
  };
}
