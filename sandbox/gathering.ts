// Lets the writes of requests that arrive together share one commit. A request that is not alone waits, its body read, for the next tick;
// all that wait go on in the same turn, one after the other, and SQLite commits once for the turn. No answer leaves before that commit.
// It orders nothing: within the turn, a request's check and its write still cannot be parted. A request that is alone does not wait.
import type { MiddlewareHandler } from "hono";

export class Gathering {
  #present = 0;
  #waiting: Promise<void> | null = null;

  async through(ready: () => Promise<unknown>, work: () => Promise<void>): Promise<void> {
    this.#present += 1;
    try {
      await ready();
      if (this.#present > 1) await this.#nextTick();
      await work();
    } finally {
      this.#present -= 1;
    }
  }

  #nextTick(): Promise<void> {
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
  return (c, next) => {
    if (c.req.method === "GET") return next();
    return gathering.through(() => c.req.text(), next);
  };
}
