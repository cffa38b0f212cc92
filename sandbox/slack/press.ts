// A person presses a button under a message: the block_actions payload, signed and posted to Interlock as Slack does, as a form with one
// field. Answered within three seconds or not at all; Slack does not repeat it.
import * as z from "zod";
import type { Delivery } from "../deliveries.ts";
import { noRetry } from "../delivery.ts";
import { signSlack } from "../signature.ts";
import type { World } from "../world.ts";
import { APP_ID, BOT_ID, type Channel, MEMBERS, TEAM_ID } from "./directory.ts";
import type { Block, Element, Message } from "./message.ts";

export const Press = z.strictObject({
  channel: z.string(),
  ts: z.string(),
  action_id: z.string(),
  /** A member's id, or any other: somebody who is not on the list of approvers. */
  user: z.string().default("U0MAYA"),
  deliver: z.enum(["once", "twice", "bad-signature"]).default("once"),
});
export type Press = z.infer<typeof Press>;

const PATIENCE_MS = 3_000;

export async function postPress(
  world: World,
  channel: Channel,
  message: Message,
  action: { block: Block; element: Element },
  { user, deliver }: Press,
  origin: string,
): Promise<(Delivery & { answer: string })[]> {
  const payload = blockActions(channel, message, action, user, origin, Date.now());
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  const { interlock_url, slack_hook } = world.settings.value;
  const send = () =>
    world.deliveries.send({
      system: "slack",
      what: "block_actions",
      ticket_id: null,
      invocation_id: null,
      url: interlock_url.replace(/\/$/, "") + slack_hook,
      signature: deliver === "bad-signature" ? "bad" : "valid",
      body,
      timeoutMs: PATIENCE_MS,
      retry: noRetry,
      headers: async () => {
        const secret = deliver === "bad-signature" ? "not-the-secret" : world.env.SLACK_SIGNING_SECRET;
        const signed = await signSlack(secret, body, Date.now());
        return {
          "content-type": "application/x-www-form-urlencoded",
          "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
          "x-slack-request-timestamp": signed.timestamp,
          "x-slack-signature": signed.signature,
        };
      },
    });
  return Promise.all(deliver === "twice" ? [send(), send()] : [send()]);
}

function blockActions(
  channel: Channel,
  message: Message,
  { block, element }: { block: Block; element: Element },
  userId: string,
  origin: string,
  now: number,
): object {
  const member = MEMBERS.find(({ id }) => id === userId) ?? { name: userId.toLowerCase() };
  const at = String(now / 1000);
  const { type, action_id, value, text, style } = element;
  return {
    type: "block_actions",
    user: { id: userId, username: member.name, name: member.name, team_id: TEAM_ID },
    api_app_id: APP_ID,
    token: "not-used",
    container: { type: "message", message_ts: message.ts, channel_id: channel.id, is_ephemeral: false },
    trigger_id: `${now}.${TEAM_ID}.press`,
    team: { id: TEAM_ID, domain: "sandbox" },
    enterprise: null,
    is_enterprise_install: false,
    channel: { id: channel.id, name: channel.name },
    message: { ...message, bot_id: BOT_ID },
    state: { values: {} },
    response_url: `${origin}/slack/response/${channel.id}/${message.ts}`,
    actions: [{ action_id, block_id: block.block_id, type, text, value, ...(style ? { style } : {}), action_ts: at }],
  };
}
