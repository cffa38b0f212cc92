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

const COLUMNS = `workflow, version, at, "by", digest, evidence`;
type Stored = Omit<SpecAdvice, "evidence"> & { evidence: string };
const adviceOf = (row: Stored): SpecAdvice => ({ ...row, evidence: JSON.parse(row.evidence) as Json });

export async function readAdvice(db: D1Database, workflow: string, version: number): Promise<SpecAdvice | null> {
  const found = await db
    .prepare(`select ${COLUMNS} from spec_advice where workflow = ? and version = ?`)
    .bind(workflow, version)
    .first<Stored>();
  return found && adviceOf(found);
}

/** Newest first. */
export async function listAdvice(db: D1Database, workflow: string, limit: number): Promise<SpecAdvice[]> {
  const { results } = await db
    .prepare(`select ${COLUMNS} from spec_advice where workflow = ? order by version desc limit ?`)
    .bind(workflow, limit)
    .all<Stored>();
  return results.map(adviceOf);
}
