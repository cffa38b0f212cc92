// Worlds for Slack's writes.
import { createHttp } from "../../../../src/connectors/http.ts";
import { slackRefusal } from "../../../../src/connectors/slack-api.ts";
import { createFakeSlack } from "../fake-slack.ts";
import { type ActionWorld, TOKEN } from "./action-world.ts";

function inSlack(inputFor: (channel: string, ts: string) => unknown): ActionWorld {
  const fake = createFakeSlack({ token: TOKEN });
  const ts = fake.say("C0SUPPORT", "Ticket 42", { bot_id: "B0INTERLOCK" });
  return {
    http: createHttp({
      baseUrl: "http://127.0.0.1/slack",
      authorization: `Bearer ${TOKEN}`,
      system: "slack",
      refusal: slackRefusal,
      now: () => 0,
      fetch: fake.fetch,
      timeoutMs: 20,
    }),
    input: inputFor("C0SUPPORT", ts),
    writes: () => [...fake.writes.values()].reduce((sum, count) => sum + count, 0),
    snapshot: () => fake.snapshot(),
    fault: (kind, when) => fake.fault(kind, when),
  };
}

export const slackWorlds: Readonly<Record<string, () => ActionWorld>> = {
  "slack.postMessage": () => inSlack((channel) => ({ channel, text: "A refund needs your decision <42>" })),
  "slack.updateMessage": () => inSlack((channel, ts) => ({ channel, ts, text: "Ticket 42 is solved" })),
};
