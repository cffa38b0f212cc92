// What is proved about a threshold: from this score on, at most `limit` of what is written automatically is wrong, with this confidence, for this model, prompt, schema and
// measure of confidence. Plain data; it is issued from a validation report, and never edited. And whether an answer is of the kind that the proof is about: anything else
// is another workflow as far as a proof goes. It must not say what follows (confidence.ts).
import type { ConfidenceSource, DecisionBasis } from "../core/decision.ts";

export interface Certificate {
  readonly id: string;
  readonly workflow: string;
  readonly decision: string;
  /** The fields that were labelled, and that the proof is about. */
  readonly fields: readonly string[];
  /** Score from which it holds, 0..1. */
  readonly threshold: number;
  /** Shares, 0..1. */
  readonly limit: number;
  readonly confidence: number;
  /** Counted: all records, those at or above the threshold, the wrong ones among these. */
  readonly records: number;
  readonly accepted: number;
  readonly errors: number;
  /** Exact upper bound of the share of wrong ones, 0..1. */
  readonly upper: number;
  /** The validation report that shows it, by id and SHA-256 of its canonical JSON. */
  readonly report: { readonly id: string; readonly digest: string };
  readonly provider: string;
  /** As the provider named it in its answers. */
  readonly model: string;
  readonly source: ConfidenceSource;
  readonly basis: DecisionBasis;
  /** Epoch milliseconds. */
  readonly issuedAt: number;
}

/** What an answer rests on; an answer from before this was recorded lacks some of it. */
export interface Origin {
  readonly provider?: string;
  readonly model?: string;
  readonly source?: ConfidenceSource;
  readonly basis?: DecisionBasis;
}

export interface OriginChange {
  readonly what: "provider" | "model" | "source" | "prompt" | "schema";
  readonly proved: string;
  /** Null where the answer does not say. */
  readonly now: string | null;
}

/** Where an answer is not of the kind that was proved; empty where it is. */
export function originChanges(proved: Required<Origin>, now: Origin): OriginChange[] {
  const pairs = [
    ["provider", proved.provider, now.provider],
    ["model", proved.model, now.model],
    ["source", proved.source, now.source],
    ["prompt", proved.basis.prompt, now.basis?.prompt],
    ["schema", proved.basis.schema, now.basis?.schema],
  ] as const;
  return pairs.flatMap(([what, was, is]): OriginChange[] => (was === is ? [] : [{ what, proved: was, now: is ?? null }]));
}

const WHAT: Record<OriginChange["what"], string> = {
  provider: "the provider",
  model: "the model",
  source: "the way in which confidence is measured",
  prompt: "the prompt",
  schema: "the schema of the answer",
};

/** As a phrase. Digests are not quoted: that they differ is all they say. */
export function changeText({ what, proved, now }: OriginChange): string {
  if (now === null) return `it is not recorded what ${WHAT[what]} was`;
  return what === "prompt" || what === "schema"
    ? `${WHAT[what]} is another than the one proved`
    : `${WHAT[what]} is ${now}, and was proved for ${proved}`;
}

/** The least sure of these fields: what a threshold is compared with. A field without a measured confidence counts as 0. */
export const scoreOf = (fields: readonly string[], measured: Readonly<Record<string, number>>): number =>
  Math.min(...fields.map((field) => (Object.hasOwn(measured, field) ? (measured[field] as number) : 0)));
