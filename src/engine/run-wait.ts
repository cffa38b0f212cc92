// Steps that touch no system: a remembered computation, a pause, a wait for a signal. Each records what it is before it waits and what came of it after, so
// that a replay neither waits again nor takes another signal.
import type * as z from "zod";
import { failureOf, InterlockError } from "../core/errors.ts";
import { digest, type Json } from "../core/json.ts";
import type { RetryPolicy, SignalOutcome } from "./define.ts";
import type { StepEntry } from "./journal.ts";
import type { Pass } from "./pass.ts";
import { patienceOf } from "./retry.ts";
import { memoised } from "./run-read.ts";
import { handOut, outputOfAnswer, outputOfWork } from "./step-output.ts";

type Of<T extends StepEntry["type"]> = Extract<StepEntry, { type: T }>;

export async function runStep(pass: Pass, step: string, work: () => unknown, retry?: RetryPolicy): Promise<Json> {
  const args = digest({ run: step });
  const once = async (): Promise<StepEntry> => ({ type: "step.done", args, output: outputOfWork(step, await work()) });
  return (await memoised(pass, step, args, "compute", once, patienceOf(step, retry))) as Json;
}

/** `until` is asked once: a pause of an hour ends an hour after it was first reached, however often the run is replayed. */
export async function runSleep(pass: Pass, step: string, call: Json, until: () => number): Promise<void> {
  const args = digest({ sleep: call });
  const set = begun<Of<"timer.set">>(pass, step, "timer.set", args, "a pause", () => ({ type: "timer.set", args, until: until() }));
  if (pass.entries(step).some((entry) => entry.type === "timer.fired")) return;
  if (set.until > pass.ports.now()) return pass.wait({ kind: "timer", step, until: set.until });
  pass.record(step, { type: "timer.fired" });
}

export async function runSignal(pass: Pass, step: string, signal: string, schema: z.ZodType, within: number): Promise<SignalOutcome> {
  const args = digest({ signal, within });
  const awaited = begun<Of<"signal.awaited">>(pass, step, "signal.awaited", args, "a wait for a signal", () => ({
    type: "signal.awaited",
    args,
    signal,
    until: pass.ports.now() + within,
  }));
  for (const entry of pass.entries(step)) {
    if (entry.type === "signal.refused") pass.takenSignals.add(entry.arrival);
    if (entry.type === "signal.expired") return { status: "expired" };
    if (entry.type === "signal.received") {
      pass.takenSignals.add(entry.arrival);
      return { status: "received", data: handOut(entry.data) };
    }
    if (entry.type === "step.failed") throw new InterlockError(entry.error.code, entry.error.message, entry.error);
  }
  for (const arrived of pass.runEntries()) {
    // One that came after the deadline came too late, whenever this is looked at.
    if (arrived.type !== "signal.arrived" || arrived.signal !== signal || pass.takenSignals.has(arrived.seq) || arrived.at >= awaited.until)
      continue;
    pass.takenSignals.add(arrived.seq);
    const parsed = schema.safeParse(arrived.data);
    if (parsed.success) {
      const data = keepData(pass, step, args, arrived.seq, parsed.data);
      pass.record(step, { type: "signal.received", arrival: arrived.seq, data });
      return { status: "received", data: handOut(data) };
    }
    const issue = parsed.error.issues[0];
    pass.record(step, { type: "signal.refused", arrival: arrived.seq, reason: `${issue?.path.join(".")}: ${issue?.message}` });
  }
  if (pass.ports.now() < awaited.until) return pass.wait({ kind: "signal", step, signal, until: awaited.until });
  pass.record(step, { type: "signal.expired" });
  return { status: "expired" };
}

/** A schema may make of JSON what is none, or more of it than can be kept: the author's error, and not the sender's. */
function keepData(pass: Pass, step: string, args: string, arrival: number, parsed: unknown): Json {
  try {
    return outputOfAnswer(step, parsed);
  } catch (thrown) {
    const error = failureOf(thrown);
    // It was taken: on a replay no other wait may find it.
    pass.record(step, { type: "signal.refused", arrival, reason: error.message });
    return pass.failStep(step, args, error);
  }
}

/** A step's first entry, recorded now if this is the first time; anything else under its name is another workflow's journal. */
function begun<First extends Of<"timer.set"> | Of<"signal.awaited">>(
  pass: Pass,
  step: string,
  type: First["type"],
  args: string,
  what: string,
  first: () => First,
): First {
  const [entry] = pass.entries(step);
  if (!entry) {
    const made = first();
    pass.record(step, made);
    return made;
  }
  if (entry.type !== type) return diverged(pass, step, what);
  const known = entry as unknown as First;
  pass.checkArgs(step, known.args, args);
  return known;
}

const diverged = (pass: Pass, step: string, what: string): never =>
  pass.hold(step, "workflow.diverged", `The step "${step}" was recorded as something else and is now ${what}`);
