// Freshdesk as far as workflows use it: tickets with conversations and custom fields, agents, groups, the search, automation rules that post.
// Its door counts calls as the vendor does; nothing in it knows a precondition or an idempotency key, as nothing in Freshdesk does.
import { Hono } from "hono";
import type { MakeStandIn } from "../stand-in.ts";
import { freshdeskWords, Refused } from "./answer.ts";
import { control } from "./control.ts";
import { directoryRoutes } from "./directory.ts";
import { door } from "./door.ts";
import { Store } from "./store.ts";
import { ticketRoutes } from "./tickets.ts";

/** For the API and for people alike. */
function refusing(app: Hono): Hono {
  app.onError((error, c) => {
    if (!(error instanceof Refused)) throw error;
    return error.body === null ? c.body(null, error.status, error.headers) : c.json(error.body, error.status, error.headers);
  });
  return app;
}

export const freshdeskStandIn: MakeStandIn = (world) => {
  const store = new Store(world);
  const api = new Hono().use("/api/v2/*", door(store)).route("/api/v2", ticketRoutes(store)).route("/api/v2", directoryRoutes(store));
  api.notFound((c) => c.body(null, 404));
  return { api: refusing(api), control: refusing(control(store)), seed: () => seed(store), doorWords: freshdeskWords };
};

/** One ticket, number 41. */
function seed(store: Store): void {
  store.create({
    email: "kim@example.net",
    subject: "Charged twice",
    description: "<div>My card was charged twice.</div>",
    status: 2,
    priority: 1,
    group_id: 300,
    tags: ["vip"],
  });
}
