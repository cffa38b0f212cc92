// The account that the sandbox plays: its number, its app and the app's secrets, its types of records and what a scope is called for each.
// All of it is made up and public; nothing here opens anything outside the sandbox.

export const PORTAL_ID = 62515;
/** The app that Interlock calls as, and whose webhooks post to it. */
export const APP_ID = 54321;

export const PRIVATE_APP_TOKEN = "pat-eu1-sandbox-0000";
export const OAUTH_APP = {
  clientId: "sandbox-client",
  clientSecret: "sandbox-client-secret",
  refreshToken: "sandbox-refresh-token",
} as const;

export interface RecordType {
  /** As paths name it. */
  readonly name: string;
  readonly objectTypeId: string;
  /** One of them, as event types begin; null for those that only generic events tell of. */
  readonly word: string | null;
  /** "crm.objects.deals" with ".read" and ".write" behind it. */
  readonly scope: string;
}

export const TYPES: readonly RecordType[] = [
  { name: "contacts", objectTypeId: "0-1", word: "contact", scope: "crm.objects.contacts" },
  { name: "companies", objectTypeId: "0-2", word: "company", scope: "crm.objects.companies" },
  { name: "deals", objectTypeId: "0-3", word: "deal", scope: "crm.objects.deals" },
  { name: "tickets", objectTypeId: "0-5", word: "ticket", scope: "tickets" },
  { name: "notes", objectTypeId: "0-46", word: null, scope: "crm.objects.contacts" },
  { name: "tasks", objectTypeId: "0-27", word: null, scope: "crm.objects.contacts" },
  { name: "2-3465404", objectTypeId: "2-3465404", word: null, scope: "crm.objects.custom" },
];

/** By its path's name, its number, or the name of one. */
export const recordType = (name: string): RecordType | undefined =>
  TYPES.find((type) => type.name === name || type.objectTypeId === name || type.word === name);

export const ALL_SCOPES: readonly string[] = [
  ...new Set(TYPES.flatMap(({ scope }) => (scope === "tickets" ? [scope] : [`${scope}.read`, `${scope}.write`]))),
  "crm.objects.owners.read",
];

/** Tickets have one scope for both. */
export const scopeFor = ({ scope }: RecordType, writes: boolean): string =>
  scope === "tickets" ? scope : `${scope}.${writes ? "write" : "read"}`;

/** The numbers of associations without a label: [from, to, number]. Those of custom types are the account's own. */
export const ASSOCIATION_TYPES: readonly (readonly [string, string, number, "HUBSPOT_DEFINED" | "USER_DEFINED"])[] = [
  ["notes", "contacts", 202, "HUBSPOT_DEFINED"],
  ["notes", "companies", 190, "HUBSPOT_DEFINED"],
  ["notes", "deals", 214, "HUBSPOT_DEFINED"],
  ["notes", "tickets", 228, "HUBSPOT_DEFINED"],
  ["notes", "2-3465404", 31, "USER_DEFINED"],
  ["tasks", "contacts", 204, "HUBSPOT_DEFINED"],
  ["tasks", "companies", 192, "HUBSPOT_DEFINED"],
  ["tasks", "deals", 216, "HUBSPOT_DEFINED"],
  ["tasks", "tickets", 230, "HUBSPOT_DEFINED"],
  ["tasks", "2-3465404", 33, "USER_DEFINED"],
  ["contacts", "companies", 1, "HUBSPOT_DEFINED"],
];
