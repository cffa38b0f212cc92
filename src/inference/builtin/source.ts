// The built-in statistical model as a deployment uses it: one set of weights per workflow and version, kept in R2 under the digest of what they were trained on. The
// first version is trained from the samples that the deployment ships, later ones from these and what reviewers decided; which one answers, the process owner says.
// Training takes seconds of CPU, so it happens where events are consumed and never in a partition.
import { sha256Hex } from "../../core/crypto.ts";
import { failureOf } from "../../core/errors.ts";
import type { Model } from "../model.ts";
import { openAiCompatibleModel } from "../providers/openai-compatible.ts";
import { type AnswerSchemas, missingLabels, type ReviewedDecision, sampleOf } from "./reviewed.ts";
import { builtinFetch } from "./serve.ts";
import { type DecisionSample, type FieldReport, modelIdOf, type Origin, trainModel } from "./train.ts";
import { decodeWeights, encodeWeights } from "./weights.ts";

export const BUILTIN_LABEL = "Built-in statistical model (not a language model)";

/** What training made, and what it learned from. */
export interface TrainedVersion {
  readonly id: string;
  /** Where its weights lie in R2. */
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly rows: Readonly<Record<Origin, number>>;
  /** Decisions that nothing could be learned from. */
  readonly unused: number;
  readonly fields: readonly FieldReport[];
  /** Labels that the schema allows and no record carries. */
  readonly missing: readonly { readonly field: string; readonly labels: readonly string[] }[];
}

export interface Learned {
  readonly schemas: AnswerSchemas;
  readonly reviewed: readonly ReviewedDecision[];
}

/** A workflow's model that this deployment trains by itself. */
export interface Trained {
  readonly workflow: string;
  /** The version that the shipped samples make; null where none are shipped. */
  readonly shipped: { readonly id: string; readonly key: string } | null;
  /** Seconds of CPU. Throws a RangeError that says which records are missing. */
  readonly train: (learned: Learned) => TrainedVersion;
}

export interface BuiltinBindings {
  readonly blobs: { get(key: string): Promise<Uint8Array | null> };
  /** The version that was made current for a workflow; null where nobody has chosen one. */
  readonly versions: { current(workflow: string): Promise<string | null> };
}

export interface BuiltinSource {
  readonly trained: readonly Trained[];
  /** The texts that the shipped version has learned from. */
  readonly learnt: (workflow: string) => readonly string[];
  readonly build: (workflow: string, bindings: BuiltinBindings) => Model;
}

const keyOf = (modelId: string): string => `model/${modelId}`;

/** `samples` by workflow name; none for a workflow that is to learn from its reviewers alone. */
export function builtinSource(samples: Readonly<Record<string, readonly DecisionSample[]>>): BuiltinSource {
  const shippedIds = new Map(
    Object.entries(samples).flatMap(([workflow, rows]) =>
      rows.length > 0 ? [[workflow, modelIdOf(workflow, rows, sha256Hex)] as const] : [],
    ),
  );
  return {
    trained: Object.entries(samples).map(([workflow, rows]) => {
      const id = shippedIds.get(workflow);
      return {
        workflow,
        shipped: id === undefined ? null : { id, key: keyOf(id) },
        train: (learned) => trainVersion(workflow, rows, learned),
      };
    }),
    learnt: (workflow) => (samples[workflow] ?? []).map(({ text }) => text),
    build: (workflow, bindings) => {
      const shipped = shippedIds.get(workflow) ?? `builtin/${workflow}@untrained`;
      return withVersion(modelOf(shipped, bindings), () => bindings.versions.current(workflow), shipped);
    },
  };
}

function trainVersion(workflow: string, shipped: readonly DecisionSample[], { schemas, reviewed }: Learned): TrainedVersion {
  const learned = reviewed.flatMap((one) => sampleOf(one, schemas) ?? []);
  const samples = [...shipped, ...learned];
  const { weights, rows, fields } = trainModel(workflow, samples, sha256Hex);
  return {
    id: weights.id,
    key: keyOf(weights.id),
    bytes: encodeWeights(weights),
    rows,
    unused: reviewed.length - learned.length,
    fields,
    missing: missingLabels(samples, schemas),
  };
}

const modelOf = (id: string, { blobs }: BuiltinBindings): Model =>
  openAiCompatibleModel({
    id,
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
    timeoutMs: 10_000,
  });

/** Each decision is asked of the version that is current then, and its answer names it: a certificate of another version does not speak for it. */
const withVersion = (model: Model, current: () => Promise<string | null>, shipped: string): Model => ({
  ...model,
  decide: async (request, now) => {
    let modelId: string;
    try {
      modelId = (await current()) ?? shipped;
    } catch (thrown) {
      return {
        ok: false,
        error: {
          code: "model.unavailable",
          message: `Which version of the built-in model is current could not be read: ${failureOf(thrown).message}`,
        },
      };
    }
    return model.decide({ ...request, modelId }, now);
  },
});
