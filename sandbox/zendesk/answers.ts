// What the Zendesk resources have in common: reading a body, and the vendor's ways to refuse.
import type { Context } from "hono";
import type { Refused } from "./ticket-change.ts";
import type { Saved } from "./ticket-store.ts";

export const JSON_TYPE = { "content-type": "application/json; charset=utf-8" };

export const NOT_FOUND = { error: "RecordNotFound", description: "Not found" };

/** The request's JSON, or nothing where it is none. */
export async function readBody(c: Context): Promise<unknown> {
  try {
    return await c.req.json();
  } catch {
    return null;
  }
}

/** The `ticket` of a body. Without that envelope nothing is asked for: the vendor answers 200 and leaves the ticket alone. */
export function nested(body: unknown): Record<string, unknown> {
  const ticket = (body as { ticket?: unknown } | null)?.ticket;
  return typeof ticket === "object" && ticket !== null ? (ticket as Record<string, unknown>) : {};
}

export function refuse(c: Context, { status, body }: Refused): Response {
  return c.json(body, status);
}

export function answerSaved(c: Context, { ticket, audit }: Saved, status: 200 | 201): Response {
  return c.body(`{"ticket":${ticket},"audit":${audit}}`, status, JSON_TYPE);
}
