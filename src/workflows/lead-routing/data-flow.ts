// What of a lead goes to a model, whichever CRM it comes from, and the record that those elements are taken from.
import type { DataElement } from "../../engine/define.ts";

export const LEAD_DATA_FLOW = [
  {
    element: "lead.message",
    class: "personal",
    to: "model",
    purpose: "lead-routing",
    basis: "legitimate-interest",
    treatment: "mask",
    redact: ["email", "phone", "card", "iban", "national-id", "birth-date"],
    retentionDays: 30,
  },
  {
    element: "lead.jobTitle",
    class: "personal",
    to: "model",
    purpose: "lead-routing",
    basis: "legitimate-interest",
    treatment: "mask",
    redact: ["email", "phone"],
    retentionDays: 30,
  },
  {
    element: "lead.company",
    class: "personal",
    to: "model",
    purpose: "lead-routing",
    basis: "legitimate-interest",
    treatment: "mask",
    redact: ["email", "phone"],
    retentionDays: 30,
  },
  { element: "lead.employees", class: "none", to: "model", purpose: "lead-routing", basis: "legitimate-interest", retentionDays: 30 },
  { element: "lead.country", class: "none", to: "model", purpose: "lead-routing", basis: "legitimate-interest", retentionDays: 30 },
  { element: "lead.source", class: "none", to: "model", purpose: "lead-routing", basis: "legitimate-interest", retentionDays: 30 },
  { element: "lead.mailbox", class: "none", to: "model", purpose: "lead-routing", basis: "legitimate-interest", retentionDays: 30 },
] as const satisfies readonly DataElement[];

/** As the CRM has it; null where it has nothing. */
export interface LeadRecord {
  readonly message: string | null;
  readonly jobTitle: string | null;
  readonly company: string | null;
  readonly employees: string | null;
  readonly country: string | null;
  readonly source: string | null;
  readonly mailbox: "private" | "company" | null;
}
