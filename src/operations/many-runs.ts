// One request to many runs: those that a filter matches, the oldest first, a bounded number at a time. Runs are independent: one that refuses stops no other.
// The next ones are asked from the place on that the answer names, because those that refused match still. An event is begun anew once: of several runs that
// were begun for it, only the latest is taken.
import * as z from "zod";
import { type ErrorCode, type Failure, fail, failureOf, ok, type Result } from "../core/errors.ts";
import type { Principal } from "../core/principal.ts";
import { RunRequest } from "../core/run-request.ts";
import { type RunPlace, runsMatching } from "../db/runs.ts";
import { replayRun } from "./begin-again.ts";
import type { Context } from "./context.ts";
import { askOfRun } from "./govern-run.ts";
import { permitWithin } from "./require-role.ts";

/** Calls to partitions under way at once: a Worker has six connections, and a partition one thread. */
const AT_ONCE = 6;
/** One call of the platform's limit of a thousand subrequests is left to each run of the largest set, several times over. */
export const MOST_AT_ONCE = 200;

export const RunFilter = z.strictObject({
  status: z.enum(["pending", "running", "waiting", "completed", "failed", "cancelled"]).optional(),
  workflow: z.string().min(1).max(200).optional(),
  version: z.number().int().min(1).optional(),
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
  /** Where the last answer stopped. */
  after: z.strictObject({ at: z.number().int(), id: z.string().min(1).max(500) }).optional(),
  limit: z.number().int().min(1).max(MOST_AT_ONCE).default(MOST_AT_ONCE),
});
export type ManyRequest = z.infer<typeof ManyRequest>;

export interface ManyAnswer {
  readonly matched: number;
  readonly done: number;
  /** Where more runs match than were asked now: the place to go on after. */
  readonly next: RunPlace | null;
  readonly refused: readonly { readonly run: string; readonly code: ErrorCode; readonly message: string }[];
}

export async function askOfMany(
  context: Context,
  principal: Principal,
  { filter, request, after, limit }: ManyRequest,
): Promise<Result<ManyAnswer>> {
  const within = permitWithin(principal, request.do === "replay" ? "begin runs again" : "control runs");
  if (!within.ok) return within;
  const found = await runsMatching(
    context.env.DB,
    { ...filter, within: within.value, after, latestOnly: request.do === "replay" },
    limit + 1,
  );
  const runs = found.slice(0, limit);
  const refused: { run: string; code: ErrorCode; message: string }[] = [];
  for (let from = 0; from < runs.length; from += AT_ONCE) {
    await Promise.all(
      runs.slice(from, from + AT_ONCE).map(async ({ id: run }) => {
        const answered = await (request.do === "replay"
          ? replayRun(context, principal, run)
          : askOfRun(context, principal, run, request)
        ).catch((thrown) => unanswered(run, thrown));
        if (!answered.ok) refused.push({ run, code: answered.error.code, message: answered.error.message });
      }),
    );
  }
  return ok({
    matched: runs.length,
    done: runs.length - refused.length,
    next: found.length > limit ? (runs.at(-1) ?? null) : null,
    refused,
  });
}

/** A foreign error's text stays in the log: it may name what a caller must not see. */
export function unanswered(run: string, thrown: unknown): { readonly ok: false; readonly error: Failure } {
  const failure = failureOf(thrown);
  if (failure.code !== "internal") return { ok: false, error: failure };
  console.error(JSON.stringify({ message: "request failed", run, error: failure.message }));
  return fail("internal", "The run could not be asked; the Worker’s log has the reason");
}
