// How a model's provider says no, in the form of the API that was asked: OpenAI's or Anthropic's.
import type { Context } from "hono";
import { anthropicError, openAiError } from "./distort.ts";

const MESSAGES = {
  401: "The API key is not accepted",
  429: "Rate limit reached",
  500: "The server had an error while processing the request",
  529: "Overloaded",
} as const;

export const isAnthropic = (c: Context): boolean => c.req.path.endsWith("/messages");

export function modelRefusal(c: Context, status: keyof typeof MESSAGES, retryAfter: number): Response {
  const retry: Record<string, string> = status === 429 ? { "retry-after": String(retryAfter) } : {};
  if (isAnthropic(c)) return c.json(anthropicError(status, MESSAGES[status]), status as 500, retry);
  const code = status === 401 ? "invalid_api_key" : status === 429 ? "rate_limit_exceeded" : null;
  return c.json(openAiError(status, MESSAGES[status], code), status as 500, retry);
}
