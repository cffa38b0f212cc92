// What the Zendesk resources have in common: reading a body, and the vendor's ways to refuse.
import type { Context } from "hono";
import type { Refused } from "./ticket-change.ts";

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
