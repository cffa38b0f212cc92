// Replay of dead letters, in workerd: what a mended cause makes of a letter, and that no event gets a second run. Letters come about as in operation: through the
// queue's consumer and the Worker's own door.
import { createExecutionContext, createMessageBatch, getQueueResult, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { genericHmac } from "../../src/connectors/generic-hmac.ts";
import type { WebhookDeclaration } from "../../src/connectors/webhook.ts";
import { hmacSha256 } from "../../src/core/crypto.ts";
import type { InterlockEvent } from "../../src/core/event.ts";
import { runIdOf } from "../../src/core/ids.ts";
import { everywhere, type Principal } from "../../src/core/principal.ts";
import { eventLetter, keepDeadLetters } from "../../src/db/dead-letters.ts";
import { type DeadLetterRow, listDeadLetters } from "../../src/db/reads.ts";
import type { Connection, Deployment } from "../../src/deployment.ts";
import type { Context } from "../../src/operations/context.ts";
import { replayDeadLetter, replayDeadLetters } from "../../src/operations/replay-dead-letters.ts";
import { createWorker } from "../../src/worker.ts";
import { withUnreadableSpec } from "../harness/forged-spec.ts";
import { outside, ticketEvent } from "./outside.ts";
import worker, { deployment } from "./worker.ts";

let world: ReturnType<typeof outside>;
beforeAll(() => {
  world = outside();
});
afterAll(() => {
  vi.restoreAllMocks();
});

const ada: Principal = { kind: "person", id: "ada@example.com", name: "Ada", grants: everywhere("operator") };
const contextWith = (more: { deployment?: Deployment; env?: object } = {}): Context => ({
  env: { ...env, ...more.env },
  deployment: more.deployment ?? deployment,
  waitUntil: () => undefined,
});
const newTicket = () => world.zendesk.add({ subject: "Charged twice", description: "Charged twice", group_id: 100, priority: null });

async function consume(bodies: readonly unknown[], queue = "interlock-events"): Promise<void> {
  const batch = createMessageBatch(
    queue,
    bodies.map((body, index) => ({ id: `m-${index}`, body, attempts: 1, timestamp: new Date() })),
  );
  const execution = createExecutionContext();
  await worker.queue(batch, env, execution);
  expect((await getQueueResult(batch, execution)).explicitAcks).toHaveLength(bodies.length);
}

/** While the spec that counts cannot be read. */
const unreadably = (work: () => Promise<void>) => withUnreadableSpec(env.DB, "ticket-triage", work);

/** The one letter whose text has this in it. */
async function letterAbout(text: string): Promise<DeadLetterRow> {
  const found = (await listDeadLetters(env.DB, { limit: 1000 })).filter(({ body }) => body.includes(text));
  expect(found).toHaveLength(1);
  return found[0] as DeadLetterRow;
}
const replay = async (text: string, more?: Parameters<typeof contextWith>[0]) =>
  replayDeadLetter(contextWith(more), ada, (await letterAbout(text)).id);
const runsOf = async (event: InterlockEvent) =>
  (await env.DB.prepare("select id from run where event_id = ?").bind(event.id).all()).results;
const projected = (event: InterlockEvent) =>
  vi.waitFor(async () => expect(await runsOf(event)).toEqual([{ id: runIdOf("ticket-triage", event.id) }]), { timeout: 60_000 });

describe("an event whose workflow had a spec that could not be read", () => {
  it("starts exactly one run once it can be, and cannot be replayed a second time", async () => {
    const event = ticketEvent(newTicket());
    await unreadably(async () => {
      await consume([{ kind: "event", event }]);
      expect(await replay(event.id)).toMatchObject({ ok: true, value: { kind: "refused", run: null } });
      expect(await letterAbout(event.id)).toMatchObject({
        kind: "event",
        connection: "zendesk",
        open: true,
        outcome: expect.stringMatching(/^refused: The run cannot be started: The approved governance spec of ticket-triage/),
        replayedBy: ada.id,
      });
    });
    const run = runIdOf("ticket-triage", event.id);
    expect(await replay(event.id)).toEqual({ ok: true, value: { kind: "started", outcome: "started a run", run } });
    expect(await letterAbout(event.id)).toMatchObject({ open: false, outcome: "started a run", run, replayedAt: expect.any(Number) });
    expect(await replay(event.id)).toMatchObject({ ok: false, error: { code: "dead_letter.replayed" } });
    await projected(event);
  });

  it("starts one run when two people replay it at once", async () => {
    const event = ticketEvent(newTicket());
    await unreadably(() => consume([{ kind: "event", event }]));
    const both = await Promise.all([replay(event.id), replay(event.id)]);
    expect(both.filter(({ ok }) => ok)).toHaveLength(1);
    expect(both.find(({ ok }) => !ok)).toMatchObject({ error: { code: "dead_letter.replayed" } });
    await projected(event);
  });

  it("finds the run that its source’s own repeat has started meanwhile", async () => {
    const event = ticketEvent(newTicket());
    await unreadably(() => consume([{ kind: "event", event }]));
    await consume([{ kind: "event", event }]);
    expect(await replay(event.id)).toMatchObject({ ok: true, value: { kind: "existed", outcome: "the run existed already" } });
  });

  it("is replayed by an operator only", async () => {
    const event = ticketEvent(newTicket());
    await unreadably(() => consume([{ kind: "event", event }]));
    const { id } = await letterAbout(event.id);
    const reviewer: Principal = { ...ada, grants: everywhere("reviewer", "auditor") };
    expect(await replayDeadLetter(contextWith(), reviewer, id)).toMatchObject({ ok: false, error: { code: "access.denied" } });
    expect(await replayDeadLetters(contextWith(), reviewer, { limit: 10 })).toMatchObject({ ok: false, error: { code: "access.denied" } });
    expect(await letterAbout(event.id)).toMatchObject({ outcome: null });
  });

  it("stays open while its partition does not answer", async () => {
    const event = ticketEvent(newTicket());
    await unreadably(() => consume([{ kind: "event", event }]));
    const RUN_PARTITION = { getByName: () => ({ start: () => Promise.reject(new Error("the object was reset")) }) };
    expect(await replay(event.id, { env: { RUN_PARTITION } })).toMatchObject({
      ok: true,
      value: { kind: "failed", outcome: "failed: the object was reset" },
    });
    expect(await replay(event.id)).toMatchObject({ ok: true, value: { kind: "started" } });
  });
});

describe("an event that nobody listens to any more", () => {
  it("says so", async () => {
    const event = { ...ticketEvent("8801", "unheard-8801"), type: "ticket.merged" };
    await keepDeadLetters(env.DB, [eventLetter(event, "given up")], Date.now());
    expect(await replay(event.id)).toEqual({ ok: true, value: { kind: "unheard", outcome: "no workflow listens", run: null } });
  });
});

describe("a delivery that could not be read", () => {
  const SECRET = "of-the-shop";
  const shop = (webhook?: Partial<WebhookDeclaration>): Deployment => {
    const connector = genericHmac({ name: "shop", signatureHeader: "x-shop-signature", encoding: "hex", timestampHeader: "x-shop-time" });
    const connection: Connection = {
      connector: { ...connector, webhooks: { deliveries: { ...(connector.webhooks.deliveries as WebhookDeclaration), ...webhook } } },
      baseUrl: "ZENDESK_URL",
      webhookSecrets: ["SHOP_SECRET"],
    };
    return { ...deployment, connections: { ...deployment.connections, shop: connection } };
  };
  async function deliver(body: Uint8Array, to: Deployment, stamp = String(Math.floor(Date.now() / 1000))): Promise<object> {
    const mac = hmacSha256(SECRET, [`${stamp}.`, body]);
    const signature = [...mac].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    const headers = { "x-shop-signature": signature, "x-shop-time": stamp, "x-api-key": "a sender's credential" };
    const execution = createExecutionContext();
    const request = new Request("https://interlock.test/hooks/shop", { method: "POST", headers, body: new Uint8Array(body) });
    const EVENTS = { send: async () => undefined } as unknown as Queue;
    const response = await createWorker(to).handler.fetch(request, { ...env, EVENTS, SHOP_SECRET: SECRET } as Env, execution);
    await waitOnExecutionContext(execution);
    return response.json();
  }
  const named = (name: string, { connector }: Connection): Connection["connector"] => ({ ...connector, name });
  const bytes = (text: string) => new TextEncoder().encode(text);
  const readable: Partial<WebhookDeclaration> = {
    parse: ({ body }) => ({ kind: "event", deliveryKey: null, type: "order", subject: new TextDecoder().decode(body), time: 1, data: {} }),
  };

  it("is refused again, with the reason, while it still does not read", async () => {
    expect(await deliver(bytes("{ first"), shop())).toMatchObject({ status: "dead_letter" });
    expect(await letterAbout("{ first")).toMatchObject({ kind: "delivery", connection: "shop", source: "shop/shop" });
    expect(await replay("{ first", { deployment: shop() })).toMatchObject({
      ok: true,
      value: { kind: "refused", outcome: expect.stringMatching(/^refused: It still cannot be read: The body is not JSON/) },
    });
    expect(await letterAbout("{ first")).toMatchObject({ open: true });
  });

  it("is the event that it would have been, once the connector reads it", async () => {
    const stamp = String(Math.floor(Date.now() / 1000));
    await deliver(bytes("{ second"), shop(), stamp);
    const heard: Deployment = { ...shop(readable), workflows: deployment.workflows };
    expect(await replay("{ second", { deployment: heard })).toMatchObject({ ok: true, value: { kind: "unheard" } });
    const again = (await deliver(bytes("{ second"), shop(readable), stamp)) as { event?: string };
    expect((await letterAbout("{ second")).id).toBe(again.event);
  });

  it("is all of its events, once the connector reads them", async () => {
    const tickets = [newTicket(), newTicket()];
    await deliver(bytes("{ several"), shop());
    const reading: Partial<WebhookDeclaration> = {
      parse: () => ({
        kind: "events",
        deliveryKey: null,
        events: tickets.map((subject) => ({ type: "ticket.created", subject, time: 1, data: { id: subject } })),
      }),
    };
    const { shop: connection } = shop(reading).connections;
    // Events of the shop start what listens to Zendesk's.
    const heard: Deployment = {
      ...deployment,
      connections: {
        ...deployment.connections,
        shop: { ...(connection as Connection), connector: named("zendesk", connection as Connection) },
      },
    };
    expect(await replay("{ several", { deployment: heard })).toMatchObject({
      ok: true,
      value: { kind: "started", outcome: "started a run (2 of 2 events)", run: expect.stringMatching(/^ticket-triage\./) },
    });
    for (const ticket of tickets)
      await vi.waitFor(
        async () => expect((await env.DB.prepare("select id from run where subject = ?").bind(ticket).all()).results).toHaveLength(1),
        { timeout: 10_000 },
      );
    expect(await replay("{ several", { deployment: heard })).toMatchObject({ ok: false, error: { code: "dead_letter.replayed" } });
  });

  it("keeps no header that its identity and its reading do not need", async () => {
    await deliver(bytes("{ third"), shop());
    const kept = await env.DB.prepare("select delivery from dead_letter where body = ?").bind("{ third").first<{ delivery: string }>();
    expect(Object.keys(JSON.parse(kept?.delivery ?? "{}").headers)).toEqual(["x-shop-time"]);
  });

  it("is not read as something else than was signed, when its bytes are no text", async () => {
    await deliver(new Uint8Array([...bytes("fourth"), 0xff]), shop());
    expect(await replay("fourth", { deployment: shop(readable) })).toMatchObject({
      ok: true,
      value: { kind: "refused", outcome: expect.stringContaining("only its text was kept") },
    });
  });

  it("is ignored when its connection ignores it now, and refused when its connection is gone", async () => {
    await deliver(bytes("{ fifth"), shop());
    expect(await replay("{ fifth")).toMatchObject({ ok: true, value: { outcome: "refused: No connection shop receives deliveries" } });
    const deaf = shop({ parse: () => ({ kind: "ignored", reason: "A test" }) });
    expect(await replay("{ fifth", { deployment: deaf })).toMatchObject({
      ok: true,
      value: { kind: "ignored", outcome: "ignored: A test" },
    });
  });
});

describe("a message that was not an event", () => {
  it("is refused again while it is none", async () => {
    await consume([{ kind: "event", event: { subject: "no event at all" } }]);
    expect(await replay("no event at all")).toMatchObject({
      ok: true,
      value: { kind: "refused", outcome: expect.stringMatching(/^refused: The message is not an event/) },
    });
  });

  it("that points into storage starts its run once the event lies there", async () => {
    const event = ticketEvent(newTicket());
    await consume([{ kind: "pointer", key: `event/${event.id}` }]);
    expect(await letterAbout(event.id)).toMatchObject({ kind: "message", connection: null });
    expect(await replay(event.id)).toMatchObject({ ok: true, value: { kind: "refused" } });
    const BLOBS = { get: () => Promise.reject(new Error("R2 is down")) };
    expect(await replay(event.id, { env: { BLOBS } })).toMatchObject({ ok: true, value: { outcome: "failed: R2 is down" } });
    await env.BLOBS.put(`event/${event.id}`, JSON.stringify(event));
    expect(await replay(event.id)).toMatchObject({ ok: true, value: { kind: "started" } });
    await projected(event);
  });

  it("that the queue gave up on is an event, and starts its run", async () => {
    const event = ticketEvent(newTicket());
    await consume([{ kind: "event", event }], "interlock-events-dead");
    expect(await letterAbout(event.id)).toMatchObject({ kind: "event", source: "zendesk/zendesk" });
    expect(await replay(event.id)).toMatchObject({ ok: true, value: { kind: "started" } });
  });
});

describe("a replay of all that match", () => {
  it("takes twenty-five letters, each by itself, and leaves the others alone", async () => {
    const events = Array.from({ length: 25 }, () => ({ ...ticketEvent(newTicket()), source: "zendesk/flood" }));
    const other = ticketEvent(newTicket());
    const broken = { ...eventLetter(other, "the flood"), source: "zendesk/flood", body: '{"kept":"badly"}' };
    const letters = [...events.map((event) => eventLetter(event, "the flood of Monday")), broken];
    await keepDeadLetters(env.DB, [...letters, eventLetter(other, "something else")], Date.now());
    const filter = { source: "zendesk/flood", reason: "flood" };

    expect(await replayDeadLetters(contextWith(), ada, { ...filter, limit: 3 })).toMatchObject({ ok: true, value: { letters: 3 } });
    const rest = await replayDeadLetters(contextWith(), ada, { ...filter, limit: 200 });
    const before = await listDeadLetters(env.DB, { status: "replayed", source: "zendesk/flood", limit: 200 });
    expect(before).toHaveLength(25);
    expect(new Set(before.map(({ run }) => run)).size).toBe(25);
    expect(rest).toMatchObject({ ok: true });
    expect(await replayDeadLetters(contextWith(), ada, { ...filter, limit: 200 })).toEqual({
      ok: true,
      value: { letters: 1, outcomes: { refused: 1 } },
    });
    expect((await listDeadLetters(env.DB, { status: "open", source: "zendesk/flood", limit: 200 })).map(({ outcome }) => outcome)).toEqual([
      "refused: The kept event does not parse",
    ]);
    expect(await letterAbout(other.id)).toMatchObject({ outcome: null });
    await Promise.all(events.map(projected));
  });

  it("starts an event once that two letters hold", async () => {
    const event = { ...ticketEvent(newTicket()), source: "zendesk/twins" };
    await keepDeadLetters(env.DB, [eventLetter(event, "one"), eventLetter(event, "two")], Date.now());
    expect(await replayDeadLetters(contextWith(), ada, { source: "zendesk/twins", limit: 10 })).toEqual({
      ok: true,
      value: { letters: 2, outcomes: { started: 1, existed: 1 } },
    });
    await projected(event);
  });
});
