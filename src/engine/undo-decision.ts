// What taking a write back would do now. Pure: only fields that still hold our value are restored; the others are somebody's later work and are reported.
import { type Json, type JsonObject, sameJson } from "../core/json.ts";
import { undoableUntil } from "../core/undo-window.ts";
import type { GovernanceSpec } from "../governance/spec.ts";
import type { StepEntry, UndoConflict } from "./journal.ts";

export interface UndoPlan {
  readonly restore: JsonObject;
  readonly conflicts: readonly UndoConflict[];
}

/** A field that already holds its old value needs nothing: that is also how an undo that was interrupted after its write is recognised. */
export function computeUndo(before: JsonObject, ours: JsonObject, now: JsonObject): UndoPlan {
  const restore: Record<string, Json> = {};
  const conflicts: UndoConflict[] = [];
  for (const [field, value] of Object.entries(ours)) {
    const current = now[field] ?? null;
    const old = before[field] ?? null;
    if (sameJson(current, old)) continue;
    if (sameJson(current, value)) restore[field] = old;
    else conflicts.push({ field, ours: value, now: current });
  }
  return { restore, conflicts };
}

/** Has the time passed that the spec gives for taking this write back? A write that was never applied has none. */
export function isWindowPast(own: readonly (StepEntry & { readonly at: number })[], { rollback }: GovernanceSpec, now: number): boolean {
  const applied = own.find(({ type }) => type === "effect.applied");
  return applied !== undefined && now > undoableUntil(applied.at, rollback.windowDays);
}

export const windowPast = (step: string, { rollback: { windowDays, owner, procedure } }: GovernanceSpec): string =>
  `"${step}" was written more than ${windowDays} ${windowDays === 1 ? "day" : "days"} ago. Ask ${owner}; the procedure is: ${procedure}`;
