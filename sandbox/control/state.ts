// /control/state: all that the outside systems know, and how often they were asked to write and did. What a test compares with Interlock's
// audit: nothing written that is not in the audit, nothing in the audit that was not written, nothing twice.
import { Hono } from "hono";
import type { Count } from "../counters.ts";
import { modelRequests } from "../model/routes.ts";
import { CHANNELS } from "../slack/directory.ts";
import type { World } from "../world.ts";
import { GROUPS } from "../zendesk/directory.ts";
import type { Ticket } from "../zendesk/ticket.ts";

const NONE: Count = { requests: 0, applied: 0 };
const EVERYTHING = Number.MAX_SAFE_INTEGER;

export function stateControl(world: World) {
  return new Hono().get("/", (c) => {
    const counts = world.counters.all();
    const one = c.req.query("ticket");
    const chosen = one === undefined ? null : world.tickets.get(Number(one));
    const tickets = one === undefined ? world.tickets.slice(0, EVERYTHING) : chosen ? [chosen] : [];
    return c.json({
      tickets: tickets.map((ticket) => withHistory(world, ticket, counts)),
      groups: GROUPS.map(({ id, name }) => ({ id, name })),
      slack: { channels: CHANNELS.map(({ id, name }) => ({ id, name })), messages: world.messages.all() },
      deliveries: world.deliveries.list(EVERYTHING),
      writes: counts,
      model: { requests: counts.model?.requests ?? 0, recent: modelRequests(world.sql, 50) },
    });
  });
}

function withHistory(world: World, ticket: Ticket, counts: Record<string, Count>): object {
  const own = `ticket:${ticket.id}`;
  const others = Object.entries(counts).filter(([key]) => key.startsWith(`${own} by `));
  return {
    ...ticket,
    comments: world.tickets.comments(ticket.id),
    audits: world.tickets.audits(ticket.id),
    /** By the API user, Interlock. */
    writes: counts[own] ?? NONE,
    /** By people, who act with their own email address. */
    other_writes: others.reduce(
      (sum, [, count]) => ({ requests: sum.requests + count.requests, applied: sum.applied + count.applied }),
      NONE,
    ),
  };
}
