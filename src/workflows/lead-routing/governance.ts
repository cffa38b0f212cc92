// A governance spec for lead-routing to begin with. What counts is the version in D1 that the process owner has approved, not this file.
import type { GovernanceSpec } from "../../governance/spec.ts";
import { OWNERS } from "./owners.ts";

export const leadRoutingSpec: GovernanceSpec = {
  workflow: "lead-routing",
  version: 1,
  owner: "head.of.sales@example.com",
  purpose: "Give each new lead to the person who sells to its kind within minutes, and none to two people",
  mode: "live",
  regulated: false,
  thresholds: { judgement: 0.6 },
  alwaysAsk: [],
  actions: {
    "hubspot.assignOwner": {
      ask: "when_unsure",
      // Only from nobody: a lead that somebody took meanwhile stays theirs.
      fields: {
        owner: {
          oneOf: Object.values(OWNERS),
          transitions: Object.values(OWNERS).map((owner) => [null, owner] as const) as [null, string][],
        },
      },
    },
    "hubspot.addNote": { ask: "never", fields: { text: { maxLength: 2000 }, at: {} } },
    "hubspot.createTask": {
      ask: "never",
      fields: {
        subject: { oneOf: ["Call a lead that wants to buy", "Merge a duplicate lead"] },
        text: { maxLength: 2000 },
        dueAt: {},
        priority: { oneOf: ["MEDIUM", "HIGH"] },
        owner: { oneOf: Object.values(OWNERS) },
      },
    },
  },
  review: { reviewers: ["ada@example.com", "grace@example.com"], slaMinutes: 120, onExpiry: "reject" },
  limits: { writesPerHour: 300 },
  onFailure: "compensate",
  rollback: { procedure: "Undo each write on its run's page", owner: "head.of.sales@example.com", windowDays: 30 },
  retention: { payloadDays: 30 },
};
