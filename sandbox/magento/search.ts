// Magento's searches and its `fields`: what is asked of a list, and what of each record travels.
import { Refused } from "./shop.ts";

type Row = Readonly<Record<string, unknown>>;

export interface Asked {
  readonly filters: readonly { readonly field: string; readonly condition: string; readonly value: string }[];
  readonly sorts: readonly { readonly field: string; readonly descending: boolean }[];
  readonly pageSize: number;
  readonly page: number;
}

/** Groups hold together. One filter a group is what the connector sends; more of them would be an "or". */
export function readSearch(query: URLSearchParams, maxPageSize: number | null): Asked {
  const at = (name: string): string | null => query.get(`searchCriteria${name}`);
  const filters = [];
  for (let group = 0; at(`[filter_groups][${group}][filters][0][field]`) !== null; group++) {
    const filter = `[filter_groups][${group}][filters][0]`;
    if (at(`[filter_groups][${group}][filters][1][field]`) !== null) throw new Refused(400, "The stand-in has one filter in a group");
    filters.push({
      field: at(`${filter}[field]`) ?? "",
      value: at(`${filter}[value]`) ?? "",
      condition: at(`${filter}[condition_type]`) ?? "eq",
    });
  }
  const sorts = [];
  for (let place = 0; at(`[sortOrders][${place}][field]`) !== null; place++)
    sorts.push({ field: at(`[sortOrders][${place}][field]`) ?? "", descending: at(`[sortOrders][${place}][direction]`) !== "ASC" });
  const pageSize = Number(at("[pageSize]") ?? 20);
  if (maxPageSize !== null && pageSize > maxPageSize)
    throw new Refused(400, "Maximum SearchCriteria pageSize is %max", { max: maxPageSize });
  return { filters, sorts, pageSize, page: Number(at("[currentPage]") ?? 1) };
}

const compare = (a: unknown, b: unknown): number => {
  const numbers = [Number(a), Number(b)] as const;
  if (!numbers.some(Number.isNaN)) return numbers[0] - numbers[1];
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
};

function holds(row: Row, { field, condition, value }: Asked["filters"][number]): boolean {
  const order = compare(row[field], value);
  switch (condition) {
    case "eq":
      return order === 0;
    case "gt":
      return order > 0;
    case "gteq":
      return order >= 0;
    default:
      throw new Refused(400, "Invalid condition %1", [condition]);
  }
}

export function search<T extends object>(rows: readonly T[], { filters, sorts, pageSize, page }: Asked): object {
  const found = rows.filter((row) => filters.every((filter) => holds(row as Row, filter)));
  found.sort((a, b) => {
    for (const { field, descending } of sorts) {
      const order = compare((a as Row)[field], (b as Row)[field]);
      if (order !== 0) return descending ? -order : order;
    }
    return 0;
  });
  return {
    items: found.slice((page - 1) * pageSize, page * pageSize),
    search_criteria: { filter_groups: [], page_size: pageSize, current_page: page },
    total_count: found.length,
  };
}

type Wanted = Map<string, Wanted | null>;

/** "a,b[c,d]" */
function readFields(text: string): Wanted {
  let place = 0;
  const list = (): Wanted => {
    const wanted: Wanted = new Map();
    while (place < text.length && text[place] !== "]") {
      const name = /^[\w]+/.exec(text.slice(place))?.[0] ?? "";
      if (name === "") throw new Refused(400, "Invalid field");
      place += name.length;
      let inner: Wanted | null = null;
      if (text[place] === "[") {
        place += 1;
        inner = list();
        place += 1;
      }
      wanted.set(name, inner);
      if (text[place] === ",") place += 1;
    }
    return wanted;
  };
  return list();
}

function pick(value: unknown, wanted: Wanted | null): unknown {
  if (wanted === null || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => pick(item, wanted));
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => (wanted.has(name) ? [[name, pick(inner, wanted.get(name) ?? null)]] : [])),
  );
}

export const withFields = (answer: object, fields: string | undefined): object =>
  fields ? (pick(answer, readFields(fields)) as object) : answer;
