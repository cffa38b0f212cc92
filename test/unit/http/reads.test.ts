import { beforeEach, describe, expect, it } from "vitest";
import { type DeadLetter, keepDeadLetters, markReplayed, openLetters } from "../../../src/db/dead-letters.ts";
import * as reads from "../../../src/db/reads.ts";
import { fakeD1 } from "./fake-d1.ts";
import { approveSpec, type Ending, MINUTE, NOW, project, type Story, tell } from "./stories.ts";

const letter = (reason: string, source = "queue"): DeadLetter => ({ kind: "message", connection: null, source, reason, body: "{}" });

describe("reads", () => {
  let db: D1Database;
  beforeEach(() => {
    db = fakeD1();
  });

  const put = async (ending: Ending, ticket: number, more: object = {}): Promise<Story> => {
    const story = tell({ ending, ticket, ...more });
    await project(db, story);
    return story;
  };

  it("says which partition holds a run and which run asked an approval", async () => {
    const story = await put("asked", 1);
    expect(await reads.partitionOfRun(db, story.id)).toBe("p7");
    expect(await reads.runOfApproval(db, story.approvalId)).toBe(story.id);
    expect(await reads.partitionOfRun(db, "nothing")).toBeNull();
    expect(await reads.runOfApproval(db, "nothing")).toBeNull();
  });

  it("lists runs newest first, page by page, without losing runs that began in the same millisecond", async () => {
    for (let ticket = 1; ticket <= 7; ticket++) await put("asked", ticket, { startedAt: NOW - (ticket > 4 ? 5 : ticket) * MINUTE });
    const seen: string[] = [];
    let before: reads.Position | undefined;
    do {
      const page = await reads.listRuns(db, { within: "*", limit: 2, before });
      seen.push(...page.rows.map((row) => row.subject));
      before = page.next ?? undefined;
    } while (before);
    expect(seen.slice(0, 4)).toEqual(["1", "2", "3", "4"]);
    expect(new Set(seen)).toEqual(new Set(["1", "2", "3", "4", "5", "6", "7"]));
    expect(seen).toHaveLength(7);
  });

  it("says there is no next page when the last one is exactly full", async () => {
    await put("asked", 1);
    await put("asked", 2);
    expect((await reads.listRuns(db, { within: "*", limit: 2 })).next).toBeNull();
  });

  it("filters runs by status and by workflow", async () => {
    await put("asked", 1);
    await put("approved", 2);
    expect((await reads.listRuns(db, { within: "*", status: "completed", limit: 10 })).rows.map((row) => row.subject)).toEqual(["2"]);
    expect((await reads.listRuns(db, { within: "*", workflow: "another", limit: 10 })).rows).toEqual([]);
    expect((await reads.listRuns(db, { within: "*", workflow: "ticket-triage", limit: 10 })).rows).toHaveLength(2);
  });

  it("reads a run with its journal, its writes in the order of intent, its approvals and its event", async () => {
    const story = await put("approved", 5158);
    const detail = await reads.readRun(db, story.id);
    expect(detail?.run.state).toEqual({ status: "completed", output: { routed: true } });
    expect(detail?.audit.map((row) => row.seq)).toEqual(story.entries.map((entry) => entry.seq));
    expect(detail?.effects.map((row) => [row.step, row.status])).toEqual([
      ["route ticket", "applied"],
      ["tell the team", "applied"],
    ]);
    expect(detail?.effects[0]?.body.before).toEqual({ group: "support", priority: "normal" });
    expect(detail?.approvals.map((row) => [row.id, row.status, row.decidedBy])).toEqual([
      [story.approvalId, "approved", "ada@example.com"],
    ]);
    expect(detail?.event).toMatchObject({
      type: "ticket.created",
      subject: "5158",
      connection: "zendesk",
      receivedAt: story.startedAt,
    });
    expect(await reads.readRun(db, "nothing")).toBeNull();
  });

  it("reads a run whose event is no longer kept", async () => {
    const story = await put("asked", 1);
    await db.prepare("delete from event_log").run();
    expect((await reads.readRun(db, story.id))?.event).toBeNull();
  });

  it("puts the pending approval with the nearest deadline first, with what the record is called and how sure the model was", async () => {
    await put("asked", 1, { startedAt: NOW - 10 * MINUTE });
    await put("asked", 2, { startedAt: NOW - 90 * MINUTE, subject: "Where is my parcel", confidence: 0.55 });
    await put("approved", 3);
    const { rows } = await reads.listApprovals(db, { within: "*", status: "pending", limit: 10 });
    expect(rows.map((row) => row.subject)).toEqual(["2", "1"]);
    expect(rows[0]).toMatchObject({ headline: "Where is my parcel", confidence: 0.55, workflow: "ticket-triage", status: "pending" });
    expect(await reads.countPendingApprovals(db, "*")).toBe(2);
  });

  it("lists what was decided, expired or voided with the latest first, and pages through it", async () => {
    await put("approved", 1, { startedAt: NOW - 300 * MINUTE });
    await put("rejected", 2, { startedAt: NOW - 100 * MINUTE });
    await put("expired", 3, { startedAt: NOW - 600 * MINUTE });
    await put("asked", 4);
    const first = await reads.listApprovals(db, { within: "*", status: "decided", limit: 2 });
    expect(first.rows.map((row) => row.status)).toEqual(["rejected", "approved"]);
    const second = await reads.listApprovals(db, { within: "*", status: "decided", limit: 2, after: first.next ?? undefined });
    expect(second.rows.map((row) => row.status)).toEqual(["expired"]);
    expect(second.next).toBeNull();
  });

  it("gathers for an approval what a reviewer has to see", async () => {
    await approveSpec(db);
    const story = await put("asked", 5158);
    const detail = await reads.readApproval(db, story.approvalId);
    expect(detail?.approval.approval.values).toEqual({ group: "billing", priority: "high" });
    expect(detail?.run.id).toBe(story.id);
    expect(detail?.reads[0]).toMatchObject({ step: "load ticket", action: "zendesk.getTicket" });
    expect(detail?.decisions[0]).toMatchObject({ step: "triage", provider: "builtin", confidence: 0.714 });
    expect(detail?.basedOn).toMatchObject({ name: "triage", confidence: 0.714 });
    expect(detail?.effect).toMatchObject({ status: "intended", body: { undo: "restore" } });
    expect(detail?.spec?.spec.version).toBe(3);
    expect(detail).toMatchObject({ decision: null, voidedBecause: null, successor: null });
    expect(await reads.readApproval(db, "nothing")).toBeNull();
  });

  it("says how an approval was answered, and which one took the place of a voided one", async () => {
    const rejected = await put("rejected", 1);
    expect((await reads.readApproval(db, rejected.approvalId))?.decision).toMatchObject({ kind: "rejected", by: "grace@example.com" });
    const voided = await put("voided", 2);
    const detail = await reads.readApproval(db, voided.approvalId);
    expect(detail?.approval.status).toBe("voided");
    expect(detail?.voidedBecause).toBe("The record changed after the approval was asked");
    expect(detail?.successor).toMatch(/^apr_/);
    expect((await reads.readApproval(db, detail?.successor ?? ""))?.approval.status).toBe("pending");
  });

  it("treats a spec that this release cannot read as absent", async () => {
    await approveSpec(db);
    expect((await reads.readSpec(db, "ticket-triage", 3))?.spec.review.slaMinutes).toBe(240);
    await db.prepare("update governance_spec set body = '{}'").run();
    expect(await reads.readSpec(db, "ticket-triage", 3)).toBeNull();
    expect(await reads.readSpec(db, "ticket-triage", 9)).toBeNull();
  });

  it("lists dead letters latest first and counts everything for the overview", async () => {
    await keepDeadLetters(db, [letter("old")], NOW - 5);
    await keepDeadLetters(db, [letter("new")], NOW);
    await put("asked", 1);
    await put("approved", 2);
    await put("undone", 3);
    expect((await reads.listDeadLetters(db, { limit: 1 })).map((row) => row.reason)).toEqual(["new"]);
    expect(await reads.overview(db, "*")).toEqual({
      runs: { waiting: 1, completed: 2 },
      effects: { intended: 1, applied: 3, undone: 1 },
      pendingApprovals: 1,
      deadLetters: 2,
    });
  });

  it("keeps a letter open until a replay has succeeded, and never writes over one that has", async () => {
    await keepDeadLetters(db, [letter("a", "zendesk/a"), letter("b"), letter("c")], NOW);
    const all = await reads.listDeadLetters(db, { limit: 10 });
    expect(all.map(({ kind, open, outcome, replayedAt }) => [kind, open, outcome, replayedAt])).toEqual(
      all.map(() => ["message", true, null, null]),
    );
    const id = (reason: string) => all.find((row) => row.reason === reason)?.id ?? "";
    const mark = (reason: string, outcome: string, run: string | null = null) =>
      markReplayed(db, [{ id: id(reason), outcome, run }], "ada@example.com", NOW + 1);
    expect(await mark("a", "started a run", "run-1")).toEqual(new Set([id("a")]));
    expect(await mark("b", "refused: no spec")).toEqual(new Set([id("b")]));
    expect(await mark("a", "refused: too late")).toEqual(new Set());
    const reasons = async (filter: object) =>
      (await reads.listDeadLetters(db, { ...filter, limit: 10 })).map(({ reason }) => reason).sort();
    expect(await reasons({ status: "open" })).toEqual(["b", "c"]);
    expect(await reasons({ status: "replayed" })).toEqual(["a"]);
    expect(await reasons({ source: "zendesk/a" })).toEqual(["a"]);
    expect(await reasons({ reason: "b" })).toEqual(["b"]);
    expect(await openLetters(db, { limit: 10 })).toEqual([id("c"), id("b")]);
    expect(await openLetters(db, { source: "zendesk/a", limit: 10 })).toEqual([]);
    expect(await openLetters(db, { reason: "c", limit: 10 })).toEqual([id("c")]);
    expect((await reads.overview(db, "*")).deadLetters).toBe(2);
    expect(await reads.readDeadLetter(db, id("a"))).toMatchObject({
      open: false,
      outcome: "started a run",
      run: "run-1",
      replayedBy: "ada@example.com",
      replayedAt: NOW + 1,
    });
    expect(await reads.readDeadLetter(db, "nothing")).toBeNull();
  });
});
