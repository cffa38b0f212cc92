// What the integration assessment asks of a connection to Slack: who the token is, what it may do (Slack lists its scopes with every answer), whether the app is in the
// channels that workflows post to, and what only a person can see in the app's settings.
import * as z from "zod";
import { failureOf } from "../core/errors.ts";
import type { Check, Finding } from "./check.ts";
import { clockFinding } from "./clock-check.ts";
import { isClosed } from "./escalation.ts";
import { promised } from "./http.ts";
import { read } from "./slack-api.ts";

const APP = "https://api.slack.com/apps, the app";

/** What each scope is for; without the first nothing works. */
const SCOPES: readonly { readonly scope: string; readonly use: string; readonly needed?: true }[] = [
  { scope: "chat:write", use: "to post and change messages", needed: true },
  { scope: "channels:history", use: "to look up whether a message was posted when an answer was lost; without it a person is asked" },
  { scope: "users:read", use: "to tell who pressed a button of an approval" },
  { scope: "users:read.email", use: "to tell who pressed a button of an approval, and to find people by their address" },
  { scope: "im:write", use: "to open a direct conversation" },
];

const auth: Check = {
  name: "auth",
  summary: "The token is good",
  run: async ({ http, now }) => {
    const { json, headers } = await http.send({ method: "GET", path: "/api/auth.test" });
    const Who = z.object({ team: z.string().nullish(), user: z.string().nullish(), bot_id: z.string().nullish() });
    const { team, user, bot_id } = promised(Who, json, "one of auth.test");
    const bot: Finding = bot_id
      ? { outcome: "confirmed", said: `The token is the bot ${bot_id}'s (${user ?? "without a name"}) in ${team ?? "its workspace"}` }
      : {
          outcome: "missing",
          said: `The token is a person's (${user ?? "unknown"}) and not a bot's`,
          fix: `${APP}, OAuth & Permissions: take the Bot User OAuth Token (xoxb-…)`,
        };
    return [bot, clockFinding(headers.get("date"), now)];
  },
};

const scopes: Check = {
  name: "scopes",
  summary: "The app has the scopes that are used",
  run: async ({ http }) => {
    const { headers } = await http.send({ method: "GET", path: "/api/auth.test" });
    const listed = headers.get("x-oauth-scopes");
    if (listed === null)
      return [{ outcome: "cannot_tell", said: "Slack's answer lists no scopes", fix: `${APP}, OAuth & Permissions, Scopes` }];
    const has = listed.split(",").map((scope) => scope.trim());
    return SCOPES.map(
      ({ scope, use, needed }): Finding =>
        has.includes(scope)
          ? { outcome: "confirmed", said: `The app has ${scope}` }
          : {
              outcome: needed ? "missing" : "warning",
              said: `The app lacks ${scope}, ${use}`,
              fix: `${APP}, OAuth & Permissions: add the bot scope ${scope}, then install the app again`,
            },
    );
  },
};

const Info = z.object({
  channel: z.object({ name: z.string().nullish(), is_archived: z.boolean().default(false), is_member: z.boolean().default(false) }),
});

const channels: Check = {
  name: "objects",
  summary: "The app is in the channels that workflows post to",
  run: async ({ http }) => {
    const ids = (http.settings.channels ?? "").split(",").map((id) => id.trim());
    const named = ids.filter((id) => id !== "");
    if (named.length === 0)
      return [
        {
          outcome: "cannot_tell",
          said: "No channels are named to ask about",
          fix: "Set the connection's setting `channels`: the ids, with commas between",
        },
      ];
    const findings: Finding[] = [];
    for (const id of named) findings.push(await membership(id, (channel) => read(http, "conversations.info", { channel }, Info)));
    return findings;
  },
};

async function membership(id: string, info: (channel: string) => Promise<z.infer<typeof Info>>): Promise<Finding> {
  try {
    const { channel } = await info(id);
    const name = `${id} (${channel.name ?? "without a name"})`;
    if (channel.is_archived)
      return { outcome: "missing", said: `${name} is archived`, fix: "Name another channel, or take it out of the archive" };
    if (!channel.is_member)
      return { outcome: "missing", said: `The app is not in ${name}`, fix: "In the channel: /invite and the app's name" };
    return { outcome: "confirmed", said: `The app is in ${name}` };
  } catch (thrown) {
    const { message } = failureOf(thrown);
    if (isClosed(thrown))
      return {
        outcome: "missing",
        said: `${id}: ${message}`,
        fix: "Name a channel of this workspace; to a private one the app has to be invited first",
      };
    return {
      outcome: "cannot_tell",
      said: `${id}: ${message}`,
      fix: `${APP}, OAuth & Permissions: the bot scope channels:read (groups:read for private channels)`,
    };
  }
}

const webhook: Check = {
  name: "webhook",
  summary: "Slack posts to this deployment",
  run: async ({ hookUrl }) => [
    {
      outcome: "cannot_tell",
      said: "With a bot token Slack does not say where it posts events and button presses",
      fix: `${APP}: Event Subscriptions, Interactivity & Shortcuts and each Slash Command have the request URL ${hookUrl ?? "of this deployment, /hooks/<connection>"}; Slack shows it as Verified`,
    },
  ],
};

export const slackChecks: readonly Check[] = [auth, scopes, channels, webhook];
