// What stands before every REST resource: the session, and the org's calls of a day. Errors are a list of {message, errorCode}, as the vendor answers them.
import type { Context, MiddlewareHandler } from "hono";
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
    if (actor === null) return c.json(problem("INVALID_SESSION_ID", "Session expired or invalid"), 401);
    c.set("actor", actor);
    const { used, limit, allowed } = org.call();
    if (allowed) await next();
    else c.res = limited(c);
    c.res.headers.set("sforce-limit-info", `api-usage=${used}/${limit}`);
    c.res.headers.set("date", new Date(org.world.now()).toUTCString());
  };
}

const limited = (c: Context): Response => c.json(problem("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."), 403);
