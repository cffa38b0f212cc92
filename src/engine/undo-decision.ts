// What taking a write back would do now. Pure: only fields that still hold our value are restored; the others are somebody's later work and are reported.
import { type Json, type JsonObject, sameJson } from "../core/json.ts";
import type { UndoConflict } from "./journal.ts";

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
