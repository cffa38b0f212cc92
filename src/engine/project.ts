// What a run's journal says about its writes and approvals right now, for lists and pages. Pure; the shape is what src/db/projection.ts stores.
import type { Approval } from "../core/approval.ts";
import type { JsonObject } from "../core/json.ts";
import { hasReachedThreshold } from "../governance/sample.ts";
import { foldEffect } from "./effect-decision.ts";
import type { Entry, StepEntry } from "./journal.ts";
import { endOf } from "./lifecycle.ts";
import { foldUndo } from "./run-undo.ts";

export type EffectStatus =
  | "intended"
  | "applied"
  | "unknown"
  | "refused"
  | "undone"
  | "undo_conflict"
  | "undo_failed"
  | "undoing"
  | "failed";

export interface EffectView {
  readonly step: string;
  readonly action: string;
  readonly target: string;
  readonly status: EffectStatus;
  /** When it was written; of one that was not, when it was intended. */
  readonly at: number;
  /** Written without anybody being asked, and chosen to be looked at afterwards. */
  readonly sampled: boolean;
  readonly body: JsonObject;
}

export function effectView(step: string, entries: readonly Entry[]): EffectView | null {
  const own = entries as readonly (Entry & StepEntry)[];
  const state = foldEffect(own);
  if (!state.intended) return null;
  const undo = foldUndo(own);
  const status: EffectStatus =
    undo.phase === "requested"
      ? "undoing"
      : undo.phase === "failed"
        ? "undo_failed"
        : undo.phase === "done"
          ? undo.conflicts.length > 0
            ? "undo_conflict"
            : "undone"
          : state.applied
            ? "applied"
            : state.refused
              ? "refused"
              : state.unknown
                ? "unknown"
                : state.failed
                  ? "failed"
                  : "intended";
  return {
    step,
    action: state.intended.action,
    target: state.intended.target,
    status,
    at: (own.find(({ type }) => type === "effect.applied") ?? own.find(({ type }) => type === "effect.intended"))?.at ?? 0,
    sampled: state.sampled && state.applied !== null,
    body: {
      before: state.seen,
      values: state.values,
      undo: state.intended.undo,
      basedOn: state.intended.basedOn && {
        decision: state.intended.basedOn.name,
        confidence: state.intended.basedOn.confidence,
        reached: state.ruling !== null && hasReachedThreshold(state.ruling),
      },
      decidedBy: state.decision && state.decision.kind !== "expired" ? state.decision.by : null,
      ruling: state.ruling && { outcome: state.ruling.outcome, rule: state.ruling.rule, reason: state.ruling.reason },
      proved: state.proved && { after: state.proved.after, matches: state.proved.matches },
      refused: state.refused && { because: state.refused.because, reason: state.refused.reason },
      conflicts: undo.phase === "done" ? undo.conflicts.map((conflict) => ({ ...conflict })) : null,
    },
  };
}

export interface ApprovalView {
  readonly approval: Approval;
  readonly status: "pending" | "approved" | "edited" | "rejected" | "insufficient" | "expired" | "voided";
  readonly decidedAt: number | null;
  readonly decidedBy: string | null;
}

export function approvalViews(entries: readonly Entry[]): ApprovalView[] {
  const views = new Map<string, ApprovalView>();
  for (const entry of entries) {
    if (entry.type === "approval.requested") {
      views.set(entry.approval.id, { approval: entry.approval, status: "pending", decidedAt: null, decidedBy: null });
    } else if (entry.type === "approval.decided") {
      const view = views.get(entry.approvalId);
      const { decision } = entry;
      if (view)
        views.set(entry.approvalId, {
          ...view,
          status: decision.kind,
          decidedAt: entry.at,
          decidedBy: decision.kind === "expired" ? null : decision.by,
        });
    } else if (entry.type === "approval.voided") {
      const view = views.get(entry.approvalId);
      if (view) views.set(entry.approvalId, { ...view, status: "voided", decidedAt: entry.at });
    }
  }
  // A run that has ended asks nobody anything.
  const ended = endOf(entries) !== null;
  return [...views.values()].map((view) => (ended && view.status === "pending" ? { ...view, status: "voided" } : view));
}
