// A run in an object's memory: its entries, numbered; how far they are durable and in D1; which pass may add to them. It stores nothing and decides nothing.
import type { InterlockEvent } from "../src/core/event.ts";
import type { RunState, WaitReason } from "../src/core/run.ts";
import type { Entry, NewEntry, Pins } from "../src/engine/journal.ts";
import { endedBy } from "../src/engine/lifecycle.ts";
import { CHAIN_START } from "../src/governance/audit-chain.ts";

export interface RunRow {
  /** The partition's own number of the run. */
  readonly no: number;
  readonly id: string;
  readonly lane: string;
  readonly atOnce: number;
  /** Its workflow's limits are kept in this partition. */
  readonly confined: boolean;
  readonly pins: Pins;
  readonly event: InterlockEvent;
  readonly created: number;
  /** Of the run's hash chain (src/governance/audit-chain.ts). */
  readonly salt: string;
}

/** A run in memory: its entries and who may add to them. */
export class LiveRun {
  /** Replaced when a later event takes the place of its own. */
  row: RunRow;
  /** Its turn has come: nothing of flow control holds it up again. */
  begun = false;
  readonly entries: Entry[] = [];
  readonly byStep = new Map<string, Entry[]>();
  /** The run's own entries, of no step. */
  readonly own: Entry[] = [];
  waiting: WaitReason | null = null;
  /** Last entry that D1 has, and last that this partition's SQLite has. */
  projected = 0;
  durable = 0;
  /** The chain's hash of the last entry that D1 has. */
  head = CHAIN_START;
  /** Its journal has left for D1, and this object holds none of it: see recall.ts. */
  inD1Only = false;
  /** Number of the current pass; a Journal of an earlier one is refused. */
  pass = 0;
  running = false;
  /** It waits for a place among those that are driven. */
  queued = false;
  again = false;
  lastProgress: number;
  /** Bytes of the entries that are durable, as JSON. */
  bytes = 0;
  unsaved: Entry[] = [];
  saving: Promise<void> | null = null;
  /** How it ended, once it has. */
  ended: RunState | null = null;

  constructor(row: RunRow, now: number) {
    this.row = row;
    this.lastProgress = now;
  }

  get seq(): number {
    return this.entries.at(-1)?.seq ?? 0;
  }

  get lastEntry(): Entry | undefined {
    return this.entries.at(-1);
  }

  load(entries: readonly Entry[]): void {
    for (const entry of entries) this.#keep(entry);
    this.durable = this.seq;
  }

  get state(): RunState {
    if (this.ended) return this.ended;
    if (this.running || !this.waiting) return { status: this.seq > 1 ? "running" : "pending" };
    return { status: "waiting", on: this.waiting };
  }

  add(entries: readonly NewEntry[], now: number): void {
    for (const entry of entries) {
      const kept = { ...entry, seq: this.seq + 1, at: now } as Entry;
      this.#keep(kept);
      this.unsaved.push(kept);
    }
    this.lastProgress = now;
  }

  #keep(entry: Entry): void {
    this.entries.push(entry);
    const ended = endedBy(entry);
    if (ended !== undefined) this.ended = ended;
    if (entry.step === undefined) {
      this.own.push(entry);
      return;
    }
    const own = this.byStep.get(entry.step);
    if (own) own.push(entry);
    else this.byStep.set(entry.step, [entry]);
  }
}
