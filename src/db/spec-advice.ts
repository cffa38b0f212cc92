// Which drafts of governance specs a review has advised, and on what evidence: rows that stay. It judges nothing.
import type { Json } from "../core/json.ts";

export interface SpecAdvice {
  readonly workflow: string;
  readonly version: number;
  readonly at: number;
  readonly by: string;
  /** SHA-256 of the text as the review wrote it. */
  readonly digest: string;
  readonly evidence: Json;
}

export async function recordAdvice(db: D1Database, { workflow, version, at, by, digest, evidence }: SpecAdvice): Promise<void> {
  await db
    .prepare(`insert into spec_advice (workflow, version, at, "by", digest, evidence) values (?, ?, ?, ?, ?, ?)`)
    .bind(workflow, version, at, by, digest, JSON.stringify(evidence))
    .run();
}

/** Newest first. */
export async function listAdvice(db: D1Database, workflow: string, limit: number): Promise<SpecAdvice[]> {
  const { results } = await db
    .prepare(`select workflow, version, at, "by", digest, evidence from spec_advice where workflow = ? order by version desc limit ?`)
    .bind(workflow, limit)
    .all<Omit<SpecAdvice, "evidence"> & { evidence: string }>();
  return results.map((row) => ({ ...row, evidence: JSON.parse(row.evidence) as Json }));
}
