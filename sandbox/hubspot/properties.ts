// What the properties of each type may hold, and how a value is kept. A test may add one at the control routes.
import { invalidProperty } from "./answer.ts";

export interface Definition {
  name: string;
  label: string;
  type: "string" | "number" | "bool" | "date" | "datetime" | "enumeration";
  fieldType: string;
  options: { label: string; value: string; displayOrder: number; hidden: boolean }[];
  hasUniqueValue: boolean;
  externalOptions: boolean;
  calculated: boolean;
  modificationMetadata: { archivable: boolean; readOnlyDefinition: boolean; readOnlyValue: boolean };
}

export type NewDefinition = Pick<Definition, "name" | "type"> & {
  fieldType?: string;
  options?: readonly string[];
  unique?: boolean;
  readOnly?: boolean;
  external?: boolean;
};

export const define = ({
  name,
  type,
  fieldType,
  options = [],
  unique = false,
  readOnly = false,
  external = false,
}: NewDefinition): Definition => ({
  name,
  label: name,
  type,
  fieldType: fieldType ?? (type === "enumeration" ? "select" : "text"),
  options: options.map((value, displayOrder) => ({ label: value, value, displayOrder, hidden: false })),
  hasUniqueValue: unique,
  externalOptions: external,
  calculated: false,
  modificationMetadata: { archivable: true, readOnlyDefinition: true, readOnlyValue: readOnly },
});

const COMMON: readonly NewDefinition[] = [
  { name: "hs_object_id", type: "number", readOnly: true },
  { name: "hs_lastmodifieddate", type: "datetime", readOnly: true },
  { name: "createdate", type: "datetime" },
  { name: "hubspot_owner_id", type: "enumeration", external: true },
];

const OWN: Readonly<Record<string, readonly NewDefinition[]>> = {
  contacts: [
    { name: "email", type: "string" },
    { name: "firstname", type: "string" },
    { name: "lastname", type: "string" },
    { name: "company", type: "string" },
    { name: "jobtitle", type: "string" },
    { name: "country", type: "string" },
    { name: "numemployees", type: "string" },
    { name: "message", type: "string" },
    {
      name: "hs_analytics_source",
      type: "enumeration",
      options: ["ORGANIC_SEARCH", "PAID_SEARCH", "REFERRALS", "DIRECT_TRAFFIC", "OFFLINE"],
    },
    { name: "lastmodifieddate", type: "datetime", readOnly: true },
    { name: "lifecyclestage", type: "enumeration", options: ["lead", "marketingqualifiedlead", "salesqualifiedlead", "customer"] },
    { name: "interests", type: "enumeration", fieldType: "checkbox", options: ["pricing", "support", "security"] },
    { name: "ai_score", type: "number" },
    { name: "erp_id", type: "string", unique: true },
  ],
  companies: [
    { name: "name", type: "string" },
    { name: "domain", type: "string" },
    { name: "erp_id", type: "string", unique: true },
  ],
  deals: [
    { name: "dealname", type: "string" },
    { name: "dealstage", type: "enumeration", options: ["appointmentscheduled", "qualifiedtobuy", "closedwon", "closedlost"] },
    { name: "amount", type: "number" },
    { name: "closedate", type: "datetime" },
    { name: "needs_review", type: "bool", fieldType: "booleancheckbox" },
    { name: "ai_score", type: "number" },
  ],
  tickets: [
    { name: "subject", type: "string" },
    { name: "hs_pipeline_stage", type: "enumeration", options: ["1", "2", "3", "4"] },
  ],
  notes: [
    { name: "hs_note_body", type: "string", fieldType: "html" },
    { name: "hs_timestamp", type: "datetime" },
  ],
  tasks: [
    { name: "hs_task_subject", type: "string" },
    { name: "hs_task_body", type: "string", fieldType: "html" },
    { name: "hs_timestamp", type: "datetime" },
    { name: "hs_task_status", type: "enumeration", options: ["NOT_STARTED", "IN_PROGRESS", "COMPLETED"] },
    { name: "hs_task_priority", type: "enumeration", options: ["NONE", "LOW", "MEDIUM", "HIGH"] },
    { name: "hs_task_type", type: "enumeration", options: ["TODO", "EMAIL", "CALL"] },
  ],
  "2-3465404": [
    { name: "plan_name", type: "string" },
    { name: "seats", type: "number" },
    { name: "contract_number", type: "string", unique: true },
  ],
};

export const definitionsOf = (type: string): Definition[] => [...COMMON, ...(OWN[type] ?? [])].map(define);

/** As it is kept; throws HubSpot's refusal. */
export function stored(definition: Definition | undefined, name: string, value: unknown): string | null {
  if (!definition) throw invalidProperty(name, "PROPERTY_DOESNT_EXIST", `Property "${name}" does not exist`);
  if (definition.modificationMetadata.readOnlyValue)
    throw invalidProperty(name, "READ_ONLY_VALUE", `"${name}" is a read only property; its value cannot be set.`);
  const text = value === null || value === undefined ? "" : String(value);
  if (text === "") return null;
  if (definition.type === "number" && !Number.isFinite(Number(text)))
    throw invalidProperty(name, "INVALID_NUMBER", `${text} was not a valid number.`);
  if (definition.type === "bool" && !/^(true|false)$/.test(text))
    throw invalidProperty(name, "INVALID_OPTION", `${text} was not one of the allowed options: [true, false]`);
  if (definition.type === "date" || definition.type === "datetime") return instant(name, text);
  if (definition.type === "enumeration" && !definition.externalOptions) return option(definition, text);
  return name === "email" ? text.toLowerCase() : text;
}

function instant(name: string, text: string): string {
  const ms = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isNaN(ms)) throw invalidProperty(name, "INVALID_DATE", `${text} was not a valid long or date.`);
  return new Date(ms).toISOString();
}

function option({ name, options, fieldType }: Definition, text: string): string {
  const known = options.map(({ value }) => value);
  const chosen = fieldType === "checkbox" ? text.split(";").filter(Boolean) : [text];
  const wrong = chosen.find((one) => !known.includes(one));
  if (wrong !== undefined)
    throw invalidProperty(name, "INVALID_OPTION", `${wrong} was not one of the allowed options: [${known.join(", ")}]`);
  return text;
}
