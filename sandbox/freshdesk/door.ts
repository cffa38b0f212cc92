// What stands before every call: the API key as the user of a Basic header, and the account's calls of this minute, told in the headers of every answer.
import type { MiddlewareHandler } from "hono";
import { RateWindow } from "../rate-window.ts";
import { API_KEY } from "./account.ts";
import { Refused, unauthenticated } from "./answer.ts";
import type { Store } from "./store.ts";

function hasKey(authorization: string | undefined): boolean {
  const [scheme, credentials = ""] = (authorization ?? "").split(" ");
  return scheme === "Basic" && atob(credentials).split(":")[0] === API_KEY;
}

export function door(store: Store): MiddlewareHandler {
  const window = new RateWindow();
  return async (c, next) => {
    // A call that is turned away counts as well. Each `include` is one more.
    const cost = c.req.query("include") === undefined ? 1 : 2;
    let taken = window.take(store.settings.perMinute, store.world.now());
    for (let more = 1; more < cost; more++) taken = window.take(store.settings.perMinute, store.world.now());
    const headers = {
      "x-ratelimit-total": String(taken.limit),
      "x-ratelimit-remaining": String(taken.remaining),
      "x-ratelimit-used-currentrequest": String(cost),
    };
    if (!taken.allowed)
      throw new Refused(
        429,
        { message: "You have exceeded the limit of requests per minute" },
        { ...headers, "retry-after": String(taken.reset) },
      );
    if (!hasKey(c.req.header("authorization"))) throw unauthenticated();
    await next();
    for (const [name, value] of Object.entries(headers)) c.res.headers.set(name, value);
  };
}
