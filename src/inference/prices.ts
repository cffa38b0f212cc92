// What models cost, as dated data: read on the providers' own price pages, typed in here, never fetched. A price that changes is a new row with a later day;
// the old one stays, because it is what earlier decisions were billed at. A deployment's own rows (src/config.ts) come before these.
// A model that is not here has no price, and its cost is unknown: it must not be guessed from another's.
import type { Price } from "./cost.ts";

export interface PriceRow extends Price {
  /** As the deployment's model calls its provider. */
  readonly provider: string;
  /** The provider's own id; also means its dated snapshots ("gpt-4o-mini-2024-07-18"). */
  readonly model: string;
  /** First day on which it counts, YYYY-MM-DD, UTC. */
  readonly from: string;
}

/** Recorded with each decision. To be changed with every change of a row (a test holds the two together). */
export const PRICE_TABLE = "2026-11-24";

type Rates = readonly [input: number, cached: number | null, output: number];
interface More {
  readonly from?: string;
  readonly above?: readonly [tokens: number, ...rates: Rates];
}
type Line = readonly [model: string, ...rates: Rates, more?: More];

/** From when on a price is known to have counted, where nobody has looked further back. */
const SINCE = "2026-01-01";

const rates = (inputUsd: number, cachedInputUsd: number | null, outputUsd: number) => ({
  inputUsd,
  ...(cachedInputUsd === null ? {} : { cachedInputUsd }),
  outputUsd,
});

/** `cacheWrite`: what the page bills for a token that is written to the cache, as a multiple of the input rate; null where it bills it as any other. */
const page = (provider: string, source: string, asOf: string, cacheWrite: number | null, lines: readonly Line[]): PriceRow[] => {
  const written = (input: number) => (cacheWrite === null ? {} : { cacheWriteUsd: input * cacheWrite });
  return lines.map(([model, input, cached, output, { from = SINCE, above } = {}]) => ({
    provider,
    model,
    from,
    ...rates(input, cached, output),
    ...written(input),
    ...(above ? { above: { tokens: above[0], ...rates(above[1], above[2], above[3]), ...written(above[1]) } } : {}),
    asOf,
    source,
  }));
};

/**
 * Claude's pricing page, in the column "5m cache writes" (read again on 2026-11-24): 1.25 times the base input rate for every model. An entry that is kept for an hour costs
 * 2 times; Interlock asks for none, and does not tell the two apart. OpenAI bills the same multiple from GPT-5.6 on, where it writes by itself.
 */
const CACHE_WRITE = 1.25;
const OPENAI_PAGE = "https://developers.openai.com/api/docs/pricing";

/** Dollars per million tokens: input, input from the cache (null: not offered), output. `above`: the same for calls that read more tokens than the first number. */
export const PRICES: readonly PriceRow[] = [
  ...page("openai", OPENAI_PAGE, "2026-11-05", null, [
    ["gpt-4o", 2.5, 1.25, 10],
    ["gpt-4o-mini", 0.15, 0.075, 0.6],
    ["gpt-4.1", 2, 0.5, 8],
    ["gpt-4.1-mini", 0.4, 0.1, 1.6],
    ["gpt-4.1-nano", 0.1, 0.025, 0.4],
    ["gpt-5", 1.25, 0.125, 10],
    ["gpt-5-mini", 0.25, 0.025, 2],
    ["gpt-5-nano", 0.05, 0.005, 0.4],
    ["gpt-5.1", 1.25, 0.125, 10],
    ["gpt-5.2", 1.75, 0.175, 14],
    ["gpt-5.4", 2.5, 0.25, 15, { above: [272_000, 5, 0.5, 22.5] }],
    ["gpt-5.4-mini", 0.75, 0.075, 4.5],
    ["gpt-5.4-nano", 0.2, 0.02, 1.25],
    ["gpt-5.5", 5, 0.5, 30, { above: [272_000, 10, 1, 45] }],
  ]),
  ...page("openai", OPENAI_PAGE, "2026-11-05", CACHE_WRITE, [
    ["gpt-5.6-sol", 4, 0.4, 20, { from: "2026-09-22", above: [272_000, 8, 0.8, 30] }],
    ["gpt-5.6-luna", 0.2, 0.02, 1.2, { from: "2026-08-01", above: [272_000, 0.4, 0.04, 1.8] }],
    ["gpt-6-astra", 10, 1, 50, { from: "2026-09-03", above: [272_000, 20, 2, 75] }],
    ["gpt-6-sol", 2, 0.2, 10, { from: "2026-09-22", above: [272_000, 4, 0.4, 15] }],
    ["gpt-6-luna", 0.1, 0.01, 0.5, { from: "2026-09-22", above: [272_000, 0.2, 0.02, 0.75] }],
  ]),
  ...page("anthropic", "https://platform.claude.com/docs/en/about-claude/pricing", "2026-10-10", CACHE_WRITE, [
    ["claude-fable-5-1", 10, 0.25, 50],
    ["claude-fable-5", 10, 1, 50],
    ["claude-opus-5-5", 4, 0.2, 20, { from: "2026-09-22" }],
    ["claude-opus-5", 5, 0.5, 25],
    ["claude-opus-4-8", 5, 0.5, 25],
    ["claude-opus-4-7", 5, 0.5, 25],
    ["claude-opus-4-6", 5, 0.5, 25],
    ["claude-opus-4-5", 5, 0.5, 25],
    ["claude-sonnet-5-5", 2, 0.1, 10],
    ["claude-sonnet-5", 2, 0.2, 10],
    ["claude-sonnet-4-6", 3, 0.3, 15],
    ["claude-sonnet-4-5", 3, 0.3, 15],
    ["claude-haiku-5-5", 0.1, 0.01, 0.5, { from: "2026-10-07", above: [100_000, 0.5, 0.05, 2.5] }],
    ["claude-haiku-4-5", 1, 0.1, 5],
  ]),
  ...page("google", "https://ai.google.dev/gemini-api/docs/pricing", "2026-10-07", null, [
    ["gemini-2.5-pro", 1.25, 0.125, 10, { above: [200_000, 2.5, 0.25, 15] }],
    ["gemini-2.5-flash", 0.3, 0.03, 2.5],
    ["gemini-2.5-flash-lite", 0.1, 0.01, 0.4],
    ["gemini-3.1-flash-lite", 0.25, 0.025, 1.5],
    ["gemini-3.5-flash", 1.5, 0.15, 9],
  ]),
  ...page("cloudflare", "https://developers.cloudflare.com/workers-ai/platform/pricing/", "2026-09-20", null, [
    ["@cf/meta/llama-3.2-1b-instruct", 0.027, null, 0.201],
    ["@cf/meta/llama-3.2-3b-instruct", 0.051, null, 0.335],
    ["@cf/meta/llama-3.1-8b-instruct-fp8-fast", 0.045, null, 0.384],
    ["@cf/meta/llama-3.3-70b-instruct-fp8-fast", 0.293, null, 2.253],
    ["@cf/openai/gpt-oss-120b", 0.35, null, 0.75],
    ["@cf/openai/gpt-oss-20b", 0.2, null, 0.3],
  ]),
];

/** What stands behind an id where it names a snapshot: "-2024-07-18", "-20251001", "-latest". */
const SNAPSHOT = /^-(?:\d{4}-\d{2}-\d{2}|\d{8}|latest)$/;

const names = (row: PriceRow, provider: string, model: string): boolean =>
  row.provider === provider && model.startsWith(row.model) && (model === row.model || SNAPSHOT.test(model.slice(row.model.length)));

const dayOf = (now: number): string => new Date(now).toISOString().slice(0, 10);

/** The row that counts at `now`: the first list that knows the model, and in it the latest day that has come. */
export function findPrice(lists: readonly (readonly PriceRow[])[], provider: string, model: string, now: number): PriceRow | null {
  const today = dayOf(now);
  for (const rows of lists) {
    const own = rows.filter((row) => names(row, provider, model) && row.from <= today);
    const [latest] = own.toSorted((a, b) => (a.from < b.from ? 1 : a.from > b.from ? -1 : 0));
    if (latest) return latest;
  }
  return null;
}
