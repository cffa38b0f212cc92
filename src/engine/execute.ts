// The replay loop: runs a workflow's body against its journal. Each call of the body is decided from what is recorded: answered again, done now, waited for,
// or found to have diverged. The body never learns which. One pass ends when the body has ended or has nothing left to do but wait.
import type { AnyAction, AnyWriteAction, Use } from "../connectors/define.ts";
import type { InterlockEvent } from "../core/event.ts";
import type { Json } from "../core/json.ts";
import { dueOf } from "../core/run.ts";
import type { GovernanceSpec } from "../governance/spec.ts";
import type { Decided, StepTools, Workflow } from "./define.ts";
import { foldEffect } from "./effect-decision.ts";
import { HandOver, runSizeCheck, Successor, startSuccessor } from "./hand-over.ts";
import type { Entry, Journal } from "./journal.ts";
import { Pass, type PassEnd, type Ports } from "./pass.ts";
import { runChild } from "./run-child.ts";
import { runEffect } from "./run-effect.ts";
import { isRead, runDecision, runRead } from "./run-read.ts";
import { foldUndo, runUndo } from "./run-undo.ts";
import { runSignal, runSleep, runStep } from "./run-wait.ts";

export interface RunInput {
  readonly runId: string;
  readonly event: InterlockEvent;
  readonly workflow: Workflow;
  readonly spec: GovernanceSpec;
  readonly journal: Journal;
  readonly recordedSteps: ReadonlySet<string>;
  readonly ports: Ports;
}

export async function executePass(run: RunInput): Promise<PassEnd> {
  const pass = new Pass(run.runId, run.spec, run.journal, run.ports);
  void runBody(pass, run);
  return pass.ended;
}

async function runBody(pass: Pass, run: RunInput): Promise<void> {
  try {
    const handOver = new HandOver(pass);
    const step = stepTools(pass, run.event, handOver);
    const output = await Promise.race([run.workflow.body({ ...handlesOf(pass, run.workflow), step, event: run.event }), handOver.asked]);
    const called = pass.calledSteps;
    const forgotten = [...run.recordedSteps].find((step) => !called.has(step));
    if (forgotten) {
      await pass.call(async () =>
        pass.hold(forgotten, "workflow.diverged", `The step "${forgotten}" is recorded and the code no longer makes it`),
      );
    }
    await pass.call(() => pass.conclude(isUnanswered));
    if (output instanceof Successor) {
      const next = await startSuccessor(pass, run.event, output);
      // Nothing that could come from outside comes between the last look at the signals and this entry.
      await pass.endWith({ kind: "completed", output: { continuedAs: next }, continuedAs: next });
      return;
    }
    await pass.endWith({ kind: "completed", output: (output ?? null) as Json });
  } catch (thrown) {
    await failRun(pass, run, thrown);
  }
}

/** A run that fails for good takes its applied writes back, newest first, where the spec says so; an undo that fails does not stop the others. */
async function failRun(pass: Pass, run: RunInput, thrown: unknown): Promise<void> {
  await pass.call(async () => {
    await pass.conclude(isUnanswered);
    if (run.spec.onFailure === "compensate") {
      for (const step of appliedSteps(pass, run.recordedSteps)) {
        if (foldEffect(pass.entries(step)).intended?.undo === "irreversible") continue;
        if (foldUndo(pass.entries(step)).phase === "none") pass.record(step, { type: "undo.requested", by: "interlock" });
        const again = await undoStep(pass, run.workflow, step);
        if (again !== null) pass.wait({ kind: "timer", step, until: again });
      }
    }
  });
  await pass.endWith({ kind: "failed", thrown });
}

/** A write that was sent and whose outcome is not known: its run must not end over it. */
function isUnanswered(entries: Parameters<typeof foldEffect>[0]): boolean {
  const { outstanding, refused } = foldEffect(entries);
  return outstanding !== null && refused === null;
}

/** Newest first, as the journal has them: names alone do not say in which order steps were made. */
function appliedSteps(pass: Pass, recorded: ReadonlySet<string>): string[] {
  const applied = [...new Set([...recorded, ...pass.calledSteps])].flatMap((step) => {
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

function findAction(workflow: Workflow, actionName: string): { connector: string; action: AnyAction } | null {
  for (const use of Object.values(workflow.uses)) {
    if (use.kind !== "connector") continue;
    for (const [name, action] of Object.entries(use.actions)) {
      if (`${use.connector}.${name}` === actionName) return { connector: use.connector, action };
    }
  }
  return null;
}

function handlesOf(pass: Pass, workflow: Workflow): Record<string, unknown> {
  const handles: Record<string, unknown> = {};
  for (const [handle, use] of Object.entries(workflow.uses)) {
    handles[handle] = use.kind === "connector" ? connectorHandle(pass, use) : modelHandle(pass, workflow, use.model);
  }
  return handles;
}

function stepTools(pass: Pass, event: InterlockEvent, handOver: HandOver): StepTools {
  return {
    start: (name, workflow, input, { wait }) =>
      pass.step(name, (step) => runChild(pass, step, event, { workflow, input, waits: wait })) as Promise<never>,
    continueAsNew: (data) => handOver.ask(data),
    isJournalNearlyFull: (name) => pass.step(name, (step) => runSizeCheck(pass, step)),
    run: (name, work) => pass.step(name, (step) => runStep(pass, step, work)) as Promise<never>,
    sleep: (name, ms) => pass.step(name, (step) => runSleep(pass, step, { ms }, () => pass.ports.now() + ms)),
    sleepUntil: (name, at) => pass.step(name, (step) => runSleep(pass, step, { at }, () => at)),
    signal: (name, { schema, within }) => pass.step(name, (step) => runSignal(pass, step, name, schema, within)) as Promise<never>,
  };
}

function connectorHandle(pass: Pass, use: Use): Record<string, unknown> {
  const handle: Record<string, unknown> = {};
  for (const [name, action] of Object.entries(use.actions)) {
    handle[name] = isRead(action)
      ? (stepName: string, input: unknown) => pass.step(stepName, (step) => runRead(pass, step, use.connector, name, action, input))
      : (stepName: string, input: unknown, options?: { basedOn?: Decided }) =>
          pass.step(stepName, (step) =>
            runEffect(pass, { step, connector: use.connector, name, action, input, basedOn: options?.basedOn ?? null }),
          );
  }
  return handle;
}

function modelHandle(pass: Pass, workflow: Workflow, model: string): Record<string, unknown> {
  return {
    decide: (decision: string, request: { instruction: string; input: Record<string, string | undefined> }) =>
      pass.step(decision, (step) => runDecision(pass, workflow, step, model, decision, request)),
  };
}

/** The write that an approval is about, as this deployment has it. */
export function actionOfApproval(workflow: Workflow | undefined, entries: readonly Entry[], approvalId: string): AnyWriteAction | null {
  const asked = entries.find((entry) => entry.type === "approval.requested" && entry.approval.id === approvalId);
  const found = workflow && asked?.type === "approval.requested" ? findAction(workflow, asked.approval.action) : null;
  return found && found.action.effect !== "read" ? found.action : null;
}

/** The names of all steps that a journal knows. */
export const stepsOf = (entries: readonly Entry[]): ReadonlySet<string> =>
  new Set(entries.flatMap((entry) => (entry.step !== undefined && !isRunLevel(entry) ? [entry.step] : [])));

const isRunLevel = (entry: Entry): boolean => entry.type.startsWith("run.");
