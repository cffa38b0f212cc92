// What is around the records: the account itself, its owners, the descriptions of properties, associations and their numbers.
import { Hono } from "hono";
import { ASSOCIATION_TYPES, PORTAL_ID, scopeFor } from "./account.ts";
import { notFound } from "./answer.ts";
import { requireScope } from "./door.ts";
import type { SettingsOf } from "./settings.ts";
import type { Owner, Store } from "./store.ts";

export function directoryRoutes(store: Store, settings: SettingsOf): Hono {
  const may = (type: string) => requireScope(settings, scopeFor(store.type(type), false));
  return new Hono()
    .get("/account-info/v3/details", (c) =>
      c.json({
        portalId: PORTAL_ID,
        accountType: "STANDARD",
        timeZone: "Europe/Berlin",
        uiDomain: "app-eu1.hubspot.com",
        dataHostingLocation: "eu1",
      }),
    )
    .get("/crm/v3/owners", (c) => {
      requireScope(settings, "crm.objects.owners.read");
      const email = c.req.query("email")?.toLowerCase();
      const archived = c.req.query("archived") === "true";
      const all = store.owners.all().filter((owner) => owner.archived === archived && (email === undefined || owner.email === email));
      return c.json({ results: all.slice(0, Number(c.req.query("limit") ?? 100)).map(shownOwner) });
    })
    .get("/crm/v3/owners/:id", (c) => {
      requireScope(settings, "crm.objects.owners.read");
      const owner = store.owners.get(c.req.param("id"));
      if (!owner || owner.archived !== (c.req.query("archived") === "true")) throw notFound("Owner not found");
      return c.json(shownOwner(owner));
    })
    .get("/crm/v3/properties/:type", (c) => {
      const type = store.type(c.req.param("type"));
      may(type.name);
      return c.json({ results: store.definitionsFor(type.name) });
    })
    .get("/crm/v4/associations/:from/:to/labels", (c) => {
      const [from, to] = [store.type(c.req.param("from")).name, store.type(c.req.param("to")).name];
      const known = ASSOCIATION_TYPES.filter(([one, other]) => one === from && other === to);
      return c.json({ results: known.map(([, , typeId, category]) => ({ category, typeId, label: null })) });
    })
    .get("/crm/v4/objects/:type/:id/associations/:to", (c) => {
      const type = store.type(c.req.param("type")).name;
      may(type);
      const record = store.get(type, c.req.param("id"));
      const limit = Number(c.req.query("limit") ?? 500);
      const start = Number(c.req.query("after") ?? 0);
      const all = store.linked(record, store.type(c.req.param("to")).name);
      const results = all.slice(start, start + limit).map(({ toId, typeId }) => ({
        toObjectId: Number(toId),
        associationTypes: [{ category: "HUBSPOT_DEFINED", typeId, label: null }],
      }));
      return c.json({ results, ...(start + limit < all.length ? { paging: { next: { after: String(start + limit) } } } : {}) });
    });
}

const shownOwner = ({ userId, ...owner }: Owner) => ({
  ...owner,
  type: "PERSON",
  userId,
  createdAt: "2025-01-01T00:00:00.000Z",
  updatedAt: "2025-01-01T00:00:00.000Z",
  teams: [],
});
