// A memoised step without an effect outside: a connector read here, a computation in run-wait.ts. Replay gives the recorded answer; a first run asks, journals, answers.
import type { AnyAction, ReadAction } from "../connectors/define.ts";
import { carriedFailure, type Failure, InterlockError } from "../core/errors.ts";
import { digest } from "../core/json.ts";
import type { RetryPolicy } from "./define.ts";
import type { StepEntry } from "./journal.ts";
import type { Pass } from "./pass.ts";
import { attemptsOf, ENGINE_PATIENCE, exhaustion, foldTries, type Patience, patienceOf, spentOn } from "./retry.ts";
import { handOut, outputOfAnswer } from "./step-output.ts";

export async function runRead(
  pass: Pass,
  step: string,
  connector: string,
  name: string,
  action: ReadAction<unknown, unknown>,
  input: unknown,
  retry?: RetryPolicy,
): Promise<unknown> {
  const args = digest({ action: `${connector}.${name}`, input });
  const work = async (): Promise<StepEntry> => {
    const parsed = action.input.parse(input);
    await pass.flush();
    const began = pass.ports.now();
    const output = outputOfAnswer(step, action.output.parse(await action.run(parsed, pass.ports.connect(connector))));
    return { type: "read.done", action: `${connector}.${name}`, args, output, ms: pass.ports.now() - began };
  };
  return memoised(pass, step, args, "read", work, patienceOf(step, retry));
}

export async function memoised(
  pass: Pass,
  step: string,
  args: string,
  during: "read" | "compute" | "start",
  work: () => Promise<StepEntry>,
  patience: Patience = ENGINE_PATIENCE,
): Promise<unknown> {
  const entries = pass.entries(step);
  let waitsFor: Extract<StepEntry, { type: "attempt.failed" }> | null = null;
  let failed: Failure | null = null;
  for (const entry of entries) {
    switch (entry.type) {
      case "read.done":
        pass.checkArgs(step, entry.args, args);
        return handOut(entry.output);
      case "step.done":
        pass.checkArgs(step, entry.args, args);
        return handOut(entry.output);
      case "child.started":
        pass.checkArgs(step, entry.args, args);
        return entry;
      case "step.failed":
        pass.checkArgs(step, entry.args, args);
        failed = entry.error;
        break;
      case "attempt.failed":
        pass.checkArgs(step, entry.args, args);
        waitsFor = entry;
        break;
      case "operator.resolved":
        waitsFor = null;
        failed = null;
        break;
      default:
        return pass.hold(step, "workflow.diverged", `The step "${step}" was recorded as something else and is now a ${during}`);
    }
  }
  if (failed) throw new InterlockError(failed.code, failed.message, failed);
  if (waitsFor?.retryAt === null) return pass.wait({ kind: "operator", step, error: waitsFor.error });
  if (waitsFor && waitsFor.retryAt !== null && waitsFor.retryAt > pass.ports.now())
    return pass.wait({ kind: "timer", step, until: waitsFor.retryAt });
  const tries = foldTries(entries, [during]);
  const tryBegan = pass.ports.now();
  const spent = spentOn(tries, patience, tryBegan);
  if (spent) return pass.failStep(step, args, exhaustion(step, tries.failed, spent));
  let entry: StepEntry;
  try {
    entry = await work();
  } catch (thrown) {
    // What the author's own code throws says nothing of whether a repeat helps; that they gave a policy does.
    const repeats = during === "compute" && patience.given && carriedFailure(thrown) === null;
    const attempt = (patience.given ? tries.failed : attemptsOf(entries)) + 1;
    return pass.failAttempt(step, args, during, attempt, thrown, { patience, began: tries.began ?? tryBegan, tryBegan, repeats });
  }
  pass.record(step, entry);
  if (entry.type === "read.done" || entry.type === "step.done") return handOut(entry.output);
  return entry.type === "child.started" ? entry : undefined;
}

export const isRead = (action: AnyAction): action is ReadAction<unknown, unknown> => action.effect === "read";
