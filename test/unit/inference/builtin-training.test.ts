// Training: reproducible to the last bit, honest about itself, and kept through storage.
import { describe, expect, test } from "vitest";
import { calibrationOf, softmax, temperatureFor } from "../../../src/inference/builtin/calibrate.ts";
import { minimise } from "../../../src/inference/builtin/lbfgs.ts";
import { predict, predictFields } from "../../../src/inference/builtin/predict.ts";
import { crossValidate, modelIdOf, trainClassifier, trainDecision } from "../../../src/inference/builtin/train.ts";
import { decodeWeights, encodeWeights } from "../../../src/inference/builtin/weights.ts";
import { deskSamples, deskWeights, sha256 } from "./desk.ts";

const team = deskSamples.map(({ text, labels }) => ({ text, label: labels.team! }));

describe("training", () => {
  test("learns to tell labels apart", () => {
    const { fields } = predictFields(deskWeights(), "my parcel has not been delivered, where is the courier?");
    expect(fields.team?.[0]?.label).toBe("shipping");
    expect(fields.priority?.[0]?.label).toBe("normal");
  });

  test("gives the same bytes for the same samples in any order", () => {
    const again = trainDecision("desk", [...deskSamples].reverse(), sha256);
    expect(encodeWeights(again)).toEqual(encodeWeights(deskWeights()));
  });

  test("names the weights after their content, without training", () => {
    const { id } = deskWeights();
    expect(id).toMatch(/^builtin\/desk@[0-9a-f]{16}$/);
    expect(modelIdOf("desk", [...deskSamples].reverse(), sha256)).toBe(id);
    expect(modelIdOf("desk", deskSamples.slice(1), sha256)).not.toBe(id);
    expect(modelIdOf("desk", deskSamples, sha256, { seed: 2 })).not.toBe(id);
  });

  test("gives a single classifier the same answers as a field of a decision", () => {
    const text = "the camera app crashes";
    expect(predict(trainClassifier(team), text).map(({ label }) => label)).toEqual(
      predictFields(deskWeights(), text).fields.team?.map(({ label }) => label),
    );
  });

  test("gives probabilities that sum to one, the highest first", () => {
    const answers = predict(trainClassifier(team), "invoice for the parcel");
    expect(answers.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 12);
    expect(answers.map(({ probability }) => probability)).toEqual(answers.map(({ probability }) => probability).sort((a, b) => b - a));
  });

  test("is unsure of a text it knows nothing about", () => {
    const [best] = predict(trainClassifier(team), "zzz qqq xxx");
    expect(best?.probability).toBeLessThan(0.6);
  });

  test("measures itself on texts that it left out", () => {
    const { heldOut } = deskWeights().fields.team!;
    expect(heldOut.rows).toBe(deskSamples.length);
    const validated = crossValidate(team);
    expect(validated).toHaveLength(team.length);
    expect(validated.map(({ label }) => label)).toEqual(team.map(({ label }) => label));
  });

  test.each([
    ["too few records", deskSamples.slice(0, 9), /add labelled records: 9 given, at least 10 needed/],
    ["one label only", deskSamples.map((sample) => ({ ...sample, labels: { team: "billing" } })), /of another label/],
    ["a record without its label", [...deskSamples, { text: "x", labels: {} }], /no label for "priority"/],
  ])("with %s says what is missing", (_, samples, message) => {
    expect(() => trainDecision("desk", samples, sha256)).toThrow(message);
  });
});

describe("stored weights", () => {
  const bytes = encodeWeights(deskWeights());

  test("give exactly the same answers", () => {
    const restored = decodeWeights(bytes);
    expect(restored.id).toBe(deskWeights().id);
    for (const { text } of deskSamples) expect(predictFields(restored, text)).toEqual(predictFields(deskWeights(), text));
    expect(encodeWeights(restored)).toEqual(bytes);
  });

  test("can stand anywhere in a larger buffer", () => {
    const larger = new Uint8Array(bytes.length + 7);
    larger.set(bytes, 3);
    expect(encodeWeights(decodeWeights(larger.subarray(3, 3 + bytes.length)))).toEqual(bytes);
  });

  test.each([
    ["nothing", new Uint8Array()],
    ["something else", new TextEncoder().encode("hello, this is no model")],
    ["a part", bytes.slice(0, bytes.length - 4)],
    ["a part of the header", bytes.slice(0, 40)],
  ])("are refused when they are %s", (_, broken) => {
    expect(() => decodeWeights(broken)).toThrow(RangeError);
  });
});

describe("calibration", () => {
  test("finds the temperature that makes confidence equal accuracy", () => {
    // Two classes with scores 2 and 0, right three times of four: softmax must give 3/4, so the temperature is 2 / ln 3.
    const heldOut = Array.from({ length: 4000 }, (_, index) => ({ scores: Float64Array.of(2, 0), own: index % 4 === 0 ? 1 : 0 }));
    expect(temperatureFor(heldOut)).toBeCloseTo(2 / Math.log(3), 2);
  });

  test("does not claim certainty from a few easy texts", () => {
    const heldOut = Array.from({ length: 10 }, () => ({ scores: Float64Array.of(3, 0), own: 0 }));
    expect(softmax(heldOut[0]!.scores, temperatureFor(heldOut))[0]).toBeLessThan(0.95);
  });

  test("reports the gap between confidence and accuracy", () => {
    const answers = [true, true, true, false].map((correct) => ({ confidence: 0.95, correct }));
    expect(calibrationOf(answers)).toEqual({ rows: 4, accuracy: 0.75, ece: expect.closeTo(0.2, 12) });
    expect(calibrationOf([])).toEqual({ rows: 0, accuracy: 0, ece: 0 });
  });
});

describe("the minimiser", () => {
  test("finds the bottom of a long curved valley", () => {
    const rosenbrock = (x: Float64Array, gradient: Float64Array) => {
      const [a, b] = [x[0]!, x[1]!];
      gradient[0] = -2 * (1 - a) - 400 * a * (b - a * a);
      gradient[1] = 200 * (b - a * a);
      return (1 - a) ** 2 + 100 * (b - a * a) ** 2;
    };
    const x = minimise({ evaluate: rosenbrock, start: Float64Array.of(-1.2, 1), maxIterations: 200 });
    expect(x[0]).toBeCloseTo(1, 1);
    expect(x[1]).toBeCloseTo(1, 1);
  });
});
