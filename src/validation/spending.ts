// What the answers cost and how long they took. A cost that is not known is counted as not known, and never as nothing. Percentiles are of what is known, by nearest rank.
import type { Answered } from "./judged-records.ts";
import type { Spread } from "./report-shape.ts";

export const costSpread = (answers: readonly Answered[]): Spread => spread(answers.map(({ costUsd }) => costUsd));
export const latencySpread = (answers: readonly Answered[]): Spread => spread(answers.map(({ latencyMs }) => latencyMs));

function spread(values: readonly (number | null)[]): Spread {
  const known = values.filter((value) => value !== null).toSorted((one, other) => one - other);
  const at = (share: number): number => known[Math.max(0, Math.ceil(known.length * share) - 1)] ?? 0;
  return {
    known: known.length,
    unknown: values.length - known.length,
    total: known.reduce((sum, value) => sum + value, 0),
    p50: at(0.5),
    p95: at(0.95),
  };
}
