// Raw scores into probabilities that mean what they say, for people to read. It must not be used by the gate: what is proved and acted on is the raw score, so
// that fitting this anew moves nothing.
// Platt's curve below 1000 labels, where a free curve would follow chance; the isotonic one from there on; a temperature where a model gives one logit per label.
// Sources: J. Platt (1999) with the targets and the guarded Newton steps of H.-T. Lin and others, Machine Learning 68 (2007); C. Guo and others, ICML 2017.
import { checkScores, type Scored } from "./acceptance.ts";
import { fitIsotonic, isotonicAt, type Knot } from "./isotonic.ts";

/** Labels from which the isotonic curve is worth its freedom (scikit-learn's advice). */
const ISOTONIC_FROM = 1000;
/** A score of exactly 0 or 1 has no logit. */
const EDGE = 1e-6;

/** p = 1 / (1 + exp(-(slope * logit(score) + intercept))). */
export interface Platt {
  readonly kind: "platt";
  readonly slope: number;
  readonly intercept: number;
}
export type Calibration = Platt | { readonly kind: "isotonic"; readonly knots: readonly Knot[] };

/** Null without records. */
export function fitCalibration(records: readonly Scored[]): Calibration | null {
  checkScores(records);
  if (records.length === 0) return null;
  if (records.length < ISOTONIC_FROM) return fitPlatt(records);
  return { kind: "isotonic", knots: fitIsotonic(records.map(({ score, correct }) => ({ x: score, y: correct ? 1 : 0 }))) };
}

/** The probability that an answer with this score is right, 0..1. */
export function calibrated(calibration: Calibration, score: number): number {
  switch (calibration.kind) {
    case "platt":
      return sigmoid(calibration.slope * logit(score) + calibration.intercept);
    case "isotonic":
      return isotonicAt(calibration.knots, score);
  }
}

/** Targets a little inside 0 and 1, so that a cleanly separated set does not claim certainty. */
export function plattTargets(records: readonly Scored[]): { readonly right: number; readonly wrong: number } {
  const right = records.filter(({ correct }) => correct).length;
  return { right: (right + 1) / (right + 2), wrong: 1 / (records.length - right + 2) };
}

export function fitPlatt(records: readonly Scored[]): Platt {
  const targets = plattTargets(records);
  const points = records.map(({ score, correct }) => ({ s: logit(score), t: correct ? targets.right : targets.wrong }));
  const loss = (a: number, b: number): number => points.reduce((sum, { s, t }) => sum + softplus(a * s + b) - t * (a * s + b), 0);
  let [a, b] = [0, 0];
  for (let round = 0; round < 100; round++) {
    // The small ridge keeps the step finite when all scores are the same.
    const slope = { a: 0, b: 0, aa: 1e-10, ab: 0, bb: 1e-10 };
    for (const { s, t } of points) {
      const p = sigmoid(a * s + b);
      const curve = p * (1 - p);
      slope.a += (p - t) * s;
      slope.b += p - t;
      slope.aa += curve * s * s;
      slope.ab += curve * s;
      slope.bb += curve;
    }
    const determinant = slope.aa * slope.bb - slope.ab ** 2;
    const step = { a: (slope.bb * slope.a - slope.ab * slope.b) / determinant, b: (slope.aa * slope.b - slope.ab * slope.a) / determinant };
    if (Math.abs(step.a) + Math.abs(step.b) < 1e-12) break;
    // Halved while it overshoots; close to the goal losses differ by their rounding only, and the whole step is right.
    const bearable = loss(a, b) + 1e-13 * points.length;
    let scale = 1;
    while (scale > 1e-10 && loss(a - scale * step.a, b - scale * step.b) > bearable) scale /= 2;
    a -= scale * step.a;
    b -= scale * step.b;
  }
  return { kind: "platt", slope: a, intercept: b };
}

/** One row of logits per record, one logit per label; `label`: the number of the right one. */
export interface Logits {
  readonly logits: readonly number[];
  readonly label: number;
}

/** Mean -ln of the right label's probability in softmax(logits / temperature). */
export function meanLoss(rows: readonly Logits[], temperature: number): number {
  return (
    rows.reduce((sum, { logits, label }) => sum - Math.log(Math.max(1e-300, softmax(logits, temperature)[label] ?? 0)), 0) / rows.length
  );
}

/** The temperature of least mean loss, from 0.05 to 20: beyond, a cleanly separated or a useless set would go on without end. */
export function fitTemperature(rows: readonly Logits[]): number {
  // The loss is convex in 1 / temperature: its slope changes sign once.
  const slope = (temperature: number): number =>
    rows.reduce((sum, { logits, label }) => {
      const expected = softmax(logits, temperature).reduce((total, p, i) => total + p * (logits[i] ?? 0), 0);
      return sum + expected - (logits[label] ?? 0);
    }, 0);
  let [low, high] = [Math.log(0.05), Math.log(20)];
  for (let round = 0; round < 60; round++) {
    const middle = (low + high) / 2;
    if (slope(Math.exp(middle)) > 0) low = middle;
    else high = middle;
  }
  return Math.exp((low + high) / 2);
}

function softmax(logits: readonly number[], temperature: number): number[] {
  const highest = Math.max(...logits);
  const shares = logits.map((logit) => Math.exp((logit - highest) / temperature));
  const sum = shares.reduce((total, share) => total + share, 0);
  return shares.map((share) => share / sum);
}

function logit(score: number): number {
  const inside = Math.min(1 - EDGE, Math.max(EDGE, score));
  return Math.log(inside / (1 - inside));
}

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));
/** ln(1 + exp(z)) without overflow. */
const softplus = (z: number): number => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));
