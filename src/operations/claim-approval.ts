// Taking an approval, so that two people do not study the same one: a claim says who is at it, and ends after half an hour, when it is given back, or when
// somebody takes it over in as many words. It is advice between people: it decides nothing, and whoever holds it may still not be allowed to decide.
import * as z from "zod";
import { fail, ok, type Result } from "../core/errors.ts";
import type { Principal } from "../core/principal.ts";
import { type Claim, claimsOn, giveClaimBack, takeClaim } from "../db/approval-claims.ts";
import { type Task, tasksOf } from "../db/approval-tasks.ts";
import { readSpec } from "../db/reads.ts";
import { peopleOf } from "../governance/review.ts";
import type { Context } from "./context.ts";
import { permitApproval } from "./require-role.ts";

export type { Claim };

export const CLAIM_MS = 30 * 60_000;

/** `takeOverFrom`: the person whose claim the page showed; without it a claim that another holds is refused. */
export const ClaimInput = z.strictObject({ takeOverFrom: z.string().min(1).max(320).optional() });
export type ClaimInput = z.infer<typeof ClaimInput>;

export async function claimApproval(
  context: Context,
  principal: Principal,
  approvalId: string,
  { takeOverFrom }: ClaimInput,
  now: number,
): Promise<Result<Claim>> {
  const denied = await permitApproval(context.env.DB, principal, "decide approvals", approvalId);
  if (denied) return denied;
  const [task] = await tasksOf(context.env.DB, [approvalId]);
  if (!task) return fail("approval.not_found", `No approval ${approvalId}`);
  if (task.status !== "pending") return fail("approval.already_decided", "It was decided before you could take it");
  if (!(await mayComeToDecide(context.env.DB, task, principal.id)))
    return fail("approval.not_reviewer", `The governance spec of ${task.workflow} does not name ${principal.id}`);
  const mine = { by: principal.id, at: now, until: now + CLAIM_MS };
  const { taken, claim } = await takeClaim(context.env.DB, approvalId, mine, takeOverFrom ?? null);
  return taken ? ok(claim) : heldBy(claim);
}

export async function releaseApproval(context: Context, principal: Principal, approvalId: string, now: number): Promise<Result<null>> {
  const denied = await permitApproval(context.env.DB, principal, "decide approvals", approvalId);
  if (denied) return denied;
  await giveClaimBack(context.env.DB, approvalId, principal.id, now);
  return ok(null);
}

/** Who has which of these now, by approval. */
export const claimsNow = claimsOn;

/** The refusal of a decision on an approval that another has taken; null where it is free, or the principal's own. */
export async function takenByAnother(db: D1Database, principal: Principal, approvalId: string, now: number): Promise<Result<never> | null> {
  const claim = (await claimsOn(db, [approvalId], now)).get(approvalId);
  return claim && claim.by !== principal.id ? heldBy(claim) : null;
}

const heldBy = ({ by, until }: Claim): Result<never> =>
  fail("approval.claimed", `${by} has taken it until ${new Date(until).toISOString().slice(11, 16)} UTC`);

/** Whoever is asked now, may be asked later, or stands in for somebody: the partition knows who may decide in this moment, this keeps strangers from holding it up. */
async function mayComeToDecide(db: D1Database, { workflow, specVersion, approval }: Task, person: string): Promise<boolean> {
  if (approval.reviewers.includes(person)) return true;
  const review = (await readSpec(db, workflow, specVersion))?.spec.review;
  if (!review) return false;
  const named = peopleOf(review, [...review.reviewers, ...(review.escalation ?? []).flatMap(({ to }) => to)]);
  return named.includes(person) || (review.delegations ?? []).some(({ to }) => to === person);
}
