// What a test says of the world around one run: the event, the records, what reads and models answer, what people do, what goes wrong. Data and functions of
// data; a scenario is used for many runs and keeps nothing of any.
import type { Approval } from "../../src/core/approval.ts";
import type { Json, JsonObject } from "../../src/core/json.ts";
import type { EndedState } from "../../src/core/run.ts";
import type { ChildInput } from "../../src/engine/define.ts";
import type { GovernanceSpec } from "../../src/governance/spec.ts";
import type { ModelFailure, ModelRequest } from "../../src/inference/model.ts";
import type { Faults } from "./faults.ts";

/** `records`: a record's fields as they are now, by target. */
export interface FakeCall {
  readonly step: string;
  /** 1 for the first call of this action. */
  readonly count: number;
  readonly record: (target: string) => JsonObject | undefined;
}

// biome-ignore lint/suspicious/noExplicitAny: a workflow's actions have inputs of every kind; the action's own schema has checked this one
export type FakeAnswer = Json | ((input: any, call: FakeCall) => unknown);

/** A model's answer; `confidence` is 1 unless said. Or its failure, which the engine repeats where that may help. */
export type Judgement = { readonly value: Json; readonly confidence?: number } | { readonly fails: ModelFailure["code"] };
/** One for every time it is asked, a list for the first, the second, …, or a function of what the model was sent. */
export type Judgements = Judgement | readonly Judgement[] | ((request: ModelRequest, count: number) => Judgement);

/** Who says it: the first of the spec's reviewers, unless said. `reason`: a regulated workflow wants one with every yes. */
interface By {
  readonly by?: string;
}
interface Reasoned extends By {
  readonly reason?: string;
}

export type Answer =
  | ({ readonly kind: "approve" } & Reasoned)
  | ({ readonly kind: "edit"; readonly values: JsonObject } & Reasoned)
  | ({ readonly kind: "reject"; readonly reason: string } & By)
  | ({ readonly kind: "insufficient"; readonly missing: string } & By)
  | ({ readonly kind: "ask"; readonly question: string } & By)
  | ({ readonly kind: "inform"; readonly text: string } & By)
  | ({ readonly kind: "reassign"; readonly to: string } & By)
  | { readonly kind: "nobody" };

export const approve = (more: Reasoned = {}): Answer => ({ kind: "approve", ...more });
/** With these values in place of those that were asked about; fields that are not named stay as they are. */
export const edit = (values: JsonObject, more: Reasoned = {}): Answer => ({ kind: "edit", values, ...more });
export const reject = (reason: string, more: By = {}): Answer => ({ kind: "reject", reason, ...more });
/** What there is to see does not suffice. It is an end, and nothing is written. */
export const insufficient = (missing: string, more: By = {}): Answer => ({ kind: "insufficient", missing, ...more });
/** Asks for information, and `inform` gives it: the approval stays open. */
export const ask = (question: string, more: By = {}): Answer => ({ kind: "ask", question, ...more });
export const inform = (text: string, more: By = {}): Answer => ({ kind: "inform", text, ...more });
export const reassign = (to: string, more: By = {}): Answer => ({ kind: "reassign", to, ...more });
/** Nobody answers, and the approval expires. */
export const nobody = (): Answer => ({ kind: "nobody" });

/** What is said to one approval; a list is said one after another, and then nobody says anything more. */
export type Said = Answer | readonly Answer[];

/** For all approvals, by step, or a function of what was asked. */
export type Answers = Said | Readonly<Record<string, Said>> | ((approval: Approval) => Said);

/** Sent `at` milliseconds after the run's beginning, or as soon as `afterStep` is answered. */
export interface ScenarioSignal {
  readonly name: string;
  readonly data: Json;
  /** The sender's own id; made up if not given. */
  readonly id?: string;
  readonly at?: number;
  readonly afterStep?: string;
}

export interface Scenario {
  readonly spec: GovernanceSpec;
  readonly event: { readonly subject: string; readonly data?: Json; readonly id?: string };
  /** What the systems hold, by target ("ticket/1001"): the fields that write actions look at and change. */
  readonly records?: Readonly<Record<string, JsonObject>>;
  /** What read actions answer, by action ("zendesk.getTicket"). */
  readonly reads?: Readonly<Record<string, FakeAnswer>>;
  /** What write actions answer; made up from the action's output schema where that can be done. */
  readonly outputs?: Readonly<Record<string, FakeAnswer>>;
  readonly decisions?: Readonly<Record<string, Judgements>>;
  readonly answers?: Answers;
  readonly signals?: readonly ScenarioSignal[];
  /** How the runs end that this one starts (step.start), by their workflow. */
  readonly children?: Readonly<Record<string, EndedState | ((input: ChildInput) => EndedState)>>;
  readonly faults?: Faults;
  /** When the run begins, epoch ms; 5 January 2026, 09:00 UTC if not given. */
  readonly startsAt?: number;
}

/** A mistake in the scenario, or something that it does not say: never an outcome of the run. */
export class ScenarioError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "ScenarioError";
  }
}
