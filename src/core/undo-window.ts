// How long an applied write may be taken back: the days that its governance spec gives, counted from the moment at which it was applied.

const DAY_MS = 24 * 60 * 60_000;

/** The last moment at which an undo may be asked for. */
export const undoableUntil = (appliedAt: number, windowDays: number): number => appliedAt + windowDays * DAY_MS;
