// What model calls cost, summed by day, model and workflow, from one row per decision. A day is one of UTC's clock. An automated record is a run that wrote and in which
// nobody was asked anything.
// Sums over the whole table where a filter names no time: for a person who asks.
import { and, eq, gte, lt, type SQL, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { Cost } from "../core/cost.ts";
import type { Within } from "../core/principal.ts";
import { decisionCost } from "./schema.ts";
import { inside } from "./within.ts";

export interface CostsWanted {
  readonly workflow?: string | undefined;
  /** By when a decision was made; `to` is not included. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}
export type CostsShown = CostsWanted & { readonly within: Within };

export interface Tokens {
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly completionTokens: number;
}

export interface CostRow extends Cost, Tokens {
  /** YYYY-MM-DD */
  readonly day: string;
  readonly workflow: string;
  /** Both null for decisions that no model has made yet. */
  readonly provider: string | null;
  readonly model: string | null;
  readonly decisions: number;
  /** Which prices they were reckoned with; more than one where they changed within the day. */
  readonly priceVersions: readonly string[];
}

export interface RecordCosts extends Cost {
  readonly workflow: string;
  /** Runs with a decision in this time; those of them that are automated records. */
  readonly runs: number;
  readonly automated: number;
}

const isWanted = ({ within, workflow, from, to }: CostsShown): SQL | undefined =>
  and(
    inside(decisionCost.workflow, within),
    workflow === undefined ? undefined : eq(decisionCost.workflow, workflow),
    from === undefined ? undefined : gte(decisionCost.at, from),
    to === undefined ? undefined : lt(decisionCost.at, to),
  );

const sums = {
  usd: sql<number>`sum(${decisionCost.usd})`,
  calls: sql<number>`sum(${decisionCost.calls})`,
  unknownCalls: sql<number>`sum(${decisionCost.unknownCalls})`,
};

/** By day, workflow and model; the latest day first, and in it what cost most. */
export async function listCosts(db: D1Database, filter: CostsShown): Promise<CostRow[]> {
  const day = sql<string>`date(${decisionCost.at} / 1000, 'unixepoch')`;
  const rows = await drizzle(db)
    .select({
      day,
      workflow: decisionCost.workflow,
      provider: decisionCost.provider,
      model: decisionCost.model,
      decisions: sql<number>`count(*)`,
      ...sums,
      promptTokens: sql<number>`sum(${decisionCost.promptTokens})`,
      cachedTokens: sql<number>`sum(${decisionCost.cachedTokens})`,
      completionTokens: sql<number>`sum(${decisionCost.completionTokens})`,
      priceVersions: sql<string>`json_group_array(distinct ${decisionCost.priceVersion})`,
    })
    .from(decisionCost)
    .where(isWanted(filter))
    .groupBy(day, decisionCost.workflow, decisionCost.provider, decisionCost.model)
    .orderBy(sql`1 desc, 2, ${sums.usd} desc, 3, 4`);
  return rows.map((row) => ({
    ...row,
    priceVersions: (JSON.parse(row.priceVersions) as (string | null)[]).filter((version) => version !== null),
  }));
}

/** By workflow: how many records its calls were made for. */
export async function costsPerRecord(db: D1Database, filter: CostsShown): Promise<RecordCosts[]> {
  const automated = sql<number>`(exists (select 1 from effect as e where e.run = decision_cost.run
      and e.status in ('applied', 'undoing', 'undone', 'undo_conflict', 'undo_failed'))
    and not exists (select 1 from approval as a where a.run = decision_cost.run))`;
  const byRun = drizzle(db)
    .select({
      workflow: decisionCost.workflow,
      automated: automated.as("automated"),
      usd: sums.usd.as("usd"),
      calls: sums.calls.as("calls"),
      unknownCalls: sums.unknownCalls.as("unknown_calls"),
    })
    .from(decisionCost)
    .where(isWanted(filter))
    .groupBy(decisionCost.workflow, decisionCost.run)
    .as("by_run");
  return drizzle(db)
    .select({
      workflow: byRun.workflow,
      runs: sql<number>`count(*)`,
      automated: sql<number>`sum(${byRun.automated})`,
      usd: sql<number>`sum(${byRun.usd})`,
      calls: sql<number>`sum(${byRun.calls})`,
      unknownCalls: sql<number>`sum(${byRun.unknownCalls})`,
    })
    .from(byRun)
    .groupBy(byRun.workflow)
    .orderBy(byRun.workflow);
}

/** As a part of a query on one run. */
export const costOfRun = {
  usd: sql<number>`coalesce(sum(${decisionCost.usd}), 0)`,
  calls: sql<number>`coalesce(sum(${decisionCost.calls}), 0)`,
  unknownCalls: sql<number>`coalesce(sum(${decisionCost.unknownCalls}), 0)`,
};
