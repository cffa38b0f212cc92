// What may be said to a partition, and what it answers: the RPC surface of durable-objects/run-partition.ts, as types that its callers share.
// Everything crosses as plain data; failures are values.
import type { Result } from "../core/errors.ts";
import type { InterlockEvent } from "../core/event.ts";
import type { HaltSwitch } from "../core/halt.ts";
import type { EndedState, RunState } from "../core/run.ts";
import type { RunRequest } from "../core/run-request.ts";
import type { AuditRecord } from "../governance/audit-chain.ts";
import type { GovernanceSpec } from "../governance/spec.ts";
import type { SignalInput } from "./external.ts";
import type { Entry, NewEntry, OperatorChoice, Origin, Pins } from "./journal.ts";
import type { LookedAgain } from "./look-again.ts";
import type { CarriedSignal } from "./other-runs.ts";
import type { UndoPreview } from "./undo-preview.ts";

export interface RunStart {
  readonly runId: string;
  /** Runs with one key go one after another, in the order of their admission. */
  readonly lane: string;
  /** How many of the lane may be under way while this one begins; one unless said. */
  readonly atOnce?: number;
  readonly priority?: number;
  /** As whoever placed it knew the workflow: the partition's own code may not have it at this moment, or have it otherwise. */
  readonly confined?: boolean;
  readonly pins: Pins;
  readonly event: InterlockEvent;
  /** What it came from, where that is not an event of its own. */
  readonly origin?: Origin;
  /** What it begins with of another run's journal. */
  readonly journal?: readonly NewEntry[];
  /** What the run before it has not taken, in the order of arrival. */
  readonly signals?: readonly CarriedSignal[];
}

/** One batch is one call and one durable write; `specs` holds every spec that the starts are pinned to. */
export interface StartBatch {
  readonly starts: readonly RunStart[];
  readonly specs: readonly GovernanceSpec[];
}

export interface Started {
  /** The id that the start named. */
  readonly asked: string;
  /** The run that there is: another than asked for where the event became part of one that had not begun (debounce). */
  readonly runId: string;
  /** False: the run existed already; this was a repeated delivery, or the event became part of it. */
  readonly fresh: boolean;
  readonly merged?: true;
}

export interface RunView {
  readonly id: string;
  readonly pins: Pins;
  readonly event: InterlockEvent;
  readonly state: RunState;
  /** The one that it is pinned to. */
  readonly spec: GovernanceSpec;
  /** Empty once they were erased. */
  readonly entries: readonly Entry[];
  /** When its contents were removed, and what is left of its journal. */
  readonly erased: { readonly at: number; readonly records: readonly AuditRecord[] } | null;
}

/** A run as test/histories keeps it: all that a replay of its body needs. It holds the run's payloads: what was read, what a model answered, what was written. */
export interface History {
  readonly run: string;
  readonly workflow: string;
  readonly version: number;
  readonly manifestDigest: string;
  readonly spec: GovernanceSpec;
  readonly event: InterlockEvent;
  readonly entries: readonly Entry[];
}

export interface PartitionPort {
  start(batch: StartBatch): Promise<Result<Started[]>>;
  decide(runId: string, approvalId: string, decision: unknown, by: string): Promise<Result<null>>;
  signal(runId: string, signal: SignalInput, by: string): Promise<Result<null>>;
  undo(runId: string, step: string, by: string): Promise<Result<null>>;
  /** What an undo of these steps would do now, newest first; of those that were never applied, nothing. It reads the records and changes nothing. */
  previewUndo(runId: string, steps: readonly string[]): Promise<Result<UndoPreview[]>>;
  /** What the records hold now that shadow mode would have written in these steps. It reads them and changes nothing. */
  lookAgain(runId: string, steps: readonly string[]): Promise<Result<LookedAgain[]>>;
  resolve(runId: string, step: string, choice: OperatorChoice, by: string): Promise<Result<null>>;
  /** Pause, resume, cancel, retry. A repeat is harmless. */
  ask(runId: string, request: RunRequest, by: string): Promise<Result<null>>;
  /** A new run with the ended one's journal up to `step`; it is pinned to the same versions. */
  restart(runId: string, step: string, newRunId: string, by: string): Promise<Result<Started>>;
  /** Holds from the next step of every run here; runs that it had stopped and now does not go on. */
  halt(switches: readonly HaltSwitch[]): Promise<Result<null>>;
  /** How the run, or the last one that it handed over to, has ended; null while it has not. `run`: which one that is. */
  look(runId: string): Promise<Result<{ readonly run: string; readonly ended: EndedState | null }>>;
  /** A hint that something these runs wait for may have come. It says nothing: they look for themselves. */
  nudge(runIds: readonly string[]): Promise<Result<null>>;
  inspect(runId: string): Promise<Result<RunView>>;
  /** The sweep asks after runs that should have moved: the partition looks for itself. Answers how many of them were due. */
  wake(runIds: readonly string[]): Promise<Result<number>>;
  /** Ids of the runs that this partition has ever admitted, oldest id first; for comparing with D1 and for tests. */
  admitted(after: string, limit: number): Promise<string[]>;
}
