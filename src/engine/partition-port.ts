// What may be said to a partition, and what it answers: the RPC surface of durable-objects/run-partition.ts, as types that its callers share.
// Everything crosses as plain data; failures are values.
import type { Result } from "../core/errors.ts";
import type { InterlockEvent } from "../core/event.ts";
import type { RunState } from "../core/run.ts";
import type { AuditRecord } from "../governance/audit-chain.ts";
import type { GovernanceSpec } from "../governance/spec.ts";
import type { SignalInput } from "./external.ts";
import type { Entry, OperatorChoice, Pins } from "./journal.ts";

export interface RunStart {
  readonly runId: string;
  /** Runs with one key go one after another, in the order of their admission. */
  readonly lane: string;
  readonly pins: Pins;
  readonly event: InterlockEvent;
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
  /** Empty once they were erased. */
  readonly entries: readonly Entry[];
  /** When its contents were removed, and what is left of its journal. */
  readonly erased: { readonly at: number; readonly records: readonly AuditRecord[] } | null;
}

export interface PartitionPort {
  start(batch: StartBatch): Promise<Result<Started[]>>;
  decide(runId: string, approvalId: string, decision: unknown, by: string): Promise<Result<null>>;
  signal(runId: string, signal: SignalInput, by: string): Promise<Result<null>>;
  undo(runId: string, step: string, by: string): Promise<Result<null>>;
  resolve(runId: string, step: string, choice: OperatorChoice, by: string): Promise<Result<null>>;
  inspect(runId: string): Promise<Result<RunView>>;
  /** The sweep asks after runs that should have moved: the partition looks for itself. Answers how many of them were due. */
  wake(runIds: readonly string[]): Promise<Result<number>>;
  /** Ids of the runs that this partition has ever admitted, oldest id first; for comparing with D1 and for tests. */
  admitted(after: string, limit: number): Promise<string[]>;
}
