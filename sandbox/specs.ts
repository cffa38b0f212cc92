// The governance specs that a local run approves, and the statement that puts them into D1. Local only: in production a process owner approves.
import { sha256Hex } from "../src/core/crypto.ts";
import { canonical } from "../src/core/json.ts";
import { GovernanceSpec } from "../src/governance/spec.ts";
import { ticketTriageSpec } from "../src/workflows/ticket-triage/governance.ts";

export const localSpecs: readonly GovernanceSpec[] = [ticketTriageSpec];

export const INSERT_SPEC =
  "insert or ignore into governance_spec (workflow, version, status, body, digest, approved_by, approved_at) values (?, ?, 'approved', ?, ?, ?, ?)";

/** Values for INSERT_SPEC, in its order. Throws when a spec does not fit its schema. */
export function specRow(spec: GovernanceSpec, approvedAt: number): [string, number, string, string, string, number] {
  const body = canonical(GovernanceSpec.parse(spec));
  return [spec.workflow, spec.version, body, sha256Hex(body), spec.owner, approvedAt];
}

export async function seedSpecs(db: D1Database, specs: readonly GovernanceSpec[], approvedAt: number): Promise<void> {
  await db.batch(specs.map((spec) => db.prepare(INSERT_SPEC).bind(...specRow(spec, approvedAt))));
}
