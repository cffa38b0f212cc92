// What people ask of a whole run: pause it, let it go on, cancel it, retry it from the step that failed, begin again from a step. Pure: entries in, the
// entries to record or a refusal out. Nothing is said to anybody here; the caller records first.
import { fail, ok, type Result } from "../core/errors.ts";
import { sameJson } from "../core/json.ts";
import type { RunRequest } from "../core/run-request.ts";
import { foldEffect } from "./effect-decision.ts";
import type { Entry, NewEntry, StepEntry } from "./journal.ts";
import { cancelOf, endOf, isAnswered, pauseOf } from "./lifecycle.ts";
import { foldUndo } from "./run-undo.ts";

/** What to record; nothing where it is so already, so that a repeat is harmless. */
export function askOfRun(entries: readonly Entry[], request: RunRequest, by: string): Result<NewEntry[]> {
  const own = entries.filter((entry) => entry.step === undefined);
  const ended = endOf(own);
  if (request.do === "retry") return askRetry(entries, by);
  const cancelling = cancelOf(own) !== null;
  if (request.do === "cancel" && cancelling) return ok([]);
  if (ended) return fail("run.ended", `The run is ${ended.status} already`);
  if (cancelling) return fail("run.cancelling", "The run is being cancelled; it cannot be paused or let go on any more");
  const paused = pauseOf(own) !== null;
  switch (request.do) {
    case "pause":
      return ok(paused ? [] : [{ type: "run.paused", by }]);
    case "resume":
      return ok(paused ? [{ type: "run.resumed", by }] : []);
    case "cancel":
      return ok([{ type: "run.cancel_requested", by, compensate: request.compensate, reason: request.reason }]);
  }
}

/**
 * A failed run goes on: the step whose error ended it is tried again, and so are those that failed beside it (of a Promise.all). One whose error the body had
 * caught is left as it is, or the body would go another way than its journal.
 */
function askRetry(entries: readonly Entry[], by: string): Result<NewEntry[]> {
  const ended = endOf(entries);
  if (ended?.status !== "failed")
    return fail("run.not_failed", "Only a run that has failed can go on from its failed step; begin it anew instead");
  const steps = byStep(entries);
  for (const [step, own] of steps) {
    if (foldUndo(own).phase !== "none")
      return fail("run.taken_back", `"${step}" was taken back when the run failed: begin the run anew instead`, { field: "run" });
  }
  const failures = [...steps].flatMap(([step, own]) => {
    const last = own.at(-1);
    return last?.type === "step.failed" && own[0] ? [{ step, began: own[0].seq, at: last.seq, error: last.error }] : [];
  });
  const cause = failures.findLast(({ error }) => sameJson({ ...error }, { ...ended.error }));
  const again = cause ? failures.filter(({ at }) => at >= cause.began) : [];
  return ok([
    { type: "run.reopened", by },
    ...again.map(({ step }): NewEntry => ({ type: "operator.resolved", step, choice: "retry", by })),
  ]);
}

/**
 * The journal of a new run that begins where `step` of an ended one began: everything that was answered before, and the signals that had come. What the later
 * steps wrote stays written: they are done again as the new run's own.
 */
export function forkJournal(entries: readonly Entry[], step: string): Result<NewEntry[]> {
  if (!endOf(entries)) return fail("run.not_ended", "Cancel the run, or wait for its end: it is still under way");
  const steps = byStep(entries);
  const from = steps.get(step)?.[0]?.seq;
  if (from === undefined) return fail("step.not_found", `The run has no step "${step}"`, { field: "step" });
  const kept = new Set<string>();
  for (const [name, own] of steps) {
    const before = own.filter(({ seq }) => seq < from);
    if (before.length === 0) continue;
    const effect = foldEffect(own);
    if (effect.outstanding && !effect.refused) return fail("run.unsettled", `It is not known what became of "${name}"`, { field: "step" });
    if (effect.applied && foldUndo(own).phase !== "none")
      return fail("run.taken_back", `"${name}" was taken back: begin the run anew instead`, { field: "step" });
    if (isAnswered(before)) kept.add(name);
  }
  const moved = new Map<number, number>();
  const fork: NewEntry[] = [];
  for (const { seq, at: _, ...entry } of entries) {
    const belongs = entry.step === undefined ? entry.type === "signal.arrived" : kept.has(entry.step);
    if (seq >= from || !belongs) continue;
    // The new journal begins with an entry of its own.
    moved.set(seq, fork.length + 2);
    fork.push(forked(entry as NewEntry, moved));
  }
  return ok(fork);
}

function forked(entry: NewEntry, moved: ReadonlyMap<number, number>): NewEntry {
  if ("arrival" in entry) return { ...entry, arrival: moved.get(entry.arrival) ?? 0 };
  if (entry.type === "decision.made") return { ...entry, inherited: true as const };
  if (entry.type !== "effect.ruled") return entry;
  // The write is the earlier run's, and it is looked at there.
  const { sampled: _, ...rest } = entry;
  return rest;
}

function byStep(entries: readonly Entry[]): Map<string, (Entry & StepEntry)[]> {
  const steps = new Map<string, (Entry & StepEntry)[]>();
  for (const entry of entries) {
    if (entry.step === undefined) continue;
    const own = steps.get(entry.step);
    if (own) own.push(entry as Entry & StepEntry);
    else steps.set(entry.step, [entry as Entry & StepEntry]);
  }
  return steps;
}
