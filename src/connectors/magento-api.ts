// What all of Magento's actions share: paths, searches, times, and what an error body means. It must not know an action, and never shows a trace.
import * as z from "zod";
import { InterlockError } from "../core/errors.ts";
import { parseRfc3339 } from "../core/rfc3339.ts";
import type { Budget } from "./budget.ts";
import type { ApplyContext, HttpAnswer, Refusal } from "./define.ts";

export const DOCS = "https://developer.adobe.com/commerce/webapi/rest";

/**
 * Magento counts nothing. What gives way under a burst is the shop's own PHP, with 502, 503 and 504 to shoppers as well: two to four calls a second leave it room
 * beside them.
 */
export const SPARING: Budget = { capacity: 4, perSecond: 3 };

/** An order's or a customer's number as the database has it (entity_id), not the one that customers see. */
export const EntityId = z.string().regex(/^[1-9]\d{0,9}$/, "A record's number (entity_id), digits only");
export const Sku = z
  .string()
  .min(1)
  // docs: a SKU has at most 64 characters.
  .max(64)
  .refine(
    (sku) => sku.trim() === sku && !sku.includes(".."),
    "A SKU has no spaces around it, and no two dots in a row can travel in a path",
  );

/** The inputs are checked already; this makes it impossible to build a path from anything but digits, whoever calls. */
export function recordPath(kind: "orders" | "customers", id: string): string {
  if (!EntityId.safeParse(id).success)
    throw new InterlockError("connector.rejected", `"${id}" is not a number of a Magento record`, { field: "id" });
  return `/V1/${kind}/${id}`;
}

export const orderPath = (id: string): string => recordPath("orders", id);

export const productPath = (sku: string): string => `/V1/products/${encodeURIComponent(sku)}`;

// ---- searches ----

export type Condition = "eq" | "gt" | "gteq";
export interface Search {
  /** All of them hold. */
  readonly where: readonly (readonly [field: string, condition: Condition, value: string])[];
  readonly sort?: readonly string[];
  readonly pageSize: number;
  /** What of each record is wanted: nothing else travels. */
  readonly fields: string;
}

/** Each filter in a group of its own: groups hold together, filters of one group one by one. */
export function searchQuery({ where, sort = [], pageSize, fields }: Search): string {
  const pairs: (readonly [string, string])[] = [];
  where.forEach(([field, condition, value], group) => {
    const filter = `searchCriteria[filter_groups][${group}][filters][0]`;
    pairs.push([`${filter}[field]`, field], [`${filter}[value]`, value], [`${filter}[condition_type]`, condition]);
  });
  sort.forEach((field, place) => {
    pairs.push([`searchCriteria[sortOrders][${place}][field]`, field], [`searchCriteria[sortOrders][${place}][direction]`, "ASC"]);
  });
  pairs.push(["searchCriteria[pageSize]", String(pageSize)], ["searchCriteria[currentPage]", "1"], ["fields", fields]);
  return pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join("&");
}

// ---- times: UTC, to the second, without saying so ----

const TIME = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})$/;

export function readTime(text: string): number {
  const [, date, time] = TIME.exec(text) ?? [];
  const instant = date === undefined ? null : parseRfc3339(`${date}T${time}Z`);
  if (instant === null)
    throw new InterlockError("connector.answer_invalid", `Magento's time "${text.slice(0, 40)}" is none of the form 2026-11-20 10:00:00`);
  return instant;
}

export const timeText = (instant: number): string => new Date(instant).toISOString().slice(0, 19).replace("T", " ");

export const rfc3339 = (text: string): string => new Date(readTime(text)).toISOString();

// ---- what went wrong ----

const Parameters = z.union([z.array(z.unknown()), z.record(z.string(), z.unknown())]).nullish();
const ErrorJson = z.object({
  message: z.string(),
  parameters: Parameters,
  errors: z.array(z.object({ message: z.string(), parameters: Parameters })).nullish(),
});

/** `%1` is the first of a list, `%fieldName` a member by name. What has no value stays as it is. */
export function substituted(message: string, parameters: z.infer<typeof Parameters>): string {
  if (!parameters) return message;
  const values: Readonly<Record<string, unknown>> = Array.isArray(parameters)
    ? Object.fromEntries(parameters.map((value, place) => [String(place + 1), value]))
    : parameters;
  return message.replace(/%(\w+)/g, (placeholder, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    return typeof value === "string" || typeof value === "number" ? String(value) : placeholder;
  });
}

export function refusalOf({ status, json }: HttpAnswer): Refusal | null {
  const read = status >= 200 && status <= 299 ? null : ErrorJson.safeParse(json);
  if (!read?.success) return null;
  const { message, parameters, errors } = read.data;
  const details = (errors ?? []).map((error) => substituted(error.message, error.parameters));
  const field = [parameters, ...(errors ?? []).map((error) => error.parameters)].flatMap((values) =>
    values && !Array.isArray(values) && typeof values.fieldName === "string" ? [values.fieldName] : [],
  )[0];
  return {
    // A signature's parameters are refused with 400 as well: a clock that is ahead, say.
    ...(/\boauth_\w/.test(message) ? { code: "connector.unauthorised" as const } : {}),
    message: [substituted(message, parameters), ...details].join("; "),
    ...(field === undefined ? {} : { field }),
  };
}

/** Somebody changed the record since it was looked at: `version` is what was seen then, null where nobody looked. */
export function checkVersion(target: string, { version }: Pick<ApplyContext, "version">, now: string): void {
  if (version !== null && version !== now) throw new InterlockError("connector.conflict", `${target} was changed since it was looked at`);
}
