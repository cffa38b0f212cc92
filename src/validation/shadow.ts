// What shadow mode would have written, beside what people did: field by field, and over many records. Pure. People are taken for right, so that each compared record is
// a labelled one; who has not touched the record yet has said nothing, and must not be counted as agreeing or not.
import { type JsonObject, sameJson } from "../core/json.ts";
import { riskOf } from "./acceptance.ts";
import { type Certification, certifyThreshold } from "./certify.ts";
import { CONFIDENCE, type Interval, upperBound, wilson } from "./intervals.ts";

export type FieldOutcome = "same" | "different" | "not_done";

export interface ComparedField {
  readonly field: string;
  readonly intended: JsonObject[string];
  readonly before: JsonObject[string];
  readonly people: JsonObject[string];
  readonly outcome: FieldOutcome;
}

/**
 * A field that holds what was intended is the same, also where nobody had to touch it. One that is as it was before is not done yet, unless people have changed
 * another field of the same write: then they had the record in hand, and left it so.
 */
export function compareFields(intended: JsonObject, before: JsonObject, now: JsonObject): ComparedField[] {
  const isSame = (field: string, other: JsonObject) => sameJson(intended[field] ?? null, other[field] ?? null);
  const isTouched = Object.keys(intended).some((field) => !sameJson(before[field] ?? null, now[field] ?? null));
  return Object.keys(intended).map((field) => ({
    field,
    intended: intended[field] ?? null,
    before: before[field] ?? null,
    people: now[field] ?? null,
    outcome: isSame(field, now) ? "same" : isTouched ? "different" : "not_done",
  }));
}

/** Of the whole write: it is right only where each of its fields is. */
export function outcomeOf(fields: readonly Pick<ComparedField, "outcome">[]): FieldOutcome {
  if (fields.some(({ outcome }) => outcome === "different")) return "different";
  return fields.some(({ outcome }) => outcome === "not_done") ? "not_done" : "same";
}

export interface ShadowRecord {
  /** How sure the decision behind it was; null where there is none. */
  readonly score: number | null;
  readonly outcome: FieldOutcome | "unread" | "no_look";
  /** Null once they were removed. */
  readonly fields: readonly ComparedField[] | null;
}

export interface Rate {
  readonly same: number;
  readonly compared: number;
  /** Wilson, two-sided 95 %. */
  readonly interval: Interval;
}

export interface ShadowSummary {
  readonly counts: Readonly<Record<ShadowRecord["outcome"], number>>;
  readonly agreement: Rate;
  readonly byField: readonly (Rate & { readonly field: string })[];
  /** By what would have been written into a field, the most frequent first. Only fields with few different values. */
  readonly byLabel: readonly (Rate & { readonly field: string; readonly label: string })[];
  /** Compared records that rest on a decision: those that a threshold can be tried on. */
  readonly scored: number;
  /** What these records would prove as labels; null where none has a score. */
  readonly certification: Certification | null;
}

/** More different values than this are no labels but free text or numbers. */
const LABELS = 30;

export function summariseShadow(records: readonly ShadowRecord[], limit: number): ShadowSummary {
  const counts = { same: 0, different: 0, not_done: 0, unread: 0, no_look: 0 };
  for (const { outcome } of records) counts[outcome]++;
  const fields = records.flatMap((record) => record.fields ?? []).filter(({ outcome }) => outcome !== "not_done");
  const byField = [...Map.groupBy(fields, ({ field }) => field)];
  const scored = scoredOf(records);
  return {
    counts,
    agreement: rateOf(counts.same, counts.same + counts.different),
    byField: byField.map(([field, own]) => ({ field, ...rateOver(own) })),
    byLabel: byField.flatMap(([field, own]) => {
      const labels = [...Map.groupBy(own, ({ intended }) => (typeof intended === "string" ? intended : JSON.stringify(intended)))];
      if (labels.length > LABELS) return [];
      return labels.map(([label, of]) => ({ field, label, ...rateOver(of) })).toSorted((a, b) => b.compared - a.compared);
    }),
    scored: scored.length,
    certification: scored.length === 0 ? null : certifyThreshold(scored, limit),
  };
}

/** The compared records as labels: right is what people did as well. */
export const scoredOf = (records: readonly ShadowRecord[]): { readonly score: number; readonly correct: boolean }[] =>
  records.flatMap(({ score, outcome }) =>
    score !== null && (outcome === "same" || outcome === "different") ? [{ score, correct: outcome === "same" }] : [],
  );

export interface WouldHave {
  readonly threshold: number;
  readonly automatic: number;
  readonly of: number;
  readonly different: number;
  readonly risk: number;
  /** What the share of different ones does not exceed, at 95 %, for this threshold alone: one that was picked by looking proves less. */
  readonly upper: number;
}

/** What would have been written without asking from this score on; null where nothing would. */
export function automaticAt(records: readonly ShadowRecord[], threshold: number): WouldHave | null {
  const scored = scoredOf(records);
  const automatic = scored.filter(({ score }) => score >= threshold);
  if (automatic.length === 0) return null;
  const different = automatic.filter(({ correct }) => !correct).length;
  return {
    threshold,
    automatic: automatic.length,
    of: scored.length,
    different,
    risk: riskOf({ accepted: automatic.length, errors: different }),
    upper: upperBound(different, automatic.length, CONFIDENCE),
  };
}

const rateOf = (same: number, compared: number): Rate => ({ same, compared, interval: wilson(same, compared) });
const rateOver = (fields: readonly ComparedField[]): Rate =>
  rateOf(fields.filter(({ outcome }) => outcome === "same").length, fields.length);
