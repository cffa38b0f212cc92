// A validation's state in words and marks, the same in the list and on its page.
import { contentsEndAt, type ValidationRow } from "../../operations/read-validation.ts";
import { count, shareText } from "../../validation/share-text.ts";
import type { StatusWords } from "./status-words.ts";
import { day } from "./words.ts";

export const STATE_WORDS: Readonly<Record<ValidationRow["status"], StatusWords>> = {
  checked: { label: "Not started", tone: "neutral", shape: "ring" },
  running: { label: "Running", tone: "info", shape: "dot" },
  stopped: { label: "Stopped", tone: "warn", shape: "pause" },
  cancelled: { label: "Cancelled", tone: "neutral", shape: "stop" },
  finished: { label: "Finished", tone: "good", shape: "check" },
};

/** What it is to prove, in half a sentence. */
export const aimWords = ({ limit, confidence }: Pick<ValidationRow["facts"], "limit" | "confidence">): string =>
  `at most ${shareText(limit)} wrong among what is written automatically, with ${shareText(confidence)} confidence`;

/** Until when what the records said is there, and what stays. */
export function contentsWords(row: ValidationRow): string {
  const { erasedAt, keepDays } = row;
  const stays = "labels, answers, scores and the report stay";
  const days = count(keepDays, "day", "days");
  return erasedAt === null
    ? `What the records say, and the file, are erased on ${day(contentsEndAt(row))}, ${days} after the end as for the workflow’s runs; ${stays}.`
    : `What the records said, and the file, were erased on ${day(erasedAt)}, ${days} after the end as for the workflow’s runs; ${stays}.`;
}
