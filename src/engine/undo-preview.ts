// What taking writes back would do now, for a person who has not asked for it yet. It reads the records and changes nothing, here or there; whether an undo may be
// asked for at all is askUndo's to say, so that a preview promises nothing that a request would be refused.
import type { AnyAction, AnyWriteAction, Http } from "../connectors/define.ts";
import { type Failure, failureOf } from "../core/errors.ts";
import { type JsonObject, sameJson } from "../core/json.ts";
import type { GovernanceSpec } from "../governance/spec.ts";
import type { Workflow } from "./define.ts";
import { foldEffect } from "./effect-decision.ts";
import { findAction } from "./execute.ts";
import { askUndo } from "./external.ts";
import type { Entry, StepEntry, UndoConflict } from "./journal.ts";
import { computeUndo } from "./undo-decision.ts";

export type UndoOutlook =
  /** `restore`: what each field gets back; `ours`: what it holds until then. `conflicts` are left alone. All empty: everything is as it was before. */
  | { readonly kind: "restore"; readonly restore: JsonObject; readonly ours: JsonObject; readonly conflicts: readonly UndoConflict[] }
  /** What was written is removed; `gone`: it is not there any more. */
  | { readonly kind: "withdraw"; readonly gone: boolean }
  /** An undo would be refused. */
  | { readonly kind: "refused"; readonly error: Failure }
  /** The record could not be read just now. */
  | { readonly kind: "unread"; readonly error: Failure };

export interface UndoPreview {
  readonly step: string;
  readonly action: string;
  readonly target: string;
  readonly appliedAt: number;
  readonly outlook: UndoOutlook;
}

export interface PreviewInput {
  readonly runId: string;
  readonly entries: readonly Entry[];
  readonly spec: GovernanceSpec;
  /** Null where the code that made these writes is not deployed. */
  readonly workflow: Workflow | null;
  readonly connect: (connector: string) => Http;
  readonly now: number;
}

/** Of these steps those that were applied, newest first. */
export async function previewUndo(input: PreviewInput, steps: readonly string[]): Promise<UndoPreview[]> {
  const previews: UndoPreview[] = [];
  for (const { step, at, own } of appliedNewestFirst(input.entries, new Set(steps))) {
    const { intended } = foldEffect(own);
    if (!intended) continue;
    previews.push({ step, action: intended.action, target: intended.target, appliedAt: at, outlook: await outlookOf(input, step, own) });
  }
  return previews;
}

type Own = readonly (Entry & StepEntry)[];

function appliedNewestFirst(entries: readonly Entry[], steps: ReadonlySet<string>): { step: string; at: number; own: Own }[] {
  const applied = entries.filter((entry) => entry.type === "effect.applied" && entry.step !== undefined && steps.has(entry.step));
  return applied.reverse().map(({ step = "", at }) => ({ step, at, own: entries.filter((entry) => entry.step === step) as Own }));
}

async function outlookOf({ runId, entries, spec, workflow, connect, now }: PreviewInput, step: string, own: Own): Promise<UndoOutlook> {
  // Nobody has asked: who would is no part of whether it is refused.
  const asked = askUndo(entries, step, "", { runId, spec, now });
  const effect = foldEffect(own);
  const found = workflow && effect.intended && findAction(workflow, effect.intended.action);
  if (!asked.ok) return { kind: "refused", error: withReason(asked.error, found?.action ?? null) };
  if (!found || found.action.effect === "read") {
    return {
      kind: "refused",
      error: { code: "workflow.unknown", message: "The workflow that made this write is not deployed as it was then" },
    };
  }
  const { connector, action } = found;
  const input = sameJson(effect.values, effect.intended?.values)
    ? effect.intended?.input
    : action.withValues(effect.intended?.input, effect.values);
  try {
    return await lookNow(action, input, effect.applied?.output, effect.looked?.before ?? {}, effect.values, connect(connector));
  } catch (thrown) {
    return { kind: "unread", error: failureOf(thrown) };
  }
}

/** Why it cannot be undone is the connector's to say. */
const withReason = (error: Failure, action: AnyAction | null): Failure =>
  error.code === "effect.irreversible" && action && action.effect !== "read" && action.undo.kind === "irreversible"
    ? { ...error, message: action.undo.because }
    : error;

async function lookNow(
  action: AnyWriteAction,
  input: unknown,
  output: unknown,
  before: JsonObject,
  values: JsonObject,
  http: Http,
): Promise<UndoOutlook> {
  switch (action.undo.kind) {
    case "restore": {
      if (!action.look) throw new Error("an action that restores must look");
      const { restore, conflicts } = computeUndo(before, values, (await action.look(input, http)).fields);
      return {
        kind: "restore",
        restore,
        ours: Object.fromEntries(Object.keys(restore).map((field) => [field, values[field] ?? null])),
        conflicts,
      };
    }
    case "withdraw":
      return { kind: "withdraw", gone: await action.undo.gone(input, output, http) };
    case "irreversible":
      return { kind: "refused", error: { code: "effect.irreversible", message: action.undo.because } };
  }
}
