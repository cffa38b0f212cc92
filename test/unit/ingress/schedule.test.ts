// When a schedule ticks, which ticks are due after an outage, and what is done about those that were missed.
import { describe, expect, it, vi } from "vitest";
import type { Schedule } from "../../../src/core/schedule.ts";
import { checkSchedule, ticksOf } from "../../../src/ingress/cron.ts";
import { computeAlarm, decideTicks, noteTickFailure, noteTicks, stateFor, tickEvent } from "../../../src/ingress/schedule.ts";

const at = (text: string): number => Date.parse(text);
const iso = (ticks: readonly (number | null)[]) => ticks.map((tick) => (tick === null ? null : new Date(tick).toISOString()));
const MINUTE = 60_000;
const hourly: Schedule = { cron: "0 * * * *", timeZone: "UTC", missed: "once" };

describe("a cron expression", () => {
  const berlin = (cron: string) => ticksOf({ cron, timeZone: "Europe/Berlin" });
  const following = (ticks: ReturnType<typeof ticksOf>, after: string, count: number) => {
    const found: (number | null)[] = [];
    for (let tick = ticks.next(at(after)); found.length < count; tick = tick === null ? null : ticks.next(tick)) found.push(tick);
    return iso(found);
  };

  it("ticks by the clock of its time zone, and never twice for one instant", () => {
    expect(following(berlin("0 7 * * 1-5"), "2026-01-02T06:00:00Z", 2)).toEqual(["2026-01-05T06:00:00.000Z", "2026-01-06T06:00:00.000Z"]);
    expect(following(berlin("0 7 * * *"), "2026-07-01T00:00:00Z", 1)).toEqual(["2026-07-01T05:00:00.000Z"]);
    // Half a second before a tick it is still to come.
    expect(iso([ticksOf(hourly).next(at("2026-01-05T07:59:59.500Z"))])).toEqual(["2026-01-05T08:00:00.000Z"]);
  });

  it("ticks once a day when the clocks are changed", () => {
    // 02:30 does not exist on 29 March, and comes twice on 25 October.
    expect(following(berlin("30 2 * * *"), "2026-03-28T12:00:00Z", 2)).toEqual(["2026-03-29T01:00:00.000Z", "2026-03-30T00:30:00.000Z"]);
    expect(following(berlin("30 2 * * *"), "2026-10-24T12:00:00Z", 2)).toEqual(["2026-10-25T00:30:00.000Z", "2026-10-26T01:30:00.000Z"]);
  });

  it("knows its last tick, the given moment included", () => {
    const { lastUpTo } = ticksOf(hourly);
    const moments = ["2026-01-05T08:00:00Z", "2026-01-05T07:59:59.900Z", "2026-01-05T08:00:00.400Z", "2026-01-05T08:30:00Z"];
    expect(iso(moments.map((moment) => lastUpTo(at(moment))))).toEqual([
      "2026-01-05T08:00:00.000Z",
      "2026-01-05T07:00:00.000Z",
      "2026-01-05T08:00:00.000Z",
      "2026-01-05T08:00:00.000Z",
    ]);
  });

  it("is read with the given time, whatever the machine's clock says", () => {
    vi.useFakeTimers({ now: at("2031-06-01T00:00:00Z") });
    const found = iso([ticksOf(hourly).next(at("2026-01-05T07:00:00Z")), ticksOf(hourly).lastUpTo(at("2026-01-05T07:30:00Z"))]);
    vi.useRealTimers();
    expect(found).toEqual(["2026-01-05T08:00:00.000Z", "2026-01-05T07:00:00.000Z"]);
  });

  it.each([
    ["cron", { ...hourly, cron: "0 25 * * *" }],
    ["cron", { ...hourly, cron: "every hour" }],
    ["cron", { ...hourly, cron: "*/5 * * * * *" }],
    ["cron", { ...hourly, cron: "0 0 30 2 *" }],
    ["cron", { ...hourly, cron: "2027-01-01T00:00:00" }],
    ["timeZone", { ...hourly, timeZone: "Europe/Atlantis" }],
  ])("that can never tick is refused by the name of its field: %s of %o", (field, schedule) => {
    expect(() => checkSchedule("report", schedule, at("2026-01-01T00:00:00Z"))).toThrow(
      expect.objectContaining({ failure: expect.objectContaining({ code: "workflow.undeclared", field: `trigger.${field}` }) }),
    );
  });
});

describe("after an outage", () => {
  const doneTo = at("2026-01-05T06:30:00Z");
  const decide = (missed: Schedule["missed"], now: string, cron = hourly.cron) => {
    const { due, leftOut, doneTo: done } = decideTicks({ doneTo }, { missed }, ticksOf({ ...hourly, cron }), at(now));
    return { due: iso(due), leftOut: leftOut && iso([leftOut.from, leftOut.to]), done: new Date(done).toISOString() };
  };

  it.each(["skip", "once", "each"] as const)("a tick that is a little late is started (%s)", (missed) => {
    expect(decide(missed, "2026-01-05T07:02:00Z")).toEqual({
      due: ["2026-01-05T07:00:00.000Z"],
      leftOut: null,
      done: "2026-01-05T07:02:00.000Z",
    });
  });

  it("missed ticks are left out, and it is kept which", () => {
    expect(decide("skip", "2026-01-05T09:30:00Z")).toMatchObject({
      due: [],
      leftOut: ["2026-01-05T07:00:00.000Z", "2026-01-05T09:00:00.000Z"],
    });
    expect(decide("skip", "2026-01-05T09:01:00Z")).toMatchObject({
      due: ["2026-01-05T09:00:00.000Z"],
      leftOut: ["2026-01-05T07:00:00.000Z", "2026-01-05T08:00:00.000Z"],
    });
  });

  it("missed ticks are made up for once: by the newest, or by one that is on time", () => {
    expect(decide("once", "2026-01-05T09:30:00Z")).toMatchObject({
      due: ["2026-01-05T09:00:00.000Z"],
      leftOut: ["2026-01-05T07:00:00.000Z", "2026-01-05T08:00:00.000Z"],
    });
    expect(decide("once", "2026-01-05T09:01:00Z")).toMatchObject({ due: ["2026-01-05T09:00:00.000Z"] });
    expect(decide("once", "2026-01-05T07:30:00Z")).toMatchObject({ due: ["2026-01-05T07:00:00.000Z"], leftOut: null });
  });

  it("each missed tick is made up for, a hundred at a time and none twice", () => {
    const ticks = ticksOf({ cron: "* * * * *", timeZone: "UTC" });
    const now = doneTo + 250 * MINUTE;
    const started: number[] = [];
    let state = { doneTo };
    const rounds: number[] = [];
    while (state.doneTo < now) {
      const decided = decideTicks(state, { missed: "each" }, ticks, now);
      started.push(...decided.due);
      rounds.push(decided.due.length);
      state = decided;
    }
    expect(rounds).toEqual([100, 100, 50]);
    expect(started).toEqual(Array.from({ length: 250 }, (_, n) => doneTo + (n + 1) * MINUTE));
  });

  it("nothing is due twice, nor when the clock goes backward", () => {
    expect(decide("each", "2026-01-05T06:30:00Z").due).toEqual([]);
    expect(decide("each", "2026-01-05T05:00:00Z")).toEqual({ due: [], leftOut: null, done: "2026-01-05T06:30:00.000Z" });
  });
});

describe("how far a schedule is", () => {
  const now = at("2026-01-05T06:30:00Z");
  const begun = stateFor(null, hourly, now);

  it("begins with its deploy, and anew with another expression or time zone", () => {
    expect(begun).toMatchObject({ doneTo: now, leftOut: null });
    expect(stateFor(begun, { ...hourly, missed: "each" }, now + MINUTE)).toBe(begun);
    expect(stateFor(begun, { ...hourly, cron: "5 * * * *" }, now + MINUTE).doneTo).toBe(now + MINUTE);
    expect(stateFor(begun, { ...hourly, timeZone: "Europe/Berlin" }, now + MINUTE).doneTo).toBe(now + MINUTE);
  });

  it("stays where it is while its ticks cannot be stored, and is tried again after longer and longer pauses", () => {
    const ticks = ticksOf(hourly);
    expect(iso([computeAlarm(begun, ticks)])).toEqual(["2026-01-05T07:00:00.000Z"]);
    const failure = { code: "ingress.unavailable", message: "no queue" } as const;
    const due = at("2026-01-05T07:00:00Z");
    const once = noteTickFailure(begun, failure, due);
    const twice = noteTickFailure(once, failure, due);
    expect([once, twice].map((state) => [state.doneTo, (computeAlarm(state, ticks) ?? 0) - due])).toEqual([
      [now, 5_000],
      [now, 10_000],
    ]);
    const decided = decideTicks(twice, hourly, ticks, due + 10_000);
    expect(decided.due).toEqual([due]);
    expect(noteTicks(twice, decided)).toMatchObject({ doneTo: due + 10_000, failures: 0, pauseTo: 0, error: null });
  });
});

it("a tick is one event of its workflow, whenever it is stored", () => {
  const tick = at("2026-01-05T07:00:00Z");
  const event = tickEvent("report", hourly, tick);
  expect(event).toEqual(tickEvent("report", { ...hourly, missed: "each" }, tick));
  expect(event).toMatchObject({ connection: "schedule", type: "schedule.tick", subject: "report", time: tick });
  expect(new Set([event.id, tickEvent("other", hourly, tick).id, tickEvent("report", hourly, tick + MINUTE).id]).size).toBe(3);
});
