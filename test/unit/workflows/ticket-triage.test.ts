// Ticket triage, tested as its author would: the world is described, the run is let go, and what it wrote is compared. docs/test-a-workflow.md quotes this file.
import { expect, it } from "vitest";
import { CHANNELS } from "../../../src/workflows/ticket-triage/channels.ts";
import { ticketTriageSpec } from "../../../src/workflows/ticket-triage/governance.ts";
import { ticketTriage } from "../../../src/workflows/ticket-triage/workflow.ts";
import { crashEverywhere, expectEffects } from "../../harness/expectations.ts";
import { approve, edit, nobody, reject, type Scenario, testWorkflow } from "../../harness/workflow-harness.ts";

const sure: Scenario = {
  spec: ticketTriageSpec,
  event: { subject: "1001" },
  records: { "ticket/1001": { group: "support", priority: null } },
  reads: {
    "zendesk.getTicket": ({ id }) => ({
      id,
      subject: "Charged twice",
      description: "My card was charged twice. Write to kim@example.com.",
      status: "new",
      priority: null,
      group: "support",
      tags: [],
      requester: { id: "7" },
      updatedAt: "2026-01-05T08:59:00Z",
    }),
  },
  decisions: { triage: { value: { team: "billing", priority: "high" }, confidence: 0.95 } },
};
const unsure: Scenario = { ...sure, decisions: { triage: { value: { team: "billing", priority: "high" }, confidence: 0.3 } } };

it("routes a ticket that the model is sure of, explains it, and tells the team", async () => {
  const run = testWorkflow(ticketTriage, sure);
  expect(await run.toEnd()).toMatchObject({ status: "completed", output: { routed: true, team: "billing", told: true } });
  expectEffects(run, [
    { step: "route ticket", action: "zendesk.updateTicket", values: { group: "billing", priority: "high" }, status: "applied" },
    { step: "explain route", target: "ticket/1001", status: "applied" },
    { step: "tell the team", target: `channel/${CHANNELS.billing}`, status: "applied" },
  ]);
  expect(run.record("ticket/1001")).toEqual({ group: "billing", priority: "high" });
});

it("sends the model no address", async () => {
  const run = testWorkflow(ticketTriage, sure);
  await run.toEnd();
  expect(run.asked).toHaveLength(1);
  expect(run.asked[0]?.input["ticket.description"]).toBe("My card was charged twice. Write to [EMAIL_1].");
});

it("asks a person when the model is unsure, and does what they approve", async () => {
  const run = testWorkflow(ticketTriage, { ...unsure, answers: approve() });
  await run.until("approval");
  expect(run.approval).toMatchObject({ before: { group: "support" }, values: { group: "billing" }, rule: "confidence_below" });
  expect(run.calls("zendesk.updateTicket")).toHaveLength(0);
  expect(await run.toEnd()).toMatchObject({ output: { routed: true, team: "billing" } });
});

it("follows a reviewer's edit, not the model", async () => {
  const run = testWorkflow(ticketTriage, { ...unsure, answers: edit({ group: "returns" }) });
  await run.toEnd();
  expectEffects(run, [
    { step: "route ticket", values: { group: "returns", priority: "high" }, status: "applied" },
    { step: "explain route", status: "applied" },
    { step: "tell the team", target: `channel/${CHANNELS.returns}`, status: "applied" },
  ]);
});

it("always asks before it routes to privacy", async () => {
  const run = testWorkflow(ticketTriage, { ...sure, decisions: { triage: { value: { team: "privacy", priority: "high" } } } });
  expect(await run.until("approval")).toMatchObject({ step: "route ticket" });
});

it.each([
  ["rejected", reject("Not ours")],
  ["expired", nobody()],
])("writes nothing after an approval that is %s", async (because, answers) => {
  const run = testWorkflow(ticketTriage, { ...unsure, answers });
  expect(await run.toEnd()).toMatchObject({ status: "completed", output: { routed: false, because } });
  expectEffects(run, [{ step: "route ticket", status: `refused: ${because}` }]);
});

it("expires when the time of the governance spec is over, and not before", async () => {
  const run = testWorkflow(ticketTriage, unsure);
  await run.until("approval");
  expect(await run.advance(239 * 60_000)).toMatchObject({ status: "waiting" });
  expect(await run.advance(60_000)).toMatchObject({ status: "completed", output: { because: "expired" } });
});

it("asks again when somebody changed the ticket while it was being approved", async () => {
  const run = testWorkflow(ticketTriage, unsure);
  await run.until("approval");
  run.answer(approve());
  run.change("ticket/1001", { group: "technical" });
  await run.until("approval");
  expect(run.approval.before).toMatchObject({ group: "technical" });
  expect(run.calls("zendesk.updateTicket")).toHaveLength(0);
});

it.each(["answer lost", "timeout before", "429", "500", "conflict"] as const)("routes the ticket once after: %s", async (fault) => {
  const run = testWorkflow(ticketTriage, { ...sure, faults: { "route ticket": [fault] } });
  expect(await run.toEnd()).toMatchObject({ output: { routed: true, told: true } });
  expect(run.effects[0]).toMatchObject({ step: "route ticket", status: "applied" });
  expect(run.calls("zendesk.updateTicket")).toHaveLength(fault === "answer lost" ? 1 : 2);
});

it("takes back what it wrote when the team cannot be told", async () => {
  const run = testWorkflow(ticketTriage, { ...sure, faults: { "tell the team": ["422 always"] } });
  expect(await run.toEnd()).toMatchObject({ status: "failed", error: { code: "connector.rejected" } });
  expectEffects(run, [
    { step: "route ticket", status: "undone" },
    { step: "explain route", status: "undone" },
    { step: "tell the team", status: "failed: connector.rejected" },
  ]);
  expect(run.record("ticket/1001")).toEqual({ group: "support", priority: null });
});

it.each([
  ["is sure", sure],
  ["is unsure and a person edits", { ...unsure, answers: edit({ group: "returns" }) }],
  ["cannot tell the team", { ...sure, faults: { "tell the team": ["422 always"] } } satisfies Scenario],
])("ends the same wherever the process stops, when it %s", async (_, scenario) => {
  expect(await crashEverywhere(ticketTriage, scenario)).toBeGreaterThan(20);
});
