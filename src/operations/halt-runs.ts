// The kill switch: stops every new step of a workflow, or of everything, and lets it go on. Events are taken in meanwhile; their runs wait.
// Sequence: recorded in D1 with who and why -> told to every partition -> the cron sweep tells them again, so that one that was out of reach learns of it.
import * as z from "zod";
import { fail, failureOf, ok, type Result } from "../core/errors.ts";
import { partitionName } from "../core/ids.ts";
import { EVERY_WORKFLOW, type Principal, type Within } from "../core/principal.ts";
import { type HaltRow, listHaltTurns, readHalts, recordHalt } from "../db/halts.ts";
import { type Context, partitionByName } from "./context.ts";
import { permit } from "./require-role.ts";

const TURNS_SHOWN = 50;

export const HaltInput = z.strictObject({
  /** A workflow's name, or "*" for everything. */
  scope: z.string().min(1, "Name a workflow, or * for everything").max(200),
  on: z.boolean(),
  reason: z.string().trim().min(1, "Say in a few words why").max(2000),
});
export type HaltInput = z.infer<typeof HaltInput>;

export async function turnHalt(context: Context, principal: Principal, input: HaltInput, now: number): Promise<Result<HaltRow>> {
  const { scope, on, reason } = input;
  const denied = permit(principal, "turn the kill switch", scope === EVERY_WORKFLOW ? null : scope);
  if (denied) return denied;
  if (on && scope !== "*" && !context.deployment.workflows.some(({ name }) => name === scope))
    return fail("workflow.unknown", `No workflow ${scope} is deployed`, { field: "scope" });
  const turned = { scope, on, by: principal.id, at: now, reason };
  await recordHalt(context.env.DB, turned);
  const told = await tellHalts(context);
  return told.ok ? ok(turned) : told;
}

export type { HaltRow };

/** The switches as they stand, and their latest turns, newest first: of these workflows, and of everything. */
export async function haltsNow(
  db: D1Database,
  within: Within,
): Promise<{ readonly switches: readonly HaltRow[]; readonly turns: readonly HaltRow[] }> {
  const [switches, turns] = await Promise.all([readHalts(db, within), listHaltTurns(db, within, TURNS_SHOWN)]);
  return { switches, turns };
}

export const haltsOn = async (db: D1Database, within: Within): Promise<HaltRow[]> => (await readHalts(db, within)).filter(({ on }) => on);

/** Every partition as the switches stand now; to be repeated freely. */
export async function tellHalts(context: Context): Promise<Result<null>> {
  const switches = (await readHalts(context.env.DB, EVERY_WORKFLOW)).map(({ scope, on, by, at }) => ({ scope, on, by, at }));
  if (switches.length === 0) return ok(null);
  const names = Array.from({ length: context.deployment.partitions }, (_, index) => partitionName(index));
  const answers = await Promise.all(
    names.map((name) =>
      partitionByName(context, name)
        .halt(switches)
        .catch((thrown) => fail("ingress.unavailable", failureOf(thrown).message)),
    ),
  );
  const silent = names.filter((_, index) => !answers[index]?.ok);
  return silent.length === 0
    ? ok(null)
    : fail("halt.partly_told", `It is recorded, and ${silent.join(", ")} could not be told yet: they are told again every minute`);
}
