// Scores into probabilities that mean what they say: one temperature, chosen on texts that the fit had not seen.
// It must not change which class wins, and must not be given scores of the texts that were trained on.

/** A scored text that took no part in the fit that scored it. */
export interface HeldOutScore {
  scores: Float64Array;
  /** Number of the right class. */
  own: number;
}

export interface Calibration {
  /** Texts measured. */
  rows: number;
  /** Share of texts whose most probable class is right, 0..1. */
  accuracy: number;
  /** Expected calibration error over ten equal bins, 0..1: how far stated confidence is from the share that is right. */
  ece: number;
}

export function softmax(scores: Float64Array, temperature: number): Float64Array {
  let highest = Number.NEGATIVE_INFINITY;
  for (const score of scores) highest = Math.max(highest, score);
  const result = new Float64Array(scores.length);
  let sum = 0;
  for (let k = 0; k < scores.length; k++) {
    result[k] = Math.exp((scores[k]! - highest) / temperature);
    sum += result[k]!;
  }
  for (let k = 0; k < result.length; k++) result[k]! /= sum;
  return result;
}

/** The temperature with the least log loss, by golden section over its logarithm. */
export function temperatureFor(heldOut: readonly HeldOutScore[]): number {
  // Without a grain of doubt a small, cleanly separated set would drive the temperature to zero and claim certainty.
  const doubt = 1 / (heldOut.length + 2);
  const loss = (logTemperature: number) => {
    let sum = 0;
    for (const { scores, own } of heldOut) {
      const probabilities = softmax(scores, Math.exp(logTemperature));
      const others = doubt / Math.max(1, scores.length - 1);
      for (let k = 0; k < probabilities.length; k++) {
        sum -= (k === own ? 1 - doubt : others) * Math.log(Math.max(probabilities[k]!, 1e-300));
      }
    }
    return sum;
  };
  const golden = (Math.sqrt(5) - 1) / 2;
  let low = Math.log(0.05);
  let high = Math.log(20);
  let left = high - golden * (high - low);
  let right = low + golden * (high - low);
  let atLeft = loss(left);
  let atRight = loss(right);
  for (let i = 0; i < 30; i++) {
    if (atLeft < atRight) {
      [high, right, atRight] = [right, left, atLeft];
      left = high - golden * (high - low);
      atLeft = loss(left);
    } else {
      [low, left, atLeft] = [left, right, atRight];
      right = low + golden * (high - low);
      atRight = loss(right);
    }
  }
  return Math.exp((low + high) / 2);
}

/** What was answered of each text, and whether it was right. */
export function answersOf(heldOut: readonly HeldOutScore[], temperature: number): { confidence: number; correct: boolean }[] {
  return heldOut.map(({ scores, own }) => {
    const probabilities = softmax(scores, temperature);
    const best = probabilities.indexOf(Math.max(...probabilities));
    return { confidence: probabilities[best]!, correct: best === own };
  });
}

export function calibrationOf(answers: readonly { confidence: number; correct: boolean }[]): Calibration {
  const bins = Array.from({ length: 10 }, () => ({ correct: 0, confidence: 0 }));
  let correct = 0;
  for (const answer of answers) {
    const bin = bins[Math.min(9, Math.max(0, Math.ceil(answer.confidence * 10) - 1))]!;
    bin.confidence += answer.confidence;
    if (!answer.correct) continue;
    bin.correct++;
    correct++;
  }
  const rows = answers.length;
  const gap = bins.reduce((sum, bin) => sum + Math.abs(bin.correct - bin.confidence), 0);
  return { rows, accuracy: rows === 0 ? 0 : correct / rows, ece: rows === 0 ? 0 : gap / rows };
}
