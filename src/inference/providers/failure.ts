// What went wrong with a model call, as one of six codes that the engine can act on.
// It must not look at error classes (identity is lost across bundles and RPC) and never repeats what the record said or the API key.
// Sequence: no status -> the connection; a status -> the table of HTTP meanings; Retry-After where the provider gave one.
import type { ModelFailure } from "../model.ts";

const LONGEST_MESSAGE = 300;

/** `error` is whatever the SDK threw: an object with status, code and headers when the provider answered. */
export function failureOf(error: unknown, secret: string, now: number): ModelFailure {
  const { status, code, headers, message } = facts(error);
  const text = short(message, secret);
  if (status === undefined || status >= 500 || status === 408)
    return { code: "model.unavailable", message: text, ...waiting(headers, now) };
  if (status === 429) return { code: "model.rate_limited", message: text, ...waiting(headers, now) };
  if (code === "model.not_trained") return { code: "model.not_trained", message: text };
  if (code === "content_filter" || code === "model.refused") return { code: "model.refused", message: text };
  return { code: "model.rejected", message: text };
}

export function invalidOutput(message: string): ModelFailure {
  return { code: "model.invalid_output", message: message.slice(0, LONGEST_MESSAGE) };
}

function facts(error: unknown) {
  const thrown = (typeof error === "object" && error !== null ? error : {}) as Record<string, unknown>;
  return {
    status: typeof thrown.status === "number" ? thrown.status : undefined,
    code: typeof thrown.code === "string" ? thrown.code : undefined,
    headers: thrown.headers instanceof Headers ? thrown.headers : undefined,
    message: typeof thrown.message === "string" ? thrown.message : "the model call failed",
  };
}

function short(message: string, secret: string): string {
  const safe = secret.length > 0 ? message.replaceAll(secret, "[key]") : message;
  return safe.slice(0, LONGEST_MESSAGE);
}

/** Retry-After is seconds or a date; the millisecond form is what OpenAI sends beside it. */
function waiting(headers: Headers | undefined, now: number): { retryAfterMs?: number } {
  const exact = number(headers?.get("retry-after-ms"));
  if (exact !== undefined) return { retryAfterMs: exact };
  const header = headers?.get("retry-after");
  const seconds = number(header);
  if (seconds !== undefined) return { retryAfterMs: Math.ceil(seconds * 1000) };
  const date = header ? Date.parse(header) : Number.NaN;
  return Number.isNaN(date) ? {} : { retryAfterMs: Math.max(0, date - now) };
}

function number(text: string | null | undefined): number | undefined {
  return text && /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : undefined;
}
