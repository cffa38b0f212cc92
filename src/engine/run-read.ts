// A memoised step without an effect outside: a connector read or a model decision. Replay gives the recorded answer; a first run asks, journals, answers.
import type { AnyAction, ReadAction } from "../connectors/define.ts";
import { InterlockError } from "../core/errors.ts";
import { digest, type Json } from "../core/json.ts";
import { redact } from "../governance/redact.ts";
import type { ModelDecision } from "../inference/model.ts";
import type { Decided, Workflow } from "./define.ts";
import type { StepEntry } from "./journal.ts";
import { attemptsOf, type Pass } from "./pass.ts";

export async function runRead(
  pass: Pass,
  step: string,
  connector: string,
  name: string,
  action: ReadAction<unknown, unknown>,
  input: unknown,
): Promise<unknown> {
  const args = digest({ action: `${connector}.${name}`, input });
  return memoised(pass, step, args, "read", async () => {
    const parsed = action.input.parse(input);
    await pass.flush();
    const began = pass.ports.now();
    const output = action.output.parse(await action.run(parsed, pass.ports.connect(connector))) as Json;
    return { type: "read.done", action: `${connector}.${name}`, args, output, ms: pass.ports.now() - began };
  });
}

export async function runDecision(
  pass: Pass,
  workflow: Workflow,
  step: string,
  modelName: string,
  decision: string,
  request: { instruction: string; input: Readonly<Record<string, string | undefined>> },
): Promise<Decided> {
  const args = digest({ decision, ...request });
  const made = (await memoised(pass, step, args, "decide", async () => {
    const { sent, notSent } = pickDeclared(workflow, request.input);
    const schema = workflow.decisions[decision];
    if (!schema) throw new InterlockError("workflow.undeclared", `${workflow.name} declares no decision "${decision}"`);
    await pass.flush();
    const model = pass.ports.model(modelName, workflow.name);
    const result = await model.decide(
      { decision, instruction: request.instruction, input: sent, schema, schemaName: decision, modelId: model.id },
      pass.ports.now,
    );
    if (!result.ok) throw new InterlockError(result.error.code, result.error.message, result.error);
    return { type: "decision.made", args, decision: result.decision, notSent };
  })) as ModelDecision;
  return { decision, value: made.value, confidence: made.confidence };
}

/** Only declared elements reach the model, each redacted as its declaration says; what is not declared is refused, not dropped in silence. */
function pickDeclared(
  workflow: Workflow,
  input: Readonly<Record<string, string | undefined>>,
): { sent: Record<string, string>; notSent: string[] } {
  const sent: Record<string, string> = {};
  const notSent: string[] = [];
  for (const [element, text] of Object.entries(input)) {
    const declared = workflow.dataFlow.find((row) => row.element === element);
    if (!declared)
      throw new InterlockError("workflow.undeclared", `The data element "${element}" is not in the data flow of ${workflow.name}`, {
        field: element,
      });
    if (declared.class === "secret" || text === undefined) notSent.push(element);
    else sent[element] = redact(text, declared.redact ?? []);
  }
  return { sent, notSent };
}

export async function memoised(
  pass: Pass,
  step: string,
  args: string,
  during: "read" | "decide" | "compute" | "start",
  work: () => Promise<StepEntry>,
): Promise<unknown> {
  const entries = pass.entries(step);
  let waitsFor: Extract<StepEntry, { type: "attempt.failed" }> | null = null;
  for (const entry of entries) {
    switch (entry.type) {
      case "read.done":
        pass.checkArgs(step, entry.args, args);
        return entry.output;
      case "step.done":
        pass.checkArgs(step, entry.args, args);
        return entry.output;
      case "decision.made":
        pass.checkArgs(step, entry.args, args);
        return entry.decision;
      case "child.started":
        pass.checkArgs(step, entry.args, args);
        return entry;
      case "step.failed":
        pass.checkArgs(step, entry.args, args);
        throw new InterlockError(entry.error.code, entry.error.message, entry.error);
      case "attempt.failed":
        pass.checkArgs(step, entry.args, args);
        waitsFor = entry;
        break;
      case "operator.resolved":
        waitsFor = null;
        break;
      default:
        return pass.hold(step, "workflow.diverged", `The step "${step}" was recorded as something else and is now a ${during}`);
    }
  }
  if (waitsFor?.retryAt === null) return pass.wait({ kind: "operator", step, error: waitsFor.error });
  if (waitsFor && waitsFor.retryAt !== null && waitsFor.retryAt > pass.ports.now())
    return pass.wait({ kind: "timer", step, until: waitsFor.retryAt });
  let entry: StepEntry;
  try {
    entry = await work();
  } catch (thrown) {
    return pass.failAttempt(step, args, during, attemptsOf(entries) + 1, thrown);
  }
  pass.record(step, entry);
  if (entry.type === "read.done" || entry.type === "step.done") return entry.output;
  if (entry.type === "child.started") return entry;
  return entry.type === "decision.made" ? entry.decision : undefined;
}

export const isRead = (action: AnyAction): action is ReadAction<unknown, unknown> => action.effect === "read";
