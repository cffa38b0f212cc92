// How wrong automatic writes are, from those that somebody looked at afterwards: a random part of them. Pure. What nobody could tell counts as wrong where something is
// promised, and as right where something is taken away: neither may rest on a guess.
import { CONFIDENCE, lowerBound, upperBound } from "./intervals.ts";
import { acceptedNeeded } from "./sample-size.ts";

export interface AuditCounts {
  /** Written without asking because the model was sure enough, looked at or not. */
  readonly written: number;
  readonly right: number;
  readonly wrong: number;
  readonly cannotTell: number;
}

export interface AuditedError {
  readonly audited: number;
  /** Wrong of those of which somebody could tell; null where there are none. */
  readonly point: number | null;
  /** One-sided, each with the confidence asked for; 0 and 1 where nothing was looked at. */
  readonly lower: number;
  readonly upper: number;
}

export function auditedError({ right, wrong, cannotTell }: AuditCounts, confidence: number = CONFIDENCE): AuditedError {
  const audited = right + wrong + cannotTell;
  if (audited === 0) return { audited, point: null, lower: 0, upper: 1 };
  return {
    audited,
    point: right + wrong === 0 ? null : wrong / (right + wrong),
    lower: lowerBound(wrong, audited, confidence),
    upper: upperBound(wrong + cannotTell, audited, confidence),
  };
}

/** Bounds are exact within 1e-12: one wrong of one is "at least 5 %", and that is not above 5 %. */
export const exceeds = (bound: number, limit: number): boolean => bound > limit + 1e-9;

export type AuditStanding =
  /** Nothing was written without asking. */
  | { readonly kind: "no_writes" }
  /** Nobody has looked at any of it. */
  | { readonly kind: "unaudited" }
  | { readonly kind: "within"; readonly error: AuditedError }
  | { readonly kind: "above"; readonly error: AuditedError }
  /** Neither proved nor refuted. `more`: how many more, all right, would prove it. */
  | { readonly kind: "open"; readonly error: AuditedError; readonly more: number };

export function auditStanding(counts: AuditCounts, limit: number, confidence: number = CONFIDENCE): AuditStanding {
  if (counts.written === 0) return { kind: "no_writes" };
  const error = auditedError(counts, confidence);
  if (error.audited === 0) return { kind: "unaudited" };
  if (error.upper <= limit) return { kind: "within", error };
  if (exceeds(error.lower, limit)) return { kind: "above", error };
  return { kind: "open", error, more: Math.max(1, acceptedNeeded(counts.wrong + counts.cannotTell, limit, confidence) - error.audited) };
}

export type BreakerDecision =
  | { readonly trip: false; readonly because: "too_few" | "within_limit" | "not_certain"; readonly error: AuditedError }
  | { readonly trip: true; readonly error: AuditedError };

/** One wrong write is an accident and says nothing about the next: a workflow is not stopped for it, however few were looked at. */
const LEAST_WRONG = 2;

/**
 * Trips only where more than the limit is wrong with the given certainty: the lower exact bound of the audited writes exceeds it. Looked at each week, that happens
 * by accident to a workflow exactly at its limit in at most one of 20 weeks; asking for nothing is then the harm, and it is a small one.
 */
export function decideBreaker(counts: AuditCounts, limit: number, confidence: number = CONFIDENCE): BreakerDecision {
  const error = auditedError(counts, confidence);
  if (counts.wrong < LEAST_WRONG) return { trip: false, because: "too_few", error };
  if (exceeds(error.lower, limit)) return { trip: true, error };
  return { trip: false, because: error.point !== null && error.point > limit ? "not_certain" : "within_limit", error };
}
