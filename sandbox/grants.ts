// The roles that a local run begins with, and the statement that puts them into D1. Local only: in production an admin grants. The person of LOCAL_VARS has
// every role but admin, which would take the deciding ones away; the admin is somebody else (DEV_IDENTITY says who you are).
import { everywhere, type Grant } from "../src/core/principal.ts";

export type GrantTo = Grant & { readonly principal: string };

const to = (principal: string, grants: readonly Grant[]): GrantTo[] => grants.map((grant) => ({ principal, ...grant }));

export const localGrants: readonly GrantTo[] = [
  ...to("ada@example.com", everywhere("author", "process_owner", "data_protection_officer", "reviewer", "operator", "auditor")),
  ...to("alan@example.com", everywhere("admin")),
];

/** Not where there was such a grant before: a second seed grants nothing that was revoked. */
export const INSERT_GRANT = `insert into role_grant (principal, role, workflow, granted_at, granted_by) select ?, ?, ?, ?, 'sandbox@example.com'
  where not exists (select 1 from role_grant where principal = ? and role = ? and workflow = ?)`;

/** Values for INSERT_GRANT, in its order. */
export const grantValues = ({ principal, role, workflow }: GrantTo, at: number): (string | number)[] => [
  principal,
  role,
  workflow,
  at,
  principal,
  role,
  workflow,
];

export async function seedGrants(db: D1Database, grants: readonly GrantTo[], at: number): Promise<void> {
  if (grants.length > 0) await db.batch(grants.map((grant) => db.prepare(INSERT_GRANT).bind(...grantValues(grant, at))));
}
