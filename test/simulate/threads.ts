// Many seeds on all cores: threads share nothing, as schedules do not, and what they tell comes in any order.
import { availableParallelism } from "node:os";
import path from "node:path";
import { Worker } from "node:worker_threads";
import type { Only, SeedResult } from "./seed.ts";
import type { Share } from "./worker.ts";

/** Processor time of one thread without a word of it: a batch takes a few seconds. Not the clock's time, in which a busy machine may do nothing of ours. */
const SILENCE_CPU_MS = 45_000;
const LOOK_MS = 5_000;
/** Looks in which no thread used the processor and none said anything: everything waits for something that does not come. */
const IDLE_LOOKS = 12;

/** Whole tens, so that every thread has its part of either kind. */
const BLOCK = 10;
/** Objects of a schedule are short-lived: with V8's 16 MB for young ones, a sixth of the time goes into collecting them. */
const YOUNG_MB = 192;

/** So many seeds from this one on. */
export const seedsFrom = (seed: number, runs: number): number[] => Array.from({ length: runs }, (_, index) => seed + index);

/** Calls `take` with each result until it returns false. */
export async function runThreads(seeds: readonly number[], take: (result: SeedResult) => boolean, only: Only = null): Promise<void> {
  const threads = Math.min(seeds.length < 100 ? 1 : availableParallelism(), 8);
  const workers: Worker[] = [];
  let watch: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      let left = seeds.length;
      const used: number[] = [];
      const atLastWord: number[] = [];
      let idle = 0;
      watch = setInterval(async () => {
        const now = await Promise.all(workers.map(async (worker) => cpuMs(await worker.cpuUsage().catch(() => ({ user: 0, system: 0 })))));
        idle = now.every((ms, thread) => ms - (used[thread] ?? 0) < 1) ? idle + 1 : 0;
        const silent = now.some((ms, thread) => ms - (atLastWord[thread] ?? 0) > SILENCE_CPU_MS);
        used.splice(0, used.length, ...now);
        if (silent) reject(new Error(`a schedule has no end: a thread has told nothing for ${SILENCE_CPU_MS / 1000} s of processor time`));
        if (idle >= IDLE_LOOKS) reject(new Error("a schedule has no end: every thread waits"));
      }, LOOK_MS);
      for (let thread = 0; thread < threads; thread++) {
        const share: Share = { seeds: seeds.filter((_, index) => Math.floor(index / BLOCK) % threads === thread), only };
        const worker = new Worker(path.join(import.meta.dirname, "worker.ts"), {
          workerData: share,
          resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
          execArgv: ["--disable-warning=ExperimentalWarning"],
        });
        workers.push(worker);
        worker.on("message", (batch: SeedResult[]) => {
          idle = 0;
          void worker.cpuUsage().then(
            (usage) => {
              atLastWord[thread] = cpuMs(usage);
            },
            () => undefined,
          );
          for (const result of batch) if (!take(result)) return resolve();
          left -= batch.length;
          if (left === 0) resolve();
        });
        worker.on("error", reject);
        // A thread stays as long as its stopped processes' requests have time; only one that breaks ends before all is told.
        worker.on("exit", (code) => code !== 0 && reject(new Error(`a thread ended with ${code}`)));
      }
    });
  } finally {
    clearInterval(watch);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

const cpuMs = ({ user, system }: { readonly user: number; readonly system: number }): number => (user + system) / 1_000;
