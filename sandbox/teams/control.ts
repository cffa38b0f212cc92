// What people do in Teams, and what a test sets: somebody writes to the bot, presses a button of a card, mentions an outgoing webhook; Graph notifies of a change; the
// bot is taken out of a channel, its token ends, a conversation is made busy.
import { createHmac } from "node:crypto";
import { Hono } from "hono";
import * as z from "zod";
import type { Posted, StandInWorld } from "../stand-in.ts";
import { activityKey, type Tables, type TeamsState } from "./connector-api.ts";
import { APP_ID, BOT, CLIENT_STATE, OUTGOING_TOKEN, SERVICE_URL, TENANT } from "./directory.ts";
import type { Keys } from "./keys.ts";

const HOOK = "/hooks/teams";

const State = z.strictObject({ token: z.string().min(1).optional(), perSecond: z.int().min(0).optional() });
const Closed = z.strictObject({ channel: z.string(), closed: z.boolean() });
const Said = z.strictObject({ conversation: z.string(), text: z.string(), user: z.string().default("29:sandbox-user-1") });
/** `aadObjectId`, `tenant`: another than the presser's own, as a forged body would have. */
const Pressed = z.strictObject({
  conversation: z.string(),
  activity: z.string(),
  verb: z.string(),
  user: z.string().default("29:sandbox-user-1"),
  aadObjectId: z.string().optional(),
  tenant: z.string().default(TENANT),
});
const Changed = z.strictObject({
  resource: z.string(),
  changeType: z.enum(["created", "updated", "deleted"]),
  count: z.int().min(1).max(50).default(1),
});

export function teamsControl({ now, post }: StandInWorld, { state, channels, people, activities }: Tables, keys: Keys) {
  let drawn = 0;
  const nextId = (): string => `${now()}${String(++drawn).padStart(4, "0")}`;

  const activityBase = (user: string, conversation: string, tenant = TENANT) => {
    const found = people.get(user);
    const channel = conversation.replace(/;messageid=.*$/, "");
    return {
      id: nextId(),
      timestamp: new Date(now()).toISOString(),
      serviceUrl: SERVICE_URL,
      channelId: "msteams",
      from: { id: user, name: found?.name ?? "Somebody", ...(found ? { aadObjectId: found.aadObjectId } : {}) },
      conversation: { isGroup: true, conversationType: "channel", tenantId: tenant, id: conversation },
      recipient: BOT,
      channelData: { channel: { id: channel }, team: { id: "19:team@thread.tacv2" }, tenant: { id: tenant } },
    };
  };

  async function deliver(what: string, activity: object): ReturnType<StandInWorld["post"]> {
    const at = Math.floor(now() / 1_000);
    const claims = { serviceurl: SERVICE_URL, nbf: at - 300, exp: at + 3_300, iss: "https://api.botframework.com", aud: APP_ID };
    return send(what, JSON.stringify(activity), { authorization: `Bearer ${await keys.sign(claims)}` });
  }
  const send = (what: string, body: string, headers: Posted["headers"]) =>
    post({ what, path: HOOK, body, headers: { "content-type": "application/json; charset=utf-8", ...headers } });

  return new Hono()
    .post("/state", async (c) => {
      const change = State.parse(await c.req.json());
      const held = state.get("one") as TeamsState;
      state.put("one", { token: change.token ?? held.token, perSecond: change.perSecond ?? held.perSecond });
      return c.json(state.get("one") as object);
    })
    .post("/channel", async (c) => {
      const { channel: id, closed } = Closed.parse(await c.req.json());
      const found = channels.get(id);
      if (!found) return c.json({ error: `there is no channel ${id}` }, 404);
      channels.put(id, { ...found, closed });
      return c.json({ id, closed });
    })
    .post("/message", async (c) => {
      const { conversation, text, user } = Said.parse(await c.req.json());
      return c.json(await deliver("message", { ...activityBase(user, conversation), type: "message", textFormat: "plain", text }));
    })
    .post("/press", async (c) => {
      const { conversation, activity, verb, user, aadObjectId, tenant } = Pressed.parse(await c.req.json());
      const action = actionOf(activities.get(activityKey(conversation, activity))?.body, verb);
      if (!action) return c.json({ error: `the message has no button ${verb}` }, 404);
      const base = activityBase(user, conversation, tenant);
      return c.json(
        await deliver("adaptiveCard/action", {
          ...base,
          from: { ...base.from, ...(aadObjectId === undefined ? {} : { aadObjectId }) },
          type: "invoke",
          name: "adaptiveCard/action",
          replyToId: activity,
          value: { action: { ...action, type: "Action.Execute" }, trigger: "manual" },
        }),
      );
    })
    .post("/outgoing", async (c) => {
      const { conversation, text, user } = Said.parse(await c.req.json());
      const body = JSON.stringify({
        ...activityBase(user, conversation),
        type: "message",
        text: `<at>Interlock</at> ${text}`,
        recipient: null,
      });
      const mac = createHmac("sha256", Buffer.from(OUTGOING_TOKEN, "base64")).update(body).digest("base64");
      return c.json(await send("outgoing webhook", body, { authorization: `HMAC ${mac}` }));
    })
    .post("/change", async (c) => {
      const { resource, changeType, count } = Changed.parse(await c.req.json());
      const value = Array.from({ length: count }, () => ({
        id: nextId(),
        subscriptionId: "7f105c7d-0000-4000-8000-000000000001",
        subscriptionExpirationDateTime: new Date(now() + 3_600_000).toISOString(),
        clientState: CLIENT_STATE,
        changeType,
        resource,
        tenantId: TENANT,
        resourceData: { "@odata.type": "#Microsoft.Graph.chatMessage", "@odata.id": resource, id: nextId() },
      }));
      return c.json(await send("change notification", JSON.stringify({ value }), {}));
    });
}

/** The button with this verb in any card of the message. */
function actionOf(body: Record<string, unknown> | undefined, verb: string): Record<string, unknown> | null {
  const attachments = (body?.attachments ?? []) as { content?: { actions?: Record<string, unknown>[] } }[];
  return attachments.flatMap(({ content }) => content?.actions ?? []).find((action) => action.verb === verb) ?? null;
}
