// Many seeds on all cores: threads share nothing, as schedules do not, and what they tell comes in any order.
import { availableParallelism } from "node:os";
import path from "node:path";
import { Worker } from "node:worker_threads";
import type { Only, SeedResult } from "./seed.ts";
import type { Share } from "./worker.ts";

/** A batch takes a few seconds, on a busy machine half a minute. */
const SILENCE_MS = 240_000;

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
      const heard = () => {
        clearTimeout(watch);
        watch = setTimeout(
          () => reject(new Error(`a schedule has no end: no thread has told anything for ${SILENCE_MS / 1000} s`)),
          SILENCE_MS,
        );
      };
      heard();
      for (let thread = 0; thread < threads; thread++) {
        const share: Share = { seeds: seeds.filter((_, index) => Math.floor(index / BLOCK) % threads === thread), only };
        const worker = new Worker(path.join(import.meta.dirname, "worker.ts"), {
          workerData: share,
          resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
          execArgv: ["--disable-warning=ExperimentalWarning"],
        });
        workers.push(worker);
        worker.on("message", (batch: SeedResult[]) => {
          heard();
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
    clearTimeout(watch);
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}
