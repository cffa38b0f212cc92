// A run that another run starts: started once, then watched until it has ended, if its parent waits. That it has ended is told by the child's partition as a
// hint, which only wakes the parent; how it ended is always looked up. So a lost hint costs time and nothing else, and needs no second outbox.
import * as z from "zod";
import { failureOf, InterlockError } from "../core/errors.ts";
import type { InterlockEvent } from "../core/event.ts";
import { eventIdOf } from "../core/ids.ts";
import { digest, type Json } from "../core/json.ts";
import type { EndedState } from "../core/run.ts";
import type { ChildInput, ChildOutcome } from "./define.ts";
import type { Entry, StepEntry } from "./journal.ts";
import { cancelOf } from "./lifecycle.ts";
import type { RunPlace } from "./other-runs.ts";
import type { Pass } from "./pass.ts";
import { memoised } from "./run-read.ts";

/**
 * When a parent looks by itself whether a child has ended, should the hint be lost. Hints are lost with an instance, and the next one repeats them: this is for
 * the rest. A look replays the parent and calls one partition, about a millisecond: ten thousand waiting parents cost 2 % of eight partitions.
 */
export const CHILD_CHECK_MS = 60_000;

/** As much as most webhooks may bring (connectors/generic-hmac.ts): it becomes an event, and a page shows it. */
export const MAX_DATA_BYTES = 256 * 1024;

/** The step under which a successor is recorded; the name is the body's call. */
export const CONTINUE_STEP = "continueAsNew";

const StartData = z.json();
const StartInput = z.strictObject({ subject: z.string().min(1), data: StartData });

type Started = Extract<StepEntry, { type: "child.started" }>;

export interface ChildCall {
  readonly workflow: string;
  readonly input: ChildInput;
  readonly waits: boolean;
}

export async function runChild(pass: Pass, step: string, event: InterlockEvent, call: ChildCall): Promise<ChildOutcome | { run: string }> {
  const { workflow, waits } = call;
  const args = digest({ start: workflow, input: call.input, waits });
  // Only a start that was acknowledged is recorded. One that was not is repeated, and finds the run by its id if it was made after all.
  const { child, partition } = (await memoised(pass, step, args, "start", async () => {
    const { subject, data } = checked(StartInput, call.input);
    await pass.flush();
    const place = await pass.ports.runs.startChild({
      workflow,
      step,
      waits,
      event: { ...startedEvent(pass, step, event, data), type: "started", subject },
    });
    return { type: "child.started", args, child: place.run, partition: place.partition, workflow, waits };
  })) as Started;
  if (!waits) return { run: child };
  const ended = pass.entries(step).find((entry) => entry.type === "child.ended");
  if (ended?.type === "child.ended") return outcomeOf(child, ended.state);
  const state = await look(pass, { run: child, partition });
  if (state === null) return pass.wait({ kind: "child", step, run: child, until: pass.ports.now() + CHILD_CHECK_MS });
  pass.record(step, { type: "child.ended", state });
  return outcomeOf(child, state);
}

/**
 * The event of a run that this run starts: same account, an id that only this run and step have. A repeat says another time, and the first one's is kept.
 */
export function startedEvent(pass: Pass, step: string, event: InterlockEvent, data: Json): InterlockEvent {
  const source = `interlock/${pass.runId}`;
  return { ...event, id: eventIdOf(source, step), source, time: pass.ports.now(), data };
}

export const checkedData = (data: unknown): Json => checked(StartData, data) as Json;

function checked<Schema extends z.ZodType>(schema: Schema, input: unknown): z.infer<Schema> & { data: Json } {
  const parsed = schema.safeParse(input);
  const issue = parsed.error?.issues[0];
  if (issue)
    throw new InterlockError("child.refused", `What a run is started with must be JSON: ${issue.path.join(".")}: ${issue.message}`);
  const bytes = new TextEncoder().encode(JSON.stringify(parsed.data)).length;
  if (bytes > MAX_DATA_BYTES)
    throw new InterlockError("child.refused", `What a run is started with has ${bytes} bytes; at most ${MAX_DATA_BYTES} are allowed`);
  return parsed.data as never;
}

/** A partition that does not answer is asked again at the next look: nothing is lost by then, and nothing is recorded of it. */
async function look(pass: Pass, at: RunPlace): Promise<EndedState | null> {
  try {
    return await pass.ports.runs.look(at);
  } catch (thrown) {
    const error = failureOf(thrown);
    return error.code === "run.not_found" ? { status: "failed", error } : null;
  }
}

function outcomeOf(run: string, state: EndedState): ChildOutcome {
  switch (state.status) {
    case "completed":
      return { status: "completed", run, output: state.output };
    case "failed":
      return { status: "failed", run, error: state.error };
    case "cancelled":
      return { status: "cancelled", run };
  }
}

/**
 * Passes a cancellation on to the children that this run waits for, and to the successor of one that was about to end; other children are on their own. All are told, even if one cannot be;
 * the answer is when to try again, or null when every one has heard it. Repeating it is harmless.
 */
export async function cancelChildren(pass: Pass, steps: Iterable<string>): Promise<number | null> {
  const cancel = cancelOf(pass.runEntries());
  if (!cancel) return null;
  const words = { compensate: cancel.compensate, reason: cancel.reason };
  const told = await Promise.allSettled(
    [...steps].flatMap((step) => awaitedChild(pass.entries(step)) ?? []).map((child) => pass.ports.runs.cancel(child, words, cancel.by)),
  );
  return told.every(({ status }) => status === "fulfilled") ? null : pass.ports.now() + CHILD_CHECK_MS;
}

function awaitedChild(entries: readonly Entry[]): RunPlace | null {
  const started = entries.find(({ type }) => type === "child.started");
  if (
    started?.type !== "child.started" ||
    !(started.waits || started.step === CONTINUE_STEP) ||
    entries.some(({ type }) => type === "child.ended")
  )
    return null;
  return { run: started.child, partition: started.partition };
}
