// What stands before every call: the API key as the user of a Basic header, and the account's calls of this minute, told in the headers of every answer.
import type { MiddlewareHandler } from "hono";
import { RateWindow } from "../rate-window.ts";
import { API_KEY } from "./account.ts";
import { limited, unauthenticated } from "./answer.ts";
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
    const { perMinute, spent } = store.settings;
    const take = () => window.take(Math.max(0, perMinute - spent), store.world.now());
    let taken = take();
    for (let more = 1; more < cost; more++) taken = take();
    const headers = {
      "x-ratelimit-total": String(perMinute),
      "x-ratelimit-remaining": String(taken.remaining),
      "x-ratelimit-used-currentrequest": String(cost),
    };
    if (!taken.allowed) throw limited(taken.reset, headers);
    if (!hasKey(c.req.header("authorization"))) throw unauthenticated();
    await next();
    for (const [name, value] of Object.entries(headers)) c.res.headers.set(name, value);
  };
}
