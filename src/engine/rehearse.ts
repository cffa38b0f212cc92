// A labelled record through a workflow's own body, on the engine, in memory: what it reads is answered from the record, the model is asked as in production, each write
// is ruled on and none can leave, for there is nothing to write with. For validations. It keeps nothing and repeats nothing: a try that should be made again is said so.
// Sequence: the record as event -> passes of the body until it ends or waits -> its decision, and what the rules say of the first write that rests on it.
import * as z from "zod";
import type { Actions, AnyAction } from "../connectors/define.ts";
import { type Failure, fail, failureOf, InterlockError, ok, type Result } from "../core/errors.ts";
import type { InterlockEvent } from "../core/event.ts";
import type { JsonObject } from "../core/json.ts";
import type { Ruling } from "../governance/evaluate.ts";
import { isUnapproved } from "../governance/shadow-spec.ts";
import type { GovernanceSpec } from "../governance/spec.ts";
import { countsOf } from "../governance/tally.ts";
import type { ModelDecision } from "../inference/model.ts";
import type { LabelledRecord, Workflow } from "./define.ts";
import { executePass, stepsOf } from "./execute.ts";
import type { Entry, Journal } from "./journal.ts";
import { manifestDigest } from "./manifest.ts";
import type { Ports } from "./pass.ts";

export interface RehearsalPorts extends Pick<Ports, "models" | "providerCard" | "now" | "random" | "turn"> {}

export type Rehearsed =
  | { readonly kind: "answered"; readonly decision: ModelDecision; readonly ruling: Ruling["outcome"] | null }
  /** The model could not be asked now; in production the engine would try again at that time. */
  | { readonly kind: "again"; readonly afterMs: number; readonly error: Failure }
  | { readonly kind: "failed"; readonly error: Failure };

/** A field that may be labelled, by dotted path; `labels` are all that it may be, null where it is free text. */
export interface DecisionField {
  readonly path: string;
  readonly labels: readonly string[] | null;
}

export interface RehearsalPlan {
  readonly decision: string;
  readonly fields: readonly DecisionField[];
  /** The element and the field of a plain file's text and label; null where the workflow does not say. */
  readonly text: string | null;
  readonly label: string | null;
  readonly elements: readonly string[];
}

/** What a file of labelled records must hold for this workflow; an error where the workflow does not say how a record stands in for an event. */
export function planRehearsal(workflow: Workflow): Result<RehearsalPlan> {
  const { rehearsal, dataFlow } = workflow;
  if (!rehearsal)
    return notDeclared(workflow, "has no rehearsal: say in its declaration how a labelled record becomes its event and its reads");
  const schema = workflow.decisions[rehearsal.decision];
  if (!schema) return notDeclared(workflow, `has no decision "${rehearsal.decision}", which its rehearsal names`);
  const unread = Object.entries(workflow.uses).flatMap(([handle, use]) =>
    use.kind === "model"
      ? []
      : Object.entries(use.actions)
          .filter(([name, action]) => action.effect === "read" && !answersOf(workflow, handle)[name])
          .map(([name]) => `${handle}.${name}`),
  );
  if (unread.length > 0) return notDeclared(workflow, `does not say in its rehearsal what ${unread.join(" and ")} answer`);
  const elements = dataFlow.map(({ element }) => element);
  const fields = fieldsOf(z.toJSONSchema(schema) as Node, "");
  return ok({
    decision: rehearsal.decision,
    fields,
    elements,
    text: rehearsal.text ?? (elements.length === 1 ? (elements[0] as string) : null),
    label: rehearsal.label ?? (fields.length === 1 ? (fields[0] as DecisionField).path : null),
  });
}

const notDeclared = ({ name }: Workflow, why: string) => fail("validation.not_declared", `The workflow ${name} ${why}`);

type Node = {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Node>>;
};

function fieldsOf(node: Node, path: string): DecisionField[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    const own = path === "" ? name : `${path}.${name}`;
    if (child.properties) return fieldsOf(child, own);
    const labels = child.enum ?? (child.const !== undefined ? [child.const] : child.type === "boolean" ? [true, false] : null);
    return [{ path: own, labels: labels?.map(String) ?? null }];
  });
}

/** The value of a decision's field as a label is written. */
export function labelAt(value: unknown, path: string): string {
  let at: unknown = value;
  for (const name of path.split(".")) at = (at as Record<string, unknown> | null | undefined)?.[name];
  return at === undefined || at === null ? "" : String(at);
}

/** More passes than any body needs that gets to its decision without a person. */
const MAX_PASSES = 200;

export async function rehearse(
  workflow: Workflow,
  governing: GovernanceSpec,
  record: LabelledRecord,
  ports: RehearsalPorts,
): Promise<Rehearsed> {
  const { rehearsal } = workflow;
  const plan = planRehearsal(workflow);
  if (!rehearsal || !plan.ok) return { kind: "failed", error: plan.ok ? { code: "internal", message: "no rehearsal" } : plan.error };
  // Only its mode is another one: in shadow nothing may be written, and that is how it is ruled on and recorded.
  const spec: GovernanceSpec = { ...governing, mode: "shadow" };
  const runId = `rehearsal/${record.id}`;
  let skipped = 0;
  const now = () => ports.now() + skipped;
  const entries: Entry[] = [];
  const journal = memoryJournal(entries, now);
  const { version: specVersion } = spec;
  try {
    const event: InterlockEvent = {
      id: runId,
      connection: "rehearsal",
      source: "interlock/rehearsal",
      type: workflow.trigger.type,
      time: now(),
      ...rehearsal.event(record),
    };
    const pins = { workflow: workflow.name, version: workflow.version, manifestDigest: manifestDigest(workflow), specVersion };
    const { id, type, subject, connection, time } = event;
    journal.record([{ type: "run.started", pins, event: { id, type, subject, connection, time } }]);
    const input = { runId, event, workflow: boundTo(workflow, record), spec, journal, ports: portsOf(ports, now) };
    for (let pass = 0; pass < MAX_PASSES; pass++) {
      const end = await executePass({ ...input, recordedSteps: stepsOf(entries) });
      if (end.kind === "broken") return { kind: "failed", error: failureOf(end.error) };
      const made = madeIn(entries, plan.value.decision);
      if (end.kind === "ended") {
        if (made) return answered(entries, made, spec);
        const error = end.state.status === "failed" ? end.state.error : null;
        return {
          kind: "failed",
          error: error ?? { code: "workflow.threw", message: `The run ended without the decision "${plan.value.decision}"` },
        };
      }
      const { on } = end;
      if (on.kind === "timer") {
        const last = entries.findLast(({ step }) => step === on.step);
        if (!made && last?.type === "attempt.failed") return { kind: "again", afterMs: Math.max(0, on.until - now()), error: last.error };
        // A pause of the body's own: nobody waits for it here.
        skipped += Math.max(0, on.until - now());
        continue;
      }
      if (made) return answered(entries, made, spec);
      if (on.kind === "operator") return { kind: "failed", error: on.error };
      // In production a person would be asked for the decision now.
      const given = entries.findLast((entry) => entry.type === "question.asked" && entry.step === plan.value.decision);
      const last = given?.type === "question.asked" ? given.tried?.at(-1) : undefined;
      if (last) return { kind: "failed", error: { code: last.code, message: last.message } };
      return {
        kind: "failed",
        error: { code: "workflow.threw", message: `The run waits (${on.kind}) before its decision, and nobody answers here` },
      };
    }
    return { kind: "failed", error: { code: "workflow.threw", message: `The run comes to no end in ${MAX_PASSES} passes` } };
  } catch (thrown) {
    return { kind: "failed", error: failureOf(thrown, "workflow.threw") };
  }
}

function answered(entries: readonly Entry[], decision: ModelDecision, spec: GovernanceSpec): Rehearsed {
  const name = entries.find((entry) => entry.type === "decision.made" && entry.decision === decision)?.step?.split("#", 1)[0];
  const write = entries.find((entry) => entry.type === "effect.intended" && entry.basedOn?.name === name);
  const ruled = write && entries.find((entry) => entry.type === "effect.ruled" && entry.step === write.step);
  return { kind: "answered", decision, ruling: ruled?.type === "effect.ruled" && !isUnapproved(spec) ? ruled.ruling.outcome : null };
}

const madeIn = (entries: readonly Entry[], decision: string): ModelDecision | null => {
  const made = entries.find((entry) => entry.type === "decision.made" && entry.step === decision);
  return made?.type === "decision.made" ? made.decision : null;
};

const answersOf = (workflow: Workflow, handle: string) =>
  (workflow.rehearsal?.answers[handle] ?? {}) as Readonly<
    Record<string, ((record: LabelledRecord, input: unknown) => unknown) | undefined>
  >;

/** The workflow with this record in the place of its systems: reads answer from it, writes have nothing to write with. */
function boundTo(workflow: Workflow, record: LabelledRecord): Workflow {
  const uses = Object.entries(workflow.uses).map(([handle, use]) => {
    if (use.kind === "model") return [handle, use] as const;
    const answers = answersOf(workflow, handle);
    const actions = Object.entries(use.actions).map(([name, action]) => [name, rehearsed(action, answers[name], record)] as const);
    return [handle, { ...use, actions: Object.fromEntries(actions) as Actions }] as const;
  });
  return { ...workflow, uses: Object.fromEntries(uses) };
}

function rehearsed(
  action: AnyAction,
  answer: ((record: LabelledRecord, input: unknown) => unknown) | undefined,
  record: LabelledRecord,
): AnyAction {
  if (action.effect === "read") return { ...action, run: async (input: unknown) => answer?.(record, input) };
  const { look: _, ...blind } = action;
  const bound = { ...blind, apply: nothingLeaves, find: nothingLeaves, prove: nothingLeaves } as typeof action;
  return answer ? { ...bound, look: async (input: unknown) => ({ fields: answer(record, input) as JsonObject, version: null }) } : bound;
}

const nothingLeaves = (): Promise<never> =>
  Promise.reject(new InterlockError("workflow.undeclared", "A validation writes nothing and reads nothing but its records"));

const elsewhere = (): Promise<never> => Promise.reject(new InterlockError("child.refused", "A validation starts no other runs"));

function portsOf({ models, providerCard, random, turn }: RehearsalPorts, now: () => number): Ports {
  return {
    models,
    ...(providerCard ? { providerCard } : {}),
    now,
    random,
    turn,
    // Whatever the spec's threshold is now: a certificate is about answers that were all measured alike.
    samples: "all",
    connect: () => ({ send: nothingLeaves, remember: nothingLeaves, settings: {} }),
    halted: () => null,
    runs: { startChild: elsewhere, startSuccessor: elsewhere, signal: elsewhere, look: elsewhere, cancel: elsewhere },
    // As if nothing had been written or spent today: what is ruled on is the record, and not the traffic.
    limits: {
      counts: async ({ action }) => countsOf(null, null, action, now()),
      take: nothingLeaves,
      reserve: async () => ({ reserved: true, id: 0 }),
      settle: async () => {},
    },
  };
}

function memoryJournal(entries: Entry[], now: () => number): Journal {
  return {
    get size() {
      return { entries: entries.length, bytes: 0 };
    },
    entriesOf: (step) => entries.filter((entry) => (entry.step ?? null) === step),
    record: (added) => {
      for (const entry of added) entries.push({ ...entry, seq: entries.length + 1, at: now() } as Entry);
    },
    flush: async () => {},
  };
}
