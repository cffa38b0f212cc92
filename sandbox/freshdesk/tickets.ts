// /api/v2/tickets, their conversations, and the search over them, whose index may be behind.
import { type Context, Hono } from "hono";
import { OWN_AGENT } from "./account.ts";
import { invalid, notFound, Refused } from "./answer.ts";
import type { Store, Ticket } from "./store.ts";

const NUMBER = ":id{[0-9]+}";

async function bodyOf(c: Context): Promise<Record<string, unknown>> {
  const body: unknown = await c.req.json().catch(() => null);
  if (typeof body === "object" && body !== null && !Array.isArray(body)) return body as Record<string, unknown>;
  throw new Refused(400, { code: "invalid_json", message: "Request body has invalid json format" });
}

function pageOf<T>(c: Context, all: readonly T[], usual: number, most: number): readonly T[] {
  const size = Math.min(most, Number(c.req.query("per_page") ?? usual) || usual);
  const page = Math.max(1, Number(c.req.query("page") ?? 1) || 1);
  return all.slice((page - 1) * size, page * size);
}

const shown = ({ email: _, ...ticket }: Ticket): object => ticket;

export function ticketRoutes(store: Store): Hono {
  const { world } = store;
  const say = async (c: Context, kind: "notes" | "reply") => {
    const ticket = store.ticket(c.req.param("id") ?? "");
    if (ticket.deleted) throw notFound();
    const { body, private: isPrivate } = await bodyOf(c);
    if (typeof body !== "string" || body === "")
      throw invalid([{ field: "body", message: "It should be a/an String", code: "missing_field" }]);
    const said = store.say(ticket, {
      body,
      private: kind === "notes" && isPrivate !== false,
      source: kind === "notes" ? 2 : 0,
      by: OWN_AGENT,
    });
    world.applied(kind);
    return c.json(said, 201);
  };
  return new Hono()
    .get("/tickets", (c) => {
      const since = Date.parse(c.req.query("updated_since") ?? "");
      const listed = store.tickets
        .all()
        .filter((ticket) => !ticket.deleted && (Number.isNaN(since) || Date.parse(ticket.updated_at) >= since));
      const by = c.req.query("order_by") === "updated_at" ? "updated_at" : "created_at";
      const order = c.req.query("order_type") === "asc" ? 1 : -1;
      listed.sort((a, b) => order * (a[by] < b[by] ? -1 : a[by] > b[by] ? 1 : a.id - b.id));
      return c.json(pageOf(c, listed, 30, 100).map(shown));
    })
    .post("/tickets", async (c) => {
      const ticket = store.create(await bodyOf(c));
      world.applied("tickets");
      return c.json(shown(ticket), 201);
    })
    .get(`/tickets/${NUMBER}`, (c) => {
      const ticket = store.ticket(c.req.param("id"));
      const requester = c.req.query("include") === "requester" ? { requester: { id: ticket.requester_id, email: ticket.email } } : {};
      return c.json({ ...shown(ticket), ...requester });
    })
    .put(`/tickets/${NUMBER}`, async (c) => {
      const ticket = store.ticket(c.req.param("id"));
      if (ticket.deleted) throw new Refused(405, null);
      const next = store.update(ticket, await bodyOf(c));
      world.applied("tickets");
      return c.json(shown(next));
    })
    .delete(`/tickets/${NUMBER}`, (c) => {
      const ticket = store.ticket(c.req.param("id"));
      if (ticket.deleted) throw notFound();
      store.tickets.put(String(ticket.id), { ...ticket, deleted: true });
      world.applied("tickets");
      return c.body(null, 204);
    })
    .get(`/tickets/${NUMBER}/conversations`, (c) => {
      const { id } = store.ticket(c.req.param("id"));
      const said = store.conversations.all().filter(({ ticket_id }) => ticket_id === id);
      return c.json(pageOf(c, said, 30, 100));
    })
    .post(`/tickets/${NUMBER}/notes`, (c) => say(c, "notes"))
    .post(`/tickets/${NUMBER}/reply`, (c) => say(c, "reply"))
    .delete(`/conversations/${NUMBER}`, (c) => {
      const id = c.req.param("id");
      if (!store.conversations.get(id)) throw notFound();
      store.conversations.delete(id);
      world.applied("conversations");
      return c.body(null, 204);
    })
    .get("/search/tickets", (c) => {
      const query = c.req.query("query") ?? "";
      if (!/^".+"$/.test(query) || query.length > 512)
        throw new Refused(400, {
          description: "Validation failed",
          errors: [{ field: "query", message: "Query must be in double quotes", code: "invalid_value" }],
        });
      const found = store.tickets
        .all()
        .filter((ticket) => !ticket.deleted && indexed(store, ticket) && matches(ticket, query.slice(1, -1)));
      const page = Math.max(1, Number(c.req.query("page") ?? 1) || 1);
      return c.json({ total: found.length, results: found.slice((page - 1) * 30, page * 30).map(shown) });
    });
}

const indexed = ({ world, settings }: Store, { updated_at }: Ticket): boolean =>
  Date.parse(updated_at) + settings.indexDelayMs <= world.now();

/** Conditions of the form `field:value` or `field:'text'`, joined by AND: as much of the language as is asked here. */
function matches(ticket: Ticket, query: string): boolean {
  return query.split(" AND ").every((condition) => {
    const [, field = "", text, number] = /^([a-z_0-9]+):(?:'([^']*)'|(\d+))$/.exec(condition) ?? [];
    if (field === "") throw invalid([{ field: "query", message: "Given query is invalid", code: "invalid_value" }]);
    if (field === "tag") return ticket.tags.includes(text ?? "");
    const value = field.startsWith("cf_") ? ticket.custom_fields[field] : (ticket as unknown as Record<string, unknown>)[field];
    return text === undefined ? value === Number(number) : value === text;
  });
}
