// Who and what exists in the stand-in Slack workspace: a channel for each team, the app itself, and the people who press buttons.
// Two channels exist only to be refused: an archived one, and one that the app was never invited to.

export const TEAM_ID = "T0SANDBOX";
export const APP_ID = "A0INTERLOCK";
export const BOT_ID = "B0INTERLOCK";
export const BOT_USER = "U0INTERLOCK";

export interface Channel {
  id: string;
  name: string;
  archived?: true;
  notInvited?: true;
}

export const CHANNELS: readonly Channel[] = [
  { id: "C0SUPPORT", name: "team-support" },
  { id: "C0BILLING", name: "team-billing" },
  { id: "C0SHIPPING", name: "team-shipping" },
  { id: "C0RETURNS", name: "team-returns" },
  { id: "C0TECHNICAL", name: "team-technical" },
  { id: "C0ACCOUNT", name: "team-account" },
  { id: "C0PRIVACY", name: "team-privacy" },
  { id: "C0ORDERS", name: "team-orders" },
  { id: "C0FRAUD", name: "team-fraud" },
  { id: "C0WAREHOUSE", name: "team-warehouse" },
  { id: "C0APPROVALS", name: "approvals" },
  { id: "C0ARCHIVED", name: "team-archived", archived: true },
  { id: "C0LEADERS", name: "leadership", notInvited: true },
];

export interface Member {
  id: string;
  name: string;
  real_name: string;
  email: string;
  is_bot: boolean;
}

export const MEMBERS: readonly Member[] = [
  { id: BOT_USER, name: "interlock", real_name: "Interlock", email: "interlock@example.com", is_bot: true },
  // A reviewer of the local specs (src/workflows/ticket-triage/governance.ts).
  { id: "U0ADA", name: "ada", real_name: "Ada Reviewer", email: "ada@example.com", is_bot: false },
  { id: "U0MAYA", name: "maya.brandt", real_name: "Maya Brandt", email: "maya.brandt@example.com", is_bot: false },
  { id: "U0JONAS", name: "jonas.keller", real_name: "Jonas Keller", email: "jonas.keller@example.com", is_bot: false },
  { id: "U0AISHA", name: "aisha.rahman", real_name: "Aisha Rahman", email: "aisha.rahman@example.com", is_bot: false },
];

/** For the app's tokens, where it rotates them. */
export const CLIENT_ID = "0.sandbox";
export const CLIENT_SECRET = "sandbox-client-secret";
export const FIRST_REFRESH_TOKEN = "xoxe-1-sandbox";

/** What the app was installed with. */
export const SCOPES = "chat:write,channels:read,channels:history,im:write,im:history,users:read,users:read.email";

/** A direct conversation's id begins with a D. */
export const directOf = (user: string): string => `D${user.slice(1)}`;

/** By id or by name, with or without "#", as chat.postMessage takes it. */
export function channelOf(text: unknown): Channel | undefined {
  const direct = MEMBERS.find(({ id, is_bot }) => !is_bot && directOf(id) === text);
  if (direct) return { id: directOf(direct.id), name: direct.name };
  return CHANNELS.find(({ id, name }) => id === text || name === text || `#${name}` === text);
}

/** A member as users.lookupByEmail and users.info answer: nobody here is a guest, and every address is confirmed. */
export function profileOf({ id, name, real_name, email, is_bot }: Member): object {
  const profile = { real_name, display_name: real_name, email, team: TEAM_ID };
  const standing = { deleted: false, is_bot, is_restricted: false, is_ultra_restricted: false, is_email_confirmed: !is_bot };
  return { id, team_id: TEAM_ID, name, real_name, ...standing, tz: "Europe/Berlin", profile };
}
