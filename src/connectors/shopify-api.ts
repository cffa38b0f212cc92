// A call to Shopify's GraphQL Admin API, which says no with HTTP 200 in two ways (`errors`, `userErrors`) and counts points of a leaky bucket, not calls.
// It knows no operation: those are in shopify-documents.ts. It must not take a no to one half of a request for a no to the whole.
import * as z from "zod";
import { type ErrorCode, InterlockError } from "../core/errors.ts";
import type { JsonObject } from "../core/json.ts";
import type { Usage } from "./budget.ts";
import type { Http, HttpAnswer, Refusal } from "./define.ts";
import { promised } from "./http.ts";

/** Supported until July 2027: a version lives for a year (https://shopify.dev/docs/api/usage/versioning). The check `version` tells when it ends. */
export const API_VERSION = "2026-07";
const PATH = `/admin/api/${API_VERSION}/graphql.json`;

export interface Operation {
  readonly name: string;
  readonly kind: "query" | "mutation";
  /** Points that it usually takes. It may be asked for more: Shopify gives back what it did not use, and the share that is left free covers the difference. */
  readonly cost: number;
  readonly text: string;
}

export async function ask<T>(http: Http, operation: Operation, variables: JsonObject, answer: z.ZodType<T>, what: string): Promise<T> {
  const { name, kind, cost, text } = operation;
  const body = { query: text, operationName: name, variables };
  const { json } = await http.send({ method: "POST", path: PATH, body, cost, ...(kind === "query" ? { reads: true } : {}) });
  return promised(z.object({ data: answer }), json, what).data;
}

// ---- ids ----

/** A record's number, as the admin's addresses and the webhooks have it. 18 digits do not fit a JavaScript number, so it is text everywhere. */
export const RecordId = z.string().regex(/^\d{1,20}$/, "A record's number, digits only");

export function gid(type: string, id: string): string {
  if (!/^\d{1,20}$/.test(id))
    throw new InterlockError("connector.rejected", `"${id}" is not a number of a Shopify record`, { field: "id" });
  return `gid://shopify/${type}/${id}`;
}

const GID = /^gid:\/\/shopify\/[A-Za-z]+\/(\d{1,20})(?:\?.*)?$/;
export const digitsOf = (text: string | null): string | null => (text === null ? null : (GID.exec(text)?.[1] ?? null));

/** An id in an answer, as its digits. */
export const Gid = z.string().transform((text, context) => {
  const digits = digitsOf(text);
  if (digits !== null) return digits;
  context.addIssue({ code: "custom", message: "not a Shopify id" });
  return z.NEVER;
});

export function found<T>(record: T | null, what: string): T {
  if (record === null) throw new InterlockError("connector.not_found", `Shopify has no ${what}, or the app may not see it`);
  return record;
}

// ---- the bucket ----

const Cost = z.object({
  requestedQueryCost: z.number(),
  actualQueryCost: z.number().nullish(),
  throttleStatus: z.object({ maximumAvailable: z.number().positive(), currentlyAvailable: z.number(), restoreRate: z.number().positive() }),
});
export type Cost = z.infer<typeof Cost>;

export const costOf = ({ json }: Pick<HttpAnswer, "json">): Cost | null =>
  Cost.safeParse((json as { extensions?: { cost?: unknown } } | null)?.extensions?.cost).data ?? null;

/** The share of the bucket that runs leave free, for whoever else calls with this app: a person who waits in the app's own pages does not wait behind a burst. */
export const KEPT_FREE = 0.3;

/** The smallest plan's bucket until an answer tells of a larger one (https://shopify.dev/docs/apps/build/apis/graphql-admin/rate-limits). */
export const STANDARD_PLAN = { capacity: 2_000 * (1 - KEPT_FREE), perSecond: 100 };

export function usageOf(answer: HttpAnswer): Usage | null {
  const cost = costOf(answer);
  if (!cost) return null;
  const { maximumAvailable, currentlyAvailable, restoreRate } = cost.throttleStatus;
  const free = maximumAvailable * KEPT_FREE;
  return { kind: "bucket", left: Math.max(0, currentlyAvailable - free), capacity: maximumAvailable - free, perSecond: restoreRate };
}

/** Until there is room for this request again; a second where the answer does not say what it would have cost. */
function throttleMs(cost: Cost | null): number {
  if (!cost) return 1_000;
  const { currentlyAvailable, restoreRate } = cost.throttleStatus;
  return Math.max(1, Math.ceil(((cost.requestedQueryCost - currentlyAvailable) / restoreRate) * 1_000));
}

// ---- refusals ----

/** Of `errors`, and of the `userErrors` that have a code. Whatever is not listed is a refusal of this request as it is. */
const CODES: Readonly<Record<string, ErrorCode>> = {
  THROTTLED: "connector.rate_limited",
  ACCESS_DENIED: "connector.unauthorised",
  SHOP_INACTIVE: "connector.unauthorised",
  APP_NOT_AUTHORIZED: "connector.unauthorised",
  INVALID_ACCESS: "connector.unauthorised",
  NO_REFUND_PERMISSION: "connector.unauthorised",
  INTERNAL_SERVER_ERROR: "connector.unavailable",
  INTERNAL_ERROR: "connector.unavailable",
  SERVICE_UNAVAILABLE: "connector.unavailable",
  // The first request with this key is still at work.
  IDEMPOTENCY_CONCURRENT_REQUEST: "connector.unavailable",
  STALE_OBJECT: "connector.conflict",
  INVALID_COMPARE_DIGEST: "connector.conflict",
  CHANGE_FROM_QUANTITY_STALE: "connector.conflict",
  NOT_FOUND: "connector.not_found",
  FULFILLMENT_ORDER_NOT_FOUND: "connector.not_found",
};

/** What a status means here that it does not mean everywhere (https://shopify.dev/docs/api/usage/response-codes). */
const STATUSES: Readonly<Record<number, { readonly code: ErrorCode; readonly says: string }>> = {
  402: { code: "connector.unauthorised", says: "the shop is frozen until its owner pays Shopify's invoice" },
  404: { code: "connector.unauthorised", says: `there is no such shop, or it does not speak version ${API_VERSION}` },
  423: { code: "connector.unauthorised", says: "the shop is locked; Shopify's support says why" },
};

const GraphqlError = z.object({
  message: z.string(),
  extensions: z.object({ code: z.string().optional() }).nullish(),
  path: z.array(z.union([z.string(), z.number()])).nullish(),
});
const UserError = z.object({ message: z.string(), field: z.array(z.string()).nullish(), code: z.string().nullish() });
type UserError = z.infer<typeof UserError>;

const correlation = ({ headers }: HttpAnswer): string => {
  const id = headers.get("x-request-id");
  return id ? ` (request ${id})` : "";
};

/** `{"errors": "text"}` or `{"errors": {"field": ["text"]}}`: what stands before GraphQL says no like this. */
function transportText(json: unknown): string {
  const errors = (json as { errors?: unknown } | null)?.errors;
  if (typeof errors === "string") return errors;
  if (Array.isArray(errors)) return errors.map((error) => GraphqlError.safeParse(error).data?.message ?? "").join("; ");
  return errors === null || typeof errors !== "object" ? "" : JSON.stringify(errors);
}

export function refusalOf(answer: HttpAnswer): Refusal | null {
  const { status, json } = answer;
  if (status > 299) {
    const known = STATUSES[status];
    const said = [transportText(json), known?.says].filter(Boolean).join("; ");
    return { ...(known ? { code: known.code } : {}), ...(said === "" ? {} : { message: said + correlation(answer) }) };
  }
  const { data, errors } = (json ?? {}) as { data?: Record<string, unknown> | null; errors?: unknown };
  return graphqlRefusal(answer, data ?? {}, errors) ?? userRefusal(answer, data ?? {});
}

function graphqlRefusal(answer: HttpAnswer, data: Record<string, unknown>, errors: unknown): Refusal | null {
  const [first, ...others] = z.array(GraphqlError).safeParse(Array.isArray(errors) ? errors : []).data ?? [];
  if (!first) return errors === undefined ? null : { message: `${transportText({ errors })}${correlation(answer)}` };
  const code = first.extensions?.code ?? "";
  const at = first.path ? ` at ${first.path.join(".")}` : "";
  const message = [`${first.message}${at}`, ...others.map((other) => other.message)].join("; ") + correlation(answer);
  if (isPartlyDone(data))
    return { code: "connector.answer_invalid", message: `a part of the request was done, another was not: ${message}` };
  return {
    code: CODES[code] ?? "connector.rejected",
    message: code && !message.includes(code) ? `${code}: ${message}` : message,
    ...(code === "THROTTLED" ? { retryAfterMs: throttleMs(costOf(answer)) } : {}),
  };
}

function userRefusal(answer: HttpAnswer, data: Record<string, unknown>): Refusal | null {
  const errors = Object.values(data).flatMap(userErrorsIn);
  const [first] = errors;
  if (!first) return null;
  const message = errors.map(({ message, code }) => (code ? `${code}: ${message}` : message)).join("; ") + correlation(answer);
  const field = first.field?.join(".");
  const refused = field === undefined ? { message } : { message, field };
  if (isPartlyDone(data)) return { ...refused, code: "connector.answer_invalid", message: `a part of the request was done: ${message}` };
  return { ...refused, code: CODES[first.code ?? ""] ?? "connector.rejected" };
}

/** A mutation's payload has its errors beside its record; orderCancel's are called otherwise. */
function userErrorsIn(payload: unknown): UserError[] {
  if (typeof payload !== "object" || payload === null) return [];
  const { userErrors, orderCancelUserErrors } = payload as Record<string, unknown>;
  return [userErrors, orderCancelUserErrors].flatMap((list) => z.array(UserError).safeParse(list).data ?? []);
}

/** Mutations of one request are done one after another, and none takes back the one before. */
const isPartlyDone = (data: Record<string, unknown>): boolean =>
  Object.values(data).some(
    (payload) => typeof payload === "object" && payload !== null && "userErrors" in payload && userErrorsIn(payload).length === 0,
  );
