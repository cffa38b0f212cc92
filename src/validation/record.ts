// What a validation knows: one labelled record after the workflow answered it, and the facts of the whole. Plain data, kept as they are: reports are computed from them,
// again and again with another limit, without asking any model.

import type { ConfidenceSource, DecisionBasis, FieldConfidence } from "../core/decision.ts";

/** By dotted path of the decision's fields, as text: "team" -> "billing". */
export type Labels = Readonly<Record<string, string>>;

export type RecordAnswer =
  | {
      readonly kind: "answered";
      readonly value: Labels;
      /** The least sure of the labelled fields, 0..1: the score that the threshold is compared with. */
      readonly score: number;
      readonly fields: Readonly<Record<string, FieldConfidence>>;
      readonly source: ConfidenceSource;
      readonly basis: DecisionBasis;
      readonly provider: string;
      readonly model: string;
      /** US dollars; null when it is not known. */
      readonly costUsd: number | null;
      /** Null when the provider did not say. */
      readonly promptTokens: number | null;
      readonly completionTokens: number | null;
      readonly latencyMs: number;
      /** What the governance spec said of the run's first write that rests on this decision; null where there is no spec or no write. */
      readonly ruling: "allow" | "require_approval" | "deny" | null;
    }
  /** Nothing to compare: asked in production, and counted as asked here. */
  | { readonly kind: "failed"; readonly code: string; readonly message: string };

export interface ValidatedRecord {
  readonly id: string;
  /** Line of the file, from 1, the heading included. */
  readonly line: number;
  /** What the record said, by data element. Shown beside mistakes. */
  readonly input: Readonly<Record<string, string>>;
  readonly expected: Labels;
  readonly answer: RecordAnswer;
}

export interface ValidationFacts {
  readonly id: string;
  readonly workflow: string;
  readonly workflowVersion: number;
  readonly decision: string;
  /** The labelled fields: a record is right when each of them is. */
  readonly fields: readonly string[];
  readonly dataset: { readonly name: string; readonly digest: string; readonly rows: number; readonly rejected: number };
  /** The version of the governance spec that ruled, null where none is approved; and its threshold for this decision, if it is a number. */
  readonly specVersion: number | null;
  readonly currentThreshold: number | null;
  /** Highest share of wrong ones among the automatic that the owner accepts, and with which certainty it is to be proved; 0..1. */
  readonly limit: number;
  readonly confidence: number;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly finishedAt: number;
}
