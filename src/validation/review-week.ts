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

/** certificate: the validation that the certificate in force was issued from. first_weeks: the earliest weeks of the time that is looked at. */
export type DriftReference = "certificate" | "first_weeks";

export interface DecisionDrift {
  /** What production is compared with. */
  readonly reference: DriftReference;
  /** The earliest weeks with decisions (none where a certificate's records are what is compared with), and the latest. Null while they overlap or hold too few. */
  readonly compared: {
    readonly first: readonly number[];
    readonly last: readonly number[];
    readonly from: number;
    readonly to: number;
  } | null;
  readonly scores: Drift | null;
  /** A field that the certificate's records are not labelled with is compared with the first weeks. */
  readonly labels: readonly (Drift & { readonly field: string; readonly reference: DriftReference })[];
  readonly weeks: readonly { readonly week: number; readonly decisions: number; readonly index: number | null }[];
  readonly other: readonly {
    readonly field: string;
    readonly share: number;
    readonly interval: Interval;
    readonly before: number | null;
    readonly reference: DriftReference;
  }[];
}

/** Labels that mean "none of the others". */
const OTHER = ["other", "unknown", "unclear", "none", "unclassified"];

/**
 * `proved`: the answers of the validation that the certificate in force was issued from; null where there is none. They are what the threshold rests on, so that production is
 * compared with them where they are enough; otherwise with its own first weeks.
 */
export function computeDrift(weeks: readonly ReviewWeek[], decision: string, proved: DecisionWeek | null = null): DecisionDrift {
  const own = weeks
    .toSorted((a, b) => a.week - b.week)
    .flatMap(({ week, decisions }) => {
      const counted = decisions[decision];
      return counted && counted.decisions > 0 ? [{ week, ...counted }] : [];
    });
  const early = own.length < 2 * SIDE ? [] : own.slice(0, SIDE);
  const [before, last] = [together(own.slice(0, SIDE)), own.slice(-SIDE)];
  const now = together(last);
  const reference = proved && proved.decisions >= JUDGED_FROM ? "certificate" : "first_weeks";
  const expected = reference === "certificate" && proved ? proved : before;
  const isApart = (one: DriftReference): boolean => one === "certificate" || early.length > 0;
  const enough = isApart(reference) && expected.decisions >= JUDGED_FROM && now.decisions >= JUDGED_FROM;
  /** What a field is compared with; null where that overlaps. */
  const referenceOf = (field: string) => {
    const of: DriftReference = reference === "certificate" && Object.hasOwn(expected.labels, field) ? "certificate" : "first_weeks";
    return isApart(of) ? { of, counts: (of === "certificate" ? expected : before).labels[field] ?? {} } : null;
  };
  const fields = Object.keys(now.labels).sort();
  return {
    reference,
    compared: enough
      ? {
          first: reference === "certificate" ? [] : early.map(({ week }) => week),
          last: last.map(({ week }) => week),
          from: expected.decisions,
          to: now.decisions,
        }
      : null,
    scores: enough ? driftOf(expected.bins, now.bins) : null,
    labels: fields.flatMap((field) => {
      const compared = referenceOf(field);
      const after = now.labels[field] ?? {};
      if (!enough || !compared || [compared.counts, after].some((counts) => total(Object.values(counts)) < JUDGED_FROM)) return [];
      const names = [...new Set([...Object.keys(compared.counts), ...Object.keys(after)])];
      const [then, since] = [names.map((name) => compared.counts[name] ?? 0), names.map((name) => after[name] ?? 0)];
      return [{ field, reference: compared.of, ...driftOf(then, since) }];
    }),
    weeks: own.map(({ week, decisions, bins }) => ({
      week,
      decisions,
      index: expected.decisions >= JUDGED_FROM && decisions >= JUDGED_FROM ? stabilityIndex(sharesOf(expected.bins), sharesOf(bins)) : null,
    })),
    other: fields.flatMap((field) => {
      const counted = otherShare(now.labels[field] ?? {});
      if (counted === null) return [];
      const compared = referenceOf(field);
      return [
        {
          field,
          share: counted.k / counted.n,
          interval: wilson(counted.k, counted.n),
          before: compared && shareOf(otherShare(compared.counts)),
          reference: compared?.of ?? reference,
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

const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
const sharesOf = (counts: readonly number[]): number[] => counts.map((count) => count / total(counts));
const driftOf = (expected: readonly number[], actual: readonly number[]): Drift => {
  const index = total(expected) === 0 || total(actual) === 0 ? 0 : stabilityIndex(sharesOf(expected), sharesOf(actual));
  return { index, standing: driftStanding(index) };
};

/** Weeks as one. */
function together(weeks: readonly DecisionWeek[]): DecisionWeek {
  const labels: Record<string, Record<string, number>> = {};
  for (const week of weeks)
    for (const [field, counts] of Object.entries(week.labels)) {
      const own = labels[field] ?? {};
      for (const [label, n] of Object.entries(counts)) own[label] = (own[label] ?? 0) + n;
      labels[field] = own;
    }
  return {
    decisions: total(weeks.map(({ decisions }) => decisions)),
    bins: Array.from({ length: SCORE_BINS }, (_, i) => total(weeks.map(({ bins }) => bins[i] ?? 0))),
    labels,
  };
}

/** Null for a field that has no such label. */
function otherShare(labels: Readonly<Record<string, number>>): { readonly k: number; readonly n: number } | null {
  const n = total(Object.values(labels));
  const k = total(Object.entries(labels).flatMap(([label, count]) => (OTHER.includes(label.toLowerCase()) ? [count] : [])));
  return n === 0 || k === 0 ? null : { k, n };
}
const shareOf = (counted: { readonly k: number; readonly n: number } | null): number | null =>
  counted === null ? null : counted.k / counted.n;
