// The states of a run. A waiting run says on what; an ended one carries its outcome.
import type { Failure } from "./errors.ts";
import type { Json } from "./json.ts";

export type WaitReason =
  /** `until`: when it is looked at again; `decideBy`: when all time to decide has passed, where that is later. */
  | { readonly kind: "approval"; readonly approvalId: string; readonly step: string; readonly until: number; readonly decideBy?: number }
  | { readonly kind: "timer"; readonly step: string; readonly until: number }
  | { readonly kind: "signal"; readonly step: string; readonly signal: string; readonly until: number }
  /** Its turn: an earlier run of its lane has not ended. `until` is when that is looked at again by itself. */
  | { readonly kind: "lane"; readonly step: ""; readonly lane: string; readonly until: number }
  /** A limit of its workflow: too many runs at once, too many begun lately, or its record is still changing. */
  | { readonly kind: "limit"; readonly step: ""; readonly limit: "concurrency" | "throttle" | "debounce"; readonly until: number }
  /** Another run that it started; `until` is when that is looked at again, should its news be lost. */
  | { readonly kind: "child"; readonly step: string; readonly run: string; readonly until: number }
  /** Somebody stopped it, its workflow, or everything; it goes on when they say so. */
  | { readonly kind: "paused"; readonly step: string; readonly scope: "run" | "workflow" | "everything"; readonly by: string }
  | { readonly kind: "operator"; readonly step: string; readonly error: Failure };

export type RunState =
  | { readonly status: "pending" }
  | { readonly status: "running" }
  | { readonly status: "waiting"; readonly on: WaitReason }
  | { readonly status: "completed"; readonly output: Json }
  | { readonly status: "failed"; readonly error: Failure }
  | { readonly status: "cancelled"; readonly by: string };

/** When a waiting run must be looked at by itself, epoch ms; null where only a message moves it. */
export const dueOf = (on: WaitReason): number | null => (on.kind === "operator" || on.kind === "paused" ? null : on.until);

/** How a run ended. */
export type EndedState = Extract<RunState, { status: "completed" | "failed" | "cancelled" }>;

export type RunStatus = RunState["status"];

export const hasEnded = (state: RunState): state is EndedState =>
  state.status === "completed" || state.status === "failed" || state.status === "cancelled";
