// Who may: an operation asks here before it does anything. It knows roles and no specs; a spec's list of reviewers is the partition's to read.
import { fail, ok, type Result } from "../core/errors.ts";
import type { Principal, Role, Within } from "../core/principal.ts";
import { workflowOfApproval, workflowOfRun } from "../db/reads.ts";
import { MAY, may, maySomewhere, type Operation, workflowsFor } from "./access.ts";

type Denied = ReturnType<typeof fail>;

/** `workflow`: null for a matter of the whole deployment. */
export const permit = (principal: Principal, operation: Operation, workflow: string | null): Denied | null =>
  may(principal, operation, workflow) ? null : denied(principal, MAY[operation], workflow ?? "all workflows");

/** Of which workflows: for what is then limited to these. */
export const permitWithin = (principal: Principal, operation: Operation): Result<Within> =>
  maySomewhere(principal, operation) ? ok(workflowsFor(principal, operation)) : denied(principal, MAY[operation], "any workflow");

/** A run that there is not is a refusal all the same to whoever could not have touched it. */
export async function permitRun(db: D1Database, principal: Principal, operation: Operation, runId: string): Promise<Denied | null> {
  const workflow = await workflowOfRun(db, runId);
  if (workflow !== null) return permit(principal, operation, workflow);
  const within = permitWithin(principal, operation);
  return within.ok ? fail("run.not_found", `No run ${runId}`) : within;
}

export async function permitApproval(db: D1Database, principal: Principal, operation: Operation, id: string): Promise<Denied | null> {
  const workflow = await workflowOfApproval(db, id);
  if (workflow !== null) return permit(principal, operation, workflow);
  const within = permitWithin(principal, operation);
  return within.ok ? fail("approval.not_found", `No approval ${id}`) : within;
}

function denied(principal: Principal, roles: readonly Role[], where: string): Denied {
  const role = roles.length === 1 ? `does not have the role ${roles[0]}` : `has none of the roles ${roles.join(", ")}`;
  return fail("access.denied", `${principal.id} ${role} for ${where}`);
}
