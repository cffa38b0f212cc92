// Multinomial logistic regression over text vectors: fitting, scoring, and its compact form.
// It must not calibrate (see calibrate.ts) and knows labels only as numbers.
import { minimise } from "./lbfgs.ts";
import type { TextVector } from "./vocabulary.ts";

export interface LinearWeights {
  /** One score offset per class. */
  bias: Float64Array;
  /** Weight per row and class, row by row, as whole numbers; times `scale` is the weight. */
  weights: Int16Array;
  scale: number;
}

export interface Fitting {
  vectors: readonly TextVector[];
  /** Class number per vector. */
  classes: readonly number[];
  classCount: number;
  rowCount: number;
  /** Weight of the data against the pull towards zero. */
  strength: number;
  maxIterations: number;
}

export function fitLogistic({ vectors, classes, classCount, rowCount, strength, maxIterations }: Fitting): LinearWeights {
  const biasAt = rowCount * classCount;
  const residual = new Float64Array(classCount);

  const evaluate = (x: Float64Array, gradient: Float64Array): number => {
    gradient.fill(0);
    let loss = 0;
    for (let d = 0; d < vectors.length; d++) {
      const { rows, values } = vectors[d]!;
      const own = classes[d]!;
      for (let k = 0; k < classCount; k++) residual[k] = x[biasAt + k]!;
      for (let i = 0; i < rows.length; i++) {
        const at = rows[i]! * classCount;
        const value = values[i]!;
        for (let k = 0; k < classCount; k++) residual[k]! += x[at + k]! * value;
      }
      let highest = Number.NEGATIVE_INFINITY;
      for (let k = 0; k < classCount; k++) highest = Math.max(highest, residual[k]!);
      let sum = 0;
      for (let k = 0; k < classCount; k++) sum += Math.exp(residual[k]! - highest);
      const total = highest + Math.log(sum);
      loss += total - residual[own]!;
      for (let k = 0; k < classCount; k++) residual[k] = Math.exp(residual[k]! - total);
      residual[own]! -= 1;
      for (let k = 0; k < classCount; k++) gradient[biasAt + k]! += residual[k]!;
      for (let i = 0; i < rows.length; i++) {
        const at = rows[i]! * classCount;
        const value = values[i]!;
        for (let k = 0; k < classCount; k++) gradient[at + k]! += residual[k]! * value;
      }
    }
    let pull = 0;
    for (let i = 0; i < biasAt; i++) {
      const weight = x[i]!;
      pull += weight * weight;
      gradient[i]! += weight / strength;
    }
    return loss + pull / (2 * strength);
  };

  const x = minimise({ evaluate, start: new Float64Array(biasAt + classCount), maxIterations });
  return compact(x.subarray(0, biasAt), x.slice(biasAt));
}

/** 16 bits a weight: the rounding is far below the noise of the data. */
function compact(exact: Float64Array, bias: Float64Array): LinearWeights {
  let largest = 0;
  for (const weight of exact) largest = Math.max(largest, Math.abs(weight));
  const scale = largest > 0 ? largest / 32_767 : 1;
  const weights = new Int16Array(exact.length);
  for (let i = 0; i < exact.length; i++) weights[i] = Math.round(exact[i]! / scale);
  return { bias, weights, scale };
}

/** One score per class; softmax of the scores over the temperature is the probability. */
export function scores({ bias, weights, scale }: LinearWeights, { rows, values }: TextVector): Float64Array {
  const classCount = bias.length;
  const result = new Float64Array(classCount);
  for (let i = 0; i < rows.length; i++) {
    const at = rows[i]! * classCount;
    const value = values[i]!;
    for (let k = 0; k < classCount; k++) result[k]! += weights[at + k]! * value;
  }
  for (let k = 0; k < classCount; k++) result[k] = result[k]! * scale + bias[k]!;
  return result;
}
