// The ledger of writes over pages and API: what a filter finds, what a copy holds, what an undo would do and who may ask for it, and the verdicts on sampled writes.
import { beforeEach, describe, expect, it } from "vitest";
import { everywhere } from "../../../src/core/principal.ts";
import { countEffects, listEffects } from "../../../src/db/effects.ts";
import { eraseRuns } from "../../../src/db/erasure.ts";
import { exportEffects } from "../../../src/operations/effect-ledger.ts";
import { createFakeZendesk, type FakeZendesk } from "../connectors/fake-zendesk.ts";
import { type Console, openConsole } from "./console.ts";
import { DAY, MINUTE, type Story, tell } from "./stories.ts";

const ROUTE = "route ticket";
const TELL = "tell the team";

let now: number;
let zendesk: FakeZendesk;
let stories: Record<"approved" | "second" | "undone" | "rejected" | "old", Story>;
let open: Console;
/** Tickets as the writes left them. */
const ticket = (group_id = 101) => zendesk.add({ group_id, priority: "high" });

beforeEach(async () => {
  now = Date.now();
  zendesk = createFakeZendesk({ token: "z" });
  const startedAt = now - 60 * MINUTE;
  const [first, second, third] = [ticket(), ticket(), ticket(100)].map(Number) as [number, number, number];
  stories = {
    approved: tell({ ending: "approved", ticket: first, startedAt, sampled: true }),
    second: tell({ ending: "approved", ticket: second, startedAt: startedAt + MINUTE }),
    undone: tell({ ending: "undone", ticket: third, startedAt: startedAt + 2 * MINUTE }),
    rejected: tell({ ending: "rejected", ticket: 7, startedAt: startedAt + 3 * MINUTE }),
    old: tell({ ending: "approved", ticket: 8, startedAt: now - 40 * DAY }),
  };
  open = await openConsole(Object.values(stories), { zendesk });
});

const json = async (path: string): Promise<Record<string, unknown>> => (await open.get(path)).json();
const found = async (query: string) =>
  ((await json(`/api/effects?${query}`)).effects as { run: string; step: string }[]).map(({ run, step }) => [run, step]);
const html = async (path: string) => (await open.get(path)).text();
/** All that ticket-triage@1 wrote within the last two hours. */
const window = () => ({ workflow: "ticket-triage", version: 1, from: now - 120 * MINUTE, to: now + MINUTE });
const address = (fields: object) => new URLSearchParams(Object.entries(fields).map(([name, value]) => [name, String(value)])).toString();

describe("the ledger of writes", () => {
  it("finds writes by workflow, version, status, action, a part of the record's name, run and time, newest first", async () => {
    const { approved, second, undone, rejected, old } = stories;
    expect(await found("")).toEqual([
      [undone.id, TELL],
      [undone.id, ROUTE],
      [second.id, TELL],
      [second.id, ROUTE],
      [approved.id, TELL],
      [approved.id, ROUTE],
      [rejected.id, ROUTE],
      [old.id, TELL],
      [old.id, ROUTE],
    ]);
    expect(await found("status=undone")).toEqual([[undone.id, ROUTE]]);
    expect(await found("status=refused&workflow=ticket-triage&version=1")).toEqual([[rejected.id, ROUTE]]);
    expect(await found("version=2")).toEqual([]);
    expect(await found("action=slack.postMessage")).toHaveLength(4);
    expect(await found(`target=ticket/${second.event.subject}`)).toEqual([[second.id, ROUTE]]);
    expect(await found(`run=${old.id}`)).toHaveLength(2);
    expect(await found(`to=${now - DAY}`)).toEqual([
      [old.id, TELL],
      [old.id, ROUTE],
    ]);
    expect(await found(`from=${new Date(now - DAY).toISOString()}&status=applied`)).toHaveLength(5);
  });

  it("is paged without losing writes of the same moment, and counts what is left", async () => {
    await open.db.prepare("update effect set at = 5").run();
    const seen: string[] = [];
    let before: { at: number; id: string } | undefined;
    do {
      expect(await countEffects(open.db, { within: "*", before }, 100)).toBe(9 - seen.length);
      const page = await listEffects(open.db, { within: "*", limit: 2, before });
      seen.push(...page.rows.map(({ run, step }) => `${run}/${step}`));
      before = page.next ?? undefined;
    } while (before);
    expect(new Set(seen).size).toBe(9);
    expect(seen).toHaveLength(9);
  });

  it("shows what changed, who or which rule decided, the proof, and how it stands with the undo", async () => {
    const page = await html("/effects");
    for (const text of [
      "group: support → <strong>billing</strong>",
      "ada@example.com",
      "grace@example.com",
      "rule action_listed",
      "read back: as written",
      "Cannot be undone: ",
      "See what an undo would do",
      "Could be undone until ",
      "Undone",
      "chosen to be looked at",
    ])
      expect(page).toContain(text);
    expect(await html("/effects?status=failed")).toContain("No writes match");
    expect((await open.get("/effects?status=nonsense")).status).toBe(400);
  });

  it("says in an empty deployment that there is nothing yet", async () => {
    open = await openConsole([]);
    expect(await html("/effects")).toContain("No writes yet");
    expect(await html("/effects?sampled=open")).toContain("Nothing to look at");
  });
});

describe("a copy of the ledger", () => {
  it("holds the writes that match, with texts that a spreadsheet would take for a formula made harmless", async () => {
    const evil = tell({ ending: "approved", ticket: 9, startedAt: now - MINUTE, extra: { note: "x" } });
    open = await openConsole([evil]);
    await open.db.prepare("update effect set target = '=HYPERLINK(1)' where step = ?").bind(ROUTE).run();
    const answer = await open.get("/api/effects/export?action=zendesk.updateTicket");
    expect(answer.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    const lines = (await answer.text()).trim().split("\r\n");
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain('"run","step","at","workflow"');
    expect(lines[1]).toContain(`"'=HYPERLINK(1)"`);
    expect(lines[1]).toContain('"applied"');
    expect(lines[1]).toContain('"as written","ada@example.com","person_decided","restore"');
  });

  it("is recorded before it leaves, names where the next part begins, and needs an auditor", async () => {
    await open.get("/api/effects/export?status=applied");
    const row = await open.db.prepare("select by, format, filter from audit_export").first();
    expect(row).toEqual({ by: "ada@example.com", format: "writes.csv", filter: '{"status":"applied"}' });
    const auditor = { kind: "person", id: "x@example.com", name: "x", grants: everywhere("auditor") } as const;
    const part = await exportEffects(open.env, auditor, {}, now, { look: 2, part: 4 });
    let text = "";
    if (part.ok) for await (const piece of part.value) text += piece;
    const lines = text.trim().split("\r\n");
    expect(lines).toHaveLength(6);
    const place = /before=(\d+\..*)\)/.exec(lines[5] ?? "")?.[1] ?? "";
    expect((await (await open.get(`/api/effects/export?before=${encodeURIComponent(place)}`)).text()).trim().split("\r\n")).toHaveLength(6);
    expect(await exportEffects(open.env, { ...auditor, grants: everywhere("operator") }, {}, now)).toMatchObject({
      error: { code: "access.denied" },
    });
  });
});

interface Planned {
  effects: { run: string; step: string; outlook: { kind: string } }[];
  counts: Record<string, number>;
  digest: string;
  rest: number;
  next: string | null;
}
const plan = async (fields: object) => (await json(`/api/effects/undo?${address(fields)}`)) as unknown as Planned;

describe("a preview of an undo", () => {
  it("of a version's writes in a time says what would become of each, and changes nothing", async () => {
    zendesk.edit(stories.second.event.subject, { priority: "urgent" });
    const planned = await plan(window());
    expect(planned.counts).toEqual({ undo: 2, as_it_was: 0, conflict: 0, refused: 4, unread: 0 });
    expect(planned.effects.map(({ run, step, outlook }) => [run, step, outlook])).toMatchObject([
      [stories.undone.id, TELL, { kind: "refused", error: { code: "effect.irreversible" } }],
      [stories.undone.id, ROUTE, { kind: "refused", error: { code: "effect.not_applied" } }],
      [stories.second.id, TELL, {}],
      [stories.second.id, ROUTE, { kind: "restore", restore: { group: "support" }, conflicts: [{ field: "priority", now: "urgent" }] }],
      [stories.approved.id, TELL, {}],
      [stories.approved.id, ROUTE, { kind: "restore", restore: { group: "support", priority: "normal" } }],
    ]);
    expect(open.asked).toEqual([]);
    expect(zendesk.requests.every(({ method }) => method === "GET")).toBe(true);
  });

  it("is shown with the rollback's procedure and owner, conflicts, reasons, and a form that asks for exactly this", async () => {
    zendesk.edit(stories.second.event.subject, { priority: "urgent" });
    const page = await html(`/effects/undo?${address(window())}`);
    const { digest } = await plan(window());
    for (const text of [
      "Undo each write on its run",
      "owner@example.com",
      "since changed to",
      "has been undone",
      "Take back these 2 writes",
      digest,
    ])
      expect(page).toContain(text);
    expect(await html(`/effects/undo?run=${stories.approved.id}&step=${encodeURIComponent(ROUTE)}`)).toContain("Take back this write");
  });

  it("of a write after the spec's window names the procedure and reads nothing", async () => {
    const planned = await plan({ run: stories.old.id, step: ROUTE });
    expect(planned.effects[0]?.outlook).toMatchObject({ kind: "refused", error: { code: "effect.window_passed" } });
    expect(zendesk.requests).toEqual([]);
    expect(await html(`/runs/${stories.old.id}`)).toContain("No undo here: it could be undone until");
  });

  it("says of what cannot be reached that it could not be read", async () => {
    open = await openConsole(Object.values(stories));
    expect((await plan({ run: stories.approved.id })).counts).toMatchObject({ unread: 2 });
  });

  it("has at most 200 writes, the newest first, counts the others and says where they begin", async () => {
    await open.db
      .prepare(
        `insert into effect (run, step, workflow, version, action, target, status, at, sampled, body, seq)
         with recursive n (i) as (select 1 union all select i + 1 from n where i < 250)
         select 'gone', 's' || i, 'ticket-triage', 1, 'zendesk.updateTicket', 'ticket/1', 'applied', ?1, 0, '{}', 1 from n`,
      )
      .bind(now)
      .run();
    const first = await plan(window());
    expect([first.effects.length, first.rest]).toEqual([200, 56]);
    expect(first.counts).toMatchObject({ undo: 0, refused: 200 });
    const second = await plan({ ...window(), before: first.next });
    expect([second.effects.length, second.rest, second.next]).toEqual([56, 0, null]);
    expect(new Set([...first.effects, ...second.effects].map(({ run, step }) => `${run}/${step}`)).size).toBe(256);

    const page = await html(`/effects/undo?${address(window())}`);
    expect(page).toContain("56 older writes match as well and are not in this preview.");
    expect(page).toContain(encodeURIComponent(first.next ?? ""));
    const asked = await open.json("/api/effects/undo", { filter: window(), digest: second.digest, before: first.next });
    expect(await asked.json()).toEqual({ asked: 2, left: 54, refused: [], next: null });
  });

  it.each([
    [{}, "workflow"],
    [{ step: ROUTE }, "run"],
    [{ workflow: "ticket-triage", version: 1, from: "2026-01-01" }, "to"],
    [{ workflow: "ticket-triage", version: 1, from: "2026-01-02", to: "2026-01-01" }, "to"],
    [{ run: "r", workflow: "ticket-triage" }, "workflow"],
  ])("that is asked for with %j is refused, and the field named", async (fields, field) => {
    const answer = await open.get(`/api/effects/undo?${address(fields)}`);
    expect([answer.status, ((await answer.json()) as { field: string }).field]).toEqual([400, field]);
  });
});

describe("the undo of what a preview showed", () => {
  it("asks for those writes that would be taken back, newest run and newest write first, and for no other", async () => {
    const { digest } = await plan(window());
    const answer = await open.json("/api/effects/undo", { filter: window(), digest });
    expect([answer.status, await answer.json()]).toEqual([202, { asked: 2, left: 4, refused: [], next: null }]);
    expect(open.asked.map(({ what, args }) => [what, args])).toEqual([
      ["undo", [ROUTE, "ada@example.com"]],
      ["undo", [ROUTE, "ada@example.com"]],
    ]);
    expect(await found("status=undoing")).toHaveLength(2);
  });

  it.each([
    ["a record", () => zendesk.edit(stories.second.event.subject, { priority: "urgent" })],
    ["a write's state", () => open.json(`/api/runs/${stories.second.id}/undo`, { step: ROUTE })],
  ])("is refused when %s has moved since, and nothing is asked", async (_, move) => {
    const { digest } = await plan(window());
    await move();
    const asked = open.asked.length;
    const answer = await open.json("/api/effects/undo", { filter: window(), digest });
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([409, "effect.preview_moved"]);
    expect(open.asked).toHaveLength(asked);
  });

  it("on the page needs a look, shows the new preview when something has moved, and then says what is under way", async () => {
    const fields = { run: stories.approved.id };
    const { digest } = await plan(fields);
    const unseen = await open.form("/effects/undo", { ...fields, digest });
    expect([unseen.status, await unseen.text()]).toEqual([400, expect.stringContaining("Say that you have looked at each of them")]);

    zendesk.edit(stories.approved.event.subject, { priority: "urgent" });
    const moved = await open.form("/effects/undo", { ...fields, digest, confirmed: "yes" });
    const fresh = (await plan(fields)).digest;
    expect([moved.status, await moved.text()]).toEqual([409, expect.stringContaining(fresh)]);
    expect(open.asked).toEqual([]);

    const done = await open.form("/effects/undo", { ...fields, digest: fresh, confirmed: "yes" });
    expect([done.status, await done.text()]).toEqual([200, expect.stringContaining("1 write is being taken back")]);
    expect(open.asked).toHaveLength(1);
  });

  it("and its preview are an operator's", async () => {
    const { planUndo, undoEffects } = await import("../../../src/operations/undo-effects.ts");
    const context = { env: open.env } as never;
    const auditor = { kind: "person", id: "x@example.com", name: "x", grants: everywhere("auditor") } as const;
    expect(await planUndo(context, auditor, { run: "r" })).toMatchObject({ error: { code: "access.denied" } });
    expect(await undoEffects(context, auditor, { filter: { run: "r" }, digest: "" })).toMatchObject({ error: { code: "access.denied" } });
  });
});

describe("a verdict on a sampled write", () => {
  const check = (body: object, headers = {}) => open.json("/api/effects/checks", body, headers);
  const as = (identity: string, ...more: Story[]) =>
    openConsole([...Object.values(stories), ...more], { zendesk, env: { DEV_IDENTITY: `${identity} <${identity}@example.com>` } });
  const sampled = () => ({ run: stories.approved.id, step: TELL });
  const codeOf = async (answer: Response) => [answer.status, ((await answer.json()) as { code?: string }).code];

  it("is given by somebody who took no part in the run, once, and stays", async () => {
    open = await as("grace");
    expect(await json("/api/effects/checks")).toEqual({ open: 1, right: 0, wrong: 0, cannot_tell: 0 });
    expect(await found("sampled=open")).toEqual([[stories.approved.id, TELL]]);
    expect((await check({ ...sampled(), verdict: "wrong", note: "The team had asked for no messages" })).status).toBe(201);
    expect(await json("/api/effects/checks?workflow=ticket-triage")).toEqual({ open: 0, right: 0, wrong: 1, cannot_tell: 0 });
    expect(await json("/api/effects/checks?workflow=another")).toEqual({ open: 0, right: 0, wrong: 0, cannot_tell: 0 });
    expect(await found("sampled=open")).toEqual([]);
    expect(await found("sampled=checked")).toEqual([[stories.approved.id, TELL]]);
    expect(await codeOf(await check({ ...sampled(), verdict: "right" }))).toEqual([409, "effect.already_checked"]);
    const page = await html("/effects?sampled=checked");
    expect(page).toContain("1 looked at: 0 right, 1 wrong (100.0 %)");
    expect(page).toContain("grace@example.com found it wrong");
    expect(page).toContain("The team had asked for no messages.");
  });

  it("is refused to whoever decided something in the run, or began it by hand", async () => {
    expect(await codeOf(await check({ ...sampled(), verdict: "right" }))).toEqual([403, "effect.own_write"]);
    const begun = tell({ ending: "approved", ticket: 77, startedAt: now - MINUTE, sampled: true, begunBy: "heidi@example.com" });
    open = await as("heidi", begun);
    expect(await codeOf(await check({ run: begun.id, step: TELL, verdict: "right" }))).toEqual([403, "effect.own_write"]);
    expect((await check({ ...sampled(), verdict: "right" })).status).toBe(201);
  });

  it("is possible for whoever undid the write because of it", async () => {
    open = await as("grace");
    await open.json(`/api/runs/${stories.approved.id}/undo`, { step: ROUTE });
    expect((await check({ ...sampled(), verdict: "wrong", note: "Wrong team" })).status).toBe(201);
  });

  it("is refused for a write that was not chosen, without a reason where it was wrong, and once the values are gone", async () => {
    open = await as("grace");
    expect(await codeOf(await check({ run: stories.second.id, step: TELL, verdict: "right" }))).toEqual([409, "effect.not_sampled"]);
    expect(await codeOf(await check({ run: "nothing", step: TELL, verdict: "right" }))).toEqual([404, "run.not_found"]);
    const unsaid = await check({ ...sampled(), verdict: "wrong" });
    expect(await unsaid.json()).toMatchObject({ code: "request.invalid", field: "note" });
    await open.db.prepare("update run set erased_at = 1 where id = ?").bind(stories.approved.id).run();
    expect(await codeOf(await check({ ...sampled(), verdict: "right" }))).toEqual([410, "run.erased"]);
  });

  it("may be that nobody can tell, with what is missing, and counts as neither", async () => {
    open = await as("grace");
    expect(await (await check({ ...sampled(), verdict: "cannot_tell" })).json()).toMatchObject({ code: "request.invalid", field: "note" });
    expect((await check({ ...sampled(), verdict: "cannot_tell", note: "The ticket was merged" })).status).toBe(201);
    expect(await json("/api/effects/checks")).toEqual({ open: 0, right: 0, wrong: 0, cannot_tell: 1 });
    const page = await html("/effects?sampled=checked");
    expect(page).toContain("grace@example.com could not tell whether it was right");
    expect(page).toContain("0 looked at: 0 right, 0 wrong. Of 1 more nobody could tell.");
  });

  it("says what would have been right, for fields of the write that were wrong, until the contents are removed", async () => {
    open = await as("grace");
    const wrong = { ...sampled(), verdict: "wrong", note: "Wrong words" };
    const values = (await found("sampled=open")).length;
    expect(values).toBe(1);
    expect(await (await check({ ...wrong, should: { colour: "red" } })).json()).toMatchObject({ field: "should.colour" });
    const written = `Ticket ${stories.approved.event.subject} is yours, priority high: Charged twice for order 48213`;
    expect(await (await check({ ...wrong, should: { text: written } })).json()).toMatchObject({ field: "should.text" });
    expect(await (await check({ ...wrong, verdict: "right", should: { text: "x" } })).json()).toMatchObject({ field: "should" });
    const done = await open.form("/effects/checks?sampled=open", { ...wrong, "should:text": "Nothing at all" });
    expect(done.status).toBe(303);
    expect(await html("/effects?sampled=checked")).toContain("It should have set text to “Nothing at all”.");
    await expect(open.db.prepare("update effect_check set should = null").run()).rejects.toThrow("append-only");
    await eraseRuns(open.db, [{ run: stories.approved.id, event: null }], now + 90 * DAY);
    expect(await open.db.prepare("select verdict, should from effect_check").first()).toEqual({ verdict: "wrong", should: null });
  });

  it("is due two weeks after the write; what is overdue says so, and a wrong write that stands can be undone from there", async () => {
    const routed = { run: stories.approved.id, step: ROUTE };
    const late = tell({ ending: "approved", ticket: 61, startedAt: now - 20 * DAY, sampled: true });
    open = await as("grace", late);
    await open.db.prepare("update effect set sampled = 1 where run = ?1 and step = ?2").bind(routed.run, routed.step).run();
    const page = await html("/effects?sampled=open");
    expect(page).toContain("It was to be looked at by ");
    expect(page).toContain("To be looked at by ");
    expect((await check({ ...routed, verdict: "wrong", note: "Wrong team", should: { group: "returns" } })).status).toBe(201);
    const looked = await html("/effects?sampled=checked");
    expect(looked).toContain("It should have set group to returns.");
    expect(looked).toContain(`/effects/undo?run=${stories.approved.id}&amp;step=route+ticket`);
  });

  it("is given on the page, which keeps its filter and what was entered", async () => {
    open = await as("grace");
    const form = { ...sampled(), verdict: "wrong", note: "" };
    const refused = await open.form("/effects/checks?sampled=open", form);
    expect([refused.status, await refused.text()]).toEqual([
      400,
      expect.stringMatching(/Say what was wrong[\s\S]*value="wrong" required="" checked=""/),
    ]);
    const done = await open.form("/effects/checks?sampled=open", { ...form, verdict: "right" });
    expect([done.status, done.headers.get("location")]).toEqual([303, "/effects?sampled=open&notice=checked"]);
    expect(await html("/effects?sampled=open&notice=checked")).toContain("Your verdict is recorded");
  });
});

describe("what cannot be undone", () => {
  it("is said beforehand: in the catalogue of workflows and where a person approves", async () => {
    const page = await html("/workflows");
    expect(page).toContain("<code>slack.postMessage</code>");
    expect(page).toMatch(/<strong>Cannot be undone: .+<\/strong>/);
    expect(page).toContain("Can be undone: an undo puts back each old value that nobody has changed since.");
  });
});
