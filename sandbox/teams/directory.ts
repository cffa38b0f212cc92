// Who and what exists in the stand-in organisation: a team's channels, one that the bot is not in, and people; among them a guest.

export const TENANT = "5a0d0000-0000-4000-8000-000000000001";
export const APP_ID = "b0700000-0000-4000-8000-000000000001";
export const CLIENT_SECRET = "sandbox-teams-secret";
export const BOT = { id: `28:${APP_ID}`, name: "Interlock" };
export const SERVICE_URL = "https://smba.trafficmanager.net/teams/";
/** Of an outgoing webhook, as Teams shows it once. */
export const OUTGOING_TOKEN = "c2FuZGJveC1vdXRnb2luZy13ZWJob29rLXRva2VuLTE=";
/** What subscriptions of Graph are made with. */
export const CLIENT_STATE = "sandbox-client-state";

export interface Channel {
  readonly id: string;
  readonly name: string;
  /** The bot was removed from it. */
  closed?: boolean;
}

export const CHANNELS: readonly Channel[] = [
  { id: "19:support@thread.tacv2", name: "Support" },
  { id: "19:billing@thread.tacv2", name: "Billing" },
  { id: "19:approvals@thread.tacv2", name: "Approvals" },
  { id: "19:leaders@thread.tacv2", name: "Leadership", closed: true },
];

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly aadObjectId: string;
  readonly email: string;
  readonly userPrincipalName: string;
  readonly tenantId: string;
  readonly userRole: string;
}

const person = (n: number, name: string, email: string, more: Partial<Person> = {}): Person => ({
  id: `29:sandbox-user-${n}`,
  name,
  aadObjectId: `94e3a4f3-4a1c-4e5c-9d6d-00000000000${n}`,
  email,
  userPrincipalName: email,
  tenantId: TENANT,
  userRole: "user",
  ...more,
});

export const PEOPLE: readonly Person[] = [
  // A reviewer of the local specs.
  person(1, "Ada Reviewer", "ada@example.com"),
  person(2, "Maya Brandt", "maya.brandt@example.com"),
  person(3, "Guest Gilda", "gilda@elsewhere.example", { userRole: "guest", userPrincipalName: "gilda_elsewhere.example#EXT#@example.com" }),
];
