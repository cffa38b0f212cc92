// npm run bench:model: the built-in model inside workerd, on the public data in ../shared/datasets: how long training with its calibration takes, and one answer; how right
// and how honest it is. It prints and asserts nothing: what else the machine does is part of every figure, so its load is printed beside them.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import path from "node:path";
import { freePort, startLocal } from "../sandbox/local.ts";
import { calibrationOf } from "../src/inference/builtin/calibrate.ts";
import type { DecisionSample } from "../src/inference/builtin/train.ts";
import { bankingQueries, missingData, receipts } from "../test/harness/public-data.ts";

const ROUNDS = 3;
const TIMES = 5;

const state = mkdtempSync(path.join(tmpdir(), "interlock-bench-model-"));
const worker = await startLocal({ config: "bench/model.toml", port: await freePort(9690), state });

async function post<T>(way: string, body: unknown): Promise<{ ms: number; answer: T }> {
  const text = JSON.stringify(body);
  const began = performance.now();
  const response = await fetch(`${worker.url}${way}`, { method: "POST", body: text });
  const answer = await response.text();
  const ms = performance.now() - began;
  if (!response.ok) throw new Error(`${way}: ${response.status} ${answer.slice(0, 300)}`);
  return { ms, answer: JSON.parse(answer) as T };
}

type Answers = Record<string, { label: string; probability: number } | null>[];

async function measure(name: string, train: readonly DecisionSample[], test: readonly DecisionSample[]): Promise<void> {
  const seconds: number[] = [];
  let bytes = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const trained = await post<{ bytes: number }>("/train", { samples: train });
    seconds.push(trained.ms / 1000);
    bytes = trained.answer.bytes;
  }
  const texts = test.map(({ text }) => text);
  const { answer } = await post<Answers>("/ask", { texts, times: 1 });
  const [there, all] = [await post("/ask", { texts, times: 0 }), await post("/ask", { texts, times: TIMES })];
  const each = (all.ms - there.ms) / (texts.length * TIMES);
  const [first, ...others] = seconds;
  console.log(`${name}: ${train.length} records to learn from, ${test.length} asked`);
  console.log(
    `  training with calibration: ${first?.toFixed(2)} s in a fresh isolate, then ${others.map((one) => one.toFixed(2)).join(", ")} s; weights ${Math.round(bytes / 1024)} KB`,
  );
  console.log(`  one answer: ${each.toFixed(3)} ms`);
  for (const field of Object.keys({ ...train[0]?.labels, ...train[0]?.values })) {
    const { accuracy, ece } = calibrationOf(
      test.map(({ labels, values }, index) => {
        const best = answer[index]?.[field];
        return {
          confidence: best?.probability ?? 0,
          correct: best?.label !== undefined && best.label === (labels[field] ?? values?.[field]),
        };
      }),
    );
    console.log(`  ${field}: ${(accuracy * 100).toFixed(1)} % right, ECE ${ece.toFixed(3)}`);
  }
}

try {
  console.log(`load of this machine, 1 minute: ${loadavg()[0]?.toFixed(1)}`);
  for (const name of ["banking77", "sroie-receipts"] as const) {
    const missing = missingData(name);
    if (missing) console.log(missing);
  }
  if (!missingData("banking77")) {
    const { train, test } = bankingQueries(50);
    const samples = (rows: typeof train): DecisionSample[] => rows.map(({ text, label }) => ({ text, labels: { queue: label } }));
    await measure("banking queues", samples(train), samples(test));
  }
  if (!missingData("sroie-receipts")) {
    const { train, test } = receipts(300);
    await measure("receipts", train, test);
  }
  console.log(`load of this machine, 1 minute: ${loadavg()[0]?.toFixed(1)}`);
} finally {
  await worker.stop();
  if (existsSync(state)) rmSync(state, { recursive: true, force: true });
}
