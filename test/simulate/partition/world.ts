// What one partition schedule knows besides the partition itself: every entry as it became durable, and what was said and accepted. It is what the invariants
// compare the systems with; nothing of it comes from the engine's own decisions.
import type { InterlockEvent } from "../../../src/core/event.ts";
import type { Entry } from "../../../src/engine/journal.ts";
import type { Violation } from "../invariants.ts";
import type { PartitionFault, Word } from "./faults.ts";
import type { SimulatedObject } from "./platform.ts";
import type { PartitionScenario } from "./scenario.ts";
import type { Systems } from "./systems.ts";
import type { EventData } from "./workflows.ts";

export interface KeptRun {
  readonly id: string;
  readonly object: SimulatedObject;
  readonly entries: Entry[];
  /** Per entry, its place in the order in which the whole schedule's entries became durable. */
  readonly order: number[];
  /** Of a run that began from another's journal: what it began with. */
  readonly begunWith: number;
}

export interface SentSignal {
  readonly run: string;
  readonly id: string;
  readonly data: { readonly n: number | string };
  accepted: boolean;
}

/** A time in which nobody may send anything: from when the switch was known to the partition to when it was about to be told otherwise. */
export interface Halted {
  readonly scope: string;
  readonly from: number;
  to: number;
}

export interface PartitionResult {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly faults: readonly PartitionFault[];
  readonly words: readonly Word[];
  readonly ends: readonly string[];
  /** How often something left the partition or came back. */
  readonly passes: number;
  /** No fault was to strike. */
  readonly quiet: boolean;
}

export interface PartitionWorld {
  readonly scenario: PartitionScenario;
  readonly systems: Systems;
  readonly runs: Map<string, KeptRun>;
  /** By event id. */
  readonly accepted: Map<string, { readonly event: InterlockEvent & { readonly data: EventData }; readonly runs: readonly string[] }>;
  readonly signals: SentSignal[];
  readonly halted: Halted[];
  /** Runs whose cancellation was accepted. */
  readonly cancelled: Map<string, boolean>;
  /** Per event and step: how often its computation was done. */
  readonly computed: Map<string, number>;
  /** Values that a person allowed, by approval. */
  readonly allowed: Map<string, unknown>;
  /** Times in which code was deployed that does not follow the journals of these events. */
  readonly diverged: { readonly events: ReadonlySet<string>; readonly from: number; to: number }[];
}
