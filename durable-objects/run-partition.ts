// One object holds the journals of many runs. A shell: it stores, wakes, calls the engine and answers; every rule is in src/.
// start: journal a batch in one commit, arm the alarm, answer, then run. The alarm (about 2 s behind a start) picks up what a lost instance left behind,
// due timers and unprojected entries; its times live in SQLite, so losing an alarm loses nothing.
import { DurableObject } from "cloudflare:workers";
import { failureOf, InterlockError, ok, type Result } from "../src/core/errors.ts";
import type { EventFacts, InterlockEvent } from "../src/core/event.ts";
import type { HaltSwitch } from "../src/core/halt.ts";
import { dueOf, type EndedState, hasEnded } from "../src/core/run.ts";
import type { RunRequest } from "../src/core/run-request.ts";

import { type Deployment, dataFlowOf, matchesManifest, workflowOf } from "../src/deployment.ts";
import { answerApproval } from "../src/engine/answer-approval.ts";

import type { Limits } from "../src/engine/define.ts";
import { actionOfApproval, schemaOfApproval } from "../src/engine/execute.ts";
import { askUndo, deliverSignal, resolveStep, type SignalInput } from "../src/engine/external.ts";
import { isConfined, type Line, limitsOf, takesPlace, windowEnd } from "../src/engine/flow.ts";
import type { NewEntry, OperatorChoice } from "../src/engine/journal.ts";
import { cancelOf } from "../src/engine/lifecycle.ts";
import { type LookedAgain, lookAgain } from "../src/engine/look-again.ts";
import { begunBy, type OtherRuns, originOf, type Speaker, successorOf } from "../src/engine/other-runs.ts";
import type { PartitionPort, RunStart, RunView, StartBatch, Started } from "../src/engine/partition-port.ts";
import { askOfRun, forkJournal } from "../src/engine/run-requests.ts";
import { previewUndo, type UndoPreview } from "../src/engine/undo-preview.ts";
import { newSalt } from "../src/governance/audit-chain.ts";
import { keptFor } from "../src/governance/retention.ts";
import { Halts } from "./halts.ts";
import { LiveRun } from "./live-run.ts";
import { Outbox } from "./outbox.ts";
import { Outside } from "./outside.ts";
import { tellParent } from "./parent-news.ts";
import { PartitionJournal } from "./partition-journal.ts";
import { Recall, viewOf } from "./recall.ts";
import { lineOf, RunDriver, WATCHDOG_MS } from "./run-driver.ts";
import { type Advanced, RunQueue, Stage } from "./run-queue.ts";
import { migrate } from "./storage-migrations.ts";

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
    readonly #driver: RunDriver;
    #alarmAt: number | null = null;
    /** What the instance before this one left behind and this one has not looked at yet; null before the first alarm. */
    #left: string[] | null = null;

    constructor(ctx: DurableObjectState, env: Env) {
      super(ctx, env);
      // What is in memory is ahead of what is durable then: this instance ends, and the next one starts from the journal.
      this.#journal = new PartitionJournal(ctx.storage, (error) => ctx.abort(`commit failed: ${failureOf(error).message}`));
      this.#journal.busy = () => this.#driver.running;
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
        keptDays: ({ row: { pins } }) =>
          keptFor(
            this.#journal.specOf(pins.workflow, pins.specVersion).retention.payloadDays,
            dataFlowOf(deployment, pins.workflow, pins.version),
          ).days,
        projected: (run) => {
          if (!run.running && !run.queued) this.#live.delete(run.row.id);
        },
        mark: (marks) => this.#journal.commit(() => this.#journal.setProjected(marks())),
        waitUntil: (work) => ctx.waitUntil(work),
        failed: () => this.#arm(Date.now() + WATCHDOG_MS),
        now: () => Date.now(),
      });
      this.#driver = new RunDriver({
        deployment,
        journal: this.#journal,
        queue: this.#queue,
        halts: this.#halts,
        outside: this.#outside,
        outbox: this.#outbox,
        live: this.#live,
        kept: (id) => this.#kept(id),
        runsOf: ({ row, own }) => {
          const speaker = {
            run: row.id,
            partition: ctx.id.name ?? "",
            lane: row.lane,
            atOnce: row.atOnce,
            confined: row.confined,
            origin: originOf(own),
            begunBy: begunBy(originOf(own)),
          };
          return runsOf(env, speaker, (work) => ctx.waitUntil(work));
        },
        arm: (at) => this.#arm(at),
        ended: (run) => ctx.waitUntil(tellParent(env, run)),
        waitUntil: (work) => ctx.waitUntil(work),
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

    async #begin(starts: readonly RunStart[], specs: StartBatch["specs"] = []): Promise<Started[]> {
      const now = Date.now();
      const touched: LiveRun[] = [];
      const advanced: Advanced[] = [];
      const started: Started[] = [];
      await this.#journal.writeNow(() => {
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
          const run = this.#admit(start, now);
          started.push({ asked, runId: asked, fresh: run !== null });
          if (!run) continue;
          touched.push(run);
          if (!run.begun && !isCollected(run)) advanced.push(this.#queue.advance(lineOf(run), now));
        }
      });
      if (touched.length > 0) this.#arm(now + WATCHDOG_MS);
      for (const run of touched) {
        if (run.begun) this.#driver.drive(run);
        else {
          if (run.waiting) this.#arm(dueOf(run.waiting) ?? now);
          this.#outbox.add(run.row.id);
        }
      }
      for (const each of advanced) this.#driver.follow(each);
      return started;
    }

    decide(runId: string, approvalId: string, decision: unknown, by: string): Promise<Result<null>> {
      return this.#tell(runId, (run) => {
        const { workflow, version, specVersion } = run.row.pins;
        const code = workflowOf(deployment, workflow, version);
        const answered = answerApproval(
          run.entries,
          approvalId,
          decision,
          by,
          this.#journal.specOf(workflow, specVersion),
          Date.now(),
          actionOfApproval(code, run.entries, approvalId),
          schemaOfApproval(code, run.entries, approvalId),
        );
        return answered.ok ? ok([answered.value]) : answered;
      });
    }

    undo(runId: string, step: string, by: string): Promise<Result<null>> {
      return this.#tell(runId, (run) => {
        const { workflow, specVersion } = run.row.pins;
        const asked = askUndo(run.entries, step, by, { runId, spec: this.#journal.specOf(workflow, specVersion), now: Date.now() });
        return asked.ok ? ok([asked.value]) : asked;
      });
    }

    previewUndo(runId: string, steps: readonly string[]): Promise<Result<UndoPreview[]>> {
      return this.#answer(async () => {
        const { row, entries } = await this.#find(runId);
        const { workflow: name, version, manifestDigest, specVersion } = row.pins;
        const workflow = workflowOf(deployment, name, version);
        const { connect, now } = this.#outside.portsFor(row.event.connection);
        const input = {
          runId,
          entries,
          spec: this.#journal.specOf(name, specVersion),
          workflow: workflow && matchesManifest(workflow, manifestDigest) ? workflow : null,
          connect,
          now: now(),
        };
        return ok(await previewUndo(input, steps));
      });
    }

    lookAgain(runId: string, steps: readonly string[]): Promise<Result<LookedAgain[]>> {
      return this.#answer(async () => {
        const { row, entries } = await this.#find(runId);
        const workflow = workflowOf(deployment, row.pins.workflow, row.pins.version);
        const { connect } = this.#outside.portsFor(row.event.connection);
        const fits = workflow && matchesManifest(workflow, row.pins.manifestDigest) ? workflow : null;
        return ok(await lookAgain({ entries, workflow: fits, connect }, steps));
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
          this.#driver.drive(run);
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
        const { lane, atOnce, confined, pins, event } = old.row;
        const origin = { kind: "restarted", from: runId, step, by } as const;
        const [started] = await this.#begin([{ runId: newRunId, lane, atOnce, confined, pins, event, origin, journal: fork.value }]);
        return ok(started as Started);
      });
    }

    halt(switches: readonly HaltSwitch[]): Promise<Result<null>> {
      return this.#answer(async () => {
        const now = Date.now();
        await this.#journal.commit(() => {
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
            this.#driver.drive(run);
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
        this.#left ??= this.#journal.unfinished();
        const isHeld = (id: string) => {
          const run = this.#live.get(id);
          return run !== undefined && (run.running || run.queued || run.isDone);
        };
        // Those in memory are due as well, and come first: they must not keep out the others.
        const due = this.#journal.due(now, this.#driver.room + this.#live.size).filter((id) => !isHeld(id));
        const taken = due.slice(0, this.#driver.room);
        for (const id of [...taken, ...this.#left.splice(0, this.#driver.room - taken.length)]) {
          const run = this.#live.get(id) ?? this.#journal.load(id, now);
          if (!run) continue;
          this.#live.set(id, run);
          this.#driver.drive(run);
        }
        this.#driver.takeStalled(now);
        for (const run of this.#live.values()) if (run.projected < run.durable) this.#outbox.add(run.row.id);
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
        await this.#journal.commit(() => {
          this.#journal.reopen(run);
          this.#journal.insertUnsaved(run);
          this.#journal.setDue(run.row, Date.now());
        });
        this.#arm(Date.now() + WATCHDOG_MS);
        this.#driver.drive(run);
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

    /** Inside the commit of a start: a new run, queued or begun; null when it exists already. */
    #admit(
      { runId, lane, atOnce = 1, priority = 0, confined, pins, event, origin, journal = [], signals = [] }: RunStart,
      now: number,
    ): LiveRun | null {
      const { workflow } = pins;
      const line: Line = { workflow, lane, atOnce, confined: confined ?? isConfined(limits(workflow)) };
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

    /** The alarm only ever moves nearer: it is one write, and a later need is met by #armNext. */
    #arm(at: number): void {
      if (this.#alarmAt !== null && this.#alarmAt <= at) return;
      this.#alarmAt = at;
      this.ctx.storage.setAlarm(at);
    }

    #armNext(): void {
      const due = this.#journal.nextDue();
      const watch = this.#driver.running > 0 || !this.#outbox.isEmpty || this.#live.size > 0 || (this.#left ?? []).length > 0;
      if (due !== null) this.#arm(Math.max(due, Date.now() + (due <= Date.now() ? WATCHDOG_MS : 0)));
      if (watch) this.#arm(Date.now() + WATCHDOG_MS);
    }
  };
}

const isCollected = ({ waiting }: LiveRun): boolean => waiting?.kind === "limit" && waiting.limit === "debounce";

const factsOf = ({ id, type, subject, connection, time }: InterlockEvent): EventFacts => ({ id, type, subject, connection, time });
