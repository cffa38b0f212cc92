// The choice of writes to be looked at: the same every time it is made, unknown without the key, and the share that was asked for; how large that share is at least.
import { describe, expect, it } from "vitest";
import { auditShare, checkDue, type Drawn, isSampled, shareFloor } from "../../../src/governance/sample.ts";

const KEY = "a key of the deployment";
const events = Array.from({ length: 2_000 }, (_, index) => `evt_${index}`);
/** As many as show a share of one in a hundred. */
const many = Array.from({ length: 20_000 }, (_, index) => `evt_${index}`);
const drawn = (event: string, more: Partial<Drawn> = {}): Drawn => ({
  workflow: "ticket-triage",
  event,
  step: "route ticket",
  target: "ticket/1",
  ...more,
});
const chosen = (share: number, more: Partial<Drawn> = {}, key: string | null = KEY, from = events) =>
  from.filter((event) => isSampled(share, key, drawn(event, more)));

describe.each([KEY, null])("the choice of writes to be looked at, with the key %s", (key) => {
  it("is none for a share of 0, and all for a share of 1", () => {
    expect(chosen(0, {}, key)).toEqual([]);
    expect(chosen(1, {}, key)).toHaveLength(events.length);
  });

  it.each([
    [0.01, many],
    [0.05, many.slice(0, 8_000)],
    [0.5, events],
  ])("comes to the share %f of many writes", (share, from) => {
    const spread = 5 * Math.sqrt((share * (1 - share)) / from.length);
    expect(Math.abs(chosen(share, {}, key, from).length / from.length - share)).toBeLessThan(spread);
  });

  it("is the same each time, and a larger share chooses what a smaller one did", () => {
    expect(chosen(0.1, {}, key)).toEqual(chosen(0.1, {}, key));
    const more = new Set(chosen(0.2, {}, key));
    expect(chosen(0.1, {}, key).every((event) => more.has(event))).toBe(true);
  });

  it.each([{ step: "tell the team" }, { target: "ticket/2" }, { workflow: "other" }])("is another with %j", (more) => {
    expect(chosen(0.1, more, key)).not.toEqual(chosen(0.1, {}, key));
  });
});

it("the choice is another under another key, and under none", () => {
  expect(chosen(0.1, {}, "another key")).not.toEqual(chosen(0.1));
  expect(chosen(0.1, {}, null)).not.toEqual(chosen(0.1));
});

describe("the least share", () => {
  it("gives 74 a quarter at the observed volume, whatever time that was observed in", () => {
    expect(shareFloor(7_400, 90)).toBeCloseTo(0.01, 12);
    expect(shareFloor(740, 9)).toBeCloseTo(0.01, 12);
  });

  it("is everything where there are fewer writes than that, and nothing where none is known", () => {
    expect(shareFloor(30, 90)).toBe(1);
    expect(shareFloor(0, 90)).toBe(0);
  });

  it("takes no part of a day for a quarter", () => {
    expect(shareFloor(1_000, 0.01)).toBe(shareFloor(1_000, 1));
  });

  it("counts where the spec asks for less", () => {
    expect([auditShare(0, 0.02), auditShare(0.05, 0.02), auditShare(0.05, 1)]).toEqual([0.02, 0.05, 1]);
  });
});

it("a drawn write is to be looked at within two weeks, and before its contents are removed", () => {
  const day = 24 * 60 * 60_000;
  expect(checkDue(0, null)).toBe(14 * day);
  expect(checkDue(0, 30 * day)).toBe(14 * day);
  expect(checkDue(0, 3 * day)).toBe(3 * day);
});
