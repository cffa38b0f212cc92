// May a step of a run go on? Pure: what people have said of the run (pause, cancel), the kill switch, and how large its journal is.
// It stops only what would be new: a step that is answered in the journal is answered again, whatever anybody has said.
import type { EndedState } from "../core/run.ts";
import type { Entry, JournalSize, NewEntry, StepEntry } from "./journal.ts";

/** The kill switch, of one workflow or of everything. */
export interface Halt {
  readonly scope: "workflow" | "everything";
  readonly by: string;
}

/**
 * A run's journal lies in memory whole while it runs, beside those of its neighbours, in an object of 128 MB; and a replay reads all of it. Its author is told
 * at four fifths, in time to hand over (step.continueAsNew); at the limit the next new step fails.
 */
export const JOURNAL_LIMIT: JournalSize = { entries: 10_000, bytes: 16_000_000 };
const WARN_SHARE = 0.8;

export type Admission =
  | { readonly kind: "go" }
  | { readonly kind: "go_and_warn"; readonly limit: number }
  | { readonly kind: "paused"; readonly scope: "run" | "workflow" | "everything"; readonly by: string }
  | { readonly kind: "full"; readonly message: string };

export function decideAdmission(step: readonly StepEntry[], run: readonly Entry[], size: JournalSize, halt: Halt | null): Admission {
  if (isAnswered(step)) return { kind: "go" };
  const cancel = cancelOf(run);
  // While a run is being cancelled its writes go on to where it is known what became of them; see decideEffect.
  if (cancel) return step.some(({ type }) => type === "effect.intended") ? { kind: "go" } : { kind: "paused", scope: "run", by: cancel.by };
  if (halt) return { kind: "paused", ...halt };
  const pause = pauseOf(run);
  if (pause) return { kind: "paused", scope: "run", by: pause.by };
  if (step.length > 0) return { kind: "go" };
  if (isFull(size, 1)) {
    return {
      kind: "full",
      message: `The run's journal has ${size.entries} entries and ${size.bytes} bytes; the limit is ${JOURNAL_LIMIT.entries} entries or ${JOURNAL_LIMIT.bytes} bytes. Hand over to a new run with step.continueAsNew before that`,
    };
  }
  if (isFull(size, WARN_SHARE) && !run.some(({ type }) => type === "run.journal_warned"))
    return { kind: "go_and_warn", limit: JOURNAL_LIMIT.entries };
  return { kind: "go" };
}

export const isNearlyFull = (size: JournalSize): boolean => isFull(size, WARN_SHARE);

const isFull = ({ entries, bytes }: JournalSize, share: number): boolean =>
  entries >= JOURNAL_LIMIT.entries * share || bytes >= JOURNAL_LIMIT.bytes * share;

/** How a run stands by its own entries: ended, or not (any more, where it was let go on). */
export function endOf(run: readonly Entry[]): EndedState | null {
  for (let at = run.length - 1; at >= 0; at--) {
    const ended = endedBy(run[at] as Entry);
    if (ended !== undefined) return ended;
  }
  return null;
}

/** What an entry says of the run's end; undefined where it says nothing. */
export function endedBy(entry: NewEntry): EndedState | null | undefined {
  switch (entry.type) {
    case "run.completed":
      return { status: "completed", output: entry.output };
    case "run.failed":
      return { status: "failed", error: entry.error };
    case "run.cancelled":
      return { status: "cancelled", by: entry.by };
    case "run.reopened":
      return null;
    default:
      return undefined;
  }
}

/** The request to cancel that stands, if any. */
export function cancelOf(run: readonly Entry[]): Extract<Entry, { type: "run.cancel_requested" }> | null {
  const asked = run.find((entry) => entry.type === "run.cancel_requested");
  return asked?.type === "run.cancel_requested" ? asked : null;
}

/** Who paused the run, if it is paused. */
export function pauseOf(run: readonly Entry[]): { readonly by: string } | null {
  const last = run.findLast((entry) => entry.type === "run.paused" || entry.type === "run.resumed");
  return last?.type === "run.paused" ? last : null;
}

/** Its outcome is recorded: a replay asks nobody. */
export function isAnswered(entries: readonly StepEntry[]): boolean {
  const last = entries.findLast(
    ({ type }) =>
      type !== "undo.requested" &&
      type !== "undo.sending" &&
      type !== "undo.attempt_failed" &&
      type !== "undo.done" &&
      type !== "undo.failed",
  );
  if (!last) return false;
  switch (last.type) {
    case "read.done":
    case "decision.made":
    case "step.done":
    case "step.failed":
    case "timer.fired":
    case "signal.received":
    case "signal.expired":
    case "child.ended":
    case "effect.applied":
    case "effect.proved":
    case "effect.refused":
      return true;
    case "child.started":
      return !last.waits;
    // A person's answer is the end of a question; of a write, and of a decision that no model could make, only a part.
    case "approval.decided":
      return entries.some((entry) => entry.type === "question.asked" && entry.tried === undefined);
    default:
      return false;
  }
}
