import { beforeEach, describe, expect, it } from "vitest";
import { eraseRuns } from "../../../src/db/erasure.ts";
import { CLAIM_MS } from "../../../src/operations/claim-approval.ts";
import { type Console, openConsole } from "./console.ts";
import { MINUTE, SPEC, type Story, tell } from "./stories.ts";

let first: Story;
let second: Story;
let other: Story;
let open: Console;
beforeEach(async () => {
  const startedAt = Date.now() - 10 * MINUTE;
  first = tell({ ending: "asked", ticket: 1, startedAt });
  second = tell({ ending: "asked", ticket: 2, startedAt, confidence: 0.61 });
  other = tell({ ending: "asked", ticket: 3, startedAt, team: "returns" });
  open = await openConsole([first, second, other], { grants: GRANTS });
});

const GRANTS = ["ada", "grace", "mallory"].flatMap((name) =>
  (["reviewer", "operator", "auditor"] as const).map((role) => ({ principal: `${name}@example.com`, role, workflow: "*" })),
);
const as = (person: string) => {
  (open.env as { DEV_IDENTITY: string }).DEV_IDENTITY = `${person} <${person}@example.com>`;
};
const requested = (story: Story) => {
  const entry = story.entries.find(({ type }) => type === "approval.requested");
  return entry?.type === "approval.requested" ? entry.approval : expect.fail("nothing was asked");
};
const post = async (path: string, body: unknown = {}) => {
  const response = await open.json(path, body);
  return [response.status, await response.json()] as [number, Record<string, unknown>];
};
const approve = (story: Story) =>
  post(`/api/approvals/${story.approvalId}/decision`, { kind: "approved", digest: requested(story).digest });
const page = async (path: string) => (await open.get(path)).text();
const decided = () => open.asked.filter(({ what }) => what === "decide");

describe("taking an approval", () => {
  const claim = (body: unknown = {}) => post(`/api/approvals/${first.approvalId}/claim`, body);

  it("keeps others from deciding it until it is given back", async () => {
    expect(await claim()).toMatchObject([200, { by: "ada@example.com" }]);
    as("grace");
    expect(await approve(first)).toMatchObject([409, { code: "approval.claimed" }]);
    expect((await approve(first))[1].detail).toMatch(/^ada@example\.com has taken it until \d\d:\d\d UTC$/);
    expect(decided()).toEqual([]);
    expect(await post(`/api/approvals/${first.approvalId}/release`)).toMatchObject([200, {}]);
    expect((await approve(first))[0]).toBe(409);
    as("ada");
    await post(`/api/approvals/${first.approvalId}/release`);
    as("grace");
    expect((await approve(first))[0]).toBe(200);
  });

  it("does not keep whoever took it from deciding, and ends by itself", async () => {
    await claim();
    expect((await approve(first))[0]).toBe(200);
    as("grace");
    await open.db
      .prepare("insert into approval_claim (approval, by, at, until) values (?, 'ada@example.com', 0, ?)")
      .bind(second.approvalId, Date.now())
      .run();
    expect((await approve(second))[0]).toBe(200);
  });

  it("goes to one of two who press at once, and to another only in as many words", async () => {
    await claim();
    as("grace");
    expect(await claim()).toMatchObject([409, { code: "approval.claimed" }]);
    expect(await claim({ takeOverFrom: "somebody.else@example.com" })).toMatchObject([409, {}]);
    expect(await claim({ takeOverFrom: "ada@example.com" })).toMatchObject([200, { by: "grace@example.com" }]);
    as("ada");
    expect((await approve(first))[0]).toBe(409);
    const listed = (await (await open.get("/api/approvals")).json()) as { approvals: { id: string; claim: { by: string } | null }[] };
    expect(listed.approvals.map(({ claim: one }) => one?.by ?? null).sort()).toEqual(["grace@example.com", null, null].sort());
  });

  it("lasts for half an hour from the last time that its holder asked", async () => {
    const [, taken] = await claim();
    expect(Number(taken.until) - Number(taken.at)).toBe(CLAIM_MS);
    expect((await claim())[0]).toBe(200);
  });

  it("is not for a stranger to the spec, nor for what is decided", async () => {
    as("mallory");
    expect(await claim()).toMatchObject([403, { code: "approval.not_reviewer" }]);
    as("ada");
    await approve(first);
    expect(await claim()).toMatchObject([409, { code: "approval.already_decided" }]);
    expect((await post("/api/approvals/apr_none/claim"))[0]).toBe(404);
  });

  it("is taken, kept, given back and taken over on the approval's page, and shown in the list", async () => {
    const address = `/approvals/${first.approvalId}`;
    expect(await page(address)).toContain("Take it for 30 minutes");
    expect((await open.form(`${address}/claim`, {})).headers.get("location")).toBe(address);
    expect(await page(address)).toContain("Give it back");
    as("grace");
    expect(await page("/approvals")).toContain("ada@example.com is at it");
    expect(await page(address)).toContain("Take it over from ada@example.com");
    const refused = await open.form(`${address}/decision`, { kind: "approved", digest: requested(first).digest });
    expect([refused.status, await refused.text()]).toEqual([409, expect.stringContaining("Somebody else has taken this approval")]);
    await open.form(`${address}/claim`, { takeOverFrom: "ada@example.com" });
    await open.form(`${address}/release`, {});
    expect(await page(address)).toContain("Nobody has taken it.");
  });
});

describe("comments on an approval", () => {
  const say = (text: string) => post(`/api/approvals/${first.approvalId}/comments`, { text });

  it("are kept in their order with who said them, and shown as text", async () => {
    expect((await say("Is this <b>really</b> billing?"))[0]).toBe(201);
    as("grace");
    expect((await open.form(`/approvals/${first.approvalId}/comments`, { text: "I think so" })).status).toBe(303);
    const detail = (await (await open.get(`/api/approvals/${first.approvalId}`)).json()) as { comments: { by: string; text: string }[] };
    expect(detail.comments.map(({ by, text }) => [by, text])).toEqual([
      ["ada@example.com", "Is this <b>really</b> billing?"],
      ["grace@example.com", "I think so"],
    ]);
    expect(await page(`/approvals/${first.approvalId}`)).toContain("&lt;b&gt;really");
    expect(decided()).toEqual([]);
  });

  it("need words, and not too many", async () => {
    expect(await say("  ")).toMatchObject([400, { field: "text" }]);
    expect(await say("x".repeat(2001))).toMatchObject([400, { field: "text" }]);
    const refused = await open.form(`/approvals/${first.approvalId}/comments`, { text: "" });
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining("Write what you want to say")]);
    expect((await post("/api/approvals/apr_none/comments", { text: "hello" }))[0]).toBe(404);
  });

  it("go with the contents of their run, and nothing can be said after that", async () => {
    await say("Noor Haddad has called twice");
    await open.db.prepare("update run set erase_at = 1 where id = ?").bind(first.id).run();
    await eraseRuns(open.db, [{ run: first.id, event: null }], 1);
    expect((await open.db.prepare("select * from approval_comment").all()).results).toEqual([]);
    expect(await say("Too late")).toMatchObject([410, { code: "run.erased" }]);
  });
});

describe("deciding identical changes together", () => {
  const together = async (story: Story) =>
    /name="digestOfChange" value="(\w+)"/.exec(await page(`/approvals/${story.approvalId}/together`))?.[1] ?? "";
  const bulk = async (body: Record<string, unknown>) =>
    post("/api/approvals/bulk", { digestOfChange: await together(first), ids: [first.approvalId, second.approvalId], ...body });

  it("offers those that want the same values for the same reason, whatever the record and however sure", async () => {
    expect(await page("/approvals")).toContain("Decide this and 1 identical together");
    const html = await page(`/approvals/${first.approvalId}/together`);
    for (const story of [first, second]) expect(html).toContain(`name="approval:${story.approvalId}"`);
    expect(html).not.toContain(other.approvalId);
  });

  it("decides each with its own digest, by the one operation", async () => {
    const answer = await bulk({ decision: "approved" });
    expect(answer).toEqual([
      200,
      {
        results: [
          { id: first.approvalId, target: "ticket/1", refused: null },
          { id: second.approvalId, target: "ticket/2", refused: null },
        ],
      },
    ]);
    expect(decided().map(({ args }) => args)).toEqual([
      [first.approvalId, { kind: "approved", digest: requested(first).digest }, "ada@example.com"],
      [second.approvalId, { kind: "approved", digest: requested(second).digest }, "ada@example.com"],
    ]);
  });

  it("leaves out what asks for another change, what is taken and what is decided, and says so for each", async () => {
    as("grace");
    await post(`/api/approvals/${second.approvalId}/claim`);
    as("ada");
    await approve(first);
    const ids = [first.approvalId, second.approvalId, other.approvalId, "apr_none"];
    const [, { results }] = await bulk({ decision: "rejected", reason: "A wave of spam", ids });
    expect((results as { refused: { code: string } | null }[]).map(({ refused }) => refused?.code)).toEqual([
      "approval.already_decided",
      "approval.claimed",
      "approval.not_together",
      "approval.not_found",
    ]);
  });

  it("does not believe a digest that the caller made up", async () => {
    const [, { results }] = await bulk({ digestOfChange: "0".repeat(64), decision: "approved" });
    expect((results as { refused: { code: string } }[]).map(({ refused }) => refused.code)).toEqual([
      "approval.not_together",
      "approval.not_together",
    ]);
    expect(decided()).toEqual([]);
  });

  it("never decides regulated changes, nor offers it", async () => {
    const digestOfChange = await together(first);
    open = await openConsole([first, second], { grants: GRANTS, spec: { ...SPEC, regulated: "credit" } });
    const [, { results }] = await bulk({ digestOfChange, decision: "approved" });
    expect((results as { refused: { code: string } }[]).map(({ refused }) => refused.code)).toEqual([
      "approval.not_together",
      "approval.not_together",
    ]);
    expect(decided()).toEqual([]);
    expect(await page("/approvals")).not.toContain("identical together");
    expect((await open.get(`/approvals/${first.approvalId}/together`)).status).toBe(409);
  });

  it("wants a reason to reject, at least one approval and at most a hundred", async () => {
    expect(await bulk({ decision: "rejected", reason: " " })).toMatchObject([400, { field: "reason" }]);
    expect(await bulk({ decision: "approved", ids: [] })).toMatchObject([400, { field: "ids" }]);
    expect(await bulk({ decision: "approved", ids: Array.from({ length: 101 }, (_, at) => `apr_${at}`) })).toMatchObject([
      400,
      { field: "ids" },
    ]);
    expect(await bulk({ decision: "edited", values: {} })).toMatchObject([400, {}]);
  });

  it("is a form with the records ticked, and shows what became of each", async () => {
    const address = `/approvals/${first.approvalId}/together`;
    const fields = {
      digestOfChange: await together(first),
      [`approval:${first.approvalId}`]: "yes",
      [`approval:${second.approvalId}`]: "yes",
    };
    const refused = await open.form(address, { ...fields, decision: "rejected", reason: "" });
    expect([refused.status, await refused.text()]).toEqual([400, expect.stringContaining("Say in a few words why you reject them")]);
    await approve(second);
    const done = await open.form(address, { ...fields, decision: "rejected", reason: "A wave of spam" });
    const html = await done.text();
    expect([done.status, html]).toEqual([200, expect.stringContaining("1 of 2 refused")]);
    expect(html).toContain("1 rejected. Those below");
  });
});
