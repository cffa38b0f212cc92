// Cloudflare's Workers AI as a deployment lists it, by its OpenAI-compatible endpoint with the account's id and a token.
import { InterlockError } from "../../core/errors.ts";
import { openAiCompatibleModel } from "./openai-compatible.ts";
import { type ProviderOptions, type ProviderSource, settled } from "./source.ts";

export interface WorkersAiOptions extends ProviderOptions {
  /** The bindings that hold the account's id and an API token that may run Workers AI. */
  readonly accountId?: string;
  readonly apiToken?: string;
}

export function workersAi(options: WorkersAiOptions): ProviderSource {
  const { accountId = "CLOUDFLARE_ACCOUNT_ID", apiToken = "CLOUDFLARE_API_TOKEN" } = options;
  return {
    trained: [],
    build: (_, bindings) => {
      const account = bindings.binding(accountId);
      if (account === undefined || !/^[0-9a-f]{32}$/.test(account))
        throw new InterlockError(
          "model.unauthorised",
          `The binding ${accountId} (the Cloudflare account's id, 32 characters of 0-9 and a-f) is ${account === undefined ? "not set" : "none"}: add it to [vars] in wrangler.toml`,
        );
      const place = {
        provider: "cloudflare",
        label: `Workers AI ${options.model}`,
        family: "workers-ai",
        baseURL: `https://api.cloudflare.com/client/v4/accounts/${account}/ai/v1`,
        gatewayPath: "workers-ai/v1",
        apiKey: apiToken,
      } as const;
      return openAiCompatibleModel(settled(place, options, bindings));
    },
  };
}
