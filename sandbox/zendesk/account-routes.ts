// /api/v2/webhooks and the incremental export: what an account tells of itself, and of all its tickets in the order of their change.
// The export is not behind by a minute, as the vendor's is: a test need not wait.
import { Hono } from "hono";
import type { World } from "../world.ts";
import { NOT_FOUND } from "./answers.ts";
import { WEBHOOK_ID } from "./directory.ts";
import type { ZendeskVariables } from "./door.ts";

const MOST = 1_000;

export function accountRoutes(world: World) {
  const { settings, tickets } = world;
  return new Hono<ZendeskVariables>()
    .get("/webhooks", (c) => {
      const { interlock_url, zendesk_hook, zendesk_webhook } = settings.value;
      const webhook = {
        id: WEBHOOK_ID,
        name: "Interlock",
        endpoint: interlock_url.replace(/\/$/, "") + zendesk_hook,
        http_method: "POST",
        request_format: "json",
        status: zendesk_webhook,
        subscriptions: ["zen:event-type:ticket.created"],
      };
      const webhooks = zendesk_webhook === "none" ? [] : [webhook];
      return c.json({ webhooks, links: { next: null, prev: null }, meta: { has_more: false, after_cursor: null, before_cursor: null } });
    })
    .get("/webhooks/:id/signing_secret", (c) =>
      c.req.param("id") === WEBHOOK_ID
        ? c.json({ signing_secret: { algorithm: "SHA256", secret: world.env.ZENDESK_WEBHOOK_SECRET } })
        : c.json(NOT_FOUND, 404),
    )
    .get("/incremental/tickets/cursor", (c) => {
      const start = Number(c.req.query("start_time") ?? Number.NaN);
      const cursor = c.req.query("cursor");
      if (cursor === undefined && Number.isNaN(start)) return c.json({ error: "InvalidValue", description: "start_time is required" }, 400);
      const size = Math.min(MOST, Math.max(1, Number(c.req.query("per_page") ?? MOST) || MOST));
      const [stamp = "", behind = null] = cursor === undefined ? [stampOf(start)] : atob(cursor).split(" ");
      const found = tickets.changedSince(stamp, behind === null ? null : Number(behind), size + 1);
      const shown = found.slice(0, size);
      const last = shown.at(-1);
      return c.json({
        tickets: shown,
        after_cursor: last ? btoa(`${last.updated_at} ${last.id}`) : (cursor ?? null),
        after_url: null,
        before_cursor: null,
        end_of_stream: found.length <= size,
      });
    });
}

const stampOf = (seconds: number): string => `${new Date(seconds * 1_000).toISOString().slice(0, 19)}Z`;
