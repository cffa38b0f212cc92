// What can be asked of a whole run as it stands. Pure, from what D1 shows of it; the partition has the last word (src/engine/run-requests.ts).
import type { RunDetail } from "../../db/reads.ts";

export interface RunChoices {
  readonly ended: boolean;
  readonly paused: boolean;
  /** Who cancels it, and why, once somebody does. */
  readonly cancelling: { readonly by: string; readonly takesBack: boolean; readonly reason: string } | null;
  /** `no_takes_back`: some of its writes were taken back, so that it cannot go on. */
  readonly goOn: "yes" | "no" | "no_takes_back";
  /** The steps that an ended run can be begun again from, in the order in which they began. */
  readonly steps: readonly string[];
}

const TAKEN_BACK: ReadonlySet<string> = new Set(["undoing", "undone", "undo_conflict", "undo_failed"]);

export function runChoices({ run, audit, effects }: Pick<RunDetail, "run" | "audit" | "effects">): RunChoices {
  const { status } = run.state;
  const ended = status === "completed" || status === "failed" || status === "cancelled";
  const said = audit.findLast(({ type }) => type === "run.paused" || type === "run.resumed");
  const cancel = audit.find(({ type }) => type === "run.cancel_requested");
  const takenBack = effects.some((effect) => TAKEN_BACK.has(effect.status));
  return {
    ended,
    paused: !ended && said?.type === "run.paused",
    cancelling: cancel?.body
      ? { by: String(cancel.body.by), takesBack: cancel.body.compensate === true, reason: String(cancel.body.reason ?? "") }
      : null,
    goOn: status !== "failed" ? "no" : takenBack ? "no_takes_back" : "yes",
    steps: ended ? [...new Set(audit.flatMap(({ step }) => step ?? []))] : [],
  };
}
