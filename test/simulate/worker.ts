// One thread's share of a range of seeds: block by block, each with its own.
import { parentPort, workerData } from "node:worker_threads";
import { type Only, runSeed, type SeedResult } from "./seed.ts";

export interface Share {
  readonly from: number;
  readonly to: number;
  /** Seeds in a row that one thread takes. */
  readonly block: number;
  readonly of: number;
  readonly index: number;
  readonly only: Only;
}

const { from, to, block, of, index, only } = workerData as Share;
let batch: SeedResult[] = [];
const tell = () => {
  parentPort?.postMessage(batch);
  batch = [];
};
for (let seed = from; seed < to; seed++) {
  if (Math.floor((seed - from) / block) % of !== index) continue;
  batch.push(await runSeed(seed, only));
  if (batch.length === 20) tell();
}
tell();
