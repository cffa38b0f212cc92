// Agents, groups, fields of tickets, and the automation rules that an administrator's key may list.
import { type Context, Hono } from "hono";
import { AGENTS, GROUPS, OWN_AGENT } from "./account.ts";
import { forbidden, notFound } from "./answer.ts";
import type { Store } from "./store.ts";

export function directoryRoutes(store: Store): Hono {
  const allow = (what: string) => {
    if (store.settings.denied.includes(what)) throw forbidden();
  };
  const page = <T>(c: Context, all: readonly T[]): readonly T[] => {
    const size = Math.min(100, Number(c.req.query("per_page") ?? 30) || 30);
    const from = (Math.max(1, Number(c.req.query("page") ?? 1) || 1) - 1) * size;
    return all.slice(from, from + size);
  };
  return new Hono()
    .get("/agents/me", (c) => {
      const own = AGENTS.find(({ id }) => id === OWN_AGENT);
      return c.json({ ...own, ticket_scope: store.settings.ticketScope });
    })
    .get("/agents", (c) => {
      allow("agents");
      const email = c.req.query("email");
      return c.json(page(c, email === undefined ? AGENTS : AGENTS.filter(({ contact }) => contact.email === email)));
    })
    .get("/agents/:id{[0-9]+}", (c) => {
      allow("agents");
      const agent = AGENTS.find(({ id }) => id === Number(c.req.param("id")));
      if (!agent) throw notFound();
      return c.json(agent);
    })
    .get("/groups", (c) => {
      allow("groups");
      return c.json(page(c, GROUPS));
    })
    .get("/ticket_fields", (c) => c.json(store.fields))
    .get("/automations/:type{[0-9]+}/rules", (c) => {
      if (!store.settings.admin) throw forbidden();
      return c.json(store.rules.all().filter(({ type }) => type === Number(c.req.param("type"))));
    });
}
