// Who holds which role, as people granted and revoked it. A grant is a row that stays; revoking it dates its end. What a role allows is not known here.
import { and, asc, desc, eq, isNotNull, isNull } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import type { Grant, Role } from "../core/principal.ts";
import { roleGrant } from "./schema.ts";

export interface GrantRow extends Grant {
  readonly principal: string;
  readonly grantedAt: number;
  readonly grantedBy: string;
  readonly revokedAt: number | null;
  readonly revokedBy: string | null;
}

const rowOf = ({ id: _, ...row }: typeof roleGrant.$inferSelect): GrantRow => ({ ...row, role: row.role as Role });

export async function grantsOf(db: D1Database, principal: string): Promise<Grant[]> {
  const rows = await drizzle(db)
    .select({ role: roleGrant.role, workflow: roleGrant.workflow })
    .from(roleGrant)
    .where(and(eq(roleGrant.principal, principal), isNull(roleGrant.revokedAt)));
  return rows.map(({ role, workflow }) => ({ role: role as Role, workflow }));
}

/** Those in force, by name; and the latest that were revoked, the last one first. */
export async function listGrants(db: D1Database, past: number): Promise<{ readonly inForce: GrantRow[]; readonly revoked: GrantRow[] }> {
  const orm = drizzle(db);
  const [inForce, revoked] = await orm.batch([
    orm
      .select()
      .from(roleGrant)
      .where(isNull(roleGrant.revokedAt))
      .orderBy(asc(roleGrant.principal), asc(roleGrant.role), asc(roleGrant.workflow)),
    orm.select().from(roleGrant).where(isNotNull(roleGrant.revokedAt)).orderBy(desc(roleGrant.revokedAt), desc(roleGrant.id)).limit(past),
  ]);
  return { inForce: inForce.map(rowOf), revoked: revoked.map(rowOf) };
}

export async function readGrant(db: D1Database, principal: string, { role, workflow }: Grant): Promise<GrantRow | null> {
  const [row] = await drizzle(db)
    .select()
    .from(roleGrant)
    .where(
      and(eq(roleGrant.principal, principal), eq(roleGrant.role, role), eq(roleGrant.workflow, workflow), isNull(roleGrant.revokedAt)),
    );
  return row ? rowOf(row) : null;
}

/** Ids of those who are admins by a grant. */
export async function adminsByGrant(db: D1Database): Promise<string[]> {
  const rows = await drizzle(db)
    .selectDistinct({ principal: roleGrant.principal })
    .from(roleGrant)
    .where(and(eq(roleGrant.role, "admin"), isNull(roleGrant.revokedAt)))
    .orderBy(asc(roleGrant.principal));
  return rows.map(({ principal }) => principal);
}

/**
 * Whether it was recorded: not where it is in force already, nor where the same principal holds one of `unless`. Looked at in the statement that writes, so that
 * of two admins at the same moment one is refused.
 */
export async function recordGrant(
  db: D1Database,
  principal: string,
  { role, workflow }: Grant,
  { at, by, unless }: { readonly at: number; readonly by: string; readonly unless: readonly Role[] },
): Promise<boolean> {
  const { results } = await db
    .prepare(
      `insert into role_grant (principal, role, workflow, granted_at, granted_by)
       select ?1, ?2, ?3, ?4, ?5 where not exists (
         select 1 from role_grant where principal = ?1 and revoked_at is null
           and ((role = ?2 and workflow = ?3) or role in (select value from json_each(?6))))
       returning id`,
    )
    .bind(principal, role, workflow, at, by, JSON.stringify(unless))
    .all();
  return results.length > 0;
}

/** Whether there was one in force. */
export async function revokeGrant(
  db: D1Database,
  principal: string,
  { role, workflow }: Grant,
  { at, by }: { readonly at: number; readonly by: string },
): Promise<boolean> {
  const { results } = await db
    .prepare(
      `update role_grant set revoked_at = ?4, revoked_by = ?5
       where principal = ?1 and role = ?2 and workflow = ?3 and revoked_at is null returning id`,
    )
    .bind(principal, role, workflow, at, by)
    .all();
  return results.length > 0;
}
