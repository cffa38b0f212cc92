// How sure a model is that gives no measure: the same request several times, and how many of the answers agree. Pure. Field by field: a record is as sure as its least sure
// field. It must not call anything, and never takes a tie for an answer.
// Sequence: one answer -> could its score matter? -> three answers -> does one vote more decide? -> five -> the answer that most agree with, and its score.
import { leastConfident } from "./confidence.ts";
import type { ModelDecision, ModelUsage } from "./model.ts";

/** Box and Mindee aggregate a few answers the same way; more than five cost more than a reviewer's glance (ai-governance 1.2, 1.3). */
export const FIRST_SAMPLES = 3;
export const MOST_SAMPLES = 5;

/** Half of the distance between two neighbouring scores of three samples: nearer to the threshold than that, two votes more may change the answer. */
const BORDERLINE = 1 / (FIRST_SAMPLES + 1) / 2;

/** Of `count` answers, `votes` say the same. Never 1: that all of a few agree proves little. */
export const agreementScore = (votes: number, count: number): number => (votes + 0.5) / (count + 1);

/**
 * What the score is compared with. "all": with no one number (a certificate's threshold was proved with the score of all samples; fields may have thresholds of
 * their own), so that all samples are asked for. Null: the spec sets no threshold, and no score would let anything pass.
 */
export type SampleThreshold = number | "all" | null;

/** How many more answers are wanted. `answers`: null for one that failed, which agrees with nothing. */
export function decideSamples(answers: readonly unknown[], threshold: SampleThreshold): number {
  const count = answers.length;
  if (threshold === null || count >= MOST_SAMPLES) return 0;
  if (threshold === "all") return MOST_SAMPLES - count;
  if (threshold > agreementScore(MOST_SAMPLES, MOST_SAMPLES)) return 0;
  if (count < FIRST_SAMPLES) return FIRST_SAMPLES - count;
  const { confidence } = scoreOf(answers);
  return Math.abs(confidence - threshold) <= BORDERLINE ? MOST_SAMPLES - count : 0;
}

/** One decision of several: the answer that most agree with. Usage, cost and samples add up; the time is what went by, `latencyMs`. */
export function agreed(answers: readonly (ModelDecision | null)[], latencyMs: number): ModelDecision {
  const given = answers.filter((answer) => answer !== null);
  const { chosen, confidence, fields } = scoreOf(answers.map((answer) => answer?.value ?? null));
  const best = answers[chosen] as ModelDecision;
  return {
    ...best,
    confidence,
    fields,
    source: "agreement",
    usage: given.reduce<ModelUsage | null>((sum, { usage }) => sum && usage && addedUsage(sum, usage), NO_USAGE),
    // A sample that failed may have been billed all the same.
    costUsd: answers.reduce<number | null>(
      (sum, answer) => (sum === null || !answer || answer.costUsd === null ? null : sum + answer.costUsd),
      0,
    ),
    latencyMs,
    samples: answers.length,
  };
}

const NO_USAGE: ModelUsage = { promptTokens: 0, completionTokens: 0 };

const addedUsage = (one: ModelUsage, other: ModelUsage): ModelUsage => ({
  promptTokens: one.promptTokens + other.promptTokens,
  cachedTokens: (one.cachedTokens ?? 0) + (other.cachedTokens ?? 0),
  ...(one.cacheWriteTokens || other.cacheWriteTokens
    ? { cacheWriteTokens: (one.cacheWriteTokens ?? 0) + (other.cacheWriteTokens ?? 0) }
    : {}),
  completionTokens: one.completionTokens + other.completionTokens,
});

interface Score {
  /** Which of the answers. */
  readonly chosen: number;
  /** 0 where two answers are equally often given: nobody is sure. */
  readonly confidence: number;
  readonly fields: ModelDecision["fields"];
}

function scoreOf(answers: readonly unknown[]): Score {
  const read = answers.map((value) => (value === null ? null : new Map(leavesOf(value))));
  const scores = read.map((leaves) => (leaves === null ? null : fieldsOf(leaves, read)));
  let chosen = scores.findIndex((fields) => fields !== null);
  for (const [index, fields] of scores.entries()) {
    if (fields !== null && leastConfident(fields) > leastConfident(scores[chosen] ?? {})) chosen = index;
  }
  const fields = scores[chosen] ?? {};
  return { chosen, confidence: leastConfident(fields), fields };
}

type Leaves = ReadonlyMap<string, unknown>;

/** How sure each field of one answer is, by the votes of all. What an answer does not say at all is a vote as well. */
function fieldsOf(own: Leaves, all: readonly (Leaves | null)[]): ModelDecision["fields"] {
  return Object.fromEntries(
    [...own].map(([path, value]) => {
      const votes = new Map<string, { readonly value: string; count: number }>();
      for (const leaves of all) {
        if (leaves === null) continue;
        const said = leaves.get(path);
        const key = comparable(said);
        const vote = votes.get(key) ?? { value: said === undefined ? "" : textOf(said), count: 0 };
        vote.count++;
        votes.set(key, vote);
      }
      const mine = votes.get(comparable(value))?.count ?? 0;
      const others = [...votes].filter(([key]) => key !== comparable(value)).map(([, vote]) => vote);
      const isBeaten = others.some(({ count }) => count >= mine);
      return [
        path,
        {
          confidence: isBeaten ? 0 : agreementScore(mine, all.length),
          alternatives: others
            .toSorted((a, b) => b.count - a.count)
            .map(({ value: other, count }) => ({ value: other, probability: count / all.length })),
        },
      ];
    }),
  );
}

/** The values of an answer by dotted path; a list is one value, for its order and length are part of what is said. */
function leavesOf(value: unknown, path = ""): [string, unknown][] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [[path, value]];
  return Object.entries(value).flatMap(([name, member]) => leavesOf(member, path === "" ? name : `${path}.${name}`));
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** Two values with one comparable text say the same: case, spaces, how a date or an amount is written make no difference. */
export function comparable(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(comparable).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).map(([name, member]) => `${name}:${comparable(member)}`);
    return `{${members.toSorted().join(",")}}`;
  }
  if (typeof value !== "string") return String(value);
  const text = value.normalize("NFKC").replace(/\s+/g, " ").trim().toLowerCase();
  return dateOf(text) ?? amountOf(text) ?? text;
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** A day that can be read in one way only: 3/4/2026 is two days, and stays as it is written. */
function dateOf(text: string): string | null {
  const day = (year: string, month: number, date: string) =>
    month >= 1 && month <= 12 && Number(date) >= 1 && Number(date) <= 31
      ? `${year}-${String(month).padStart(2, "0")}-${date.padStart(2, "0")}`
      : null;
  const iso = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(text);
  if (iso) return day(iso[1] as string, Number(iso[2]), iso[3] as string);
  // With dots the day comes first, wherever dots are used.
  const dotted = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(text);
  if (dotted) return day(dotted[3] as string, Number(dotted[2]), dotted[1] as string);
  const slashed = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text);
  if (slashed) {
    const [one, two] = [Number(slashed[1]), Number(slashed[2])];
    if (one > 12 && two <= 12) return day(slashed[3] as string, two, slashed[1] as string);
    if (two > 12 && one <= 12) return day(slashed[3] as string, one, slashed[2] as string);
    return null;
  }
  const dayFirst = /^(\d{1,2})\.? ([a-z]{3,9})\.?,? (\d{4})$/.exec(text);
  if (dayFirst) return day(dayFirst[3] as string, monthOf(dayFirst[2] as string), dayFirst[1] as string);
  const monthFirst = /^([a-z]{3,9})\.? (\d{1,2}),? (\d{4})$/.exec(text);
  return monthFirst ? day(monthFirst[3] as string, monthOf(monthFirst[1] as string), monthFirst[2] as string) : null;
}

const NAMES = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];

/** From 1; 0 where it is no month's name. */
const monthOf = (name: string): number => 1 + (name.length === 3 ? MONTHS.indexOf(name) : name === "sept" ? 8 : NAMES.indexOf(name));

/** "$1,299.50", "1.299,50 $" and "1299.5 $" are one amount; of another currency, or of none, they are others. */
function amountOf(text: string): string | null {
  const match = /^([$€£¥]|[a-z]{3} ?)? ?(-?\d[\d.,' ]*) ?([$€£¥]|[a-z]{3})?$/.exec(text);
  if (!match) return null;
  const digits = (match[2] as string).replace(/[' ]/g, "").replace(/[.,]+$/, "");
  const cents = /[.,](\d{1,2})$/.exec(digits);
  const whole = cents ? digits.slice(0, cents.index) : digits;
  // Digits that are not grouped in threes are no amount: a version, an address, a date.
  if (!/^-?(?:\d+|\d{1,3}(?:[.,]\d{3})+)$/.test(whole)) return null;
  const currency = CURRENCIES[(match[1] ?? match[3] ?? "").trim()] ?? (match[1] ?? match[3] ?? "").trim();
  return `${Number(whole.replace(/[.,]/g, ""))}.${(cents?.[1] ?? "").padEnd(2, "0")}${currency}`;
}

const CURRENCIES: Readonly<Record<string, string>> = { $: "usd", "€": "eur", "£": "gbp", "¥": "jpy" };
