// The benchmark's governance spec: the rules are evaluated for every write; none of them stops to ask.
import type { GovernanceSpec } from "../src/governance/spec.ts";

export const benchSpec: GovernanceSpec = {
  workflow: "bench",
  version: 1,
  owner: "bench@example.com",
  purpose: "Measure what one run costs",
  mode: "live",
  regulated: false,
  thresholds: {},
  alwaysAsk: [],
  actions: {
    "records.decide": { ask: "never", fields: { decision: { oneOf: ["approved", "review"] }, label: { oneOf: ["refund", "question"] } } },
  },
  review: { reviewers: ["bench@example.com"], slaMinutes: 60, onExpiry: "reject" },
  onFailure: "leave",
  rollback: { procedure: "None: this is a measurement", owner: "bench@example.com", windowDays: 1 },
  retention: { payloadDays: 30 },
};
