// What may be said to a partition, and what it answers: the RPC surface of durable-objects/run-partition.ts, as types that its callers share.
// Everything crosses as plain data; failures are values.
import type { Result } from "../core/errors.ts";
import type { InterlockEvent } from "../core/event.ts";
import type { EndedState, RunState } from "../core/run.ts";
import type { GovernanceSpec } from "../governance/spec.ts";
import type { SignalInput } from "./external.ts";
import type { Entry, OperatorChoice, Origin, Pins } from "./journal.ts";
import type { CancelWords, CarriedSignal } from "./other-runs.ts";

export interface RunStart {
  readonly runId: string;
  /** Runs with one key go one after another, in the order of their admission. */
  readonly lane: string;
  readonly pins: Pins;
  readonly event: InterlockEvent;
  readonly origin?: Origin;
  /** What the run before it has not taken, in the order of arrival. */
  readonly signals?: readonly CarriedSignal[];
}

/** One batch is one call and one durable write; `specs` holds every spec that the starts are pinned to. */
export interface StartBatch {
  readonly starts: readonly RunStart[];
  readonly specs: readonly GovernanceSpec[];
}

export interface Started {
  readonly runId: string;
  /** False: the run existed already; this was a repeated delivery. */
  readonly fresh: boolean;
}

export interface RunView {
  readonly id: string;
  readonly pins: Pins;
  readonly event: InterlockEvent;
  readonly state: RunState;
  readonly entries: readonly Entry[];
}

export interface PartitionPort {
  start(batch: StartBatch): Promise<Result<Started[]>>;
  decide(runId: string, approvalId: string, decision: unknown, by: string): Promise<Result<null>>;
  signal(runId: string, signal: SignalInput, by: string): Promise<Result<null>>;
  undo(runId: string, step: string, by: string): Promise<Result<null>>;
  resolve(runId: string, step: string, choice: OperatorChoice, by: string): Promise<Result<null>>;
  cancel(runId: string, words: CancelWords, by: string): Promise<Result<null>>;
  /** How the run, or the last one that it handed over to, has ended; null while it has not. `run`: which one that is. */
  look(runId: string): Promise<Result<{ readonly run: string; readonly ended: EndedState | null }>>;
  /** A hint that something these runs wait for may have come. It says nothing: they look for themselves. */
  nudge(runIds: readonly string[]): Promise<Result<null>>;
  inspect(runId: string): Promise<Result<RunView>>;
  /** Ids of the runs that this partition has ever admitted, oldest id first; for rebuilding D1 and for tests. */
  admitted(after: string, limit: number): Promise<string[]>;
}
