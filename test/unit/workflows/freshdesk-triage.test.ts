// Ticket triage on Freshdesk: what is its own (the desk's words, the note, its governance spec); the steps that it shares are tested in ticket-triage.test.ts.
// The last tests run it on the engine against the sandbox's stand-in, so that the connector's own requests are in it.
import { describe, expect, it } from "vitest";
import { API_KEY } from "../../../sandbox/freshdesk/account.ts";
import type { Conversation, Ticket } from "../../../sandbox/freshdesk/store.ts";
import { GovernanceSpec } from "../../../src/governance/spec.ts";
import type { Model } from "../../../src/inference/model.ts";
import { CHANNELS } from "../../../src/workflows/ticket-triage/channels.ts";
import { freshdeskTriageSpec } from "../../../src/workflows/ticket-triage/freshdesk-governance.ts";
import { freshdeskTriage } from "../../../src/workflows/ticket-triage/freshdesk-workflow.ts";
import { crashEverywhere, expectEffects } from "../../harness/expectations.ts";
import { MemoryEngine } from "../../harness/memory-engine.ts";
import { edit, type Scenario, testWorkflow } from "../../harness/workflow-harness.ts";
import { createFakeSlack } from "../connectors/fake-slack.ts";
import { freshdeskHere, TICKET } from "../connectors/worlds/freshdesk-worlds.ts";

const sure: Scenario = {
  spec: freshdeskTriageSpec,
  event: { subject: "41" },
  records: { "ticket/41": { group: "support", priority: "low" } },
  reads: {
    "freshdesk.getTicket": ({ id }) => ({
      id,
      subject: "Charged twice",
      description: "My card was charged twice. Write to kim@example.com.",
      status: "open",
      priority: "low",
      type: null,
      group: "support",
      agent: null,
      tags: [],
      custom: {},
      requester: { id: "7" },
      updatedAt: "2026-01-05T08:59:00Z",
    }),
  },
  decisions: { triage: { value: { team: "billing", priority: "normal" }, confidence: 0.95 } },
};
const unsure: Scenario = { ...sure, decisions: { triage: { value: { team: "billing", priority: "normal" }, confidence: 0.3 } } };

it("routes a ticket in Freshdesk's words, explains it in a private note, and tells the team", async () => {
  const run = testWorkflow(freshdeskTriage, sure);
  expect(await run.toEnd()).toMatchObject({
    status: "completed",
    output: { routed: true, team: "billing", priority: "medium", told: true },
  });
  expectEffects(run, [
    { step: "route ticket", action: "freshdesk.updateTicket", values: { group: "billing", priority: "medium" }, status: "applied" },
    { step: "explain route", action: "freshdesk.addNote", target: "ticket/41", status: "applied" },
    { step: "tell the team", target: `channel/${CHANNELS.billing}`, status: "applied" },
  ]);
});

it("sends the model no address", async () => {
  const run = testWorkflow(freshdeskTriage, sure);
  await run.toEnd();
  expect(run.asked[0]?.input["ticket.description"]).toBe("My card was charged twice. Write to [EMAIL_1].");
});

it("asks a person when the model is unsure, and follows their edit", async () => {
  const run = testWorkflow(freshdeskTriage, { ...unsure, answers: edit({ group: "returns", priority: "urgent" }) });
  await run.until("approval");
  expect(run.approval).toMatchObject({ before: { group: "support" }, values: { group: "billing" }, rule: "confidence_below" });
  expect(await run.toEnd()).toMatchObject({ output: { team: "returns", priority: "urgent" } });
});

it("takes back what it wrote when the team cannot be told", async () => {
  const run = testWorkflow(freshdeskTriage, { ...sure, faults: { "tell the team": ["422 always"] } });
  expect(await run.toEnd()).toMatchObject({ status: "failed" });
  expectEffects(run, [
    { step: "route ticket", status: "undone" },
    { step: "explain route", status: "undone" },
    { step: "tell the team", status: "failed: connector.rejected" },
  ]);
  expect(run.record("ticket/41")).toEqual({ group: "support", priority: "low" });
});

it("ends the same wherever the process stops", async () => {
  expect(await crashEverywhere(freshdeskTriage, sure)).toBeGreaterThan(20);
});

it("has a governance spec that is one, for its own actions", () => {
  expect(GovernanceSpec.safeParse(freshdeskTriageSpec).success).toBe(true);
  expect(Object.keys(freshdeskTriageSpec.actions)).toEqual(["freshdesk.updateTicket", "freshdesk.addNote", "slack.postMessage"]);
});

describe("against the stand-in", () => {
  function world() {
    const clock = { now: Date.parse("2026-01-05T09:00:00Z") };
    const desk = freshdeskHere({ now: () => clock.now });
    const slack = createFakeSlack({ token: "s", channels: Object.values(CHANNELS), now: () => clock.now });
    const model: Model = {
      id: "scripted",
      provider: "test",
      local: true,
      label: "Scripted",
      decide: async () => ({
        ok: true,
        decision: {
          value: { team: "billing", priority: "high" },
          confidence: 0.95,
          fields: {},
          source: "logprobs",
          basis: { prompt: "prompt", schema: "schema" },
          model: "scripted",
          provider: "test",
          usage: { promptTokens: 1, completionTokens: 1 },
          costUsd: 0,
          latencyMs: 1,
        },
      }),
    };
    const engine = new MemoryEngine({
      workflow: freshdeskTriage,
      spec: freshdeskTriageSpec,
      event: {
        id: "evt_1",
        connection: "freshdesk",
        source: "freshdesk/freshdesk",
        type: "ticket.created",
        subject: TICKET,
        time: clock.now,
        data: {},
      },
      model,
      systems: {
        freshdesk: { fetch: desk.fetch, authorization: `Basic ${btoa(`${API_KEY}:X`)}` },
        slack: { fetch: slack.fetch, authorization: "Bearer s" },
      },
      clock,
    });
    const ticket = () => desk.tables.get("tickets")?.get(TICKET) as Ticket;
    const notes = () => (desk.tables.get("conversations")?.all() ?? []) as Conversation[];
    return { engine, desk, ticket, notes };
  }

  it("the ticket is routed once and one private note says why", async () => {
    const { engine, desk, ticket, notes } = world();
    expect(await engine.run()).toMatchObject({
      kind: "ended",
      state: { status: "completed", output: { routed: true, team: "billing", priority: "high" } },
    });
    expect(ticket()).toMatchObject({ group_id: 301, priority: 3, tags: ["vip"] });
    expect(notes()).toMatchObject([
      { private: true, body_text: expect.stringContaining("sent this ticket to billing with priority high") },
    ]);
    expect(desk.writes()).toBe(2);
  });

  it.each(["lost", 500, "html"] as const)("a write that was done and answered with %s is not done twice", async (kind) => {
    const { engine, desk, notes } = world();
    desk.fault(kind, "after");
    desk.fault(kind, "after", ({ path, method }) => method === "POST" && path.endsWith("/notes"));
    expect(await engine.run()).toMatchObject({ kind: "ended", state: { status: "completed" } });
    expect(desk.writes()).toBe(2);
    expect(notes()).toHaveLength(1);
  });
});
