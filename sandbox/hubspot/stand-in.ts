// HubSpot's CRM as far as workflows use it: records of standard types and of one custom type, owners, notes and tasks with associations, the search, an OAuth app.
// Its door counts calls as the vendor does, and its records tell webhooks of their changes.
import { Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { MakeStandIn } from "../stand-in.ts";
import { hubspotWords, notFound, Refused } from "./answer.ts";
import { control } from "./control.ts";
import { directoryRoutes } from "./directory.ts";
import { door } from "./door.ts";
import { oauthRoutes } from "./oauth.ts";
import { objectRoutes } from "./objects.ts";
import { SettingsOf } from "./settings.ts";
import { Store } from "./store.ts";

export const hubspotStandIn: MakeStandIn = (world) => {
  const store = new Store(world);
  const settings = new SettingsOf(world);
  const api = new Hono()
    .route("/", oauthRoutes(world, settings))
    .use("/crm/*", door(world, settings))
    .use("/account-info/*", door(world, settings))
    .route("/crm/v3/objects", objectRoutes(store, settings))
    .route("/", directoryRoutes(store, settings))
    .all("*", () => {
      throw notFound();
    });
  api.onError((error, c) => {
    if (error instanceof Refused) return c.json(error.body, error.status as ContentfulStatusCode, error.headers);
    throw error;
  });
  const people = control(store, settings);
  people.onError((error, c) => {
    if (error instanceof Refused) return c.json(error.body, error.status as ContentfulStatusCode);
    throw error;
  });
  return { api, control: people, seed: () => seed(store), doorWords: hubspotWords };
};

/** Three people, a company with a contact and a deal, a ticket, a contract. */
function seed(store: Store): void {
  const owners = [
    { id: "4711", email: "ana@example.com", firstName: "Ana", lastName: "Ruiz", userId: 9, archived: false },
    { id: "4712", email: "ben@example.com", firstName: "Ben", lastName: "Okafor", userId: 10, archived: false },
    { id: "4713", email: "leads@example.com", firstName: "Lead", lastName: "Desk", userId: 11, archived: false },
  ];
  for (const owner of owners) store.owners.put(owner.id, owner);
  const company = store.create("companies", { name: "Northwind", domain: "northwind.example", erp_id: "K-100" }, "person");
  const contact = store.create(
    "contacts",
    { email: "lead@northwind.example", firstname: "Li", lastname: "Chen", lifecyclestage: "lead" },
    "person",
  );
  store.create(
    "deals",
    { dealname: "Northwind renewal", dealstage: "appointmentscheduled", amount: "1200", hubspot_owner_id: "4712" },
    "person",
  );
  store.create("tickets", { subject: "Cannot sign in", hs_pipeline_stage: "1" }, "person");
  store.create("2-3465404", { plan_name: "Team", seats: "5", contract_number: "C-7" }, "person");
  store.link(contact, company, 1);
  // What was there from the beginning is no news.
  for (const { eventId } of store.pending.all()) store.pending.delete(String(eventId));
}
