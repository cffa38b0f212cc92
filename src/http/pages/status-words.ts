// The states of runs, writes and approvals in words, each with a tone. A tone is never the only sign: every chip carries a word and a shape of its own.
import type { WaitReason } from "../../core/run.ts";
import type { ApprovalStatus, EffectStatus, RunRow } from "../../db/reads.ts";
import { span, utc } from "./words.ts";

export type Tone = "neutral" | "info" | "good" | "warn" | "bad";
export type Shape = "dot" | "ring" | "pause" | "check" | "cross" | "question" | "back" | "clock" | "stop";

export interface StatusWords {
  readonly label: string;
  readonly tone: Tone;
  readonly shape: Shape;
}

const words = (label: string, tone: Tone, shape: Shape): StatusWords => ({ label, tone, shape });

export function runStatus({ state }: Pick<RunRow, "state">): StatusWords {
  switch (state.status) {
    case "pending":
      return words("Pending", "neutral", "ring");
    case "running":
      return words("Running", "info", "dot");
    case "waiting":
      return waitStatus[state.on.kind];
    case "completed":
      return words("Completed", "good", "check");
    case "failed":
      return words("Failed", "bad", "cross");
    case "cancelled":
      return words("Cancelled", "neutral", "stop");
  }
}

const waitStatus: Record<WaitReason["kind"], StatusWords> = {
  approval: words("Waiting for a decision", "warn", "pause"),
  timer: words("Waiting to try again", "info", "clock"),
  signal: words("Waiting for a signal", "info", "clock"),
  lane: words("Waiting its turn", "neutral", "pause"),
  limit: words("Waiting its turn", "neutral", "pause"),
  child: words("Waiting for another run", "info", "clock"),
  paused: words("Paused", "warn", "pause"),
  operator: words("Waiting for an operator", "bad", "pause"),
};

const LIMITS = {
  concurrency: "As many runs of this workflow as its limit allows are under way",
  throttle: "As many runs of this workflow as its limit allows have begun lately",
  debounce: "More changes of the same record may follow",
} as const;
const PAUSED = { run: "Paused", workflow: "All runs of this workflow were stopped", everything: "All runs were stopped" } as const;

/** What a waiting run waits for, as a sentence; null for a run that waits for nothing. */
export function waitsFor({ state }: Pick<RunRow, "state">): string | null {
  if (state.status !== "waiting") return null;
  const { on } = state;
  switch (on.kind) {
    case "approval":
      return `A person decides on “${on.step}” by ${utc(on.decideBy ?? on.until)}`;
    case "timer":
      return `“${on.step}” goes on at ${utc(on.until)}`;
    case "signal":
      return `“${on.step}” takes the signal “${on.signal}” until ${utc(on.until)}`;
    case "lane":
      return `An earlier run of lane “${on.lane}” has not ended`;
    case "limit":
      return `${LIMITS[on.limit]}; looked at again at ${utc(on.until)}`;
    case "child":
      return `“${on.step}” waits for the run ${on.run}`;
    case "paused":
      return `${PAUSED[on.scope]} by ${on.by}`;
    case "operator":
      return on.step === "" ? on.error.message : `“${on.step}”: ${on.error.message}`;
  }
}

/** The same beside a status chip in a list, where only what is left matters. */
export function waitsBriefly({ state }: Pick<RunRow, "state">, now: number): string | null {
  if (state.status !== "waiting") return null;
  const { on } = state;
  if (on.kind === "operator") return on.step === "" ? on.error.message : `“${on.step}”: ${on.error.message}`;
  if (on.kind === "lane") return `lane “${on.lane}”`;
  if (on.kind === "limit") return on.limit;
  if (on.kind === "child") return `run ${on.run}`;
  if (on.kind === "paused") return `by ${on.by}`;
  const left = (on.kind === "approval" ? (on.decideBy ?? on.until) : on.until) - now;
  if (left <= 0) return `“${on.step}”, due`;
  return on.kind === "approval" ? `“${on.step}”, ${span(left)} left` : `“${on.step}” in ${span(left)}`;
}

export const effectStatus: Record<EffectStatus, StatusWords> = {
  intended: words("Not written yet", "neutral", "ring"),
  applied: words("Written", "good", "check"),
  unknown: words("Outcome unknown", "bad", "question"),
  refused: words("Not written", "neutral", "stop"),
  undoing: words("Being undone", "info", "back"),
  undone: words("Undone", "neutral", "back"),
  undo_conflict: words("Partly undone", "warn", "back"),
  undo_failed: words("Undo failed", "bad", "cross"),
  failed: words("Failed", "bad", "cross"),
};

export const approvalStatus: Record<ApprovalStatus, StatusWords> = {
  pending: words("Waiting for a decision", "warn", "pause"),
  approved: words("Approved", "good", "check"),
  edited: words("Approved with edits", "good", "check"),
  rejected: words("Rejected", "bad", "cross"),
  insufficient: words("Not enough information", "warn", "question"),
  expired: words("Not decided in time", "neutral", "clock"),
  voided: words("No longer asked", "neutral", "stop"),
};
