// Runs one workflow on the real engine with an in-memory journal, a clock that only waits move, and a process that can be stopped at any boundary:
// before and after each durable write, before each request leaves, after it did its work and before its answer is read. What was durable is what the next
// incarnation starts from.
import type { Http } from "../../src/connectors/define.ts";
import { createHttp, type HttpOptions } from "../../src/connectors/http.ts";
import type { Failure } from "../../src/core/errors.ts";
import type { InterlockEvent } from "../../src/core/event.ts";
import type { Json } from "../../src/core/json.ts";
import { dueOf, type RunState, type WaitReason } from "../../src/core/run.ts";
import type { RunRequest } from "../../src/core/run-request.ts";
import { answerApproval } from "../../src/engine/answer-approval.ts";
import type { Workflow } from "../../src/engine/define.ts";
import { foldEffect } from "../../src/engine/effect-decision.ts";
import { actionOfApproval, executePass, schemaOfApproval, stepsOf, undoStep } from "../../src/engine/execute.ts";
import { askUndo, deliverSignal, resolveStep, type SignalInput } from "../../src/engine/external.ts";
import type { Entry, Journal, JournalSize, NewEntry, OperatorChoice, StepEntry } from "../../src/engine/journal.ts";
import type { Halt } from "../../src/engine/lifecycle.ts";
import type { OtherRuns } from "../../src/engine/other-runs.ts";
import { Pass, type Ports } from "../../src/engine/pass.ts";
import { askOfRun } from "../../src/engine/run-requests.ts";
import { computeGate } from "../../src/governance/gate.ts";
import type { GovernanceSpec } from "../../src/governance/spec.ts";
import type { Model } from "../../src/inference/model.ts";
import { noRuns } from "./fake-runs.ts";
import { memoryLimits } from "./memory-limits.ts";

export interface MemoryOptions {
  readonly workflow: Workflow;
  readonly spec: GovernanceSpec;
  readonly event: InterlockEvent;
  /** One, or several in the order in which they are asked. */
  readonly model: Model | readonly Model[];
  /** Which providers are not asked for a while; only a model that is not local is asked about. */
  readonly circuit?: Ports["circuit"];
  /** What is on record about a provider's agreement; only a model that is not local is asked about. */
  readonly providerCard?: Ports["providerCard"];
  /** Certificates and the breaker; without it there is nothing on record. */
  readonly onRecord?: Ports["onRecord"];
  /**
   * The fetch of each connector's system, with the token that it wants, and how the connector reads its failures where it is one that answers as its vendor does; or the
   * whole door to it, over a fetch.
   */
  readonly systems: Readonly<
    Record<
      string,
      { readonly fetch: typeof fetch } & (
        | ({ readonly authorization: string } & Pick<HttpOptions, "refusal">)
        | { readonly open: (door: typeof fetch) => Http }
      )
    >
  >;
  readonly clock: { now: number };
  /** What a person says to each approval; asked with the round, from 1. `by`, if it is said, is who says it. */
  readonly answer?: (approval: { id: string; digest: string; values: Readonly<Record<string, unknown>> }, round: number) => unknown;
  /** What else there is to start and to wait for; without it nothing. */
  readonly runs?: OtherRuns;
  /** Unless said, run-1; of runs that share something (limits, say) each has its own. */
  readonly runId?: string;
  /** Where writes and spending are counted; unless said, a counter of this run's own. */
  readonly limits?: Ports["limits"];
  /** The journal says that it is so large; without it, what it is. */
  readonly size?: (entries: number) => JournalSize;
  /** The process stops at these boundaries, counted from 1 over all incarnations. */
  readonly stopAt?: ReadonlySet<number>;
  /** Asked at each boundary as well: true stops the process there. */
  readonly stop?: (boundary: Boundary) => boolean;
  /** What happens between a stop and the next incarnation. */
  readonly afterStop?: (engine: MemoryEngine) => void;
  /** Asked at each wait, before anything else is done about it: `run` returns there, looks again at once, or goes on as it does. */
  readonly onWait?: (on: WaitReason) => "stop" | "again" | undefined;
  /** Who answers approvals, where the answer does not say. */
  readonly reviewer?: string;
}

/** Where a process may stop: around a durable write of these entries, or around a request. */
export type Boundary =
  | { readonly at: "before journal" | "after journal"; readonly entries: readonly NewEntry[] }
  | { readonly at: "before request" | "after request" };

export type Ended =
  | { readonly kind: "ended"; readonly state: RunState }
  | { readonly kind: "operator" | "stopped"; readonly on: WaitReason };

class Stopped extends Error {}

const speakerOf = (decision: unknown): string | undefined => (decision as { by?: string } | null)?.by;

/** ALWAYS_SUSPEND=1: every step ends its pass, so that all that follows a step is reached through a replay. Asked anew by each engine. */
export const alwaysSuspends = (): boolean => process.env.ALWAYS_SUSPEND === "1";

const MAX_PASSES = 400;

export class MemoryEngine {
  readonly durable: Entry[] = [];
  /** The kill switch. */
  halt: Halt | null = null;
  boundaries = 0;
  stops = 0;
  passes = 0;
  readonly #options: MemoryOptions;
  readonly #runId: string;
  readonly #limits: Ports["limits"];
  #stop: (stopped: Stopped) => void = () => {};

  constructor(options: MemoryOptions) {
    this.#options = options;
    this.#runId = options.runId ?? "run-1";
    this.#limits = options.limits ?? memoryLimits(() => options.clock.now);
  }

  /** From wherever the journal is to an end, or to a wait that only an operator can end. */
  async run(): Promise<Ended> {
    const { clock, spec, workflow, event, answer } = this.#options;
    let rounds = 0;
    while (this.passes++ < MAX_PASSES) {
      const end = await this.#incarnation((journal, ports) =>
        executePass({ runId: this.#runId, event, workflow, spec, journal, recordedSteps: stepsOf(this.durable), ports }),
      );
      if (end === "stopped") {
        this.#options.afterStop?.(this);
        continue;
      }
      if (end.kind === "broken") throw end.error;
      if (end.kind === "ended") return { kind: "ended", state: end.state };
      const { on } = end;
      const wanted = this.#options.onWait?.(on);
      if (wanted === "stop") return { kind: "stopped", on };
      if (wanted === "again") continue;
      if (on.kind === "operator") return { kind: "operator", on };
      // What is due now is done before a person could have answered.
      if (alwaysSuspends() && (dueOf(on) ?? Number.POSITIVE_INFINITY) <= clock.now) continue;
      if (on.kind === "approval" && answer) {
        const asked = this.durable.find((entry) => entry.type === "approval.requested" && entry.approval.id === on.approvalId);
        if (asked?.type !== "approval.requested") throw new Error("an approval is waited for that was never asked");
        const { said } = foldEffect(this.durable.filter(({ step }) => step === on.step) as (Entry & StepEntry)[]);
        const { digest, values } = computeGate(spec.review, asked.approval, said, clock.now);
        const decision = answer({ ...asked.approval, digest, values }, ++rounds);
        if (decision !== undefined) {
          const decided = answerApproval(
            this.durable,
            on.approvalId,
            decision,
            speakerOf(decision) ?? this.#options.reviewer ?? "ada@example.com",
            spec,
            clock.now,
            actionOfApproval(workflow, this.durable, on.approvalId),
            schemaOfApproval(workflow, this.durable, on.approvalId),
          );
          if (!decided.ok) throw new Error(`refused: ${decided.error.code} ${decided.error.message}`);
          this.#append([decided.value]);
          continue;
        }
      }
      const due = dueOf(on);
      if (due === null) return { kind: "stopped", on };
      clock.now = Math.max(clock.now, due);
    }
    throw new Error(`no end after ${MAX_PASSES} passes`);
  }

  async undo(step: string): Promise<Failure | null> {
    const asked = askUndo(this.durable, step, "ada@example.com", {
      runId: "run-1",
      spec: this.#options.spec,
      now: this.#options.clock.now,
    });
    if (!asked.ok) return asked.error;
    this.#append([asked.value]);
    for (;;) {
      const again = await this.#incarnation((journal, ports) =>
        undoStep(new Pass(this.#runId, this.#options.spec, journal, ports), this.#options.workflow, step),
      );
      if (again === null) return null;
      if (typeof again === "number") this.#options.clock.now = Math.max(this.#options.clock.now, again);
    }
  }

  signal(name: string, id: string, data: Json): Failure | null {
    const arrived = deliverSignal(this.durable, { name, id, data: structuredClone(data) as SignalInput["data"] }, "ada@example.com");
    if (!arrived.ok) return arrived.error;
    this.#append(arrived.value);
    return null;
  }

  ask(request: RunRequest): Failure | null {
    const asked = askOfRun(this.durable, request, "ada@example.com");
    if (!asked.ok) return asked.error;
    this.#append(asked.value);
    return null;
  }

  resolve(step: string, choice: OperatorChoice): Failure | null {
    const resolved = resolveStep(this.durable, step, choice, "ada@example.com");
    if (!resolved.ok) return resolved.error;
    this.#append(resolved.value);
    return null;
  }

  entries(type: Entry["type"]): Entry[] {
    return this.durable.filter((entry) => entry.type === type);
  }

  #append(entries: readonly NewEntry[]): void {
    for (const entry of entries) this.durable.push({ ...entry, seq: this.durable.length + 1, at: this.#options.clock.now } as Entry);
  }

  /** One process: what it recorded and had not made durable is gone when it stops; what it left unanswered stays unanswered. */
  async #incarnation<T>(work: (journal: Journal, ports: Ports) => Promise<T>): Promise<T | "stopped"> {
    let alive = true;
    const stopped = new Promise<"stopped">((resolve) => {
      this.#stop = () => {
        alive = false;
        this.stops++;
        resolve("stopped");
      };
    });
    const hang = () => new Promise<never>(() => {});
    const reach = async (boundary: Boundary = { at: "before request" }): Promise<void> => {
      if (!alive) return hang();
      this.boundaries++;
      if (this.#options.stopAt?.has(this.boundaries) || this.#options.stop?.(boundary)) {
        this.#stop(new Stopped());
        return hang();
      }
    };
    const { clock, systems, model, circuit, size, providerCard, onRecord, runs = noRuns } = this.#options;
    /** A call to another object leaves the process and comes back to it, or does not. */
    const across = <A extends unknown[], T>(call: (...args: A) => Promise<T>) => {
      return async (...args: A): Promise<T> => {
        await reach();
        const answered = await call(...structuredClone(args)).then(
          (value) => () => value,
          (thrown) => () => {
            throw thrown;
          },
        );
        await reach();
        return answered();
      };
    };
    const entries: Entry[] = structuredClone(this.durable);
    let unsaved: NewEntry[] = [];
    const journal: Journal = {
      get size() {
        return size?.(entries.length) ?? { entries: entries.length, bytes: 0 };
      },
      entriesOf: (step) => entries.filter((entry) => (entry.step ?? null) === step),
      record: (added) => {
        for (const entry of added) {
          entries.push({ ...structuredClone(entry), seq: entries.length + 1, at: clock.now } as Entry);
          unsaved.push(entry);
        }
      },
      flush: async () => {
        if (unsaved.length === 0) return;
        const batch = unsaved;
        unsaved = [];
        await reach({ at: "before journal", entries: batch });
        if (!alive) return hang();
        this.#append(structuredClone(batch));
        await reach({ at: "after journal", entries: batch });
      },
    };
    const ports: Ports = {
      connect: (connector) => {
        const system = systems[connector];
        if (!system) throw new Error(`no fake for ${connector}`);
        const door: typeof fetch = async (input, init) => {
          await reach({ at: "before request" });
          const answered = await system.fetch(input, init);
          await reach({ at: "after request" });
          return answered;
        };
        if ("open" in system) return system.open(door);
        return createHttp({ baseUrl: `https://${connector}.test`, ...system, system: connector, now: () => clock.now, fetch: door });
      },
      models: () =>
        [model].flat().map((one) => ({
          ...one,
          decide: async (request, now) => {
            await reach({ at: "before request" });
            const decided = await one.decide(request, now);
            await reach({ at: "after request" });
            return decided;
          },
        })),
      ...(circuit ? { circuit: { mayAsk: across(circuit.mayAsk), report: across(circuit.report) } } : {}),
      ...(providerCard ? { providerCard } : {}),
      ...(onRecord ? { onRecord: across(onRecord) } : {}),
      now: () => clock.now,
      random: () => 0.5,
      turn: () => new Promise((resolve) => setImmediate(resolve)),
      halted: () => this.halt,
      ...(alwaysSuspends() ? { suspendAfter: "every step" as const } : {}),
      runs: {
        startChild: across(runs.startChild),
        startSuccessor: across(runs.startSuccessor),
        signal: across(runs.signal),
        look: across(runs.look),
        cancel: across(runs.cancel),
      },
      limits: {
        counts: across(this.#limits.counts),
        take: across(this.#limits.take),
        reserve: across(this.#limits.reserve),
        settle: across(this.#limits.settle),
      },
    };
    return Promise.race([work(journal, ports), stopped]);
  }
}
