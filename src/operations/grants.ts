// Grants: who somebody is becomes what they may; and how an admin changes it. An admin grants and revokes, never to themselves, and holds no role that approves
// or decides: refused here, and once more in core/principal.ts. Each grant stays on record with who and when.
// The first admin is named by the deployment (FIRST_ADMIN) and is one only while nobody holds the role by a grant.
import * as z from "zod";
import { fail, ok, type Result } from "../core/errors.ts";
import { DECIDING, EVERY_WORKFLOW, everywhere, type Grant, type Identity, type Principal, ROLES, type Role } from "../core/principal.ts";
import { adminsByGrant, type GrantRow, grantsOf, listGrants, readGrant, recordGrant, revokeGrant } from "../db/grants.ts";
import { bindingOf, type Deployment } from "../deployment.ts";
import { permit } from "./require-role.ts";

export type { GrantRow };

const REVOKED_SHOWN = 100;

export const GrantInput = z.strictObject({
  /** A person's e-mail address, or the client id of a service token. */
  principal: z
    .string()
    .trim()
    .min(1, "Name a person by e-mail address, or a service token by its client id")
    .max(320)
    .refine((id) => !/\s/.test(id) && (!id.includes("@") || z.email().safeParse(id).success), "This is no e-mail address")
    .transform((id) => (id.includes("@") ? id.toLowerCase() : id)),
  role: z.enum(ROLES, "Choose a role"),
  /** A workflow's name, or "*" for all. */
  workflow: z.string().min(1, "Choose a workflow, or * for all").max(200),
});
export type GrantInput = z.infer<typeof GrantInput>;

export async function principalOf(env: Env, identity: Identity): Promise<Principal> {
  const grants = await grantsOf(env.DB, identity.id);
  const first = identity.kind === "person" && identity.id === firstAdmin(env) && (await adminsByGrant(env.DB)).length === 0;
  return { ...identity, grants: first ? [...grants, ...everywhere("admin")] : grants };
}

/** Ids of those who can grant. */
export async function admins(env: Env): Promise<string[]> {
  const granted = await adminsByGrant(env.DB);
  const first = firstAdmin(env);
  return granted.length === 0 && first !== null ? [first] : granted;
}

export interface GrantsNow {
  readonly inForce: readonly GrantRow[];
  readonly revoked: readonly GrantRow[];
  /** Who is admin only because the deployment says so; null once somebody holds the role by a grant. */
  readonly firstAdmin: string | null;
}

export async function grantsNow(env: Env, principal: Principal): Promise<Result<GrantsNow>> {
  const denied = permit(principal, "read grants", null);
  if (denied) return denied;
  const listed = await listGrants(env.DB, REVOKED_SHOWN);
  return ok({ ...listed, firstAdmin: listed.inForce.some(({ role }) => role === "admin") ? null : firstAdmin(env) });
}

/** Repeating it is safe: the grant in force is the answer. */
export async function grantRole(
  env: Env,
  deployment: Pick<Deployment, "workflows">,
  principal: Principal,
  { principal: to, ...grant }: GrantInput,
  now: number,
): Promise<Result<GrantRow>> {
  const denied = permit(principal, "change grants", null) ?? refusedAnyway(deployment, principal, to, grant);
  if (denied) return denied;
  const recorded = await recordGrant(env.DB, to, grant, { at: now, by: principal.id, unless: unlessHeld(grant.role) });
  if (recorded) return ok({ principal: to, ...grant, grantedAt: now, grantedBy: principal.id, revokedAt: null, revokedBy: null });
  const inForce = await readGrant(env.DB, to, grant);
  if (inForce) return ok(inForce);
  const held = grant.role === "admin" ? "a role that approves or decides" : "the role admin";
  return fail("grant.separation", `${to} holds ${held}: revoke that first, or choose somebody else`, { field: "principal" });
}

export async function revokeRole(
  env: Env,
  principal: Principal,
  { principal: from, ...grant }: GrantInput,
  now: number,
): Promise<Result<null>> {
  const denied = permit(principal, "change grants", null);
  if (denied) return denied;
  const revoked = await revokeGrant(env.DB, from, grant, { at: now, by: principal.id });
  return revoked ? ok(null) : fail("grant.not_found", `${from} does not hold the role ${grant.role} for ${grant.workflow}`);
}

/** Whatever is in force. */
function refusedAnyway({ workflows }: Pick<Deployment, "workflows">, principal: Principal, to: string, { role, workflow }: Grant) {
  if (to === principal.id) return fail("grant.to_oneself", "Ask another admin", { field: "principal" });
  if (!to.includes("@") && unlessHeld(role).length > 0)
    return fail("grant.separation", `A service token can be author, operator or auditor; ${role} is for a person`, { field: "principal" });
  if (role === "admin" && workflow !== EVERY_WORKFLOW)
    return fail("request.invalid", "An admin grants for every workflow: choose all of them", { field: "workflow" });
  if (workflow !== EVERY_WORKFLOW && !workflows.some(({ name }) => name === workflow))
    return fail("workflow.unknown", `No workflow ${workflow} is deployed`, { field: "workflow" });
  return null;
}

/** The roles that somebody must not hold to be given this one. */
function unlessHeld(role: Role): readonly Role[] {
  if (role === "admin") return DECIDING;
  return DECIDING.includes(role) ? ["admin"] : [];
}

const firstAdmin = (env: Env): string | null => bindingOf(env, "FIRST_ADMIN")?.trim().toLowerCase() || null;
