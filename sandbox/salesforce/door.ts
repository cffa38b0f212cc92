// What stands before every REST resource: the session, and the org's calls of a day. Errors are a list of {message, errorCode}, as the vendor answers them.
import type { Context, MiddlewareHandler } from "hono";
import type { DoorWords } from "../stand-in.ts";
import type { Org } from "./org.ts";

export interface DoorVariables {
  Variables: { actor: string };
}

export const problem = (errorCode: string, message: string, fields?: readonly string[]): object[] => [
  { message, errorCode, ...(fields ? { fields } : {}) },
];

export function door(org: Org): MiddlewareHandler<DoorVariables> {
  return async (c, next) => {
    const token = /^Bearer (.+)$/.exec(c.req.header("authorization") ?? "")?.[1] ?? "";
    const actor = org.holder(token);
    // Turned away before it counts.
    if (actor === null) return c.json(ENDED, 401);
    c.set("actor", actor);
    const { used, limit, allowed } = org.call();
    if (allowed) await next();
    else c.res = limited(c);
    c.res.headers.set("sforce-limit-info", `api-usage=${used}/${limit}`);
    c.res.headers.set("date", new Date(org.world.now()).toUTCString());
  };
}

const ENDED = problem("INVALID_SESSION_ID", "Session expired or invalid");
const LIMITED = problem("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.");

const limited = (c: Context): Response => c.json(LIMITED, 403);

/** A limit is a 403 here, and names no time. */
export const salesforceWords: DoorWords = (status) => {
  switch (status) {
    case 401:
      return { status, body: ENDED };
    case 429:
      return { status: 403, body: LIMITED };
    case 500:
      return {
        status,
        body: problem("UNKNOWN_EXCEPTION", "An unexpected error occurred. Please include this ErrorId if you contact support: 1-1"),
      };
  }
};
