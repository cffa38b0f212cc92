// Where one poll stands in its source's changes, and what a page of them means. Pure: the cursor, what was seen of the page's changes, and the time in; the new cursor out.
// It must not advance by our clock: times of change are the source's, whose clock may be minutes or time zones off. Ours measures how long something took, and holds back
// what the source dates into the future, so that one such record cannot hide all that come after it.
//
// A window is one reading from `since` to the end of what there is, page by page; a crash goes on at the page that was not committed. The next window begins
// `overlapMs` before the watermark: what was committed late, or passed behind a page, lies there. Two things make that enough:
// 1. The watermark is at most the source's time at the window's BEGIN: the newest time seen less how long the window took. What was not visible at the begin is
//    committed later, and so dated no earlier than the begin less the overlap.
// 2. It moves at the window's end, when the events of all pages are stored.
// What was seen is kept as long as a window can meet it again. The first window is the ground: what changed before it is no event.
import * as z from "zod";
import type { Poll, PollPage } from "../connectors/poll.ts";
import { sha256Hex } from "../core/crypto.ts";
import type { ErrorCode, Failure } from "../core/errors.ts";

const Window = z.object({
  /** By our clock. */
  startedAt: z.number(),
  since: z.number(),
  position: z.string().nullable(),
  /** The latest of the source's times so far. */
  newest: z.number().nullable(),
  /** The earliest change that was seen and left to settle. */
  held: z.number().nullable(),
  pages: z.number(),
  /** An earlier position, to find pages that go in a circle. */
  mark: z.string().nullable(),
});
type Window = z.infer<typeof Window>;

export const Cursor = z.object({
  /** The source's time; null until the first window is through. */
  watermark: z.number().nullable(),
  window: Window.nullable(),
  dueAt: z.number(),
  /** In a row. */
  failures: z.number(),
  error: z.object({ code: z.string(), message: z.string(), at: z.number() }).nullable(),
  /** By our clock: when a page was last read; and the begin of the last window that is through, up to which nothing is missing. */
  polledAt: z.number().nullable(),
  completeTo: z.number().nullable(),
  taken: z.number(),
});
export type Cursor = z.infer<typeof Cursor>;

/** What is known of a change: the source's time, ours at the first sight, and whether it was taken or is left to settle. */
export interface Seen {
  readonly at: number;
  readonly first: number;
  readonly taken: boolean;
}

export type Change = PollPage["changes"][number];
type Pace = Pick<Poll, "everyMs" | "overlapMs" | "settleMs">;

/** How far the first window looks back, by our clock: a source that writes its local time as UTC is up to 14 hours off. */
export const GROUND_MS = 24 * 3_600_000;
/** The pauses after failures: the first, and the longest. */
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 15 * 60_000;
/** From so many failures in a row on the window begins anew: its position may be what the source refuses. */
const ANEW_AFTER = 3;

export const beginPoll = (now: number): Cursor => ({
  watermark: null,
  window: null,
  dueAt: now,
  failures: 0,
  error: null,
  polledAt: null,
  completeTo: null,
  taken: 0,
});

export const changeKey = ({ id, version }: Pick<Change, "id" | "version">): string => sha256Hex(JSON.stringify([id, version])).slice(0, 32);

export type PollDecision =
  | { readonly kind: "wait"; readonly until: number }
  /** Ask for the page at the window's position. */
  | { readonly kind: "ask"; readonly window: Window };

export function decidePoll(cursor: Cursor, pace: Pace, now: number): PollDecision {
  if (now < cursor.dueAt) return { kind: "wait", until: cursor.dueAt };
  if (cursor.window) return { kind: "ask", window: cursor.window };
  const since = cursor.watermark === null ? now - GROUND_MS : cursor.watermark - pace.overlapMs;
  return { kind: "ask", window: { startedAt: now, since, position: null, newest: null, held: null, pages: 0, mark: null } };
}

export interface NotedPage {
  /** In force once the events of `take` are stored, and not before. */
  readonly cursor: Cursor;
  readonly take: readonly Change[];
  readonly seen: readonly (readonly [key: string, seen: Seen])[];
  /** What was seen and is older than this is not met again; null while the window goes on. */
  readonly forgetBefore: number | null;
}

/** `askedAt` and `now`: our times before and after the page was read. `known`: what was seen, of the page's changes at least. */
export function notePage(
  cursor: Cursor,
  asked: { readonly window: Window; readonly askedAt: number },
  page: PollPage,
  known: ReadonlyMap<string, Seen>,
  pace: Pace,
  now: number,
): NotedPage {
  const { window, askedAt } = asked;
  const take: Change[] = [];
  const seen = new Map<string, Seen>();
  let { newest, held } = window;
  for (const change of page.changes) {
    const { changedAt: at } = change;
    newest = Math.max(newest ?? at, at);
    const key = changeKey(change);
    const before = seen.get(key) ?? known.get(key);
    if (before?.taken) continue;
    const first = before?.first ?? now;
    const ground = cursor.watermark === null;
    const settled = pace.settleMs === undefined || (before !== undefined && askedAt - before.first >= pace.settleMs);
    if (ground || settled) {
      seen.set(key, { at, first, taken: true });
      if (!ground) take.push(change);
    } else {
      seen.set(key, { at, first, taken: false });
      held = Math.min(held ?? at, at);
    }
  }
  const common = { ...cursor, failures: 0, error: null, polledAt: now, taken: cursor.taken + take.length };
  if (page.next !== null) {
    const pages = window.pages + 1;
    // The mark moves at every power of two, so that a circle of any length is met.
    const mark = (pages & (pages - 1)) === 0 ? page.next : window.mark;
    const further = { ...window, position: page.next, newest, held, pages, mark };
    return { cursor: { ...common, window: further, dueAt: now }, take, seen: [...seen], forgetBefore: null };
  }
  const watermark = computeWatermark(cursor.watermark ?? window.since + pace.overlapMs, { ...window, newest, held }, now);
  const dueAt = held === null ? Math.max(now, window.startedAt + pace.everyMs) : now + Math.min(pace.everyMs, pace.settleMs ?? 0);
  return {
    cursor: { ...common, watermark, window: null, dueAt, completeTo: window.startedAt },
    take,
    seen: [...seen],
    forgetBefore: watermark - pace.overlapMs,
  };
}

/** Never backward: what held for an earlier window's begin holds for this one's. The ground's own begin is the first such: nothing before it was seen. */
function computeWatermark(before: number, { startedAt, since, newest, held }: Window, now: number): number {
  const tookMs = Math.max(0, now - startedAt);
  const atBegin = Math.min((newest ?? since) - tookMs, now, held ?? Number.POSITIVE_INFINITY);
  return Math.max(before, atBegin);
}

/** Null, or what is wrong with a page that would be read again and again. */
export function repeats({ position, mark }: Pick<Window, "position" | "mark">, page: PollPage): string | null {
  if (page.next === null || (page.next !== position && page.next !== mark)) return null;
  return `The page after ${JSON.stringify(page.next).slice(0, 100)} leads back to itself: the system repeats its pages`;
}

/** A call that was held back, or that the system asked to wait with, is no failure; its time is waited for. */
const WAITS: readonly ErrorCode[] = ["connector.held_back", "connector.rate_limited"];

export function noteFailure(cursor: Cursor, window: Window, failure: Failure, pace: Pace, now: number): Cursor {
  const error = { code: failure.code, message: failure.message, at: now };
  const named = failure.retryAfterMs ?? 0;
  if (WAITS.includes(failure.code)) return { ...cursor, window, error, dueAt: now + (named || Math.min(pace.everyMs, LONGEST_PAUSE_MS)) };
  const failures = cursor.failures + 1;
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** Math.min(failures - 1, 20), LONGEST_PAUSE_MS);
  return { ...cursor, window: failures % ANEW_AFTER === 0 ? null : window, failures, error, dueAt: now + Math.max(pause, named) };
}
