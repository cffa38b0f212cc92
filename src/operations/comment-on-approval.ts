// What people say to each other about an approval. A comment is never changed, decides nothing, and goes when the run's contents go.
import * as z from "zod";
import { fail, ok, type Result } from "../core/errors.ts";
import type { Principal } from "../core/principal.ts";
import { addComment, type Comment, commentsOn } from "../db/approval-comments.ts";
import { runOfApproval } from "../db/reads.ts";
import type { Context } from "./context.ts";
import { permitApproval } from "./require-role.ts";

export type { Comment };

export const CommentInput = z.strictObject({ text: z.string().trim().min(1, "Write what you want to say").max(2000) });
export type CommentInput = z.infer<typeof CommentInput>;

export async function commentOnApproval(
  context: Context,
  principal: Principal,
  approvalId: string,
  { text }: CommentInput,
  now: number,
): Promise<Result<null>> {
  const denied = await permitApproval(context.env.DB, principal, "comment on approvals", approvalId);
  if (denied) return denied;
  const run = await runOfApproval(context.env.DB, approvalId);
  if (!run) return fail("approval.not_found", `No approval ${approvalId}`);
  const added = await addComment(context.env.DB, approvalId, run, { at: now, by: principal.id, text });
  return added ? ok(null) : fail("run.erased", "The contents of its run were removed: nothing more can be said about it");
}

/** Oldest first. */
export const commentsOf = commentsOn;
