// Who may: an operation asks here before it does anything. It knows roles and no specs; a spec's list of reviewers is the partition's to read.
import { fail } from "../core/errors.ts";
import type { Principal, Role } from "../core/principal.ts";

export const requireRole = (principal: Principal, role: Role) =>
  principal.roles.includes(role) ? null : fail("access.denied", `${principal.id} does not have the role ${role}`);

export const requireOneOf = (principal: Principal, roles: readonly Role[]) =>
  roles.some((role) => principal.roles.includes(role))
    ? null
    : fail("access.denied", `${principal.id} has none of the roles ${roles.join(", ")}`);
