// Does a certified threshold keep its promise? From labelled and answered records, many draws: a threshold is certified on each draw, and then measured on the records that
// were not drawn. Beside it the threshold that one would pick by looking at the counted errors. Pure: the same seed gives the same draws. It proves nothing about a workflow;
// it shows what the two ways of choosing are worth on these records.
import type { Scored } from "./acceptance.ts";
import { certifyThreshold, observedThreshold } from "./certify.ts";

export interface PromiseTerms {
  readonly limit: number;
  readonly confidence: number;
  readonly draws: number;
  /** Records of a draw; the others are the rest that it is measured on. */
  readonly size: number;
  readonly seed?: number;
}

export interface Kept {
  /** Draws in which there was a threshold at all. */
  readonly chosen: number;
  /** Of all draws, those in which more than the limit of the rest above the threshold is wrong. */
  readonly broken: number;
  /** Means over the draws with a threshold, measured on the rest: accepted of all, wrong of the accepted. */
  readonly share: number;
  readonly rate: number;
}

export interface PromiseOutcome extends PromiseTerms {
  readonly records: number;
  readonly certified: Kept;
  readonly observed: Kept;
}

/** The rest must be large against the draw, or its own chance is what is measured. */
const LEAST_REST = 2;

export function simulatePromise(records: readonly Scored[], terms: PromiseTerms): PromiseOutcome {
  const { limit, confidence, draws, size, seed = 1 } = terms;
  if (records.length < size * (1 + LEAST_REST))
    throw new RangeError(
      `${records.length} answered records are too few for draws of ${size}: the rest must be at least ${LEAST_REST * size}, so ${size * (1 + LEAST_REST)} are needed`,
    );
  const random = sequence(seed);
  const order = Array.from(records.keys());
  const certified = new Tally();
  const observed = new Tally();
  for (let draw = 0; draw < draws; draw++) {
    // The first `size` places of a Fisher-Yates shuffle.
    for (let place = 0; place < size; place++) {
      const other = place + Math.floor(random() * (order.length - place));
      [order[place], order[other]] = [order[other] as number, order[place] as number];
    }
    const drawn = order.slice(0, size).map((index) => records[index] as Scored);
    const rest = order.slice(size).map((index) => records[index] as Scored);
    const proof = certifyThreshold(drawn, limit, confidence);
    certified.add(proof.kind === "certified" ? proof.certified.threshold : null, rest, limit);
    observed.add(observedThreshold(drawn, limit)?.threshold ?? null, rest, limit);
  }
  return { ...terms, records: records.length, certified: certified.kept(), observed: observed.kept() };
}

class Tally {
  #chosen = 0;
  #broken = 0;
  #share = 0;
  #rate = 0;

  add(threshold: number | null, rest: readonly Scored[], limit: number): void {
    if (threshold === null) return;
    const accepted = rest.filter(({ score }) => score >= threshold);
    const wrong = accepted.filter(({ correct }) => !correct).length;
    const rate = accepted.length === 0 ? 0 : wrong / accepted.length;
    this.#chosen++;
    if (rate > limit) this.#broken++;
    this.#share += accepted.length / rest.length;
    this.#rate += rate;
  }

  kept(): Kept {
    const mean = (sum: number) => (this.#chosen === 0 ? 0 : sum / this.#chosen);
    return { chosen: this.#chosen, broken: this.#broken, share: mean(this.#share), rate: mean(this.#rate) };
  }
}

/** Mulberry32: numbers in 0..1 from a seed. */
function sequence(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
