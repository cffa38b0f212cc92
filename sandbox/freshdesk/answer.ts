// How Freshdesk says no: a code and a message at its door, a list of fields for what is not valid, and nothing at all for what is not there.
import type { DoorWords } from "../stand-in.ts";

interface Problem {
  field: string;
  message: string;
  code: string;
}

export class Refused extends Error {
  readonly status: 400 | 401 | 403 | 404 | 405 | 429;
  /** Null: the answer is empty. */
  readonly body: object | null;
  readonly headers: Record<string, string>;

  constructor(status: Refused["status"], body: object | null, headers: Record<string, string> = {}) {
    super(`Freshdesk answers ${status}`);
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

export const notFound = (): Refused => new Refused(404, null);

export const invalid = (errors: readonly Problem[]): Refused => new Refused(400, { description: "Validation failed", errors });

export const unauthenticated = (): Refused =>
  new Refused(401, { code: "invalid_credentials", message: "You have to be logged in to perform this action." });

export const forbidden = (): Refused =>
  new Refused(403, { code: "access_denied", message: "You are not authorized to perform this action." });

const LIMITED = { message: "You have exceeded the limit of requests per minute" };

export const limited = (seconds: number, headers: Record<string, string> = {}): Refused =>
  new Refused(429, LIMITED, { ...headers, "retry-after": String(seconds) });

/** What a failure of its own looks like Freshdesk does not publish. */
export const freshdeskWords: DoorWords = (status, seconds) => {
  if (status === 500) return { status, body: null };
  const { body, headers } = status === 401 ? unauthenticated() : limited(seconds);
  return { status, body, headers };
};
