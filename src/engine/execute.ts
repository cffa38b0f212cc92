// The replay loop: runs a workflow's body against its journal. Each call of the body is decided from what is recorded: answered again, done now, waited for,
// or found to have diverged. The body never learns which. One pass ends when the body has ended or has nothing left to do but wait.
import type * as z from "zod";
import type { AnyAction, AnyWriteAction, Use } from "../connectors/define.ts";
import { failureOf } from "../core/errors.ts";
import type { InterlockEvent } from "../core/event.ts";
import type { Json } from "../core/json.ts";
import { dueOf } from "../core/run.ts";
import type { GovernanceSpec } from "../governance/spec.ts";
import type { Decided, DecisionRequest, StepOptions, StepTools, Workflow } from "./define.ts";
import { CANCELLED, foldEffect } from "./effect-decision.ts";
import { HandOver, runSizeCheck, Successor, startSuccessor } from "./hand-over.ts";
import type { Entry, Journal, RunEntry } from "./journal.ts";
import { cancelOf } from "./lifecycle.ts";
import { Pass, type PassEnd, type Ports } from "./pass.ts";
import { cancelChildren, runChild } from "./run-child.ts";
import { runDecision, schemaOf } from "./run-decision.ts";
import { runEffect } from "./run-effect.ts";
import { runQuestion } from "./run-question.ts";
import { isRead, runRead } from "./run-read.ts";
import { foldUndo, runUndo } from "./run-undo.ts";
import { runSignal, runSleep, runStep } from "./run-wait.ts";
import { boundWrite } from "./shadow.ts";
import { taintOf } from "./taint-of.ts";
import { isWindowPast, windowPast } from "./undo-decision.ts";

export interface RunInput {
  readonly runId: string;
  readonly event: InterlockEvent;
  readonly workflow: Workflow;
  readonly spec: GovernanceSpec;
  readonly journal: Journal;
  readonly recordedSteps: ReadonlySet<string>;
  readonly ports: Ports;
}

/** One pass. A run that is being cancelled runs its body only to settle what was sent unanswered; without such a write it needs no body at all. */
export async function executePass(run: RunInput): Promise<PassEnd> {
  if (mayCancelNow(run.journal, run.recordedSteps)) return cancelNow(run, run.recordedSteps);
  const pass = new Pass(run.runId, run.spec, run.journal, run.ports, run.recordedSteps);
  const wasCancelling = pass.isCancelling;
  void runBody(pass, run);
  const end = await pass.ended;
  const steps = new Set([...run.recordedSteps, ...pass.calledSteps]);
  // What waits beside a step whose expiry has cancelled the run (another approval, say) is not waited for.
  const stops = end.kind === "waiting" && (end.on.kind === "paused" || !wasCancelling);
  return stops && mayCancelNow(run.journal, steps) ? cancelNow(run, steps) : end;
}

/** Somebody has cancelled the run, and nothing that it sent is unanswered. */
export const mayCancelNow = (journal: Journal, steps: Iterable<string>): boolean =>
  cancelOf(journal.entriesOf(null)) !== null &&
  ![...steps].some((step) => isUnanswered(journal.entriesOf(step) as Parameters<typeof foldEffect>[0]));

/** A run whose workflow may be gone. */
type Ending = Omit<RunInput, "workflow"> & { readonly workflow: Workflow | null };

/** Ends a run without its body, so that one whose workflow is gone (null) can be cancelled too. */
export function cancelNow(run: Ending, steps: ReadonlySet<string>): Promise<PassEnd> {
  const pass = new Pass(run.runId, run.spec, run.journal, run.ports);
  void finish(pass, run, steps, null);
  return pass.ended;
}

type LastWord = Extract<RunEntry, { type: "run.completed" | "run.failed" }> | Successor;

async function runBody(pass: Pass, run: RunInput): Promise<void> {
  await finish(pass, run, run.recordedSteps, await lastWord(pass, run));
}

async function lastWord(pass: Pass, run: RunInput): Promise<LastWord> {
  try {
    const handOver = new HandOver(pass);
    const step = stepTools(pass, run.event, handOver);
    const output = await Promise.race([run.workflow.body({ ...handlesOf(pass, run), step, event: run.event }), handOver.asked]);
    const forgotten = pass.firstMissing;
    if (forgotten !== null && !pass.isCancelling) {
      await pass.call(async () =>
        pass.hold(forgotten, "workflow.diverged", `The step "${forgotten}" is recorded and the code no longer makes it`),
      );
    }
    if (output instanceof Successor) return output;
    return { type: "run.completed", output: (output ?? null) as Json };
  } catch (thrown) {
    return { type: "run.failed", error: failureOf(thrown, "workflow.threw") };
  }
}

/** What is still to be done when the body has ended, or never will (null): settle, take writes back where that is wanted, and record the run's last entry. */
async function finish(pass: Pass, run: Ending, steps: ReadonlySet<string>, last: LastWord | null): Promise<void> {
  await pass.call(async () => {
    await pass.conclude(isUnanswered);
    // Now, and not before: a step that nobody awaited may have begun another.
    const all = new Set([...steps, ...pass.calledSteps]);
    const cancel = cancelOf(pass.runEntries());
    if (cancel) giveUpIntents(pass, all);
    const failed = !(last instanceof Successor) && last?.type === "run.failed";
    // Nobody has decided to take back what a regulated run wrote: it stays until somebody does.
    const takesBack = pass.spec.onFailure === "compensate" && !pass.spec.regulated;
    const wanted = cancel ? cancel.compensate : failed && takesBack;
    // What was begun is finished: a cancellation in the middle of it must not leave half of the writes taken back.
    if (wanted || isTakingBack(pass, all)) await compensate(pass, run.workflow, all, cancel !== null);
    const again = await cancelChildren(pass, all);
    if (again !== null) pass.wait({ kind: "timer", step: "", until: again });
  });
  const cancel = cancelOf(pass.runEntries());
  if (cancel || !last) return pass.endWith({ type: "run.cancelled", by: cancel?.by ?? "interlock" });
  if (!(last instanceof Successor)) return pass.endWith(last);
  try {
    const next = await startSuccessor(pass, run.event, last);
    // Nothing that could come from outside comes between the last look at the signals and this entry.
    await pass.endWith({ type: "run.completed", output: { continuedAs: next }, continuedAs: next });
  } catch (thrown) {
    await finish(pass, run, steps, { type: "run.failed", error: failureOf(thrown, "workflow.threw") });
  }
}

const isTakingBack = (pass: Pass, steps: ReadonlySet<string>): boolean =>
  [...steps].some((step) => pass.entries(step).some((entry) => entry.type === "undo.requested" && entry.by === "interlock"));

/**
 * Newest first; an undo that fails does not stop the others, and is shown. Writes that another run made, whose journal this one took over, are that run's.
 * `byPerson`: somebody cancelled the run, and may take back only what could be undone otherwise; a run that fails takes back everything.
 */
async function compensate(pass: Pass, workflow: Workflow | null, steps: ReadonlySet<string>, byPerson: boolean): Promise<void> {
  for (const step of appliedSteps(pass, steps)) {
    const { intended } = foldEffect(pass.entries(step));
    if (intended?.undo === "irreversible" || !intended?.key.startsWith(`${pass.runId}/`)) continue;
    if (foldUndo(pass.entries(step)).phase === "none") {
      pass.record(step, { type: "undo.requested", by: "interlock" });
      if (byPerson && isWindowPast(pass.entries(step), pass.spec, pass.ports.now())) {
        pass.record(step, { type: "undo.failed", error: { code: "effect.window_passed", message: windowPast(step, pass.spec) } });
      }
    }
    if (workflow === null) {
      pass.record(step, {
        type: "undo.failed",
        error: { code: "workflow.unknown", message: "The workflow that made this write is no longer deployed" },
      });
      continue;
    }
    const again = await undoStep(pass, workflow, step);
    if (again !== null) pass.wait({ kind: "timer", step, until: again });
  }
}

/** What was intended and never left will not be written. */
function giveUpIntents(pass: Pass, steps: ReadonlySet<string>): void {
  for (const step of steps) {
    const { intended, applied, refused, failed } = foldEffect(pass.entries(step));
    if (intended && !applied && !refused && !failed) pass.record(step, { type: "effect.refused", because: "cancelled", reason: CANCELLED });
  }
}

/** A write that was sent and whose outcome is not known: its run must not end over it. */
function isUnanswered(entries: Parameters<typeof foldEffect>[0]): boolean {
  const { outstanding, refused } = foldEffect(entries);
  return outstanding !== null && refused === null;
}

/** Newest first, as the journal has them: names alone do not say in which order steps were made. */
function appliedSteps(pass: Pass, steps: ReadonlySet<string>): string[] {
  const applied = [...steps].flatMap((step) => {
    const entry = pass.entries(step).find(({ type }) => type === "effect.applied");
    return entry ? [{ step, seq: entry.seq }] : [];
  });
  return applied.sort((a, b) => b.seq - a.seq).map(({ step }) => step);
}

/** Runs what `undo.requested` asked for; for compensation inside a pass, and for people's requests on runs that have ended. */
export async function undoStep(pass: Pass, workflow: Workflow, step: string): Promise<number | null> {
  const intended = foldEffect(pass.entries(step)).intended;
  const found = intended && findAction(workflow, intended.action);
  if (!found || found.action.effect === "read") return null;
  return runUndo(pass, step, found.connector, found.action);
}

/** An undo that is to be tried again wakes its run, whatever else that waits for. */
export function withUndo(end: PassEnd, again: number): PassEnd {
  const on = end.kind === "waiting" ? end.on : null;
  const due = on && dueOf(on);
  if (end.kind === "broken" || (due !== null && due <= again)) return end;
  return { kind: "waiting", on: { kind: "timer", step: "undo", until: again } };
}

export function findAction(workflow: Workflow, actionName: string): { connector: string; action: AnyAction } | null {
  for (const use of Object.values(workflow.uses)) {
    if (use.kind !== "connector") continue;
    for (const [name, action] of Object.entries(use.actions)) {
      if (`${use.connector}.${name}` === actionName) return { connector: use.connector, action };
    }
  }
  return null;
}

function handlesOf(pass: Pass, run: RunInput): Record<string, unknown> {
  const { workflow } = run;
  const handles: Record<string, unknown> = {};
  for (const [handle, use] of Object.entries(workflow.uses)) {
    handles[handle] = use.kind === "connector" ? connectorHandle(pass, run, use) : modelHandle(pass, run, use.model);
  }
  return handles;
}

function stepTools(pass: Pass, event: InterlockEvent, handOver: HandOver): StepTools {
  return {
    run: (name, work, options) => pass.step(name, (step) => runStep(pass, step, work, options?.retry)) as Promise<never>,
    start: (name, workflow, input, { wait }) =>
      pass.step(name, (step) => runChild(pass, step, event, { workflow, input, waits: wait })) as Promise<never>,
    continueAsNew: (data) => handOver.ask(data),
    isJournalNearlyFull: (name) => pass.step(name, (step) => runSizeCheck(pass, step)),
    sleep: (name, ms) => pass.step(name, (step) => runSleep(pass, step, { ms }, () => pass.ports.now() + ms)),
    sleepUntil: (name, at) => pass.step(name, (step) => runSleep(pass, step, { at }, () => at)),
    signal: (name, { schema, within }) => pass.step(name, (step) => runSignal(pass, step, name, schema, within)) as Promise<never>,
    approval: (name, question) => pass.step(name, (step) => runQuestion(pass, step, event.subject, question)),
  };
}

function connectorHandle(pass: Pass, { workflow, event }: RunInput, use: Use): Record<string, unknown> {
  const handle: Record<string, unknown> = {};
  for (const [name, action] of Object.entries(use.actions)) {
    handle[name] = isRead(action)
      ? (stepName: string, input: unknown, options?: StepOptions) =>
          pass.step(stepName, (step) => runRead(pass, step, use.connector, name, action, input, options?.retry))
      : (stepName: string, input: unknown, options?: StepOptions & { basedOn?: Decided }) =>
          pass.step(stepName, (step) =>
            runEffect(pass, {
              step,
              connector: use.connector,
              name,
              action: boundWrite(pass.spec, action),
              input,
              basedOn: options?.basedOn ?? null,
              retry: options?.retry,
              taintOf: (values, target) => taintOf(pass, workflow, event, { values, target, basedOn: options?.basedOn?.decision ?? null }),
            }),
          );
  }
  return handle;
}

function modelHandle(pass: Pass, { workflow, event: { subject } }: RunInput, model: string): Record<string, unknown> {
  return {
    decide: (name: string, request: DecisionRequest & StepOptions) =>
      pass.step(name, (step) => runDecision(pass, workflow, { kind: "decide", step, model, name, subject, request })),
    draft: (name: string, request: DecisionRequest & StepOptions) =>
      pass.step(name, (step) => runDecision(pass, workflow, { kind: "draft", step, model, name, subject, request })),
  };
}

/** The write that an approval is about, as this deployment has it. */
export function actionOfApproval(workflow: Workflow | undefined, entries: readonly Entry[], approvalId: string): AnyWriteAction | null {
  const asked = entries.find((entry) => entry.type === "approval.requested" && entry.approval.id === approvalId);
  const found = workflow && asked?.type === "approval.requested" ? findAction(workflow, asked.approval.action) : null;
  return found && found.action.effect !== "read" ? found.action : null;
}

/** What an answer to an approval must fit, where a person is asked in the models' place; null for any other, and where this deployment does not have it. */
export function schemaOfApproval(workflow: Workflow | undefined, entries: readonly Entry[], approvalId: string): z.ZodType | null {
  const asked = entries.find((entry) => entry.type === "approval.requested" && entry.approval.id === approvalId);
  const name = asked?.type === "approval.requested" ? asked.approval.answer?.decision : undefined;
  return workflow && name !== undefined ? schemaOf(workflow, name) : null;
}

/** The names of all steps that a journal knows. */
export const stepsOf = (entries: readonly Entry[]): ReadonlySet<string> =>
  new Set(entries.flatMap((entry) => (entry.step !== undefined && !isRunLevel(entry) ? [entry.step] : [])));

const isRunLevel = (entry: Entry): boolean => entry.type.startsWith("run.");
