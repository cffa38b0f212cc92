// A validation's state in words and marks, the same in the list and on its page.
import type { ValidationRow } from "../../operations/read-validation.ts";
import { shareText } from "../../validation/share-text.ts";
import type { StatusWords } from "./status-words.ts";

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
