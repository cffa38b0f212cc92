// How HubSpot says no: one shape of body for all, with a number by which its support finds the request.
import type { DoorWords } from "../stand-in.ts";

let refusals = 0;

/** Counted and not drawn: two runs of a test read the same. */
const correlationId = (): string => `00000000-0000-4000-8000-${String(++refusals).padStart(12, "0")}`;

export class Refused extends Error {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly headers: Record<string, string>;

  constructor(status: number, category: string, message: string, more: Record<string, unknown> = {}, headers: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.body = { status: "error", message, correlationId: correlationId(), category, ...more };
    this.headers = headers;
  }
}

export const notFound = (what = "resource not found"): Refused => new Refused(404, "OBJECT_NOT_FOUND", what);

/** One property's value that cannot be: in the message as JSON, as HubSpot writes it. */
export function invalidProperty(name: string, error: string, message: string): Refused {
  const quoted = JSON.stringify([{ isValid: false, message, error, name }]);
  return new Refused(400, "VALIDATION_ERROR", `Property values were not valid: ${quoted}`);
}

export const invalid = (message: string): Refused => new Refused(400, "VALIDATION_ERROR", message);

export const unauthenticated = (): Refused =>
  new Refused(401, "INVALID_AUTHENTICATION", "Authentication credentials not found. This API supports OAuth 2.0 authentication");

export const limited = (policyName: string, message: string, headers: Record<string, string> = {}): Refused =>
  new Refused(429, "RATE_LIMITS", message, { errorType: "RATE_LIMIT", policyName }, headers);

/** HubSpot names no time: the policy does. */
export const hubspotWords: DoorWords = (status) => {
  const refused =
    status === 401
      ? unauthenticated()
      : status === 429
        ? limited("TEN_SECONDLY_ROLLING", "You have reached your ten_secondly_rolling limit.")
        : new Refused(500, "INTERNAL_ERROR", "internal error");
  return { status, body: refused.body };
};
