// What is proved about a threshold: from this score on, at most `limit` of what is written automatically is wrong, with this confidence, for this model, prompt, schema and
// measure of confidence. Plain data; it is issued from a validation report, and never edited.
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
