// When a cron expression ticks, by the clock of its time zone. The one file that imports croner: it is asked with a given time and never waits itself.
// A time that the change to summer time leaves out comes right after the gap, and one that comes twice in autumn counts once, where the expression names one hour
// and one minute; others skip what is left out and tick both times.
import { Cron } from "croner";
import { failureOf, InterlockError } from "../core/errors.ts";
import type { Schedule } from "../core/schedule.ts";

export interface Ticks {
  /** The first later than this. */
  readonly next: (after: number) => number | null;
  /** The last at or before this. */
  readonly lastUpTo: (at: number) => number | null;
}

export function ticksOf({ cron, timeZone }: Pick<Schedule, "cron" | "timeZone">): Ticks {
  const pattern = new Cron(cron, { timezone: timeZone, mode: "5-part", paused: true });
  return {
    next: (after) => pattern.nextRun(new Date(after))?.getTime() ?? null,
    // Ticks are whole seconds, and croner looks for one before the time it is given.
    lastUpTo: (at) => pattern.previousRuns(1, new Date(Math.floor(at / 1000) * 1000 + 1000))[0]?.getTime() ?? null,
  };
}

/** Throws for what could never tick; `now` only serves to look for a first tick. */
export function checkSchedule(workflow: string, schedule: Schedule, now: number): void {
  const refuse = (field: keyof Schedule, why: string) =>
    new InterlockError("workflow.undeclared", `${workflow}: ${why}`, { field: `trigger.${field}` });
  try {
    new Intl.DateTimeFormat("en", { timeZone: schedule.timeZone });
  } catch {
    throw refuse("timeZone", `"${schedule.timeZone}" is no time zone; give its IANA name, such as Europe/Berlin or UTC`);
  }
  // An instant, which is croner's other form, would tick once.
  if (schedule.cron.trim().split(/\s+/).length !== 5)
    throw refuse("cron", `"${schedule.cron}" is no cron expression of five parts: minute, hour, day of the month, month, day of the week`);
  let first: number | null;
  try {
    first = ticksOf(schedule).next(now);
  } catch (thrown) {
    throw refuse("cron", `"${schedule.cron}" is no cron expression: ${failureOf(thrown).message}`);
  }
  if (first === null) throw refuse("cron", `"${schedule.cron}" names a time that never comes`);
}
