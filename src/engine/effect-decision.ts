// The effect protocol as a decision: from a step's entries, what is the next line? intend -> look -> rule -> ask -> apply -> prove.
// Pure; the shell in run-effect.ts does what it says and journals it. After a crash the same entries give the same next line, which is the whole recovery.
import type { Approval, ApprovalEntry, Decision, Seat } from "../core/approval.ts";
import { errorFacts, type Failure } from "../core/errors.ts";
import { type Json, type JsonObject, sameJson } from "../core/json.ts";
import type { Decider, Ruling } from "../governance/evaluate.ts";
import { computeGate, type GateMove } from "../governance/gate.ts";
import type { WriteCounts } from "../governance/limits.ts";
import type { Review } from "../governance/review.ts";
import type { StepEntry } from "./journal.ts";

/**
 * A request that was sent and never answered may still be on its way: `find` proves absence only this long after the moment when it left, or when it was known
 * that no answer would come (the connector's time limit, a broken connection, a gateway that gave up). It covers the time limit in http.ts.
 */
export const SETTLE_MS = 10_000;

/**
 * How long a look, and the ruling on it, may be acted on. In one go there are milliseconds between look and send; a stop or a crash in between can last hours, and
 * then the record may be another and the rules may say something else. As long as a single request may take.
 */
export const LOOK_HOLDS_MS = 10_000;

type Of<T extends StepEntry["type"]> = Extract<StepEntry, { type: T }>;

export interface EffectState {
  intended: Of<"effect.intended"> | null;
  /** The look that holds: null again once a decision or a conflict asks for a fresh one. */
  looked: (Of<"effect.looked"> & { readonly at: number }) | null;
  /** What the record was last seen to hold, for people. */
  seen: JsonObject | null;
  ruling: Ruling | null;
  /** By the latest ruling: a person looks at it afterwards. */
  sampled: boolean;
  /** What the workflow had written when this was last ruled on. */
  counts: WriteCounts | null;
  approval: Approval | null;
  /** What has been said of the approval. */
  said: ApprovalEntry[];
  decision: Decision | null;
  /** The values to write: the workflow's, or a reviewer's. */
  values: JsonObject;
  attempts: number;
  /** A send whose outcome is not known; `since` is when it left, or when it was given up. `answered`: the system did answer, with something unreadable. */
  outstanding: { since: number; answered: boolean } | null;
  /** The last send repeated, under its key, one that was never answered: that this one was turned away says nothing of that one. */
  again: boolean;
  /** The last try, of whatever kind, that failed and is to be repeated. */
  failure: { error: Failure; retryAt: number | null } | null;
  applied: Of<"effect.applied"> | null;
  proved: Of<"effect.proved"> | null;
  refused: Of<"effect.refused"> | null;
  unknown: Failure | null;
  failed: Failure | null;
}

export function foldEffect(entries: readonly (StepEntry & { readonly at: number })[]): EffectState {
  const state: EffectState = {
    intended: null,
    looked: null,
    seen: null,
    ruling: null,
    sampled: false,
    counts: null,
    approval: null,
    said: [],
    decision: null,
    values: {},
    attempts: 0,
    outstanding: null,
    again: false,
    failure: null,
    applied: null,
    proved: null,
    refused: null,
    unknown: null,
    failed: null,
  };
  for (const entry of entries) foldOne(state, entry);
  return state;
}

function foldOne(state: EffectState, entry: StepEntry & { readonly at: number }): void {
  switch (entry.type) {
    case "effect.intended":
      state.intended = entry;
      state.values = entry.values;
      return;
    case "effect.looked":
      state.looked = entry;
      state.seen = entry.before;
      state.ruling = null;
      state.failure = null;
      return;
    case "effect.ruled":
      state.ruling = entry.ruling;
      state.sampled = entry.sampled === true;
      state.counts = entry.counts ?? null;
      return;
    case "approval.requested":
      state.approval = entry.approval;
      state.said = [];
      state.decision = null;
      return;
    case "approval.endorsed":
    case "approval.amended":
    case "approval.reassigned":
    case "approval.information_asked":
    case "approval.information_given":
    case "approval.reminded":
    case "approval.escalated":
      state.said.push(entry);
      return;
    case "approval.voided":
      state.approval = null;
      state.decision = null;
      state.ruling = null;
      state.values = (state.intended as Of<"effect.intended">).values;
      return;
    case "approval.decided":
      state.decision = entry.decision;
      state.ruling = null;
      // The world may have moved while a person thought: look again before acting on the answer.
      state.looked = null;
      if (entry.decision.kind === "edited") state.values = entry.decision.values;
      return;
    case "effect.sending":
      state.attempts = entry.attempt;
      state.outstanding = { since: entry.at, answered: false };
      state.again = entry.again === true;
      state.failure = null;
      return;
    case "attempt.failed":
      state.failure = { error: entry.error, retryAt: entry.retryAt };
      if (entry.during !== "send" || !state.outstanding) return;
      if (errorFacts(entry.error.code).outcome === "unknown") {
        state.outstanding = { since: entry.at, answered: entry.error.code === "connector.answer_invalid" };
      } else {
        state.outstanding = state.again ? { since: entry.at, answered: false } : null;
        // Until the next try the record may change, or has changed already (a conflict): what was seen and ruled on need not be what is there.
        state.looked = null;
      }
      return;
    case "effect.applied":
      state.applied = entry;
      state.outstanding = null;
      state.unknown = null;
      state.failure = null;
      return;
    case "effect.proved":
      state.proved = entry;
      return;
    case "effect.refused":
      state.refused = entry;
      return;
    case "effect.unknown":
      state.unknown = entry.error;
      return;
    case "step.failed":
      state.failed = entry.error;
      state.outstanding = null;
      return;
    case "operator.resolved":
      state.unknown = null;
      state.failure = null;
      state.failed = null;
      if (entry.choice === "not_applied") {
        state.outstanding = null;
        state.looked = null;
      }
      return;
    case "read.done":
    case "decision.made":
    case "step.done":
    case "timer.set":
    case "timer.fired":
    case "signal.awaited":
    case "signal.received":
    case "signal.refused":
    case "signal.expired":
    case "question.asked":
    case "child.started":
    case "child.ended":
    case "undo.requested":
    case "undo.sending":
    case "undo.attempt_failed":
    case "undo.done":
    case "undo.failed":
      return;
  }
}

export type EffectMove =
  | { readonly kind: "intend" }
  | { readonly kind: "look" }
  /** `drifted`: a decision was made on a before-image that is no longer there; void it first. */
  | { readonly kind: "rule"; readonly drifted: boolean }
  | { readonly kind: "ask" }
  | { readonly kind: "refuse"; readonly because: Of<"effect.refused">["because"]; readonly reason: string }
  | { readonly kind: "send" }
  /** Find out what became of a send without an answer. `conclusive`: absence may be believed. */
  | { readonly kind: "settle"; readonly conclusive: boolean; readonly conclusiveAt: number }
  | { readonly kind: "prove" }
  | { readonly kind: "ask_on"; readonly approval: Approval; readonly next: GateMove }
  | { readonly kind: "wait_timer"; readonly until: number }
  | { readonly kind: "wait_operator"; readonly error: Failure }
  | { readonly kind: "done" }
  | { readonly kind: "fail"; readonly error: Failure };

/**
 * `hasLook` / `hasProof`: what the action offers; `shadow`: the spec's mode withholds the power to write; `cancelled`: the run is being ended, so that only what
 * has been sent is carried to where its outcome is known; `review`: the spec's terms for those who are asked.
 */
export function decideEffect(
  state: EffectState,
  options: {
    readonly hasLook: boolean;
    readonly hasProof: boolean;
    readonly shadow: boolean;
    readonly cancelled: boolean;
    readonly review: Review;
  },
  now: number,
): EffectMove {
  if (state.failed) return { kind: "fail", error: state.failed };
  if (!state.intended) return { kind: "intend" };
  if (state.refused) return { kind: "done" };
  if (options.cancelled && !state.outstanding && !state.applied) return { kind: "refuse", because: "cancelled", reason: CANCELLED };
  if (state.unknown) return { kind: "wait_operator", error: state.unknown };
  if (state.failure) {
    if (state.failure.retryAt === null) return { kind: "wait_operator", error: state.failure.error };
    if (state.failure.retryAt > now) return { kind: "wait_timer", until: state.failure.retryAt };
  }
  if (state.applied) return options.hasProof && !state.proved ? { kind: "prove" } : { kind: "done" };
  if (state.outstanding) {
    const conclusiveAt = state.outstanding.answered ? now : state.outstanding.since + SETTLE_MS;
    return { kind: "settle", conclusive: now >= conclusiveAt, conclusiveAt };
  }
  if (state.approval && !state.decision) {
    return { kind: "ask_on", approval: state.approval, next: computeGate(options.review, state.approval, state.said, now).next };
  }
  if (state.decision?.kind === "rejected") return { kind: "refuse", because: "rejected", reason: state.decision.reason };
  if (state.decision?.kind === "insufficient") return { kind: "refuse", because: "insufficient", reason: state.decision.missing };
  if (state.decision?.kind === "expired")
    return { kind: "refuse", because: "expired", reason: "Nobody decided within the time that the spec allows" };
  if (options.hasLook && !state.looked) return { kind: "look" };
  if (!state.ruling) {
    const drifted = Boolean(
      state.approval && state.decision && options.hasLook && !sameJson(state.approval.before, state.looked?.before ?? {}),
    );
    return { kind: "rule", drifted };
  }
  if (state.ruling.outcome === "deny") return { kind: "refuse", because: "denied", reason: state.ruling.reason };
  if (options.shadow)
    return { kind: "refuse", because: "shadow", reason: `Shadow mode: the ruling was ${state.ruling.outcome} (${state.ruling.rule})` };
  if (state.ruling.outcome === "require_approval") return { kind: "ask" };
  if (state.looked && now - state.looked.at > LOOK_HOLDS_MS) return { kind: "look" };
  return { kind: "send" };
}

/** Why a write was not made that its run had intended. */
export const CANCELLED = "The run was cancelled before this was written";

/** Who decided, when a person did and the answer was to write. */
export const deciderOf = (state: EffectState): string | null =>
  state.decision && (state.decision.kind === "approved" || state.decision.kind === "edited") ? state.decision.by : null;

/** All who agreed to what is to be written. One who was escalated to stands for those whom the approval asked: no question is left that is not theirs. */
export function decidersOf({ decision, approval }: EffectState): readonly Decider[] {
  if (decision?.kind !== "approved" && decision?.kind !== "edited") return [];
  return [...(decision.agreed ?? []), decision].map((seat) => deciderIn(approval, seat));
}

export const deciderIn = (approval: Approval | null, { by, inPlaceOf, level }: Seat): Decider => ({
  by,
  ...(inPlaceOf === undefined ? {} : { inPlaceOf }),
  as: level === undefined ? [inPlaceOf ?? by] : (approval?.reviewers ?? []),
});

/** What the proof must show: the fields we wrote, as they are now. */
export const proves = (values: JsonObject, after: JsonObject): boolean =>
  Object.entries(values).every(([field, value]) => sameJson(after[field] ?? null, value as Json));

/** Some send of it was never answered, whatever later ones came to; an operator's word that it did not arrive closes that. */
export function wasLeftOpen(entries: readonly StepEntry[]): boolean {
  let open = false;
  let sent = false;
  for (const entry of entries) {
    if (entry.type === "effect.sending") {
      open ||= sent;
      sent = true;
    } else if (entry.type === "attempt.failed" && entry.during === "send") {
      open ||= errorFacts(entry.error.code).outcome === "unknown";
      sent = false;
    } else if (entry.type === "operator.resolved" && entry.choice === "not_applied") {
      open = false;
      sent = false;
    }
  }
  return open;
}
