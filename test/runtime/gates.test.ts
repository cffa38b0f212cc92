// Many people at one approval at the same moment, through the API and the real partition: as many take effect as are needed, and nobody else does. And time that
// passes while nobody answers: the alarm journals what is due.
import { createExecutionContext, runDurableObjectAlarm } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { seedGrants } from "../../sandbox/grants.ts";
import { seedSpecs } from "../../sandbox/specs.ts";
import { everywhere } from "../../src/core/principal.ts";
import type { Entry } from "../../src/engine/journal.ts";
import type { GovernanceSpec } from "../../src/governance/spec.ts";
import { createApp } from "../../src/http/app.tsx";
import type { Context } from "../../src/operations/context.ts";
import { inspectRun } from "../../src/operations/govern-run.ts";
import { startRuns } from "../../src/operations/start-runs.ts";
import { ticketTriageSpec } from "../../src/workflows/ticket-triage/governance.ts";
import { outside, ticketEvent } from "./outside.ts";
import { deployment } from "./worker.ts";

const CROWD = 200;
const people = Array.from({ length: CROWD }, (_, index) => `reviewer-${index}@example.com`);
const app = createApp(deployment);
const context = (): Context => {
  const execution = createExecutionContext();
  return { env, deployment, waitUntil: (work) => execution.waitUntil(work) };
};
let world: ReturnType<typeof outside>;
let version = ticketTriageSpec.version;

beforeAll(async () => {
  world = outside();
  await seedGrants(
    env.DB,
    people.flatMap((principal) => everywhere("reviewer").map((grant) => ({ principal, ...grant }))),
    Date.now(),
  );
});
afterEach(() => {
  vi.useRealTimers();
});
afterAll(() => {
  vi.restoreAllMocks();
});

/** A run that waits for a decision under these terms, and what it asks. */
async function ask(review: Partial<GovernanceSpec["review"]>) {
  version++;
  await seedSpecs(
    env.DB,
    [{ ...ticketTriageSpec, version, review: { ...ticketTriageSpec.review, reviewers: people, ...review } }],
    Date.now(),
  );
  // Starts remember approved specs for a second.
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 2_000 });
  const ticket = world.zendesk.add({ subject: "x", description: "confidence=0.3", group_id: 100, priority: null });
  const [outcome] = await startRuns(context(), [ticketEvent(ticket, `gates-${ticket}`)]);
  if (outcome?.kind !== "started" || !outcome.runs[0]) throw new Error(JSON.stringify(outcome));
  const { runId } = outcome.runs[0];
  const row = await vi.waitFor(
    async () => {
      const found = await env.DB.prepare("select id, body from approval where run = ?").bind(runId).first<{ id: string; body: string }>();
      if (!found) throw new Error("not asked yet");
      return found;
    },
    { timeout: 60_000, interval: 20 },
  );
  return { ticket, runId, id: row.id, digest: (JSON.parse(row.body) as { digest: string }).digest };
}

const say = (person: string, id: string, decision: object) =>
  app.request(
    `/api/approvals/${id}/decision`,
    { method: "POST", body: JSON.stringify(decision), headers: { "content-type": "application/json" } },
    { ...env, DEV_IDENTITY: `Somebody <${person}>` },
    createExecutionContext(),
  );
const entriesOf = async (runId: string): Promise<readonly Entry[]> => {
  const inspected = await inspectRun(context(), runId);
  if (!inspected.ok) throw new Error(inspected.error.message);
  return inspected.value.entries;
};
const has = (runId: string, type: Entry["type"]) =>
  vi.waitFor(
    async () => {
      const entries = await entriesOf(runId);
      if (!entries.some((entry) => entry.type === type)) throw new Error(`no ${type} yet: ${entries.map((entry) => entry.type)}`);
      return entries;
    },
    { timeout: 60_000, interval: 20 },
  );

describe(`${CROWD} people who decide at the same moment`, () => {
  it.each([1, 3])("where %s must agree, so many take effect, and the others are told 409", async (approvals) => {
    const { ticket, runId, id, digest } = await ask({ approvals });
    const answers = await Promise.all(people.map((person) => say(person, id, { kind: "approved", digest })));
    const refused = await Promise.all(answers.filter(({ status }) => status !== 200).map((answer) => answer.json<{ code: string }>()));
    const counts = { tookEffect: answers.length - refused.length, refused: refused.length };
    console.log(`${approvals} of ${CROWD} simultaneous decisions: ${JSON.stringify(counts)}`);
    expect(counts).toEqual({ tookEffect: approvals, refused: CROWD - approvals });
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(CROWD - approvals);
    expect(new Set(refused.map(({ code }) => code))).toEqual(new Set(["approval.already_decided"]));
    const entries = await has(runId, "run.completed");
    const said = entries.flatMap((entry) =>
      entry.type === "approval.endorsed"
        ? [entry.by]
        : entry.type === "approval.decided" && "by" in entry.decision
          ? [entry.decision.by]
          : [],
    );
    expect(new Set(said).size).toBe(approvals);
    expect(said).toHaveLength(approvals);
    expect(world.zendesk.comments(ticket).filter(({ body }) => body.startsWith("Interlock sent"))).toHaveLength(1);
  });
});

describe("an approval that nobody answers", () => {
  it("is reminded of, escalated and ended by the alarm, each when it is due", async () => {
    const boss = "boss@example.com";
    const { runId } = await ask({
      slaMinutes: 60,
      remindAfterMinutes: [20],
      escalation: [{ to: [boss], minutes: 30 }],
      onExpiry: "cancel",
    });
    const row = await env.DB.prepare("select partition from run where id = ?").bind(runId).first<{ partition: string }>();
    const stub = env.RUN_PARTITION.getByName(row?.partition ?? "");
    const began = Date.now();
    const pass = async (minutes: number) => {
      vi.setSystemTime(began + minutes * 60_000);
      await runDurableObjectAlarm(stub);
    };
    await pass(21);
    await has(runId, "approval.reminded");
    await pass(61);
    expect((await has(runId, "approval.escalated")).find(({ type }) => type === "approval.escalated")).toMatchObject({
      level: 1,
      to: [boss],
    });
    await pass(91);
    const entries = await has(runId, "run.cancelled");
    expect(entries.flatMap(({ type }) => (type.startsWith("approval.") || type.startsWith("run.cancel") ? [type] : []))).toEqual([
      "approval.requested",
      "approval.reminded",
      "approval.escalated",
      "approval.decided",
      "run.cancel_requested",
      "run.cancelled",
    ]);
  });
});
