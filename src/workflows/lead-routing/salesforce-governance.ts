// A governance spec for lead-routing-salesforce to begin with. What counts is the version in D1 that the process owner has approved, not this file.
import type { GovernanceSpec } from "../../governance/spec.ts";
import { leadRoutingSpec } from "./governance.ts";
import { INBOX, OWNERS } from "./owners.ts";

export const salesforceLeadRoutingSpec: GovernanceSpec = {
  ...leadRoutingSpec,
  workflow: "lead-routing-salesforce",
  actions: {
    "salesforce.assignRecord": {
      ask: "when_unsure",
      // Only out of the queue: a lead that somebody took meanwhile stays theirs.
      fields: {
        owner: {
          oneOf: Object.values(OWNERS),
          transitions: Object.values(OWNERS).map((owner) => [INBOX, owner] as const) as [string, string][],
        },
      },
    },
    "salesforce.addFeedItem": { ask: "never", fields: { body: { maxLength: 2000 } } },
    "salesforce.createTask": {
      ask: "never",
      fields: {
        subject: { oneOf: ["Call a lead that wants to buy", "Merge a duplicate lead"] },
        description: { maxLength: 2000 },
        due: {},
        priority: { oneOf: ["Normal", "High"] },
        // The id of a user: whose it is was ruled on by name, or is the desk's.
        owner: {},
      },
    },
  },
};
