// What is counted of a workflow, week by week, and what follows when weeks are set beside each other: drift of scores and labels, the share that is "other", how often
// people change what was proposed. Pure; it holds counts and no value of a record. It must not conclude that answers got worse: only that they are others.
import { type DriftStanding, driftStanding, stabilityIndex } from "./drift.ts";
import { type Interval, wilson } from "./intervals.ts";

export const WEEK_MS = 7 * 24 * 60 * 60_000;
/** 1 January 1970 was a Thursday. */
const FIRST_MONDAY_MS = 4 * 24 * 60 * 60_000;

/** Monday, 00:00 UTC. */
export const weekOf = (at: number): number => Math.floor((at - FIRST_MONDAY_MS) / WEEK_MS) * WEEK_MS + FIRST_MONDAY_MS;

export const SCORE_BINS = 10;

export interface DecisionWeek {
  readonly decisions: number;
  /** Scores in ten equal bins from 0 to 1. */
  readonly bins: readonly number[];
  /** By field with a closed list of labels, and label. */
  readonly labels: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

export interface AnswerWeek {
  readonly approved: number;
  readonly edited: number;
  readonly rejected: number;
  readonly insufficient: number;
  readonly expired: number;
}

export interface ReviewWeek {
  readonly week: number;
  /** Written without asking because the model was sure enough. */
  readonly automatic: number;
  readonly answers: AnswerWeek;
  readonly decisions: Readonly<Record<string, DecisionWeek>>;
}

/** Weeks that are taken together on either side of a comparison. */
const SIDE = 4;
/** Decisions on either side from which an index says something: of two samples of one population it is about 9 * (1/n + 1/m) by chance, 0.09 at 200. */
const JUDGED_FROM = 200;

export interface Drift {
  readonly index: number;
  readonly standing: DriftStanding;
}

export interface DecisionDrift {
  /** The earliest weeks with decisions, and the latest: what is compared. Null while they overlap or hold too few. */
  readonly compared: {
    readonly first: readonly number[];
    readonly last: readonly number[];
    readonly from: number;
    readonly to: number;
  } | null;
  readonly scores: Drift | null;
  readonly labels: readonly (Drift & { readonly field: string })[];
  readonly weeks: readonly { readonly week: number; readonly decisions: number; readonly index: number | null }[];
  readonly other: readonly {
    readonly field: string;
    readonly share: number;
    readonly interval: Interval;
    readonly before: number | null;
  }[];
}

/** Labels that mean "none of the others". */
const OTHER = ["other", "unknown", "unclear", "none", "unclassified"];

/** `reference`: score bins that a certificate or validation was made on, where there are some; otherwise the first weeks are what is compared with. */
export function computeDrift(weeks: readonly ReviewWeek[], decision: string, reference: readonly number[] | null = null): DecisionDrift {
  const own = weeks
    .toSorted((a, b) => a.week - b.week)
    .flatMap(({ week, decisions }) => {
      const counted = decisions[decision];
      return counted && counted.decisions > 0 ? [{ week, ...counted }] : [];
    });
  const first = own.slice(0, SIDE);
  const last = own.slice(-SIDE);
  const [from, to] = [total(first.map(({ decisions }) => decisions)), total(last.map(({ decisions }) => decisions))];
  const expected = reference ?? addUp(first.map(({ bins }) => bins));
  const overlap = reference === null && own.length < 2 * SIDE;
  const enough = !overlap && total(expected) >= JUDGED_FROM && to >= JUDGED_FROM;
  return {
    compared: enough ? { first: first.map(({ week }) => week), last: last.map(({ week }) => week), from, to } : null,
    scores: enough ? driftOf(expected, addUp(last.map(({ bins }) => bins))) : null,
    labels: enough
      ? fieldsOf(last).map((field) => {
          const [before, after] = [labelsOf(first, field), labelsOf(last, field)];
          const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
          return {
            field,
            ...driftOf(
              names.map((name) => before[name] ?? 0),
              names.map((name) => after[name] ?? 0),
            ),
          };
        })
      : [],
    weeks: own.map(({ week, decisions, bins }) => ({
      week,
      decisions,
      index: total(expected) >= JUDGED_FROM && decisions >= JUDGED_FROM ? stabilityIndex(sharesOf(expected), sharesOf(bins)) : null,
    })),
    other: fieldsOf(last).flatMap((field) => {
      const now = otherShare(labelsOf(last, field));
      if (now === null) return [];
      return [
        {
          field,
          share: now.k / now.n,
          interval: wilson(now.k, now.n),
          before: overlap ? null : shareOf(otherShare(labelsOf(first, field))),
        },
      ];
    }),
  };
}

/** How often people changed what was proposed, of what they answered; null where they answered nothing. */
export function overrideRate({ approved, edited, rejected }: AnswerWeek): number | null {
  const answered = approved + edited + rejected;
  return answered === 0 ? null : (edited + rejected) / answered;
}

type Counted = DecisionWeek & { readonly week: number };

const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
const addUp = (all: readonly (readonly number[])[]): number[] =>
  Array.from({ length: SCORE_BINS }, (_, i) => total(all.map((bins) => bins[i] ?? 0)));
const sharesOf = (counts: readonly number[]): number[] => counts.map((count) => count / total(counts));
const driftOf = (expected: readonly number[], actual: readonly number[]): Drift => {
  const index = total(expected) === 0 || total(actual) === 0 ? 0 : stabilityIndex(sharesOf(expected), sharesOf(actual));
  return { index, standing: driftStanding(index) };
};
const fieldsOf = (weeks: readonly Counted[]): string[] => [...new Set(weeks.flatMap(({ labels }) => Object.keys(labels)))].sort();

function labelsOf(weeks: readonly Counted[], field: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { labels } of weeks) for (const [label, n] of Object.entries(labels[field] ?? {})) counts[label] = (counts[label] ?? 0) + n;
  return counts;
}

/** Null for a field that has no such label. */
function otherShare(labels: Readonly<Record<string, number>>): { readonly k: number; readonly n: number } | null {
  const n = total(Object.values(labels));
  const k = total(Object.entries(labels).flatMap(([label, count]) => (OTHER.includes(label.toLowerCase()) ? [count] : [])));
  return n === 0 || k === 0 ? null : { k, n };
}
const shareOf = (counted: { readonly k: number; readonly n: number } | null): number | null =>
  counted === null ? null : counted.k / counted.n;
