// The promise "at most once, or shown to a person", tried at every boundary that the triage workflow has.
import { describe, expect, it } from "vitest";
import { type Scenario, triageWorld } from "./triage-world.ts";

const scenarios: Record<string, Scenario> = {
  "written automatically": {},
  "approved by a person": { confidence: 0.3, answer: ({ digest }) => ({ kind: "approved", digest }) },
  "edited by a person": {
    confidence: 0.3,
    answer: ({ digest }) => ({ kind: "edited", digest, values: { group: "returns", priority: "low" } }),
  },
  "rejected by a person": { confidence: 0.3, answer: ({ digest }) => ({ kind: "rejected", digest, reason: "Not ours" }) },
  "answered by nobody": { confidence: 0.3 },
  "held in shadow": { spec: { mode: "shadow" } },
};

let tried = 0;

describe.each(Object.entries(scenarios))("a run that is %s", (_, scenario) => {
  it("has the same end and the same writes wherever the process stops once", async () => {
    const undisturbed = triageWorld(scenario);
    const end = await undisturbed.engine.run();
    expect(end.kind).toBe("ended");
    const boundaries = undisturbed.engine.boundaries;
    for (let at = 1; at <= boundaries; at++) {
      const world = triageWorld({ ...scenario, stopAt: new Set([at]) });
      expect(await world.engine.run(), `stopped at ${at}`).toEqual(end);
      expect(world.outside(), `stopped at ${at}`).toEqual(undisturbed.outside());
      expect(world.engine.stops).toBe(1);
    }
    tried += boundaries;
    console.log(`crash matrix: ${boundaries} boundaries, ${tried} so far`);
  });
});

it("has the same end and the same writes wherever the process stops twice", async () => {
  const undisturbed = triageWorld();
  const end = await undisturbed.engine.run();
  let pairs = 0;
  for (let first = 1; first <= undisturbed.engine.boundaries; first++) {
    for (let second = first + 1; second <= first + 12; second++) {
      const world = triageWorld({ stopAt: new Set([first, second]) });
      expect(await world.engine.run(), `stopped at ${first} and ${second}`).toEqual(end);
      expect(world.outside(), `stopped at ${first} and ${second}`).toEqual(undisturbed.outside());
      pairs++;
    }
  }
  console.log(`crash matrix: ${pairs} pairs of boundaries`);
});

it("gives the same undo wherever the process stops during it", async () => {
  const undone = async (stopAt?: number) => {
    const world = triageWorld(stopAt === undefined ? {} : { stopAt: new Set([stopAt]) });
    await world.engine.run();
    const before = world.engine.boundaries;
    expect(await world.engine.undo("route ticket")).toBeNull();
    expect(await world.engine.undo("explain route")).toBeNull();
    return { before, after: world.engine.boundaries, outside: world.outside() };
  };
  const undisturbed = await undone();
  expect(undisturbed.outside).toMatchObject({ group: "support", priority: null });
  expect(undisturbed.outside.comments.join()).not.toContain("Interlock sent");
  for (let at = undisturbed.before + 1; at <= undisturbed.after; at++) {
    expect((await undone(at)).outside, `stopped at ${at}`).toEqual(undisturbed.outside);
  }
});

describe("a request of the run that goes wrong once", () => {
  const kinds = [
    ["lost", "before"],
    ["lost", "after"],
    [500, "before"],
    [500, "after"],
    [429, "before"],
    [503, "before"],
  ] as const;
  it.each(kinds)("%s %s its work: the end and the writes stay the same", async (kind, when) => {
    const undisturbed = triageWorld();
    const end = await undisturbed.engine.run();
    for (const [system, total] of [
      ["zendesk", undisturbed.zendesk.requests.length],
      ["slack", undisturbed.slack.requests.length],
    ] as const) {
      for (let nth = 1; nth <= total; nth++) {
        const world = triageWorld();
        let seen = 0;
        world[system].fault(kind, when, () => ++seen === nth);
        expect(await world.engine.run(), `${system} request ${nth}`).toEqual(end);
        expect(world.outside(), `${system} request ${nth}`).toEqual(undisturbed.outside());
      }
    }
  });
});
