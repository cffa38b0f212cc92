// One thread's share of the seeds.
import { parentPort, workerData } from "node:worker_threads";
import { type Only, runSeed, type SeedResult } from "./seed.ts";

export interface Share {
  readonly seeds: readonly number[];
  readonly only: Only;
}

const { seeds, only } = workerData as Share;
let batch: SeedResult[] = [];
const tell = () => {
  parentPort?.postMessage(batch);
  batch = [];
};
for (const seed of seeds) {
  batch.push(await runSeed(seed, only));
  if (batch.length === 20) tell();
}
tell();
