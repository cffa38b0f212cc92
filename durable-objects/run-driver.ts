// Drives a partition's runs: pass after pass, a bounded number at a time, from what the journal says to a wait or an end. It calls the engine and writes down
// what came of each pass; who may begin is the queue's, what is done is the engine's.
// Sequence: driven -> a place is free -> may it begin? -> passes, until nothing more was said meanwhile -> waits or has ended -> those behind it begin.
import { type ErrorCode, failureOf } from "../src/core/errors.ts";
import { dueOf, type WaitReason } from "../src/core/run.ts";
import { type Deployment, matchesManifest, workflowOf } from "../src/deployment.ts";
import type { Workflow } from "../src/engine/define.ts";
import { cancelNow, executePass, mayCancelNow, stepsOf, undoStep, withUndo } from "../src/engine/execute.ts";
import type { Line } from "../src/engine/flow.ts";
import type { Entry } from "../src/engine/journal.ts";
import { cancelOf } from "../src/engine/lifecycle.ts";
import type { OtherRuns } from "../src/engine/other-runs.ts";
import { Pass, type PassEnd, type Ports } from "../src/engine/pass.ts";
import { foldUndo } from "../src/engine/run-undo.ts";
import type { Halts } from "./halts.ts";
import type { LiveRun } from "./live-run.ts";
import type { Outbox } from "./outbox.ts";
import type { Outside } from "./outside.ts";
import type { PartitionJournal } from "./partition-journal.ts";
import type { Advanced, RunQueue } from "./run-queue.ts";

/**
 * Passes under way at once. The platform gives one call six connections (https://developers.cloudflare.com/workers/platform/limits/), so that more than a few dozen
 * only wait for each other, and a request's time limit counts while it waits: without a bound a partition with thousands of runs met nothing but time limits.
 */
const PLACES = 64;
/** Runs that wait in memory for a place; what is beyond lies in SQLite, due, and is taken from there. */
const READY = 500;
/** A pass that records nothing for this long awaits something that the engine does not know (a bare promise in the body): it is taken from its run. */
const PASS_STALL_MS = 120_000;
const DEPLOY_CHECK_MS = 5 * 60_000;
/** How long a run may be left to a lost instance before another looks: the alarm trails every change by this much. */
export const WATCHDOG_MS = 2_000;

export interface DriverHost {
  readonly deployment: Deployment;
  readonly journal: PartitionJournal;
  readonly queue: RunQueue;
  readonly halts: Halts;
  readonly outside: Outside;
  readonly outbox: Outbox;
  /** Runs in memory, by id. */
  readonly live: Map<string, LiveRun>;
  readonly kept: (id: string) => LiveRun;
  readonly runsOf: (run: LiveRun) => OtherRuns;
  readonly arm: (at: number) => void;
  readonly ended: (run: LiveRun) => void;
  readonly waitUntil: (work: Promise<unknown>) => void;
}

export class RunDriver {
  readonly #host: DriverHost;
  readonly #driven = new Set<LiveRun>();
  readonly #ready: LiveRun[] = [];

  constructor(host: DriverHost) {
    this.#host = host;
  }

  /** Passes under way. */
  get running(): number {
    return this.#driven.size;
  }

  /** How many more runs may be brought into memory to be driven. */
  get room(): number {
    return Math.max(0, READY - this.#ready.length);
  }

  /** Lets a run go on, now or when a place is free. It must be durable that it is due: one that finds no room is taken up by the alarm. */
  drive(run: LiveRun): void {
    if (run.running) {
      run.again = true;
      return;
    }
    if (run.queued) return;
    if (this.#driven.size < PLACES) this.#start(run);
    else if (this.room === 0) this.#host.live.delete(run.row.id);
    else {
      run.queued = true;
      this.#ready.push(run);
    }
  }

  /** Those that have made no progress for long keep their promises, but no longer their runs and places. */
  takeStalled(now: number): void {
    for (const run of this.#driven) if (now - run.lastProgress > PASS_STALL_MS) this.#takeFrom(run);
  }

  #start(run: LiveRun): void {
    run.running = true;
    run.lastProgress = Date.now();
    this.#driven.add(run);
    this.#host.waitUntil(this.#run(run).finally(() => this.#leave(run)));
  }

  #leave(run: LiveRun): void {
    if (!this.#driven.delete(run)) return;
    const next = this.#ready.shift();
    if (!next) return;
    next.queued = false;
    this.#start(next);
    // What found no room is due in SQLite.
    if (this.#ready.length === READY / 2) this.#host.arm(Date.now());
  }

  async #run(run: LiveRun): Promise<void> {
    do {
      run.again = false;
      const pass = ++run.pass;
      const end = await this.#pass(run, pass);
      if (run.pass !== pass) return;
      await this.#settle(run, end);
    } while (run.again);
    run.running = false;
  }

  async #pass(run: LiveRun, number: number): Promise<PassEnd> {
    try {
      const { pins, event } = run.row;
      const workflow = workflowOf(this.#host.deployment, pins.workflow, pins.version);
      const spec = this.#host.journal.specOf(pins.workflow, pins.specVersion);
      const journal = this.#host.journal.forPass(run, number, () => Date.now());
      const ports = { ...this.#host.outside.portsFor(event.connection), runs: this.#host.runsOf(run) };
      const recordedSteps = stepsOf(run.entries);
      const input = { runId: run.row.id, event, spec, journal, recordedSteps, ports };
      // Before anything else: whoever waits for its turn, or for code that is gone, can be cancelled.
      if (!run.ended && mayCancelNow(journal, recordedSteps)) return cancelNow({ ...input, workflow: workflow ?? null }, recordedSteps);
      if (!workflow) return held("workflow.unknown", `No workflow ${pins.workflow}@${pins.version} is deployed`);
      if (!matchesManifest(workflow, pins.manifestDigest)) {
        return held("workflow.diverged", `${pins.workflow}@${pins.version} is deployed with another manifest than this run began with`);
      }
      const turn = await this.#waitsToBegin(run);
      if (turn) return { kind: "waiting", on: turn };
      const end: PassEnd = run.ended ? { kind: "ended", state: run.ended } : await executePass({ ...input, workflow });
      const again = await this.#undo(run, number, workflow, ports);
      return again === null ? end : withUndo(end, again);
    } catch (error) {
      return { kind: "broken", error };
    }
  }

  /** What a run waits for that may not begin yet; a run that is being cancelled ends without its turn. */
  async #waitsToBegin(run: LiveRun): Promise<WaitReason | null> {
    if (run.begun || run.ended || cancelOf(run.own)) return null;
    let on: WaitReason | null = null;
    let advanced: Advanced = { begun: [], at: null };
    await this.#host.journal.writeNow(() => {
      const looked = this.#host.queue.look(run.row.no, lineOf(run), Date.now());
      on = looked.on;
      advanced = looked;
      run.begun = on === null;
    });
    this.follow(advanced);
    return on;
  }

  /** A run has ended: those begin whose turn it is. Should this be lost, the first of them looks again by itself. */
  async #advance(run: LiveRun): Promise<void> {
    const line = lineOf(run);
    if (!this.#host.queue.hasQueue(line)) return;
    let advanced: Advanced = { begun: [], at: null };
    await this.#host.journal.writeNow(() => {
      advanced = this.#host.queue.advance(line, Date.now());
    });
    this.follow(advanced);
  }

  follow({ begun, at }: Advanced): void {
    if (at !== null) this.#host.arm(at);
    if (begun.length > 0) this.#host.arm(Date.now() + WATCHDOG_MS);
    for (const id of begun) {
      const run = this.#host.kept(id);
      run.begun = true;
      run.waiting = null;
      this.#host.live.set(id, run);
      this.drive(run);
    }
  }

  /** Undos that people asked for, the newest write first; null when none is left to do. */
  async #undo(run: LiveRun, number: number, workflow: Workflow, ports: Ports): Promise<number | null> {
    let next: number | null = null;
    const wanted = [...run.byStep].filter(([, own]) => foldUndo(own as Parameters<typeof foldUndo>[0]).phase === "requested");
    for (const [step] of wanted.sort(([, a], [, b]) => appliedSeq(b) - appliedSeq(a))) {
      const { pins } = run.row;
      const journal = this.#host.journal.forPass(run, number, () => Date.now());
      const pass = new Pass(run.row.id, this.#host.journal.specOf(pins.workflow, pins.specVersion), journal, ports);
      const again = await undoStep(pass, workflow, step);
      if (again !== null) next = Math.min(next ?? again, again);
    }
    return next;
  }

  async #settle(run: LiveRun, end: PassEnd): Promise<void> {
    const { id } = run.row;
    switch (end.kind) {
      case "broken":
        console.error(JSON.stringify({ message: "pass broken", run: id, error: failureOf(end.error).message }));
        run.again = false;
        // What the broken pass still has under way must not add to a journal that another pass goes on with.
        run.pass++;
        this.#host.live.delete(id);
        this.#host.arm(Date.now() + WATCHDOG_MS);
        return;
      case "waiting": {
        const due = this.#dueOf(end.on, run.row.pins.workflow);
        run.waiting = end.on;
        // What flow control says is written where it is decided; later it may be written over already.
        if (end.on.kind !== "lane" && end.on.kind !== "limit")
          await this.#host.journal.commit(() => this.#host.journal.setWaiting(run.row, end.on, run.again ? Date.now() : due));
        if (due !== null) this.#host.arm(due);
        this.#host.outbox.add(id);
        return;
      }
      case "ended":
        run.waiting = null;
        run.isDone = !run.again;
        await this.#advance(run);
        this.#host.outbox.add(id);
        this.#host.ended(run);
        return;
    }
  }

  #dueOf(on: WaitReason, workflow: string): number | null {
    if (on.kind === "operator") return dueAfterDeploy(on.error.code);
    // The switch may have been turned off while the pass that it stopped was still ending.
    if (on.kind === "paused" && on.scope !== "run" && !this.#host.halts.of(workflow)) return Date.now();
    return dueOf(on);
  }

  /** A pass that hangs keeps its promises, but no longer its run. */
  #takeFrom(run: LiveRun): void {
    run.pass++;
    run.running = false;
    this.#leave(run);
    this.#host.live.delete(run.row.id);
    const on: WaitReason = {
      kind: "operator",
      step: run.lastEntry?.step ?? "",
      error: {
        code: "workflow.threw",
        message: `The workflow made no progress for ${PASS_STALL_MS / 1000} s: it awaits something other than its steps`,
      },
    };
    this.#host.journal.setWaiting(run.row, on, null);
  }
}

/** What only another deployment can end is looked at again now and then; everything else that an operator must end waits for the operator. */
const dueAfterDeploy = (code: ErrorCode): number | null =>
  code === "workflow.unknown" || code === "workflow.diverged" ? Date.now() + DEPLOY_CHECK_MS : null;

export const lineOf = ({ row: { pins, lane, atOnce, confined } }: LiveRun): Line => ({ workflow: pins.workflow, lane, atOnce, confined });

const appliedSeq = (own: readonly Entry[]): number => own.find(({ type }) => type === "effect.applied")?.seq ?? 0;

const held = (code: "workflow.unknown" | "workflow.diverged", message: string): PassEnd => ({
  kind: "waiting",
  on: { kind: "operator", step: "", error: { code, message } },
});
