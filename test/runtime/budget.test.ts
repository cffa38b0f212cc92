// A budget for model calls in workerd: runs of several partitions, one object that counts, dated prices, and what D1 says afterwards.
import { createExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { seedSpecs } from "../../sandbox/specs.ts";
import { EVERY_WORKFLOW } from "../../src/core/principal.ts";
import { costsPerRecord } from "../../src/db/costs.ts";
import { recordCard } from "../../src/db/provider-cards.ts";
import { readRun } from "../../src/db/reads.ts";
import { PRICE_TABLE } from "../../src/inference/prices.ts";
import type { Context } from "../../src/operations/context.ts";
import { startRuns } from "../../src/operations/start-runs.ts";
import { ticketTriageSpec } from "../../src/workflows/ticket-triage/governance.ts";
import { outside, ticketEvent } from "./outside.ts";
import { BILLED, BUDGETED, deployment, scripted } from "./worker.ts";

const WORKFLOW = "budgeted-triage";

describe("a budget of $0.025 a day, for calls of at most some $0.02 that cost $0.01", () => {
  let world: ReturnType<typeof outside>;
  beforeAll(async () => {
    world = outside();
    const budget = { usdPerDay: 0.025, onReached: "refuse" as const };
    await seedSpecs(env.DB, [{ ...ticketTriageSpec, workflow: WORKFLOW, version: 1, budget }], Date.now());
    const agreement = { dpaSignedOn: "2026-01-01", dpaExpires: null, region: "eu", zeroRetention: true, transfer: null };
    await recordCard(env.DB, { ...BILLED, ...agreement, recordedAt: Date.now(), recordedBy: "dpo@example.com" });
  });
  afterAll(() => vi.restoreAllMocks());

  const run = async (subject: string) => {
    const execution = createExecutionContext();
    const context: Context = { env, deployment, waitUntil: (work) => execution.waitUntil(work) };
    const ticket = world.zendesk.add({ subject, group_id: 100, priority: null });
    const [outcome] = await startRuns(context, [{ ...ticketEvent(ticket), type: BUDGETED.type }]);
    const id = outcome?.kind === "started" ? (outcome.runs[0]?.runId ?? "") : "";
    return vi.waitFor(
      async () => {
        const detail = await readRun(env.DB, id);
        expect(["completed", "failed"]).toContain(detail?.run.status);
        return detail;
      },
      { timeout: 60_000, interval: 50 },
    );
  };

  it("lets calls through while there is room, refuses the next before it is sent, and D1 says what was spent", async () => {
    const before = scripted.calls;
    const first = await run("Charged twice");
    expect(first?.run.status).toBe("completed");
    expect(first?.cost).toEqual({ usd: 0.01, calls: 1, unknownCalls: 0 });
    const refused = await run("one too many");
    expect(refused?.run.state).toMatchObject({
      status: "failed",
      error: { code: "model.budget", message: expect.stringContaining("$0.01 is spent") },
    });
    expect(refused?.cost).toEqual({ usd: 0, calls: 0, unknownCalls: 0 });
    expect(scripted.calls - before).toBe(1);
    const { results } = await env.DB.prepare("select provider, model, usd, price_version as prices from decision_cost where workflow = ?")
      .bind(WORKFLOW)
      .all();
    expect(results).toEqual([{ provider: "openai", model: "gpt-4.1-2025-04-14", usd: 0.01, prices: PRICE_TABLE }]);
    expect(await costsPerRecord(env.DB, { within: EVERY_WORKFLOW, workflow: WORKFLOW })).toMatchObject([
      { runs: 1, automated: 1, usd: 0.01 },
    ]);
  });
});
