// Takes one applied write back: read now, restore only what still holds our value, report the rest, prove. Resumable like every step: restoring is
// setting values, so a second look after a crash sees what is left to do. It never decides whether an undo is wanted; an `undo.requested` entry says so.
import type { AnyWriteAction, ApplyContext } from "../connectors/define.ts";
import { failureOf } from "../core/errors.ts";
import { type JsonObject, sameJson } from "../core/json.ts";
import { foldEffect } from "./effect-decision.ts";
import type { StepEntry, UndoConflict } from "./journal.ts";
import { isPassControl, type Pass } from "./pass.ts";
import { decideRetry } from "./retry.ts";
import { computeUndo } from "./undo-decision.ts";

export type UndoState =
  | { readonly phase: "none" }
  | { readonly phase: "requested"; readonly attempts: number; readonly retryAt: number }
  | { readonly phase: "done"; readonly restored: JsonObject; readonly conflicts: readonly UndoConflict[] }
  | { readonly phase: "failed" };

export function foldUndo(entries: readonly StepEntry[]): UndoState {
  let state: UndoState = { phase: "none" };
  for (const entry of entries) {
    if (entry.type === "undo.requested") state = { phase: "requested", attempts: 0, retryAt: 0 };
    else if (entry.type === "undo.attempt_failed") state = { phase: "requested", attempts: entry.attempt, retryAt: entry.retryAt };
    // What the system answered and did not do is no undo.
    else if (entry.type === "undo.done")
      state = entry.matches ? { phase: "done", restored: entry.restored, conflicts: entry.conflicts } : { phase: "failed" };
    else if (entry.type === "undo.failed") state = { phase: "failed" };
  }
  return state;
}

/** Null when it has ended, otherwise when to try again. */
export async function runUndo(pass: Pass, step: string, connector: string, action: AnyWriteAction): Promise<number | null> {
  const entries = pass.entries(step);
  const undo = foldUndo(entries);
  if (undo.phase !== "requested") return null;
  if (undo.retryAt > pass.ports.now()) return undo.retryAt;
  const effect = foldEffect(entries);
  const input = sameJson(effect.values, effect.intended?.values)
    ? effect.intended?.input
    : action.withValues(effect.intended?.input, effect.values);
  try {
    const http = pass.ports.connect(connector);
    const context = (version: string | null): ApplyContext => ({ http, key: undoKey(effect.intended?.key ?? "", entries), version });
    switch (action.undo.kind) {
      case "restore": {
        if (!action.look) throw new Error(`${connector}: an action that restores must look`);
        const now = await action.look(input, http);
        const plan = computeUndo(effect.looked?.before ?? {}, effect.values, now.fields);
        // Values alone do not tell our restored field from one that somebody has set to our value since: an undo that was sent is known by its marker.
        const arrived = wasSent(entries) && action.find !== undefined && (await action.find(input, context(null))) !== null;
        if (!arrived && Object.keys(plan.restore).length > 0) {
          pass.record(step, { type: "undo.sending", ...plan });
          await pass.flush();
          await action.undo.restore(input, plan.restore, context(now.version));
        }
        const after = await action.look(input, http);
        const left = computeUndo(effect.looked?.before ?? {}, effect.values, after.fields);
        pass.record(step, {
          type: "undo.done",
          restored: restoredFields(effect.looked?.before ?? {}, effect.values, after.fields),
          conflicts: arrived ? [...left.conflicts, ...setAgain(left.restore, effect.values)] : left.conflicts,
          matches: arrived || Object.keys(left.restore).length === 0,
        });
        break;
      }
      case "withdraw": {
        const output = effect.applied?.output;
        if (!(await action.undo.gone(input, output, http))) {
          pass.record(step, { type: "undo.sending", restore: {}, conflicts: [] });
          await pass.flush();
          await action.undo.withdraw(input, output, context(null));
        }
        pass.record(step, { type: "undo.done", restored: {}, conflicts: [], matches: await action.undo.gone(input, output, http) });
        break;
      }
      case "irreversible":
        pass.record(step, { type: "undo.failed", error: { code: "effect.irreversible", message: action.undo.because } });
        break;
    }
  } catch (thrown) {
    if (isPassControl(thrown)) throw thrown;
    const error = failureOf(thrown);
    const attempt = undo.attempts + 1;
    const next = decideRetry(error, attempt, pass.ports.now(), pass.ports.random());
    if (next.kind === "retry") {
      pass.record(step, { type: "undo.attempt_failed", attempt, error, retryAt: next.at });
      await pass.flush();
      return next.at;
    }
    pass.record(step, { type: "undo.failed", error });
  }
  await pass.flush();
  return null;
}

/** Each request to undo is a write of its own to the system: a second one must not find the first one's marker. */
function undoKey(key: string, entries: readonly StepEntry[]): string {
  const round = entries.filter((entry) => entry.type === "undo.requested").length;
  return round > 1 ? `${key}/undo#${round}` : `${key}/undo`;
}

const wasSent = (entries: readonly StepEntry[]): boolean =>
  entries.findLast((entry) => entry.type === "undo.requested" || entry.type === "undo.sending")?.type === "undo.sending";

/** Fields that hold our value although our undo has arrived: somebody set it again. */
const setAgain = (held: JsonObject, ours: JsonObject): UndoConflict[] =>
  Object.keys(held).map((field) => ({ field, ours: ours[field] ?? null, now: ours[field] ?? null }));

const restoredFields = (before: JsonObject, ours: JsonObject, now: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.keys(ours)
      .filter((field) => sameJson(now[field] ?? null, before[field] ?? null))
      .map((field) => [field, now[field] ?? null]),
  );
