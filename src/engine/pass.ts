// One pass of a run through its workflow's body: what the step runners share. It numbers steps, records entries, and knows how a pass ends without
// throwing into the author's code: a call that must wait, or whose pass has been overtaken, returns a promise that never settles.
import type { Http } from "../connectors/define.ts";
import { type Failure, failureOf, InterlockError } from "../core/errors.ts";
import { dueOf, type EndedState, type RunState, type WaitReason } from "../core/run.ts";
import type { ProviderCard } from "../governance/data-flow.ts";
import type { OnRecord } from "../governance/on-record.ts";
import type { GovernanceSpec } from "../governance/spec.ts";
import type { Model } from "../inference/model.ts";
import type { CircuitPort } from "./circuit.ts";
import type { Entry, Journal, JournalSize, NewEntry, RunEntry, StepEntry } from "./journal.ts";
import { cancelOf, decideAdmission, endedBy, type Halt } from "./lifecycle.ts";
import type { ModelBudget } from "./model-budget.ts";
import type { OtherRuns } from "./other-runs.ts";
import { decideRetry, exhaustion, type RetryTerms } from "./retry.ts";
import { mayWrite, readOnly } from "./shadow.ts";
import type { WriteLimits } from "./write-limits.ts";

/** Everything outside that the engine may touch. All of it is passed in; there is no other clock, dice or network. */
export interface Ports {
  readonly connect: (connector: string) => Http;
  /** The models behind a name, in the order in which they are asked; at least one. */
  readonly models: (name: string, workflow: string) => readonly Model[];
  /** What is on record about a provider's agreement; absent, nothing is, and only a local model may be asked. */
  readonly providerCard?: (recipient: { readonly provider: string; readonly host: string }) => Promise<ProviderCard | null>;
  /** The workflow's breaker, and those of these certificates that there are; null where they cannot be read. Absent, there is nothing on record. */
  readonly onRecord?: (workflow: string, certificates: readonly string[]) => Promise<OnRecord | null>;
  /** Which providers are not asked for a while; absent, all are. A local model's never is. */
  readonly circuit?: CircuitPort;
  /** How often a model without a measure is asked: "all", as for a certificate; absent, as the spec's threshold needs it. */
  readonly samples?: "all";
  readonly now: () => number;
  readonly random: () => number;
  /** Resolves after every microtask that is due has run: how a pass notices that the body has nothing left to do but wait. */
  readonly turn: () => Promise<void>;
  /** The kill switch of a workflow or of everything, if it is on. */
  readonly halted: (workflow: string) => Halt | null;
  /**
   * Absent: a pass goes on until its body has nothing left to do but wait. "every step": it ends after each step that has come to something new, and the next
   * one replays. That finds bodies whose calls depend on what is not recorded; it costs a pass per step, so no deployment asks for it.
   */
  readonly suspendAfter?: "every step";
  readonly runs: OtherRuns;
  readonly limits: WriteLimits & ModelBudget;
  /** For drawing the writes that a person looks at afterwards; absent, the spec's share counts and the draw has no key. `floor` never rejects. */
  readonly audit?: { readonly key: string | null; readonly floor: (workflow: string) => Promise<number> };
}

const EMPTY: JournalSize = { entries: 0, bytes: 0 };

/** broken: the journal could not be written, so nothing that this pass says may be believed; the run goes on from what is durable. */
export type PassEnd =
  | { readonly kind: "ended"; readonly state: RunState }
  | { readonly kind: "waiting"; readonly on: WaitReason }
  | { readonly kind: "broken"; readonly error: unknown };

/** How long a replay may take from one recorded step to the next, in turns of the event loop: a body may await a little of its own in between. */
const REPLAY_TURNS = 20;

export class Pass {
  readonly runId: string;
  readonly workflow: string;
  readonly spec: GovernanceSpec;
  readonly ports: Ports;
  readonly journal: Journal;
  readonly ended: Promise<PassEnd>;
  readonly #end: (end: PassEnd) => void;
  readonly #occurrences = new Map<string, number>();
  readonly #waits: WaitReason[] = [];
  readonly #alone: (() => void)[] = [];
  /** Arrivals that waits of this pass have taken: a signal is delivered once, and a replay takes the same ones in the same order. */
  readonly takenSignals = new Set<number>();
  /** Recorded steps that the body has not called yet. */
  readonly #missing: Set<string>;
  #inFlight = 0;

  /** `recorded`: the steps that the journal knows. */
  constructor(runId: string, spec: GovernanceSpec, journal: Journal, ports: Ports, recorded: ReadonlySet<string> = new Set()) {
    this.#missing = new Set(recorded);
    this.runId = runId;
    this.workflow = spec.workflow;
    this.spec = spec;
    this.journal = journal;
    this.ports = mayWrite(spec) ? ports : { ...ports, connect: (connector) => readOnly(ports.connect(connector)) };
    const { promise, resolve } = Promise.withResolvers<PassEnd>();
    this.ended = promise;
    this.#end = resolve;
  }

  /** Steps are known by name and occurrence: the second "load ticket" of a run is "load ticket#2". */
  stepKey(name: string): string {
    const count = (this.#occurrences.get(name) ?? 0) + 1;
    this.#occurrences.set(name, count);
    const step = count === 1 ? name : `${name}#${count}`;
    this.#missing.delete(step);
    return step;
  }

  /** A recorded step that the body has not called, if there is one. */
  get firstMissing(): string | null {
    return [...this.#missing][0] ?? null;
  }

  get calledSteps(): ReadonlySet<string> {
    const called = new Set<string>();
    for (const [name, count] of this.#occurrences) for (let i = 1; i <= count; i++) called.add(i === 1 ? name : `${name}#${i}`);
    return called;
  }

  /** One call from the body: numbered, and let through only while nobody has stopped the run. What is recorded is always answered. */
  step<T>(name: string, work: (step: string) => Promise<T>): Promise<T> {
    const step = this.stepKey(name);
    return this.call(async () => {
      if (this.#missing.size > 0 && this.entries(step).length === 0) await this.#untilReplayed(step);
      this.admit(step);
      return this.ports.suspendAfter === "every step" ? this.#suspended(step, work) : work(step);
    });
  }

  /**
   * A new step begins only when every recorded one has been called: each was, at its time, with nothing but recorded answers. A body that asks for something new
   * before it has asked for all of them follows another journal, and must be held before it does anything.
   */
  async #untilReplayed(step: string): Promise<void> {
    for (let turn = 0; this.#missing.size > 0; turn++) {
      const [missing] = this.#missing;
      if (turn === REPLAY_TURNS) {
        this.hold(missing as string, "workflow.diverged", `The code makes the step "${step}" where "${missing}" is recorded`);
      }
      await this.ports.turn();
    }
  }

  async #suspended<T>(step: string, work: (step: string) => Promise<T>): Promise<T> {
    const known = this.entries(step).length;
    const end = () => {
      if (this.entries(step).length > known) this.wait({ kind: "timer", step, until: this.ports.now() });
    };
    let outcome: T;
    try {
      outcome = await work(step);
    } catch (thrown) {
      if (!isPassControl(thrown)) end();
      throw thrown;
    }
    end();
    return outcome;
  }

  /** The hand-over to a successor, whatever its size: it is the cure of a journal that is full. */
  lastStep<T>(step: string, work: () => Promise<T>): Promise<T> {
    return this.call(async () => {
      this.admit(step, EMPTY);
      return work();
    });
  }

  /** Asked where a step begins, and again right before a write leaves: a stop must not wait for a long look. */
  admit(step: string, size: JournalSize = this.journal.size): void {
    const { journal, ports } = this;
    const admission = decideAdmission(this.entries(step), this.runEntries(), size, ports.halted(this.workflow));
    switch (admission.kind) {
      case "go":
        return;
      case "go_and_warn":
        this.recordAll([{ type: "run.journal_warned", entries: journal.size.entries, limit: admission.limit }]);
        return;
      case "paused":
        this.wait({ kind: "paused", step, scope: admission.scope, by: admission.by });
        break;
      case "full":
        throw new InterlockError("run.journal_full", admission.message);
    }
  }

  /** Somebody has asked that this run be ended: nothing new is sent. */
  get isCancelling(): boolean {
    return cancelOf(this.runEntries()) !== null;
  }

  /** Wraps one call from the body, so that the pass knows when nothing is being done any more. */
  async call<T>(work: () => Promise<T>): Promise<T> {
    this.#inFlight++;
    let suspended = false;
    try {
      return await work();
    } catch (thrown) {
      if (thrown instanceof Suspend) {
        suspended = true;
        this.#waits.push(thrown.reason);
      } else if (thrown instanceof Broken) {
        suspended = true;
        this.#end({ kind: "broken", error: thrown.error });
      } else {
        throw thrown;
      }
    } finally {
      this.#inFlight--;
      if (this.#inFlight <= 1) for (const wake of this.#alone.splice(0)) wake();
      if (suspended || this.#waits.length > 0) void this.#endWhenQuiet();
    }
    // A fresh one for each: a shared promise would keep every waiting body in memory, and in workerd the request that it began in open.
    return new Promise<never>(() => {});
  }

  /**
   * After the body's last word, inside a `call`. Steps that it did not wait for are finished first, and what they have sent unanswered is waited for: a write
   * must not outlive its run. Whatever else they wait for (a person, a pause) ends with the body.
   */
  async conclude(isUnanswered: (entries: ReturnType<Pass["entries"]>) => boolean): Promise<void> {
    while (this.#inFlight > 1) {
      await new Promise<void>((resolve) => this.#alone.push(resolve));
      await this.ports.turn();
    }
    const unanswered = this.#waits.filter(({ step }) => isUnanswered(this.entries(step)));
    this.#waits.length = 0;
    this.#waits.push(...unanswered);
    const [first] = unanswered;
    if (first) this.wait(first);
  }

  /** Leaves the step runner, never the author's code: `call` turns it into a promise that does not settle. */
  wait(reason: WaitReason): never {
    throw new Suspend(reason);
  }

  entries(step: string): readonly (Entry & StepEntry & { step: string })[] {
    return this.journal.entriesOf(step) as readonly (Entry & StepEntry & { step: string })[];
  }

  /** The run's own entries: what arrived from outside, how it began. */
  runEntries(): readonly Entry[] {
    return this.journal.entriesOf(null);
  }

  record(step: string, ...entries: StepEntry[]): void {
    this.recordAll(entries.map((entry) => ({ ...entry, step })));
  }

  recordAll(entries: readonly NewEntry[]): void {
    try {
      this.journal.record(entries);
    } catch (error) {
      throw new Broken(error);
    }
  }

  /** To be awaited before anything leaves the machine. */
  async flush(): Promise<void> {
    try {
      await this.journal.flush();
    } catch (error) {
      throw new Broken(error);
    }
  }

  /** Starts making durable what was just learned, without holding the step up; a failure ends the pass. */
  flushSoon(): void {
    this.journal.flush().catch((error) => this.#end({ kind: "broken", error }));
  }

  /** A step's recorded arguments must be those of the call that replays it. */
  checkArgs(step: string, recorded: string | undefined, args: string): void {
    if (recorded !== undefined && recorded !== args) {
      this.hold(step, "workflow.diverged", `The step "${step}" was recorded with other arguments than the code now gives it`);
    }
  }

  hold(step: string, code: "workflow.diverged" | "workflow.undeclared", message: string): never {
    this.wait({ kind: "operator", step, error: { code, message } });
  }

  /** Journals one failed try and says what follows: wait for the next, wait for a person, or give the error to the author. Never returns. */
  failAttempt(
    step: string,
    args: string,
    during: Extract<StepEntry, { type: "attempt.failed" }>["during"],
    attempt: number,
    thrown: unknown,
    /** `exhausted`: what the end of the author's policy comes to; to be thrown to them, if nothing else is said. */
    terms?: RetryTerms & { readonly tryBegan: number; readonly exhausted?: (error: Failure) => never },
  ): never {
    if (thrown instanceof Suspend || thrown instanceof Broken) throw thrown;
    const error = failureOf(thrown, "workflow.threw");
    const next = decideRetry(error, attempt, this.ports.now(), this.ports.random(), terms);
    const began = terms?.patience.given ? { began: terms.tryBegan } : {};
    switch (next.kind) {
      case "give_up":
        return this.failStep(step, args, error);
      case "exhausted":
        return terms?.exhausted ? terms.exhausted(error) : this.failStep(step, args, exhaustion(step, attempt, error));
      case "operator":
        this.record(step, { type: "attempt.failed", args, during, attempt, error, retryAt: null, ...began });
        return this.wait({ kind: "operator", step, error });
      case "retry":
        this.record(step, { type: "attempt.failed", args, during, attempt, error, retryAt: next.at, ...began });
        return this.wait({ kind: "timer", step, until: next.at });
    }
  }

  /** The step's last word, thrown into the author's code. */
  failStep(step: string, args: string, error: Failure): never {
    this.record(step, { type: "step.failed", args, error });
    this.flushSoon();
    throw new InterlockError(error.code, error.message, error);
  }

  /** The run's last entry. */
  async endWith(last: Extract<RunEntry, { type: "run.completed" | "run.failed" | "run.cancelled" }>): Promise<void> {
    try {
      this.recordAll([last]);
      await this.flush();
      this.#end({ kind: "ended", state: endedBy(last) as EndedState });
    } catch (thrown) {
      this.#end({ kind: "broken", error: thrown instanceof Broken ? thrown.error : thrown });
    }
  }

  async #endWhenQuiet(): Promise<void> {
    if (this.#inFlight > 0) return;
    await this.ports.turn();
    if (this.#inFlight > 0 || this.#waits.length === 0) return;
    try {
      await this.journal.flush();
    } catch (error) {
      this.#end({ kind: "broken", error });
      return;
    }
    this.#end({ kind: "waiting", on: mostUrgent(this.#waits) });
  }
}

/**
 * Among parallel waits the earliest time wakes the run; what it is said to wait for is the one that a person can do something about. What has a time goes
 * before what has none (an operator, a stop): what needs nobody is not held up by what needs somebody.
 */
function mostUrgent(waits: readonly WaitReason[]): WaitReason {
  const order = { operator: 0, approval: 1, signal: 2, child: 3, timer: 4, lane: 5, limit: 6, paused: 7 } as const;
  const [named] = [...waits].sort((a, b) => order[a.kind] - order[b.kind]) as [WaitReason];
  const timers = waits.filter((wait) => wait.kind === "timer").sort((a, b) => a.until - b.until);
  if (named.kind === "operator") return timers[0] ?? named;
  const times = waits.flatMap((wait) => dueOf(wait) ?? []);
  if (named.kind === "paused" || times.length === 0) return named;
  const until = Math.min(...times);
  return named.kind === "approval" && until < named.until ? { decideBy: named.until, ...named, until } : { ...named, until };
}

/** Not for the author: how a step runner leaves, whatever the reason. */
export const isPassControl = (thrown: unknown): boolean => thrown instanceof Suspend || thrown instanceof Broken;

class Suspend {
  readonly reason: WaitReason;
  constructor(reason: WaitReason) {
    this.reason = reason;
  }
}

class Broken {
  readonly error: unknown;
  constructor(error: unknown) {
    this.error = error;
  }
}
