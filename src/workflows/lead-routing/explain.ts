// What people read about a routed lead. It may hold nothing that was read from the lead itself: ids, owners and answers of a closed list only.
import type { Score, Segment } from "./labels.ts";

/** As many as a person reads. */
const MOST_LISTED = 10;

const listed = (what: string, ids: readonly string[]): string =>
  `${what} ${ids.slice(0, MOST_LISTED).join(", ")}${ids.length > MOST_LISTED ? ` and ${ids.length - MOST_LISTED} more` : ""}`;

/** `what`: how the CRM calls such a record. */
export const askToMerge = (what: "contact" | "lead", duplicates: readonly string[]): string =>
  `May be the same person as ${listed(what, duplicates)}. Please merge them, or assign this ${what}.`;

export interface Route {
  readonly owner: string;
  readonly segment: Segment;
  readonly score: Score;
  readonly decidedBy: string | null;
  readonly confidence: number;
  readonly colleagues: readonly string[];
}

export function explainRoute(what: "contact" | "lead", { owner, segment, score, decidedBy, confidence, colleagues }: Route): string {
  const who = decidedBy ? `decided by ${decidedBy}` : `${Math.round(confidence * 100)} % sure`;
  const known = colleagues.length > 0 ? ` Known at the same company: ${listed(what, colleagues)}.` : "";
  return `Interlock gave this lead to ${owner}: segment ${segment}, score ${score} (${who}).${known}`;
}

export const explainTask = (segment: Segment, score: Score): string => `Segment ${segment}, score ${score}.`;
