// A governance spec for freshdesk-triage to begin with: ticket triage's rules, on Freshdesk's actions. In production the process owner's approved version in D1 is what counts.
import type { GovernanceSpec } from "../../governance/spec.ts";
import { PRIORITY_IN_FRESHDESK } from "./freshdesk-workflow.ts";
import { ticketTriageSpec } from "./governance.ts";
import { TEAMS } from "./labels.ts";

export const freshdeskTriageSpec: GovernanceSpec = {
  ...ticketTriageSpec,
  workflow: "freshdesk-triage",
  actions: {
    "freshdesk.updateTicket": {
      ask: "when_unsure",
      fields: { group: { oneOf: [...TEAMS] }, priority: { oneOf: Object.values(PRIORITY_IN_FRESHDESK) } },
    },
    "freshdesk.addNote": { ask: "never", fields: { body: { maxLength: 2000 } } },
    "slack.postMessage": { ask: "never", fields: { text: { maxLength: 2000 } } },
  },
};
