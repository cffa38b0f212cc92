// One object holds the journals of many runs. A shell: it stores, wakes, calls the engine and answers; every rule is in src/.
// start: journal a batch in one commit, arm the alarm, answer, then run. The alarm (about 2 s behind a start) picks up what a lost instance left behind,
// due timers and unprojected entries; its times live in SQLite, so losing an alarm loses nothing.
import { DurableObject } from "cloudflare:workers";
import { type ErrorCode, failureOf, InterlockError, ok, type Result } from "../src/core/errors.ts";
import type { InterlockEvent } from "../src/core/event.ts";
import type { HaltSwitch } from "../src/core/halt.ts";
import { dueOf, type EndedState, hasEnded, type WaitReason } from "../src/core/run.ts";
import type { RunRequest } from "../src/core/run-request.ts";
import { type Deployment, matchesManifest, workflowOf } from "../src/deployment.ts";
import type { Limits, Workflow } from "../src/engine/define.ts";
import { actionOfApproval, cancelNow, executePass, mayCancelNow, stepsOf, undoStep, withUndo } from "../src/engine/execute.ts";
import { answerApproval, askUndo, deliverSignal, resolveStep, type SignalInput } from "../src/engine/external.ts";
import { isConfined, type Line, limitsOf, takesPlace, windowEnd } from "../src/engine/flow.ts";
import type { EventFacts, NewEntry, OperatorChoice } from "../src/engine/journal.ts";
import { cancelOf } from "../src/engine/lifecycle.ts";
import { type OtherRuns, originOf, type Speaker, successorOf } from "../src/engine/other-runs.ts";
import type { PartitionPort, RunStart, RunView, StartBatch, Started } from "../src/engine/partition-port.ts";
import { Pass, type PassEnd, type Ports } from "../src/engine/pass.ts";
import { askOfRun, forkJournal } from "../src/engine/run-requests.ts";
import { foldUndo } from "../src/engine/run-undo.ts";
import { newSalt } from "../src/governance/audit-chain.ts";
import { Halts } from "./halts.ts";
import { LiveRun } from "./live-run.ts";
import { Outbox } from "./outbox.ts";
import { Outside } from "./outside.ts";
import { tellParent } from "./parent-news.ts";
import { PartitionJournal } from "./partition-journal.ts";
import { Recall, viewOf } from "./recall.ts";
import { type Advanced, RunQueue, Stage } from "./run-queue.ts";
import { migrate } from "./storage-migrations.ts";

/** How long a run may be left to a lost instance before another looks: the alarm trails every start by this much. */
const WATCHDOG_MS = 2_000;
/** A pass that records nothing for this long awaits something that the engine does not know (a bare promise in the body): it is taken from its run. */
const PASS_STALL_MS = 120_000;
const DUE_BATCH = 500;
const DEPLOY_CHECK_MS = 5 * 60_000;
/** How a run reaches other runs: given by src/worker.ts, because it takes what operations know (where runs are placed, which specs are approved). */
export type RunsOf = (env: Env, speaker: Speaker, waitUntil: (work: Promise<unknown>) => void) => OtherRuns;

export function createRunPartition(deployment: Deployment, runsOf: RunsOf) {
  const known = new Map<string, Limits>();
  const limits = (workflow: string): Limits => {
    const found = known.get(workflow) ?? limitsOf(deployment.workflows, workflow);
    known.set(workflow, found);
    return found;
  };
  return class RunPartition extends DurableObject<Env> implements PartitionPort {
    readonly #journal: PartitionJournal;
    readonly #queue: RunQueue;
    readonly #live = new Map<string, LiveRun>();
    readonly #outbox: Outbox;
    readonly #recall: Recall;
    readonly #outside: Outside;
    readonly #halts: Halts;
    #running = 0;
    #alarmAt: number | null = null;
    #recovered = false;

    constructor(ctx: DurableObjectState, env: Env) {
      super(ctx, env);
      this.#journal = new PartitionJournal(ctx.storage);
      this.#journal.busy = () => this.#running;
      this.#halts = new Halts(ctx.storage.sql);
      this.#recall = new Recall(env.DB);
      this.#queue = new RunQueue(ctx.storage.sql, limits, (id) => {
        const run = this.#live.get(id);
        return run !== undefined && run.ended !== null && run.unsaved.length === 0;
      });
      this.#outside = new Outside(deployment, env, (workflow) => this.#halts.of(workflow));
      this.#outbox = new Outbox({
        db: env.DB,
        partition: ctx.id.name ?? "",
        find: (id) => this.#live.get(id) ?? this.#journal.load(id, Date.now()),
        payloadDays: ({ row: { pins } }) => this.#journal.specOf(pins.workflow, pins.specVersion).retention.payloadDays,
        projected: (run) => {
          if (!run.running) this.#live.delete(run.row.id);
        },
        mark: (marks) => this.#commit(() => this.#journal.setProjected(marks())),
        waitUntil: (work) => ctx.waitUntil(work),
        failed: () => this.#arm(Date.now() + WATCHDOG_MS),
        now: Date.now,
      });
      ctx.blockConcurrencyWhile(async () => {
        ctx.storage.transactionSync(() => {
          migrate(ctx.storage.sql);
          this.#journal.wakeHeldForCode(Date.now());
        });
        this.#alarmAt = await ctx.storage.getAlarm();
        const due = this.#journal.nextDue();
        if (due !== null) this.#arm(Math.max(due, Date.now()));
      });
    }

    start({ specs, starts }: StartBatch): Promise<Result<Started[]>> {
      return this.#answer(async () => ok(await this.#begin(starts, specs)));
    }

    /** `confined`: of a run that begins again, whose workflow need not be deployed now. */
    async #begin(starts: readonly RunStart[], specs: StartBatch["specs"] = [], confined?: boolean): Promise<Started[]> {
      const now = Date.now();
      const touched: LiveRun[] = [];
      const advanced: Advanced[] = [];
      const started: Started[] = [];
      await this.#commit(() => {
        for (const spec of specs) this.#journal.keepSpec(spec);
        for (const start of starts) {
          const asked = start.runId;
          const merged = this.#queue.mergedInto(asked);
          const into = merged === null ? this.#mergeInto(start, now) : null;
          const found = merged ?? into?.row.id;
          if (found !== undefined) {
            started.push({ asked, runId: found, fresh: false, merged: true });
            if (into) touched.push(into);
            continue;
          }
          const run = this.#admit(start, now, confined);
          started.push({ asked, runId: asked, fresh: run !== null });
          if (!run) continue;
          touched.push(run);
          if (!run.begun && !isCollected(run)) advanced.push(this.#queue.advance(lineOf(run), now));
        }
      }, "writeNow");
      if (touched.length > 0) this.#arm(now + WATCHDOG_MS);
      for (const run of touched) {
        if (run.begun) this.#drive(run);
        else {
          if (run.waiting) this.#arm(dueOf(run.waiting) ?? now);
          this.#outbox.add(run.row.id);
        }
      }
      for (const each of advanced) this.#follow(each);
      return started;
    }

    decide(runId: string, approvalId: string, decision: unknown, by: string): Promise<Result<null>> {
      return this.#tell(runId, (run) => {
        const { workflow, version, specVersion } = run.row.pins;
        const action = actionOfApproval(workflowOf(deployment, workflow, version), run.entries, approvalId);
        const answered = answerApproval(
          run.entries,
          approvalId,
          decision,
          by,
          this.#journal.specOf(workflow, specVersion),
          Date.now(),
          action,
        );
        return answered.ok ? ok([answered.value]) : answered;
      });
    }

    undo(runId: string, step: string, by: string): Promise<Result<null>> {
      return this.#tell(runId, (run) => {
        const asked = askUndo(run.entries, step, by);
        return asked.ok ? ok([asked.value]) : asked;
      });
    }

    signal(runId: string, signal: SignalInput, by: string): Promise<Result<null>> {
      return this.#tell(runId, (run) => deliverSignal(run.entries, signal, by));
    }

    look(runId: string): Promise<Result<{ readonly run: string; readonly ended: EndedState | null }>> {
      return this.#answer(async () => {
        let run = await this.#find(runId);
        for (let next = successorOf(run.own); next !== null; next = successorOf(run.own)) run = await this.#find(next);
        return ok({ run: run.row.id, ended: run.ended && hasEnded(run.ended) ? run.ended : null });
      });
    }

    nudge(runIds: readonly string[]): Promise<Result<null>> {
      return this.#answer(async () => {
        for (const id of runIds) {
          const run = this.#kept(id);
          if (run.ended || run.inD1Only) continue;
          this.#live.set(id, run);
          this.#drive(run);
        }
        return ok(null);
      });
    }

    resolve(runId: string, step: string, choice: OperatorChoice, by: string): Promise<Result<null>> {
      return this.#tell(runId, (run) => resolveStep(run.entries, step, choice, by));
    }

    ask(runId: string, request: RunRequest, by: string): Promise<Result<null>> {
      return this.#tell(runId, (run) => askOfRun(run.entries, request, by));
    }

    restart(runId: string, step: string, newRunId: string, by: string): Promise<Result<Started>> {
      return this.#answer(async () => {
        const old = await this.#find(runId);
        const fork = forkJournal(old.entries, step);
        if (!fork.ok) return fork;
        const { lane, atOnce, pins, event } = old.row;
        const origin = { kind: "restarted", from: runId, step, by } as const;
        const [started] = await this.#begin(
          [{ runId: newRunId, lane, atOnce, pins, event, origin, journal: fork.value }],
          [],
          old.row.confined,
        );
        return ok(started as Started);
      });
    }

    halt(switches: readonly HaltSwitch[]): Promise<Result<null>> {
      return this.#answer(async () => {
        const now = Date.now();
        await this.#commit(() => {
          if (this.#halts.turn(switches)) this.#journal.wakePaused(now);
        });
        this.#arm(now);
        return ok(null);
      });
    }

    inspect(runId: string): Promise<Result<RunView>> {
      return this.#answer(async () => {
        const run = this.#kept(runId);
        const { workflow, specVersion } = run.row.pins;
        const view = run.inD1Only ? await this.#recall.view(run, Date.now()) : viewOf(run);
        return ok({ ...view, spec: this.#journal.specOf(workflow, specVersion) });
      });
    }

    /** For the sweep: an alarm that was lost is set again, and of these runs those go on whose time has come; of the others D1 is told how they stand. */
    wake(runIds: readonly string[]): Promise<Result<number>> {
      return this.#answer(async () => {
        this.#alarmAt = await this.ctx.storage.getAlarm();
        const due = new Set(this.#journal.dueAmong(runIds, Date.now()));
        for (const id of runIds) {
          if (!due.has(id)) this.#outbox.add(id);
          else {
            const run = this.#kept(id);
            if (run.running) continue;
            this.#live.set(id, run);
            this.#drive(run);
          }
        }
        this.#armNext();
        return ok(due.size);
      });
    }

    async admitted(after: string, limit: number): Promise<string[]> {
      return this.#journal.admitted(after, limit);
    }

    override async alarm(): Promise<void> {
      this.#alarmAt = null;
      const now = Date.now();
      try {
        const ids = new Set(this.#journal.due(now, DUE_BATCH));
        if (!this.#recovered) {
          this.#recovered = true;
          for (const id of this.#journal.unfinished()) ids.add(id);
        }
        for (const id of ids) {
          const run = this.#live.get(id) ?? this.#journal.load(id, now);
          if (!run || run.running) continue;
          this.#live.set(id, run);
          this.#drive(run);
        }
        for (const run of this.#live.values()) {
          if (run.running && now - run.lastProgress > PASS_STALL_MS) this.#takeFrom(run);
          if (run.projected < run.durable) this.#outbox.add(run.row.id);
        }
        await this.#outbox.write();
      } finally {
        this.#armNext();
      }
    }

    /** Records what a person said, before anybody is told that it was accepted; then lets the run go on. */
    #tell(runId: string, decide: (run: LiveRun) => Result<readonly NewEntry[]>): Promise<Result<null>> {
      return this.#answer(async () => {
        const run = await this.#find(runId);
        const decided = decide(run);
        if (!decided.ok) return decided;
        if (decided.value.length === 0) return ok(null);
        run.add(decided.value, Date.now());
        // A pass that is just ending must not put the run to sleep over what has now been said.
        if (run.running) run.again = true;
        this.#live.set(runId, run);
        await this.#commit(() => {
          this.#journal.reopen(run);
          this.#journal.insertUnsaved(run);
          this.#journal.setDue(run.row, Date.now());
        });
        this.#arm(Date.now() + WATCHDOG_MS);
        this.#drive(run);
        return ok(null);
      });
    }

    /** The run with its journal, wherever that is. */
    async #find(runId: string): Promise<LiveRun> {
      const run = this.#kept(runId);
      return run.inD1Only ? this.#recall.whole(run, Date.now()) : run;
    }

    /** The run as far as it is kept here: a closed one has no journal. */
    #kept(runId: string): LiveRun {
      const run = this.#live.get(runId) ?? this.#journal.load(runId, Date.now());
      if (!run) throw new InterlockError("run.not_found", `No run ${runId}`);
      return run;
    }

    async #answer<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
      try {
        return await work();
      } catch (thrown) {
        return { ok: false, error: failureOf(thrown) };
      }
    }

    /** When a commit fails, what is in memory is ahead of what is durable: this instance ends, and the next one starts from the journal. */
    async #commit(write: () => void, how: "commit" | "writeNow" = "commit"): Promise<void> {
      try {
        await this.#journal[how](write);
      } catch (error) {
        this.ctx.abort(`commit failed: ${error instanceof Error ? error.message : error}`);
        throw error;
      }
    }

    #drive(run: LiveRun): void {
      if (run.running) {
        run.again = true;
        return;
      }
      run.running = true;
      this.#running++;
      this.ctx.waitUntil(
        this.#run(run).finally(() => {
          this.#running--;
        }),
      );
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
        const workflow = workflowOf(deployment, pins.workflow, pins.version);
        const spec = this.#journal.specOf(pins.workflow, pins.specVersion);
        const journal = this.#journal.forPass(run, number, Date.now);
        const ports = { ...this.#outside.portsFor(event.connection), runs: this.#runsOf(run) };
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

    /** Inside the commit of a start: a new run, queued or begun; null when it exists already. */
    #admit(
      { runId, lane, atOnce = 1, priority = 0, pins, event, origin, journal = [], signals = [] }: RunStart,
      now: number,
      known?: boolean,
    ): LiveRun | null {
      const { workflow } = pins;
      const line: Line = { workflow, lane, atOnce, confined: known ?? isConfined(limits(workflow)) };
      const admission = this.#queue.admit(line, priority, now, origin === undefined);
      const row = this.#journal.insertRun(
        { id: runId, lane, atOnce, confined: line.confined, pins, event, created: now, salt: newSalt() },
        admission,
      );
      if (!row) return null;
      this.#queue.admitted(line, admission, now);
      const run = new LiveRun(row, now);
      run.begun = admission.stage === Stage.begun;
      run.waiting = admission.waiting;
      run.add([{ type: "run.started", pins, event: factsOf(event), ...(origin ? { origin } : {}) }], now);
      run.add([...journal, ...signals.map((signal) => ({ type: "signal.arrived" as const, ...signal }))], now);
      this.#journal.insertUnsaved(run);
      this.#live.set(runId, run);
      return run;
    }

    /** Inside the commit of a start: the run that collects the changes of this event's record, with this event in it; null when there is none. */
    #mergeInto({ runId, lane, atOnce = 1, priority = 0, pins, event, origin }: RunStart, now: number): LiveRun | null {
      const { debounce } = limits(pins.workflow);
      if (!debounce || origin || this.#journal.has(runId)) return null;
      const found = this.#queue.collecting({ workflow: pins.workflow, lane, atOnce, confined: false }, event);
      const run = found === null ? null : this.#kept(found);
      if (!run || run.ended || cancelOf(run.own)) return null;
      const until = windowEnd(run.row.created, now, debounce);
      const wins = takesPlace(run.row.event, event);
      run.waiting = this.#queue.merge(run.row.no, runId, until, wins ? event : null, priority);
      if (wins) {
        run.row = { ...run.row, event };
        run.add([{ type: "run.event_replaced", event: factsOf(event) }], now);
        this.#journal.insertUnsaved(run);
      }
      this.#live.set(run.row.id, run);
      return run;
    }

    /** What a run waits for that may not begin yet; a run that is being cancelled ends without its turn. */
    async #waitsToBegin(run: LiveRun): Promise<WaitReason | null> {
      if (run.begun || run.ended || cancelOf(run.own)) return null;
      let on: WaitReason | null = null;
      let advanced: Advanced = { begun: [], at: null };
      await this.#commit(() => {
        const looked = this.#queue.look(run.row.no, lineOf(run), Date.now());
        on = looked.on;
        advanced = looked;
        run.begun = on === null;
      }, "writeNow");
      this.#follow(advanced);
      return on;
    }

    /** A run has ended: those begin whose turn it is. Should this be lost, the first of them looks again by itself. */
    async #advance(run: LiveRun): Promise<void> {
      const line = lineOf(run);
      if (!this.#queue.hasQueue(line)) return;
      let advanced: Advanced = { begun: [], at: null };
      await this.#commit(() => {
        advanced = this.#queue.advance(line, Date.now());
      }, "writeNow");
      this.#follow(advanced);
    }

    #follow({ begun, at }: Advanced): void {
      if (at !== null) this.#arm(at);
      if (begun.length > 0) this.#arm(Date.now() + WATCHDOG_MS);
      for (const id of begun) {
        const run = this.#kept(id);
        run.begun = true;
        run.waiting = null;
        this.#live.set(id, run);
        this.#drive(run);
      }
    }

    #runsOf({ row, own }: LiveRun): OtherRuns {
      const speaker = { run: row.id, partition: this.ctx.id.name ?? "", lane: row.lane, atOnce: row.atOnce, origin: originOf(own) };
      return runsOf(this.env, speaker, (work) => this.ctx.waitUntil(work));
    }

    /** Undos that people asked for; null when none is left to do. */
    async #undo(run: LiveRun, number: number, workflow: Workflow, ports: Ports): Promise<number | null> {
      let next: number | null = null;
      for (const [step, entries] of run.byStep) {
        if (foldUndo(entries as Parameters<typeof foldUndo>[0]).phase !== "requested") continue;
        const { pins } = run.row;
        const journal = this.#journal.forPass(run, number, Date.now);
        const pass = new Pass(run.row.id, this.#journal.specOf(pins.workflow, pins.specVersion), journal, ports);
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
          this.#live.delete(id);
          this.#arm(Date.now() + WATCHDOG_MS);
          return;
        case "waiting": {
          const due = this.#dueOf(end.on, run.row.pins.workflow);
          run.waiting = end.on;
          // What flow control says is written where it is decided; later it may be written over already.
          if (end.on.kind !== "lane" && end.on.kind !== "limit")
            await this.#commit(() => this.#journal.setWaiting(run.row, end.on, run.again ? Date.now() : due));
          if (due !== null) this.#arm(due);
          this.#outbox.add(id);
          return;
        }
        case "ended":
          run.waiting = null;
          await this.#advance(run);
          this.#outbox.add(id);
          this.ctx.waitUntil(tellParent(this.env, run));
          return;
      }
    }

    #dueOf(on: WaitReason, workflow: string): number | null {
      if (on.kind === "operator") return dueAfterDeploy(on.error.code);
      // The switch may have been turned off while the pass that it stopped was still ending.
      if (on.kind === "paused" && on.scope !== "run" && !this.#halts.of(workflow)) return Date.now();
      return dueOf(on);
    }

    /** A pass that hangs keeps its promises, but no longer its run. */
    #takeFrom(run: LiveRun): void {
      run.pass++;
      run.running = false;
      this.#live.delete(run.row.id);
      const on: WaitReason = {
        kind: "operator",
        step: run.lastEntry?.step ?? "",
        error: {
          code: "workflow.threw",
          message: `The workflow made no progress for ${PASS_STALL_MS / 1000} s: it awaits something other than its steps`,
        },
      };
      this.#journal.setWaiting(run.row, on, null);
    }

    /** The alarm only ever moves nearer: it is one write, and a later need is met by #armNext. */
    #arm(at: number): void {
      if (this.#alarmAt !== null && this.#alarmAt <= at) return;
      this.#alarmAt = at;
      this.ctx.storage.setAlarm(at);
    }

    #armNext(): void {
      const due = this.#journal.nextDue();
      const watch = this.#running > 0 || !this.#outbox.isEmpty || this.#live.size > 0;
      if (due !== null) this.#arm(Math.max(due, Date.now() + (due <= Date.now() ? WATCHDOG_MS : 0)));
      if (watch) this.#arm(Date.now() + WATCHDOG_MS);
    }
  };
}

/** What only another deployment can end is looked at again now and then; everything else that an operator must end waits for the operator. */
const dueAfterDeploy = (code: ErrorCode): number | null =>
  code === "workflow.unknown" || code === "workflow.diverged" ? Date.now() + DEPLOY_CHECK_MS : null;

const lineOf = ({ row: { pins, lane, atOnce, confined } }: LiveRun): Line => ({ workflow: pins.workflow, lane, atOnce, confined });

const isCollected = ({ waiting }: LiveRun): boolean => waiting?.kind === "limit" && waiting.limit === "debounce";

const factsOf = ({ id, type, subject, connection }: InterlockEvent): EventFacts => ({ id, type, subject, connection });

const held = (code: "workflow.unknown" | "workflow.diverged", message: string): PassEnd => ({
  kind: "waiting",
  on: { kind: "operator", step: "", error: { code, message } },
});
