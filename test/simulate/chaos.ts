// Which fault strikes where. A schedule has a budget of faults; when it is spent nothing fails any more, and every run must come to its end.
import { createRandom, type Random } from "./random.ts";

/** Per place, what can happen there. `stop`: the process ends. `overtaken`: it stalls, another takes the run over, and then it goes on. */
const AT = {
  "before write": ["stop before write", "journal failed before", "overtaken"],
  "after write": ["stop after write", "journal failed after"],
  "before request": ["stop before request", "record edited"],
  "after request": ["stop after request", "overtaken"],
  read: ["lost before", "lost after", "500 before", "429", "503", "hang before", "401", "not JSON"],
  send: [
    "lost before",
    "lost after",
    "arrives late",
    "500 before",
    "500 after",
    "429",
    "503",
    "hang before",
    "hang after",
    "401",
    "refused",
    "not JSON",
  ],
  "between passes": ["record edited", "clock jumps", "delivered again"],
} as const;

export type Place = keyof typeof AT;
export type Fault = (typeof AT)[Place][number];
export const FAULTS: readonly Fault[] = [...new Set(Object.values(AT).flat())];

const RATE: Readonly<Record<Place, number>> = {
  "before write": 0.05,
  "after write": 0.05,
  "before request": 0.04,
  "after request": 0.04,
  read: 0.02,
  send: 0.25,
  "between passes": 0.06,
};

/** Occasions after which the first fault strikes for certain. */
const SPARED = 8;

export class Chaos<P extends string = Place, F extends string = Fault> {
  readonly struck: F[] = [];
  /** None is to strike: how a schedule goes that nothing disturbs. */
  readonly quiet: boolean;
  readonly #random: Random;
  /** Dice of its own, so that a schedule that has had its faults is thrown no otherwise for it. */
  readonly #late: Random;
  readonly #at: Readonly<Record<P, readonly F[]>>;
  readonly #rate: Readonly<Record<P, number>>;
  #budget: number;
  #spared = 0;

  constructor(random: Random, at: Readonly<Record<P, readonly F[]>>, rate: Readonly<Record<P, number>>, budget: number) {
    this.#random = random;
    this.#at = at;
    this.#rate = rate;
    this.#budget = budget;
    this.quiet = budget === 0;
    this.#late = createRandom(budget);
  }

  /** At most one fault, of those in `allowed` where that is given. */
  strike(place: P, allowed?: (fault: F) => boolean): F | null {
    if (this.#budget === 0) return null;
    const strikes = this.#random.chance(this.#rate[place]);
    // A schedule must not pass for one with faults because it ended before any struck.
    const late = !strikes && this.struck.length === 0 && ++this.#spared > SPARED;
    if (!strikes && !late) return null;
    const fault = (strikes ? this.#random : this.#late).pick<F>(this.#at[place]);
    if (allowed && !allowed(fault)) return null;
    this.#budget--;
    this.struck.push(fault);
    return fault;
  }

  /** From now on nothing fails any more. */
  end(): void {
    this.#budget = 0;
  }
}

/** The faults of one run's process, journal and requests. */
export const createChaos = (random: Random): Chaos =>
  new Chaos<Place, Fault>(random, AT, RATE, random.chance(0.05) ? 0 : 1 + random.int(9));
