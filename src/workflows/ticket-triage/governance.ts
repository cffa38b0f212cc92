// The governance spec that the demo approves for ticket-triage. In production the process owner's approved version in D1 is what counts, not this file.
import type { GovernanceSpec } from "../../governance/spec.ts";
import { PRIORITIES, TEAMS } from "./labels.ts";

export const ticketTriageSpec: GovernanceSpec = {
  workflow: "ticket-triage",
  version: 1,
  owner: "head.of.support@example.com",
  purpose: "Route new support tickets to the team that can solve them, so that customers wait less for the right person",
  mode: "live",
  regulated: false,
  thresholds: { triage: 0.6 },
  alwaysAsk: [
    {
      decision: "triage",
      field: "team",
      equals: "privacy",
      because: "Requests about personal data have legal deadlines: a person confirms each one",
    },
  ],
  actions: {
    "zendesk.updateTicket": { ask: "when_unsure", fields: { group: { oneOf: [...TEAMS] }, priority: { oneOf: [...PRIORITIES] } } },
    "zendesk.addComment": { ask: "never", fields: { body: { maxLength: 2000 }, public: { oneOf: [false] } } },
    "slack.postMessage": { ask: "never", fields: { text: { maxLength: 2000 } } },
  },
  review: { reviewers: ["ada@example.com", "grace@example.com"], slaMinutes: 240, onExpiry: "reject" },
  onFailure: "compensate",
  rollback: { procedure: "Undo each write on its run's page", owner: "head.of.support@example.com", windowDays: 30 },
  retention: { payloadDays: 30 },
};
