// One request to many runs: those that a filter matches, the oldest first, a bounded number at a time. Runs are independent: one that refuses stops no other.
import * as z from "zod";
import { type ErrorCode, type Failure, failureOf, ok, type Result } from "../core/errors.ts";
import type { Principal } from "../core/principal.ts";
import { RunRequest } from "../core/run-request.ts";
import { runsMatching } from "../db/reads.ts";
import { replayRun } from "./begin-again.ts";
import type { Context } from "./context.ts";
import { askOfRun } from "./govern-run.ts";
import { requireRole } from "./require-role.ts";

/** Calls to partitions under way at once: a Worker has six connections, and a partition one thread. */
const AT_ONCE = 6;
/** One call of the platform's limit of a thousand subrequests is left to each run of the largest set, several times over. */
const MOST = 200;

export const RunFilter = z.strictObject({
  status: z.enum(["pending", "running", "waiting", "completed", "failed", "cancelled"]).optional(),
  workflow: z.string().min(1).max(200).optional(),
  /** The code of the error that a failed run ended with, or that a waiting one waits over. */
  error: z.string().min(1).max(200).optional(),
  startedFrom: z.number().int().optional(),
  startedBefore: z.number().int().optional(),
});
export type RunFilter = z.infer<typeof RunFilter>;

export const ManyRequest = z.strictObject({
  /** An empty filter is refused: it would mean every run there ever was. */
  filter: RunFilter.refine((filter) => Object.values(filter).some((value) => value !== undefined), "Give at least one condition"),
  request: z.union([RunRequest, z.strictObject({ do: z.literal("replay") })]),
  limit: z.number().int().min(1).max(MOST).default(MOST),
});
export type ManyRequest = z.infer<typeof ManyRequest>;

export interface ManyAnswer {
  readonly matched: number;
  readonly done: number;
  /** True when more runs match than were asked now: ask again. */
  readonly more: boolean;
  readonly refused: readonly { readonly run: string; readonly code: ErrorCode; readonly message: string }[];
}

export async function askOfMany(
  context: Context,
  principal: Principal,
  { filter, request, limit }: ManyRequest,
): Promise<Result<ManyAnswer>> {
  const denied = requireRole(principal, "operator");
  if (denied) return denied;
  const found = await runsMatching(context.env.DB, filter, limit + 1);
  const runs = found.slice(0, limit);
  const refused: { run: string; code: ErrorCode; message: string }[] = [];
  for (let from = 0; from < runs.length; from += AT_ONCE) {
    await Promise.all(
      runs.slice(from, from + AT_ONCE).map(async (run) => {
        const answered = await (request.do === "replay"
          ? replayRun(context, principal, run)
          : askOfRun(context, principal, run, request)
        ).catch((thrown): { ok: false; error: Failure } => ({ ok: false, error: failureOf(thrown) }));
        if (!answered.ok) refused.push({ run, code: answered.error.code, message: answered.error.message });
      }),
    );
  }
  return ok({ matched: runs.length, done: runs.length - refused.length, more: found.length > limit, refused });
}
