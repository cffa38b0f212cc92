// What one model call cost. Prices are dated data, kept beside the model in the deployment's configuration.
// It must not guess: without a price or without usage the cost is unknown (null), never zero.

export interface Price {
  /** US dollars per million tokens read. */
  inputUsd: number;
  /** US dollars per million tokens read from the provider's prompt cache; absent = billed as inputUsd. */
  cachedInputUsd?: number;
  /** US dollars per million tokens written. */
  outputUsd: number;
  /** Day on which the price was read, YYYY-MM-DD. */
  asOf: string;
  /** Page on which the price was read. */
  source: string;
}

export interface BilledTokens {
  prompt: number;
  /** Part of prompt that came from the cache. */
  cached: number;
  completion: number;
}

export function costUsd(price: Price | undefined, tokens: BilledTokens | undefined): number | null {
  if (price === undefined || tokens === undefined) return null;
  const fresh = (tokens.prompt - tokens.cached) * price.inputUsd;
  const cached = tokens.cached * (price.cachedInputUsd ?? price.inputUsd);
  return (fresh + cached + tokens.completion * price.outputUsd) / 1_000_000;
}
