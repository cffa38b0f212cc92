// Minimises a smooth function: L-BFGS with backtracking. General mathematics, nothing about texts.
// It must not use randomness: the same start gives the same result to the last bit.

export interface Minimisation {
  /** Value at x; writes the gradient into `gradient`. */
  evaluate: (x: Float64Array, gradient: Float64Array) => number;
  start: Float64Array;
  maxIterations: number;
}

const MEMORY = 8;
const ENOUGH_DECREASE = 1e-4;
/** Relative progress at which further steps no longer change a prediction. */
const TOLERANCE = 1e-5;

export function minimise({ evaluate, start, maxIterations }: Minimisation): Float64Array {
  const size = start.length;
  let x = start.slice();
  let gradient = new Float64Array(size);
  let value = evaluate(x, gradient);
  let nextX = new Float64Array(size);
  let nextGradient = new Float64Array(size);
  const direction = new Float64Array(size);
  const history: { step: Float64Array; change: Float64Array; rho: number }[] = [];

  for (let iteration = 0; iteration < maxIterations; iteration++) {
    for (let i = 0; i < size; i++) direction[i] = -gradient[i]!;
    applyInverseHessian(direction, history);
    const slope = dot(direction, gradient);
    if (slope >= 0) break;

    let length = history.length > 0 ? 1 : Math.min(1, 1 / Math.sqrt(-slope));
    let next = Number.POSITIVE_INFINITY;
    for (let tries = 0; tries < 20; tries++, length /= 2) {
      for (let i = 0; i < size; i++) nextX[i] = x[i]! + length * direction[i]!;
      next = evaluate(nextX, nextGradient);
      if (next <= value + ENOUGH_DECREASE * length * slope) break;
    }
    if (!(next < value)) break;

    const oldest = history.length === MEMORY ? history.shift() : undefined;
    const step = oldest?.step ?? new Float64Array(size);
    const change = oldest?.change ?? new Float64Array(size);
    for (let i = 0; i < size; i++) {
      step[i] = nextX[i]! - x[i]!;
      change[i] = nextGradient[i]! - gradient[i]!;
    }
    const curvature = dot(step, change);
    if (curvature > 1e-12) history.push({ step, change, rho: 1 / curvature });

    const progress = value - next;
    [x, nextX] = [nextX, x];
    [gradient, nextGradient] = [nextGradient, gradient];
    value = next;
    if (progress < TOLERANCE * Math.max(1, Math.abs(value))) break;
  }
  return x;
}

/** The two-loop recursion: turns the negative gradient into a quasi-Newton direction, in place. */
function applyInverseHessian(direction: Float64Array, history: readonly { step: Float64Array; change: Float64Array; rho: number }[]): void {
  const weights = new Float64Array(history.length);
  for (let j = history.length - 1; j >= 0; j--) {
    const { step, change, rho } = history[j]!;
    weights[j] = rho * dot(step, direction);
    addScaled(direction, change, -weights[j]!);
  }
  const latest = history[history.length - 1];
  if (latest) {
    const scale = 1 / (latest.rho * dot(latest.change, latest.change));
    for (let i = 0; i < direction.length; i++) direction[i]! *= scale;
  }
  history.forEach(({ step, change, rho }, j) => {
    addScaled(direction, step, weights[j]! - rho * dot(change, direction));
  });
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function addScaled(target: Float64Array, source: Float64Array, scale: number): void {
  for (let i = 0; i < target.length; i++) target[i]! += scale * source[i]!;
}
