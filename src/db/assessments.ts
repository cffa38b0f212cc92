// The last integration assessment of each connection in D1. A later one takes its place.
import type { JsonObject } from "../core/json.ts";

/** What a row is made from; `found` is kept as JSON. */
export interface KeptAssessment {
  readonly connection: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly by: string;
  readonly found: object;
}

export async function keepAssessment(db: D1Database, { connection, at, by, found }: KeptAssessment): Promise<void> {
  await db
    .prepare("insert or replace into assessment (connection, at, by, body) values (?, ?, ?, ?)")
    .bind(connection, at, by, JSON.stringify(found))
    .run();
}

export async function listAssessments(db: D1Database): Promise<(Omit<KeptAssessment, "found"> & { readonly found: JsonObject })[]> {
  const { results } = await db
    .prepare("select connection, at, by, body from assessment order by connection")
    .all<{ connection: string; at: number; by: string; body: string }>();
  return results.map(({ body, ...row }) => ({ ...row, found: JSON.parse(body) as JsonObject }));
}
