import { beforeEach, describe, expect, it } from "vitest";
import { erasableRuns, eraseRuns } from "../../../src/db/erasure.ts";
import { type Console, openConsole } from "./console.ts";
import { MINUTE, type Story, tell } from "./stories.ts";

let approved: Story;
let asked: Story;
let open: Console;
beforeEach(async () => {
  const startedAt = Date.now() - 30 * MINUTE;
  // ada approved it.
  approved = tell({ ending: "approved", ticket: 1, startedAt });
  asked = tell({ ending: "asked", ticket: 2, startedAt });
  open = await openConsole([approved, asked], { grants: GRANTS });
  as("olga");
});

const GRANTS = ["ada", "grace", "olga"].flatMap((name) =>
  (["reviewer", "operator", "auditor"] as const).map((role) => ({ principal: `${name}@example.com`, role, workflow: "*" })),
);
const as = (person: string) => {
  (open.env as { DEV_IDENTITY: string }).DEV_IDENTITY = `${person} <${person}@example.com>`;
};
const post = async (path: string, body: unknown) => {
  const response = await open.json(path, body);
  return [response.status, await response.json()] as [number, Record<string, string>];
};
const contest = (story: Story = approved, more: Record<string, string> = {}) =>
  post(`/api/runs/${story.id}/contests`, { step: "route ticket", person: "case 7", reason: "It is about my health", ...more });
const judge = (id: string | undefined, outcome = "upheld") =>
  post(`/api/contests/${id}/closing`, { outcome, reason: "I read the ticket anew" });
const list = async (status: string) =>
  ((await (await open.get(`/api/contests?status=${status}`)).json()) as { contests: Record<string, unknown>[] }).contests;

describe("a contest", () => {
  it("is recorded with who, what and why, and waits for a judgement", async () => {
    expect((await contest())[0]).toBe(201);
    expect(await list("open")).toMatchObject([
      {
        run: approved.id,
        workflow: "ticket-triage",
        step: "route ticket",
        action: "zendesk.updateTicket",
        target: "ticket/1",
        person: "case 7",
        by: "olga@example.com",
        closing: null,
      },
    ]);
  });

  it("is judged by somebody who neither decided nor recorded it, once", async () => {
    const [, { contest: id }] = await contest();
    expect(await judge(id)).toMatchObject([403, { code: "contest.took_part" }]);
    as("ada");
    expect(await judge(id)).toMatchObject([403, { code: "contest.took_part" }]);
    as("grace");
    expect(await judge(id, "changed")).toMatchObject([200, { outcome: "changed", by: "grace@example.com" }]);
    expect(await judge(id)).toMatchObject([409, { code: "contest.already_closed" }]);
    expect(await list("open")).toEqual([]);
    expect(await list("closed")).toMatchObject([
      { closing: { by: "grace@example.com", outcome: "changed", reason: "I read the ticket anew" } },
    ]);
    expect(await judge("cts_none")).toMatchObject([404, { code: "contest.not_found" }]);
  });

  it("can be judged by whoever took the write back for it", async () => {
    const [, { contest: id }] = await contest();
    as("grace");
    expect((await open.json(`/api/runs/${approved.id}/undo`, { step: "route ticket" })).status).toBe(202);
    expect((await judge(id, "changed"))[0]).toBe(200);
  });

  it("may be of a write that nobody was asked about, and is of nothing undecided or unknown", async () => {
    expect((await contest(approved, { step: "tell the team" }))[0]).toBe(201);
    expect(await contest(asked)).toMatchObject([409, { code: "contest.undecided" }]);
    expect(await contest(approved, { step: "load ticket" })).toMatchObject([404, { code: "step.not_found", field: "step" }]);
    expect((await post("/api/runs/nothing/contests", { step: "a", person: "b", reason: "c" }))[0]).toBe(404);
  });

  it("of the same person about the same change is open once at a time", async () => {
    const [, { contest: id }] = await contest();
    expect(await contest()).toMatchObject([409, { code: "contest.already_open" }]);
    expect((await contest(approved, { person: "case 8" }))[0]).toBe(201);
    as("grace");
    await judge(id);
    expect((await contest())[0]).toBe(201);
  });

  it("keeps the contents of its run until it is closed", async () => {
    const far = Date.now() + 365 * 24 * 60 * MINUTE;
    expect((await erasableRuns(open.db, far, 10, [])).map(({ run }) => run)).toEqual([approved.id]);
    const [, { contest: id }] = await contest();
    expect(await erasableRuns(open.db, far, 10, [])).toEqual([]);
    // One that was found before it was contested.
    await eraseRuns(open.db, [{ run: approved.id, event: null }], far);
    expect(await open.db.prepare("select erased_at as at from run where id = ?").bind(approved.id).first()).toEqual({ at: null });
    as("grace");
    await judge(id);
    expect(await erasableRuns(open.db, far, 10, [])).toHaveLength(1);
  });

  it("needs a reference, words and an outcome", async () => {
    expect(await contest(approved, { person: "" })).toMatchObject([400, { field: "person" }]);
    expect(await contest(approved, { reason: " " })).toMatchObject([400, { field: "reason" }]);
    expect(await judge("cts_x", "forgotten")).toMatchObject([400, { field: "outcome" }]);
  });
});

describe("the pages", () => {
  const page = async (path: string) => (await open.get(path)).text();

  it("say what is there when nothing is contested, and link from the approvals", async () => {
    expect(await page("/contests")).toContain("Nothing is contested");
    expect(await page("/contests?status=closed")).toContain("No contest was closed yet");
    expect(await page("/approvals")).toContain('href="/contests"');
  });

  it("record a contest on the run's page, for decided steps only", async () => {
    const html = await page(`/runs/${approved.id}`);
    expect(html).toContain("Record a contest");
    expect(await page(`/runs/${asked.id}`)).not.toContain("Record a contest");
    const address = `/runs/${approved.id}/contests`;
    const refused = await open.form(address, { step: "route ticket", person: "case 7", reason: "" });
    const shown = await refused.text();
    expect([refused.status, shown]).toEqual([400, expect.stringContaining("Say in a few words what is contested")]);
    expect(shown).toContain('value="case 7"');
    const done = await open.form(address, { step: "route ticket", person: "case 7", reason: "It is <i>mine</i>" });
    expect(done.headers.get("location")).toBe(`/runs/${approved.id}?notice=contested`);
    expect(await page(`/runs/${approved.id}?notice=contested`)).toContain("“route ticket” by case 7");
    expect(await page("/contests")).toContain("It is &lt;i&gt;mine");
  });

  it("judge one, and show a refusal with what was entered", async () => {
    const [, { contest: id }] = await contest();
    expect(await page("/contests")).not.toContain("Judge it");
    as("ada");
    const refused = await open.form(`/contests/${id}/closing`, { outcome: "upheld", reason: "It was right" });
    const shown = await refused.text();
    expect([refused.status, shown]).toEqual([403, expect.stringContaining("You had a part in “route ticket”")]);
    expect(shown).toContain("It was right");
    as("grace");
    const done = await open.form(`/contests/${id}/closing`, { outcome: "upheld", reason: "It was right" });
    expect(done.headers.get("location")).toBe("/contests?status=closed");
    expect(await page("/contests?status=closed")).toContain("Judged by grace@example.com");
  });
});
