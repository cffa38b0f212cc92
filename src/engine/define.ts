// How a workflow is written: an imperative body in a declared envelope. The types let the body reach only what the envelope declares.
// A definition holds no state and does nothing by itself.
import type * as z from "zod";
import type { Actions, ReadAction, Trigger, Use, WriteAction } from "../connectors/define.ts";
import { type Failure, InterlockError } from "../core/errors.ts";
import type { InterlockEvent } from "../core/event.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { SCHEDULES, Schedule } from "../core/schedule.ts";
import type { ProviderDemands, Treatment } from "../governance/data-flow.ts";
import type { Known } from "../governance/find-known.ts";
import type { RedactionKind } from "../governance/redact.ts";
import { checkLimits } from "./flow.ts";

/**
 * One data element (GDPR Art. 30): what it is, why it goes to a model, on what legal basis (Art. 6), and how it is treated first. `element` is its path in the record.
 * Without a treatment it is masked where `redact` names something to take out, and sent as it is otherwise; a secret is never sent.
 */
export interface DataElement<Name extends string = string> {
  readonly element: Name;
  readonly class: "none" | "personal" | "special" | "secret";
  readonly to: "model";
  readonly purpose: string;
  readonly basis: "consent" | "contract" | "legal-obligation" | "vital-interests" | "public-task" | "legitimate-interest";
  readonly treatment?: Treatment;
  /** What is masked beside the values that the call gives as known. */
  readonly redact?: readonly RedactionKind[];
  /** What the provider's card must say. */
  readonly requires?: ProviderDemands;
  readonly retentionDays: number;
}

export interface ModelUse {
  readonly kind: "model";
  readonly model: string;
}
export const model = (name: string): ModelUse => ({ kind: "model", model: name });

export type Uses = Readonly<Record<string, Use | ModelUse>>;
export type Decisions = Readonly<Record<string, z.ZodType>>;

/**
 * An answer as a workflow sees it. `confidence` is that of the least sure field, 0 to 1. `decidedBy`: the person who gave it, where no model could; its confidence is
 * then 0, which says nothing.
 */
export interface Decided<Value = unknown> {
  readonly decision: string;
  readonly value: Value;
  readonly confidence: number;
  readonly decidedBy?: string;
}

/**
 * How a write ended. A denial, a rejection and an expiry are values: the author says what follows. `values` are those written, after any edit by a person.
 * `omitted` names the parts of the output that were too large to keep (see step-output.ts), and is absent where all of it was kept.
 */
export type EffectOutcome<Output = unknown, Values = JsonObject> =
  | {
      readonly status: "applied";
      readonly output: Output;
      readonly values: Values;
      readonly decidedBy: string | null;
      readonly omitted?: readonly string[];
    }
  | {
      readonly status: "refused";
      readonly because: "denied" | "rejected" | "insufficient" | "expired" | "shadow" | "abandoned" | "cancelled";
      readonly reason: string;
    };

/**
 * How patient a step is with errors that a repeat may change. Pauses are drawn between nothing and `baseMs`, doubling to `capMs`; where the other side names a
 * time, it is waited for. Where `attempts` or `withinMs` is given, its end is thrown as `step.exhausted`; otherwise an operator is asked after 18 tries.
 */
export interface RetryPolicy {
  /** Tries in all, the first included. */
  readonly attempts?: number;
  readonly baseMs?: number;
  readonly capMs?: number;
  /** No try begins later than this after the first one began. */
  readonly withinMs?: number;
}

/** What may be said of any step beside what it does. No part of its arguments: a run in flight goes on with another policy. */
export interface StepOptions {
  readonly retry?: RetryPolicy;
}

type ActionHandles<A extends Actions> = {
  readonly [K in keyof A]: A[K] extends WriteAction<infer Input, infer Output>
    ? (step: string, input: Input, options?: StepOptions & { basedOn?: Decided }) => Promise<EffectOutcome<Output>>
    : A[K] extends ReadAction<infer Input, infer Output>
      ? (step: string, input: Input, options?: StepOptions) => Promise<Output>
      : never;
};

/** What a decision is asked with. Of `input` and `record` one is enough; where both have an element, `input` counts. */
export interface DecisionRequest<Element extends string = string> {
  /** Written by the author; never holds anything of a record. */
  readonly instruction: string;
  /** Declared elements by name. One that is not declared is refused. */
  readonly input?: Readonly<Partial<Record<Element, string>>>;
  /** The records themselves, by name: their declared paths are sent, and every other field is listed as not sent. */
  readonly record?: Readonly<Record<string, unknown>>;
  /** What the record says about people, by kind: masked wherever it stands in an element of treatment "mask". */
  readonly known?: Known;
  /** Values that must not leave in any form: a request that holds one is refused. */
  readonly never?: readonly string[];
}

export interface ModelHandle<D extends Decisions, Element extends string, Draft extends string> {
  /** One decision of one field or several. A label, a date and an amount are fields alike: what the schema says is what is extracted. */
  decide<K extends keyof D & string>(decision: K, request: DecisionRequest<Element> & StepOptions): Promise<Decided<z.infer<D[K]>>>;
  /** A text. It has no confidence, and a write that holds it is asked about unless the spec never asks for the action and has a rule for the field. */
  draft(name: Draft, request: DecisionRequest<Element> & StepOptions): Promise<Decided<string>>;
}

/** What a signal came to: its data, or that none came in time. */
export type SignalOutcome<Data = unknown> = { readonly status: "received"; readonly data: Data } | { readonly status: "expired" };

/** What a reviewer is asked: the question as a heading, `details` as a table of facts below it. */
export interface Question {
  readonly question: string;
  readonly details?: JsonObject;
  /** How long an answer is waited for; the governance spec's time for reviews, if nothing is said. */
  readonly within?: number;
}

/** What a question to people came to. A rejection and silence are values: the author says what follows. */
export type QuestionOutcome =
  | { readonly status: "approved"; readonly by: string }
  | { readonly status: "rejected"; readonly by: string; readonly reason: string }
  /** What was shown did not suffice to say yes or no. */
  | { readonly status: "insufficient"; readonly by: string; readonly missing: string }
  | { readonly status: "expired" };
/** What starts a workflow that only other runs start (step.start), and that no event from outside does. */
export const startedByRun: Trigger = { connector: "interlock", type: "started" };

export interface WorkflowTrigger extends Trigger {
  readonly schedule?: Schedule;
}
/** Starts a workflow by the clock: a run for each tick. The event's time is the tick's own, its subject the workflow's name. */
export const onSchedule = (schedule: Schedule): WorkflowTrigger => ({
  connector: "interlock",
  type: `${SCHEDULES}.tick`,
  schedule: Schedule.parse(schedule),
});

export interface ChildInput {
  /** The record that the child is about: its event's subject, and so what its lane is usually made from. */
  readonly subject: string;
  readonly data: Json;
}

/** How a child ended; a failure and a cancellation are values. `run` is its id; `output` that of the last run of its chain, where it handed over. */
export type ChildOutcome =
  | { readonly status: "completed"; readonly run: string; readonly output: Json }
  | { readonly status: "failed"; readonly run: string; readonly error: Failure }
  | { readonly status: "cancelled"; readonly run: string };

/** Durable steps that touch no system. Times are milliseconds, points in time epoch milliseconds. */
export interface StepTools {
  /**
   * Runs `work` once and remembers what it returned (JSON, 1 MB at most). For computing that must not be done differently on a replay; it must not reach the network.
   * Whatever it throws is thrown to the body; with a retry policy it is tried again first, but for an InterlockError whose code no repeat can help.
   */
  run<Output extends Json>(step: string, work: () => Output | Promise<Output>, options?: StepOptions): Promise<Output>;
  sleep(step: string, ms: number): Promise<void>;
  sleepUntil(step: string, at: number): Promise<void>;
  /** Waits for a signal of this name, at most `within`. One that came before is kept and taken now; each is taken once. */
  signal<Schema extends z.ZodType>(
    name: string,
    options: { readonly schema: Schema; readonly within: number },
  ): Promise<SignalOutcome<z.infer<Schema>>>;
  /** Asks the reviewers of the governance spec something that is not about a write, and waits for the first answer. Asked in shadow mode as well. */
  approval(name: string, question: Question): Promise<QuestionOutcome>;
  /** Starts a run of another workflow (or of this one) once, and waits for its end or does not. Throws where it cannot be started at all. */
  start(step: string, workflow: string, input: ChildInput, options: { readonly wait: true }): Promise<ChildOutcome>;
  start(step: string, workflow: string, input: ChildInput, options: { readonly wait: false }): Promise<{ readonly run: string }>;
  /**
   * The last call of a body: a new run of this workflow goes on with `data` as its event's data and an empty journal, in this one's lane; this one completes.
   * Signals that this one has not taken go along.
   */
  continueAsNew(data: Json): Promise<never>;
  /** Whether the journal has reached four fifths of its limit, as it was when first asked under this name: time to hand over. */
  isJournalNearlyFull(step: string): Promise<boolean>;
}

export type Handles<U extends Uses, D extends Decisions, Element extends string, Draft extends string = never> = {
  readonly [K in keyof U]: U[K] extends Use<infer A> ? ActionHandles<A> : ModelHandle<D, Element, Draft>;
};

/** Runs with one key share a lane: they begin in order, and at most `atOnce` of them (one, for a bare key) are under way at a time. */
export type Lane = string | { readonly key: string; readonly atOnce: number };

/** At most `runs` beginnings in any span of `perMs`. */
export interface Throttle {
  readonly runs: number;
  readonly perMs: number;
}
/** Events of one record become one run: it begins when none has come for `windowMs`, and at the latest `maxMs` after the first. */
export interface Debounce {
  readonly windowMs: number;
  readonly maxMs: number;
}

/** Limits on all runs of a workflow together. With `concurrency` or `throttle` it lives in one partition and shares no lane with other workflows. */
export interface Limits {
  readonly concurrency?: number;
  readonly throttle?: Throttle;
  readonly debounce?: Debounce;
  /** Seconds by which a run may pass those that wait and were admitted before it; 0 for most. */
  readonly priority?: (context: { readonly event: InterlockEvent }) => number;
}

/** A labelled record as a validation has it: the text of each declared element, "" where the file has none. `number` counts the records of the file from 1. */
export interface LabelledRecord<Element extends string = string> {
  readonly id: string;
  readonly number: number;
  readonly input: Readonly<Record<Element, string>>;
}

type RehearsedActions<A extends Actions, Element extends string> = {
  readonly [K in keyof A]?: A[K] extends WriteAction<infer Input, infer _>
    ? (record: LabelledRecord<Element>, input: Input) => JsonObject
    : A[K] extends ReadAction<infer Input, infer Output>
      ? (record: LabelledRecord<Element>, input: Input) => Output
      : never;
};

/** How a labelled record stands in for an event and for what the run would read, so that a validation runs the workflow's own body. It takes no part in real runs. */
export interface Rehearsal<U extends Uses = Uses, D extends Decisions = Decisions, Element extends string = string> {
  /** Whose fields the labels are of. */
  readonly decision: keyof D & string;
  /** The element that a file's plain "text" column is; the only one, unless said. */
  readonly text?: Element;
  /** The field that a file's plain "label" or "expected" column is; the only one, unless said. */
  readonly label?: string;
  readonly event: (record: LabelledRecord<Element>) => { readonly subject: string; readonly data: Json };
  /** Per handle and action: what a read answers; of a write, what the record held before, where a rule asks for it. Every read needs one. */
  readonly answers: { readonly [K in keyof U]?: U[K] extends Use<infer A> ? RehearsedActions<A, Element> : never };
}

export interface WorkflowDeclaration<
  U extends Uses = Uses,
  D extends Decisions = Decisions,
  Element extends string = string,
  Draft extends string = string,
> {
  readonly name: string;
  readonly version: number;
  readonly purpose: string;
  readonly trigger: WorkflowTrigger;
  /** Runs with one key go one after another, in the order of their admission; across workflows, where they give the same key. */
  readonly lane: (context: { readonly event: InterlockEvent }) => Lane;
  readonly limits?: Limits;
  readonly uses: U;
  readonly dataFlow: readonly DataElement<Element>[];
  readonly decisions: D;
  /** Texts that a model writes, by name; none of them is a decision's. */
  readonly drafts?: readonly Draft[];
  /** Decisions that are asked once even where the model gives no measure, and so always asked of a person: several samples cost several times as much. */
  readonly unsampled?: readonly (keyof D & string)[];
  /** Per decision, the fields of its answer in which tokens become the values again that they stand for. In all others they stay tokens. */
  readonly reinsert?: { readonly [K in keyof D]?: readonly string[] };
  /** Links, addresses, numbers and amounts that may be written whatever the record holds; a link stands for everything below it. */
  readonly mayWrite?: readonly string[];
  /** What a validation needs; without it the workflow runs, and cannot be validated. */
  readonly rehearsal?: Rehearsal<U, D, Element>;
}

export interface Workflow extends WorkflowDeclaration {
  // biome-ignore lint/suspicious/noExplicitAny: the body is typed where it is written; the engine calls it with the handles that its declaration yields
  readonly body: (context: any) => Promise<unknown>;
}

/** `body` must be deterministic between its calls: no clock, no randomness, no network of its own. It is replayed from the start after every wait. */
export function defineWorkflow<const U extends Uses, D extends Decisions, Element extends string, const Draft extends string = never>(
  declaration: WorkflowDeclaration<U, D, Element, Draft>,
  body: (context: Handles<U, D, Element, Draft> & { readonly event: InterlockEvent; readonly step: StepTools }) => Promise<unknown>,
): Workflow {
  checkLimits(declaration.name, declaration.limits);
  const double = declaration.drafts?.find((name) => Object.hasOwn(declaration.decisions, name));
  if (double !== undefined)
    throw new InterlockError("workflow.undeclared", `${declaration.name}: "${double}" is a decision and a draft; a name is one of them`, {
      field: `drafts.${double}`,
    });
  return { ...(declaration as unknown as WorkflowDeclaration), body };
}
