// The states of a run. A waiting run says on what; an ended one carries its outcome.
import type { Failure } from "./errors.ts";
import type { Json } from "./json.ts";

export type WaitReason =
  | { readonly kind: "approval"; readonly approvalId: string; readonly step: string; readonly until: number }
  | { readonly kind: "timer"; readonly step: string; readonly until: number }
  | { readonly kind: "signal"; readonly step: string; readonly signal: string; readonly until: number }
  /** Its turn: an earlier run of its lane has not ended. `until` is when that is looked at again by itself. */
  | { readonly kind: "lane"; readonly step: ""; readonly lane: string; readonly until: number }
  | { readonly kind: "operator"; readonly step: string; readonly error: Failure };

export type RunState =
  | { readonly status: "pending" }
  | { readonly status: "running" }
  | { readonly status: "waiting"; readonly on: WaitReason }
  | { readonly status: "completed"; readonly output: Json }
  | { readonly status: "failed"; readonly error: Failure }
  | { readonly status: "cancelled"; readonly by: string };

export type RunStatus = RunState["status"];

export const hasEnded = (state: RunState): boolean =>
  state.status === "completed" || state.status === "failed" || state.status === "cancelled";
