// /control/slack: a person presses a button under a message.
import { Hono } from "hono";
import { channelOf } from "../slack/directory.ts";
import { findAction } from "../slack/message.ts";
import { Press, postPress } from "../slack/press.ts";
import type { World } from "../world.ts";
import { read } from "./read.ts";

export function slackControl(world: World) {
  return new Hono().post("/press", async (c) => {
    const press = await read(c, Press);
    const channel = channelOf(press.channel);
    const message = channel && world.messages.get(channel.id, press.ts);
    if (!channel || !message) return c.json({ error: `there is no message ${press.ts} in ${press.channel}` }, 404);
    const action = findAction(message, press.action_id);
    if (!action) return c.json({ error: `the message has no action ${press.action_id}` }, 404);
    const sent = await postPress(world, channel, message, action, press, new URL(c.req.url).origin);
    const deliveries = sent.map(({ attempts, answer }) => ({
      status: attempts.at(-1)?.status ?? null,
      error: attempts.at(-1)?.error,
      answer,
    }));
    return c.json({ deliveries });
  });
}
