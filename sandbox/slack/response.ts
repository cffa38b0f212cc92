// The response_url of a button press: replaces the message that was pressed, or answers beside it. It needs no token; at the vendor the
// address is the secret.
import { Hono } from "hono";
import type { World } from "../world.ts";
import { channelOf } from "./directory.ts";
import { botMessage, readContent } from "./message.ts";
import { updated } from "./methods.ts";

export function responseRoutes({ messages }: World) {
  return new Hono().post("/:channel/:ts", async (c) => {
    const args = (await c.req.json().catch(() => ({}))) as Record<string, unknown>;
    const channel = channelOf(c.req.param("channel"));
    const before = channel && messages.get(channel.id, c.req.param("ts"));
    if (!channel || !before) return c.text("expired_url", 404);
    const read = readContent(args);
    if (!read.ok) return c.text(read.error, 400);
    const ts = messages.nextTs(Date.now());
    const replaces = args.replace_original === true || args.replace_original === "true";
    messages.save(channel.id, replaces ? updated(before, args, read.content, ts) : botMessage(read.content, ts, before.thread_ts));
    return c.text("ok");
  });
}
