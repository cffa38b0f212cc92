// What went wrong with a model call, as one of the codes that the engine can act on.
// It must not look at error classes (identity is lost across bundles and RPC), and it never repeats what the record said, the key, or a text that is not the provider's
// own error: a parser's message quotes what it read.
// Sequence: no status -> the connection; a status -> the table of HTTP meanings; how long to wait, where the provider said so; the capability to switch off, where one is named.
import { CAPABILITY_OF_PARAMETER } from "../capabilities.ts";
import type { ModelFailure } from "../model.ts";

const LONGEST_MESSAGE = 300;
/** As for connectors (connectors/http.ts): a longer pause is not believed. */
const LONGEST_WAIT_MS = 15 * 60_000;
/** Anthropic's "overloaded": all its customers together ask too much. */
const OVERLOADED = 529;
const NO_MONEY = new Set(["insufficient_quota", "billing_error", "billing_hard_limit_reached"]);

/** The call that failed. `input`: the record's values as they were sent; no part of them is repeated. `secrets`: neither are these. */
export interface Called {
  readonly provider: string;
  readonly modelId: string;
  readonly secrets: readonly string[];
  readonly input: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly now: number;
}

/** `error` is whatever the SDK threw: an object with status, code and headers when the provider answered. */
export function failureOf(error: unknown, called: Called): ModelFailure {
  const thrown = factsOf(error);
  const { provider } = called;
  if (thrown.status === undefined) return { code: "model.unavailable", message: unanswered(thrown, called) };
  const { status } = thrown;
  const said = withoutRecord(thrown.said, called);
  const message = cut(`${provider} answered ${status}${said === "" ? "" : `: ${said}`}`);
  const wait = waiting(thrown, called.now);
  if (thrown.code === "model.not_trained") return { code: "model.not_trained", message };
  if (status === 402 || (thrown.code !== undefined && NO_MONEY.has(thrown.code)))
    return { code: "model.unauthorised", message: cut(`${message}. Look at the account's billing`) };
  if (status === 401 || status === 403) return { code: "model.unauthorised", message: cut(`${message}. The key is refused`) };
  if (status === 429) return { code: "model.rate_limited", message, ...wait };
  if (status === 408 || status === OVERLOADED || status >= 500) return { code: "model.unavailable", message, ...wait };
  if (thrown.code === "content_filter" || thrown.code === "model.refused") return { code: "model.refused", message };
  if (status >= 300 && status < 400)
    return { code: "model.rejected", message: `${provider} answered ${status}: it redirects, and redirects are not followed` };
  if (status === 404)
    return { code: "model.rejected", message: cut(`${message}. Is there a model ${called.modelId}, and is its address right?`) };
  const hint = status === 400 || status === 422 ? capabilityHint(thrown, called.modelId) : "";
  return { code: "model.rejected", message: `${cut(message)}${hint}` };
}

export function invalidOutput(message: string): ModelFailure {
  return { code: "model.invalid_output", message: cut(message) };
}

/** An answer with status 200 that is none: a gateway's page, an empty body, a stream. Asking the model to repair it would help nothing. */
export const noAnswer = (provider: string, what: string): ModelFailure => ({
  code: "model.unavailable",
  message: `${provider} answered 200 with ${what}`,
});

interface Thrown {
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly param: string | undefined;
  /** The provider's own words; "" where its answer is not in the shape of an error. */
  readonly said: string;
  readonly headers: Headers | undefined;
  /** Google's google.rpc.RetryInfo. */
  readonly retryDelay: string | undefined;
  readonly name: string;
  readonly cause: unknown;
}

function factsOf(error: unknown): Thrown {
  const thrown = objectOf(error);
  const body = objectOf(thrown.error);
  // Anthropic's whole body is the SDK's error; OpenAI's is what stands in it.
  const inner = objectOf(typeof body.error === "object" ? body.error : body);
  return {
    status: typeof thrown.status === "number" ? thrown.status : undefined,
    code: textOf(thrown.code) ?? textOf(inner.code) ?? textOf(inner.type),
    param: textOf(thrown.param) ?? textOf(inner.param),
    said: textOf(inner.message) ?? "",
    headers: thrown.headers instanceof Headers ? thrown.headers : undefined,
    retryDelay: retryDelayOf(inner.details),
    name: `${textOf(thrown.name) ?? ""} ${objectOf(error).constructor?.name ?? ""}`,
    cause: thrown.cause,
  };
}

function unanswered({ name, cause }: Thrown, { provider, timeoutMs }: Called): string {
  if (/timeout/i.test(name) || /timeout|abort/i.test(textOf(objectOf(cause).name) ?? ""))
    return `${provider} timed out: no answer within ${timeoutMs / 1000} s`;
  if (/syntax/i.test(name)) return `${provider} answered 200 with something that is not JSON`;
  const found = textOf(objectOf(objectOf(cause).cause).code) ?? textOf(objectOf(cause).code);
  return `${provider} could not be reached${found !== undefined && /^[A-Z0-9_]+$/.test(found) ? ` (${found})` : ""}`;
}

/** "…Unsupported parameter: 'temperature'…" names the capability that the deployment has to switch off. */
function capabilityHint({ param, said }: Thrown, modelId: string): string {
  const named = Object.entries(CAPABILITY_OF_PARAMETER).find(
    ([parameter]) => param?.split(".")[0] === parameter || new RegExp(`\\b${parameter}\\b`, "i").test(said),
  );
  return named === undefined ? "" : `. If ${modelId} does not take it, set capabilities: { ${named[1].off} } in src/config.ts`;
}

// ---- how long to wait ----

/** Milliseconds (OpenAI, Azure), seconds or a date (RFC 9110), Google's RetryInfo in the body; else the reset of a limit that is used up. */
function waiting({ headers, retryDelay }: Thrown, now: number): { retryAfterMs?: number } {
  const header = headers?.get("retry-after")?.trim();
  const found =
    number(headers?.get("retry-after-ms")) ??
    scaled(number(header)) ??
    dateAfter(header, now) ??
    durationMs(retryDelay) ??
    resetMs(headers, now);
  return found === undefined ? {} : { retryAfterMs: Math.min(Math.ceil(found), LONGEST_WAIT_MS) };
}

const RESETS = [
  ["x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"],
  ["x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"],
  ["anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset"],
  ["anthropic-ratelimit-tokens-remaining", "anthropic-ratelimit-tokens-reset"],
] as const;

function resetMs(headers: Headers | undefined, now: number): number | undefined {
  const waits = RESETS.flatMap(([remaining, reset]) => {
    if (headers?.get(remaining)?.trim() !== "0") return [];
    const value = headers.get(reset)?.trim();
    return [durationMs(value) ?? dateAfter(value, now)].filter((wait) => wait !== undefined);
  });
  return waits.length === 0 ? undefined : Math.max(...waits);
}

const scaled = (seconds: number | undefined): number | undefined => (seconds === undefined ? undefined : seconds * 1000);

/** Date.parse alone takes almost any text for a date. */
const DATE = /^(?:[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT|\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:\d{2}))$/;

function dateAfter(text: string | undefined, now: number): number | undefined {
  return text !== undefined && DATE.test(text) ? Math.max(0, Date.parse(text) - now) : undefined;
}

const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** "6m0s", "1.5s", "20ms". */
function durationMs(text: string | undefined): number | undefined {
  if (text === undefined || !/^(?:\d+(?:\.\d+)?(?:ms|h|m|s))+$/.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|h|m|s)/g)) total += Number(amount) * (UNITS[unit ?? ""] ?? 0);
  return total;
}

function retryDelayOf(details: unknown): string | undefined {
  if (!Array.isArray(details)) return undefined;
  return details.map((detail) => textOf(objectOf(detail).retryDelay)).find((delay) => delay !== undefined);
}

function number(text: string | null | undefined): number | undefined {
  return text && /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : undefined;
}

// ---- what may be repeated ----

/** So many characters in a row are no coincidence; a shorter value of the record is looked for as a whole. */
const QUOTE = 12;
const SHORTEST_VALUE = 4;

/** The provider's words without the key and without what they quote of the record. */
function withoutRecord(said: string, { secrets, input }: Called): string {
  let text = said
    .replace(/\p{Co}/gu, "")
    .replace(/\s+/g, " ")
    .trim()
    .slice(0, 2 * LONGEST_MESSAGE);
  for (const secret of secrets) if (secret.length > 0) text = text.replaceAll(secret, "[key]");
  const hidden = new Array<boolean>(text.length).fill(false);
  const small = text.toLowerCase();
  const hide = (from: number, length: number) => hidden.fill(true, from, from + length);
  for (const value of Object.values(input)) {
    const record = value.replace(/\s+/g, " ").trim().toLowerCase();
    if (record.length >= SHORTEST_VALUE && record.length < QUOTE)
      for (let at = small.indexOf(record); at >= 0; at = small.indexOf(record, at + 1)) hide(at, record.length);
    for (let at = 0; at + QUOTE <= small.length; at++) if (record.includes(small.slice(at, at + QUOTE))) hide(at, QUOTE);
  }
  let out = "";
  for (let at = 0; at < text.length; at++) out += !hidden[at] ? text[at] : hidden[at - 1] ? "" : "[record]";
  return out;
}

const cut = (message: string): string => message.slice(0, LONGEST_MESSAGE);

const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

const objectOf = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
