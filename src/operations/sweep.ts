// What is done once a minute, whatever else happens: runs that should have moved are woken, partitions are told of the kill switches, people are told in a chat what
// waits for them, validations that stand still go on, pollers and schedules are kept going, and the contents of runs and validations whose time has come are erased; once a day the audit's checkpoint is written. It moves no run itself and keeps no state:
// what one sweep does not get done, the next finds again. One part that fails does not stop the other.
import { failureOf } from "../core/errors.ts";
import { erasableRuns, eraseRuns } from "../db/erasure.ts";
import { overdueRuns } from "../db/overdue.ts";
import { checkpointAudit } from "./checkpoint-audit.ts";
import { sweepShadow } from "./compare-shadow.ts";
import { type Context, partitionByName } from "./context.ts";
import { eraseValidations } from "./erase-validations.ts";
import { tellHalts } from "./halt-runs.ts";
import { eventKey } from "./messages.ts";
import { wakePollers } from "./pollers.ts";
import { rateAudits } from "./rate-audits.ts";
import { resumeStalled } from "./run-validation.ts";
import { wakeSchedules } from "./schedules.ts";
import { sendNotices } from "./send-notices.ts";
import { weeklyReviews } from "./weekly-review.ts";

/**
 * How long a run may be overdue before the sweep asks after it. Its partition's own watchdog looks after 2 s and D1 follows it within about a second; a minute
 * is beyond both and beyond a deploy, so that the sweep only ever meets what was really lost.
 */
const GRACE_MS = 60_000;
/** Runs woken per sweep: an id is about 50 bytes, so one call to a partition stays small even if all of them are in it. */
const WAKE_LIMIT = 5_000;
/** Runs erased per transaction: D1 has one writer, and others wait for it meanwhile. */
const ERASE_BATCH = 200;
/** 10,000 runs a minute: a backlog of a month's runs is gone in minutes, and a sweep still ends before the next begins. */
const ERASE_ROUNDS = 50;

export interface Swept {
  /** Runs that their partition set going. */
  readonly woken: number;
  readonly erased: number;
}

export async function sweep(context: Context, now: number): Promise<Swept> {
  const [woken, erased] = await Promise.all([
    quietly("wake", wakeOverdue(context, now)),
    quietly("erase", eraseContents(context, now)),
    quietly("telling of the kill switches", tellPartitions(context)),
    quietly("checkpoint", checkpointAudit(context, now)),
    quietly("notices", sendNotices(context, now)),
    quietly("validations", resumeStalled(context, now)),
    quietly("erasure of validations", eraseValidations(context, now)),
    quietly("comparison of shadow writes", sweepShadow(context, now)),
    quietly("weekly review", weeklyReviews(context, now)),
    quietly("rating of audits", rateAudits(context, now)),
    quietly("waking of pollers", wakePollers(context)),
    quietly("waking of schedules", wakeSchedules(context)),
  ]);
  return { woken, erased };
}

async function wakeOverdue(context: Context, now: number): Promise<number> {
  const byPartition = new Map<string, string[]>();
  for (const { run, partition } of await overdueRuns(context.env.DB, now - GRACE_MS, WAKE_LIMIT)) {
    const runs = byPartition.get(partition);
    if (runs) runs.push(run);
    else byPartition.set(partition, [run]);
  }
  const woken = await Promise.all(
    [...byPartition].map(async ([name, runs]) => {
      const answer = await partitionByName(context, name)
        .wake(runs)
        .catch((thrown) => ({ ok: false as const, error: failureOf(thrown) }));
      if (answer.ok) return answer.value;
      log("wake failed, will be repeated", { partition: name, runs: runs.length, error: answer.error.message });
      return 0;
    }),
  );
  return woken.reduce((sum, count) => sum + count, 0);
}

async function tellPartitions(context: Context): Promise<number> {
  const told = await tellHalts(context);
  if (!told.ok) throw new Error(told.error.message);
  return 0;
}

/** R2 first: were it last, a failure between the two would leave events there that nothing names any more. */
async function eraseContents(context: Context, now: number): Promise<number> {
  const deployed = context.deployment.workflows.map(({ name }) => name);
  let erased = 0;
  for (let round = 0; round < ERASE_ROUNDS; round++) {
    const runs = await erasableRuns(context.env.DB, now, ERASE_BATCH, deployed);
    if (runs.length === 0) break;
    const keys = [...new Set(runs.flatMap(({ event }) => (event === null ? [] : [eventKey(event)])))];
    if (keys.length > 0) await context.env.BLOBS.delete(keys);
    await eraseRuns(context.env.DB, runs, now);
    erased += runs.length;
    if (runs.length < ERASE_BATCH) break;
  }
  return erased;
}

async function quietly(what: string, work: Promise<number>): Promise<number> {
  try {
    return await work;
  } catch (thrown) {
    log(`${what} failed, will be repeated`, { error: failureOf(thrown).message });
    return 0;
  }
}

const log = (message: string, facts: Record<string, unknown>): void => console.error(JSON.stringify({ message, ...facts }));
