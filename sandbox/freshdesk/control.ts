// What people and tests do in the account beside its API: tickets come in and change by hand, limits are set low, rules post.
import { Hono } from "hono";
import * as z from "zod";
import { read } from "../control/read.ts";
import type { Store } from "./store.ts";
import { callRule } from "./webhooks.ts";

const Changes = z.record(z.string(), z.unknown());
const Id = z.union([z.string(), z.number()]).transform(String);
const Manner = z.strictObject({
  content: z.enum(["simple", "advanced"]).default("simple"),
  carried: z.enum(["header", "basic"]).default("header"),
  secret: z.enum(["valid", "bad", "none"]).default("valid"),
  event: z.string().default("{ticket_action:created}"),
});
const Settings = z
  .strictObject({
    perMinute: z.int().min(0),
    spent: z.int().min(0),
    indexDelayMs: z.int().min(0),
    ticketScope: z.int().min(1).max(3),
    admin: z.boolean(),
    denied: z.array(z.string()),
  })
  .partial();
const Field = z.strictObject({ name: z.string(), label: z.string(), type: z.string() });
const Rule = z.strictObject({ type: z.int(), name: z.string(), active: z.boolean().default(true), url: z.string() });

export function control(store: Store): Hono {
  return new Hono()
    .post("/settings", async (c) => {
      const { perMinute, spent, indexDelayMs, ticketScope, admin, denied } = await read(c, Settings);
      store.set({
        ...(perMinute === undefined ? {} : { perMinute }),
        ...(spent === undefined ? {} : { spent }),
        ...(indexDelayMs === undefined ? {} : { indexDelayMs }),
        ...(ticketScope === undefined ? {} : { ticketScope }),
        ...(admin === undefined ? {} : { admin }),
        ...(denied === undefined ? {} : { denied }),
      });
      return c.json(store.settings);
    })
    .post("/tickets", async (c) => {
      const input = {
        email: "kim@example.net",
        subject: "Help",
        description: "It does not work",
        status: 2,
        priority: 1,
        ...(await read(c, Changes)),
      };
      return c.json(store.create(input), 201);
    })
    .post("/change", async (c) => {
      const { id, ...changes } = await read(c, z.looseObject({ id: Id }));
      return c.json(store.update(store.ticket(id), changes));
    })
    .post("/note", async (c) => {
      const { id, body, by } = await read(c, z.strictObject({ id: Id, body: z.string(), by: z.int() }));
      return c.json(store.say(store.ticket(id), { body, private: true, source: 2, by }), 201);
    })
    .post("/fields", async (c) => {
      store.setFields(await read(c, z.array(Field)));
      return c.json(store.fields);
    })
    .post("/rules", async (c) => {
      const { url, ...rule } = await read(c, Rule);
      const id = store.next("rule", 1);
      store.rules.put(String(id), { id, ...rule, actions: [{ field_name: "trigger_webhook", request_type: "POST", url }] });
      return c.json({ id }, 201);
    })
    .post("/webhook", async (c) => {
      const { id, ...manner } = await read(c, Manner.extend({ id: Id }));
      return c.json(await callRule(store, store.ticket(id), manner));
    });
}
