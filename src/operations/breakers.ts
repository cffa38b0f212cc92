// The breakers of workflows: which are open, and closing one. Whoever closes it has read the trip that they close and says why; the workflow then acts alone again wherever
// its spec lets it. It must not trip one.
import * as z from "zod";
import { fail, ok, type Result } from "../core/errors.ts";
import type { Principal, Within } from "../core/principal.ts";
import { type Breaker, closeBreaker as close, listBreakers } from "../db/breakers.ts";
import type { Context } from "./context.ts";
import { permit } from "./require-role.ts";

export type { Breaker };

const SHOWN = 50;

export const CloseBreakerInput = z.strictObject({
  /** Of the trip that was read: one that came since is not closed by this. */
  openedAt: z.coerce.number("Repeat when the breaker was tripped, as it was shown").int(),
  reason: z.string("Say in a few words why").trim().min(1, "Say in a few words why").max(2000),
});
export type CloseBreakerInput = z.infer<typeof CloseBreakerInput>;

/** Open ones first, then the latest. */
export const breakersWithin = (db: D1Database, within: Within): Promise<Breaker[]> => listBreakers(db, within, SHOWN);

export const openBreakers = async (db: D1Database, within: Within): Promise<Breaker[]> =>
  (await breakersWithin(db, within)).filter(({ closed }) => closed === null);

export async function closeBreaker(
  { env }: Pick<Context, "env">,
  principal: Principal,
  workflow: string,
  { openedAt, reason }: CloseBreakerInput,
  now: number,
): Promise<Result<{ readonly workflow: string }>> {
  const denied = permit(principal, "close breakers", workflow);
  if (denied) return denied;
  const closed = await close(env.DB, { workflow, openedAt, at: now, by: principal.id, because: reason });
  return closed ? ok({ workflow }) : fail("breaker.not_open", `The breaker of ${workflow} that was shown is not open any more`);
}
