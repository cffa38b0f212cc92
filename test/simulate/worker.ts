// Every so-many-th schedule of a range, in a thread of its own: schedules share nothing, so the cores may.
import { parentPort, workerData } from "node:worker_threads";
import { runSchedule, type ScheduleResult } from "./schedule.ts";

export interface Share {
  readonly from: number;
  readonly to: number;
  readonly by: number;
}

const { from, to, by } = workerData as Share;
let batch: ScheduleResult[] = [];
for (let seed = from; seed < to; seed += by) {
  batch.push(await runSchedule(seed));
  if (batch.length < 20 && seed + by < to) continue;
  parentPort?.postMessage(batch);
  batch = [];
}
