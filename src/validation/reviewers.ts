// How reviewers answer: how often they leave the proposal as it is, how long they look, and how often a second one who saw neither proposal nor answer decides the same.
// Pure. People agree with what is shown; a flag says that it looks so, and never that somebody is wrong.
import { type Answer, classify } from "./classification.ts";
import { type Interval, wilson } from "./intervals.ts";

export interface GivenAnswer {
  readonly by: string;
  readonly kind: "approved" | "edited" | "rejected";
  /** From when the page was shown to the answer; null where it was answered without one (in a chat, by the API). */
  readonly ms: number | null;
}

export interface ReviewerFigures {
  readonly answers: number;
  readonly unchanged: number;
  readonly unchangedShare: number;
  /** Of the answers whose time is known. */
  readonly timed: number;
  readonly medianMs: number | null;
  readonly flags: readonly ("too_fast" | "always_agrees")[];
}

/** Answers from which a flag is raised at all: with 50 unchanged of 50, the true share may still be 94 %. */
const FLAGGED_FROM = 50;
/** Nobody reads a change and its reason in less. */
const LEAST_MS = 3_000;
const MOST_UNCHANGED = 0.98;

export function reviewerFigures(answers: readonly GivenAnswer[]): ReviewerFigures {
  const unchanged = answers.filter(({ kind }) => kind === "approved").length;
  const times = answers.flatMap(({ ms }) => (ms === null ? [] : [ms])).toSorted((a, b) => a - b);
  const medianMs = medianOf(times);
  const unchangedShare = answers.length === 0 ? 0 : unchanged / answers.length;
  return {
    answers: answers.length,
    unchanged,
    unchangedShare,
    timed: times.length,
    medianMs,
    flags: [
      ...(times.length >= FLAGGED_FROM && medianMs !== null && medianMs < LEAST_MS ? (["too_fast"] as const) : []),
      ...(answers.length >= FLAGGED_FROM && unchangedShare > MOST_UNCHANGED ? (["always_agrees"] as const) : []),
    ],
  };
}

function medianOf(sorted: readonly number[]): number | null {
  if (sorted.length === 0) return null;
  const middle = sorted.length / 2;
  const high = sorted[Math.floor(middle)] as number;
  return Number.isInteger(middle) ? ((sorted[middle - 1] as number) + high) / 2 : high;
}

/** What two reviewers made of the same change, one of them blind: each answer as a text that is the same where they agree. */
export interface SecondOpinion {
  readonly first: string;
  readonly second: string;
}

export interface Disagreement {
  readonly reviewed: number;
  readonly same: number;
  /** Share of those on which the second decided otherwise: of the two at least one was wrong there. Wilson. */
  readonly share: number | null;
  readonly interval: Interval;
  /** Cohen's kappa; null where chance alone would agree always, or nothing was reviewed. */
  readonly kappa: number | null;
}

export function disagreementOf(opinions: readonly SecondOpinion[]): Disagreement {
  const same = opinions.filter(({ first, second }) => first === second).length;
  const other = opinions.length - same;
  const answers: Answer[] = opinions.map(({ first, second }) => ({ truth: first, answer: second }));
  const labels = [...new Set(answers.flatMap(({ truth, answer }) => [truth, answer]))];
  return {
    reviewed: opinions.length,
    same,
    share: opinions.length === 0 ? null : other / opinions.length,
    interval: wilson(other, opinions.length),
    kappa: opinions.length === 0 ? null : classify(answers, labels).kappa,
  };
}
