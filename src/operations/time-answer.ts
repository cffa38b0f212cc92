// Keeps how long somebody had an approval's page before it was answered. A courtesy to the review of reviewers: an answer must not fail for it.
import { failureOf } from "../core/errors.ts";
import type { Principal } from "../core/principal.ts";
import { recordTime } from "../db/decision-times.ts";
import type { Context } from "./context.ts";

/** A page that was left open over lunch says nothing of reading. */
const LONGEST_MS = 60 * 60_000;

/** `shown`: when the page was made, as its form says; what is no such time is left out. */
export async function timeAnswer({ env }: Context, principal: Principal, approval: string, shown: number, now: number): Promise<void> {
  const ms = now - shown;
  if (!(ms >= 0 && ms <= LONGEST_MS)) return;
  await recordTime(env.DB, { approval, by: principal.id, at: now, ms }).catch((thrown) =>
    console.error(JSON.stringify({ message: "the time of an answer was not kept", approval, error: failureOf(thrown).message })),
  );
}
