// /api/v2/tickets: read, list, create, update. The body is read first; from there to the answer nothing is awaited, so that a check of the
// stamp and the write that rests on it are one step.
import { Hono } from "hono";
import type { World } from "../world.ts";
import { answerSaved, JSON_TYPE, NOT_FOUND, nested, readBody, refuse } from "./answers.ts";
import { ticketCounter, type ZendeskVariables } from "./door.ts";
import { createFromApi } from "./new-ticket.ts";
import { envelope, paged, pageOf } from "./paging.ts";
import { VIA_API } from "./ticket.ts";
import { changeTicket } from "./ticket-change.ts";

export function ticketRoutes(world: World) {
  const { tickets, counters, settings } = world;
  return new Hono<ZendeskVariables>()
    .get("/", (c) => {
      const externalId = c.req.query("external_id");
      const page = pageOf((name) => c.req.query(name));
      const url = new URL(c.req.url);
      if (externalId !== undefined) return c.json(paged("tickets", tickets.withExternalId(externalId), page, url));
      const items = page.kind === "cursor" ? tickets.after(page.from, page.size + 1) : tickets.slice(page.from, page.size + 1);
      return c.json(envelope("tickets", items, page, url, tickets.count()));
    })
    .post("/", (c) => createFromApi(world, c))
    .get("/:id{[0-9]+}", (c) => {
      const doc = tickets.json(Number(c.req.param("id")));
      if (doc === null) return c.json(NOT_FOUND, 404);
      return c.body(`{"ticket":${doc}}`, 200, JSON_TYPE);
    })
    .delete("/:id{[0-9]+}", (c) => {
      const id = Number(c.req.param("id"));
      if (!tickets.get(id)) return c.json(NOT_FOUND, 404);
      tickets.remove(id);
      counters.applied(ticketCounter(id, c.get("actor")));
      return c.body(null, 204);
    })
    .put("/:id{[0-9]+}", async (c) => {
      const body = await readBody(c);
      const actor = c.get("actor");
      const before = tickets.get(Number(c.req.param("id")));
      if (!before) return c.json(NOT_FOUND, 404);
      const input = nested(body);
      const known = world.known;
      const change = changeTicket(before, input, { actor, now: Date.now(), known, requiredOnSolve: settings.value.required_on_solve });
      if (!change.ok) return refuse(c, change);
      const author = { id: actor, via: VIA_API, custom: input.metadata };
      if (change.events.length === 0) return c.json({ ticket: before, audit: { id: 0, ticket_id: before.id, events: [] } });
      const saved = tickets.save(change.ticket, change.events, author);
      counters.applied(ticketCounter(before.id, actor));
      return answerSaved(c, saved, 200);
    });
}
