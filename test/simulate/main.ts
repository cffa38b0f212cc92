// `npm run simulate -- --runs 10000 --seed 1`: so many schedules from this seed on, and what came of them. `--first` ends with the first violation.
// `npm run simulate -- --mutants`: plants faults in a copy of the engine, one at a time, and shows which invariant catches each.
import { availableParallelism } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { FAULTS } from "./chaos.ts";
import { runMutants } from "./mutants.ts";
import { runSchedule, type ScheduleResult } from "./schedule.ts";
import type { Share } from "./worker.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "1000" },
    seed: { type: "string", default: "1" },
    first: { type: "boolean", default: false },
    mutants: { type: "boolean", default: false },
  },
});
const runs = Number(values.runs);
const seed = Number(values.seed);
if (!Number.isInteger(runs) || runs < 1 || !Number.isInteger(seed)) throw new Error("--runs and --seed take whole numbers");
// Not exitCode: stopped processes have left requests that nobody waits for, each with its time limit.
process.exit(values.mutants ? await runMutants() : await simulate());

/** Calls `take` with each schedule's result until it returns false; long sets are shared among the cores, and then come in any order. */
async function runAll(take: (result: ScheduleResult) => boolean): Promise<void> {
  const threads = runs < 1_000 ? 1 : Math.min(availableParallelism(), 8);
  if (threads === 1) {
    for (let at = seed; at < seed + runs; at++) if (!take(await runSchedule(at))) return;
    return;
  }
  await new Promise<void>((resolve, reject) => {
    let left = runs;
    for (let thread = 0; thread < threads; thread++) {
      const share: Share = { from: seed + thread, to: seed + runs, by: threads };
      const worker = new Worker(path.join(import.meta.dirname, "worker.ts"), { workerData: share });
      worker.on("message", (batch: ScheduleResult[]) => {
        for (const result of batch) if (!take(result)) return resolve();
        left -= batch.length;
        if (left === 0) resolve();
      });
      worker.on("error", reject);
      // A thread stays as long as its stopped processes' requests have time; only one that breaks ends before all is told.
      worker.on("exit", (code) => code !== 0 && reject(new Error(`a thread ended with ${code}`)));
    }
  });
}

async function simulate(): Promise<number> {
  const faults = new Map<string, number>(FAULTS.map((fault) => [fault, 0]));
  const ends = new Map<string, number>();
  const count = (counts: Map<string, number>, name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
  let passes = 0;
  let violated = 0;
  let done = 0;
  const began = performance.now();
  await runAll((result) => {
    done++;
    passes += result.passes;
    for (const fault of result.faults) count(faults, fault);
    for (const end of result.ends) count(ends, end);
    if (result.violations.length === 0) return true;
    violated++;
    for (const { invariant, what } of result.violations.slice(0, 5)) console.log(`violation [${invariant}] ${what}`);
    console.log(`  reproduce: npm run simulate -- --seed ${result.seed} --runs 1`);
    return !values.first && violated < 20;
  });
  const seconds = (performance.now() - began) / 1000;
  const missing = [...faults].filter(([, times]) => times === 0).map(([fault]) => fault);
  const table = (counts: Map<string, number>) =>
    [...counts]
      .sort((a, b) => b[1] - a[1])
      .map(([name, times]) => `  ${String(times).padStart(7)}  ${name}`)
      .join("\n");
  console.log(
    `seed ${seed}: ${done} schedules, ${passes} passes, ${seconds.toFixed(1)} s, ${Math.round(done / seconds)} schedules a second`,
  );
  console.log(`faults injected:\n${table(faults)}`);
  console.log(`runs, by their end:\n${table(ends)}`);
  console.log(`schedules with a violation: ${violated}`);
  // A single schedule, or a handful, cannot hold every fault.
  if (violated === 0 && done !== runs) throw new Error(`only ${done} of ${runs} schedules came back`);
  const guarded = runs >= 300 && violated === 0 && missing.length > 0;
  if (guarded) console.log(`no schedule had: ${missing.join(", ")}`);
  return violated > 0 || guarded ? 1 : 0;
}
