// The account that the sandbox plays: its agents, groups, contacts and fields. All of it is made up and public; nothing here opens anything outside the sandbox.

/** Of the agent that Interlock calls as. */
export const API_KEY = "sandboxFreshdeskKey0000";
export const WEBHOOK_SECRET = "sandbox-freshdesk-webhook-secret";
export const HOOK = "/hooks/freshdesk";

export interface Agent {
  id: number;
  ticket_scope: number;
  type: "support_agent";
  contact: { name: string; email: string; active: boolean };
}

const agent = (id: number, name: string, email: string): Agent => ({
  id,
  ticket_scope: 1,
  type: "support_agent",
  contact: { name, email, active: true },
});

/** The one that the key belongs to. */
export const OWN_AGENT = 700;
export const AGENTS: readonly Agent[] = [
  agent(OWN_AGENT, "Interlock", "interlock@example.com"),
  agent(701, "Maya Brandt", "maya.brandt@example.com"),
  agent(702, "Jonas Keller", "jonas.keller@example.com"),
];

export interface Group {
  id: number;
  name: string;
}

export const GROUPS: readonly Group[] = ["support", "billing", "shipping", "returns", "technical", "account", "privacy"].map(
  (name, index) => ({
    id: 300 + index,
    name,
  }),
);

export interface Field {
  name: string;
  label: string;
  type: string;
}

export const FIELDS: readonly Field[] = [
  { name: "subject", label: "Subject", type: "default_subject" },
  { name: "status", label: "Status", type: "default_status" },
  { name: "cf_interlock", label: "Interlock", type: "custom_text" },
  { name: "cf_order", label: "Order", type: "custom_text" },
  { name: "cf_amount", label: "Amount", type: "custom_decimal" },
];
