// What stands before every Zendesk resource: who is calling, the account's rate limit, and the count of write requests.
// Basic "email/token:apitoken" acts as that user, so that a test can let a person change a ticket; a bearer token acts as Interlock.
import type { Context, MiddlewareHandler } from "hono";
import { RateWindow } from "../rate-window.ts";
import type { DoorStatus } from "../stand-in.ts";
import type { World } from "../world.ts";
import { API_USER } from "./directory.ts";

export interface ZendeskVariables {
  Variables: { actor: number };
}

const WRITES = /^\/tickets\/(\d+)(\/|$)/;

/** The counter of an actor's writes to one ticket. Interlock's own carries no name: it is the one that tests compare. */
export function ticketCounter(ticketId: number | string, actor: number): string {
  return actor === API_USER ? `ticket:${ticketId}` : `ticket:${ticketId} by ${actor}`;
}

function identify(world: World, authorization: string | undefined): number | null {
  const [scheme, credentials = ""] = (authorization ?? "").split(" ");
  if (scheme === "Bearer") return credentials === world.env.ZENDESK_API_TOKEN ? API_USER : null;
  if (scheme !== "Basic") return null;
  const pair = /^(.+)\/token:(.+)$/.exec(Buffer.from(credentials, "base64").toString());
  if (!pair || pair[2] !== world.env.ZENDESK_API_TOKEN) return null;
  const person = world.people.withEmail(pair[1] ?? "");
  return person && person.role !== "end-user" ? person.id : null;
}

/** Counted on arrival, before a fault can swallow the request: "asked to write" must not depend on what came of it. */
export function countWrites(world: World, mount: string): MiddlewareHandler {
  return async (c, next) => {
    if (c.req.method !== "GET") {
      const ticket = WRITES.exec(c.req.path.slice(mount.length))?.[1];
      const actor = identify(world, c.req.header("authorization")) ?? API_USER;
      if (ticket) world.counters.requested(ticketCounter(ticket, actor));
      else if (c.req.method === "POST") world.counters.requested("tickets");
    }
    return next();
  };
}

export function door(world: World): MiddlewareHandler<ZendeskVariables> {
  const window = new RateWindow();
  return async (c, next) => {
    const actor = identify(world, c.req.header("authorization"));
    if (actor === null) return c.json({ error: "Couldn't authenticate you" }, 401);
    c.set("actor", actor);
    const { zendesk_rate_limit: limit, zendesk_spent } = world.settings.value;
    const taken = window.take(Math.max(0, limit - zendesk_spent), Date.now());
    if (taken.allowed) await next();
    else c.res = limited(c, taken.reset);
    const { headers } = c.res;
    headers.set("x-rate-limit", String(limit));
    headers.set("x-rate-limit-remaining", String(taken.remaining));
    headers.set("ratelimit-limit", String(limit));
    headers.set("ratelimit-remaining", String(taken.remaining));
    headers.set("ratelimit-reset", String(taken.reset));
  };
}

const LIMITED = { error: "APIRateLimitExceeded", description: "Number of allowed API requests per minute exceeded" };

const limited = (c: Context, reset: number): Response => c.json(LIMITED, 429, { "retry-after": String(reset) });

/** For faults that are planted. A limit that a write meets is the ticket's own, and says so. */
export function zendeskRefusal(c: Context, status: DoorStatus | 529, retryAfter: number): Response {
  switch (status) {
    case 401:
      return c.json({ error: "Couldn't authenticate you" }, 401);
    case 429:
      if (c.req.method === "PUT") c.header("zendesk-ratelimit-tickets-update", `total=100; remaining=0; resets=${retryAfter}`);
      return limited(c, retryAfter);
    default:
      return c.json({ error: "InternalError", description: "The server could not finish this request" }, 500);
  }
}
