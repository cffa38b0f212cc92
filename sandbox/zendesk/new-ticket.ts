// A new ticket: through the API, with an Idempotency-Key that makes a repeat answer the first ticket again, or from a person who wrote in.
// The webhook follows by itself, after the answer, as at the vendor.
import type { Context } from "hono";
import type { World } from "../world.ts";
import { answerSaved, nested, readBody, refuse } from "./answers.ts";
import { DEFAULT_REQUESTERS } from "./directory.ts";
import type { ZendeskVariables } from "./door.ts";
import { Requester } from "./people.ts";
import { type Ticket, VIA_API, type Via } from "./ticket.ts";
import type { Refused } from "./ticket-change.ts";
import { invalid } from "./ticket-change.ts";
import { createTicket } from "./ticket-create.ts";
import type { Saved } from "./ticket-store.ts";
import { invocationOf, postWebhook } from "./webhook.ts";

const KEEP_MS = 2 * 60 * 60 * 1000;

/** `actor`: who made it, where that is not the person it comes from. Null: the requester wrote in. */
export function openTicket(
  world: World,
  input: Record<string, unknown>,
  actor: number | null,
): { ok: true; ticket: Ticket; saved: Saved } | Refused {
  const now = Date.now();
  const id = world.tickets.next;
  const from = Requester.safeParse(input.requester_id ?? input.requester ?? actor ?? DEFAULT_REQUESTERS[id % DEFAULT_REQUESTERS.length]);
  const requester = from.success ? world.people.requester(from.data, new Date(now).toISOString()) : null;
  if (!requester) return invalid({ requester: [{ description: "Requester: is invalid", error: "InvalidValue" }] });
  const via: Via =
    actor === null
      ? { channel: "email", source: { from: { address: requester.email, name: requester.name }, to: {}, rel: null } }
      : VIA_API;
  const submitter = actor ?? requester.id;
  const created = createTicket(input, { id, requester: requester.id, submitter, via, now, known: world.known });
  if (!created.ok) return created;
  const saved = world.tickets.save(created.ticket, created.events, { id: submitter, via, custom: input.metadata });
  return { ok: true, ticket: created.ticket, saved };
}

export async function createFromApi(world: World, c: Context<ZendeskVariables>): Promise<Response> {
  const body = await readBody(c);
  const request = JSON.stringify(body);
  const key = c.req.header("idempotency-key");
  if (key !== undefined) {
    if (key.length === 0 || key.length > 255) return mismatch(c, "The idempotency key has to be 1 to 255 characters long");
    const kept = remembered(world, key);
    if (kept && kept.request !== request) return mismatch(c, "Request parameters do not match the given idempotency key");
    if (kept) {
      c.header("x-idempotency-lookup", "hit");
      return answerSaved(c, JSON.parse(kept.answer) as Saved, 201);
    }
  }
  const opened = openTicket(world, nested(body), c.get("actor"));
  if (!opened.ok) return refuse(c, opened);
  world.counters.applied("tickets");
  const { ticket, saved } = opened;
  if (key !== undefined) {
    world.sql.exec("INSERT OR REPLACE INTO idempotency VALUES (?, ?, ?, ?)", key, request, JSON.stringify(saved), Date.now() + KEEP_MS);
    c.header("x-idempotency-lookup", "miss");
  }
  world.background(postWebhook(world, ticket.id, invocationOf(ticket), "valid"));
  c.header("location", ticket.url);
  return answerSaved(c, saved, 201);
}

function remembered(world: World, key: string): { request: string; answer: string } | null {
  const rows = world.sql.exec<{ request: string; answer: string }>(
    "SELECT request, answer FROM idempotency WHERE key = ? AND expires > ?",
    key,
    Date.now(),
  );
  return rows.toArray()[0] ?? null;
}

function mismatch(c: Context, description: string): Response {
  return c.json({ error: "IdempotentRequestError", description }, 400);
}
