// What a run may do with other runs (start, watch and cancel its children; start its successor), as a port, and what a journal says of its run's relatives.
// It holds no transport: where a run lives is whatever the port's start answered, and is kept in the journal.
import type { InterlockEvent } from "../core/event.ts";
import type { EndedState } from "../core/run.ts";
import type { Entry, Origin } from "./journal.ts";

/** Where a run is found. Known from its start on, so that nobody has to ask D1, which is a moment behind. */
export interface RunPlace {
  readonly run: string;
  readonly partition: string;
}

/** The event's id is computed from the run that starts and its step: a start that is repeated finds the run that exists. */
export interface ChildStart {
  readonly workflow: string;
  readonly step: string;
  readonly waits: boolean;
  readonly event: InterlockEvent;
}

/** A signal that nobody took, on its way to the run that goes on. */
export interface CarriedSignal {
  readonly signal: string;
  readonly id: string;
  readonly data: Extract<Entry, { type: "signal.arrived" }>["data"];
  readonly by: string;
}

export interface SuccessorStart {
  readonly workflow: string;
  readonly event: InterlockEvent;
  readonly signals: readonly CarriedSignal[];
}

export interface CancelWords {
  readonly compensate: boolean;
  readonly reason: string;
}

/** The run that speaks through the port. */
export interface Speaker extends RunPlace {
  readonly lane: string;
  readonly atOnce: number;
  readonly confined: boolean;
  readonly origin: Origin | null;
  readonly begunBy: string | null;
}

/** Everything throws an InterlockError: `child.refused` for what no repeat changes, codes that are worth a repeat for the rest. */
export interface OtherRuns {
  /** Resolves when the run is durable where it lives, whether this call made it or an earlier one. */
  startChild(start: ChildStart): Promise<RunPlace>;
  /** `fresh`: this call made it, and so it has these signals; one that existed may have others. */
  startSuccessor(start: SuccessorStart): Promise<RunPlace & { readonly fresh: boolean }>;
  /** Delivered once, whoever repeats it. One to a run that has ended is dropped, as it would be if it had come to that run. */
  signal(to: RunPlace, signal: CarriedSignal): Promise<void>;
  /** How it ended, through all its successors; null while it, or the last of them, has not. */
  look(at: RunPlace): Promise<EndedState | null>;
  /** Cancels it, or the last of its successors. One that has ended is left as it is. */
  cancel(at: RunPlace, words: CancelWords, by: string): Promise<void>;
}

/** How a run was begun where it was not by an event of its own. */
export function originOf(run: readonly Entry[]): Origin | null {
  const started = run.find(({ type }) => type === "run.started");
  return (started?.type === "run.started" && started.origin) || null;
}

/** Who began a run by hand, or the run that it came from: one person must not both begin a change and decide on it. Null where an event did. */
export function begunBy(origin: Origin | null): string | null {
  switch (origin?.kind) {
    case "replayed":
    case "restarted":
      return origin.by;
    case "child":
    case "continued":
      return origin.begunBy ?? null;
    case undefined:
      return null;
  }
}

/** The run that waits for this one's end: its parent, or the parent of the run that it continues. */
export function waitingParentOf(run: readonly Entry[]): Extract<Origin, { kind: "child" }> | null {
  const origin = originOf(run);
  const child = origin?.kind === "continued" ? origin.child : origin;
  return child?.kind === "child" && child.waits ? child : null;
}

/** The run that goes on in place of this one; it lives in the same partition, because it has the same lane. */
export function successorOf(run: readonly Entry[]): string | null {
  const completed = run.findLast(({ type }) => type === "run.completed");
  return (completed?.type === "run.completed" && completed.continuedAs) || null;
}
