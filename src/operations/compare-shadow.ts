// Compares what shadow mode would have written with what people did: a day after the intent the record is read again through the connector's look, and once more each
// day while nobody has touched it. Part of the sweep, and at once on somebody's word. It reads records and writes none.
// Sequence: which writes -> their partitions read the records (GET alone) -> field by field -> one row each in D1.
import { failureOf, ok, type Result } from "../core/errors.ts";
import type { Principal } from "../core/principal.ts";
import { type Comparison, type IntendedWrite, keepComparisons, writesToCompare } from "../db/shadow-comparisons.ts";
import type { LookedAgain } from "../engine/look-again.ts";
import { compareFields, outcomeOf } from "../validation/shadow.ts";
import type { Context } from "./context.ts";
import { withPartition } from "./govern-run.ts";
import { permit } from "./require-role.ts";

const DAY_MS = 24 * 60 * 60_000;
/** A day: people have had a working day for the record, and have not yet had many reasons to change it that have nothing to do with this event. */
export const SETTLED_MS = DAY_MS;
/** Later than this what a record holds says little about what somebody did about this event. */
const LATEST_MS = 7 * DAY_MS;
/** Records read per sweep: one request each, and a system may allow no more than some hundred a minute for all that is done there. */
const PER_SWEEP = 30;
const AT_ONCE = 6;

/** How many writes were looked at. */
export const sweepShadow = (context: Context, now: number): Promise<number> =>
  compare(context, { workflow: null, since: now - LATEST_MS, until: now - SETTLED_MS, again: now - DAY_MS, limit: PER_SWEEP }, now);

/** On somebody's word: those that are younger than a day as well, and again those that nobody had touched. */
export async function compareShadow(context: Context, principal: Principal, workflow: string, now: number): Promise<Result<number>> {
  const denied = permit(principal, "compare shadow", workflow);
  if (denied) return denied;
  return ok(await compare(context, { workflow, since: now - LATEST_MS, until: now, again: now, limit: PER_SWEEP }, now));
}

async function compare(context: Context, wanted: Parameters<typeof writesToCompare>[1], now: number): Promise<number> {
  const writes = await writesToCompare(context.env.DB, wanted);
  const byRun = [...Map.groupBy(writes, ({ run }) => run)];
  for (let from = 0; from < byRun.length; from += AT_ONCE) {
    const found = await Promise.all(byRun.slice(from, from + AT_ONCE).map(([run, own]) => lookAt(context, run, own, now)));
    await keepComparisons(context.env.DB, found.flat());
  }
  return writes.length;
}

async function lookAt(context: Context, run: string, writes: readonly IntendedWrite[], now: number): Promise<Comparison[]> {
  const steps = writes.map(({ step }) => step);
  const looked = await withPartition<LookedAgain[]>(context, run, (partition) => partition.lookAgain(run, steps)).catch((thrown) => ({
    ok: false as const,
    error: failureOf(thrown),
  }));
  return writes.map((write) => {
    const seen = looked.ok ? looked.value.find(({ step }) => step === write.step) : null;
    const error = looked.ok ? null : looked.error;
    return {
      ...write,
      at: now,
      ...findingOf(seen ?? null, error?.message ?? "The run's journal does not say that shadow mode withheld it"),
    };
  });
}

function findingOf(looked: LookedAgain | null, otherwise: string): Pick<Comparison, "outcome" | "because" | "fields"> {
  switch (looked?.kind) {
    case "seen": {
      const fields = compareFields(looked.intended, looked.before, looked.now);
      return { outcome: outcomeOf(fields), because: null, fields };
    }
    case "no_look":
      return { outcome: "no_look", because: null, fields: null };
    case "unread":
      return { outcome: "unread", because: looked.error.message, fields: null };
    case undefined:
      return { outcome: "unread", because: otherwise, fields: null };
  }
}
