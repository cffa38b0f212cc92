// The rising step curve that fits outcomes best, in least squares: scores into probabilities without assuming a shape (pool adjacent violators).
// For display. It needs about 1000 labels: with fewer it follows chance.
// Source: R. Barlow and others, "Statistical Inference under Order Restrictions" (1972); ties in x are one weighted point, as scikit-learn has it.

export interface WeightedPoint {
  readonly x: number;
  readonly y: number;
  /** Above 0; 1 unless given. */
  readonly weight?: number;
}

/** A curve's corners, x rising and y never falling. */
export interface Knot {
  readonly x: number;
  readonly y: number;
}

/** One knot for each x that occurs. No points: no knots. */
export function fitIsotonic(points: readonly WeightedPoint[]): Knot[] {
  const blocks: { xs: number[]; y: number; weight: number }[] = [];
  for (const { x, y, weight } of withoutTies(points)) {
    let block = { xs: [x], y, weight };
    for (let last = blocks.at(-1); last && last.y >= block.y; last = blocks.at(-1)) {
      blocks.pop();
      block = pooled(last, block);
    }
    blocks.push(block);
  }
  return blocks.flatMap(({ xs, y }) => xs.map((x) => ({ x, y })));
}

/** The curve at x: straight between knots, level outside them. Throws RangeError without knots. */
export function isotonicAt(knots: readonly Knot[], x: number): number {
  const next = knots.findIndex((knot) => knot.x >= x);
  const right = knots.at(next);
  if (!right) throw new RangeError("the isotonic curve has no knots: fit it to at least one record");
  const left = knots[next - 1];
  if (next === -1 || !left || right.x === x) return right.y;
  return left.y + ((right.y - left.y) * (x - left.x)) / (right.x - left.x);
}

function withoutTies(points: readonly WeightedPoint[]): Required<WeightedPoint>[] {
  const merged: Required<WeightedPoint>[] = [];
  for (const { x, y, weight = 1 } of points.toSorted((one, other) => one.x - other.x)) {
    const last = merged.at(-1);
    if (last?.x === x) merged[merged.length - 1] = { x, y: weighted(last, { y, weight }), weight: last.weight + weight };
    else merged.push({ x, y, weight });
  }
  return merged;
}

type Block = { xs: number[]; y: number; weight: number };

const pooled = (left: Block, right: Block): Block => ({
  xs: [...left.xs, ...right.xs],
  y: weighted(left, right),
  weight: left.weight + right.weight,
});

const weighted = (one: { y: number; weight: number }, other: { y: number; weight: number }): number =>
  (one.y * one.weight + other.y * other.weight) / (one.weight + other.weight);
