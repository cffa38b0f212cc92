// npm run bench:model: the built-in model inside workerd, on the public data in ../shared/datasets: how long training with its calibration takes, and one answer; how right
// and how honest it is. It prints and asserts nothing: what else the machine does is part of every time, so its load and the processor time stand beside it.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
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

/** Processor time of the runtime, in seconds: what a wall clock says on an idle machine. Null where the system does not tell. */
function processorTime(): number | null {
  try {
    const children = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, "utf8").trim().split(" ");
    // After the name in brackets, which may hold spaces: user and system time are the 12th and 13th, in hundredths (proc(5)).
    const times = children.map((pid) => readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ").slice(11, 13) ?? []);
    return times.flat().reduce((sum, ticks) => sum + Number(ticks) / 100, 0);
  } catch {
    return null;
  }
}

interface Timed<T> {
  readonly ms: number;
  readonly cpu: number | null;
  readonly answer: T;
}

async function post<T>(way: string, body: unknown): Promise<Timed<T>> {
  const text = JSON.stringify(body);
  const before = processorTime();
  const began = performance.now();
  const response = await fetch(`${worker.url}${way}`, { method: "POST", body: text });
  const answer = await response.text();
  const ms = performance.now() - began;
  if (!response.ok) throw new Error(`${way}: ${response.status} ${answer.slice(0, 300)}`);
  const after = processorTime();
  return { ms, cpu: before === null || after === null ? null : after - before, answer: JSON.parse(answer) as T };
}

type Answers = Record<string, { label: string; probability: number } | null>[];

async function measure(name: string, train: readonly DecisionSample[], test: readonly DecisionSample[]): Promise<void> {
  const rounds: Timed<unknown>[] = [];
  let bytes = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const trained = await post<{ bytes: number }>("/train", { samples: train });
    rounds.push(trained);
    bytes = trained.answer.bytes;
  }
  const texts = test.map(({ text }) => text);
  const { answer } = await post<Answers>("/ask", { texts, times: 1 });
  const [there, all] = [await post("/ask", { texts, times: 0 }), await post("/ask", { texts, times: TIMES })];
  const each = (all.ms - there.ms) / (texts.length * TIMES);
  const processor =
    there.cpu === null || all.cpu === null
      ? ""
      : ` (${(((all.cpu - there.cpu) * 1000) / (texts.length * TIMES)).toFixed(3)} ms of processor time)`;
  const time = ({ ms, cpu }: Timed<unknown>) =>
    `${(ms / 1000).toFixed(2)} s${cpu === null ? "" : ` (${cpu.toFixed(2)} s of processor time)`}`;
  console.log(`${name}: ${train.length} records to learn from, ${test.length} asked`);
  console.log(
    `  training with calibration, the first in a fresh isolate: ${rounds.map(time).join(", ")}; weights ${Math.round(bytes / 1024)} KB`,
  );
  console.log(`  one answer: ${each.toFixed(3)} ms${processor}`);
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
