import { beforeEach, describe, expect, it } from "vitest";
import type { InterlockEvent } from "../../../src/core/event.ts";
import { type DeadLetter, eventLetter, keepDeadLetters } from "../../../src/db/dead-letters.ts";
import { type Console, openConsole } from "./console.ts";
import { MINUTE, NOW, SPEC, type Story, tell } from "./stories.ts";

let asked: Story;
let approved: Story;
let unknown: Story;
let open: Console;
beforeEach(async () => {
  const startedAt = Date.now() - 10 * MINUTE;
  asked = tell({ ending: "asked", ticket: 1, startedAt });
  approved = tell({ ending: "approved", ticket: 2, startedAt });
  unknown = tell({ ending: "unknown", ticket: 3, startedAt });
  open = await openConsole([asked, approved, unknown]);
});

const digest = () => {
  const entry = asked.entries.find(({ type }) => type === "approval.requested");
  return entry?.type === "approval.requested" ? entry.approval.digest : "";
};
const unreadable: DeadLetter = { kind: "message", connection: null, source: "queue", reason: "not JSON", body: "{" };
const eventFor = (id: string): InterlockEvent => ({
  id: `evt_${id}`,
  connection: "zendesk",
  source: "zendesk/zendesk",
  type: "ticket.created",
  subject: id,
  time: NOW,
  data: {},
});
const read = async (path: string) => (await open.get(path)).json() as Promise<Record<string, never>>;

describe("the JSON API", () => {
  it("lists runs page by page", async () => {
    const first = (await read("/api/runs?limit=2")) as unknown as { runs: { id: string }[]; next: string };
    expect(first.runs).toHaveLength(2);
    const second = (await read(`/api/runs?limit=2&before=${encodeURIComponent(first.next)}`)) as unknown as {
      runs: { id: string }[];
      next: null;
    };
    expect(second.next).toBeNull();
    expect(new Set([...first.runs, ...second.runs].map(({ id }) => id)).size).toBe(3);
    expect(await read("/api/runs?status=completed&workflow=ticket-triage")).toMatchObject({ runs: [{ id: approved.id }] });
  });

  it("reads a run from D1 and its journal from the partition", async () => {
    expect(await read(`/api/runs/${approved.id}`)).toMatchObject({
      run: { id: approved.id },
      effects: [{ status: "applied" }, {}],
      approvals: [{ status: "approved" }],
    });
    expect(await read(`/api/runs/${approved.id}/journal`)).toMatchObject({ id: approved.id, entries: approved.entries });
  });

  it("gives a run in the form in which recorded histories are kept", async () => {
    expect(await read(`/api/runs/${approved.id}/history`)).toEqual({
      run: approved.id,
      workflow: "ticket-triage",
      version: 1,
      manifestDigest: "m1",
      spec: JSON.parse(JSON.stringify(SPEC)),
      event: JSON.parse(JSON.stringify(approved.event)),
      entries: JSON.parse(JSON.stringify(approved.entries)),
    });
    expect((await open.get("/api/runs/nothing/history")).status).toBe(404);
  });

  it("lists and reads approvals", async () => {
    expect(await read("/api/approvals")).toMatchObject({ approvals: [{ id: asked.approvalId, status: "pending" }], next: null });
    expect(await read("/api/approvals?status=decided")).toMatchObject({ approvals: [{ status: "approved" }, { status: "approved" }] });
    expect(await read(`/api/approvals/${asked.approvalId}`)).toMatchObject({
      approval: { id: asked.approvalId },
      spec: { spec: { version: 3 } },
    });
  });

  it("reads dead letters and the overview", async () => {
    await keepDeadLetters(open.db, [unreadable], NOW);
    expect(await read("/api/dead-letters")).toMatchObject({ deadLetters: [{ reason: "not JSON" }] });
    expect(await read("/api/overview")).toMatchObject({ runs: { waiting: 2, completed: 1 }, pendingApprovals: 1, deadLetters: 1 });
  });

  it("replays a dead letter once, and again only where the replay failed", async () => {
    await keepDeadLetters(open.db, [eventLetter(eventFor("9"), "no spec"), unreadable], NOW);
    const letters = (await read("/api/dead-letters?status=open")) as unknown as { deadLetters: { id: string; kind: string }[] };
    const url = (kind: string) => `/api/dead-letters/${letters.deadLetters.find((one) => one.kind === kind)?.id}/replay`;
    const done = await open.json(url("event"), {});
    expect(done.status).toBe(200);
    expect(await done.json()).toMatchObject({ kind: "started", outcome: "started a run", run: "ticket-triage.9" });
    const twice = await open.json(url("event"), {});
    expect([twice.status, await twice.json()]).toMatchObject([409, { code: "dead_letter.replayed" }]);
    for (let time = 0; time < 2; time++) {
      const failed = await open.json(url("message"), {});
      expect([failed.status, await failed.json()]).toMatchObject([200, { kind: "refused", run: null }]);
    }
    expect(await read("/api/dead-letters?status=replayed")).toMatchObject({
      deadLetters: [{ outcome: "started a run", replayedBy: "ada@example.com", run: "ticket-triage.9", open: false }],
    });
    const missing = await open.json("/api/dead-letters/x/replay", {});
    expect([missing.status, await missing.json()]).toMatchObject([404, { code: "dead_letter.not_found" }]);
    expect(open.asked).toEqual([{ what: "start", args: ["ticket-triage.9"] }]);
  });

  it("replays the open dead letters that a filter matches, and says how many ended how", async () => {
    await keepDeadLetters(open.db, [eventLetter(eventFor("9"), "no spec"), eventLetter(eventFor("9"), "no spec either"), unreadable], NOW);
    const one = await open.json("/api/dead-letters/replay", { reason: "JSON" });
    expect(await one.json()).toEqual({ letters: 1, outcomes: { refused: 1 } });
    const rest = await open.json("/api/dead-letters/replay", { source: "zendesk/zendesk", limit: 10 });
    expect(await rest.json()).toEqual({ letters: 2, outcomes: { started: 1, existed: 1 } });
    const none = await open.json("/api/dead-letters/replay", { source: "zendesk/zendesk" });
    expect(await none.json()).toEqual({ letters: 0, outcomes: {} });
    expect((await open.json("/api/dead-letters/replay", { sourec: "zendesk/zendesk" })).status).toBe(400);
  });

  it("decides an approval", async () => {
    const response = await open.json(`/api/approvals/${asked.approvalId}/decision`, { kind: "approved", digest: digest() });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ approval: asked.approvalId, decision: "approved", by: "ada@example.com" });
    const again = await open.json(`/api/approvals/${asked.approvalId}/decision`, { kind: "approved", digest: digest() });
    expect(again.status).toBe(409);
    expect(again.headers.get("content-type")).toBe("application/problem+json");
    expect(await again.json()).toMatchObject({
      code: "approval.already_decided",
      status: 409,
      detail: "Already approved by ada@example.com",
    });
  });

  it("asks for undos and resolves steps", async () => {
    expect((await open.json(`/api/runs/${approved.id}/undo`, { step: "route ticket" })).status).toBe(202);
    expect((await open.json(`/api/runs/${unknown.id}/resolve`, { step: "route ticket", choice: "applied" })).status).toBe(202);
    expect(open.asked.map(({ what }) => what)).toEqual(["undo", "resolve"]);
  });

  it("names the field that it cannot read", async () => {
    const url = `/api/approvals/${asked.approvalId}/decision`;
    const cases = [
      [await open.json(url, { kind: "approved" }), "digest"],
      [await open.json(url, { kind: "perhaps", digest: "d" }), "kind"],
      [await open.json(url, { kind: "rejected", digest: "d", reason: "" }), "reason"],
      [await open.json(`/api/runs/${approved.id}/undo`, {}), "step"],
      [await open.json(`/api/runs/${approved.id}/resolve`, { step: "s", choice: "hope" }), "choice"],
      [await open.get("/api/runs?limit=0"), "limit"],
      [await open.get("/api/approvals?status=all"), "status"],
    ] as const;
    for (const [response, field] of cases) {
      expect(response.status, field).toBe(400);
      expect(await response.json(), field).toMatchObject({ code: "request.invalid", field });
    }
    expect(open.asked).toEqual([]);
  });

  it("reads a body only as application/json, which no form of another site can send", async () => {
    const body = JSON.stringify({ kind: "approved", digest: digest() });
    for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""]) {
      const response = await open.get(`/api/approvals/${asked.approvalId}/decision`, {
        method: "POST",
        body,
        headers: { "content-type": type },
      });
      expect(response.status, type).toBe(400);
    }
    const none = await open.json(`/api/approvals/${asked.approvalId}/decision`, null, {
      "content-type": "application/json; charset=utf-8",
    });
    expect(await none.json()).toMatchObject({ code: "request.invalid" });
    const broken = await open.get(`/api/runs/${approved.id}/undo`, {
      method: "POST",
      body: "{",
      headers: { "content-type": "application/json" },
    });
    expect(await broken.json()).toMatchObject({ detail: "The body is not JSON" });
    expect(open.asked).toEqual([]);
  });

  it("answers what is not there with a problem", async () => {
    for (const [path, code] of [
      ["/api/runs/x", "run.not_found"],
      ["/api/runs/x/journal", "run.not_found"],
      ["/api/approvals/x", "approval.not_found"],
      ["/api/x", "request.not_found"],
    ] as const) {
      const response = await open.get(path);
      expect([response.status, response.headers.get("content-type")], path).toEqual([404, "application/problem+json"]);
      expect(await response.json(), path).toMatchObject({ type: `urn:interlock:error:${code}`, code });
    }
  });

  it("answers nobody who is not signed in", async () => {
    const closed = await openConsole([asked], { env: { ENVIRONMENT: "production" } });
    for (const path of ["/api/runs", "/api/overview", "/api/dead-letters", `/api/approvals/${asked.approvalId}`, "/api/x"]) {
      const response = await closed.get(path);
      expect(response.status, path).toBe(403);
      expect(await response.json(), path).toMatchObject({ code: "access.not_configured" });
    }
    expect((await closed.json(`/api/approvals/${asked.approvalId}/decision`, { kind: "approved", digest: digest() })).status).toBe(403);
    expect(closed.asked).toEqual([]);
  });

  it("does not stand between a source system and its webhook", async () => {
    const closed = await openConsole([], { env: { ENVIRONMENT: "production" } });
    const unsigned = await closed.get("/hooks/zendesk", { method: "POST", body: "{}" });
    expect((await unsigned.json()) as object).toMatchObject({ code: expect.stringMatching(/^webhook\./) });
    const nowhere = await closed.get("/hooks/a/b/c", { method: "POST", body: "{}" });
    expect([nowhere.status, nowhere.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
  });
});
