// Governance specs in D1: every version with who did what to it, and which one counts. Each statement says in its condition from which stage it leads on, so that
// of two people at once one comes too late; the triggers refuse whatever these conditions would let through. It must not decide who may.
import type { SpecStatus } from "../governance/spec-lifecycle.ts";

export interface SpecApproval {
  readonly by: string;
  readonly at: number;
  readonly digest: string;
  readonly note: string | null;
}

/** A version without its text. `counts`: new runs begin under it. */
export interface SpecVersion {
  readonly workflow: string;
  readonly version: number;
  readonly status: SpecStatus;
  readonly digest: string;
  readonly author: string;
  readonly createdAt: number;
  readonly note: string | null;
  /** Why it could not wait; null for a version that goes the usual way. */
  readonly emergency: string | null;
  readonly submittedAt: number | null;
  readonly approvedBy: string | null;
  readonly approvedAt: number | null;
  readonly expiresAt: number | null;
  readonly endedBy: string | null;
  readonly endedAt: number | null;
  readonly endedBecause: string | null;
  readonly approvals: readonly SpecApproval[];
  readonly counts: boolean;
}

/** `body`: the exact text, whose SHA-256 is `digest`. */
export interface SpecText extends SpecVersion {
  readonly body: string;
}

/** The version that counts for a workflow named by `workflow`, at `now`: an emergency one while it is in force, else the highest that is approved. Both are SQL. */
export const countingVersion = (workflow: string, now: string): string =>
  `(select version from governance_spec where workflow = ${workflow} and status = 'approved' and (expires_at is null or expires_at > ${now})
    order by emergency is null, version desc limit 1)`;

const COLUMNS = `s.workflow, s.version, s.status, s.digest, s.author, s.created_at as createdAt, s.note, s.emergency, s.submitted_at as submittedAt,
  s.approved_by as approvedBy, s.approved_at as approvedAt, s.expires_at as expiresAt, s.ended_by as endedBy, s.ended_at as endedAt, s.ended_because as endedBecause,
  (select json_group_array(json_object('by', a."by", 'at', a.at, 'digest', a.digest, 'note', a.note)) from
    (select * from spec_approval where workflow = s.workflow and version = s.version order by at) as a) as approvals,
  s.version is ${countingVersion("s.workflow", "?1")} as counts`;

type Stored<T> = Omit<T, "approvals" | "counts"> & { approvals: string; counts: number };
const versionOf = <T extends SpecVersion>(row: Stored<T>): T =>
  ({ ...row, approvals: JSON.parse(row.approvals) as SpecApproval[], counts: row.counts === 1 }) as unknown as T;

/** Newest first, by workflow. */
export async function listSpecVersions(db: D1Database, now: number): Promise<SpecVersion[]> {
  const { results } = await db
    .prepare(`select ${COLUMNS} from governance_spec as s order by s.workflow, s.version desc`)
    .bind(now)
    .all<Stored<SpecVersion>>();
  return results.map(versionOf);
}

/** Those of one workflow with their texts, newest first. */
export async function readSpecTexts(db: D1Database, workflow: string, now: number): Promise<SpecText[]> {
  const { results } = await db
    .prepare(`select ${COLUMNS}, s.body from governance_spec as s where s.workflow = ?2 order by s.version desc`)
    .bind(now, workflow)
    .all<Stored<SpecText>>();
  return results.map(versionOf);
}

interface Named {
  readonly workflow: string;
  readonly version: number;
}

interface Draft extends Named {
  readonly body: string;
  readonly digest: string;
  readonly author: string;
}

const changed = async (statement: D1PreparedStatement): Promise<boolean> => (await statement.all()).results.length > 0;

/** False when the number is taken. */
export const insertDraft = (db: D1Database, { workflow, version, body, digest, author }: Draft, at: number): Promise<boolean> =>
  changed(
    db
      .prepare(
        `insert into governance_spec (workflow, version, status, body, digest, author, created_at) select ?1, ?2, 'draft', ?3, ?4, ?5, ?6
         where not exists (select 1 from governance_spec where workflow = ?1 and version = ?2) returning version`,
      )
      .bind(workflow, version, body, digest, author, at),
  );

/** False when it is no draft of this author any more. */
export const updateDraft = (db: D1Database, { workflow, version, body, digest, author }: Draft): Promise<boolean> =>
  changed(
    db
      .prepare(
        `update governance_spec set body = ?4, digest = ?5
         where workflow = ?1 and version = ?2 and author = ?3 and status = 'draft' returning version`,
      )
      .bind(workflow, version, author, body, digest),
  );

/** False when the draft is not this text any more. */
export const submitDraft = (
  db: D1Database,
  { workflow, version, digest, note, emergency }: Named & Pick<SpecVersion, "digest" | "note" | "emergency">,
  at: number,
): Promise<boolean> =>
  changed(
    db
      .prepare(
        `update governance_spec set status = 'submitted', submitted_at = ?4, note = ?5, emergency = ?6
         where workflow = ?1 and version = ?2 and digest = ?3 and status = 'draft' returning version`,
      )
      .bind(workflow, version, digest, at, note, emergency),
  );

/** The approval, and the version's new status once there are `needed`: one transaction. Rejects when a trigger refuses it. */
export async function recordApproval(
  db: D1Database,
  { workflow, version }: Named,
  { by, at, digest, note }: SpecApproval,
  { needed, expiresAt }: { readonly needed: number; readonly expiresAt: number | null },
): Promise<void> {
  await db.batch([
    db
      .prepare(`insert into spec_approval (workflow, version, "by", at, digest, note) values (?, ?, ?, ?, ?, ?)`)
      .bind(workflow, version, by, at, digest, note),
    db
      .prepare(
        `update governance_spec set status = 'approved', approved_by = ?3, approved_at = ?4, expires_at = ?5
         where workflow = ?1 and version = ?2 and (select count(*) from spec_approval where workflow = ?1 and version = ?2) >= ?6`,
      )
      .bind(workflow, version, by, at, expiresAt, needed),
  ]);
}

/** False when it is not where it would have to be. */
export const endSpec = (
  db: D1Database,
  { workflow, version }: Named,
  { to, by, at, because }: { readonly to: "rejected" | "retired"; readonly by: string; readonly at: number; readonly because: string },
): Promise<boolean> =>
  changed(
    db
      .prepare(
        `update governance_spec set status = ?3, ended_by = ?4, ended_at = ?5, ended_because = ?6
         where workflow = ?1 and version = ?2 and status = iif(?3 = 'rejected', 'submitted', 'approved') returning version`,
      )
      .bind(workflow, version, to, by, at, because),
  );

export interface SpecNaming extends Named {
  readonly status: SpecStatus;
  readonly counts: boolean;
}

export interface ThresholdInForce extends Named {
  /** A decision. */
  readonly decision: string;
  readonly certificate: string;
}

/** The certificates that the specs name which count now. */
export async function certificatesInForce(db: D1Database, now: number): Promise<ThresholdInForce[]> {
  const { results } = await db
    .prepare(
      `select s.workflow, s.version, t.key as decision, t.value->>'$.certificate' as certificate
       from governance_spec as s, json_each(s.body, '$.thresholds') as t
       where t.type = 'object' and s.version is ${countingVersion("s.workflow", "?1")} order by s.workflow, t.key`,
    )
    .bind(now)
    .all<ThresholdInForce>();
  return results;
}

/** Versions of a workflow's spec whose thresholds name this certificate, the latest first. */
export async function listSpecsNaming(db: D1Database, workflow: string, certificate: string, now: number): Promise<SpecNaming[]> {
  const { results } = await db
    .prepare(
      `select s.workflow, s.version, s.status, s.version is ${countingVersion("s.workflow", "?1")} as counts from governance_spec as s
       where s.workflow = ?2 and exists (select 1 from json_each(s.body, '$.thresholds') as t where t.type = 'object' and t.value->>'$.certificate' = ?3)
       order by s.version desc`,
    )
    .bind(now, workflow, certificate)
    .all<Omit<SpecNaming, "counts"> & { counts: number }>();
  return results.map((row) => ({ ...row, counts: row.counts === 1 }));
}
