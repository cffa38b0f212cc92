// Deliveries at the Worker's own door, in workerd: what is stored, what is refused and what the sender is told. Deliveries are signed here as the vendors
// sign them. A binding that fails is a replaced one, given to the handler in the test's own env.
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { WebhookDeclaration } from "../../src/connectors/webhook.ts";
import { hmacSha256 } from "../../src/core/crypto.ts";
import { runIdOf } from "../../src/core/ids.ts";
import type { Json, JsonObject } from "../../src/core/json.ts";
import { type Context, partitionByName, partitionForLane } from "../../src/operations/context.ts";
import type { EventMessage } from "../../src/operations/messages.ts";
import { countDelivery, withinLimit } from "../../src/operations/rate-limit.ts";
import { startRuns } from "../../src/operations/start-runs.ts";
import { createWorker } from "../../src/worker.ts";
import { withUnreadableSpec } from "../harness/forged-spec.ts";
import { outside } from "./outside.ts";
import worker, { deployment } from "./worker.ts";

const ZENDESK_SECRET = "sandbox-webhook-secret";
const SLACK_SECRET = "sandbox-signing-secret";
/** As src/operations/receive-event.ts has it. */
const SEND_TIMEOUT_MS = 2_000;

let world: ReturnType<typeof outside>;
beforeAll(() => {
  world = outside();
});
afterEach(() => {
  vi.useRealTimers();
});
afterAll(() => {
  vi.restoreAllMocks();
});

// ---- deliveries ----

const base64 = (bytes: Uint8Array): string => btoa(String.fromCharCode(...bytes));
const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** As Zendesk signs: timestamp and body, one behind the other. */
function zendeskHeaders(body: string, { at = Date.now(), secret = ZENDESK_SECRET } = {}): Record<string, string> {
  const timestamp = new Date(at).toISOString().replace(/\.\d+Z$/, "Z");
  return {
    "content-type": "application/json",
    "x-zendesk-webhook-invocation-id": "8350205582",
    "x-zendesk-webhook-signature-timestamp": timestamp,
    "x-zendesk-webhook-signature": base64(hmacSha256(secret, [timestamp, body])),
  };
}

function slackHeaders(body: string, contentType: string): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  return {
    "content-type": contentType,
    "x-slack-request-timestamp": timestamp,
    "x-slack-signature": `v0=${hex(hmacSha256(SLACK_SECRET, [`v0:${timestamp}:`, body]))}`,
  };
}

const created = (ticket: string, detail: JsonObject = {}): JsonObject => ({
  account_id: 7,
  id: `event-of-${ticket}`,
  time: new Date().toISOString(),
  type: "zen:event-type:ticket.created",
  subject: `zen:ticket:${ticket}`,
  zendesk_event_version: "2022-11-06",
  detail: { id: ticket, actor_id: "501", ...detail },
  event: {},
});

const hook = (connection: string, headers: Record<string, string>, body: BodyInit): Request =>
  new Request(`https://interlock.test/hooks/${connection}`, { method: "POST", headers, body });
const signed = (payload: Json | string, options?: { at?: number; secret?: string }): Request => {
  const body = typeof payload === "string" ? payload : JSON.stringify(payload);
  return hook("zendesk", zendeskHeaders(body, options), body);
};

// ---- the Worker, with the bindings that a test gives it ----

/** Through the runtime, as from outside. */
const post = (request: Request): Promise<Response> => exports.default.fetch(request);

async function postWith(bindings: object, request: Request, handler: typeof worker = worker): Promise<Response> {
  const execution = createExecutionContext();
  const response = await handler.fetch(request, { ...env, ...bindings }, execution);
  await waitOnExecutionContext(execution);
  return response;
}

const keeping = () => {
  const sent: EventMessage[] = [];
  return { sent, EVENTS: { send: async (message: EventMessage) => void sent.push(message) } as unknown as Queue };
};
const down = () => Promise.reject(new Error("the queue is down"));
const refusing = { EVENTS: { send: down, sendBatch: down } as unknown as Queue };
const noPartition = {
  RUN_PARTITION: {
    getByName: () => ({ start: () => Promise.reject(new Error("the partition is down")) }),
  } as unknown as Env["RUN_PARTITION"],
};
const noDatabase = {
  DB: {
    prepare: () => {
      throw new Error("D1 is down");
    },
  } as unknown as D1Database,
};

// ---- what became of a delivery ----

const newTicket = () => world.zendesk.add({ subject: "Charged twice", description: "Charged twice", group_id: 100, priority: null });
const context = (): Context => ({ env, deployment, waitUntil: () => undefined });
const json = (response: Response): Promise<Record<string, string>> => response.json();

/** The partition's own word on the run of an event, or null. */
async function runOf(ticket: string, eventId: string) {
  const inspected = await partitionByName(context(), partitionForLane(context(), ticket)).inspect(runIdOf("ticket-triage", eventId));
  return inspected.ok ? inspected.value : null;
}
const deadLetters = async () => (await env.DB.prepare("select id, source, reason, body from dead_letter order by id").all()).results;

// ---- claims ----

describe("an authentic delivery", () => {
  it("is answered 202 and becomes a run that writes back", async () => {
    const ticket = newTicket();
    const response = await post(signed(created(ticket)));
    expect(response.status).toBe(202);
    const { status, event } = await json(response);
    expect(status).toBe("accepted");
    await vi.waitFor(async () => expect((await runOf(ticket, event ?? ""))?.state.status).toBe("completed"), { timeout: 60_000 });
    expect(world.zendesk.tickets.get(ticket)?.priority).toBe("high");
  });

  it("is one message in the queue, with the sender's payload as it came", async () => {
    const queue = keeping();
    const payload = created("7001");
    const { event } = await json(await postWith({ EVENTS: queue.EVENTS }, signed(payload)));
    expect(queue.sent).toEqual([
      {
        kind: "event",
        event: {
          id: event,
          connection: "zendesk",
          source: "zendesk/zendesk",
          type: "ticket.created",
          subject: "7001",
          time: Date.parse(payload.time as string),
          data: payload,
        },
      },
    ]);
  });

  it("has the same event id when it is delivered again, with whatever timestamp and delivery id", async () => {
    const payload = created("7002");
    const first = signed(payload);
    const again = signed(payload, { at: Date.now() - 60_000 });
    again.headers.set("x-zendesk-webhook-invocation-id", "another");
    const [one, two] = await Promise.all([postWith(keeping(), first), postWith(keeping(), again)]);
    expect((await json(one)).event).toBe((await json(two)).event);
  });

  it("is accepted under the previous secret while one is rotated", async () => {
    const request = () => signed(created("7003"), { secret: "the-old-one" });
    expect((await postWith(keeping(), request())).status).toBe(401);
    expect((await postWith({ ...keeping(), ZENDESK_WEBHOOK_SECRET_PREVIOUS: "the-old-one" }, request())).status).toBe(202);
  });

  it("that our own user caused is ignored", async () => {
    const queue = keeping();
    const own = { EVENTS: queue.EVENTS, ZENDESK_OWN_USER_ID: "900" };
    const response = await postWith(own, signed(created("7004", { actor_id: "900" })));
    expect([response.status, (await json(response)).status]).toEqual([202, "ignored"]);
    expect(queue.sent).toEqual([]);
    expect((await postWith(own, signed(created("7005", { actor_id: "901" })))).status).toBe(202);
    expect(queue.sent).toHaveLength(1);
  });
});

describe("a delivery that is not authentic", () => {
  const forgeries: Record<string, () => Request> = {
    "with a bad signature": () => signed(created("7100"), { secret: "guessed" }),
    "with another body than was signed": () => hook("zendesk", zendeskHeaders("{}"), JSON.stringify(created("7100"))),
    "with a stale timestamp": () => signed(created("7100"), { at: Date.now() - 301_000 }),
    "with a timestamp of the future": () => signed(created("7100"), { at: Date.now() + 302_000 }),
    "without a signature": () => hook("zendesk", { "content-type": "application/json" }, JSON.stringify(created("7100"))),
    "with a malformed timestamp": () => {
      const request = signed(created("7100"));
      request.headers.set("x-zendesk-webhook-signature-timestamp", "yesterday");
      return request;
    },
  };

  it.each(Object.keys(forgeries))("%s is refused with a problem that does not say which check failed", async (name) => {
    const queue = keeping();
    const response = await postWith({ EVENTS: queue.EVENTS }, forgeries[name]?.() as Request);
    expect(response.status).toBe(401);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await response.json()).toEqual({
      type: "urn:interlock:error:webhook.unauthentic",
      title: "The delivery is not authentic",
      status: 401,
      detail: "The delivery is not authentic",
      code: "webhook.unauthentic",
    });
    expect(queue.sent).toEqual([]);
  });

  it("leaves no dead letter, even when it cannot be read", async () => {
    const before = (await deadLetters()).length;
    expect((await post(signed("{ not json", { secret: "guessed" }))).status).toBe(401);
    expect(await deadLetters()).toHaveLength(before);
  });

  it("is refused by a connection that has no secret, whatever it is signed with", async () => {
    const response = await postWith({ ...keeping(), ZENDESK_WEBHOOK_SECRET: "" }, signed(created("7101"), { secret: " " }));
    expect([response.status, (await json(response)).code]).toEqual([401, "webhook.misconfigured"]);
  });
});

describe("an address", () => {
  it.each(["nobody", "constructor", "__proto__", "toString"])("that no connection has is answered 404: /hooks/%s", async (name) => {
    const body = JSON.stringify(created("7200"));
    const response = await post(hook(name, zendeskHeaders(body), body));
    expect(response.status).toBe(404);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect((await json(response)).code).toBe("webhook.connection_unknown");
  });
});

describe("a body that is too large", () => {
  const LIMIT = 256 * 1024;

  it("by its declared length is refused before it is read", async () => {
    const request = signed(created("7300"));
    request.headers.set("content-length", String(LIMIT + 1));
    const response = await postWith(keeping(), request);
    expect([response.status, (await json(response)).code]).toEqual([413, "webhook.too_large"]);
    expect(request.bodyUsed).toBe(false);
  });

  it("by the bytes that arrive is refused without taking the rest", async () => {
    const chunk = new Uint8Array(64 * 1024).fill(0x20);
    let taken = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        taken += chunk.length;
        controller.enqueue(chunk);
      },
    });
    const response = await postWith(keeping(), hook("zendesk", zendeskHeaders(""), endless));
    expect([response.status, (await json(response)).code]).toEqual([413, "webhook.too_large"]);
    expect(taken).toBeLessThanOrEqual(LIMIT + 3 * chunk.length);
  });

  it("of exactly the limit is accepted", async () => {
    const queue = keeping();
    const payload = created("7301", { padding: "" });
    const padding = "x".repeat(LIMIT - JSON.stringify(payload).length);
    const response = await postWith({ EVENTS: queue.EVENTS }, signed(created("7301", { padding })));
    expect(response.status).toBe(202);
    expect(queue.sent).toHaveLength(1);
  });
});

describe("an authentic delivery that cannot be read", () => {
  it("is answered 200 and kept once, however often it is delivered", async () => {
    const before = (await deadLetters()).length;
    const text = '{"ticket_id": 7400, "title": "a "quoted" word"}';
    const at = Date.now();
    for (let delivery = 0; delivery < 2; delivery++) {
      const response = await post(signed(text, { at }));
      expect([response.status, (await json(response)).status]).toEqual([200, "dead_letter"]);
    }
    const letters = await deadLetters();
    expect(letters).toHaveLength(before + 1);
    const letter = letters.find(({ body }) => body === text);
    expect(letter).toMatchObject({ source: "zendesk/zendesk", reason: expect.stringContaining("not JSON") });
  });

  it("is to be sent again when it cannot be kept either", async () => {
    const request = () => signed("{ not json", { at: Date.now() - 1_000 });
    const response = await postWith(noDatabase, request());
    expect([response.status, response.headers.get("retry-after"), (await json(response)).code]).toEqual([503, "10", "ingress.unavailable"]);
    expect((await post(request())).status).toBe(200);
  });
});

describe("Slack", () => {
  const FORM = "application/x-www-form-urlencoded";

  it("gets 200 to its unsigned certificate check", async () => {
    const queue = keeping();
    const response = await postWith({ EVENTS: queue.EVENTS }, hook("slack", { "content-type": FORM }, "ssl_check=1&token=x"));
    expect([response.status, await response.text()]).toEqual([200, ""]);
    expect(queue.sent).toEqual([]);
  });

  it("gets its challenge back when the handshake is signed, and only then", async () => {
    const body = JSON.stringify({ type: "url_verification", token: "x", challenge: "3eZbrw1aB" });
    const response = await post(hook("slack", slackHeaders(body, "application/json"), body));
    expect([response.status, await response.text()]).toEqual([200, "3eZbrw1aB"]);
    expect(response.headers.get("content-type")).toBe("text/plain");
    const forged = await post(hook("slack", { ...slackHeaders("{}", "application/json") }, body));
    expect(forged.status).toBe(401);
    expect(await forged.text()).not.toContain("3eZbrw1aB");
  });
});

describe("a queue that does not take the event", () => {
  it("is passed by: the event is admitted straight to its partition", async () => {
    const ticket = newTicket();
    const response = await postWith(refusing, signed(created(ticket)));
    const { status, event } = await json(response);
    expect([response.status, status]).toEqual([202, "accepted"]);
    expect((await runOf(ticket, event ?? ""))?.event.subject).toBe(ticket);
  });

  it("and answers nothing is passed by after two seconds; the copy that arrives late finds the run", async () => {
    const ticket = newTicket();
    const timers: (() => void)[] = [];
    const real = globalThis.setTimeout as (...given: unknown[]) => unknown;
    // Only ingress's own time limit is taken out of the clock's hands; the partition in this isolate keeps its timers.
    const spy = vi.spyOn(globalThis, "setTimeout").mockImplementation(((act: () => void, ms?: number, ...rest: unknown[]) => {
      if (ms !== SEND_TIMEOUT_MS) return real(act, ms, ...rest);
      timers.push(act);
      return 0;
    }) as unknown as typeof setTimeout);
    const sent: EventMessage[] = [];
    const hanging = {
      EVENTS: {
        send: (message: EventMessage) => {
          sent.push(message);
          return new Promise<never>(() => undefined);
        },
      } as unknown as Queue,
    };
    try {
      const answer = postWith(hanging, signed(created(ticket)));
      await vi.waitFor(() => expect(timers).toHaveLength(1), { timeout: 60_000 });
      expect(await runOf(ticket, eventOf(sent).id)).toBeNull();
      timers[0]?.();
      const response = await answer;
      expect([response.status, (await json(response)).event]).toEqual([202, eventOf(sent).id]);
    } finally {
      spy.mockRestore();
    }
    expect(await runOf(ticket, eventOf(sent).id)).not.toBeNull();
    const [late] = await startRuns(context(), [eventOf(sent)]);
    expect(late).toMatchObject({ kind: "started", runs: [{ fresh: false }] });
  });

  it.each(["partition", "database"])(
    "together with a %s that fails makes 503 with a time to wait, and the event may be sent again",
    async (what) => {
      const ticket = newTicket();
      const request = () => signed(created(ticket));
      const response = await postWith({ ...refusing, ...(what === "partition" ? noPartition : noDatabase) }, request());
      expect(response.status).toBe(503);
      expect(response.headers.get("retry-after")).toBe("10");
      const problem = await json(response);
      expect(problem).toMatchObject({ code: "ingress.unavailable", detail: "The event could not be stored; send it again in 10 s" });
      expect(problem.event).toBeUndefined();

      const again = await postWith(refusing, request());
      expect(again.status).toBe(202);
      expect(await runOf(ticket, (await json(again)).event ?? "")).not.toBeNull();
    },
  );

  it("loses no event that no run may be started for: it becomes a dead letter", async () => {
    await withUnreadableSpec(env.DB, "ticket-triage", async () => {
      const { event } = await json(await postWith(refusing, signed(created("7500"))));
      const letter = (await deadLetters()).find(({ body }) => String(body).includes(event ?? "none"));
      expect(letter).toMatchObject({ source: "zendesk/zendesk", reason: expect.stringContaining("does not fit its schema") });
    });
  });
});

const eventOf = ([message]: readonly EventMessage[]) => {
  if (message?.kind !== "event") throw new Error("no event was sent");
  return message.event;
};

describe("a connection with direct admission", () => {
  it("asks no queue: the run is journalled before the sender is answered", async () => {
    const ticket = newTicket();
    const zendesk = deployment.connections.zendesk as (typeof deployment.connections)[string];
    const direct = createWorker({
      ...deployment,
      connections: { ...deployment.connections, zendesk: { ...zendesk, admission: "direct" } },
    });
    const queue = keeping();
    const { event } = await json(await postWith({ EVENTS: queue.EVENTS }, signed(created(ticket)), direct.handler));
    expect(queue.sent).toEqual([]);
    expect(await runOf(ticket, event ?? "")).not.toBeNull();
  });
});

describe("a delivery of several events", () => {
  const SECRET = "an-address-that-nobody-guesses";
  const ACK = { status: 200, body: "<Ack>true</Ack>", contentType: "text/xml" };
  /** Zendesk as if it posted lists, to an address with a secret in it. */
  const declaration: WebhookDeclaration = {
    docs: "https://zendesk.example",
    maxBytes: 1024 * 1024,
    scheme: { kind: "shared-secret", carried: { in: "path" } },
    stored: ACK,
    parse: ({ body }, receivedAt) => ({
      kind: "events",
      deliveryKey: null,
      events: (JSON.parse(new TextDecoder().decode(body)) as string[]).map((ticket) => ({
        type: "ticket.created",
        subject: ticket,
        time: receivedAt,
        data: created(ticket),
      })),
    }),
  };
  const configured = deployment.connections.zendesk as (typeof deployment.connections)[string];
  const lists = createWorker({
    ...deployment,
    connections: {
      ...deployment.connections,
      zendesk: { ...configured, connector: { ...configured.connector, webhooks: { lists: declaration } } },
    },
  }).handler;
  const list = (tickets: readonly string[], secret = SECRET) => hook(`zendesk/${secret}`, {}, JSON.stringify(tickets));
  const postList = (request: Request, more: object = {}) => postWith({ ZENDESK_WEBHOOK_SECRET: SECRET, ...more }, request, lists);
  const startedFor = async (ticket: string) =>
    (await env.DB.prepare("select id from run where subject = ? and workflow = 'ticket-triage'").bind(ticket).all()).results.length;

  it("becomes a run of each, once, however often it comes, and is answered as its sender wants", async () => {
    const tickets = [newTicket(), newTicket(), newTicket()];
    for (let delivery = 0; delivery < 2; delivery++) {
      const response = await postList(list(tickets));
      expect([response.status, response.headers.get("content-type"), await response.text()]).toEqual([200, "text/xml", ACK.body]);
    }
    // Where the queue fails, they are admitted together, and find the runs that exist.
    expect((await postList(list(tickets), refusing)).status).toBe(200);
    for (const ticket of tickets) await vi.waitFor(async () => expect(await startedFor(ticket)).toBe(1), { timeout: 10_000 });
  });

  it("is not answered so while one of them is not stored", async () => {
    const response = await postList(list(["7801", "7802"]), { ...refusing, ...noPartition });
    expect([response.status, (await json(response)).code]).toEqual([503, "ingress.unavailable"]);
  });

  it("is refused without its secret, which is in no log and in no letter", async () => {
    const logged = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const guessed = await postList(list(["7803"], "guessed"));
    expect([guessed.status, (await json(guessed)).code]).toEqual([401, "webhook.unauthentic"]);
    const lines = logged.mock.calls.flat().map(String);
    logged.mockRestore();
    expect(lines).toEqual([JSON.stringify({ message: "delivery rejected", connection: "zendesk", reason: "bad_signature" })]);
    const unreadable = await postList(hook(`zendesk/${SECRET}`, {}, "[ not json"));
    expect(unreadable.status).toBe(200);
    const letter = await env.DB.prepare("select * from dead_letter where body = '[ not json'").first();
    expect(letter).not.toBeNull();
    expect(JSON.stringify(letter)).not.toContain(SECRET);
  });

  it("has no address behind a connection that proves itself otherwise", async () => {
    const body = JSON.stringify(created("7804"));
    const response = await post(hook("zendesk/anything", zendeskHeaders(body), body));
    expect([response.status, (await json(response)).code]).toEqual([404, "webhook.connection_unknown"]);
  });
});

describe("an event over a queue message's size", () => {
  const description = "Ä".repeat(70_000);

  it("lies in R2 before the message that points to it is sent", async () => {
    const queue = keeping();
    const { event } = await json(await postWith({ EVENTS: queue.EVENTS }, signed(created("7600", { description }))));
    expect(queue.sent).toEqual([{ kind: "pointer", key: `event/${event}` }]);
    const stored = await (await env.BLOBS.get(`event/${event}`))?.json<{ data: { detail: { description: string } } }>();
    expect(stored?.data.detail.description).toBe(description);
  });

  it("reaches its run whole", async () => {
    const ticket = newTicket();
    const payload = created(ticket, { description });
    const { event } = await json(await post(signed(payload)));
    await vi.waitFor(async () => expect(await runOf(ticket, event ?? "")).not.toBeNull(), { timeout: 60_000 });
    expect((await runOf(ticket, event ?? ""))?.event.data).toEqual(payload);
  });

  it("is admitted directly when R2 does not take it", async () => {
    const ticket = newTicket();
    const BLOBS = { put: () => Promise.reject(new Error("R2 is down")), head: async () => ({}) } as unknown as R2Bucket;
    const response = await postWith({ ...keeping(), BLOBS }, signed(created(ticket, { description })));
    expect(response.status).toBe(202);
    expect(await runOf(ticket, (await json(response)).event ?? "")).not.toBeNull();
  });
});

describe("the rate limit", () => {
  /** What one isolate takes on its own word, as src/operations/rate-limit.ts has it. */
  const UNASKED = 5_000;
  const at = Date.parse("2026-11-23T12:00:00Z");
  const limiter = (success: boolean) => {
    const keys: string[] = [];
    return {
      keys,
      HOOK_LIMIT: {
        limit: async ({ key }: { key: string }) => {
          keys.push(key);
          return { success };
        },
      } as unknown as RateLimit,
    };
  };
  /** Connections of their own: what an isolate has counted stays with the name. */
  const flooded = (name: string) =>
    createWorker({ ...deployment, connections: { ...deployment.connections, [name]: deployment.connections.zendesk as never } }).handler;
  const fill = async (name: string) => {
    vi.useFakeTimers({ now: at, toFake: ["Date"] });
    const { keys, HOOK_LIMIT } = limiter(true);
    for (let count = 0; count < UNASKED; count++) await withinLimit({ ...context(), env: { ...env, HOOK_LIMIT } }, name, at);
    expect(keys).toEqual([]);
  };
  const to = (name: string) => {
    const body = JSON.stringify(created("7700"));
    return hook(name, zendeskHeaders(body, { at }), body);
  };

  it("counts a window of ten seconds from its first delivery, and asks beyond half of the shared limit", () => {
    let counted = countDelivery(undefined, at);
    expect(counted).toEqual({ window: { began: at, count: 1 }, ask: false });
    for (let count = 2; count <= UNASKED; count++) counted = countDelivery(counted.window, at + 9_999);
    expect(counted).toEqual({ window: { began: at, count: UNASKED }, ask: false });
    expect(countDelivery(counted.window, at + 9_999).ask).toBe(true);
    expect(countDelivery(counted.window, at + 10_000)).toEqual({ window: { began: at + 10_000, count: 1 }, ask: false });
  });

  it("refuses with 429 and a time to wait when the shared limiter does", async () => {
    await fill("flood-refused");
    const queue = keeping();
    const { keys, HOOK_LIMIT } = limiter(false);
    const response = await postWith({ EVENTS: queue.EVENTS, HOOK_LIMIT }, to("flood-refused"), flooded("flood-refused"));
    expect([response.status, response.headers.get("retry-after")]).toEqual([429, "10"]);
    expect((await json(response)).code).toBe("webhook.rate_limited");
    expect(keys).toEqual(["flood-refused"]);
    expect(queue.sent).toEqual([]);
    expect((await postWith({ EVENTS: queue.EVENTS, HOOK_LIMIT }, signed(created("7701"), { at }))).status).toBe(202);
  });

  it("lets a busy connection through while the shared limiter does", async () => {
    await fill("flood-allowed");
    const { keys, HOOK_LIMIT } = limiter(true);
    const response = await postWith({ ...keeping(), HOOK_LIMIT }, to("flood-allowed"), flooded("flood-allowed"));
    expect(response.status).toBe(202);
    expect(keys).toEqual(["flood-allowed"]);
  });

  it("refuses nobody when the shared limiter does not answer", async () => {
    await fill("flood-unknown");
    const HOOK_LIMIT = { limit: () => Promise.reject(new Error("the limiter is down")) } as unknown as RateLimit;
    expect((await postWith({ ...keeping(), HOOK_LIMIT }, to("flood-unknown"), flooded("flood-unknown"))).status).toBe(202);
  });
});
