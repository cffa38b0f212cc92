import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type DeadLetter, eventLetter, keepDeadLetters } from "../../../src/db/dead-letters.ts";
import { listDeadLetters } from "../../../src/db/reads.ts";
import { NOTICES } from "../../../src/http/pages/run-page.tsx";
import { STYLE_URL } from "../../../src/http/style.ts";
import { type Console, openConsole } from "./console.ts";
import { MINUTE, NOW, type Story, tell } from "./stories.ts";

const digestOf = (story: Story): string => {
  const asked = story.entries.find((entry) => entry.type === "approval.requested");
  return asked?.type === "approval.requested" ? asked.approval.digest : "";
};

let stories: Record<"asked" | "rejected" | "voided" | "approved" | "unknown", Story>;
let open: Console;
beforeEach(async () => {
  vi.useFakeTimers({ now: NOW, toFake: ["Date"] });
  stories = {
    asked: tell({ ending: "asked", ticket: 1, extra: { note: "short" } }),
    rejected: tell({ ending: "rejected", ticket: 2, startedAt: NOW - 20 * MINUTE }),
    voided: tell({ ending: "voided", ticket: 3 }),
    approved: tell({ ending: "approved", ticket: 4 }),
    unknown: tell({ ending: "unknown", ticket: 5 }),
  };
  open = await openConsole(Object.values(stories));
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const decisionUrl = (story: Story) => `/approvals/${story.approvalId}/decision`;
const answer = (story: Story, fields: Record<string, string>, headers = {}) =>
  open.form(decisionUrl(story), { digest: digestOf(story), ...fields }, headers);
const edited = (values: Record<string, string>): Record<string, string> => ({
  kind: "edited",
  ...Object.fromEntries(
    Object.entries({ group: "billing", priority: "high", note: "short", ...values }).map(([field, text]) => [`value:${field}`, text]),
  ),
});

describe("the console", () => {
  it("begins at the approvals", async () => {
    const response = await open.get("/");
    expect([response.status, response.headers.get("location")]).toEqual([302, "/approvals"]);
  });

  it("shows every page to somebody who is signed in, and keeps none in a cache", async () => {
    const { asked, approved } = stories;
    for (const path of [
      "/approvals",
      "/approvals?status=decided",
      `/approvals/${asked.approvalId}`,
      "/runs",
      "/runs?status=waiting",
      `/runs/${approved.id}`,
      "/dead-letters",
    ]) {
      const response = await open.get(path);
      expect(response.status, path).toBe(200);
      expect(response.headers.get("content-type"), path).toBe("text/html; charset=UTF-8");
      expect(response.headers.get("cache-control"), path).toBe("no-store");
      expect(await response.text(), path).toMatch(/^<!doctype html><html lang="en">/);
    }
  });

  it("forbids scripts, frames and foreign forms to every page", async () => {
    const { headers } = await open.get("/approvals");
    expect(headers.get("content-security-policy")).toBe(
      "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    );
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("x-frame-options")).toBe("DENY");
    expect(headers.get("referrer-policy")).toBe("same-origin");
  });

  it("answers nothing to somebody who is not signed in, and says what is missing", async () => {
    const closed = await openConsole(Object.values(stories), { env: { ENVIRONMENT: "production" } });
    for (const path of ["/", "/approvals", `/approvals/${stories.asked.approvalId}`, "/runs", "/dead-letters", "/nothing"]) {
      const response = await closed.get(path);
      const html = await response.text();
      expect(response.status, path).toBe(403);
      expect(html, path).toContain("ACCESS_TEAM_DOMAIN and ACCESS_AUD");
      expect(html, path).not.toContain("ticket/");
    }
    expect((await closed.form(decisionUrl(stories.asked), { kind: "approved", digest: digestOf(stories.asked) })).status).toBe(403);
    expect(closed.asked).toEqual([]);
  });

  it("says in the same frame that there is nothing at an address", async () => {
    for (const [path, code] of [
      ["/nothing", "request.not_found"],
      ["/runs/nothing", "run.not_found"],
      ["/approvals/nothing", "approval.not_found"],
    ] as const) {
      const response = await open.get(path);
      expect(response.status, path).toBe(404);
      expect(await response.text(), path).toContain(`404 · ${code}`);
    }
  });

  it("names the part of an address that it cannot read", async () => {
    for (const [path, field] of [
      ["/runs?status=sleeping", "status"],
      ["/runs?before=yesterday", "before"],
      ["/approvals?limit=9999", "limit"],
    ] as const) {
      const response = await open.get(path);
      expect(response.status, path).toBe(400);
      expect(await response.text(), path).toContain(`${field}: `);
    }
  });

  it("keeps an unexpected error's text in the log", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
    await open.db.prepare("drop table run").run();
    const response = await open.get("/runs");
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("no such table");
    expect(log.mock.calls.flat().join()).toContain("no such table");
  });

  it("shows a page without its count when the count cannot be read", async () => {
    await open.db.prepare("drop table approval").run();
    expect((await open.get("/dead-letters")).status).toBe(200);
  });

  it("leads from page to page of a list", async () => {
    const first = await (await open.get("/runs?limit=2")).text();
    const next = /href="(\/runs\?before=[^"]*)"/.exec(first)?.[1]?.replaceAll("&amp;", "&");
    expect(next).toBeDefined();
    const second = await (await open.get(`${next}&limit=200`)).text();
    expect(second.match(/<th scope="row">/g)).toHaveLength(3);
  });

  it("serves its stylesheet for ever under the address of this version, and only briefly under another", async () => {
    const closed = await openConsole([], { env: { ENVIRONMENT: "production" } });
    const current = await closed.get(STYLE_URL);
    expect([current.status, current.headers.get("content-type"), current.headers.get("cache-control")]).toEqual([
      200,
      "text/css; charset=utf-8",
      "public, max-age=31536000, immutable",
    ]);
    expect((await closed.get("/console.css?v=old")).headers.get("cache-control")).toBe("no-cache");
  });
});

describe("reading", () => {
  it("changes nothing, by GET or by HEAD, whatever the address", async () => {
    const { asked, approved } = stories;
    for (const path of ["/approvals", `/approvals/${asked.approvalId}`, `/runs/${approved.id}?notice=approved`]) {
      const head = await open.get(path, { method: "HEAD" });
      expect([head.status, await head.text()], path).toEqual([200, ""]);
    }
    for (const path of [decisionUrl(asked), `/runs/${approved.id}/undo`, `/runs/${approved.id}/resolve`]) {
      expect((await open.get(`${path}?kind=approved&step=route+ticket`)).status, path).toBe(404);
      expect((await open.get(path, { method: "HEAD" })).status, path).toBe(404);
    }
    expect(open.asked).toEqual([]);
  });
});

describe("a form", () => {
  it.each([
    ["another site", { origin: "https://evil.example" }],
    ["a sandboxed page", { origin: "null" }],
    ["a sibling site", { origin: "https://evil.localhost", "sec-fetch-site": "same-site" }],
  ])("is refused from %s, and nothing is done", async (_, headers) => {
    const response = await answer(stories.asked, { kind: "approved" }, headers);
    expect(response.status).toBe(403);
    expect(await response.text()).toContain("access.cross_site");
    expect(open.asked).toEqual([]);
  });

  it("is refused from a client that does not say where it comes from", async () => {
    const body = new URLSearchParams({ kind: "approved", digest: digestOf(stories.asked) });
    expect((await open.get(decisionUrl(stories.asked), { method: "POST", body })).status).toBe(403);
    expect((await open.get(decisionUrl(stories.asked), { method: "POST" })).status).toBe(403);
  });

  it("is refused when it is too large, or is no form", async () => {
    expect((await answer(stories.asked, { kind: "rejected", reason: "x".repeat(1_100_000) })).status).toBe(400);
    const json = await open.json(decisionUrl(stories.asked), { kind: "approved", digest: digestOf(stories.asked) });
    expect(json.status).toBe(400);
    expect(open.asked).toEqual([]);
  });
});

describe("answering an approval", () => {
  it("approves what was shown, and leads to the run with a notice", async () => {
    const { asked } = stories;
    const response = await answer(asked, { kind: "approved" });
    expect([response.status, response.headers.get("location")]).toEqual([303, `/runs/${asked.id}?notice=approved`]);
    expect(open.asked).toEqual([
      { what: "decide", args: [asked.approvalId, { kind: "approved", digest: digestOf(asked) }, "ada@example.com"] },
    ]);
    expect(await (await open.get(`/runs/${asked.id}?notice=approved`)).text()).toContain(NOTICES.approved);
  });

  it("approves edited values as values, not as texts", async () => {
    const story = tell({ ending: "asked", ticket: 9, extra: { note: "a\nb", reopen: true } });
    open = await openConsole([story]);
    const response = await answer(story, edited({ group: "returns", note: "a\r\nb", reopen: "false" }));
    expect(response.headers.get("location")).toBe(`/runs/${story.id}?notice=edited`);
    expect(open.asked[0]?.args[1]).toEqual({
      kind: "edited",
      digest: digestOf(story),
      values: { group: "returns", priority: "high", note: "a\nb", reopen: false },
    });
  });

  it("takes an edit that changed nothing for an approval", async () => {
    expect((await answer(stories.asked, edited({}))).headers.get("location")).toContain("notice=approved");
    expect(open.asked[0]?.args[1]).toEqual({ kind: "approved", digest: digestOf(stories.asked) });
  });

  it("rejects with a reason", async () => {
    expect((await answer(stories.asked, { kind: "rejected", reason: " A return, not billing " })).status).toBe(303);
    expect(open.asked[0]?.args[1]).toEqual({ kind: "rejected", digest: digestOf(stories.asked), reason: "A return, not billing" });
  });

  it("asks for a reason where there is none, and asks the partition nothing", async () => {
    const response = await answer(stories.asked, { kind: "rejected", reason: "   " });
    expect(response.status).toBe(400);
    const html = await response.text();
    expect(html).toContain("Say in a few words why you reject it");
    expect(html).toMatch(/href="#reason"/);
    expect(open.asked).toEqual([]);
  });

  it("names the field of an edit that the spec refuses, and keeps what was entered", async () => {
    const response = await answer(stories.asked, edited({ group: "returns", note: "x".repeat(201) }));
    expect(response.status).toBe(422);
    const html = await response.text();
    expect(html).toContain("is longer than 200 characters");
    expect(html).toContain('<option value="returns" selected="">');
    expect(html).toContain("x".repeat(201));
  });

  it("names the field of a value that is not in the list, is no JSON, or is missing", async () => {
    const story = tell({ ending: "asked", ticket: 9, extra: { reopen: true } });
    open = await openConsole([story]);
    const { "value:priority": _, ...incomplete } = edited({ reopen: "true" });
    for (const [fields, field] of [
      [edited({ group: "catering", reopen: "true" }), "group"],
      [edited({ reopen: "maybe" }), "reopen"],
      [incomplete, "priority"],
    ] as const) {
      const response = await answer(story, fields);
      expect(response.status).toBe(422);
      expect(await response.text()).toContain(`Change “${field}” below`);
    }
    expect(open.asked).toEqual([]);
  });

  it("says that somebody was faster, and how they decided", async () => {
    const response = await answer(stories.rejected, { kind: "approved" });
    expect(response.status).toBe(409);
    const html = await response.text();
    expect(html).toContain("Already rejected by grace@example.com");
    expect(html).toContain("Your answer changed nothing.");
    expect(html).not.toContain("/decision");
  });

  it("leads from an approval whose record has moved to the one that took its place", async () => {
    const response = await answer(stories.voided, { kind: "approved" });
    expect(response.status).toBe(409);
    expect(await response.text()).toMatch(/role="alert".*Open the approval that took its place\./s);
  });

  it("refuses an answer to something other than what was shown", async () => {
    const response = await answer(stories.asked, { kind: "approved", digest: "another" });
    expect(response.status).toBe(409);
    expect(await response.text()).toContain("Open this approval again.");
  });

  it("refuses somebody whom the spec does not name, and says whom it names", async () => {
    open = await openConsole(Object.values(stories), { env: { DEV_IDENTITY: "Eve <eve@example.com>" } });
    const response = await answer(stories.asked, { kind: "approved" });
    expect(response.status).toBe(403);
    expect(await response.text()).toContain("Ask ada@example.com and grace@example.com to decide.");
  });

  it("refuses an answer that is none of the three", async () => {
    expect((await answer(stories.asked, { kind: "maybe" })).status).toBe(400);
    expect((await answer(stories.asked, {})).status).toBe(400);
    expect(open.asked).toEqual([]);
  });
});

describe("operating a run", () => {
  it("asks for an undo and comes back to the run", async () => {
    const { approved } = stories;
    const response = await open.form(`/runs/${approved.id}/undo`, { step: "route ticket" });
    expect([response.status, response.headers.get("location")]).toEqual([303, `/runs/${approved.id}?notice=undo`]);
    expect(open.asked).toEqual([{ what: "undo", args: ["route ticket", "ada@example.com"] }]);
  });

  it("shows on the run's page why an undo is refused", async () => {
    const { approved } = stories;
    for (const [step, status, text] of [
      ["tell the team", 409, "cannot be undone"],
      ["nothing", 409, "has written nothing"],
      ["", 400, "Name the step"],
    ] as const) {
      const response = await open.form(`/runs/${approved.id}/undo`, { step });
      expect(response.status, step).toBe(status);
      expect(await response.text(), step).toContain(text);
    }
  });

  it("passes on what an operator found out", async () => {
    const { unknown } = stories;
    const response = await open.form(`/runs/${unknown.id}/resolve`, { step: "route ticket", choice: "applied" });
    expect(response.headers.get("location")).toBe(`/runs/${unknown.id}?notice=resolved`);
    expect(open.asked).toEqual([{ what: "resolve", args: ["route ticket", "applied", "ada@example.com"] }]);
    expect((await open.form(`/runs/${unknown.id}/resolve`, { step: "route ticket", choice: "hope" })).status).toBe(400);
  });

  it("shows no notice that it does not know", async () => {
    for (const notice of ["__proto__", "<b>hi</b>", ""]) {
      const html = await (await open.get(`/runs/${stories.approved.id}?notice=${encodeURIComponent(notice)}`)).text();
      expect(html).not.toContain('role="status"');
    }
  });
});

describe("the dead letters", () => {
  const event = {
    id: "evt_9",
    connection: "zendesk",
    source: "zendesk/zendesk",
    type: "ticket.created",
    subject: "9",
    time: NOW,
    data: {},
  };
  const started = () => open.asked.filter(({ what }) => what === "start");
  const idOf = async (source: string) => (await listDeadLetters(open.db, { source, limit: 1 }))[0]?.id ?? "";
  beforeEach(async () => {
    const unreadable: DeadLetter = { kind: "message", connection: null, source: "queue", reason: "not JSON", body: "{" };
    await keepDeadLetters(open.db, [eventLetter(event, "no spec"), unreadable], NOW);
  });

  it("replay one and come back to the list as it was, with how it ended and a link to the run", async () => {
    const id = await idOf("zendesk/zendesk");
    const response = await open.form(`/dead-letters/${id}/replay`, { source: "zendesk/zendesk" });
    expect(response.status).toBe(303);
    const back = response.headers.get("location") ?? "";
    expect(back).toBe(`/dead-letters?source=zendesk%2Fzendesk&letter=${id}`);
    const html = await (await open.get(back)).text();
    expect(html).toContain("Replayed: started a run.");
    expect(html).toContain('href="/runs/ticket-triage.9"');
    expect(await (await open.get("/dead-letters?status=replayed")).text()).toContain("by ada@example.com");

    const twice = await open.form(`/dead-letters/${id}/replay`, {});
    expect(twice.status).toBe(409);
    expect(await twice.text()).toContain("This dead letter was replayed already");
    expect(started()).toHaveLength(1);
  });

  it("say on the list that a replay did not succeed, and keep the letter open", async () => {
    const id = await idOf("queue");
    const back = (await open.form(`/dead-letters/${id}/replay`, {})).headers.get("location") ?? "";
    const html = await (await open.get(back)).text();
    expect(html).toContain("Refused: The message is not an event");
    expect(html).toContain(`action="/dead-letters/${id}/replay"`);
  });

  it("replay all that match, only for somebody who says that the cause is gone", async () => {
    const careless = await open.form("/dead-letters/replay", { source: "zendesk/zendesk" });
    expect(careless.status).toBe(400);
    expect(await careless.text()).toContain("Say that the cause is gone");
    expect(started()).toEqual([]);
    const back = (await open.form("/dead-letters/replay", { confirmed: "yes" })).headers.get("location") ?? "";
    expect(back).toBe("/dead-letters?replayed=2&failed=1");
    expect(await (await open.get(back)).text()).toContain("1 of 2 letters did not succeed");
    expect(started()).toEqual([{ what: "start", args: ["ticket-triage.9"] }]);
  });

  it("refuse a replay from another site, and one of a letter that is not there", async () => {
    const id = await idOf("queue");
    expect((await open.form(`/dead-letters/${id}/replay`, {}, { origin: "https://evil.example" })).status).toBe(403);
    expect((await open.form("/dead-letters/replay", { confirmed: "yes" }, { origin: "https://evil.example" })).status).toBe(403);
    expect((await open.form("/dead-letters/nothing/replay", {})).status).toBe(404);
    expect((await open.get("/dead-letters?status=lost")).status).toBe(400);
    expect(started()).toEqual([]);
  });
});
