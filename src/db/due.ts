// When a run should have moved by itself, as D1 keeps it for the sweep. Pure. It makes no run move: the run's partition knows better.
import type { RunState } from "../core/run.ts";

/**
 * Null: only a message from outside moves it (an operator's, say), or nothing does any more. `closed`: it has ended, and no undo is under way.
 */
export function dueOf(state: RunState, updatedAt: number, closed: boolean): number | null {
  if (closed) return null;
  if (state.status !== "waiting") return updatedAt;
  return "until" in state.on ? state.on.until : null;
}
