// Where each team is told, by Slack channel id. Ids and not names: a renamed channel stays the same channel.
import type { Team } from "./labels.ts";

export const CHANNELS: Readonly<Record<Team, string>> = {
  billing: "C0BILLING",
  shipping: "C0SHIPPING",
  returns: "C0RETURNS",
  technical: "C0TECHNICAL",
  account: "C0ACCOUNT",
  privacy: "C0PRIVACY",
};
