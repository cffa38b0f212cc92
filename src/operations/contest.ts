// A person affected contests a change, whoever or whatever decided it (GDPR Art. 22): an operator or reviewer records it, and somebody who had no part in the
// decision judges it from the record and says how it ends. A contest changes no record: an undo, or a new run, does that.
import * as z from "zod";
import { fail, ok, type Result } from "../core/errors.ts";
import { digest } from "../core/json.ts";
import type { Principal } from "../core/principal.ts";
import { type Contest, closeContest, contestable, contestsOfRun, listContests, openContest, readContest } from "../db/contests.ts";
import type { Context } from "./context.ts";
import { permit, permitRun, permitWithin } from "./require-role.ts";

export type { Contest };

export const ContestInput = z.strictObject({
  step: z.string().min(1, "Name the step").max(500),
  /** A reference that leads to the person, such as a case number. */
  person: z.string().trim().min(1, "Give a reference to the person").max(200),
  reason: z.string().trim().min(1, "Say in a few words what is contested").max(2000),
});
export type ContestInput = z.infer<typeof ContestInput>;

export const ClosingInput = z.strictObject({
  outcome: z.enum(["upheld", "changed"], "Say whether the change stands"),
  reason: z.string().trim().min(1, "Say in your own words why").max(2000),
});
export type ClosingInput = z.infer<typeof ClosingInput>;

export async function contestChange(
  context: Context,
  principal: Principal,
  runId: string,
  { step, person, reason }: ContestInput,
  now: number,
): Promise<Result<{ readonly contest: string }>> {
  const denied = await permitRun(context.env.DB, principal, "contest changes", runId);
  if (denied) return denied;
  const about = await contestable(context.env.DB, runId, step);
  if (!about) return fail("step.not_found", `${runId} has no step “${step}” that changes anything or asks somebody`, { field: "step" });
  if (!about.decided) return fail("contest.undecided", `“${step}” is not decided yet: its approval is the place to object`);
  const id = `cts_${digest({ run: runId, step, person, at: now, by: principal.id }).slice(0, 32)}`;
  const opened = await openContest(context.env.DB, { id, run: runId, step, person, reason, at: now, by: principal.id });
  return opened ? ok({ contest: id }) : fail("contest.already_open", `${person} contests “${step}” already, and that is still open`);
}

export async function judgeContest(
  context: Context,
  principal: Principal,
  contestId: string,
  { outcome, reason }: ClosingInput,
  now: number,
): Promise<Result<null>> {
  const contest = await readContest(context.env.DB, contestId);
  if (!contest) {
    const within = permitWithin(principal, "judge contests");
    return within.ok ? fail("contest.not_found", `No contest ${contestId}`) : within;
  }
  const denied = permit(principal, "judge contests", contest.workflow);
  if (denied) return denied;
  const closed = await closeContest(context.env.DB, contestId, { at: now, by: principal.id, outcome, reason });
  if (closed) return ok(null);
  // Nothing was written: why not is asked afterwards, for the answer alone.
  const closing = (await readContest(context.env.DB, contestId))?.closing;
  if (closing) return fail("contest.already_closed", `${closing.by} has closed it`);
  return fail(
    "contest.took_part",
    contest.by === principal.id
      ? "You recorded it: somebody else judges it"
      : `You had a part in “${contest.step}”: somebody else judges it`,
  );
}

export const contestsNow = listContests;
export const contestsAgainst = contestsOfRun;
