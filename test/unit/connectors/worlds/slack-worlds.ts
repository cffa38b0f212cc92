// Worlds for Slack's actions.
import type { Http } from "../../../../src/connectors/define.ts";
import { createHttp } from "../../../../src/connectors/http.ts";
import { slackRefusal } from "../../../../src/connectors/slack-api.ts";
import { createFakeSlack } from "../fake-slack.ts";
import { type ActionWorld, TOKEN } from "./action-world.ts";

function inSlack(inputFor: (channel: string, ts: string) => unknown): ActionWorld {
  const fake = createFakeSlack({ token: TOKEN });
  fake.people.set("U0ADA", { email: "ada@example.com", real_name: "Ada" });
  const ts = fake.say("C0SUPPORT", "Ticket 42", { bot_id: "B0INTERLOCK" });
  const open = (door: typeof fetch): Http =>
    createHttp({
      baseUrl: "http://127.0.0.1/slack",
      authorization: `Bearer ${TOKEN}`,
      system: "slack",
      refusal: slackRefusal,
      now: () => 0,
      fetch: door,
      timeoutMs: 20,
    });
  return {
    http: open(fake.fetch),
    fetch: fake.fetch,
    open,
    requests: fake.requests,
    input: inputFor("C0SUPPORT", ts),
    writes: () => [...fake.writes.values()].reduce((sum, count) => sum + count, 0),
    snapshot: () => fake.snapshot(),
    fault: fake.fault,
  };
}

export const slackWorlds: Readonly<Record<string, () => ActionWorld>> = {
  "slack.postMessage": () => inSlack((channel) => ({ channel, text: "A refund needs your decision <42>" })),
  "slack.findUser": () => inSlack(() => ({ email: "ada@example.com" })),
  "slack.openConversation": () => inSlack(() => ({ user: "U0ADA" })),
  "slack.updateMessage": () => inSlack((channel, ts) => ({ channel, ts, text: "Ticket 42 is solved" })),
};
