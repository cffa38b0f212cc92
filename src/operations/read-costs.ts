// What model calls cost as people filter it, and the same as a table for a spreadsheet. It reads sums and nothing of a record.
import * as z from "zod";
import { Instant } from "../core/instant.ts";
import { type CostRow, type CostsShown, type CostsWanted, costsPerRecord, listCosts, type RecordCosts } from "../db/costs.ts";
import { csvRow } from "./read-audit.ts";

export type { CostRow, CostsShown, CostsWanted, RecordCosts };

export const CostFilterInput = z.object({
  workflow: z.string().min(1).max(200).optional(),
  from: Instant.optional(),
  /** Not included. */
  to: Instant.optional(),
});

const DAY_MS = 86_400_000;
/** Days that are shown where nobody says which. */
const SHOWN_DAYS = 30;

/** Who names no time means the last 30 days, today among them. */
export function windowOf(filter: CostsWanted, now: number): CostsWanted & { readonly from: number } {
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  const end = filter.to ?? today + DAY_MS;
  return { ...filter, from: filter.from ?? end - SHOWN_DAYS * DAY_MS };
}

export interface Costs {
  readonly rows: readonly CostRow[];
  readonly records: readonly RecordCosts[];
}

export async function readCosts(db: D1Database, filter: CostsShown): Promise<Costs> {
  const [rows, records] = await Promise.all([listCosts(db, filter), costsPerRecord(db, filter)]);
  return { rows, records };
}

const HEAD = [
  "day",
  "workflow",
  "provider",
  "model",
  "decisions",
  "calls",
  "calls_of_unknown_cost",
  "prompt_tokens",
  "cached_tokens",
  "completion_tokens",
  "usd_of_known_calls",
  "price_versions",
];

export async function costsCsv(db: D1Database, filter: CostsShown): Promise<string> {
  const rows = await listCosts(db, filter);
  return [csvRow(HEAD), ...rows.map((row) => csvRow(cellsOf(row)))].join("");
}

const cellsOf = (row: CostRow): string[] => [
  row.day,
  row.workflow,
  row.provider ?? "",
  row.model ?? "",
  String(row.decisions),
  String(row.calls),
  String(row.unknownCalls),
  String(row.promptTokens),
  String(row.cachedTokens),
  String(row.completionTokens),
  // Of nothing that is known the sum is no zero.
  row.unknownCalls === row.calls ? "" : String(row.usd),
  row.priceVersions.join(" "),
];
