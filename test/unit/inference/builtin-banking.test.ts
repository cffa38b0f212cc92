// The built-in model on public customer queries (banking77, grouped into nine queues): 50 labelled records per queue, tested on the whole test set; and what an "other"
// class does for texts of topics that none of its records are about. The data set is not part of this repository; without it the tests are skipped.
import { describe, expect, test } from "vitest";
import { calibrationOf } from "../../../src/inference/builtin/calibrate.ts";
import { predict } from "../../../src/inference/builtin/predict.ts";
import { type Classifier, type LabelledText, trainClassifier } from "../../../src/inference/builtin/train.ts";
import { samples } from "../../../src/workflows/ticket-triage/samples.ts";
import { bankingQueries, missingData } from "../../harness/public-data.ts";

const missing = missingData("banking77");
if (missing) console.log(missing);

const answersOf = (classifier: Classifier, rows: readonly LabelledText[]) =>
  rows.map(({ text, label }) => {
    const best = predict(classifier, text)[0]!;
    return { label: best.label, confidence: best.probability, correct: best.label === label };
  });

describe.skipIf(missing !== null)("450 labelled banking queries", () => {
  const { train, test: rows } = missing ? { train: [], test: [] } : bankingQueries(50);

  test("route 3,080 others to nine queues with at least 82 % right and honest confidence", () => {
    expect(train).toHaveLength(450);
    expect(new Set(train.map(({ label }) => label)).size).toBe(9);
    expect(rows).toHaveLength(3080);
    const { accuracy, ece } = calibrationOf(answersOf(trainClassifier(train), rows));
    console.log(`banking queues: accuracy ${accuracy.toFixed(3)}, ECE ${ece.toFixed(3)}`);
    expect(accuracy).toBeGreaterThanOrEqual(0.82);
    expect(ece).toBeLessThanOrEqual(0.04);
  });

  test("with 60 of unknown topics as “other” are seldom sure of a text about yet other topics", () => {
    // A shop's tickets are what a bank's desk does not expect; those to learn "other" from are of other teams than those that are asked.
    const tickets = samples.map(({ subject, description, team }) => ({ text: `${subject}\n${description}`, label: "other", team }));
    const known = tickets.filter(({ team }, index) => ["billing", "shipping", "returns"].includes(team) && index % 3 === 0).slice(0, 60);
    const unknown = tickets.filter(({ team }) => ["technical", "account", "privacy"].includes(team));
    const measure = (learned: readonly LabelledText[]) => {
      const classifier = trainClassifier(learned);
      const strange = answersOf(classifier, unknown);
      return {
        accuracy: calibrationOf(answersOf(classifier, rows)).accuracy,
        sure: strange.filter(({ label, confidence }) => label !== "other" && confidence >= 0.5).length / strange.length,
        other: strange.filter(({ label }) => label === "other").length / strange.length,
      };
    };
    const without = measure(train);
    const aware = measure([...train, ...known]);
    console.log(
      `${unknown.length} texts of unknown topics, given a queue with confidence >= 0.5: ${without.sure.toFixed(3)} without "other", ` +
        `${aware.sure.toFixed(3)} with it (${aware.other.toFixed(3)} called other); accuracy on known topics ${without.accuracy.toFixed(3)} -> ${aware.accuracy.toFixed(3)}`,
    );
    expect(aware.sure).toBeLessThan(without.sure / 2);
    expect(aware.accuracy).toBeGreaterThan(without.accuracy - 0.02);
  });
});
