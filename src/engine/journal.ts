// A run's record of itself: the entries, and the port through which the engine writes them.
// An entry is written before what it announces and after what it reports; it is never changed. Everything the engine knows about a run, it reads from here.
import type { Approval, ApprovalEntry, Decision, Seat } from "../core/approval.ts";
import type { ErrorCode, Failure } from "../core/errors.ts";
import type { EventFacts } from "../core/event.ts";
import type { Json, JsonObject } from "../core/json.ts";
import type { EndedState } from "../core/run.ts";
import type { Treated } from "../governance/data-flow.ts";
import type { DecisionFacts, Ruling } from "../governance/evaluate.ts";
import type { WriteCounts } from "../governance/limits.ts";
import type { OpenBreaker } from "../governance/on-record.ts";
import type { Taint } from "../governance/taint.ts";
import type { ModelDecision } from "../inference/model.ts";

/** What a run is pinned to from its first moment. */
export interface Pins {
  readonly workflow: string;
  readonly version: number;
  readonly manifestDigest: string;
  readonly specVersion: number;
}

/** `args` is the digest of a call's arguments: a replay that arrives with others has diverged. */
export type StepEntry =
  | { readonly type: "read.done"; readonly action: string; readonly args: string; readonly output: Json; readonly ms: number }
  | {
      readonly type: "decision.made";
      readonly args: string;
      readonly decision: ModelDecision;
      /** Held back, by element or path; and fields of the record that nobody has declared. */
      readonly notSent: readonly string[];
      /** What was sent, by element, as it left; absent where it was longer than SENT_LIMIT (run-decision.ts), or not recorded yet. */
      readonly input?: Readonly<Record<string, string>>;
      /** How each element left, and how much was taken out of it. */
      readonly sent?: readonly Treated[];
      /** Tokens in the answer that stand for nothing. */
      readonly invented?: readonly string[];
      /** Signs that the record speaks to the model. */
      readonly hints?: readonly string[];
      /** Copied from the run that this one began from: nobody was asked, and nothing was paid, again. */
      readonly inherited?: true;
      /** What was asked in the model's place or before it, and why that came to nothing, in order. */
      readonly tried?: readonly Tried[];
      /** What the model was told to do, as the workflow's author wrote it. */
      readonly instruction?: string;
      /** The person who decided, where no model could; `agreed`: those who had agreed to the same before. */
      readonly by?: string;
      readonly agreed?: readonly Seat[];
    }
  | { readonly type: "step.done"; readonly args: string; readonly output: Json }
  | { readonly type: "timer.set"; readonly args: string; readonly until: number }
  | { readonly type: "timer.fired" }
  | { readonly type: "signal.awaited"; readonly args: string; readonly signal: string; readonly until: number }
  /** `arrival`: sequence of the `signal.arrived` entry that this wait took. */
  | { readonly type: "signal.received"; readonly arrival: number; readonly data: Json }
  | { readonly type: "signal.refused"; readonly arrival: number; readonly reason: string }
  | { readonly type: "signal.expired" }
  /**
   * A question to people that is not about a write; `approval.requested` and `.decided` follow. `tried`: in a decision's step, what the models had come to when a
   * person was asked in their place, and what had left for them by then; `decision.made` follows.
   */
  | {
      readonly type: "question.asked";
      readonly args: string;
      readonly tried?: readonly Tried[];
      readonly sent?: readonly Treated[];
      readonly notSent?: readonly string[];
    }
  /** A child, or (of the step "continueAsNew") the successor. `partition`: where it lives, so that it can be found before D1 has heard of it. */
  | {
      readonly type: "child.started";
      readonly args: string;
      readonly child: string;
      readonly partition: string;
      readonly workflow: string;
      readonly waits: boolean;
    }
  | { readonly type: "child.ended"; readonly state: EndedState }
  | {
      readonly type: "attempt.failed";
      readonly args: string;
      /** What was being tried: only a failed "send" says anything about the write itself. */
      readonly during: "read" | "decide" | "compute" | "start" | "look" | "count" | "send" | "settle" | "prove";
      readonly attempt: number;
      readonly error: Failure;
      /** Null: a person has to act first. */
      readonly retryAt: number | null;
      /** When the try began, epoch milliseconds; where the author's retry policy counts from it. */
      readonly began?: number;
      /** Of a decision: the model that is asked again, by provider, host and id, where there are several; and what became of others by then. */
      readonly asked?: string;
      readonly tried?: readonly Tried[];
      /** The author's retry policy ends with it: what became of the write is found out, and it is not sent again. */
      readonly final?: true;
    }
  | { readonly type: "step.failed"; readonly args: string; readonly error: Failure }
  | {
      readonly type: "effect.intended";
      readonly args: string;
      readonly action: string;
      readonly target: string;
      readonly input: Json;
      /** The decision that the write is based on, if any: what its ruling is about. */
      readonly basedOn: DecisionFacts | null;
      readonly values: JsonObject;
      readonly key: string;
      readonly undo: "restore" | "withdraw" | "irreversible";
    }
  | { readonly type: "effect.looked"; readonly before: JsonObject; readonly version: string | null }
  | {
      readonly type: "effect.ruled";
      readonly ruling: Ruling;
      readonly values: JsonObject;
      readonly tainted?: readonly Taint[];
      /** Nobody was asked, and a person looks at it afterwards (src/governance/sample.ts). */
      readonly sampled?: true;
      /** What the workflow had written by then, where its spec asks. */
      readonly counts?: WriteCounts;
      /** The workflow's breaker, where it was open. */
      readonly breaker?: OpenBreaker;
    }
  | { readonly type: "approval.requested"; readonly approval: Approval }
  | ApprovalEntry
  | { readonly type: "approval.decided"; readonly approvalId: string; readonly decision: Decision }
  | { readonly type: "approval.voided"; readonly approvalId: string; readonly because: string }
  /** `again`: under the key of an earlier send that was never answered, and that may have arrived. */
  | { readonly type: "effect.sending"; readonly attempt: number; readonly values: JsonObject; readonly again?: true }
  /** `found`: the write was discovered done by its key, after an answer was lost. `omitted`: parts of its answer that were too large to keep. */
  | { readonly type: "effect.applied"; readonly output: Json; readonly found: boolean; readonly omitted?: readonly string[] }
  | { readonly type: "effect.proved"; readonly after: JsonObject; readonly matches: boolean }
  | {
      readonly type: "effect.refused";
      readonly because: "denied" | "rejected" | "insufficient" | "expired" | "shadow" | "abandoned" | "cancelled";
      readonly reason: string;
    }
  | { readonly type: "effect.unknown"; readonly error: Failure }
  | { readonly type: "undo.requested"; readonly by: string }
  | { readonly type: "undo.sending"; readonly restore: JsonObject; readonly conflicts: readonly UndoConflict[] }
  | { readonly type: "undo.attempt_failed"; readonly attempt: number; readonly error: Failure; readonly retryAt: number }
  | { readonly type: "undo.done"; readonly restored: JsonObject; readonly conflicts: readonly UndoConflict[]; readonly matches: boolean }
  | { readonly type: "undo.failed"; readonly error: Failure }
  | { readonly type: "operator.resolved"; readonly choice: OperatorChoice; readonly by: string };

/** One model's failure within a decision. `repaired`: its answer was not accepted, and it was asked once more. */
export interface Tried {
  /** As the deployment names it for its provider. */
  readonly model: string;
  readonly provider: string;
  readonly host?: string;
  readonly code: ErrorCode;
  readonly message: string;
  readonly repaired?: true;
}

/** A field that somebody has changed since our write: left alone and shown. */
export interface UndoConflict {
  readonly field: string;
  readonly ours: Json;
  readonly now: Json;
}

/** retry: try the step again. applied / not_applied: what an operator found out about an `unknown` write. abandon: give the write up. */
export type OperatorChoice = "retry" | "applied" | "not_applied" | "abandon";

/** What a run came from, where that is not an event of its own. */
export type Origin =
  | ChildOrigin
  /** The run before it in an endless chain (continueAsNew); `child`: who waits for the end of the chain, if anybody does. */
  | { readonly kind: "continued"; readonly from: string; readonly child?: ChildOrigin; readonly begunBy?: string }
  /** The same event once more, on an operator's word. */
  | { readonly kind: "replayed"; readonly from: string; readonly by: string }
  /** With another run's journal up to `step`, on an operator's word. */
  | { readonly kind: "restarted"; readonly from: string; readonly step: string; readonly by: string };

export interface ChildOrigin {
  readonly kind: "child";
  readonly parent: string;
  /** Where the parent lives: whom to tell of the end. */
  readonly partition: string;
  readonly step: string;
  readonly waits: boolean;
  /** Lanes that are held for this run by those who wait for it: it, and those it waits for, must not queue for them. */
  readonly lanes: readonly string[];
  /** Who began its parent, or that one's parent, by hand. */
  readonly begunBy?: string;
}

export type RunEntry =
  /** The event's payload is kept once, with the run and in the event log, and not in its journal. */
  | { readonly type: "run.started"; readonly pins: Pins; readonly event: EventFacts; readonly origin?: Origin }
  /** Before the run began, a later event of its record took the place of its own (debounce). */
  | { readonly type: "run.event_replaced"; readonly event: EventFacts }
  /** A message from outside, kept until a wait for its name takes it; `id` is the sender's, and a second one with it is none. */
  | { readonly type: "signal.arrived"; readonly signal: string; readonly id: string; readonly data: Json; readonly by: string }
  /** The journal has passed the size at which its author is told (see pass.ts). */
  | { readonly type: "run.journal_warned"; readonly entries: number; readonly limit: number }
  | { readonly type: "run.paused"; readonly by: string }
  | { readonly type: "run.resumed"; readonly by: string }
  /** From here on nothing new is begun; what was sent unanswered is settled, and then the run ends. */
  | { readonly type: "run.cancel_requested"; readonly by: string; readonly compensate: boolean; readonly reason: string }
  | { readonly type: "run.cancelled"; readonly by: string }
  /** A failed run that goes on from the step that failed. */
  | { readonly type: "run.reopened"; readonly by: string }
  /** `continuedAs`: the run that goes on in its place (continueAsNew). */
  | { readonly type: "run.completed"; readonly output: Json; readonly continuedAs?: string }
  | { readonly type: "run.failed"; readonly error: Failure };

/** What the engine hands over: a step's entry names its step ("route ticket", or "route ticket#2" for the second of that name). */
export type NewEntry = (StepEntry & { readonly step: string }) | (RunEntry & { readonly step?: undefined });

/** As kept: numbered from 1 without gaps; `at` is epoch milliseconds. */
export type Entry = NewEntry & { readonly seq: number; readonly at: number };

export interface JournalSize {
  readonly entries: number;
  readonly bytes: number;
}

/** One run's journal, as one pass of the engine holds it. */
export interface Journal {
  /** Entries, those not yet durable included, and bytes of JSON, of those that are durable. */
  readonly size: JournalSize;
  /** All entries of a step, or with null those of the run itself; those not yet durable included. */
  entriesOf(step: string | null): readonly Entry[];
  /** Numbers and keeps the entries at once; they become durable with the next `flush`. Throws `pass.stale` for an overtaken pass. */
  record(entries: readonly NewEntry[]): void;
  /** Resolves when everything recorded is durable, or will be before anything that follows can leave the machine. */
  flush(): Promise<void>;
}
