// What the integration assessment asks of a connection to Microsoft Teams. A bot has no call that says who it is: reading the members of one channel proves the
// credential, the address and that the bot is in that channel at once.
import { failureOf } from "../core/errors.ts";
import type { Check } from "./check.ts";
import { clockFinding } from "./clock-check.ts";
import { isClosed } from "./escalation.ts";

const NO_CHANNEL =
  "Set the connection's setting `channel` to the id of a channel that the bot is in (in Teams: the channel's menu, Get link to channel; the part that begins with 19:)";

const auth: Check = {
  name: "auth",
  summary: "The bot's credential is good, and the bot is in the channel",
  run: async ({ http, now }) => {
    const { channel } = http.settings;
    if (!channel) return [{ outcome: "cannot_tell", said: "No channel is named to ask about", fix: NO_CHANNEL }];
    try {
      const path = `/v3/conversations/${encodeURIComponent(channel)}/pagedmembers?pageSize=50`;
      const { headers } = await http.send({ method: "GET", path, reads: true });
      return [{ outcome: "confirmed", said: `The bot may read the members of ${channel}` }, clockFinding(headers.get("date"), now)];
    } catch (thrown) {
      if (!isClosed(thrown)) throw thrown;
      return [
        {
          outcome: "missing",
          said: failureOf(thrown).message,
          fix: `Add the app to the team of ${channel}: Teams, Apps, the app, Add to a team`,
        },
      ];
    }
  },
};

const settings: Check = {
  name: "settings",
  summary: "The application and the organisation are named",
  run: async ({ http }) =>
    (["appId", "tenantId"] as const).map((name) =>
      http.settings[name]
        ? { outcome: "confirmed", said: `The setting ${name} is ${http.settings[name]}` }
        : {
            outcome: "missing",
            said: `The setting ${name} is not set`,
            fix: "Azure portal, Azure Bot, Configuration; then name its binding in src/config.ts",
          },
    ),
};

const webhook: Check = {
  name: "webhook",
  summary: "Teams posts to this deployment",
  run: async ({ hookUrl }) => [
    {
      outcome: "cannot_tell",
      said: "A bot cannot ask where its own messaging endpoint is",
      fix: `Azure portal, Azure Bot, Configuration: the messaging endpoint has to be ${hookUrl ?? "this deployment's address, /hooks/<connection>"}; Channels: Microsoft Teams is on`,
    },
  ],
};

export const teamsChecks: readonly Check[] = [auth, settings, webhook];
