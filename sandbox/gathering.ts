// Lets the writes of requests that arrive together share one commit. Each request reads its body, then waits here for the next tick; all
// that wait go on in the same turn, one after the other, and SQLite commits once for the turn. No answer leaves before that commit.
// It orders nothing: within the turn, a request's check and its write still cannot be parted.
import type { MiddlewareHandler } from "hono";

export class Gathering {
  #waiting: Promise<void> | null = null;

  join(): Promise<void> {
    this.#waiting ??= new Promise((resolve) => {
      setTimeout(() => {
        this.#waiting = null;
        resolve();
      }, 0);
    });
    return this.#waiting;
  }
}

export function gather(gathering: Gathering): MiddlewareHandler {
  return async (c, next) => {
    if (c.req.method !== "GET") {
      await c.req.text();
      await gathering.join();
    }
    return next();
  };
}
