// The clock of a simulated machine: nothing waits, everything that is to happen later stands in one list, and of what is due in one moment any may be first.
// While it is installed, the shell's own Date.now, setTimeout and Math.random are this clock and the schedule's dice.
import type { Random } from "../random.ts";

interface Happening {
  readonly at: number;
  readonly act: () => unknown;
}

const macrotask = setImmediate;
/** Real turns of the event loop after each happening: a body that is read takes more than microtasks. */
const TURNS = 2;

export class VirtualTime {
  now: number;
  readonly #random: Random;
  readonly #due = new Map<number, Happening>();
  #last = 0;

  constructor(now: number, random: Random) {
    this.now = now;
    this.#random = random;
  }

  later(ms: number, act: () => unknown): number {
    this.#due.set(++this.#last, { at: this.now + Math.max(0, ms), act });
    return this.#last;
  }

  drop(id: number): void {
    this.#due.delete(id);
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.later(ms, resolve));
  }

  /** Lets the next thing happen and everything that follows from it at once; false when nothing is left to happen before `until`. */
  async step(until: number): Promise<boolean> {
    let at = Number.POSITIVE_INFINITY;
    let first: number[] = [];
    for (const [id, happening] of this.#due) {
      if (happening.at > at) continue;
      if (happening.at < at) first = [];
      at = happening.at;
      first.push(id);
    }
    if (first.length === 0 || at > until) {
      await this.#turns();
      return false;
    }
    const id = first.length === 1 ? (first[0] as number) : this.#random.pick(first);
    const { act } = this.#due.get(id) as Happening;
    this.#due.delete(id);
    this.now = Math.max(this.now, at);
    act();
    await this.#turns();
    return true;
  }

  async #turns(): Promise<void> {
    for (let turn = 0; turn < TURNS; turn++) await new Promise<void>((resolve) => macrotask(resolve));
  }

  /** Puts this clock, these dice and this network in the place of the real ones; the answer takes them back out. */
  install(network: typeof fetch): () => void {
    const real = {
      now: Date.now,
      random: Math.random,
      setTimeout: globalThis.setTimeout,
      clearTimeout: globalThis.clearTimeout,
      fetch: globalThis.fetch,
      error: console.error,
    };
    Date.now = () => this.now;
    Math.random = () => this.#random.next();
    globalThis.setTimeout = ((act: () => void, ms = 0) => this.later(ms, act)) as unknown as typeof setTimeout;
    globalThis.clearTimeout = ((id: number) => this.drop(id)) as typeof clearTimeout;
    globalThis.fetch = network;
    // What the shell reports of broken passes and lost commits is what the schedule has made.
    console.error = () => {};
    return () => {
      Date.now = real.now;
      Math.random = real.random;
      globalThis.setTimeout = real.setTimeout;
      globalThis.clearTimeout = real.clearTimeout;
      globalThis.fetch = real.fetch;
      console.error = real.error;
    };
  }
}
