// How a connection stands, in words and marks: what is set, what an assessment found. Pure.
import type { AssessedFinding, Assessment, ConnectionStanding } from "../../operations/assess-connection.ts";
import type { PollStanding } from "../../operations/pollers.ts";
import type { StatusWords } from "./status-words.ts";

export const FINDING: Readonly<Record<AssessedFinding["outcome"], StatusWords>> = {
  confirmed: { label: "Confirmed", tone: "good", shape: "check" },
  missing: { label: "Missing", tone: "bad", shape: "cross" },
  warning: { label: "Look at this", tone: "warn", shape: "clock" },
  cannot_tell: { label: "Cannot be told", tone: "neutral", shape: "question" },
};

/** What matters most comes first. */
const ORDER: readonly AssessedFinding["outcome"][] = ["missing", "warning", "cannot_tell", "confirmed"];
export const byWeight = (findings: readonly AssessedFinding[]): AssessedFinding[] =>
  [...findings].sort((a, b) => ORDER.indexOf(a.outcome) - ORDER.indexOf(b.outcome));

const count = (findings: readonly AssessedFinding[], outcome: AssessedFinding["outcome"]): number =>
  findings.filter((finding) => finding.outcome === outcome).length;

export function standingChip({ standing, assessment }: ConnectionStanding): StatusWords {
  if (standing === "absent") return { label: "Not set up", tone: "neutral", shape: "ring" };
  if (standing === "incomplete") return { label: "Set up in part", tone: "bad", shape: "cross" };
  if (assessment === null) return { label: "Not assessed", tone: "neutral", shape: "ring" };
  return assessedChip(assessment);
}

export function assessedChip({ findings }: Assessment): StatusWords {
  const missing = count(findings, "missing");
  if (missing > 0) return { label: `${missing} missing`, tone: "bad", shape: "cross" };
  const warnings = count(findings, "warning");
  return warnings > 0
    ? { label: `Works, ${warnings} to look at`, tone: "warn", shape: "clock" }
    : { label: "Works", tone: "good", shape: "check" };
}

/** The sentence that a project owner signs under. */
export function verdictOf(title: string, { findings, wrote }: Assessment): string {
  const [missing, warnings, untold] = [count(findings, "missing"), count(findings, "warning"), count(findings, "cannot_tell")];
  const some = (n: number, one: string, many: string) => (n === 1 ? `1 ${one}` : `${n} ${many}`);
  const verdict =
    missing === 0
      ? `${title} is connected as its workflows need it`
      : `${title} is not ready: ${some(missing, "thing is", "things are")} missing`;
  const rest = [
    ...(warnings > 0 ? [some(warnings, "thing needs a look", "things need a look")] : []),
    ...(untold > 0 ? [`${some(untold, "question", "questions")} could not be answered by calling it`] : []),
    wrote ? "a write was tried and taken back" : "no write was tried",
  ];
  return `${verdict}. ${rest.map((part, index) => (index === 0 ? part.charAt(0).toUpperCase() + part.slice(1) : part)).join("; ")}.`;
}

/** How a poll stands, in one line; `behind` is how long ago its last whole reading began. */
export function pollWords(
  { standing, unknown, everyMs, seesDeletions }: PollStanding,
  now: number,
): { said: string; trouble: string | null } {
  const blind = seesDeletions ? "" : "; deletions are not seen";
  if (unknown) return { said: "where it stands could not be asked", trouble: unknown.message };
  if (!standing) return { said: `not begun: the next sweep begins it${blind}`, trouble: null };
  const { completeTo, watermark, pages, failures, error } = standing;
  const behind = completeTo === null ? "its first reading is under way" : `complete up to ${duration(now - completeTo)} ago`;
  const at = watermark === null ? "" : `; the last change it counts from is of ${new Date(watermark).toISOString()}, by the system’s clock`;
  const window = pages === null ? "" : `; ${pages} pages into the next reading`;
  const trouble =
    error &&
    (failures > 0 ? `Failed ${failures === 1 ? "once" : `${failures} times in a row`}: ${error.message}` : `It waits: ${error.message}`);
  return { said: `every ${duration(everyMs)}; ${behind}${at}${window}${blind}`, trouble };
}

function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  return seconds < 120 ? `${seconds} s` : seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`;
}
