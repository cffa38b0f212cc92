import { generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { publicKeyOf } from "../../../src/core/crypto.ts";
import { chained } from "../../../src/db/projection.ts";
import { CHAIN_START } from "../../../src/governance/audit-chain.ts";
import { type RecordLine, verifyExport } from "../../../src/governance/audit-verify.ts";
import {
  type Checkpoint,
  type Leaf,
  makeCheckpoint,
  proofOf,
  rootBy,
  rootOf,
  statementDigest,
} from "../../../src/governance/checkpoint.ts";
import { NOW, type Story, tell } from "../http/stories.ts";

const pair = () =>
  generateKeyPairSync("ed25519", {
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
    publicKeyEncoding: { type: "spki", format: "pem" },
  });
const own = pair();
const KEY = publicKeyOf(own.publicKey);
const OTHER = pair();

const STORIES = [tell({ ending: "approved", ticket: 1 }), tell({ ending: "undone", ticket: 2 }), tell({ ending: "asked", ticket: 3 })].sort(
  (a, b) => (a.id < b.id ? -1 : 1),
) as [Story, Story, Story];

function recordsOf({ id, entries }: Story, erased = false): RecordLine[] {
  const { records, bodies } = chained({ id, salt: "5a17", head: CHAIN_START, entries });
  return records.map((record, index) => ({
    kind: "record",
    ...record,
    previous: records[index - 1]?.hash ?? CHAIN_START,
    ...(erased ? { erased: true as const } : { salt: "5a17", content: JSON.parse(bodies[index] as string) }),
  }));
}
const RECORDS = STORIES.flatMap((story) => recordsOf(story));
const header = (more: object = {}) => ({
  kind: "interlock.audit",
  at: NOW,
  by: "ada@example.com",
  filter: {},
  after: null,
  checkpoints: [],
  ...more,
});
const end = (records: number, next: object | null = null) => ({ kind: "end", records, next });
const text = (...lines: object[]) => lines.map((line) => JSON.stringify(line));
const exported = (records: readonly object[] = RECORDS) => text(header(), ...records, end(records.length));

const leafOf = (story: Story, upTo = story.entries.length): Leaf => {
  const { run, seq, hash } = recordsOf(story)[upTo - 1] as RecordLine;
  return { run, seq, hash };
};
const position = { through: 1, run: null, seq: null, complete: true };
function checkpoint(
  leaves: readonly Leaf[],
  previous: Checkpoint | null = null,
  privateKey: string | undefined = own.privateKey,
): Checkpoint {
  const number = (previous?.statement.number ?? 0) + 1;
  const facts = { number, date: `2026-11-${20 + number}`, at: NOW, records: 1, previous: previous && statementDigest(previous.statement) };
  return makeCheckpoint(facts, leaves, position, privateKey);
}
const first = checkpoint([leafOf(STORIES[0], 3), leafOf(STORIES[1])]);
const second = checkpoint([leafOf(STORIES[0]), leafOf(STORIES[2], 2)], first);
const CHECKPOINTS = [first, second];
const against = { checkpoints: CHECKPOINTS, keys: [KEY], everySigned: true };

const notesOf = (lines: readonly string[], more = {}) => {
  const report = verifyExport(lines, more);
  if (!report.ok) throw new Error(JSON.stringify(report));
  return report.notes;
};
const flip = (value: string, at: number) => `${value.slice(0, at)}${value[at] === "a" ? "b" : "a"}${value.slice(at + 1)}`;

describe("an export", () => {
  it("verifies by itself, and says that its end is not proved without a checkpoint", () => {
    const report = verifyExport(exported());
    expect(report).toMatchObject({ ok: true, runs: 3, records: RECORDS.length, erased: 0, checkpoints: 0 });
    expect(notesOf(exported()).join()).toContain("last records that were removed");
  });

  it("verifies against signed checkpoints, without a note", () => {
    expect(verifyExport(exported(), against)).toEqual({ ok: true, runs: 3, records: RECORDS.length, erased: 0, checkpoints: 2, notes: [] });
  });

  it("verifies after a run was erased, and says how many contents are gone", () => {
    const records = [...recordsOf(STORIES[0]), ...recordsOf(STORIES[1], true), ...recordsOf(STORIES[2])];
    const report = verifyExport(exported(records), against);
    expect(report).toMatchObject({ ok: true, erased: STORIES[1].entries.length });
    expect(JSON.stringify(records.filter((line) => "erased" in line))).not.toContain("5a17");
  });

  const facts = ["at", "type", "step", "actor", "contentDigest", "hash", "previous", "run", "seq", "salt", "content"] as const;
  it.each(facts)("names the record of which the member %s was changed, and no other", (member) => {
    for (const [index, record] of RECORDS.entries()) {
      const value = (record as unknown as Record<string, unknown>)[member];
      const changed =
        typeof value === "string" && value !== ""
          ? flip(value, value.length - 1)
          : typeof value === "number"
            ? value + 1
            : typeof value === "object" && value !== null
              ? { ...value, more: 1 }
              : "x";
      const report = verifyExport(exported(RECORDS.with(index, { ...record, [member]: changed } as RecordLine)));
      if (report.ok) throw new Error(`${member} of ${record.run} ${record.seq}`);
      if (member !== "run" && member !== "seq") expect(report.broken.what).toBe(`record ${record.seq} of ${record.run}`);
      else expect(report.broken.what).toMatch(/^record \d+ of /);
    }
  });

  it("names the place of a record that was removed, doubled or moved", () => {
    for (let index = 0; index < STORIES[0].entries.length - 1; index++) {
      const missing = `record ${index + 1} of ${STORIES[0].id}`;
      expect(verifyExport(exported(RECORDS.toSpliced(index, 1)))).toMatchObject({ ok: false, broken: { what: missing } });
      const swapped = RECORDS.with(index, RECORDS[index + 1] as RecordLine).with(index + 1, RECORDS[index] as RecordLine);
      expect(verifyExport(exported(swapped))).toMatchObject({ ok: false, broken: { what: missing } });
    }
    const doubled = [...RECORDS, ...recordsOf(STORIES[0])];
    expect(verifyExport(exported(doubled))).toMatchObject({ ok: false, broken: { what: `record 1 of ${STORIES[0].id}` } });
  });

  it("does not notice by itself that last records or a whole run are gone, and does with a checkpoint", () => {
    const cut = RECORDS.filter(({ run, seq }) => run !== STORIES[1].id || seq < STORIES[1].entries.length);
    expect(verifyExport(exported(cut)).ok).toBe(true);
    expect(verifyExport(exported(cut), against)).toMatchObject({
      ok: false,
      broken: { what: `record ${STORIES[1].entries.length} of ${STORIES[1].id}` },
    });
    const without = RECORDS.filter(({ run }) => run !== STORIES[2].id);
    expect(verifyExport(exported(without)).ok).toBe(true);
    expect(verifyExport(exported(without), against)).toMatchObject({ ok: false, broken: { what: `record 1 of ${STORIES[2].id}` } });
  });

  it("does not notice by itself that a chain was made anew, and does with a checkpoint", () => {
    const [story] = STORIES;
    const forged = recordsOf({
      ...story,
      entries: story.entries.map((entry) => (entry.seq === 2 ? { ...entry, at: entry.at + 1 } : entry)),
    });
    const records = [...forged, ...RECORDS.filter(({ run }) => run !== story.id)];
    expect(verifyExport(exported(records)).ok).toBe(true);
    expect(verifyExport(exported(records), against)).toMatchObject({ ok: false, broken: { what: `record 3 of ${story.id}` } });
  });

  it.each([
    ["is empty", [], "line 1"],
    ["has no header", text(...RECORDS), "line 1"],
    ["was cut off", exported().slice(0, -1), "the last line"],
    ["says another number of records", text(header(), ...RECORDS, end(1)), `line ${RECORDS.length + 2}`],
    ["goes on after its end", [...exported(), JSON.stringify(RECORDS[0])], `line ${RECORDS.length + 3}`],
    ["holds something that is no line", [exported()[0] as string, "{"], "line 2"],
    ["holds a line of another kind", text(header(), { kind: "else" }), "line 2"],
    ["has a header without a filter", text(header({ filter: null })), "line 1"],
  ])("that %s is broken there", (_, lines, what) => {
    expect(verifyExport(lines)).toMatchObject({ ok: false, broken: { what } });
  });

  it("may come in parts, which must follow one another", () => {
    const cut = 5;
    const next = { run: RECORDS[cut - 1]?.run, seq: RECORDS[cut - 1]?.seq };
    const one = text(header(), ...RECORDS.slice(0, cut), end(cut, next));
    const two = text(header({ after: next }), ...RECORDS.slice(cut), end(RECORDS.length - cut));
    expect(verifyExport([...one, ...two], against)).toMatchObject({ ok: true, records: RECORDS.length, notes: [] });
    expect(notesOf(one).join()).toContain("goes on after record");
    expect(notesOf(two).join()).toContain("first part was not given");
    expect(verifyExport([...one, ...one])).toMatchObject({ ok: false, broken: { what: `line ${cut + 3}` } });
  });

  it("of chosen records verifies each, says that between them some may be missing, and names a changed one", () => {
    const filter = { type: "run.started" };
    const chosen = RECORDS.filter(({ seq }) => seq % 3 === 1);
    const lines = text(header({ filter }), ...chosen, end(chosen.length));
    expect(notesOf(lines, against).join()).toContain("each is proved by itself");
    const changed = chosen.with(1, { ...(chosen[1] as RecordLine), actor: "eve" });
    expect(verifyExport(text(header({ filter }), ...changed, end(chosen.length)))).toMatchObject({
      ok: false,
      broken: { what: `record ${chosen[1]?.seq} of ${chosen[1]?.run}` },
    });
  });
});

describe("a checkpoint", () => {
  const broken = (checkpoints: readonly Checkpoint[], keys = [KEY]) => {
    const report = verifyExport(exported(), { checkpoints, keys, everySigned: keys.length > 0 });
    return report.ok ? null : report.broken;
  };
  const FIRST = { what: "checkpoint 1 of 2026-11-21" };

  it("is named when any member of its statement was changed", () => {
    for (const [member, value] of Object.entries(first.statement)) {
      const changed = typeof value === "number" ? value + 5 : typeof value === "string" ? flip(value, value.length - 1) : "00";
      const statement = { ...first.statement, [member]: changed };
      expect(broken([{ ...first, statement } as Checkpoint])?.what, member).toMatch(/^checkpoint /);
    }
  });

  it("is named when its signature was changed in any place, left out, or made with another key", () => {
    const signature = first.signature as string;
    for (let at = 0; at < signature.length; at += 7) expect(broken([{ ...first, signature: flip(signature, at) }])).toMatchObject(FIRST);
    expect(broken([{ ...first, signature: null }])).toMatchObject(FIRST);
    expect(broken([checkpoint(first.leaves, null, OTHER.privateKey)])?.why).toContain("another key");
    const imposter = checkpoint(first.leaves, null, OTHER.privateKey);
    expect(broken([{ ...imposter, statement: { ...imposter.statement, key: KEY.id } }])).toMatchObject(FIRST);
  });

  it("is named when a run was put into its list, taken out or changed there", () => {
    const [leaf, ...rest] = first.leaves as [Leaf, ...Leaf[]];
    expect(broken([{ ...first, leaves: rest }])).toMatchObject(FIRST);
    expect(broken([{ ...first, leaves: [{ ...leaf, seq: leaf.seq + 1 }, ...rest] }])).toMatchObject(FIRST);
    expect(broken([{ ...first, leaves: [...first.leaves, leaf] }])).toMatchObject(FIRST);
  });

  it("is named when the one before it is missing, or another", () => {
    const third = checkpoint([], second);
    expect(broken([first, third])?.what).toBe("checkpoint 3 of 2026-11-23");
    expect(broken([checkpoint([]), second])?.what).toBe("checkpoint 2 of 2026-11-22");
    expect(notesOf(exported(), { checkpoints: [second] }).join()).toContain("Checkpoints before number 2 were not given");
  });

  it("that an export's header names with another digest is named", () => {
    const checkpoints = [{ number: 1, date: "2026-11-21", digest: statementDigest(first.statement) }];
    expect(verifyExport(text(header({ checkpoints }), ...RECORDS, end(RECORDS.length)), against).ok).toBe(true);
    const other = [{ number: 1, date: "2026-11-21", digest: "00" }];
    expect(verifyExport(text(header({ checkpoints: other }), ...RECORDS, end(RECORDS.length)), against)).toMatchObject({
      ok: false,
      broken: FIRST,
    });
  });

  it("without a signature is said to be so, and is not enough for whoever has a key", () => {
    const unsigned = makeCheckpoint(
      { number: 1, date: "2026-11-21", at: NOW, records: 1, previous: null },
      first.leaves,
      position,
      undefined,
    );
    expect(notesOf(exported(), { checkpoints: [unsigned] }).join()).toContain("Not signed: checkpoint 1");
    expect(broken([unsigned])).toEqual({ ...FIRST, why: "it is not signed" });
    expect(notesOf(exported(), { checkpoints: CHECKPOINTS }).join()).toContain("were not checked");
  });

  it("proves one run without the others, whatever the number of leaves, and nothing else", () => {
    for (let size = 1; size <= 9; size++) {
      const leaves = Array.from({ length: size }, (_, index): Leaf => ({ run: `r${index}`, seq: index + 1, hash: `h${index}` }));
      for (const [index, leaf] of leaves.entries()) {
        const proof = proofOf(leaves, index);
        expect(proof.length).toBeLessThanOrEqual(4);
        expect(rootBy(leaf, proof)).toBe(rootOf(leaves));
        expect(rootBy({ ...leaf, seq: leaf.seq + 1 }, proof)).not.toBe(rootOf(leaves));
      }
    }
  });
});

describe("an export of one run", () => {
  const [story] = STORIES;
  const inclusion = (of: Checkpoint) => {
    const index = of.leaves.findIndex(({ run }) => run === story.id);
    const { statement, signature } = of;
    return { kind: "inclusion", ...(of.leaves[index] as Leaf), proof: proofOf(of.leaves, index), checkpoint: { statement, signature } };
  };
  const lines = (records: readonly object[], ...inclusions: object[]) =>
    text(header({ filter: { run: story.id } }), ...records, ...inclusions, end(records.length));
  const keys = { keys: [KEY], everySigned: true };

  it("carries the proofs of its checkpoints", () => {
    const report = verifyExport(lines(recordsOf(story), inclusion(first), inclusion(second)), keys);
    expect(report).toMatchObject({ ok: true, checkpoints: 2 });
    expect(notesOf(lines(recordsOf(story), inclusion(first))).join()).toContain("the export's own copies");
  });

  it("names the last record when it was removed, a forged proof, and a checkpoint that is not the one at hand", () => {
    const records = recordsOf(story);
    expect(verifyExport(lines(records.slice(0, -1), inclusion(second)), keys)).toMatchObject({
      ok: false,
      broken: { what: `record ${records.length} of ${story.id}` },
    });
    const proof = inclusion(first).proof.map((step) => ({ ...step, hash: flip(step.hash, 0) }));
    const FIRST = "checkpoint 1 of 2026-11-21";
    expect(verifyExport(lines(records, { ...inclusion(first), proof }), keys)).toMatchObject({ ok: false, broken: { what: FIRST } });
    const elsewhere = checkpoint([leafOf(story)]);
    expect(verifyExport(lines(records, inclusion(elsewhere)), { ...keys, checkpoints: [first] })).toMatchObject({
      ok: false,
      broken: { what: FIRST },
    });
    const anew = checkpoint([{ ...leafOf(story), hash: "00" }]);
    expect(verifyExport(lines(records, inclusion(anew)), keys)).toMatchObject({
      ok: false,
      broken: { what: `record ${records.length} of ${story.id}` },
    });
  });
});
