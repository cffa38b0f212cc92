// A system that is polled, in virtual time: many writers, times in whole seconds from a clock of its own, transactions that are dated when they begin and seen when they
// commit, records that change again and again, and deletions that stay listed. All changes are drawn from a seed beforehand, so that time alone says what is visible.

import type { Poll, PollPage } from "../../../src/connectors/poll.ts";
import { InterlockError } from "../../../src/core/errors.ts";

/** Mulberry32: small, and the same everywhere. */
export function drawn(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface SourceChange {
  readonly record: string;
  /** Of all changes. */
  readonly n: number;
  readonly deleted: boolean;
  /** What it is dated, by the source's clock in whole seconds. */
  readonly stamp: number;
  /** True time from which it is seen, and until which (the record's next change). */
  readonly from: number;
  until: number;
}

export interface SourceOptions {
  readonly seed: number;
  readonly changes: number;
  readonly startsAt: number;
  readonly spanMs: number;
  readonly skewMs: number;
  /** The longest that a transaction takes. */
  readonly latestMs: number;
  /** How long an answer takes at most. */
  readonly slowMs: number;
  readonly faults: boolean;
  /** No record changes again. */
  readonly once?: true;
  /** By place instead of by key, as a connector must not. */
  readonly byOffset?: true;
}

export const PAGE = 50;

export function createSource(options: SourceOptions) {
  const { seed, changes: count, startsAt, spanMs, skewMs, latestMs, slowMs, faults } = options;
  const random = drawn(seed);
  const changes = drawChanges();
  const byCommit = changes.toSorted((a, b) => a.from - b.from);
  const clock = { now: startsAt };
  const visible = new Map<string, SourceChange>();
  let applied = 0;

  function drawChanges(): SourceChange[] {
    const records: { id: string; last: SourceChange | null }[] = [];
    const drawnChanges: SourceChange[] = [];
    const begins = Array.from({ length: count }, () => startsAt + Math.floor(random() * spanMs)).toSorted((a, b) => a - b);
    for (const [n, at] of begins.entries()) {
      // A burst changes one record in the same second; a record has one writer at a time and none after its deletion.
      const chosen =
        options.once || random() < 0.6 ? undefined : random() < 0.3 ? records.at(-1) : records[Math.floor(random() * records.length)];
      const free = chosen && !(chosen.last && (chosen.last.deleted || chosen.last.from >= at)) ? chosen : undefined;
      const record = free ?? { id: `r${records.length}`, last: null };
      if (!free) records.push(record);
      const lateMs = random() < 0.05 ? random() * latestMs : random() * Math.min(50, latestMs);
      const stamp = Math.floor((at + skewMs) / 1_000) * 1_000;
      const from = at + Math.floor(lateMs);
      const change = { record: record.id, n, deleted: free !== undefined && random() < 0.05, stamp, from, until: Number.POSITIVE_INFINITY };
      if (record.last) record.last.until = from;
      record.last = change;
      drawnChanges.push(change);
    }
    return drawnChanges;
  }

  function pass(ms: number): void {
    clock.now += ms;
    for (; applied < byCommit.length; applied++) {
      const change = byCommit[applied] as SourceChange;
      if (change.from > clock.now) return;
      visible.set(change.record, change);
    }
  }

  const order = (a: SourceChange, b: SourceChange) => a.stamp - b.stamp || (a.record < b.record ? -1 : 1);

  function read(since: number, position: string | null): PollPage {
    // A change is seen no earlier than the second it is dated.
    let [low, high] = [0, applied];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((byCommit[middle] as SourceChange).from + skewMs >= since) high = middle;
      else low = middle + 1;
    }
    const all = byCommit
      .slice(low, applied)
      .filter((one) => one.stamp >= since && visible.get(one.record) === one)
      .toSorted(order);
    const [stamp, record] = position === null || options.byOffset ? [0, ""] : (JSON.parse(position) as [number, string]);
    const from = options.byOffset
      ? Number(position ?? 0)
      : position === null
        ? 0
        : all.findIndex((one) => one.stamp > stamp || (one.stamp === stamp && one.record > record));
    const page = from < 0 ? [] : all.slice(from, from + PAGE);
    const last = page.at(-1);
    const more = last !== undefined && page.length === PAGE;
    return {
      changes: page.map((one) => ({
        id: one.record,
        version: String(one.stamp),
        changedAt: one.stamp,
        event: { type: one.deleted ? "record.deleted" : "record.changed", subject: one.record, time: one.stamp, data: { n: one.n } },
      })),
      next: more ? (options.byOffset ? String(from + PAGE) : JSON.stringify([last.stamp, last.record])) : null,
    };
  }

  const poll: Pick<Poll, "page"> = {
    // Time passes before the source looks and after it, and meanwhile its writers go on.
    page: async ({ since, position }) => {
      pass(Math.floor(random() * slowMs));
      if (faults && random() < 0.05) throw new InterlockError("connector.unavailable", "down");
      if (faults && random() < 0.02) throw new InterlockError("connector.held_back", "spent", { retryAfterMs: 2_000 });
      const page = read(since, position);
      pass(Math.floor(random() * slowMs));
      if (faults && random() < 0.03) throw new InterlockError("connector.timeout", "the answer was lost");
      return page;
    },
  };
  return { poll, changes, clock, pass, random };
}
