// Several people at one approval, through the pages and the API: what each may say, what the page then shows, and what a regulated decision asks of whoever makes it.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { everywhere } from "../../../src/core/principal.ts";
import type { GovernanceSpec } from "../../../src/governance/spec.ts";
import { type Console, openConsole } from "./console.ts";
import { MINUTE, NOW, SPEC, type Story, tell } from "./stories.ts";

const ADA = "ada@example.com";
const GRACE = "grace@example.com";
const BOSS = "boss@example.com";
const EVE = "eve@example.com";
const REASON = "I have seen both payments on the statement";

let story: Story;
let open: Console;
beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
  story = tell({ ending: "asked", ticket: 1 });
});
afterEach(() => {
  vi.useRealTimers();
});

const start = async (review: Partial<GovernanceSpec["review"]> = {}, more: Partial<GovernanceSpec> = {}) => {
  const deciding = [ADA, GRACE, BOSS].flatMap((principal) => everywhere("reviewer").map((grant) => ({ principal, ...grant })));
  const operating = everywhere("operator").map((grant) => ({ principal: EVE, ...grant }));
  open = await openConsole([story], {
    spec: { ...SPEC, ...more, review: { ...SPEC.review, ...review } },
    grants: [...deciding, ...operating],
  });
};
const be = (address: string) => Object.assign(open.env, { DEV_IDENTITY: `Somebody <${address}>` });
const address = () => `/approvals/${story.approvalId}`;
const digestOf = () => {
  const asked = story.entries.findLast((entry) => entry.type === "approval.requested" || entry.type === "approval.amended");
  return asked?.type === "approval.requested" ? asked.approval.digest : asked?.type === "approval.amended" ? asked.digest : "";
};
const say = (fields: Record<string, string>) => open.form(`${address()}/decision`, { digest: digestOf(), ...fields });
const page = async () => (await open.get(address())).text();
const kinds = (html: string) => [...html.matchAll(/name="kind" value="(\w+)"/g)].map((match) => match[1]);

describe("where two must agree", () => {
  it("the first stays on the page, which says who is missing; the second leads to the run", async () => {
    await start({ approvals: 2 });
    expect(await page()).toContain("2 people must agree. Nobody has yet.");
    const first = await say({ kind: "approved" });
    expect([first.status, first.headers.get("location")]).toEqual([303, `${address()}?notice=approved`]);
    expect(await (await open.get(`${address()}?notice=approved`)).text()).toContain("Others must agree as well.");
    const html = await page();
    expect(html).toContain(`Agreed: ${ADA}; 1 more must.`);
    expect(kinds(html)).toEqual(["edited", "rejected", "insufficient", "ask"]);
    expect((await say({ kind: "approved" })).status).toBe(409);
    be(GRACE);
    expect((await say({ kind: "approved" })).headers.get("location")).toBe(`/runs/${story.id}?notice=approved`);
    expect(await page()).toContain(`Agreed before: ${ADA}.`);
  });

  it("an edit is shown to the other as what would be written now, with its own digest", async () => {
    await start({ approvals: 2 });
    const before = digestOf();
    await say({ kind: "edited", "value:group": "returns", "value:priority": "high" });
    be(GRACE);
    const html = await page();
    expect(html).toContain(`${ADA} changed the values`);
    expect(digestOf()).not.toBe(before);
    expect(html).toContain(`name="digest" value="${digestOf()}"`);
    expect(html).not.toContain(`name="digest" value="${before}"`);
    expect(html).toMatch(/<option value="returns" selected="">/);
    const stale = await say({ kind: "approved", digest: before });
    expect([stale.status, await stale.text()]).toEqual([409, expect.stringContaining("no longer what the page showed")]);
    expect((await say({ kind: "approved" })).status).toBe(303);
    expect(story.entries.at(-1)).toMatchObject({ decision: { kind: "edited", by: GRACE, values: { group: "returns" } } });
  });
});

describe("who may decide", () => {
  it("is on the page, with those who stand in; they may, and are named with whom they stand in for", async () => {
    await start({ delegations: [{ from: GRACE, to: BOSS, start: "2026-11-23", end: "2026-11-23" }] });
    be(BOSS);
    expect(await page()).toContain(`May decide now: ${ADA}, ${GRACE} and ${BOSS} (in the place of ${GRACE}).`);
    expect((await say({ kind: "rejected", reason: "A return" })).status).toBe(303);
    expect(await page()).toContain(`Rejected by ${BOSS} (in the place of ${GRACE})`);
  });

  it("says from when others are asked, and then who is", async () => {
    await start({ slaMinutes: 30, escalation: [{ to: [BOSS], minutes: 210 }] });
    expect(await page()).toMatch(new RegExp(`The time of those asked first ended .*Level 1, ${BOSS}, since`, "s"));
    be(BOSS);
    expect(kinds(await page())).toContain("approved");
    vi.setSystemTime(NOW - 40 * MINUTE);
    expect(await page()).toContain("Others are asked as well from");
    expect(kinds(await page())).toEqual([]);
    expect((await say({ kind: "approved" })).status).toBe(403);
  });

  it("is told to whoever began the run by hand, who has no form", async () => {
    const asked = story.entries.find((entry) => entry.type === "approval.requested");
    if (asked?.type === "approval.requested") Object.assign(asked.approval, { notBy: ADA });
    await start();
    const html = await page();
    expect(html).toContain("You began this run by hand, so somebody else decides in it.");
    expect(kinds(html)).toEqual([]);
    const refused = await say({ kind: "approved" });
    expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining("Whoever begins a run by hand")]);
  });
});

describe("what else may be said", () => {
  it("asks, is answered by somebody who operates and may not decide, and shows both", async () => {
    await start();
    expect((await say({ kind: "ask", question: "Which card?" })).headers.get("location")).toBe(`${address()}?notice=ask`);
    be(EVE);
    const html = await page();
    expect(html).toMatch(/ada@example\.com asks:.*Which card\?/s);
    expect(kinds(html)).toEqual(["inform"]);
    expect((await say({ kind: "inform", text: "The blue one" })).status).toBe(303);
    expect(await page()).toMatch(/eve@example\.com answers:.*The blue one/s);
    const empty = await say({ kind: "inform", text: " " });
    expect([empty.status, await empty.text()]).toEqual([400, expect.stringMatching(/id="inform-words"[^>]*aria-invalid="true"/)]);
  });

  it("is not stopped by a claim where it only answers a question; everything else is", async () => {
    await start();
    await say({ kind: "ask", question: "Which card?" });
    be(GRACE);
    expect((await open.form(`${address()}/claim`, {})).status).toBe(303);
    be(EVE);
    expect((await say({ kind: "inform", text: "The blue one" })).status).toBe(303);
    be(ADA);
    expect((await say({ kind: "inform", text: "Or the red one" })).status).toBe(303);
    const others: Record<string, string>[] = [
      { kind: "ask", question: "Since when?" },
      { kind: "reassign", to: GRACE },
      { kind: "approved" },
    ];
    for (const fields of others) {
      const refused = await say(fields);
      expect([refused.status, await refused.text()]).toEqual([409, expect.stringContaining(`${GRACE} has taken it until`)]);
    }
  });

  it("ends with not enough information, and says what was missing", async () => {
    await start();
    expect((await say({ kind: "insufficient", missing: "The second statement" })).headers.get("location")).toBe(
      `/runs/${story.id}?notice=insufficient`,
    );
    const html = await page();
    expect(html).toContain("Not enough information by ada@example.com");
    expect(html).toContain("The second statement");
    expect(await (await open.get("/approvals?status=decided")).text()).toContain("Not enough information");
  });

  it("hands over to one who is asked, and to nobody else", async () => {
    await start();
    expect(await page()).toMatch(/<select id="reassign-words" name="to".*<option value="grace@example\.com">/s);
    const stranger = await say({ kind: "reassign", to: "eve@example.com" });
    expect([stranger.status, await stranger.text()]).toEqual([400, expect.stringContaining('href="#reassign-words"')]);
    expect((await say({ kind: "reassign", to: GRACE })).status).toBe(303);
    const html = await page();
    expect(html).toContain(`${ADA} handed it to ${GRACE}.`);
    expect(html).toContain(`The governance spec names ${GRACE}.`);
    expect(kinds(html)).toEqual([]);
  });

  it("is told by the API with the gate: who may, who has agreed, how many more", async () => {
    await start({ approvals: 2 });
    await open.json(`/api${address()}/decision`, { kind: "approved", digest: digestOf() });
    const told = (await (await open.get(`/api${address()}`)).json()) as { gate: object };
    expect(told.gate).toMatchObject({ missing: 1, agreed: [{ by: ADA }], seats: [{ by: ADA }, { by: GRACE }] });
    const bad = await open.json(`/api${address()}/decision`, { kind: "insufficient", digest: digestOf(), missing: " " });
    expect([bad.status, await bad.json()]).toEqual([400, expect.objectContaining({ field: "missing" })]);
  });
});

describe("a regulated decision", () => {
  beforeEach(() => start({}, { regulated: "credit" }));

  it("has no answer nearer at hand than another, and nothing filled in", async () => {
    const html = await page();
    expect(html).not.toMatch(/button (primary|danger)/);
    expect(html).not.toMatch(/autofocus|checked=""|selected=""/);
    expect(html.match(/<details>/g)?.length).toBeGreaterThanOrEqual(6);
    expect(html).toMatch(/<select id="field-0" name="value:group"[^>]*required="".*?<option value="">Choose a value<\/option>/s);
    expect(html).toContain("Proposed: billing.");
    expect(html).toMatch(/<textarea id="approved-words" name="reason"[^>]*required=""/);
    expect(html).toMatch(/<textarea id="edited-words" name="reason"[^>]*required=""/);
  });

  it.each([
    ["", "own words"],
    ["ok", "at least 20"],
    ["The model is only 71.4 % sure, threshold 80.0 %", "page says already"],
  ])("with the reason “%s” is refused beside its field, and what was entered stays", async (reason, why) => {
    const answered = await say({ kind: "approved", reason });
    const html = await answered.text();
    expect(answered.status).toBe(400);
    expect(html).toMatch(new RegExp(`<p class="error" id="approved-words-error">[^<]*${why}`));
    expect(html).toMatch(/href="#approved-words"/);
    expect(html).toContain(`\n${reason}</textarea>`);
    expect(story.entries.some(({ type }) => type === "approval.decided")).toBe(false);
  });

  it("is made with a reason, which stays with it", async () => {
    expect((await say({ kind: "approved", reason: REASON })).status).toBe(303);
    expect(await page()).toContain(REASON);
  });

  it("takes no value that nobody gave", async () => {
    const answered = await say({ kind: "edited", "value:group": "returns", "value:priority": "", reason: REASON });
    expect([answered.status, await answered.text()]).toEqual([422, expect.stringContaining("give a value yourself")]);
    expect((await say({ kind: "edited", "value:group": "returns", "value:priority": "low", reason: REASON })).status).toBe(303);
    expect(story.entries.at(-1)).toMatchObject({ decision: { kind: "edited", reason: REASON } });
  });
});
