// What is on record about a workflow beside its spec, when a write is ruled on: the certificates that the spec names, and the breaker if it is open. Plain data.
import type { Certificate } from "./certificate.ts";
import type { GovernanceSpec } from "./spec.ts";

/** Something took from the workflow what it does without asking, until a person closes it. */
export interface OpenBreaker {
  /** Epoch milliseconds. */
  readonly openedAt: number;
  readonly reason: string;
}

export interface OnRecord {
  /** Those of the spec's certificates that there are. */
  readonly certificates: readonly Certificate[];
  /** Null while it is closed. */
  readonly breaker: OpenBreaker | null;
}

export const NOTHING_ON_RECORD: OnRecord = { certificates: [], breaker: null };

/** Ids, each once, in the order of the spec. */
export const certificatesIn = ({ thresholds }: Pick<GovernanceSpec, "thresholds">): string[] => [
  ...new Set(Object.values(thresholds).flatMap((threshold) => (typeof threshold === "number" ? [] : [threshold.certificate]))),
];
