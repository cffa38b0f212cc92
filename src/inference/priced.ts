// A model with what it costs: each decision gets its cost and the version of the prices it was reckoned with, and a call can be asked beforehand what it will cost
// at most. It changes nothing else about a model. A model inside this deployment costs nothing.
import { sha256Hex } from "../core/crypto.ts";
import { canonical, type Json } from "../core/json.ts";
import { costUsd, mostTokens, mostUsd } from "./cost.ts";
import type { Model, ModelDecision, ModelRequest } from "./model.ts";
import { outputSchemaOf } from "./output-schema.ts";
import { findPrice, PRICE_TABLE, PRICES, type PriceRow } from "./prices.ts";

/** The most that any model of the price table may write in one answer; of a model that does not say how much it may. */
const MOST_COMPLETION = 128_000;

/** `own`: a deployment's rows, which come before the table's. */
export function priced(model: Model, own: readonly PriceRow[] = []): Model {
  const lists = [own, PRICES];
  const version = (row: PriceRow): string => (own.includes(row) ? ownVersion(row) : PRICE_TABLE);

  const withCost = (request: ModelRequest, decision: ModelDecision, now: number): ModelDecision => {
    if (model.local) return { ...decision, costUsd: 0 };
    // The model's own entry in src/config.ts says what it costs.
    if (decision.costUsd !== null) return decision;
    const price = priceOf(lists, model.provider, request.modelId, decision.model, now);
    const cost = costUsd(price ?? undefined, tokensOf(decision));
    return { ...decision, costUsd: cost, ...(price && cost !== null ? { priceVersion: version(price) } : {}) };
  };

  return {
    ...model,
    async decide(request, now) {
      const began = now();
      const result = await model.decide(request, now);
      return result.ok ? { ok: true, decision: withCost(request, result.decision, began) } : result;
    },
    mostUsd(request, now) {
      if (model.local) return 0;
      const prompt = mostTokens(textsOf(request));
      const completion = model.maxCompletionTokens ?? MOST_COMPLETION;
      const price = findPrice(lists, model.provider, request.modelId, now);
      // A model whose price nobody knows is taken for the dearest that anybody knows.
      return price ? mostUsd(price, prompt, completion) : Math.max(...lists.flat().map((row) => mostUsd(row, prompt, completion)));
    },
  };
}

/** The price of what answered. A provider that answers with another model than it was asked for has another price, and it may be unknown. */
function priceOf(lists: readonly (readonly PriceRow[])[], provider: string, asked: string, answered: string, now: number): PriceRow | null {
  const found = findPrice(lists, provider, answered, now);
  return found ?? (answered.startsWith(asked) ? findPrice(lists, provider, asked, now) : null);
}

/** A call that is said to have read nothing was not counted. */
const tokensOf = ({ usage }: ModelDecision) =>
  usage === null || usage.promptTokens === 0
    ? undefined
    : {
        prompt: usage.promptTokens,
        cached: usage.cachedTokens ?? 0,
        cacheWritten: usage.cacheWriteTokens ?? 0,
        completion: usage.completionTokens,
      };

function textsOf({ instruction, input, schema }: ModelRequest): string[] {
  const output = outputSchemaOf(schema);
  return [instruction, JSON.stringify(input), output.ok ? JSON.stringify(output.json) : ""];
}

const ownVersion = (row: PriceRow): string => `own ${sha256Hex(canonical(row as unknown as Json)).slice(0, 12)}`;
