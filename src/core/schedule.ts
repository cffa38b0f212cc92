// When a workflow starts by the clock, as it is declared.
import * as z from "zod";

export const Schedule = z.strictObject({
  /** Minute, hour, day of the month, month, day of the week: "0 7 * * 1-5". Where both days are named, either of them will do. */
  cron: z.string().min(1),
  /** Whose clock it is, by its IANA name: "Europe/Berlin", "UTC". */
  timeZone: z.string().min(1),
  /** What is done about the ticks of an outage: nothing, one run for all of them, or one for each. */
  missed: z.enum(["skip", "once", "each"]),
});
export type Schedule = z.infer<typeof Schedule>;

/** The connection that ticks come from; no other may have its name. */
export const SCHEDULES = "schedule";
