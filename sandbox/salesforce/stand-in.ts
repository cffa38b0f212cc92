// A Salesforce org for local runs and tests: token endpoint, REST API, and, on its control routes, what people and administrators do in it.
import { type Context, Hono } from "hono";
import * as z from "zod";
import { read } from "../control/read.ts";
import type { MakeStandIn } from "../stand-in.ts";
import { ADA, idFor, type Row } from "./directory.ts";
import { salesforceWords } from "./door.ts";
import { apexCallout, flowCallout, isAcknowledged, outboundMessage } from "./messages.ts";
import { OBJECTS } from "./objects.ts";
import { Org } from "./org.ts";
import { find, write } from "./records.ts";
import { restRoutes } from "./rest.ts";
import { tokenRoutes } from "./token.ts";

const ObjectName = z.string().refine((name) => name in OBJECTS, "The stand-in has no such object");
const Added = z.strictObject({ object: ObjectName, set: z.record(z.string(), z.json()), by: z.string().default(ADA) });
const Changed = Added.extend({ id: z.string() });
const Settings = z.strictObject({
  limit: z.int().optional(),
  usedBefore: z.int().optional(),
  assignTo: z.string().nullable().optional(),
  certificate: z.string().nullable().optional(),
  refreshToken: z.string().optional(),
  rotates: z.boolean().optional(),
  locked: z.array(z.string()).optional(),
  hidden: z.array(z.string()).optional(),
  pageSize: z.int().min(1).optional(),
});
const Outbound = z.strictObject({
  object: ObjectName,
  ids: z.array(z.string()).min(1).max(100),
  fields: z.array(z.string()).default(["SystemModstamp", "LastModifiedById"]),
  organizationId: z.string().optional(),
  /** Ids of the notifications; the same ones again are the vendor's repeat. */
  notifications: z.array(z.string()).optional(),
});
const Callout = z.strictObject({ object: ObjectName, id: z.string(), event: z.string(), eventId: z.string() });

export const salesforceStandIn: MakeStandIn = (world) => {
  const org = new Org(world);
  let notified = 0;

  const rowOf = (object: string, id: string): Row | undefined => find(org, object, id);
  const none = (c: Context, id: string) => c.json({ error: `there is no record ${id}` }, 404);

  const control = new Hono()
    .post("/records", async (c) => {
      const { object, set, by } = await read(c, Added);
      const written = write(org, { object, body: set, actor: by, assigns: false });
      return written.ok ? c.json(written.row, 201) : c.json(written.body, 400);
    })
    .post("/records/change", async (c) => {
      const { object, id, set, by } = await read(c, Changed);
      const before = rowOf(object, id);
      if (!before) return none(c, id);
      const written = write(org, { object, body: set, actor: by, assigns: false, before });
      return written.ok ? c.json(written.row) : c.json(written.body, 400);
    })
    .post("/settings", async (c) => {
      const changes = await read(c, Settings);
      org.set(Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)));
      return c.json(org.settings);
    })
    .post("/expire", (c) => {
      org.expire();
      return c.json({});
    })
    .post("/outbound-message", async (c) => {
      const { object, ids, fields, organizationId, notifications } = await read(c, Outbound);
      const list: { id: string; row: Row }[] = [];
      for (const [index, id] of ids.entries()) {
        const row = rowOf(object, id);
        if (!row) return none(c, id);
        notified += 1;
        list.push({ id: notifications?.[index] ?? idFor("04l", notified), row });
      }
      const { status, text } = await world.post(outboundMessage({ object, fields, organizationId, notifications: list }));
      return c.json({ status, acknowledged: isAcknowledged(status, text), notifications: list.map(({ id }) => id) });
    })
    .post("/flow", async (c) => {
      const { object, id, event, eventId } = await read(c, Callout);
      const row = rowOf(object, id);
      return row ? c.json(await world.post(flowCallout(object, row, event, eventId))) : none(c, id);
    })
    .post("/apex", async (c) => {
      const { object, id, event, eventId } = await read(c, Callout);
      const row = rowOf(object, id);
      return row ? c.json(await world.post(await apexCallout(object, row, event, eventId, world.now()))) : none(c, id);
    });

  return {
    api: new Hono().route("/services/oauth2", tokenRoutes(org)).route("/services/data/v67.0", restRoutes(org)),
    control,
    seed: () => org.seed(),
    doorWords: salesforceWords,
  };
};
