// What a model wrote, made into a decision: checked against the schema as it was asked for, with its confidence, its cost and what it rests on. The same for every
// provider. It must not repair anything, and a failure never quotes the answer, which may hold personal data.
// Sequence: text -> JSON -> the schema -> nothing outside the schema -> confidence by field -> cost.
import type * as z from "zod";
import type { FieldConfidence } from "../../core/decision.ts";
import { confidences, leastConfident, type TokenLogprob } from "../confidence.ts";
import { type BilledTokens, costUsd, type Price } from "../cost.ts";
import type { ModelDecision, ModelFailure, ModelRequest, ModelResult } from "../model.ts";
import type { StrictSchema } from "../output-schema.ts";
import { invalidOutput } from "./failure.ts";

/** What a provider answered, in words that all of them share. */
export interface Written {
  readonly content: string;
  /** Null where the provider gives none, or was not asked for any. */
  readonly tokens: readonly TokenLogprob[] | null;
  /** The model as the provider named it. */
  readonly model: string;
  readonly billed: BilledTokens | undefined;
}

export interface AskedAs {
  readonly request: ModelRequest;
  readonly output: StrictSchema;
  readonly provider: string;
  readonly local: boolean;
  readonly price: Price | undefined;
  readonly basis: ModelDecision["basis"];
  readonly latencyMs: number;
}

export function decisionOf(written: Written, asked: AskedAs): ModelResult {
  const { request, output, provider, price, basis, latencyMs } = asked;
  const content = unfenced(written.content);
  if (content.trim() === "") return { ok: false, error: invalidOutput("the answer is empty") };
  const parsed = parse(content, request.schema);
  if (!parsed.ok) return parsed;
  const fields = written.tokens === null ? null : measured(written.content, written.tokens, output);
  const { billed } = written;
  return {
    ok: true,
    decision: {
      value: parsed.value,
      confidence: fields === null ? 0 : leastConfident(fields),
      fields: fields ?? {},
      source: fields === null ? "none" : asked.local ? "builtin" : "logprobs",
      basis,
      model: written.model,
      provider,
      usage: billed ? usageOf(billed) : null,
      costUsd: costUsd(price, billed),
      latencyMs,
    },
  };
}

const usageOf = ({ prompt, cached, cacheWritten, completion }: BilledTokens): ModelDecision["usage"] => ({
  promptTokens: prompt,
  cachedTokens: cached,
  ...(cacheWritten ? { cacheWriteTokens: cacheWritten } : {}),
  completionTokens: completion,
});

/** A model that was only told the schema may set its answer in a block of code. */
const FENCED = /^\s*```(?:json)?\s*\n([\s\S]*?)\n?```\s*$/;
const unfenced = (content: string): string => FENCED.exec(content)?.[1] ?? content;

function measured(content: string, tokens: readonly TokenLogprob[], output: StrictSchema): Record<string, FieldConfidence> | null {
  return output.choices.length + output.values.length === 0 ? null : confidences(content, tokens, output);
}

function parse(content: string, schema: z.ZodType): { ok: true; value: unknown } | { ok: false; error: ModelFailure } {
  let json: unknown;
  try {
    json = JSON.parse(content);
  } catch {
    // The engine's own message would quote the answer.
    return { ok: false, error: invalidOutput("the answer is not JSON") };
  }
  const checked = schema.safeParse(json);
  if (checked.success) {
    // An object schema drops what it does not know; an answer that says more than it was asked is no answer.
    const extra = extraField(json, checked.data);
    return extra === null
      ? { ok: true, value: checked.data }
      : { ok: false, error: invalidOutput(`the answer has a field outside its schema, ${extra}`) };
  }
  const issues = checked.error.issues.map((issue) => `${issue.path.join(".") || "answer"}: ${issue.code}`);
  return { ok: false, error: invalidOutput(`the answer is outside its schema (${issues.join("; ")})`) };
}

/** Where an answer has a field that its schema let fall, as far as a name that is safe to repeat goes. */
function extraField(given: unknown, kept: unknown, path = "answer"): string | null {
  if (Array.isArray(given) && Array.isArray(kept)) {
    for (let i = 0; i < given.length; i++) {
      const extra = extraField(given[i], kept[i], `${path}[]`);
      if (extra !== null) return extra;
    }
    return null;
  }
  if (typeof given !== "object" || given === null || typeof kept !== "object" || kept === null) return null;
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(kept, name)) return `in ${path}`;
    const extra = extraField(value, (kept as Record<string, unknown>)[name], `${path}.${name}`);
    if (extra !== null) return extra;
  }
  return null;
}
