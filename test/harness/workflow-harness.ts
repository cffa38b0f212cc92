// What a team tests its own workflow with: one run on the real engine, in memory, in a world that the test describes. No network, no time that passes, no
// process to start: waits are skipped, faults and stops are injected by step, and every request is counted. docs/test-a-workflow.md shows how it is used.
// It decides nothing about a run: that is the engine's, and what people do goes in through the same functions as in production.
import type { Approval } from "../../src/core/approval.ts";
import type { Failure } from "../../src/core/errors.ts";
import type { InterlockEvent } from "../../src/core/event.ts";
import { digest, type Json, type JsonObject } from "../../src/core/json.ts";
import { dueOf, type RunState, type WaitReason } from "../../src/core/run.ts";
import type { RunRequest } from "../../src/core/run-request.ts";
import type { Workflow } from "../../src/engine/define.ts";
import type { Entry, OperatorChoice, StepEntry } from "../../src/engine/journal.ts";
import { endOf, isAnswered } from "../../src/engine/lifecycle.ts";
import { manifestDigest } from "../../src/engine/manifest.ts";
import { type Effect, effectsOf } from "./effects.ts";
import { FakeSystems, type SystemCall } from "./fake-systems.ts";
import { FaultQueue } from "./faults.ts";
import type { History } from "./history.ts";
import { MemoryEngine } from "./memory-engine.ts";
import { type Answer, type Said, type Scenario, ScenarioError, type ScenarioSignal } from "./scenario.ts";
import { ScenarioRuns, type StartedRun } from "./scenario-runs.ts";
import { type Asked, scriptedModel } from "./scripted-model.ts";
import { currentStep, watchCalls } from "./watch-calls.ts";

export { approve, ask, edit, inform, insufficient, nobody, reassign, reject, type Scenario, ScenarioError } from "./scenario.ts";

const START = Date.parse("2026-01-05T09:00:00Z");
const RUN_ID = "run-1";

/** Where the run is to be stopped for a look: at a kind of wait, or at whatever a step waits for. */
export type Until = WaitReason["kind"] | { readonly step: string };

export const testWorkflow = (workflow: Workflow, scenario: Scenario, more: { readonly stopAt?: ReadonlySet<number> } = {}): WorkflowRun =>
  new WorkflowRun(workflow, scenario, more.stopAt);

export class WorkflowRun {
  readonly clock: { now: number };
  readonly systems: FakeSystems;
  /** What the model was sent, in order. */
  readonly asked: readonly Asked[];
  readonly event: InterlockEvent;
  readonly #workflow: Workflow;
  readonly #scenario: Scenario;
  readonly #engine: MemoryEngine;
  readonly #faults: FaultQueue;
  readonly #runs: ScenarioRuns;
  readonly #startedAt: number;
  readonly #unsent: (ScenarioSignal & { readonly id: string })[];
  /** What was said by hand, after so many things that had been said before. */
  readonly #byHand = new Map<string, { readonly answer: Answer; readonly after: number }>();
  /** Answers of the scenario, asked for once each. */
  readonly #planned = new Map<string, Said>();
  readonly #mistake = Promise.withResolvers<never>();
  /** What is asked of the run at present; see `until` and `advance`. */
  #stops: (on: WaitReason) => boolean = () => false;
  #limit = Number.POSITIVE_INFINITY;
  #waiting: WaitReason | null = null;

  constructor(workflow: Workflow, scenario: Scenario, stopAt?: ReadonlySet<number>) {
    this.#workflow = workflow;
    this.#scenario = scenario;
    this.#startedAt = scenario.startsAt ?? START;
    this.clock = { now: this.#startedAt };
    this.#faults = new FaultQueue(scenario.faults);
    this.#unsent = (scenario.signals ?? []).map((signal, index) => ({ id: `signal-${index + 1}`, ...signal }));
    if (scenario.spec.workflow !== workflow.name)
      throw new ScenarioError(`The spec is one of ${scenario.spec.workflow}, not of ${workflow.name}`);
    // Nobody need be listening when the mistake is found.
    this.#mistake.promise.catch(() => {});
    const giveUp = (mistake: ScenarioError) => this.#mistake.reject(mistake);
    this.systems = new FakeSystems(workflow, scenario, this.#faults, giveUp);
    this.#runs = new ScenarioRuns(scenario, giveUp);
    const { model, asked } = scriptedModel(workflow, scenario.decisions, this.#faults, giveUp);
    this.asked = asked;
    const { connector, type } = workflow.trigger;
    const { subject, data = {}, id } = scenario.event;
    this.event = {
      id: id ?? `evt_${digest({ connector, type, subject }).slice(0, 32)}`,
      connection: connector,
      source: `${connector}/${connector}`,
      type,
      subject,
      time: this.#startedAt,
      data,
    };
    const connectors = Object.values(workflow.uses).flatMap((use) => (use.kind === "connector" ? [use.connector] : []));
    this.#engine = new MemoryEngine({
      workflow: watchCalls(this.systems.replaceIn(workflow), (_, make) => make()),
      spec: scenario.spec,
      event: this.event,
      model,
      systems: Object.fromEntries(
        connectors.map((name) => [name, { fetch: this.systems.fetchOf(name), authorization: "Bearer of-the-harness" }]),
      ),
      clock: this.clock,
      reviewer: this.#reviewer,
      answer: ({ id: approval, digest: shown, values }) => decisionOf(this.#answerTo(approval), shown, values as JsonObject),
      stop: (boundary) => {
        const own = currentStep();
        const steps = "entries" in boundary ? boundary.entries.flatMap(({ step }) => step ?? []) : own === undefined ? [] : [own];
        return this.#faults.takeForBoundary(steps, boundary.at);
      },
      ...(stopAt ? { stopAt } : {}),
      runs: this.#runs.port,
      onWait: (on) => this.#atWait(on),
    });
    this.#engine.durable.push({
      type: "run.started",
      pins: {
        workflow: workflow.name,
        version: workflow.version,
        manifestDigest: manifestDigest(workflow),
        specVersion: scenario.spec.version,
      },
      event: { id: this.event.id, type, subject, connection: connector },
      seq: 1,
      at: this.#startedAt,
    });
  }

  // ---- letting it run ----

  /** To its end, or to where only an operator can help: then `status` is "waiting", and `resolve` may be used before going on. */
  async toEnd(): Promise<RunState> {
    await this.#go(() => false, Number.POSITIVE_INFINITY);
    if (this.state.status !== "waiting") this.#checkAllWasUsed();
    return this.state;
  }

  /** To the first such wait. Nothing has been done about it yet: nobody has answered, no time has gone by. */
  async until(wanted: Until): Promise<WaitReason> {
    const isWanted = (on: WaitReason) => (typeof wanted === "string" ? on.kind === wanted : on.step === wanted.step);
    await this.#go(isWanted, Number.POSITIVE_INFINITY);
    if (this.#waiting && isWanted(this.#waiting)) return this.#waiting;
    throw new ScenarioError(`The run never waited for ${JSON.stringify(wanted)}: it is ${JSON.stringify(this.state)}`);
  }

  /** So many milliseconds, with everything that falls due in them. An approval that `answers` says nothing of stays unanswered. */
  async advance(ms: number): Promise<RunState> {
    const to = this.clock.now + ms;
    await this.#go(() => false, to);
    this.clock.now = Math.max(this.clock.now, to);
    return this.state;
  }

  // ---- what people and others do ----

  /** Answers what is waited for; the run takes it up with the next `toEnd`, `until` or `advance`. */
  answer(answer: Answer): void {
    const on = this.#waiting;
    if (on?.kind !== "approval")
      throw new ScenarioError(`Nobody is asked anything: the run is ${JSON.stringify(this.state)}. Use until("approval") first`);
    this.#byHand.set(on.approvalId, { answer, after: this.#saidTo(on.approvalId) });
  }

  signal(name: string, data: Json, id = `signal-by-hand-${this.entries.length}`): void {
    accept(this.#engine.signal(name, id, data));
  }

  /** Somebody else changes a record. */
  change(target: string, fields: JsonObject): void {
    this.systems.change(target, fields);
  }

  resolve(step: string, choice: OperatorChoice): void {
    accept(this.#engine.resolve(step, choice));
  }

  ask(request: RunRequest): void {
    accept(this.#engine.ask(request));
  }

  async undo(step: string): Promise<void> {
    accept(await Promise.race([this.#engine.undo(step), this.#mistake.promise]));
  }

  // ---- looking at it ----

  get state(): RunState {
    const ended = endOf(this.entries.filter(({ step }) => step === undefined));
    if (ended) return ended;
    return this.#waiting ? { status: "waiting", on: this.#waiting } : { status: "pending" };
  }

  /** The journal, as far as it is durable. */
  get entries(): readonly Entry[] {
    return this.#engine.durable;
  }

  get effects(): Effect[] {
    return effectsOf(this.entries, this.systems.written);
  }

  /** The approval that is waited for. */
  get approval(): Approval {
    const on = this.#waiting;
    const approval = on?.kind === "approval" ? this.#approvalOf(on.approvalId) : undefined;
    if (!approval) throw new ScenarioError(`Nobody is asked anything: the run is ${JSON.stringify(this.state)}`);
    return approval;
  }

  /** What a read was asked, or what a write was sent with; refused and unanswered requests are among them. */
  calls(action: string): SystemCall[] {
    return this.systems.calls.filter((call) => call.action === action && (call.operation === "read" || call.operation === "apply"));
  }

  /** The runs that this one started, and the one that goes on in its place, in order. */
  get started(): readonly StartedRun[] {
    return this.#runs.started;
  }

  /** A record's fields as they are now. */
  record(target: string): JsonObject | undefined {
    return this.systems.record(target);
  }

  /** Places at which the process could have stopped, so far, and how often it did. */
  get boundaries(): number {
    return this.#engine.boundaries;
  }

  get stops(): number {
    return this.#engine.stops;
  }

  /** As it is kept in test/histories; see history.ts. */
  history(): History {
    return structuredClone({
      run: RUN_ID,
      workflow: this.#workflow.name,
      version: this.#workflow.version,
      manifestDigest: manifestDigest(this.#workflow),
      spec: this.#scenario.spec,
      event: this.event,
      entries: [...this.entries],
    });
  }

  // ---- inside ----

  get #reviewer(): string {
    return this.#scenario.spec.review.reviewers[0] ?? "ada@example.com";
  }

  async #go(stops: (on: WaitReason) => boolean, limit: number): Promise<void> {
    if (this.state.status !== "waiting" && this.state.status !== "pending") return;
    this.#stops = stops;
    this.#limit = limit;
    this.#waiting = null;
    const end = await Promise.race([this.#engine.run(), this.#mistake.promise]);
    this.#waiting = end.kind === "ended" ? null : end.on;
  }

  /** Signals first, as they would come; then whatever `toEnd`, `until` or `advance` is for; then time, no further than it may go. */
  #atWait(on: WaitReason): "stop" | "again" | undefined {
    // Due already: nothing to look at, and nothing that anybody could do about it.
    if (on.kind === "timer" && on.until <= this.clock.now) return undefined;
    // Answered by hand already: what it waits for then is to be let go on.
    const isDecided =
      on.kind === "approval" && this.#byHand.get(on.approvalId)?.after === this.#saidTo(on.approvalId) && this.#isAnswered(on.approvalId);
    if (this.#stops(on) && !isDecided) return "stop";
    if (this.#send((signal) => this.#isDue(signal))) return "again";
    if (on.kind === "approval") {
      if (this.#isAnswered(on.approvalId)) return undefined;
      if (this.#answerTo(on.approvalId) === null && this.#limit === Number.POSITIVE_INFINITY) {
        const { step, why } = this.#approvalOf(on.approvalId) as Approval;
        throw new ScenarioError(
          `"${step}" asks a person (${why}), and nobody answers. Add: answers: approve(), edit({ … }), reject("why") or nobody()`,
        );
      }
    }
    const due = dueOf(on) ?? Number.POSITIVE_INFINITY;
    const next = Math.min(...this.#unsent.flatMap(({ at }) => (at === undefined ? [] : [this.#startedAt + at])));
    if (Math.min(due, next) > this.#limit) return "stop";
    if (next >= due) return undefined;
    this.clock.now = Math.max(this.clock.now, next);
    return "again";
  }

  #isDue({ at, afterStep }: ScenarioSignal): boolean {
    if (afterStep === undefined) return this.clock.now >= this.#startedAt + (at ?? 0);
    return isAnswered(this.entries.filter(({ step }) => step === afterStep) as (Entry & StepEntry)[]);
  }

  #send(isDue: (signal: ScenarioSignal) => boolean): boolean {
    const due = this.#unsent.filter(isDue);
    for (const signal of due) {
      this.#unsent.splice(this.#unsent.indexOf(signal), 1);
      this.signal(signal.name, signal.data, signal.id);
    }
    return due.length > 0;
  }

  #approvalOf(approvalId: string): Approval | undefined {
    const asked = this.entries.find((entry) => entry.type === "approval.requested" && entry.approval.id === approvalId);
    return asked?.type === "approval.requested" ? asked.approval : undefined;
  }

  #isAnswered(approvalId: string): boolean {
    const answer = this.#answerTo(approvalId);
    return answer !== null && answer.kind !== "nobody";
  }

  /** Null where nothing is said. */
  #answerTo(approvalId: string): Answer | null {
    const before = this.#saidTo(approvalId);
    const byHand = this.#byHand.get(approvalId);
    if (byHand?.after === before) return byHand.answer;
    const said = this.#planned.get(approvalId) ?? this.#plan(approvalId);
    if (said === undefined) return null;
    if (!isList(said)) return said;
    return said[before] ?? { kind: "nobody" };
  }

  #plan(approvalId: string): Said | undefined {
    const { answers } = this.#scenario;
    if (answers === undefined) return undefined;
    const approval = this.#approvalOf(approvalId) as Approval;
    const said = typeof answers === "function" ? answers(approval) : isSaid(answers) ? answers : answers[approval.step];
    if (said) this.#planned.set(approvalId, said);
    return said;
  }

  /** How often somebody has spoken to this approval. */
  #saidTo(approvalId: string): number {
    return this.entries.filter((entry) => SPOKEN.has(entry.type) && "approvalId" in entry && entry.approvalId === approvalId).length;
  }

  /** A fault or a signal that came to nothing is a test that tests something else than it says. */
  #checkAllWasUsed(): void {
    const [fault] = this.#faults.left;
    const steps = [...new Set(this.entries.flatMap(({ step }) => step ?? []))].join(", ");
    if (fault) throw new ScenarioError(`The fault "${fault.fault}" of "${fault.step}" never struck. The run's steps: ${steps}`);
    const signal = this.#unsent.find(({ afterStep }) => afterStep !== undefined);
    if (signal)
      throw new ScenarioError(
        `The signal "${signal.name}" was never sent: "${signal.afterStep}" was not answered. The run's steps: ${steps}`,
      );
  }
}

const SPOKEN: ReadonlySet<string> = new Set([
  "approval.decided",
  "approval.endorsed",
  "approval.amended",
  "approval.reassigned",
  "approval.information_asked",
  "approval.information_given",
]);

const isList = (said: Said): said is readonly Answer[] => Array.isArray(said);
const isSaid = (answers: Said | Readonly<Record<string, Said>>): answers is Said => Array.isArray(answers) || "kind" in answers;

function decisionOf(answer: Answer | null, digest: string, values: JsonObject): unknown {
  switch (answer?.kind) {
    case "approve":
      return { ...answer, kind: "approved", digest };
    case "edit":
      return { ...answer, kind: "edited", digest, values: { ...values, ...answer.values } };
    case "reject":
      return { ...answer, kind: "rejected", digest };
    case "insufficient":
    case "ask":
    case "inform":
    case "reassign":
      return { ...answer, digest };
    default:
      return undefined;
  }
}

function accept(refused: Failure | null): void {
  if (refused) throw new ScenarioError(`Refused: ${refused.code}: ${refused.message}`);
}
