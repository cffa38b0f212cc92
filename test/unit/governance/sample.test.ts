// The choice of writes to be looked at: the same every time it is made, and the share that was asked for.
import { describe, expect, it } from "vitest";
import { isSampled } from "../../../src/governance/sample.ts";

const runs = Array.from({ length: 20_000 }, (_, index) => `ticket-triage.evt_${index}`);
const chosen = (share: number, step = "route ticket") => runs.filter((run) => isSampled(share, run, step));

describe("the choice of writes to be looked at", () => {
  it("is none for a share of 0, and all for a share of 1", () => {
    expect(chosen(0)).toEqual([]);
    expect(chosen(1)).toHaveLength(runs.length);
  });

  it.each([0.01, 0.05, 0.5])("comes to the share %f of many writes", (share) => {
    const spread = 5 * Math.sqrt((share * (1 - share)) / runs.length);
    expect(Math.abs(chosen(share).length / runs.length - share)).toBeLessThan(spread);
  });

  it("is the same each time, and a larger share chooses what a smaller one did", () => {
    expect(chosen(0.1)).toEqual(chosen(0.1));
    const more = new Set(chosen(0.2));
    expect(chosen(0.1).every((run) => more.has(run))).toBe(true);
  });

  it("is another for another step of the same run", () => {
    expect(chosen(0.1, "tell the team")).not.toEqual(chosen(0.1));
  });
});
