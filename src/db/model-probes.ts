// The last probe of each model in D1: what came back when it was asked an invented question. A later one takes its place.
import type { JsonObject } from "../core/json.ts";

/** What a row is made from; `outcome` is kept as JSON. */
export interface KeptProbe {
  readonly model: string;
  readonly provider: string;
  readonly host: string;
  readonly modelId: string;
  readonly outcome: object;
  readonly at: number;
  readonly by: string;
}

export async function keepProbe(db: D1Database, { model, provider, host, modelId, outcome, at, by }: KeptProbe): Promise<void> {
  await db
    .prepare("insert or replace into model_probe (model, provider, host, model_id, outcome, at, by) values (?, ?, ?, ?, ?, ?, ?)")
    .bind(model, provider, host, modelId, JSON.stringify(outcome), at, by)
    .run();
}

export async function listProbes(db: D1Database): Promise<(Omit<KeptProbe, "outcome"> & { readonly outcome: JsonObject })[]> {
  const { results } = await db
    .prepare(`select model, provider, host, model_id as "modelId", outcome, at, by from model_probe order by model`)
    .all<Omit<KeptProbe, "outcome"> & { outcome: string }>();
  return results.map((row) => ({ ...row, outcome: JSON.parse(row.outcome) as JsonObject }));
}
