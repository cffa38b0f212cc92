// What the kill test's Worker and the test itself both know: names, and the governance spec that stops no write to ask.
import type { GovernanceSpec } from "../../src/governance/spec.ts";

export const WORKFLOW = "killed";
export const CHANNEL = "C0SUPPORT";
export const COMMENT = "Seen by Interlock:";

export const killSpec: GovernanceSpec = {
  workflow: WORKFLOW,
  version: 1,
  owner: "kill@example.com",
  purpose: "Write to two systems for each ticket",
  mode: "live",
  regulated: false,
  thresholds: {},
  alwaysAsk: [],
  actions: {
    "zendesk.addComment": { ask: "never", fields: { body: { maxLength: 200 }, public: { oneOf: [false] } } },
    "slack.postMessage": { ask: "never", fields: { text: { maxLength: 200 } } },
  },
  review: { reviewers: ["kill@example.com"], slaMinutes: 60, onExpiry: "reject" },
  onFailure: "leave",
  rollback: { procedure: "None: this is a measurement", owner: "kill@example.com", windowDays: 1 },
  retention: { payloadDays: 30 },
};
