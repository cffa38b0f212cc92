// The way of a partition's journals into D1: many runs in one write, only what is durable here, repeated until D1 has it. It decides nothing about a run.
// Sequence: a run is marked -> after a moment of waiting for company its durable entries are written -> the partition notes how far D1 is.
import { failureOf } from "../src/core/errors.ts";
import { type ProjectedRun, projectRuns } from "../src/db/projection.ts";
import { decisionCost } from "../src/engine/decision-cost.ts";
import { approvalViews, effectView } from "../src/engine/project.ts";
import { foldUndo } from "../src/engine/run-undo.ts";
import type { LiveRun } from "./live-run.ts";
import type { ProjectedMark } from "./partition-journal.ts";

/**
 * D1 follows the journal within OUTBOX_MS of a pass; under load a partition writes at most once in OUTBOX_BUSY_MS: D1 has one writer, and a write of three runs
 * costs it what a write of three hundred does (measured with 16 partitions: a third of all CPU).
 */
const OUTBOX_MS = 250;
const OUTBOX_BUSY_MS = 1_000;
/** Runs per write: about 15 audit rows each, so one statement stays near 1 MB. */
const OUTBOX_RUNS = 200;
const DAY_MS = 24 * 60 * 60_000;

export interface OutboxHost {
  readonly db: D1Database;
  readonly partition: string;
  readonly find: (id: string) => LiveRun | null;
  /** How long after a run's end its contents are kept. */
  readonly keptDays: (run: LiveRun) => number;
  /** D1 has all of it; the host may let go of it. */
  readonly projected: (run: LiveRun) => void;
  /** Asks for the marks at the moment in which they are written: until then somebody may have told a run something. */
  readonly mark: (marks: () => readonly ProjectedMark[]) => Promise<void>;
  readonly waitUntil: (work: Promise<unknown>) => void;
  /** D1 did not answer: come again by the alarm. */
  readonly failed: () => void;
  readonly now: () => number;
}

export class Outbox {
  readonly #host: OutboxHost;
  readonly #dirty = new Set<string>();
  #timer = false;
  #writtenAt = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(host: OutboxHost) {
    this.#host = host;
  }

  get isEmpty(): boolean {
    return this.#dirty.size === 0;
  }

  add(id: string): void {
    this.#dirty.add(id);
    this.#writeSoon();
  }

  /** One write at a time: a second waits for the first, so that `projected` only grows. */
  write(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#writeAll());
    return this.#writing;
  }

  #writeSoon(): void {
    if (this.#timer) return;
    this.#timer = true;
    const pause = Math.min(OUTBOX_BUSY_MS, Math.max(OUTBOX_MS, this.#writtenAt + OUTBOX_BUSY_MS - this.#host.now()));
    setTimeout(() => {
      this.#timer = false;
      this.#host.waitUntil(this.write());
    }, pause);
  }

  async #writeAll(): Promise<void> {
    this.#writtenAt = this.#host.now();
    // What is marked while D1 writes waits for company again, unless it fills a write by itself.
    for (let first = true; this.#dirty.size >= (first ? 1 : OUTBOX_RUNS); first = false) {
      const ids = [...this.#dirty].slice(0, OUTBOX_RUNS);
      const runs = ids.flatMap((id) => this.#host.find(id) ?? []).filter((run) => !run.inD1Only);
      for (const id of ids) this.#dirty.delete(id);
      const upTo = runs.map((run) => ({ run, seq: run.durable }));
      let heads: readonly string[] = [];
      try {
        heads = await projectRuns(
          this.#host.db,
          upTo.map(({ run, seq }) => projectionOf(run, seq, this.#host)),
        );
      } catch (error) {
        console.error(
          JSON.stringify({ message: "projection failed, will be repeated", runs: ids.length, error: failureOf(error).message }),
        );
        for (const id of ids) this.#dirty.add(id);
        this.#host.failed();
        return;
      }
      await this.#host.mark(() =>
        upTo.map(({ run, seq }, index) => ({
          no: run.row.no,
          projected: seq,
          head: heads[index] ?? run.head,
          open: isOpen(run, seq) ? 1 : 0,
          ended: run.ended && run.seq === seq ? 1 : 0,
        })),
      );
      for (const [index, { run, seq }] of upTo.entries()) {
        run.projected = seq;
        run.head = heads[index] ?? run.head;
        if (run.seq === seq) this.#host.projected(run);
        else this.#dirty.add(run.row.id);
      }
    }
    if (this.#dirty.size > 0) this.#writeSoon();
  }
}

/** Only durable entries: what a crash could still take back must not be in the audit. */
function projectionOf(run: LiveRun, durable: number, { partition, keptDays }: OutboxHost): ProjectedRun {
  const { pins, event, created, id } = run.row;
  const entries = run.entries.filter((entry) => entry.seq > run.projected && entry.seq <= durable);
  const touched = new Set(entries.flatMap((entry) => (entry.step === undefined ? [] : [entry.step])));
  const upTo = (own: LiveRun["entries"]) => own.filter((entry) => entry.seq <= durable);
  const asked = entries.some((entry) => entry.type.startsWith("approval.") || entry.type.startsWith("run."));
  const updatedAt = run.entries[durable - 1]?.at ?? created;
  return {
    id,
    workflow: pins.workflow,
    version: pins.version,
    specVersion: pins.specVersion,
    partition,
    event,
    state: run.state,
    startedAt: created,
    seq: durable,
    updatedAt,
    // From its last entry on: an undo is a later end than the run's own.
    eraseAt: isOpen(run, durable) ? null : updatedAt + keptDays(run) * DAY_MS,
    salt: run.row.salt,
    head: run.head,
    entries,
    effects: [...touched].flatMap((step) => effectView(step, upTo(run.byStep.get(step) ?? [])) ?? []),
    approvals: asked ? approvalViews(upTo(run.entries)) : [],
    costs: [...touched].flatMap((step) => decisionCost(step, upTo(run.byStep.get(step) ?? [])) ?? []),
  };
}

/** Ended, all of it in D1, and nothing asked to be undone: the alarm need never look at it again. */
function isOpen(run: LiveRun, projected: number): boolean {
  if (!run.ended || run.seq > projected) return true;
  for (const entries of run.byStep.values()) {
    if (foldUndo(entries as Parameters<typeof foldUndo>[0]).phase === "requested") return true;
  }
  return false;
}
