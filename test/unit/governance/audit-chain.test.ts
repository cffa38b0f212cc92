import { beforeAll, describe, expect, it } from "vitest";
import { chained } from "../../../src/db/projection.ts";
import {
  type AuditContent,
  type AuditRecord,
  CHAIN_START,
  contentDigest,
  newSalt,
  verifyChain,
} from "../../../src/governance/audit-chain.ts";
import { tell } from "../http/stories.ts";

const RUN = tell({ ending: "undone", ticket: 7 });

describe("a run's chain", () => {
  let records: readonly AuditRecord[];
  let content: AuditContent;
  beforeAll(() => {
    const chain = chained({ id: RUN.id, salt: "5a17", head: CHAIN_START, entries: RUN.entries });
    records = chain.records;
    content = { salt: "5a17", bodies: new Map(chain.bodies.map((body, index) => [index + 1, JSON.parse(body)])) };
  });

  const changed = (seq: number, change: Partial<AuditRecord>): AuditRecord[] =>
    records.map((record) => (record.seq === seq ? { ...record, ...change } : record));

  it("verifies with its content, and without it once that was erased", () => {
    const verdict = { ok: true, records: RUN.entries.length, head: records.at(-1)?.hash };
    expect(verifyChain(RUN.id, records, content, records.at(-1)?.hash)).toEqual(verdict);
    expect(verifyChain(RUN.id, records, null, records.at(-1)?.hash)).toEqual(verdict);
  });

  it("verifies while it is empty", () => {
    expect(verifyChain(RUN.id, [], null)).toEqual({ ok: true, records: 0, head: CHAIN_START });
  });

  it("names the record of which one character was changed, in whichever member", () => {
    const flip = (text: string, at: number) => `${text.slice(0, at)}${text[at] === "a" ? "b" : "a"}${text.slice(at + 1)}`;
    for (const record of records) {
      for (const member of ["type", "actor", "contentDigest", "hash"] as const) {
        for (const at of [0, record[member].length - 1]) {
          const broken = changed(record.seq, { [member]: flip(record[member], at) });
          expect(verifyChain(RUN.id, broken, null), `${record.seq} ${member}`).toEqual({ ok: false, seq: record.seq, broken: "facts" });
        }
      }
      const later = changed(record.seq, { at: record.at + 1 });
      expect(verifyChain(RUN.id, later, null)).toEqual({ ok: false, seq: record.seq, broken: "facts" });
      const moved = changed(record.seq, { step: record.step === null ? "a step" : null });
      expect(verifyChain(RUN.id, moved, null)).toEqual({ ok: false, seq: record.seq, broken: "facts" });
    }
  });

  it("names the record whose content was changed or is gone", () => {
    for (const { seq } of records) {
      const bodies = new Map(content.bodies);
      bodies.set(seq, { ...(bodies.get(seq) as object), more: 1 });
      expect(verifyChain(RUN.id, records, { ...content, bodies })).toEqual({ ok: false, seq, broken: "content" });
      bodies.delete(seq);
      expect(verifyChain(RUN.id, records, { ...content, bodies })).toEqual({ ok: false, seq, broken: "content" });
    }
    expect(verifyChain(RUN.id, records, { ...content, salt: "other" })).toEqual({ ok: false, seq: 1, broken: "content" });
  });

  it("names the place where a record is missing, doubled, out of order or of another run", () => {
    const second = records[1] as AuditRecord;
    const rest = records.slice(2);
    const first = records[0] as AuditRecord;
    for (const rows of [
      [first, ...rest],
      [first, first, second, ...rest],
      [first, ...rest, second],
    ]) {
      expect(verifyChain(RUN.id, rows, null)).toEqual({ ok: false, seq: 2, broken: "sequence" });
    }
    expect(verifyChain("another", records, null)).toEqual({ ok: false, seq: 1, broken: "sequence" });
  });

  it("fails where it was cut short or made anew, for whoever knows its last hash", () => {
    const head = records.at(-1)?.hash;
    const short = records.slice(0, -1);
    expect(verifyChain(RUN.id, short, null)).toMatchObject({ ok: true });
    expect(verifyChain(RUN.id, short, null, head)).toEqual({ ok: false, seq: short.length, broken: "end" });
    const forged = chained({
      id: RUN.id,
      salt: "5a17",
      head: CHAIN_START,
      entries: RUN.entries.map((entry) => (entry.seq === 2 ? { ...entry, at: entry.at + 1 } : entry)),
    });
    expect(verifyChain(RUN.id, forged.records, null)).toMatchObject({ ok: true });
    expect(verifyChain(RUN.id, forged.records, null, head)).toMatchObject({ ok: false, broken: "end" });
  });
});

it("the same content has another digest in another run", () => {
  expect(newSalt()).toMatch(/^[0-9a-f]{32}$/);
  expect(contentDigest(newSalt(), { approved: true })).not.toBe(contentDigest(newSalt(), { approved: true }));
  expect(contentDigest("s", { a: 1, b: 2 })).toBe(contentDigest("s", { b: 2, a: 1 }));
});
