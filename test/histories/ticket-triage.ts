// The ways that a run of ticket-triage can go: its recorded histories are made from them. Apart from the scenarios of its tests, which change as tests do.
import { ticketTriageSpec } from "../../src/workflows/ticket-triage/governance.ts";
import type { Scenario } from "../harness/scenario.ts";
import { approve, edit, nobody, reject } from "../harness/workflow-harness.ts";
import type { Path } from "./paths.ts";

const decided = (team: string, confidence: number): Scenario["decisions"] => ({
  triage: { value: { team, priority: "high" }, confidence },
});

/** The model is sure, and everything works. */
const sure: Scenario = {
  spec: ticketTriageSpec,
  event: { subject: "1001" },
  records: { "ticket/1001": { group: "support", priority: null } },
  reads: {
    "zendesk.getTicket": ({ id }: { id: string }) => ({
      id,
      subject: "Charged twice",
      description: "My card was charged twice for one order. Mail me at kim@example.com.",
      status: "new",
      priority: null,
      group: "support",
      tags: [],
      requester: { id: "7" },
      updatedAt: "2026-01-05T08:59:00Z",
    }),
  },
  outputs: { "slack.postMessage": ({ channel }: { channel: string }) => ({ channel, ts: "1767603600.000100" }) },
  decisions: decided("billing", 0.95),
};

/** A person is asked. */
const unsure: Scenario = { ...sure, decisions: decided("billing", 0.3) };

export const paths: Readonly<Record<string, Path>> = {
  automatic: { scenario: sure },
  approved: { scenario: { ...unsure, answers: approve() } },
  edited: { scenario: { ...unsure, answers: edit({ group: "returns", priority: "low" }) } },
  rejected: { scenario: { ...unsure, answers: reject("Not ours") } },
  expired: { scenario: { ...unsure, answers: nobody() } },
  drifted: {
    scenario: { ...unsure, answers: approve() },
    drive: async (run) => {
      await run.until("approval");
      run.answer(approve());
      run.change("ticket/1001", { group: "technical" });
    },
  },
  denied: { scenario: { ...sure, spec: { ...ticketTriageSpec, actions: { "zendesk.addComment": { ask: "never", fields: {} } } } } },
  shadow: { scenario: { ...sure, spec: { ...ticketTriageSpec, mode: "shadow" } } },
  repeated: {
    scenario: {
      ...sure,
      faults: { "load ticket": ["503"], triage: ["429"], "route ticket": ["conflict"], "tell the team": ["answer lost"] },
    },
  },
  compensated: { scenario: { ...sure, faults: { "tell the team": ["422 always"] } } },
  failed: { scenario: { ...sure, spec: { ...ticketTriageSpec, onFailure: "leave" }, faults: { "tell the team": ["422 always"] } } },
  cancelled: {
    scenario: unsure,
    drive: async (run) => {
      await run.until("approval");
      run.ask({ do: "cancel", compensate: false, reason: "Closed by the customer" });
    },
  },
};
