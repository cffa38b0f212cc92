// Which answers a step that waits for an operator can be given. Pure; the same rule as the partition's (src/engine/external.ts), which has the last word.
import type { RunDetail } from "../../db/reads.ts";

export type Choice = "retry" | "applied" | "not_applied" | "abandon";

export interface OperatorQuestion {
  readonly step: string;
  readonly message: string;
  /** A write may or may not have happened: somebody has to look in the system first. */
  readonly unknown: boolean;
  /** Empty: nothing that can be said here helps; the code or the configuration has to change. */
  readonly choices: readonly { readonly choice: Choice; readonly label: string; readonly consequence: string }[];
}

export function operatorQuestion({ run, audit, effects }: Pick<RunDetail, "run" | "audit" | "effects">): OperatorQuestion | null {
  if (run.state.status !== "waiting" || run.state.on.kind !== "operator") return null;
  const { step, error } = run.state.on;
  const unknown = effects.some((effect) => effect.step === step && effect.status === "unknown");
  const last = audit.findLast((entry) => entry.step === step);
  const stuck = last?.type === "attempt.failed" && last.body?.retryAt === null;
  return { step, message: error.message, unknown, choices: unknown ? UNKNOWN : stuck ? STUCK : [] };
}

const UNKNOWN: OperatorQuestion["choices"] = [
  {
    choice: "applied",
    label: "It was written",
    consequence: "You looked, and the system holds the change. The run goes on as if the answer had come.",
  },
  {
    choice: "not_applied",
    label: "It was not written",
    consequence: "You looked, and the system does not hold the change. It is ruled on again and written.",
  },
  { choice: "retry", label: "Look again", consequence: "Interlock looks in the system once more, and decides only if it can tell." },
  { choice: "abandon", label: "Give this write up", consequence: "The workflow is told that the write was abandoned." },
];

const STUCK: OperatorQuestion["choices"] = [
  {
    choice: "retry",
    label: "Try again",
    consequence: "For when the cause is gone: the credential was renewed, or the request would now be accepted.",
  },
];
