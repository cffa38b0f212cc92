// What a run did to the outside: each write that it intended, what became of it by its journal, and whether the systems agree.
import type { JsonObject } from "../../src/core/json.ts";
import { foldEffect } from "../../src/engine/effect-decision.ts";
import type { Entry, StepEntry } from "../../src/engine/journal.ts";
import { foldUndo } from "../../src/engine/run-undo.ts";
import type { Written } from "./fake-systems.ts";

/**
 * `values`: those that were written, after any edit; of a write that was not made, those that it would have had. `status`: "applied", "undone",
 * "partly undone", "undo failed", "being undone", "refused: denied" (or rejected, expired, shadow, abandoned, cancelled), "asked", "unknown", "failed: <code>"
 * or "intended".
 */
export interface Effect {
  readonly step: string;
  readonly action: string;
  readonly target: string;
  readonly values: JsonObject;
  readonly status: string;
}

type Own = Entry & StepEntry & { readonly step: string };

/** In the order in which they took effect, or in which it was settled that they would not. */
export function effectsOf(entries: readonly Entry[], written: readonly Written[]): Effect[] {
  const steps = new Map<string, Own[]>();
  for (const entry of entries) {
    if (entry.step === undefined) continue;
    const own = steps.get(entry.step);
    if (own) own.push(entry as Own);
    else steps.set(entry.step, [entry as Own]);
  }
  const effects = [...steps].flatMap(([step, own]) => {
    const { intended, values } = foldEffect(own);
    if (!intended) return [];
    const times = written.filter(({ key }) => key === intended.key).length;
    const settled = own.find(({ type }) => type === "effect.applied" || type === "effect.refused") ?? own.at(-1);
    const effect: Effect = { step, action: intended.action, target: intended.target, values, status: statusOf(own, times) };
    return [{ effect, at: settled?.seq ?? 0 }];
  });
  return effects.sort((a, b) => a.at - b.at).map(({ effect }) => effect);
}

function statusOf(own: readonly Own[], times: number): string {
  const state = foldEffect(own);
  if (state.applied) return times === 1 ? undoStatus(own) : `applied, and the system has it ${times} times`;
  if (state.unknown) return "unknown";
  if (times > 0 && (state.refused || state.failed)) return `not applied, and the system has it ${times} times`;
  if (state.refused) return `refused: ${state.refused.because}`;
  if (state.failed) return `failed: ${state.failed.code}`;
  return state.approval && !state.decision ? "asked" : "intended";
}

function undoStatus(own: readonly Own[]): string {
  const undo = foldUndo(own);
  switch (undo.phase) {
    case "none":
      return "applied";
    case "requested":
      return "being undone";
    case "failed":
      return "undo failed";
    case "done":
      return undo.conflicts.length > 0 ? "partly undone" : "undone";
  }
}
