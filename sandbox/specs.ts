// The governance specs that a local run approves, and the statements that put them into D1 as people would. Local only: in production people do.
import { sha256Hex } from "../src/core/crypto.ts";
import { canonical } from "../src/core/json.ts";
import { GovernanceSpec } from "../src/governance/spec.ts";
import { ticketTriageSpec } from "../src/workflows/ticket-triage/governance.ts";

export const localSpecs: readonly GovernanceSpec[] = [ticketTriageSpec];

/** Who writes the specs that a local run approves; their `owner` approves them. */
const AUTHOR = "author@example.com";

export interface Statement {
  readonly statement: string;
  readonly values: readonly (string | number)[];
}

/** Drafted, submitted, approved by another: what the triggers demand of everybody. A version that is there already stays as it is. Throws when a spec does not fit its schema. */
export function approvalOf(spec: GovernanceSpec, at: number): Statement[] {
  const body = canonical(GovernanceSpec.parse(spec));
  const digest = sha256Hex(body);
  const { workflow, version, owner } = spec;
  const own = "where workflow = ? and version = ? and digest = ? and author = ?";
  const which = [workflow, version, digest, AUTHOR] as const;
  return [
    {
      statement: `insert into governance_spec (workflow, version, status, body, digest, author, created_at)
        select ?, ?, 'draft', ?, ?, ?, ? where not exists (select 1 from governance_spec where workflow = ? and version = ?)`,
      values: [workflow, version, body, digest, AUTHOR, at, workflow, version],
    },
    { statement: `update governance_spec set status = 'submitted', submitted_at = ? ${own} and status = 'draft'`, values: [at, ...which] },
    {
      statement: `insert into spec_approval (workflow, version, "by", at, digest)
        select workflow, version, ?, ?, digest from governance_spec ${own} and status = 'submitted'`,
      values: [owner, at, ...which],
    },
    {
      statement: `update governance_spec set status = 'approved', approved_by = ?, approved_at = ? ${own} and status = 'submitted'`,
      values: [owner, at, ...which],
    },
  ];
}

export async function seedSpecs(db: D1Database, specs: readonly GovernanceSpec[], approvedAt: number): Promise<void> {
  await db.batch(
    specs.flatMap((spec) => approvalOf(spec, approvedAt)).map(({ statement, values }) => db.prepare(statement).bind(...values)),
  );
}
