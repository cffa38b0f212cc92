// What people do to runs: answer an approval, undo a write, resolve a step that waits for an operator, read a run from its partition.
// The partition decides, from its own journal; D1 only says where the run lives.
import { fail, ok, type Result } from "../core/errors.ts";
import type { Principal } from "../core/principal.ts";
import type { RunRequest } from "../core/run-request.ts";
import { partitionOfRun, runOfApproval } from "../db/reads.ts";
import type { SignalInput } from "../engine/external.ts";
import type { OperatorChoice } from "../engine/journal.ts";
import type { History, RunView } from "../engine/partition-port.ts";
import { takenByAnother } from "./claim-approval.ts";
import { type Context, partitionByName } from "./context.ts";
import { permitApproval, permitRun } from "./require-role.ts";

/**
 * Whatever a person says to an approval, and the one way in which it is decided: pages, the API, bulk decisions and chats all come through here. Who operates the
 * workflow may tell what a reviewer has asked; everything else is a reviewer's.
 */
export async function decideApproval(
  context: Context,
  principal: Principal,
  approvalId: string,
  decision: unknown,
  now: number = Date.now(),
): Promise<Result<null>> {
  const informs = kindOf(decision) === "inform";
  const denied = await permitApproval(context.env.DB, principal, informs ? "give information" : "decide approvals", approvalId);
  if (denied) return denied;
  const run = await runOfApproval(context.env.DB, approvalId);
  if (!run) return fail("approval.not_found", `No approval ${approvalId}`);
  // Advice, and asked outside the partition: a claim that is taken in this very moment does not stop the decision. Telling what somebody wants to know decides nothing.
  const taken = informs ? null : await takenByAnother(context.env.DB, principal, approvalId, now);
  if (taken) return taken;
  return withPartition(context, run, (partition) => partition.decide(run, approvalId, decision, principal.id));
}

const kindOf = (decision: unknown): unknown => (decision as { readonly kind?: unknown } | null)?.kind;

export async function undoEffect(context: Context, principal: Principal, runId: string, step: string): Promise<Result<null>> {
  const denied = await permitRun(context.env.DB, principal, "undo writes", runId);
  if (denied) return denied;
  return withPartition(context, runId, (partition) => partition.undo(runId, step, principal.id));
}

export async function resolveStep(
  context: Context,
  principal: Principal,
  runId: string,
  step: string,
  choice: OperatorChoice,
): Promise<Result<null>> {
  const denied = await permitRun(context.env.DB, principal, "resolve steps", runId);
  if (denied) return denied;
  return withPartition(context, runId, (partition) => partition.resolve(runId, step, choice, principal.id));
}

/** Pause, resume, cancel, retry from the failed step. Repeating one is safe. */
export async function askOfRun(context: Context, principal: Principal, runId: string, request: RunRequest): Promise<Result<null>> {
  const denied = await permitRun(context.env.DB, principal, "control runs", runId);
  if (denied) return denied;
  return withPartition(context, runId, (partition) => partition.ask(runId, request, principal.id));
}

/** A message to a waiting run. Repeating one with the same id is safe. */
export async function signalRun(context: Context, principal: Principal, runId: string, signal: SignalInput): Promise<Result<null>> {
  const denied = await permitRun(context.env.DB, principal, "control runs", runId);
  if (denied) return denied;
  return withPartition(context, runId, (partition) => partition.signal(runId, signal, principal.id));
}

/** The run as its partition knows it, not as D1 last heard. */
export async function inspectRun(context: Context, runId: string): Promise<Result<RunView>> {
  return withPartition(context, runId, (partition) => partition.inspect(runId));
}

/** The run in the form in which test/histories keeps runs. */
export async function historyOfRun(context: Context, runId: string): Promise<Result<History>> {
  const inspected = await inspectRun(context, runId);
  if (!inspected.ok) return inspected;
  const { id, pins, event, spec, entries, erased } = inspected.value;
  if (erased) return fail("run.erased", `The contents of ${runId} were removed: there is nothing left that could be replayed`);
  const { workflow, version, manifestDigest } = pins;
  return ok({ run: id, workflow, version, manifestDigest, spec, event, entries });
}

export async function withPartition<T>(
  context: Context,
  runId: string,
  work: (partition: ReturnType<typeof partitionByName>) => Promise<Result<T>>,
): Promise<Result<T>> {
  const name = await partitionOfRun(context.env.DB, runId);
  return name ? work(partitionByName(context, name)) : fail("run.not_found", `No run ${runId}`);
}
