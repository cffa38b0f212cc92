// What stands before every Slack method: the arguments in any of the three forms the vendor takes, the token, the method's rate limit,
// and the count of write requests. Slack says no with HTTP 200 and ok: false, except when it limits.
import type { Context, MiddlewareHandler } from "hono";
import { RateWindow } from "../rate-window.ts";
import type { DoorWords } from "../stand-in.ts";
import type { World } from "../world.ts";
import { SCOPES } from "./directory.ts";
import { no } from "./message.ts";

export interface SlackVariables {
  Variables: { args: Record<string, unknown> };
}

const WRITES = ["chat.postMessage", "chat.update", "chat.postEphemeral"];

export function slackDoor(world: World): MiddlewareHandler<SlackVariables> {
  const windows = new Map<string, RateWindow>();
  return async (c, next) => {
    const method = methodOf(c);
    const args = await readArguments(c);
    c.set("args", args);
    const token = c.req.header("authorization")?.replace(/^Bearer /, "") ?? args.token;
    if (!token) return c.json(no("not_authed"));
    if (token !== world.env.SLACK_BOT_TOKEN) return c.json(no("invalid_auth"));
    const window = windows.get(method) ?? new RateWindow();
    windows.set(method, window);
    const taken = window.take(world.settings.value.slack_rate_limit, Date.now());
    const { slack_lacks } = world.settings.value;
    c.header(
      "x-oauth-scopes",
      SCOPES.split(",")
        .filter((scope) => !slack_lacks.includes(scope))
        .join(","),
    );
    if (!taken.allowed) return c.json(no("ratelimited"), 429, { "retry-after": String(taken.reset) });
    return next();
  };
}

/** Counted on arrival, whatever becomes of the request. */
export function countMessages(world: World): MiddlewareHandler {
  return async (c, next) => {
    const method = methodOf(c);
    if (WRITES.includes(method)) world.counters.requested(`slack ${method}`);
    return next();
  };
}

function methodOf(c: Context): string {
  return c.req.path.split("/").at(-1) ?? "";
}

async function readArguments(c: Context): Promise<Record<string, unknown>> {
  const query = c.req.query();
  if (c.req.method === "GET") return query;
  const type = c.req.header("content-type") ?? "";
  try {
    if (type.includes("json")) return { ...query, ...((await c.req.json()) as Record<string, unknown>) };
    if (type.includes("form")) return { ...query, ...Object.fromEntries(new URLSearchParams(await c.req.text())) };
  } catch {
    // A body that cannot be read names nothing, and the method says what it misses.
  }
  return query;
}

/** Slack says no with HTTP 200, except where it limits or falls over. */
export const slackWords: DoorWords = (status, seconds) => {
  switch (status) {
    case 401:
      return { status: 200, body: no("invalid_auth") };
    case 429:
      return { status, body: no("ratelimited"), headers: { "retry-after": String(seconds) } };
    case 500:
      return { status, body: no("internal_error") };
  }
};
