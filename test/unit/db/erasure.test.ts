import { beforeEach, describe, expect, it } from "vitest";
import { erasableRuns, eraseRuns } from "../../../src/db/erasure.ts";
import { readAudit, readJournalCopy } from "../../../src/db/journal-copy.ts";
import { overdueRuns } from "../../../src/db/overdue.ts";
import { readApproval, readRun } from "../../../src/db/reads.ts";
import { verifyChain } from "../../../src/governance/audit-chain.ts";
import { fakeD1 } from "../http/fake-d1.ts";
import { approveSpec, DAY, type Ending, MINUTE, NOW, SPEC, type Story, tell } from "../http/stories.ts";
import { projectAll, table } from "./projected.ts";

const SECRET = "Refund of my surgery";
const ENDED: readonly Ending[] = ["approved", "edited", "rejected", "expired", "undone", "conflict", "failed"];

describe("erasing a run's contents", () => {
  let db: D1Database;
  beforeEach(async () => {
    db = fakeD1();
    await approveSpec(db);
  });

  const put = async (ending: Ending, ticket: number, eraseAt: number | null): Promise<Story & { readonly head: string }> => {
    const story = tell({ ending, ticket, subject: SECRET, description: `${SECRET} please`, team: "returns" });
    return { ...story, head: await projectAll(db, story, eraseAt) };
  };
  const erase = async (now: number, limit = 200) => {
    const found = await erasableRuns(db, now, limit, []);
    await eraseRuns(db, found, now);
    return found;
  };
  /** Every table as text, but for the people's spec. */
  const everything = async () => {
    const names = ["run", "audit", "audit_content", "event_log", "effect", "approval"];
    return JSON.stringify(await Promise.all(names.map((name) => table(db, name))));
  };

  it.each(ENDED)(
    "of a run that ended %s removes every value and keeps who, when and how it ended; the chain still verifies",
    async (ending) => {
      const story = await put(ending, 5158, NOW);
      const before = await readRun(db, story.id);
      expect(await everything()).toContain(SECRET);
      expect(await erase(NOW)).toEqual([{ run: story.id, event: story.event.id }]);

      const left = await everything();
      for (const gone of [SECRET, "billing", "surgery", "129.90", "sure, threshold", "requester"]) expect(left).not.toContain(gone);
      expect(await table(db, "audit_content")).toEqual([]);
      const after = await readRun(db, story.id);
      expect(after?.run).toMatchObject({ status: before?.run.status, erasedAt: NOW, eraseAt: null, subject: "5158" });
      expect(after?.audit).toEqual(before?.audit.map((row) => ({ ...row, body: null })));
      expect(after?.effects.map(({ step, action, target, status }) => [step, action, target, status]).sort()).toEqual(
        before?.effects.map(({ step, action, target, status }) => [step, action, target, status]).sort(),
      );
      expect(after?.approvals.map(({ id, status, decidedBy, decidedAt }) => [id, status, decidedBy, decidedAt])).toEqual(
        before?.approvals.map(({ id, status, decidedBy, decidedAt }) => [id, status, decidedBy, decidedAt]),
      );
      expect(after?.approvals.every(({ approval }) => approval.digest === "" && approval.reviewers.length > 0)).toBe(true);
      expect(after?.event?.data).toBeNull();

      const { records, content } = await readAudit(db, story.id);
      expect(content).toBeNull();
      expect(verifyChain(story.id, records, content, story.head)).toMatchObject({ ok: true, records: story.entries.length });
      expect(await readJournalCopy(db, story.id, { seq: story.entries.length, head: story.head })).toMatchObject({
        kind: "erased",
        at: NOW,
      });
    },
  );

  it("keeps of a write how it may be undone, how sure its decision was, by which rule it was judged and whether it was proved", async () => {
    const { id } = await put("approved", 1, NOW);
    await erase(NOW);
    expect((await readRun(db, id))?.effects.find(({ step }) => step === "route ticket")?.body).toEqual({
      before: null,
      values: {},
      undo: "restore",
      decidedBy: "ada@example.com",
      basedOn: { decision: "triage", confidence: 0.714, reached: false },
      ruling: { outcome: "allow", rule: "person_decided", reason: "" },
      proved: { after: {}, matches: true },
      refused: null,
      conflicts: null,
    });
  });

  it("says of a failed run its code and no text, of a completed one no output", async () => {
    const failed = await put("failed", 1, NOW);
    const completed = await put("approved", 2, NOW);
    await erase(NOW);
    expect((await readRun(db, failed.id))?.run.state).toMatchObject({ status: "failed", error: { code: "connector.rejected" } });
    expect(await everything()).not.toContain("the ticket is closed");
    expect((await readRun(db, completed.id))?.run.state).toEqual({ status: "completed", output: null });
  });

  it("leaves alone what is open, not yet due or erased already, and takes no more than it is asked for", async () => {
    const open = await put("asked", 1, null);
    const later = await put("approved", 2, NOW + 1);
    const due = [await put("approved", 3, NOW - 3), await put("approved", 4, NOW - 1), await put("approved", 5, NOW - 2)];
    const untouched = [await readRun(db, open.id), await readRun(db, later.id)];
    expect((await erase(NOW, 2)).map(({ run }) => run)).toEqual([due[0]?.id, due[2]?.id]);
    expect((await erase(NOW, 2)).map(({ run }) => run)).toEqual([due[1]?.id]);
    expect(await erase(NOW)).toEqual([]);
    expect([await readRun(db, open.id), await readRun(db, later.id)]).toEqual(untouched);
  });

  it("leaves alone a run that was reopened since it was found, its event too", async () => {
    const story = await put("approved", 1, NOW);
    const found = await erasableRuns(db, NOW, 10, []);
    await projectAll(db, story, null);
    await eraseRuns(db, found, NOW);
    expect(await readJournalCopy(db, story.id, { seq: story.entries.length, head: story.head })).toMatchObject({ kind: "whole" });
  });

  it("keeps an event's data until the last run of it is erased", async () => {
    await approveSpec(db, { ...SPEC, workflow: "other" });
    const story = tell({ ending: "approved", ticket: 1 });
    const other = { ...story, id: story.id.replace("ticket-triage", "other") };
    await projectAll(db, story, NOW);
    await projectAll(db, other, NOW + DAY);
    expect(await erase(NOW)).toEqual([{ run: story.id, event: null }]);
    expect((await readRun(db, other.id))?.event?.data).toEqual(story.event.data);
    expect(await erase(NOW + DAY)).toEqual([{ run: other.id, event: story.event.id }]);
    expect((await readRun(db, other.id))?.event?.data).toBeNull();
  });

  it("keeps an event's data for a run of a deployed workflow that never had a spec", async () => {
    const story = tell({ ending: "approved", ticket: 1 });
    const other = { ...story, id: story.id.replace("ticket-triage", "unapproved") };
    await projectAll(db, story, NOW);
    await projectAll(db, other, NOW + DAY);
    expect(await erasableRuns(db, NOW, 10, ["unapproved"])).toEqual([{ run: story.id, event: null }]);
  });

  it("does not hinder a run that another workflow begins later with the same event", async () => {
    const story = await put("approved", 1, NOW);
    await erase(NOW);
    const other = { ...story, id: story.id.replace("ticket-triage", "other") };
    const head = await projectAll(db, other, NOW + DAY);
    expect(await readJournalCopy(db, other.id, { seq: other.entries.length, head })).toMatchObject({
      kind: "whole",
      data: story.event.data,
    });
  });

  it("leaves an approval that can still be read", async () => {
    const { approvalId } = await put("rejected", 1, NOW);
    await erase(NOW);
    expect(await readApproval(db, approvalId)).toMatchObject({
      approval: { status: "rejected", decidedBy: "grace@example.com", approval: { step: "route ticket", values: {}, why: "" } },
      decisions: [],
      reads: [],
      decision: null,
    });
  });
});

describe("an overdue run", () => {
  it("is one whose time to move has passed; not one that waits for an operator, nor one that has ended", async () => {
    const db = fakeD1();
    const put = async (ending: Ending, ticket: number) => {
      const story = tell({ ending, ticket });
      await projectAll(db, story, story.state.status === "completed" || story.state.status === "failed" ? NOW + DAY : null);
      return story.id;
    };
    const retrying = await put("retrying", 1);
    const asked = await put("asked", 2);
    for (const [index, ending] of (["held", "unknown", "approved", "failed"] as const).entries()) await put(ending, 10 + index);
    const overdue = async (before: number, limit = 10) => (await overdueRuns(db, before, limit)).map(({ run }) => run);
    expect(await overdue(NOW)).toEqual([retrying]);
    expect(await overdue(NOW + 5 * 60 * MINUTE)).toEqual([retrying, asked]);
    expect(await overdue(NOW + 5 * 60 * MINUTE, 1)).toEqual([retrying]);
    const plan = await db.prepare("explain query plan select id as run, partition from run where due < 5 order by due limit 5").all();
    expect(JSON.stringify(plan.results)).toContain("run_due");
  });

  it("is one, too, of which an undo is under way after its end", async () => {
    const db = fakeD1();
    const story = tell({ ending: "approved", ticket: 1 });
    await projectAll(db, story, null);
    expect((await overdueRuns(db, NOW + DAY, 10)).map(({ run }) => run)).toEqual([story.id]);
  });
});
