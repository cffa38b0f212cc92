// /control/tickets and /control/redeliver: somebody writes in, and Zendesk tells Interlock: once, twice at the same time, with a signature
// that is not Zendesk's, or not at all. Answers after the delivery was tried, with what Interlock said.
import { Hono } from "hono";
import * as z from "zod";
import type { Delivery } from "../deliveries.ts";
import type { World } from "../world.ts";
import { ticketCreated } from "../zendesk/event.ts";
import { openTicket } from "../zendesk/new-ticket.ts";
import { Requester } from "../zendesk/people.ts";
import type { Ticket } from "../zendesk/ticket.ts";
import { invocationOf, postWebhook } from "../zendesk/webhook.ts";
import { read } from "./read.ts";

const NewTicket = z.object({
  subject: z.string(),
  description: z.string(),
  requester: Requester.optional(),
  type: z.string().optional(),
  priority: z.string().optional(),
  group_id: z.int().optional(),
  external_id: z.string().optional(),
  tags: z.array(z.string()).optional(),
  custom_fields: z.array(z.object({ id: z.int(), value: z.unknown() })).optional(),
});
const Delivered = NewTicket.extend({ deliver: z.enum(["once", "twice", "bad-signature", "none"]).default("once") }).strict();
const Bulk = z.strictObject({ tickets: z.array(NewTicket.strict()).min(1).max(10_000), events: z.boolean().default(false) });
const Redeliver = z.strictObject({ ticket_id: z.int(), signature: z.enum(["valid", "bad"]).default("valid") });

export function ticketControl(world: World) {
  return new Hono()
    .post("/tickets", async (c) => {
      const { deliver, ...input } = await read(c, Delivered);
      const opened = openTicket(world, input, null);
      if (!opened.ok) return c.json(opened.body, opened.status);
      const { ticket } = opened;
      if (deliver === "none") return c.json({ ticket_id: ticket.id, deliveries: [] }, 201);
      const invocation = invocationOf(ticket);
      const post = () => postWebhook(world, ticket.id, invocation, deliver === "bad-signature" ? "bad" : "valid");
      const deliveries = await Promise.all(deliver === "twice" ? [post(), post()] : [post()]);
      return c.json({ ticket_id: ticket.id, deliveries: deliveries.map(outcome) }, 201);
    })
    .post("/tickets/bulk", async (c) => {
      const { tickets, events } = await read(c, Bulk);
      const opened = world.transaction(() => tickets.map((input) => openTicket(world, input, null)));
      const refused = opened.find((one) => !one.ok);
      if (refused && !refused.ok) return c.json(refused.body, refused.status);
      const made = opened.flatMap((one): Ticket[] => (one.ok ? [one.ticket] : []));
      // With `events`, the caller posts the webhooks itself: a load test wants its own connections and its own clock.
      const bodies = events ? { events: made.map((ticket) => ticketCreated(ticket, crypto.randomUUID())) } : {};
      return c.json({ ticket_ids: made.map(({ id }) => id), ...bodies }, 201);
    })
    .post("/redeliver", async (c) => {
      const { ticket_id, signature } = await read(c, Redeliver);
      const ticket = world.tickets.get(ticket_id);
      if (!ticket) return c.json({ error: `there is no ticket ${ticket_id}` }, 404);
      const last = world.deliveries.lastFor(ticket_id);
      const delivery = await postWebhook(world, ticket_id, last ?? invocationOf(ticket), signature);
      return c.json({ ticket_id, deliveries: [outcome(delivery)] });
    });
}

function outcome({ invocation_id, attempts }: Delivery): object {
  const last = attempts.at(-1);
  return { invocation_id, status: last?.status ?? null, ...(last?.error ? { error: last.error } : {}), attempts: attempts.length };
}
