import { describe, expect, it } from "vitest";
import { readAudit, readJournalCopy } from "../../../src/db/journal-copy.ts";
import { statementsFor } from "../../../src/db/json-statements.ts";
import { readRun } from "../../../src/db/reads.ts";
import type { Entry } from "../../../src/engine/journal.ts";
import { CHAIN_START, verifyChain } from "../../../src/governance/audit-chain.ts";
import { createRandom } from "../../simulate/random.ts";
import { fakeD1 } from "../http/fake-d1.ts";
import { type Ending, type Story, tell } from "../http/stories.ts";
import { openToChange, projectAll, projectPart, SALT, table } from "./projected.ts";

const ENDINGS: readonly Ending[] = ["undone", "conflict", "edited", "rejected", "expired", "voided", "failed", "unknown"];

describe("the audit in D1", () => {
  it("is the same however the projection was cut into writes, repeated or overtaken", async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = createRandom(seed);
      const story = tell({ ending: random.pick(ENDINGS), ticket: seed });
      const last = story.entries.length;
      const whole = fakeD1();
      await projectAll(whole, story);
      const cut = fakeD1();
      // What the partition knows of D1; a crash between a write and its mark leaves it where it was.
      let after = 0;
      let head = CHAIN_START;
      while (after < last) {
        const upTo = after + 1 + random.int(last - after);
        const next = await projectPart(cut, story, { after, upTo, head });
        if (random.chance(0.3)) continue;
        after = upTo;
        head = next;
      }
      expect(await table(cut, "audit"), `seed ${seed}`).toEqual(await table(whole, "audit"));
      const { records, content } = await readAudit(cut, story.id);
      expect(verifyChain(story.id, records, content, head), `seed ${seed}`).toMatchObject({ ok: true, records: last });
      expect(await readJournalCopy(cut, story.id, { seq: last, head })).toMatchObject({ kind: "whole", entries: story.entries });
      expect((await readRun(cut, story.id))?.audit).toEqual((await readRun(whole, story.id))?.audit);
    }
  });

  it("keeps the contents of many entries in one row", async () => {
    const db = fakeD1();
    const story = tell({ ending: "approved", ticket: 1 });
    await projectAll(db, story);
    expect(await table(db, "audit_content")).toMatchObject([{ first_seq: 1, last_seq: story.entries.length, salt: SALT }]);
  });

  it("never changes a record, nor puts an older state over a newer", async () => {
    const db = fakeD1();
    const story = tell({ ending: "approved", ticket: 1 });
    await projectAll(db, story, 99);
    const before = await Promise.all([table(db, "audit"), table(db, "audit_content"), table(db, "run")]);
    await projectPart(db, story, { after: 0, upTo: 4, head: CHAIN_START });
    expect(await Promise.all([table(db, "audit"), table(db, "audit_content"), table(db, "run")])).toEqual(before);
  });
});

describe("a journal that comes back from D1", () => {
  const odd: Story = (() => {
    const story = tell({ ending: "approved", ticket: 3 });
    const output = { "a.b": [1e21, -0, 0.1, 5e-324, 123456789012345], "ü\u2028\u0000": '\ud83d\ude00 "\\', nested: { z: null, a: [] } };
    const at = story.entries.findIndex(({ type }) => type === "read.done");
    const given = { ...story.entries[at], output: { ...output, gone: undefined, date: new Date(0) } } as unknown as Entry;
    return { ...story, entries: story.entries.with(at, given) };
  })();

  it("is what JSON keeps of it, entry by entry, and verifies", async () => {
    const db = fakeD1();
    const head = await projectAll(db, odd);
    const copy = await readJournalCopy(db, odd.id, { seq: odd.entries.length, head });
    if (copy.kind !== "whole") throw new Error(JSON.stringify(copy));
    expect(copy.entries).toEqual(JSON.parse(JSON.stringify(odd.entries)));
    expect(copy.entries.filter((entry) => "step" in entry && entry.step == null)).toEqual([]);
    expect(copy).toMatchObject({ salt: SALT, data: odd.event.data });
  });

  it.each([
    ["a record was removed", "delete from audit where seq = 3"],
    ["the last records were removed", "delete from audit where seq > 3"],
    ["a record was changed", "update audit set actor = 'eve@example.com' where seq = 3"],
    ["a content was changed", "update audit_content set body = replace(body, 'high', 'low')"],
    ["the contents are gone", "delete from audit_content"],
    ["the event's data is gone", "update event_log set data = null"],
    ["the run is gone", "delete from run"],
  ])("is refused when %s", async (_, tamper) => {
    const db = fakeD1();
    const head = await projectAll(db, odd);
    await openToChange(db);
    await db.prepare(tamper).run();
    expect(await readJournalCopy(db, odd.id, { seq: odd.entries.length, head })).toMatchObject({ kind: "missing" });
  });
});

describe("large journals", () => {
  /** In characters of three bytes each, as D1 counts them. */
  const withOutputs = (bytes: readonly number[]): Story => {
    const story = tell({ ending: "approved", ticket: 9 });
    const read = story.entries.find(({ type }) => type === "read.done");
    const outputs = bytes.map((size, index) => ({ ...read, step: `read ${index}`, output: "€".repeat(size / 3) }));
    return { ...story, entries: [story.entries[0], ...outputs].map((entry, index) => ({ ...entry, seq: index + 1 }) as Entry) };
  };

  it("go into rows that D1 takes, whole", async () => {
    const db = fakeD1();
    const story = withOutputs([999_999, 300_000, 300_000, 300_000, 300_000, 999_999, 999_999, 999_999, 999_999, 30]);
    const head = await projectAll(db, story);
    const rows = await table(db, "audit_content");
    expect(rows.map((row) => [row.first_seq, row.last_seq])).toEqual([
      [1, 1],
      [2, 2],
      [3, 4],
      [5, 6],
      [7, 7],
      [8, 8],
      [9, 9],
      [10, 10],
      [11, 11],
    ]);
    for (const row of rows) expect(Buffer.byteLength(String(row.body))).toBeLessThan(1_100_000);
    expect(await readJournalCopy(db, story.id, { seq: story.entries.length, head })).toMatchObject({
      kind: "whole",
      entries: story.entries,
    });
  });

  it("are bound in bytes and not in characters; a row over the size goes alone", () => {
    const bound: string[] = [];
    const db = { prepare: () => ({ bind: (text: string) => bound.push(text) }) } as unknown as D1Database;
    const row = (bytes: number) => JSON.stringify("€".repeat(bytes / 3));
    statementsFor(db, "", [row(300), row(899_400), row(300), row(1_500_000), row(300), row(300)]);
    expect(bound.map((text) => (JSON.parse(text) as string[]).map((one) => one.length * 3))).toEqual([
      [300, 899_400],
      [300],
      [1_500_000],
      [300, 300],
    ]);
    for (const text of bound) expect(Buffer.byteLength(text)).toBeLessThan(2_000_000);
  });
});
