// How many runs hang on each version of each workflow: those that have not ended need its code, and a failed one can go on only with it. Counts over the whole
// table of runs: for a person who asks.
import { sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { Within } from "../core/principal.ts";
import { run } from "./schema.ts";
import { inside } from "./within.ts";

export interface VersionRuns {
  readonly workflow: string;
  readonly version: number;
  readonly open: number;
  readonly failed: number;
  readonly lastStartedAt: number;
}

export async function countRunsByVersion(db: D1Database, within: Within): Promise<VersionRuns[]> {
  return drizzle(db)
    .select({
      workflow: run.workflow,
      version: run.version,
      open: sql<number>`sum(${run.status} not in ('completed', 'failed', 'cancelled'))`,
      failed: sql<number>`sum(${run.status} = 'failed')`,
      lastStartedAt: sql<number>`max(${run.startedAt})`,
    })
    .from(run)
    .where(inside(run.workflow, within))
    .groupBy(run.workflow, run.version);
}
