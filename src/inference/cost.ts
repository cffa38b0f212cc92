// What one model call cost, and what it may cost at most before it is made. Pure: a dated price and tokens in, US dollars out.
// It must not guess: without a price or without usage the cost is unknown (null), never zero.

/** US dollars per million tokens. */
export interface Rates {
  readonly inputUsd: number;
  /** Read from the provider's prompt cache; absent = billed as inputUsd. */
  readonly cachedInputUsd?: number;
  /** Written to the provider's prompt cache, for as long as it keeps an entry that nobody asked it to keep longer; absent = billed as inputUsd. */
  readonly cacheWriteUsd?: number;
  readonly outputUsd: number;
}

export interface Price extends Rates {
  /** Of a call that reads more tokens than this, all tokens cost so much. */
  readonly above?: Rates & { readonly tokens: number };
  /** Day on which the price was read, YYYY-MM-DD. */
  readonly asOf: string;
  /** Page on which the price was read. */
  readonly source: string;
}

export interface BilledTokens {
  readonly prompt: number;
  /** Part of prompt that came from the cache. */
  readonly cached: number;
  /** Part of prompt that was written to the cache, and not read from it; absent = none. */
  readonly cacheWritten?: number;
  /** Hidden reasoning tokens among them. */
  readonly completion: number;
}

export function costUsd(price: Price | undefined, tokens: BilledTokens | undefined): number | null {
  if (price === undefined || tokens === undefined) return null;
  const { inputUsd, cachedInputUsd = inputUsd, cacheWriteUsd = inputUsd, outputUsd } = ratesFor(price, tokens.prompt);
  const { prompt, cached, cacheWritten = 0, completion } = tokens;
  const fresh = (prompt - cached - cacheWritten) * inputUsd;
  return (fresh + cached * cachedInputUsd + cacheWritten * cacheWriteUsd + completion * outputUsd) / 1_000_000;
}

const ratesFor = (price: Price, prompt: number): Rates => (price.above && prompt > price.above.tokens ? price.above : price);

/**
 * Around what a request says: the names of roles and fields, and the sentences of prompt.ts. Those are about 500 characters, and some vendors count a few hundred
 * tokens for a schema.
 */
const AROUND = 1_000;
/** A mark before each space (prompt.ts) is one character of three bytes: three tokens where a tokenizer knows nothing of it. */
const PER_MARK = 3;

/** Tokens that this text is at most: no tokenizer makes more of one than it has bytes. About four times what it will be. */
export function mostTokens(texts: readonly string[]): number {
  let most = AROUND;
  for (const text of texts) most += encoder.encode(text).length + PER_MARK * (text.split(" ").length - 1);
  return most;
}

const encoder = new TextEncoder();

/** What a call costs if nothing comes from the cache, everything is written to it, and the model writes all it may. */
export const mostUsd = (price: Price, prompt: number, completion: number): number =>
  costUsd(price, { prompt, cached: 0, cacheWritten: prompt, completion }) ?? 0;
