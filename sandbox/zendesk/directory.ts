// Who and what exists in the stand-in Zendesk account: groups and users with fixed ids, so that configuration and tests can name them.

export const ACCOUNT_ID = 22_129_848;
export const WEBHOOK_ID = "01SANDBOXWEBHOOK0000000001";
/** The user whose API token Interlock holds. What it writes is Interlock's doing. */
export const API_USER = 900;
export const DEFAULT_GROUP = 100;
const SINCE = "2026-01-05T08:00:00Z";

export interface User {
  id: number;
  url: string;
  name: string;
  email: string;
  role: "admin" | "agent" | "end-user";
  active: boolean;
  verified: boolean;
  suspended: boolean;
  locale: string;
  time_zone: string;
  default_group_id: number | null;
  tags: string[];
  created_at: string;
  updated_at: string;
}

export interface Group {
  id: number;
  url: string;
  name: string;
  description: string;
  default: boolean;
  deleted: boolean;
  is_public: boolean;
  created_at: string;
  updated_at: string;
}

export const GROUPS: readonly Group[] = [
  group(100, "support", "First stop for every new ticket"),
  group(101, "billing", "Invoices, payments, refunds"),
  group(102, "shipping", "Parcels on their way"),
  group(103, "returns", "Goods that come back"),
  group(104, "technical", "Products that do not work"),
  group(105, "account", "Sign-in, profile, subscription"),
  group(106, "privacy", "Data requests and deletion"),
];

export const SEEDED_USERS: readonly User[] = [
  user(API_USER, "Interlock", "interlock@example.com", "agent"),
  user(901, "Maya Brandt", "maya.brandt@example.com", "agent"),
  user(902, "Jonas Keller", "jonas.keller@example.com", "agent"),
  user(903, "Aisha Rahman", "aisha.rahman@example.com", "admin"),
  user(501, "Elena Rossi", "elena.rossi@example.net", "end-user"),
  user(502, "Tom Okafor", "tom.okafor@example.net", "end-user"),
  user(503, "Sofia Lindqvist", "sofia.lindqvist@example.net", "end-user"),
  user(504, "Daniel Meyer", "daniel.meyer@example.net", "end-user"),
  user(505, "Priya Nair", "priya.nair@example.net", "end-user"),
];

/** A ticket whose writer nobody named comes from one of these, in turn. */
export const DEFAULT_REQUESTERS = [501, 502, 503, 504, 505];
/** New people, who wrote in for the first time, are numbered from here. */
export const FIRST_NEW_USER = 2001;

export function user(id: number, name: string, email: string, role: User["role"], at = SINCE): User {
  const url = `https://sandbox.zendesk.example/api/v2/users/${id}.json`;
  const agent = role !== "end-user";
  return {
    id,
    url,
    name,
    email,
    role,
    active: true,
    verified: true,
    suspended: false,
    locale: "en-US",
    time_zone: "Europe/Berlin",
    default_group_id: agent ? DEFAULT_GROUP : null,
    tags: [],
    created_at: at,
    updated_at: at,
  };
}

function group(id: number, name: string, description: string): Group {
  const url = `https://sandbox.zendesk.example/api/v2/groups/${id}.json`;
  const isDefault = id === DEFAULT_GROUP;
  return { id, url, name, description, default: isDefault, deleted: false, is_public: true, created_at: SINCE, updated_at: SINCE };
}
