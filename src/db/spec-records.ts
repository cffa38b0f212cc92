// A governance spec with what is on record about it: its exact text, its status, and who approved it when. It does not say whether a run may use it.
import { GovernanceSpec } from "../governance/spec.ts";

export interface SpecApproval {
  readonly by: string;
  readonly at: number;
  /** SHA-256 of the text that was approved. */
  readonly digest: string;
}

export interface SpecRecord {
  readonly workflow: string;
  readonly version: number;
  readonly status: string;
  /** Who wrote it; null where that is not on record. */
  readonly author: string | null;
  /** The exact text. */
  readonly body: string;
  /** What the row says its SHA-256 is. */
  readonly digest: string;
  readonly approvals: readonly SpecApproval[];
  /** Null where the text does not fit the schema of this release. */
  readonly spec: GovernanceSpec | null;
}

export async function readSpecRecord(db: D1Database, workflow: string, version: number): Promise<SpecRecord | null> {
  const row = await db.prepare(`${SELECT} where workflow = ? and version = ?`).bind(workflow, version).first<Stored>();
  return row && recordOf(row);
}

/** The version that new runs begin with. */
export async function currentSpecRecord(db: D1Database, workflow: string): Promise<SpecRecord | null> {
  const row = await db
    .prepare(`${SELECT} where workflow = ? and status = 'approved' order by version desc limit 1`)
    .bind(workflow)
    .first<Stored>();
  return row && recordOf(row);
}

const SELECT = "select * from governance_spec";

interface Stored {
  readonly workflow: string;
  readonly version: number;
  readonly status: string;
  readonly author?: string | null;
  readonly body: string;
  readonly digest: string;
  readonly approved_by: string | null;
  readonly approved_at: number | null;
}

const recordOf = ({ workflow, version, status, author, body, digest, approved_by: by, approved_at: at }: Stored): SpecRecord => ({
  workflow,
  version,
  status,
  author: author ?? null,
  body,
  digest,
  approvals: by === null || at === null ? [] : [{ by, at, digest }],
  spec: specIn(body),
});

function specIn(body: string): GovernanceSpec | null {
  try {
    return GovernanceSpec.safeParse(JSON.parse(body)).data ?? null;
  } catch {
    return null;
  }
}
