// What people and tests do in the account beside its API: records come and change by hand, limits are set low, webhooks go out, tokens end.
import { Hono } from "hono";
import * as z from "zod";
import { read } from "../control/read.ts";
import type { IssuedToken } from "./door.ts";
import { type Definition, define } from "./properties.ts";
import { HubspotSettings, type SettingsOf } from "./settings.ts";
import type { PendingEvent, Store } from "./store.ts";
import { callFromWorkflow, deliver, HOOK, repeat } from "./webhooks.ts";

const Values = z.record(z.string(), z.string().nullable());
const Manner = z.strictObject({
  version: z.enum(["v1", "v2", "v3"]).default("v3"),
  signature: z.enum(["valid", "bad"]).default("valid"),
  hook: z.string().startsWith("/").default(HOOK),
});

export function control(store: Store, settings: SettingsOf): Hono {
  /** What the last delivery told of. */
  let last: readonly PendingEvent[] = [];
  return new Hono()
    .post("/settings", async (c) => {
      settings.change(await read(c, HubspotSettings.partial()));
      return c.json(settings.value);
    })
    .post("/records", async (c) => {
      const { type, properties } = await read(c, z.strictObject({ type: z.string(), properties: Values }));
      return c.json(store.create(store.type(type).name, properties, "person"), 201);
    })
    .post("/change", async (c) => {
      const { type, id, properties } = await read(c, z.strictObject({ type: z.string(), id: z.string(), properties: Values }));
      return c.json(store.update(store.get(store.type(type).name, id), properties, "person"));
    })
    .post("/archive", async (c) => {
      const { type, id } = await read(c, z.strictObject({ type: z.string(), id: z.string() }));
      store.archive(store.get(store.type(type).name, id), "person");
      return c.json({ ok: true });
    })
    .post("/properties", async (c) => {
      const NewProperty = z.strictObject({
        name: z.string(),
        type: z.enum(["string", "number", "bool", "date", "datetime", "enumeration"]),
        options: z.array(z.string()).optional(),
        unique: z.boolean().optional(),
      });
      const { of, ...added } = await read(c, NewProperty.extend({ of: z.string() }));
      const type = store.type(of).name;
      const others: Definition[] = store.definitionsFor(type).filter(({ name }) => name !== added.name);
      store.definitions.put(type, [...others, define(added)]);
      return c.json({ ok: true });
    })
    .post("/owners/deactivate", async (c) => {
      const { id } = await read(c, z.strictObject({ id: z.string() }));
      const owner = store.owners.get(id);
      if (owner) store.owners.put(id, { ...owner, archived: true });
      return c.json({ ok: owner !== undefined });
    })
    .post("/expire-tokens", (c) => {
      const tokens = store.world.table<IssuedToken>("tokens");
      for (const token of tokens.all()) tokens.put(token.value, { ...token, expiresAt: store.world.now() });
      return c.json({ ok: true });
    })
    .post("/deliver", async (c) => {
      const manner = await read(c, Manner);
      const sent = await deliver(store, manner);
      if (sent) last = sent.events;
      return c.json({ events: sent?.events.length ?? 0, status: sent?.status ?? null });
    })
    .post("/deliver-again", async (c) => c.json({ status: await repeat(store, last, await read(c, Manner)) }))
    .post("/workflow", async (c) => {
      const { payload, ...manner } = await read(c, Manner.extend({ payload: z.record(z.string(), z.unknown()) }));
      return c.json({ status: await callFromWorkflow(store, payload, manner) });
    });
}
