// Ids are computed, so their vectors must never change: a changed one would start every run again and look for it in another partition.
import { describe, expect, it } from "vitest";
import { eventIdOf, PARTITIONS, partitionName, partitionOf, runIdOf } from "../../../src/core/ids.ts";

describe("an event's id", () => {
  it("is stable", () => {
    // printf 'zendesk\nd-1' | sha256sum | cut -c1-32
    expect(eventIdOf("zendesk", "d-1")).toBe("evt_6aa7ec168ea60d0c0ab9429f38cc0da5");
  });

  it("differs by connection and by delivery key, and does not run them together", () => {
    const ids = [eventIdOf("a", "b"), eventIdOf("a", "c"), eventIdOf("b", "b"), eventIdOf("ab", ""), eventIdOf("", "ab")];
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe("a run's id", () => {
  it("is one per event and workflow, and says which workflow", () => {
    const event = eventIdOf("zendesk", "d-1");
    expect(runIdOf("ticket-triage", event)).toBe("ticket-triage.6aa7ec168ea60d0c0ab9429f38cc0da5");
    expect(runIdOf("another", event)).not.toBe(runIdOf("ticket-triage", event));
  });
});

describe("a lane's partition", () => {
  it.each([
    ["", 5],
    ["1001", 7],
    ["ticket-42", 2],
    ["acme/support/4711", 11],
    ["größe", 2],
    ["😀", 8],
  ])("of %j is stable: %i of 16", (key, partition) => {
    expect(partitionOf(key, 16)).toBe(partition);
  });

  it("is FNV-1a, whose vectors for ASCII are published", () => {
    const whole = 2 ** 32;
    // http://www.isthe.com/chongo/src/fnv/test_fnv.c
    for (const [text, hash] of [
      ["", 0x811c9dc5],
      ["a", 0xe40c292c],
      ["b", 0xe70c2de5],
      ["foobar", 0xbf9cf968],
    ] as const) {
      expect(partitionOf(text, whole)).toBe(hash);
    }
  });

  const keys: Record<string, (n: number) => string> = {
    "consecutive numbers": (n) => String(n),
    "consecutive numbers of many digits": (n) => String(900_000_000_000 + n),
    "numbers behind a word": (n) => `ticket-${n}`,
    hundreds: (n) => String(n * 100),
    "event ids": (n) => eventIdOf("zendesk", String(n)),
  };
  it.each(Object.entries(keys))("spreads 10,000 keys evenly, to within a fifth: %s", (_, keyOf) => {
    const counts = new Array<number>(PARTITIONS).fill(0);
    for (let n = 0; n < 10_000; n++) {
      const partition = partitionOf(keyOf(n), PARTITIONS);
      counts[partition] = (counts[partition] ?? Number.NaN) + 1;
    }
    const even = 10_000 / PARTITIONS;
    expect(Math.max(...counts)).toBeLessThanOrEqual(even * 1.2);
    expect(Math.min(...counts)).toBeGreaterThanOrEqual(even * 0.8);
  });

  it.each([1, 2, 7, 16, 100])("is always one of the %i there are", (partitions) => {
    for (let n = 0; n < 1_000; n++) {
      const partition = partitionOf(`key ${n}`, partitions);
      expect(Number.isInteger(partition) && partition >= 0 && partition < partitions).toBe(true);
    }
  });

  it("is addressed by its number", () => {
    expect(partitionName(0)).toBe("p0");
    expect(partitionName(15)).toBe("p15");
  });

  it("is one of 8, a number that running work depends on", () => {
    expect(PARTITIONS).toBe(8);
  });
});
