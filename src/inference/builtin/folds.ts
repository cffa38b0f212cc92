// Which texts are left out together when a model is measured: every class dealt evenly over the folds, in an order drawn from a seed.
// It must not use chance: the same classes and seed give the same folds.

export function foldsOf(classes: readonly number[], { folds, seed }: { readonly folds: number; readonly seed: number }): Uint8Array {
  const random = sequence(seed);
  const dealt = classes.map((own, index) => ({ own, index, at: random() })).sort((a, b) => a.own - b.own || a.at - b.at);
  const foldOf = new Uint8Array(classes.length);
  dealt.forEach(({ index }, turn) => {
    foldOf[index] = turn % folds;
  });
  return foldOf;
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
