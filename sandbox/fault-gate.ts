// Lets a fault rule come between a request and its answer, in the words of the vendor that is being played. Faults come before
// everything else, as a network does. A lost answer is the one that matters most: the write is done and the caller cannot know.
import type { Message } from "@anthropic-ai/sdk/resources/messages/messages";
import type { Context, MiddlewareHandler } from "hono";
import type { CountedRule, FaultRule } from "./faults.ts";
import { takeFault } from "./faults.ts";
import { anthropicError, bodyFault, distortCompletion, distortMessage, isAnswerFault, isBodyFault, openAiError } from "./model/distort.ts";
import type { World } from "./world.ts";

/** No caller waits longer than this, and a held request should not outlive a test run by much. */
const HOLD_MS = 60_000;

export function faultGate(world: World, system: FaultRule["system"], mount: string): MiddlewareHandler {
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
      c.res = vendorError(c, fault, 500);
      return;
    }
    if (fault.kind === "timeout") {
      await pause(fault.delayMs ?? HOLD_MS);
      return c.text("gateway timeout", 504);
    }
    if (fault.kind === "529") return vendorError(c, fault, 529);
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
    if (fault.kind === "429") return vendorError(c, fault, 429);
    if (fault.kind === "401") return vendorError(c, fault, 401);
    if (fault.kind === "500") return vendorError(c, fault, 500);
    if (fault.kind === "503-html") {
      return c.html("<html><body><h1>We are down for maintenance</h1></body></html>", 503, { "retry-after": String(fault.retryAfter) });
    }
    return canned(fault);
  };
}

const isAnthropic = (c: Context): boolean => c.req.path.endsWith("/messages");

function vendorError(c: Context, fault: CountedRule, status: 401 | 429 | 500 | 529): Response {
  const retry: Record<string, string> = status === 429 ? { "retry-after": String(fault.retryAfter) } : {};
  if (fault.system === "model") {
    if (isAnthropic(c)) return c.json(anthropicError(status, MODEL_ERRORS[status]), status as 500, retry);
    const code = status === 401 ? "invalid_api_key" : status === 429 ? "rate_limit_exceeded" : null;
    return c.json(openAiError(status, MODEL_ERRORS[status], code), status as 500, retry);
  }
  // A rule for another system never has 529.
  const known = status === 529 ? 500 : status;
  if (fault.system === "slack") {
    const error = { 401: "invalid_auth", 429: "ratelimited", 500: "internal_error" }[known];
    // Slack says no with HTTP 200, except where it limits or falls over.
    return c.json({ ok: false, error }, known === 401 ? 200 : known, retry);
  }
  if (status === 401) return c.json({ error: "Couldn't authenticate you" }, 401);
  if (status === 500) return c.json({ error: "InternalError", description: "The server could not finish this request" }, 500);
  const endpoint: Record<string, string> = { "zendesk-ratelimit-tickets-update": `total=100; remaining=0; resets=${fault.retryAfter}` };
  return c.json({ error: "APIRateLimitExceeded", description: "Number of allowed API requests per minute exceeded" }, 429, {
    ...retry,
    ...(c.req.method === "PUT" ? endpoint : {}),
  });
}

const MODEL_ERRORS = {
  401: "The API key is not accepted",
  429: "Rate limit reached",
  500: "The server had an error while processing the request",
  529: "Overloaded",
} as const;

function canned(fault: CountedRule): Response {
  const { status, headers, body } = fault.answer ?? { status: 500, headers: {}, body: null };
  const text = typeof body === "string" ? body : JSON.stringify(body ?? null);
  const type = typeof body === "string" ? "text/html" : "application/json";
  return new Response(text, { status, headers: { "content-type": type, ...headers } });
}

function pause(ms: number): Promise<void> | void {
  if (ms > 0) return new Promise((resolve) => setTimeout(resolve, ms));
}
