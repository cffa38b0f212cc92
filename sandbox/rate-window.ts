// A limit per minute, counted in fixed windows as the vendors' headers describe it. In memory only: a restart forgives.

export interface Taken {
  allowed: boolean;
  limit: number;
  remaining: number;
  /** Seconds until the window ends, at least 1. */
  reset: number;
}

const WINDOW_MS = 60_000;

export class RateWindow {
  #window = 0;
  #used = 0;

  take(limit: number, now: number): Taken {
    const window = Math.floor(now / WINDOW_MS);
    if (window !== this.#window) {
      this.#window = window;
      this.#used = 0;
    }
    const reset = Math.max(1, Math.ceil(((window + 1) * WINDOW_MS - now) / 1000));
    if (this.#used >= limit) return { allowed: false, limit, remaining: 0, reset };
    this.#used += 1;
    return { allowed: true, limit, remaining: limit - this.#used, reset };
  }
}
