// The built-in model on public customer queries (banking77, grouped into nine queues): 50 labelled records per queue, tested on the whole test set.
// The data set is not part of this repository; without it the test is skipped.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { calibrationOf } from "../../../src/inference/builtin/calibrate.ts";
import { predict } from "../../../src/inference/builtin/predict.ts";
import { type LabelledText, trainClassifier } from "../../../src/inference/builtin/train.ts";

const folder = path.resolve(import.meta.dirname, "../../../../shared/datasets/banking77");
const present = existsSync(folder);
if (!present) console.log("skipped: the banking77 data set is not beside the repository (../shared/datasets/banking77)");

describe.skipIf(!present)("450 labelled banking queries", () => {
  test("route 3,080 others to nine queues with at least 80 % right and honest confidence", () => {
    const train = draw(read("train_3080.csv"), 50);
    const rows = read("test_3080.csv");
    expect(train).toHaveLength(450);
    expect(rows).toHaveLength(3080);

    const began = performance.now();
    const classifier = trainClassifier(train);
    const trained = performance.now();
    const answers = rows.map(({ text, label }) => {
      const best = predict(classifier, text)[0]!;
      return { confidence: best.probability, correct: best.label === label };
    });
    const each = ((performance.now() - trained) / rows.length) * 1000;
    const { accuracy, ece } = calibrationOf(answers);
    console.log(
      `banking queues: accuracy ${accuracy.toFixed(3)}, ECE ${ece.toFixed(3)}, training ${Math.round(trained - began)} ms, ${each.toFixed(0)} us a prediction`,
    );

    expect(accuracy).toBeGreaterThanOrEqual(0.8);
    expect(ece).toBeLessThanOrEqual(0.05);
  });
});

/** Rows of id,text,intent,queue; a text with commas or quotes is quoted. */
function read(file: string): LabelledText[] {
  const lines = readFileSync(path.join(folder, file), "utf8").match(/(?:"(?:[^"]|"")*"|[^"\n])+/g) ?? [];
  return lines.slice(1).map((line) => {
    const [, text, , label] = [...line.matchAll(/(?:^|,)("(?:[^"]|"")*"|[^,]*)/g)].map(([, cell]) =>
      cell!.startsWith('"') ? cell!.slice(1, -1).replaceAll('""', '"') : cell!,
    );
    return { text: text!.trim(), label: label!.trim() };
  });
}

/** The same rows each time: a seeded shuffle, then the first of each queue. */
function draw(rows: LabelledText[], each: number): LabelledText[] {
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state;
  };
  const taken = new Map<string, number>();
  return rows
    .map((row) => ({ row, at: next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ row }) => row)
    .filter(({ label }) => {
      const count = (taken.get(label) ?? 0) + 1;
      taken.set(label, count);
      return count <= each;
    });
}
