// Who acts: a person or an API token, and what it was granted: a role, for one workflow or for all. The engine itself acts as `system`, so that an audit row
// always names somebody. Pure: where grants come from is not its matter. Who administers grants decides nothing, and only a person decides: both are enforced
// here once more, whatever rows a table holds.
export const ROLES = ["author", "process_owner", "data_protection_officer", "reviewer", "operator", "auditor", "admin"] as const;
export type Role = (typeof ROLES)[number];

/** Roles whose holder approves or decides. */
export const DECIDING: readonly Role[] = ["process_owner", "data_protection_officer", "reviewer"];

/** As a grant's workflow: all of them, those to come, and what belongs to none. */
export const EVERY_WORKFLOW = "*";

export interface Grant {
  readonly role: Role;
  /** A workflow's name, or "*". */
  readonly workflow: string;
}

/** Who somebody is, once it is proven. */
export interface Identity {
  readonly kind: "person" | "token" | "system";
  /** Stable id: a person's e-mail address in lower case, a token's name, or "interlock". */
  readonly id: string;
  readonly name: string;
}

export interface Principal extends Identity {
  readonly grants: readonly Grant[];
}

export const SYSTEM: Principal = { kind: "system", id: "interlock", name: "Interlock", grants: [] };

export const everywhere = (...roles: readonly Role[]): Grant[] => roles.map((role) => ({ role, workflow: EVERY_WORKFLOW }));

/** What of the grants counts. */
function inEffect({ kind, grants }: Pick<Principal, "kind" | "grants">): readonly Grant[] {
  const admin = grants.some(({ role }) => role === "admin");
  return grants.filter(({ role }) => {
    if (DECIDING.includes(role)) return kind === "person" && !admin;
    return role !== "admin" || kind === "person";
  });
}

/** `workflow`: null for a matter of the whole deployment, where only a grant for all workflows counts. */
export const hasRole = (principal: Principal, role: Role, workflow: string | null): boolean =>
  inEffect(principal).some((grant) => grant.role === role && (grant.workflow === EVERY_WORKFLOW || grant.workflow === workflow));

/** Which workflows lists may show: "*" for all, none for whoever has no such role. */
export type Within = typeof EVERY_WORKFLOW | readonly string[];

export function workflowsWith(principal: Principal, roles: readonly Role[]): Within {
  const held = inEffect(principal).filter(({ role }) => roles.includes(role));
  if (held.some(({ workflow }) => workflow === EVERY_WORKFLOW)) return EVERY_WORKFLOW;
  return [...new Set(held.map(({ workflow }) => workflow))].sort();
}
