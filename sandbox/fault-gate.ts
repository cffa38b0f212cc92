// Lets a fault rule come between a request and its answer, in the words of the vendor that is being played. Faults come before
// everything else, as a network does. A lost answer is the one that matters most: the write is done and the caller cannot know.
import type { Message } from "@anthropic-ai/sdk/resources/messages/messages";
import type { Context, MiddlewareHandler } from "hono";
import type { CountedRule, FaultRule } from "./faults.ts";
import { takeFault } from "./faults.ts";
import { bodyFault, distortCompletion, distortMessage, isAnswerFault, isBodyFault } from "./model/distort.ts";
import { isAnthropic } from "./model/refusal.ts";
import type { DoorStatus, DoorWords } from "./stand-in.ts";
import type { World } from "./world.ts";

/** No caller waits longer than this, and a held request should not outlive a test run by much. */
const HOLD_MS = 60_000;

/** How the system that is played says no to this request. */
export type Refuse = (c: Context, status: DoorStatus | 529, retryAfter: number) => Response;

export function faultGate(world: World, system: FaultRule["system"], mount: string, refuse: Refuse): MiddlewareHandler {
  return async (c, next) => {
    if (world.faults.value.length === 0) return next();
    const { rules, fault } = takeFault(world.faults.value, { system, method: c.req.method, path: c.req.path.slice(mount.length) });
    if (rules !== world.faults.value) world.faults.set(rules);
    if (!fault) return next();

    if (fault.kind === "delay") {
      await pause(fault.delayMs ?? 1_000);
      return next();
    }
    if (fault.kind === "lost-answer") {
      await next();
      await pause(fault.delayMs ?? 0);
      // Set to nothing first: Hono would carry the real answer's headers over.
      c.res = undefined;
      c.res = refuse(c, 500, fault.retryAfter);
      return;
    }
    if (fault.kind === "timeout") {
      await pause(fault.delayMs ?? HOLD_MS);
      return c.text("gateway timeout", 504);
    }
    if (fault.kind === "529") return refuse(c, 529, fault.retryAfter);
    if (isBodyFault(fault.kind)) return bodyFault(fault.kind);
    if (isAnswerFault(fault.kind)) {
      await next();
      if (c.res.status !== 200) return;
      const answer = await c.res.json<object>();
      const distorted = isAnthropic(c) ? distortMessage(answer as Message, fault.kind) : distortCompletion(answer, fault.kind);
      c.res = undefined;
      c.res = c.json(distorted);
      return;
    }
    if (fault.kind === "429") return refuse(c, 429, fault.retryAfter);
    if (fault.kind === "401") return refuse(c, 401, fault.retryAfter);
    if (fault.kind === "500") return refuse(c, 500, fault.retryAfter);
    if (fault.kind === "503-html") {
      return c.html("<html><body><h1>We are down for maintenance</h1></body></html>", 503, { "retry-after": String(fault.retryAfter) });
    }
    return canned(fault);
  };
}

/** A vendor's words at its door as an answer. */
export const saying =
  (words: DoorWords): Refuse =>
  (_, status, seconds) => {
    // Only a model's provider has 529.
    const { status: said, body, headers = {} } = words(status === 529 ? 500 : status, seconds);
    return body === null ? new Response(null, { status: said, headers }) : Response.json(body, { status: said, headers });
  };

/** Of a stand-in that brings no words of its own. */
export const bareStatus: DoorWords = (status, seconds) => ({
  status,
  body: null,
  ...(status === 429 ? { headers: { "retry-after": String(seconds) } } : {}),
});

function canned(fault: CountedRule): Response {
  const { status, headers, body } = fault.answer ?? { status: 500, headers: {}, body: null };
  const text = typeof body === "string" ? body : JSON.stringify(body ?? null);
  const type = typeof body === "string" ? "text/html" : "application/json";
  return new Response(text, { status, headers: { "content-type": type, ...headers } });
}

function pause(ms: number): Promise<void> | void {
  if (ms > 0) return new Promise((resolve) => setTimeout(resolve, ms));
}
