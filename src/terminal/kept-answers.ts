// Answers as a file that is only added to, so that a run which was killed goes on without asking anything twice: the first line says what the run is, each other line is
// one answer. A line that a kill cut off is no answer.
import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync } from "node:fs";
import path from "node:path";
import type { RecordAnswer } from "../validation/record.ts";
import { BadCall, ValidateCall } from "./validate-call.ts";

const FILE = "answers.jsonl";

export interface KeptHead {
  readonly call: ValidateCall;
  /** Digest of everything that the answers depend on: files, columns, workflow, model. */
  readonly key: string;
  readonly startedAt: number;
}

export interface Kept {
  readonly head: KeptHead;
  readonly answers: ReadonlyMap<number, RecordAnswer>;
}

export function readKept(folder: string): Kept | null {
  const file = path.join(folder, FILE);
  if (!existsSync(file)) return null;
  const text = readFileSync(file, "utf8");
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  if (whole.length < text.length) truncateSync(file, Buffer.byteLength(whole));
  const [first, ...lines] = whole.split("\n").filter((line) => line !== "");
  if (first === undefined) return null;
  try {
    const { call, key, startedAt } = JSON.parse(first) as KeptHead;
    const answers = new Map<number, RecordAnswer>();
    for (const line of lines) {
      const { number, answer } = JSON.parse(line) as { number: number; answer: RecordAnswer };
      if (!answers.has(number)) answers.set(number, answer);
    }
    return { head: { call: ValidateCall.parse(call), key, startedAt }, answers };
  } catch {
    throw new BadCall(`${file} is not what a validation wrote: remove it, or name another folder`);
  }
}

export function beginKept(folder: string, head: KeptHead): void {
  mkdirSync(folder, { recursive: true });
  appendFileSync(path.join(folder, FILE), `${JSON.stringify(head)}\n`);
}

export const keepAnswerIn = (folder: string, number: number, answer: RecordAnswer): void =>
  appendFileSync(path.join(folder, FILE), `${JSON.stringify({ number, answer })}\n`);
