// The audit for an auditor, over D1 and R2 in memory: checkpoints as the sweep makes them, copies, what a copy is verified with, and the pages.
import { execFile } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { publicKeyOf } from "../../../src/core/crypto.ts";
import { everywhere, type Principal } from "../../../src/core/principal.ts";
import { erasableRuns, eraseRuns } from "../../../src/db/erasure.ts";
import { verifyExport } from "../../../src/governance/audit-verify.ts";
import type { Checkpoint } from "../../../src/governance/checkpoint.ts";
import { checkpointAudit } from "../../../src/operations/checkpoint-audit.ts";
import type { Context } from "../../../src/operations/context.ts";
import { csvRow, exportAudit, verifyRun } from "../../../src/operations/read-audit.ts";
import { sweep } from "../../../src/operations/sweep.ts";
import { openToChange, projectAll, projectPart } from "../db/projected.ts";
import { type Console, openConsole } from "../http/console.ts";
import { type FakeR2, fakeR2 } from "../http/fake-r2.ts";
import { DAY, NOW, type Story, tell } from "../http/stories.ts";

const pair = generateKeyPairSync("ed25519", {
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});
const KEY = publicKeyOf(pair.publicKey);
const ada: Principal = { kind: "person", id: "ada@example.com", name: "Ada", grants: everywhere("auditor") };
const DATE = "2026-11-22";
const PATH = `audit/checkpoints/${DATE}.json`;
const LIMITS = { look: 1_000, part: 200_000, content: 8_000_000 };

let open: Console;
let r2: FakeR2;
let context: Context;
let stories: Story[];
const warn = vi.spyOn(console, "warn");
const error = vi.spyOn(console, "error");

beforeEach(async () => {
  warn.mockReset();
  error.mockReset();
  r2 = fakeR2();
  stories = (["approved", "undone", "asked"] as const).map((ending, index) =>
    tell({ ending, ticket: index + 1, subject: "=HYPERLINK(1)" }),
  );
  open = await openConsole([], { env: { BLOBS: r2.bucket, AUDIT_SIGNING_KEY: pair.privateKey } as Partial<Env> });
  for (const story of stories) await projectAll(open.db, story, NOW + DAY);
  context = { env: open.env, waitUntil: () => undefined } as unknown as Context;
});
afterEach(() => {
  vi.useRealTimers();
});

const checkpoints = (): Checkpoint[] => [...r2.objects.values()].map((text) => JSON.parse(text) as Checkpoint);
const copy = async (filter = {}, limits = LIMITS, format: "jsonl" | "csv" = "jsonl", after: { run: string; seq: number } | null = null) => {
  const exported = await exportAudit(open.env, ada, { format, after, ...filter }, NOW, limits);
  if (!exported.ok) throw new Error(JSON.stringify(exported.error));
  let text = "";
  for await (const piece of exported.value) text += piece;
  return text;
};
const linesOf = async (...args: Parameters<typeof copy>) => (await copy(...args)).split("\n");
const total = () => stories.reduce((sum, { entries }) => sum + entries.length, 0);
const all = () => ({ checkpoints: checkpoints(), keys: [KEY], everySigned: true });
const first = () => stories[0] as Story;

describe("the daily checkpoint", () => {
  it("closes the day that has ended, once, signed, with the head of each run's chain", async () => {
    expect(await checkpointAudit(context, NOW)).toBe(1);
    expect([...r2.objects.keys()]).toEqual([PATH]);
    const [{ statement, leaves }] = checkpoints() as [Checkpoint];
    expect(statement).toMatchObject({ number: 1, date: DATE, previous: null, runs: 3, records: total(), key: KEY.id });
    expect(leaves.map(({ run, seq }) => [run, seq])).toEqual(
      stories.map(({ id, entries }) => [id, entries.length]).sort(([a], [b]) => ((a as string) < (b as string) ? -1 : 1)),
    );
    expect(await checkpointAudit(context, NOW + 60_000)).toBe(0);
    expect(verifyExport(await linesOf(), all())).toMatchObject({ ok: true, checkpoints: 1, notes: [] });
  });

  it("covers the next day what D1 took since, also when it is late; and is written when there was nothing", async () => {
    await checkpointAudit(context, NOW);
    const late = tell({ ending: "approved", ticket: 9, startedAt: NOW - 5 * DAY });
    await projectAll(open.db, late);
    await checkpointAudit(context, NOW + DAY);
    await checkpointAudit(context, NOW + 2 * DAY);
    expect(checkpoints().map(({ statement: { number, runs, records } }) => [number, runs, records])).toEqual([
      [1, 3, total()],
      [2, 1, late.entries.length],
      [3, 0, 0],
    ]);
    expect(verifyExport(await linesOf(), all())).toMatchObject({ ok: true, checkpoints: 3, notes: [] });
  });

  it("of a run that went on has its new head", async () => {
    const story = tell({ ending: "undone", ticket: 20 });
    const head = await projectPart(open.db, story, { after: 0, upTo: 4, head: "" });
    await checkpointAudit(context, NOW);
    await projectPart(open.db, story, { after: 4, upTo: story.entries.length, head });
    await checkpointAudit(context, NOW + DAY);
    const seqs = checkpoints().map(({ leaves }) => leaves.find(({ run }) => run === story.id)?.seq);
    expect(seqs).toEqual([4, story.entries.length]);
    expect(verifyExport(await linesOf({ run: story.id }), { keys: [KEY], everySigned: true })).toMatchObject({ ok: true, checkpoints: 2 });
  });

  it("takes a large day in several, and goes on in the next sweep", async () => {
    const limits = { page: 4, records: 8 };
    const needed = Math.floor(total() / 8) + 1;
    let made = 0;
    for (let sweeps = 0; made < needed; sweeps++) {
      made += await checkpointAudit(context, NOW, limits);
      expect(sweeps).toBeLessThan(5);
    }
    expect(await checkpointAudit(context, NOW, limits)).toBe(0);
    expect([...r2.objects.keys()].slice(0, 2)).toEqual([PATH, `audit/checkpoints/${DATE}-2.json`]);
    expect(checkpoints().reduce((sum, { statement }) => sum + statement.records, 0)).toBe(total());
    expect(verifyExport(await linesOf(), all())).toMatchObject({ ok: true, checkpoints: needed, notes: [] });
  });

  it("that was written and not recorded is recorded by the next sweep, as it was written", async () => {
    await checkpointAudit(context, NOW);
    const written = r2.objects.get(PATH);
    await open.db.prepare("drop trigger audit_checkpoint_refuses_delete").run();
    await open.db.prepare("delete from audit_checkpoint").run();
    await projectAll(open.db, tell({ ending: "approved", ticket: 9 }));
    expect(await checkpointAudit(context, NOW + 60_000)).toBe(1);
    expect(r2.objects.get(PATH)).toBe(written);
    await checkpointAudit(context, NOW + DAY);
    expect(verifyExport(await linesOf(), all())).toMatchObject({ ok: true, checkpoints: 2, notes: [] });
  });

  it("is not put in the place of one that does not follow", async () => {
    await checkpointAudit(context, NOW);
    const [one] = checkpoints() as [Checkpoint];
    const strange = { ...one, statement: { ...one.statement, number: 2, date: "2026-11-23", previous: "00" } };
    r2.objects.set("audit/checkpoints/2026-11-23.json", JSON.stringify(strange));
    await expect(checkpointAudit(context, NOW + DAY)).rejects.toThrow("does not follow");
  });

  it("covers everything again when the rows are numbered anew, as in a restored copy", async () => {
    await checkpointAudit(context, NOW);
    await open.db.prepare("drop trigger audit_refuses_update").run();
    await open.db.prepare("update audit set rowid = rowid + 1000").run();
    await checkpointAudit(context, NOW + DAY);
    expect(checkpoints()[1]?.statement).toMatchObject({ runs: 3, records: total() });
    expect(verifyExport(await linesOf(), all())).toMatchObject({ ok: true, notes: [] });
  });

  it("without a key says that it is not signed; with a key that is none it is not made, and the sweep says so", async () => {
    const env = open.env as unknown as Record<string, unknown>;
    env.AUDIT_SIGNING_KEY = "";
    await checkpointAudit(context, NOW);
    expect(checkpoints()[0]).toMatchObject({ signature: null, statement: { key: null } });
    expect(warn.mock.calls.flat().join()).toContain("checkpoint is not signed");
    env.AUDIT_SIGNING_KEY = "hunter2";
    await sweep(context, NOW + DAY);
    expect(error.mock.calls.flat().join()).toMatch(/checkpoint failed, will be repeated.*AUDIT_SIGNING_KEY/);
    expect(error.mock.calls.flat().join()).not.toContain("hunter2");
    expect(r2.objects.size).toBe(1);
  });
});

describe("a copy of the audit", () => {
  it("comes over many pages and parts as it would in one, whatever is in them", async () => {
    await eraseRuns(open.db, await erasableRuns(open.db, NOW + DAY, 1), NOW + DAY);
    await checkpointAudit(context, NOW);
    const whole = await linesOf();
    const small = { look: 3, part: 6, content: 1 };
    const parts: string[] = [];
    let after: { run: string; seq: number } | null = null;
    do {
      const part = await linesOf({}, small, "jsonl", after);
      parts.push(...part);
      after = JSON.parse(part.at(-2) as string).next;
    } while (after);
    const records = (lines: readonly string[]) => lines.filter((line) => line.includes('"kind":"record"'));
    expect(records(parts)).toEqual(records(whole));
    expect(records(whole)).toHaveLength(total());
    expect(verifyExport(parts, all())).toMatchObject({ ok: true, records: total(), checkpoints: 1 });
    const report = verifyExport(whole, all());
    expect(report).toMatchObject({ ok: true, runs: 3 });
    expect(report.ok && report.erased).toBeGreaterThan(5);
  });

  it("holds what was asked for, and says what that was", async () => {
    const by = async (filter: object) =>
      (await linesOf(filter)).filter((line) => line.includes('"kind":"record"')).map((line) => JSON.parse(line));
    expect(new Set((await by({ run: first().id })).map(({ run }) => run))).toEqual(new Set([first().id]));
    expect(await by({ workflow: "ticket-triage" })).toHaveLength(total());
    expect(await by({ workflow: "ticket" })).toEqual([]);
    expect(new Set((await by({ type: "effect.intended" })).map(({ type }) => type))).toEqual(new Set(["effect.intended"]));
    expect(new Set((await by({ actor: "ada@example.com" })).map(({ actor }) => actor))).toEqual(new Set(["ada@example.com"]));
    const at = first().entries[3]?.at ?? 0;
    expect((await by({ from: at, to: at + 1 })).every((record) => record.at === at)).toBe(true);
    expect(JSON.parse((await linesOf({ type: "run.started" }))[0] as string)).toMatchObject({
      by: "ada@example.com",
      filter: { type: "run.started" },
    });
    for (const filter of [{ workflow: "ticket-triage" }, { type: "effect.intended" }, { from: at }]) {
      expect(verifyExport(await linesOf(filter), all()), JSON.stringify(filter)).toMatchObject({ ok: true });
    }
  });

  it("is for auditors, and recorded before it begins", async () => {
    const refused = await exportAudit(open.env, { ...ada, grants: everywhere("reviewer", "operator") }, { format: "csv" }, NOW);
    expect(refused).toMatchObject({ ok: false, error: { code: "access.denied" } });
    expect((await open.db.prepare("select * from audit_export").all()).results).toEqual([]);
    await exportAudit(open.env, ada, { format: "csv", type: "run.started" }, NOW);
    expect((await open.db.prepare("select * from audit_export").all()).results).toMatchObject([
      { at: NOW, by: "ada@example.com", format: "csv", filter: '{"type":"run.started"}' },
    ]);
  });

  it("as CSV has a row to a record, and nothing that a spreadsheet would carry out", async () => {
    const rows = (await copy({}, { ...LIMITS, look: 3, content: 1 }, "csv")).split("\r\n");
    expect(rows).toHaveLength(total() + 2);
    expect(rows[0]).toBe('"run","seq","at","type","step","actor","content","content_digest","hash"');
    for (const text of ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1", "\r=1", "\n=1"]) expect(csvRow([text])).toBe(`"'${text}"\r\n`);
    expect(csvRow(['say "yes", please', "a=1", ""])).toBe('"say ""yes"", please","a=1",""\r\n');
    expect((await copy({}, { ...LIMITS, look: 3, part: 3 }, "csv")).split("\r\n").at(-2)).toContain("goes on: repeat with after=3.");
  });
});

describe("one run, verified now", () => {
  const verdict = async () => {
    const verified = await verifyRun(open.env, ada, first().id, NOW);
    if (!verified.ok) throw new Error(JSON.stringify(verified.error));
    return verified.value;
  };

  it("holds, also after it was erased", async () => {
    await checkpointAudit(context, NOW);
    expect(await verdict()).toMatchObject({ ok: true, records: first().entries.length, checkpoints: 1 });
    await eraseRuns(open.db, await erasableRuns(open.db, NOW + DAY, 10), NOW + DAY);
    expect(await verdict()).toMatchObject({ ok: true, erased: first().entries.length });
  });

  it.each([
    ["a record was changed", "update audit set actor = 'eve' where seq = 3", /^record 3 of /],
    [
      "the last record was removed",
      "delete from audit where seq > (select max(seq) - 1 from audit as o where o.run = audit.run)",
      /^record \d+ of /,
    ],
    ["a content was changed", "update audit_content set body = replace(body, 'billing', 'returns')", /^record \d+ of /],
    ["the contents were removed", "delete from audit_content", /^run ticket-triage/],
  ])("does not hold when %s", async (_, tamper, what) => {
    await checkpointAudit(context, NOW);
    await openToChange(open.db);
    await open.db.prepare(tamper).run();
    const report = await verdict();
    expect(report.ok ? "it holds" : report.broken.what).toMatch(what);
  });

  it("does not hold when its checkpoint is gone or was changed in R2", async () => {
    await checkpointAudit(context, NOW);
    const object = r2.objects.get(PATH) as string;
    r2.objects.set(PATH, object.replace('"records":', '"records":1'));
    expect(await verdict()).toMatchObject({ ok: false, broken: { what: `checkpoint 1 of ${DATE}` } });
    r2.objects.delete(PATH);
    expect(await verdict()).toMatchObject({ ok: false, broken: { what: `checkpoint 1 of ${DATE}` } });
  });

  it("is for auditors, and of a run that there is", async () => {
    expect(await verifyRun(open.env, { ...ada, grants: everywhere("operator") }, first().id, NOW)).toMatchObject({
      ok: false,
      error: { code: "access.denied" },
    });
    expect(await verifyRun(open.env, ada, "nothing", NOW)).toMatchObject({ ok: false, error: { code: "run.not_found" } });
  });
});

describe("over HTTP", () => {
  const page = async (address: string) => {
    const response = await open.get(address);
    return { status: response.status, html: await response.text() };
  };

  it("a copy is a file that verifies, and a filter that is none names its field", async () => {
    await checkpointAudit(context, NOW);
    const response = await open.get("/api/audit/export?format=jsonl&workflow=&from=2026-11-01&to=2026-12-01T00:00:00Z");
    expect(response.headers.get("content-disposition")).toMatch(/^attachment; filename="interlock-audit-[\dT-]+\.jsonl"$/);
    expect(verifyExport((await response.text()).split("\n"))).toMatchObject({ ok: true, records: total() });
    const after = `3.${first().id}`;
    const next = await (await open.get(`/api/audit/export?format=jsonl&after=${encodeURIComponent(after)}`)).text();
    expect(JSON.parse(next.split("\n")[0] as string).after).toEqual({ run: first().id, seq: 3 });
    for (const [query, field] of [
      ["", "format"],
      ["format=xml", "format"],
      ["format=csv&from=yesterday", "from"],
      ["format=csv&after=x", "after"],
    ]) {
      const refused = await open.get(`/api/audit/export?${query}`);
      expect([refused.status, ((await refused.json()) as { field?: string }).field]).toEqual([400, field]);
    }
  });

  it("the key, the checkpoints and a verdict are there for whoever may read", async () => {
    await checkpointAudit(context, NOW);
    const key = await open.get("/api/audit/key");
    expect(publicKeyOf(await key.text())).toEqual(KEY);
    expect(key.headers.get("x-key-id")).toBe(KEY.id);
    expect(await (await open.get("/api/audit/checkpoints")).json()).toMatchObject({ checkpoints: [{ number: 1, signedBy: KEY.id }] });
    expect(await (await open.get("/api/audit/checkpoints/1")).text()).toBe(r2.objects.get(PATH));
    expect((await open.get("/api/audit/checkpoints/2")).status).toBe(404);
    r2.objects.clear();
    expect((await open.get("/api/audit/checkpoints/1")).status).toBe(500);
    expect(await (await open.get(`/api/audit/runs/${first().id}`)).json()).toMatchObject({ ok: false });
    (open.env as unknown as Record<string, unknown>).AUDIT_SIGNING_KEY = "";
    expect((await open.get("/api/audit/key")).status).toBe(404);
    (open.env as unknown as Record<string, unknown>).AUDIT_SIGNING_KEY = "no key";
    expect((await open.get("/api/audit/key")).status).toBe(500);
  });

  it("the page shows records by filter, and carries the filter into the copies", async () => {
    const { status, html } = await page("/audit?type=effect.intended&workflow=ticket-triage");
    expect(status).toBe(200);
    expect(html).toContain("<code>effect.intended</code>");
    expect(html).not.toContain("<code>run.started</code>");
    expect(html).toContain("/api/audit/export?format=csv&amp;type=effect.intended&amp;workflow=ticket-triage");
    expect(html).toContain("No checkpoint yet");
    expect(html).toContain("Nobody has taken a copy.");
    expect((await page("/audit?actor=nobody")).html).toContain("Nothing that matches is among the latest 10,000 records");
  });

  it("the page shows checkpoints with their digests, whether they are signed, and who took copies", async () => {
    await checkpointAudit(context, NOW);
    await copy({ run: first().id });
    const { html } = await page("/audit");
    const row = await open.db.prepare("select digest from audit_checkpoint").first<{ digest: string }>();
    for (const text of [row?.digest as string, "Signed", DATE, KEY.id, "ada@example.com, as JSONL"]) expect(html).toContain(text);
    (open.env as unknown as Record<string, unknown>).AUDIT_SIGNING_KEY = "";
    expect((await page("/audit")).html).toContain("Checkpoints are not signed");
  });

  it("the page verifies one run, and says what does not hold", async () => {
    const address = `/audit?verify=${encodeURIComponent(first().id)}`;
    expect((await page(address)).html).toContain("The run’s records hold");
    await openToChange(open.db);
    await open.db.prepare("update audit set actor = 'eve' where seq = 3").run();
    const { html } = await page(address);
    expect(html).toContain("The run’s records do not hold");
    expect(html).toContain(`First at record 3 of ${first().id}`);
    expect(await page("/audit?verify=nothing")).toMatchObject({ status: 404 });
    expect(await page("/audit?from=yesterday")).toMatchObject({ status: 400 });
  });
});

describe("npm run audit:verify", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), "audit-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const file = (name: string, text: string) => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };
  const run = (...args: string[]) =>
    new Promise<{ code: number; said: string }>((resolve) => {
      execFile(process.execPath, ["src/audit-verify.ts", ...args], (failed, out, err) =>
        resolve({ code: Number(failed?.code ?? 0), said: out + err }),
      );
    });

  it("says with its exit code whether an export holds, is broken and where, or could not be verified", async () => {
    await checkpointAudit(context, NOW);
    const whole = file("export.jsonl", await copy());
    const key = file("public.pem", pair.publicKey);
    file("checkpoints/one.json", r2.objects.get(PATH) as string);
    const more = ["--key", key, "--checkpoints", path.join(folder, "checkpoints")];
    expect(await run(whole, ...more)).toEqual({ code: 0, said: `Verified: ${total()} records of 3 runs, 1 checkpoint.\n` });
    const lines = (await copy()).split("\n");
    const changed = lines.map((line) =>
      line.includes(first().id) ? line.replace('"seq":4,', '"seq":4,"x":1,').replace('"actor":"interlock"', '"actor":"eve"') : line,
    );
    expect(await run(file("changed.jsonl", changed.join("\n")), ...more)).toMatchObject({
      code: 1,
      said: expect.stringContaining(`BROKEN at record 1 of ${first().id}`),
    });
    expect(await run(path.join(folder, "nothing.jsonl"))).toMatchObject({ code: 2, said: expect.stringContaining("Not verified") });
    expect(await run()).toMatchObject({ code: 2, said: expect.stringContaining("Name an export") });
    expect(await run(whole, "--checkpoints", file("empty/x.txt", "").replace("/x.txt", ""))).toMatchObject({ code: 2 });
    file("strange/x.json", "{}");
    expect(await run(whole, "--checkpoints", path.join(folder, "strange"))).toMatchObject({
      code: 2,
      said: expect.stringContaining("x.json"),
    });
  });
});
