// Which ticks of a schedule are due, and which were missed. Pure: how far it is, its ticks and the time in; the ticks to start, and how far it is then, out.
// It must not count a tick as done before its event is stored. An event's id is made of the workflow and the tick, so that a tick that is stored twice finds its run.
import * as z from "zod";
import type { Failure } from "../core/errors.ts";
import type { InterlockEvent } from "../core/event.ts";
import { eventIdOf } from "../core/ids.ts";
import { SCHEDULES, type Schedule } from "../core/schedule.ts";
import type { Ticks } from "./cron.ts";

const Span = z.object({ from: z.number(), to: z.number() });
type Span = z.infer<typeof Span>;

export const ScheduleState = z.object({
  /** Expression and time zone that it was counted with. */
  declared: z.string(),
  /** Every tick up to here is stored or was left out. */
  doneTo: z.number(),
  /** The ticks that were left out last, as declared: the first and the last of them. */
  leftOut: Span.nullable(),
  /** In a row. */
  failures: z.number(),
  /** No try before this. */
  pauseTo: z.number(),
  error: z.object({ code: z.string(), message: z.string(), at: z.number() }).nullable(),
});
export type ScheduleState = z.infer<typeof ScheduleState>;

/** From here on a tick is missed and no more merely late: the sweep wakes a lost alarm within a minute, and a deploy takes less than a few. */
const LATE_MS = 5 * 60_000;
/** Ticks of one alarm; the rest follows in the next. A hundred events are one batch of the queue. */
const MOST = 100;
/** The pauses after failures: the first, and the longest. */
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 5 * 60_000;

const declaredAs = ({ cron, timeZone }: Schedule): string => `${cron} ${timeZone}`;

/** A schedule begins with the first tick after its deploy; so does one whose expression or time zone was changed. */
export const stateFor = (kept: ScheduleState | null, schedule: Schedule, now: number): ScheduleState =>
  kept?.declared === declaredAs(schedule)
    ? kept
    : { declared: declaredAs(schedule), doneTo: now, leftOut: null, failures: 0, pauseTo: 0, error: null };

/** When it is to be looked at next; null where no tick comes any more. */
export function computeAlarm({ doneTo, pauseTo }: ScheduleState, ticks: Ticks): number | null {
  const next = ticks.next(doneTo);
  return next === null ? null : Math.max(next, pauseTo);
}

export interface DueTicks {
  readonly due: readonly number[];
  readonly doneTo: number;
  readonly leftOut: Span | null;
}

export function decideTicks(
  { doneTo }: Pick<ScheduleState, "doneTo">,
  { missed }: Pick<Schedule, "missed">,
  ticks: Ticks,
  now: number,
): DueTicks {
  if (now <= doneTo) return { due: [], doneTo, leftOut: null };
  if (missed === "each") {
    const due = between(ticks, doneTo, now);
    return { due, doneTo: due.length < MOST ? now : (due.at(-1) ?? now), leftOut: null };
  }
  const late = Math.max(doneTo, now - LATE_MS);
  const onTime = between(ticks, late, now);
  const newest = lastIn(ticks, doneTo, late);
  // A tick that is on time stands for those that were missed before it.
  const standsIn = missed === "once" && onTime.length === 0 ? newest : null;
  const lastLeftOut = standsIn === null ? newest : lastIn(ticks, doneTo, standsIn - 1);
  return {
    due: standsIn === null ? onTime : [standsIn],
    doneTo: now,
    leftOut: lastLeftOut === null ? null : { from: ticks.next(doneTo) ?? lastLeftOut, to: lastLeftOut },
  };
}

function between(ticks: Ticks, after: number, upTo: number): number[] {
  const found: number[] = [];
  for (let tick = ticks.next(after); tick !== null && tick <= upTo && found.length < MOST; tick = ticks.next(tick)) found.push(tick);
  return found;
}

function lastIn(ticks: Ticks, after: number, upTo: number): number | null {
  const last = upTo > after ? ticks.lastUpTo(upTo) : null;
  return last !== null && last > after ? last : null;
}

/** In force once the events of `due` are stored, and not before. */
export const noteTicks = (state: ScheduleState, { doneTo, leftOut }: DueTicks): ScheduleState => ({
  ...state,
  doneTo,
  leftOut: leftOut ?? state.leftOut,
  failures: 0,
  pauseTo: 0,
  error: null,
});

export function noteTickFailure(state: ScheduleState, { code, message }: Failure, now: number): ScheduleState {
  const failures = state.failures + 1;
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 10), LONGEST_PAUSE_MS);
  return { ...state, failures, pauseTo: now + pause, error: { code, message, at: now } };
}

export function tickEvent(workflow: string, { cron, timeZone }: Schedule, tick: number): InterlockEvent {
  const scheduledFor = new Date(tick).toISOString();
  return {
    id: eventIdOf(SCHEDULES, `${workflow}\n${scheduledFor}`),
    connection: SCHEDULES,
    source: `interlock/${SCHEDULES}`,
    type: "schedule.tick",
    subject: workflow,
    time: tick,
    data: { scheduledFor, cron, timeZone },
  };
}
