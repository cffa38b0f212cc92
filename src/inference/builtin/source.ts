// The built-in statistical model as a deployment uses it: one set of weights per workflow, trained from that workflow's labelled samples and kept in R2 under
// the digest of what they were trained on. Training takes seconds of CPU, so it happens where events are consumed and never in a partition.
import { sha256Hex } from "../../core/crypto.ts";
import type { Model } from "../model.ts";
import { openAiCompatibleModel } from "../providers/openai-compatible.ts";
import { builtinFetch } from "./serve.ts";
import { type DecisionSample, modelIdOf, trainDecision } from "./train.ts";
import { decodeWeights, encodeWeights } from "./weights.ts";

export const BUILTIN_LABEL = "Built-in statistical model (not a language model)";

/** Weights that have to exist before the first decision: where they lie, and how they are made. */
export interface Trained {
  readonly key: string;
  readonly train: () => Uint8Array;
}

export interface BuiltinSource {
  readonly trained: readonly Trained[];
  readonly learnt: (workflow: string) => readonly string[];
  readonly build: (workflow: string, bindings: { readonly blobs: { get(key: string): Promise<Uint8Array | null> } }) => Model;
}

const keyOf = (modelId: string): string => `model/${modelId}`;

/** `samples` by workflow name. */
export function builtinSource(samples: Readonly<Record<string, readonly DecisionSample[]>>): BuiltinSource {
  const ids = new Map(Object.entries(samples).map(([workflow, rows]) => [workflow, modelIdOf(workflow, rows, sha256Hex)]));
  return {
    trained: Object.entries(samples).map(([workflow, rows]) => ({
      key: keyOf(ids.get(workflow) as string),
      train: () => encodeWeights(trainDecision(workflow, rows, sha256Hex)),
    })),
    learnt: (workflow) => (samples[workflow] ?? []).map(({ text }) => text),
    build: (workflow, { blobs }) =>
      openAiCompatibleModel({
        id: ids.get(workflow) ?? `builtin/${workflow}@untrained`,
        provider: "builtin",
        label: BUILTIN_LABEL,
        local: true,
        // The SDK wants both; neither leaves this process.
        apiKey: "builtin",
        baseURL: "http://builtin.invalid/v1",
        fetch: builtinFetch({
          load: async (modelId) => {
            const bytes = await blobs.get(keyOf(modelId));
            return bytes && decodeWeights(bytes);
          },
        }),
        capabilities: { logprobs: true, temperature: false },
        price: { inputUsd: 0, outputUsd: 0, asOf: "2026-11-23", source: "runs inside this Worker" },
        timeoutMs: 10_000,
      }),
  };
}
