// The built-in model's extractors on public receipts (ICDAR 2019 SROIE): 300 to learn from, tested on the other 326. The data set is not part of this repository;
// without it the test is skipped.
import { describe, expect, test } from "vitest";
import { calibrationOf } from "../../../src/inference/builtin/calibrate.ts";
import { predictFields } from "../../../src/inference/builtin/predict.ts";
import { trainDecision } from "../../../src/inference/builtin/train.ts";
import { missingData, receipts } from "../../harness/public-data.ts";
import { sha256 } from "./desk.ts";

const missing = missingData("sroie-receipts");
if (missing) console.log(missing);

describe.skipIf(missing !== null)("300 labelled receipts", () => {
  const { train, test: rows } = missing ? { train: [], test: [] } : receipts(300);

  test("give the date and the total of 326 others, at least 95 % of each exactly", () => {
    expect([train.length, rows.length]).toEqual([300, 326]);
    const weights = trainDecision("receipts", train, sha256);
    for (const field of ["date", "total"]) {
      const answers = rows.map(({ text, values }) => {
        const best = predictFields(weights, text).values[field]?.[0];
        return { confidence: best?.probability ?? 0, correct: best !== undefined && best.label === values?.[field] };
      });
      const { accuracy, ece } = calibrationOf(answers);
      const { heldOut } = weights.extractors[field]!;
      console.log(
        `receipts: ${field} ${accuracy.toFixed(3)} right, ECE ${ece.toFixed(3)} (held out in training: ${heldOut.accuracy.toFixed(3)})`,
      );
      expect(accuracy, field).toBeGreaterThanOrEqual(0.95);
      expect(ece, field).toBeLessThanOrEqual(0.04);
    }
  });
});
