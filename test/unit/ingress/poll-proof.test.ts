// The proof of polling: a source with concurrent writers, equal times, late commits, another clock, page boundaries and deletions, read over errors and over crashes at every
// await, through the code that the poller's object runs. No change is missed and none is a second event; and each part that this rests on, taken away, shows.
import { describe, expect, it } from "vitest";
import type { Http } from "../../../src/connectors/define.ts";
import type { Poll } from "../../../src/connectors/poll.ts";
import { failureOf } from "../../../src/core/errors.ts";
import { beginPoll, type Change, type Cursor, decidePoll, noteFailure, type Seen } from "../../../src/ingress/poll-cursor.ts";
import { eventsOf } from "../../../src/ingress/poll-events.ts";
import { takePage } from "../../../src/ingress/poll-page.ts";
import { createSource, type SourceChange, type SourceOptions } from "./polled-source.ts";

const STARTS = Date.UTC(2026, 0, 5, 9);
const MINUTE = 60_000;
/** A record may change again in the second of its last change, in a transaction as long as any: it settles as long. */
const PACE = { everyMs: MINUTE, overlapMs: MINUTE, settleMs: MINUTE };

interface Variant extends Partial<Omit<SourceOptions, "seed" | "startsAt">> {
  readonly pace?: Pick<Poll, "everyMs" | "overlapMs" | "settleMs">;
  // What a poller without one of its parts would do.
  readonly forgets?: true;
  readonly ownIdentity?: true;
  readonly commitsAnyway?: true;
  readonly watermark?: (newest: number, now: number) => number;
}

const CRASH = new Error("the object is gone");

async function poll(seed: number, variant: Variant = {}) {
  const { pace = PACE, forgets, ownIdentity, commitsAnyway, watermark, ...given } = variant;
  const options = { changes: 10_000, spanMs: 40 * MINUTE, skewMs: 0, latestMs: MINUTE - 1_000, slowMs: 1_500, faults: true, ...given };
  const source = createSource({ ...options, seed, startsAt: STARTS });
  const { clock, pass, random } = source;
  let newest = 0;
  const page: Poll["page"] = async (from, http) => {
    const read = await source.poll.page(from, http);
    for (const { changedAt } of read.changes) newest = Math.max(newest, changedAt);
    return read;
  };
  const declared: Poll = { summary: "", docs: "", types: [], ...pace, page };
  const runs = new Map<string, Run>();
  const windows: { readonly from: number; readonly to: number }[] = [];
  const facts = { pages: 0, crashes: 0, failures: 0, sent: 0, sentAndNotCommitted: 0 };
  const crash = () => {
    if (options.faults && random() < 0.03) throw CRASH;
  };

  const store = async (changes: readonly Change[]): Promise<void> => {
    pass(Math.floor(random() * 200));
    crash();
    const { events } = eventsOf({ id: "crm", connector: "sim" }, "records", changes);
    const taken = options.faults && random() < 0.05 ? Math.floor(random() * events.length) : events.length;
    for (const { id, subject, time, data } of events.slice(0, taken)) {
      facts.sent++;
      const run = ownIdentity ? `${id} ${facts.sent}` : id;
      // An event that comes twice finds its run.
      if (!runs.has(run)) runs.set(run, { record: subject, stamp: time, n: (data as { n: number }).n });
    }
    if (taken < events.length) throw new Error("the queue took a part");
    pass(Math.floor(random() * 200));
    crash();
  };

  // What outlives a crash.
  let cursor: Cursor = beginPoll(clock.now);
  const seen = new Map<string, Seen>();
  let mostSeen = 0;
  const end = STARTS + options.spanMs + 10 * MINUTE;
  while (clock.now < end) {
    const decided = decidePoll(cursor, declared, clock.now);
    if (decided.kind === "wait") {
      pass(decided.until - clock.now);
      continue;
    }
    facts.pages++;
    const before = facts.sent;
    try {
      crash();
      const noted = await takePage({
        poll: declared,
        cursor,
        window: decided.window,
        open: () => ({}) as Http,
        known: (keys) => new Map(keys.flatMap((key) => (seen.has(key) && !forgets ? [[key, seen.get(key) as Seen]] : []))),
        store: (changes) => (commitsAnyway ? store(changes).catch(() => undefined) : store(changes)),
        now: () => clock.now,
      });
      crash();
      for (const [key, one] of noted.seen) seen.set(key, one);
      mostSeen = Math.max(mostSeen, seen.size);
      const { forgetBefore } = noted;
      if (forgetBefore !== null) for (const [key, { at }] of seen) if (at < forgetBefore) seen.delete(key);
      cursor = noted.cursor;
      if (cursor.window === null) {
        windows.push({ from: decided.window.startedAt, to: clock.now });
        if (watermark) cursor = { ...cursor, watermark: watermark(newest, clock.now) };
      }
    } catch (thrown) {
      facts.sentAndNotCommitted += facts.sent - before;
      if (thrown === CRASH) {
        facts.crashes++;
        pass(Math.floor(random() * 5_000));
      } else {
        facts.failures++;
        cursor = noteFailure(cursor, decided.window, failureOf(thrown), declared, clock.now);
      }
    }
  }
  return { ...judge(source.changes, [...runs.values()], windows), facts, mostSeen };
}

interface Run {
  readonly record: string;
  readonly stamp: number;
  /** Which change of the record it carries. */
  readonly n: number;
}

const versionOf = ({ record, stamp }: { record: string; stamp: number }): string => `${record} ${stamp}`;

/**
 * A change is due that is its record's last, or stayed through two windows; what the next change replaced sooner is no longer there to be read. What was visible before
 * the end of the first window is the ground. Of changes with the same version the last counts.
 */
function judge(changes: readonly SourceChange[], runs: readonly Run[], windows: readonly { readonly from: number; readonly to: number }[]) {
  const groundTo = windows[0]?.to ?? Number.POSITIVE_INFINITY;
  const ground = new Set(changes.filter(({ from }) => from <= groundTo).map(versionOf));
  const stayed = ({ from, until }: SourceChange): boolean =>
    until === Number.POSITIVE_INFINITY ||
    windows.some((one, index) => index > 0 && from <= one.from && until > (windows[index + 1]?.to ?? Number.POSITIVE_INFINITY));
  const had = new Map<string, Run[]>();
  for (const run of runs) had.set(versionOf(run), [...(had.get(versionOf(run)) ?? []), run]);
  const due = changes.filter((change) => !ground.has(versionOf(change)) && stayed(change));
  return {
    due: due.length,
    missed: due.filter((change) => !had.get(versionOf(change))?.some(({ n }) => n === change.n)).length,
    doubled: [...had.values()].filter((same) => same.length > 1).length,
    fromTheGround: changes.filter(({ from, ...change }) => from < (windows[0]?.from ?? 0) && had.has(versionOf(change))).length,
    deletions: due.filter(({ deleted }) => deleted).length,
    equalTimes: due.length - new Set(due.map(({ stamp }) => stamp)).size,
    late: due.filter(({ from, stamp }) => from - stamp > 10_000).length,
  };
}

const KEPT = { missed: 0, doubled: 0, fromTheGround: 0 };

describe("10,000 changes by concurrent writers", () => {
  it.each([
    { seed: 1, skewMs: 0, as: "by the same clock" },
    { seed: 2, skewMs: 7 * MINUTE, as: "by a clock that is ahead" },
    { seed: 3, skewMs: -9 * MINUTE, as: "by a clock that is behind" },
    { seed: 4, skewMs: -11 * 60 * MINUTE, as: "in another time zone" },
  ])("dated $as, over errors and crashes: none is missed, none is doubled (seed $seed)", async ({ seed, skewMs }) => {
    const { facts, mostSeen, ...found } = await poll(seed, { skewMs });
    expect(found).toMatchObject(KEPT);
    // The hard cases were there.
    expect(found.due).toBeGreaterThan(7_000);
    expect(found.deletions).toBeGreaterThan(50);
    expect(found.equalTimes).toBeGreaterThan(4_000);
    if (skewMs === 0) expect(found.late).toBeGreaterThan(200);
    expect(facts.crashes).toBeGreaterThan(20);
    expect(facts.failures).toBeGreaterThan(20);
    expect(facts.sentAndNotCommitted).toBeGreaterThan(20);
    // Only what a crash or an error kept from being committed was sent again.
    expect(facts.sent - found.due).toBeLessThanOrEqual(facts.sentAndNotCommitted + 10_000 - found.due);
    expect(mostSeen).toBeLessThan(10_000);
  });

  it("without errors each event is sent once", async () => {
    const { facts, ...found } = await poll(5, { changes: 3_000, spanMs: 12 * MINUTE, faults: false });
    expect(found).toMatchObject(KEPT);
    expect(facts).toMatchObject({ crashes: 0, failures: 0, sentAndNotCommitted: 0 });
    expect(facts.sent).toBeLessThanOrEqual(3_000);
    expect(facts.sent).toBeGreaterThanOrEqual(found.due);
  });
});

describe("the proof can fail", () => {
  const few: Variant = { changes: 2_000, spanMs: 12 * MINUTE };
  const slow: Variant = { ...few, spanMs: 60 * MINUTE, slowMs: 20_000 };
  const once: Variant = { ...few, once: true, pace: { everyMs: MINUTE, overlapMs: MINUTE } };
  const slowOnce: Variant = { ...slow, once: true, pace: { everyMs: MINUTE, overlapMs: MINUTE } };

  it.each<[string, Variant, Variant]>([
    ["no overlap", once, { pace: { everyMs: MINUTE, overlapMs: 0 } }],
    ["no time to settle", few, { pace: { everyMs: MINUTE, overlapMs: MINUTE } }],
    ["a position by place and no key", slow, { byOffset: true, pace: { ...PACE, settleMs: 1 } }],
    ["a commit whether the events are stored or not", few, { commitsAnyway: true }],
    ["our clock for the watermark, and theirs behind", { ...few, skewMs: -9 * MINUTE }, { watermark: (_, now) => now }],
    ["the newest time for the watermark, however long the window took", slowOnce, { watermark: (newest) => newest }],
  ])("with %s changes are missed", async (_, kept, changed) => {
    expect(await poll(7, kept)).toMatchObject(KEPT);
    expect((await poll(7, { ...kept, ...changed })).missed).toBeGreaterThan(0);
  });

  it("without the event's identity they are doubled, and without the memory of what was seen all are sent again", async () => {
    expect((await poll(8, few)).doubled).toBe(0);
    expect((await poll(8, { ...few, ownIdentity: true })).doubled).toBeGreaterThan(0);
    const forgotten = await poll(8, { ...once, faults: false, forgets: true });
    expect(forgotten.facts.sent).toBeGreaterThan(1.5 * forgotten.due);
    expect(forgotten.doubled).toBe(0);
  });
});
