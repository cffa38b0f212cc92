// One answer to several approvals that ask for the identical change to different records: each is decided by the same operation as alone, with its own digest,
// and one that refuses stops no other. What is identical is computed here, from D1, and not believed of the caller; regulated changes are never decided together.
import * as z from "zod";
import { type ErrorCode, fail, ok, type Result } from "../core/errors.ts";
import type { Principal } from "../core/principal.ts";
import { pendingLike, type Task, tasksOf } from "../db/approval-tasks.ts";
import { changeDigest } from "../governance/identical.ts";
import type { Context } from "./context.ts";
import { decideApproval } from "./govern-run.ts";
import { unanswered } from "./many-runs.ts";
import { permit, permitWithin } from "./require-role.ts";

/** What one person can still look through. */
export const MOST_TOGETHER = 100;
/** Approvals that are compared for one page; more of one action wait only when nobody has decided for long. */
const COMPARED = 500;
/** Calls to partitions under way at once, as in many-runs.ts. */
const AT_ONCE = 6;

const Ids = z.array(z.string().min(1).max(200)).min(1, "Choose at least one").max(MOST_TOGETHER, `At most ${MOST_TOGETHER} at once`);
const Change = z.string().min(1).max(100);
export const TogetherInput = z.discriminatedUnion("decision", [
  z.strictObject({ digestOfChange: Change, ids: Ids, decision: z.literal("approved") }),
  z.strictObject({
    digestOfChange: Change,
    ids: Ids,
    decision: z.literal("rejected"),
    reason: z.string().trim().min(1, "Say in a few words why you reject them").max(2000),
  }),
]);
export type TogetherInput = z.infer<typeof TogetherInput>;

export interface OneOfMany {
  readonly id: string;
  /** Null for an id that does not exist. */
  readonly target: string | null;
  /** Null where it was decided. */
  readonly refused: { readonly code: ErrorCode; readonly message: string } | null;
}

export async function decideTogether(
  context: Context,
  principal: Principal,
  input: TogetherInput,
  now: number,
): Promise<Result<readonly OneOfMany[]>> {
  const within = permitWithin(principal, "decide approvals");
  if (!within.ok) return within;
  const ids = [...new Set(input.ids)];
  const tasks = await tasksOf(context.env.DB, ids);
  const denied = tasks.map(({ workflow }) => permit(principal, "decide approvals", workflow)).find((one) => one !== null);
  if (denied) return denied;
  const found = new Map(tasks.map((task) => [task.id, task]));
  const results: OneOfMany[] = [];
  for (let from = 0; from < ids.length; from += AT_ONCE) {
    results.push(
      ...(await Promise.all(
        ids.slice(from, from + AT_ONCE).map(async (id) => {
          const task = found.get(id);
          const decided = await decideOne(context, principal, id, task, input, now).catch((thrown) => unanswered(id, thrown));
          const refused = decided.ok ? null : { code: decided.error.code, message: decided.error.message };
          return { id, target: task?.approval.target ?? null, refused };
        }),
      )),
    );
  }
  return ok(results);
}

async function decideOne(
  context: Context,
  principal: Principal,
  id: string,
  task: Task | undefined,
  input: TogetherInput,
  now: number,
): Promise<Result<null>> {
  if (!task) return fail("approval.not_found", `No approval ${id}`);
  if (task.regulated !== null) return fail("approval.not_together", "A regulated decision is made on its own, from the record");
  if (changeDigest(task) !== input.digestOfChange)
    return fail("approval.not_together", "It does not ask for the change that was shown: decide it on its own page");
  const { digest } = task.approval;
  const decision = input.decision === "approved" ? { kind: "approved", digest } : { kind: "rejected", digest, reason: input.reason };
  return decideApproval(context, principal, id, decision, now);
}

/** Approvals that wait for the identical change as this one, this one among them. */
export interface Together {
  readonly digestOfChange: string;
  readonly tasks: readonly Task[];
}

export async function waitingTogether(db: D1Database, approvalId: string): Promise<Result<Together>> {
  const [task] = await tasksOf(db, [approvalId]);
  if (!task) return fail("approval.not_found", `No approval ${approvalId}`);
  const digestOfChange = changeDigest(task);
  if (digestOfChange === null) return fail("approval.not_together", "A question is answered on its own page");
  if (task.regulated !== null) return fail("approval.not_together", "A regulated decision is made on its own, from the record");
  const alike = (await pendingLike(db, task, COMPARED)).filter((other) => changeDigest(other) === digestOfChange);
  return ok({ digestOfChange, tasks: alike.slice(0, MOST_TOGETHER) });
}

/** Of these approvals, how many ask for the identical change; only those that are not alone, and that may be decided together. */
export async function alikeAmong(db: D1Database, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const tasks = (await tasksOf(db, ids)).filter(({ status, regulated }) => status === "pending" && regulated === null);
  const byChange = Map.groupBy(
    tasks.flatMap((task) => {
      const change = changeDigest(task);
      return change === null ? [] : [{ id: task.id, change }];
    }),
    ({ change }) => change,
  );
  return new Map([...byChange.values()].flatMap((group) => (group.length > 1 ? group.map(({ id }) => [id, group.length] as const) : [])));
}
