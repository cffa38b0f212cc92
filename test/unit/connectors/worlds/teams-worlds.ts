// Worlds for the actions of Microsoft Teams: a channel with one thread that the bot has begun.
import { APP_ID, CLIENT_SECRET, TENANT } from "../../../../sandbox/teams/directory.ts";
import { teamsStandIn } from "../../../../sandbox/teams/stand-in.ts";
import { teams } from "../../../../src/connectors/teams.ts";
import { type ActionWorld, standInHere, worldIn } from "./action-world.ts";

export const TEAMS_SECRET = JSON.stringify({ tenant: TENANT, clientId: APP_ID, clientSecret: CLIENT_SECRET });
const ROOT = "1600000000000";
export const CONVERSATION = `19:support@thread.tacv2;messageid=${ROOT}`;

function inTeams(input: unknown): ActionWorld {
  const here = standInHere(teams, teamsStandIn, { secret: TEAMS_SECRET, settings: { appId: APP_ID, tenantId: TENANT } });
  here.tables
    .get("activities")
    ?.put(`${CONVERSATION} ${ROOT}`, { id: ROOT, conversation: CONVERSATION, body: { type: "message", text: "Ticket 42" } });
  return worldIn(here, input);
}

export const teamsWorlds: Readonly<Record<string, () => ActionWorld>> = {
  "teams.listMembers": () => inTeams({ conversation: CONVERSATION }),
  "teams.findMember": () => inTeams({ conversation: CONVERSATION, by: { email: "ada@example.com" } }),
  "teams.postMessage": () => inTeams({ channel: "19:support@thread.tacv2", text: "Run 12 has begun" }),
  "teams.replyInThread": () => inTeams({ conversation: CONVERSATION, text: "Step 2 is done" }),
  "teams.updateMessage": () => inTeams({ conversation: CONVERSATION, activity: ROOT, text: "Ticket 42 is solved" }),
  "teams.deleteMessage": () => inTeams({ conversation: CONVERSATION, activity: ROOT, reason: "Posted in the wrong channel" }),
};
