// The search: groups of filters, one order, pages, and an end at 10,000 results. It sees what its index has, which may be some time behind.
import * as z from "zod";
import { invalid } from "./answer.ts";
import type { CrmRecord } from "./store.ts";

const CEILING = 10_000;

const Filter = z.object({
  propertyName: z.string(),
  operator: z.string(),
  value: z.string().optional(),
  highValue: z.string().optional(),
  values: z.array(z.string()).optional(),
});
type Filter = z.infer<typeof Filter>;

export const SearchBody = z.object({
  filterGroups: z
    .array(z.object({ filters: z.array(Filter) }))
    .max(5)
    .default([]),
  sorts: z
    .array(z.object({ propertyName: z.string(), direction: z.enum(["ASCENDING", "DESCENDING"]).default("ASCENDING") }))
    .max(1)
    .default([]),
  properties: z.array(z.string()).default([]),
  limit: z.number().int().default(10),
  after: z.union([z.string(), z.number()]).default("0"),
});
export type SearchBody = z.infer<typeof SearchBody>;

/** Numbers and times compare as numbers, everything else as text. */
function comparable(text: string): number | string {
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  const time = /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? text.toLowerCase() : time;
}

function compare(a: string, b: string): number {
  const [x, y] = [comparable(a), comparable(b)];
  if (typeof x === "number" && typeof y === "number") return x - y;
  return String(x) < String(y) ? -1 : String(x) > String(y) ? 1 : 0;
}

/** Words of letters and digits; a star stands for the rest of one. */
function containsToken(text: string, wanted: string): boolean {
  const pattern = wanted
    .toLowerCase()
    .replace(/[.+?^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", "\\S*");
  return new RegExp(`(^|[^\\p{L}\\p{N}])${pattern}($|[^\\p{L}\\p{N}])`, "u").test(text.toLowerCase());
}

function matches(record: CrmRecord, { propertyName, operator, value = "", highValue = "", values = [] }: Filter): boolean {
  const stored = record.properties[propertyName] ?? null;
  if (operator === "HAS_PROPERTY") return stored !== null;
  if (operator === "NOT_HAS_PROPERTY") return stored === null;
  if (operator === "NEQ") return stored === null || compare(stored, value) !== 0;
  if (operator === "NOT_IN") return stored === null || !values.includes(stored);
  if (operator === "NOT_CONTAINS_TOKEN") return stored === null || !containsToken(stored, value);
  if (stored === null) return false;
  switch (operator) {
    case "EQ":
      return compare(stored, value) === 0;
    case "LT":
      return compare(stored, value) < 0;
    case "LTE":
      return compare(stored, value) <= 0;
    case "GT":
      return compare(stored, value) > 0;
    case "GTE":
      return compare(stored, value) >= 0;
    case "BETWEEN":
      return compare(stored, value) >= 0 && compare(stored, highValue) <= 0;
    case "IN":
      return values.includes(stored);
    case "CONTAINS_TOKEN":
      return containsToken(stored, value);
    default:
      throw invalid(`Invalid operator: ${operator}`);
  }
}

export function search(records: readonly CrmRecord[], { filterGroups, sorts, limit, after }: SearchBody) {
  const start = Number(after);
  if (limit < 1 || limit > 200) throw invalid("limit must be between 1 and 200");
  if (start + limit > CEILING) throw invalid("The search query exceeds the 10,000 result limit");
  const found = records.filter(
    (record) =>
      !record.archived &&
      (filterGroups.length === 0 || filterGroups.some(({ filters }) => filters.every((filter) => matches(record, filter)))),
  );
  const [sort] = sorts;
  if (sort) {
    const sign = sort.direction === "ASCENDING" ? 1 : -1;
    found.sort((a, b) => sign * compare(a.properties[sort.propertyName] ?? "", b.properties[sort.propertyName] ?? ""));
  }
  const results = found.slice(start, start + limit);
  const end = start + results.length;
  return { total: found.length, results, ...(end < found.length ? { paging: { next: { after: String(end) } } } : {}) };
}
