// The model port: how a workflow asks a probabilistic model for one decision, and what it gets back.
// It must not know any provider, prompt wording or transport; those live behind Model.decide.
// Sequence: the engine picks and redacts the declared elements -> decide -> rules read value and confidence.
import type * as z from "zod";
import type { ConfidenceSource, DecisionBasis, FieldConfidence } from "../core/decision.ts";
import type { ErrorCode } from "../core/errors.ts";
import type { ModelCapabilities } from "./capabilities.ts";

export interface ModelRequest {
  /** Name of the decision as the workflow declares it, for example "triage". */
  decision: string;
  /** What to decide, written by the workflow's author. Never contains record data. */
  instruction: string;
  /** Declared data elements by name, already redacted. The only record data that leaves. */
  input: Record<string, string>;
  /** Closed schema of the answer: an object whose fields are all required. */
  schema: z.ZodType;
  /** Name under which the schema is sent: letters, digits, "_" and "-", at most 64 characters. */
  schemaName: string;
  /** The provider's own model id, for example "gpt-4.1-mini" or "builtin/ticket-triage@3f2a". */
  modelId: string;
  /**
   * To be asked with the exact text of the request before it leaves; a failure means that it must not. Absent where nothing is forbidden. A provider's adapter must
   * call it, because only there the text is whole.
   */
  leaving?: (body: string) => ModelFailure | null;
  /** The answer before this one was not accepted, and why: paths and kinds of fault, never a value. To be said after the instruction, as our words. */
  repair?: { issues: string };
  /** One more answer to the same request, the second being 2: with some chance in it where the model allows that, or it would say the same again. */
  sample?: number;
  /** Of a probe: capabilities to be asked for once, whatever the model is known to take. */
  trying?: Partial<ModelCapabilities>;
}

export interface ModelUsage {
  /** Tokens read (the built-in model counts words). */
  promptTokens: number;
  /** Those of them that came from the provider's prompt cache; absent where the provider does not say. */
  cachedTokens?: number;
  /** Those of them that were written to it; absent where the provider does not say, or bills them as any others. */
  cacheWriteTokens?: number;
  /** Tokens written, including hidden reasoning tokens where the provider bills them. */
  completionTokens: number;
}

export interface ModelDecision {
  /** The answer, parsed by the request's schema. */
  value: unknown;
  /** The least confident of `fields`, 0..1. It is 0 when source is "none", so that no threshold passes by accident. */
  confidence: number;
  /** Per choice field (enum or boolean) and extracted value, by dotted path from the answer's root. Empty when source is "none". */
  fields: Record<string, FieldConfidence>;
  /** How the confidence was measured. A change of source voids what was proved with the earlier one. */
  source: ConfidenceSource;
  /** What the answer rests on besides the record; a proof made with another basis is not about this answer. */
  basis: DecisionBasis;
  /** Model id as the provider answered it, which may be more exact than the one asked for. */
  model: string;
  /** The provider that answered. */
  provider: string;
  /** Null where the provider did not say. */
  usage: ModelUsage | null;
  /** US dollars for this call; null when the price or the usage is unknown, which is not the same as free. An adapter need not know it (priced.ts does). */
  costUsd: number | null;
  /** Which prices it was reckoned with; absent where the model costs nothing, its cost is unknown, or its own entry in src/config.ts says the price. */
  priceVersion?: string;
  /** Milliseconds from the request to the checked answer. */
  latencyMs: number;
  /** How many answers its confidence rests on, where it was more than one. Usage and cost are those of all of them. */
  samples?: number;
}

export type ModelFailure = {
  /**
   * model.unavailable: server error, timeout or no connection; try again, or the next provider.
   * model.rate_limited: try again after retryAfterMs.
   * model.invalid_output: the answer is cut off, not JSON, or outside the schema.
   * model.refused: the provider declined to answer.
   * model.not_trained: the built-in model has no weights yet.
   * model.unauthorised: the key is missing, refused, or out of money; it waits for an operator.
   * model.rejected: the request is wrong; trying again does not help.
   * model.no_agreement: no data-processing agreement covers this provider; nothing was sent.
   * model.forbidden_value: the request held what must not leave; nothing was sent.
   * model.budget: the governance spec's budget has no room for this call; nothing was sent.
   * model.circuit_open: the provider has failed too often of late; nothing was sent.
   */
  code: Extract<ErrorCode, `model.${string}`>;
  /** For operators. Never contains record data or the API key. */
  message: string;
  /** Milliseconds to wait before the next attempt, where the provider said so. */
  retryAfterMs?: number;
};

export type ModelResult = { ok: true; decision: ModelDecision } | { ok: false; error: ModelFailure };

export interface Model {
  /** This deployment's name for the model, for example "default". */
  readonly id: string;
  /** The party that receives the data; data-flow rules name it. */
  readonly provider: string;
  /** The host that the data go to, with its port if it has one; data-processing agreements are recorded per provider and host. */
  readonly host?: string;
  /** Another party on the way there, which sees the same request: a gateway. It needs a provider card of its own. */
  readonly via?: { readonly provider: string; readonly host: string };
  /** Nothing leaves this deployment: the model runs inside it. No agreement is asked for. */
  readonly local?: true;
  /** For people: what kind of model this is. */
  readonly label: string;
  /** Ceiling on the tokens of one answer, hidden reasoning among them; absent where the model does not say. */
  readonly maxCompletionTokens?: number;
  /** One decision, one attempt: the engine repeats, the model does not. Never throws. `now` gives epoch milliseconds. */
  decide(request: ModelRequest, now: () => number): Promise<ModelResult>;
  /** US dollars that this call costs at most, as far as anybody can say before it; absent where nobody can, and no budget has room for it. */
  mostUsd?(request: ModelRequest, now: number): number;
}
