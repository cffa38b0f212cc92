import { describe, expect, it } from "vitest";
import { slackWebhook } from "../../../src/connectors/slack-webhook.ts";
import type { RejectReason, WebhookDeclaration, WebhookRequest } from "../../../src/connectors/webhook.ts";
import { zendeskWebhook } from "../../../src/connectors/zendesk-webhook.ts";
import { type Delivery, receiveDelivery } from "../../../src/ingress/receive.ts";
import { NOW, requestOf, SECRET, slackRequest, zendeskRequest } from "./sign.ts";

const nowhere = async () => ({ kind: "absent" }) as const;
const receive = (declaration: WebhookDeclaration, request: WebhookRequest, secrets: readonly string[] = [SECRET]) =>
  receiveDelivery({
    connection: { id: "c1", connector: "test", declaration, secrets, ownActorId: "77" },
    request,
    published: nowhere,
    now: NOW,
  });

const CHALLENGE = JSON.stringify({ type: "url_verification", challenge: "3eZbrw1aBm2r" });
const FORM = { "content-type": "application/x-www-form-urlencoded" };

describe("receiveDelivery", () => {
  it("accepts an authentic event with the size of its body", async () => {
    const body = '{"ticket_id":42,"title":"Grüße"}';
    expect(await receive(zendeskWebhook, zendeskRequest(body))).toMatchObject({
      kind: "accepted",
      events: [{ subject: "42", type: "trigger" }],
      bodyBytes: new TextEncoder().encode(body).length,
      deliveryKey: "8350205582",
    });
  });

  it("tells the sender the same for every failed check, and keeps the reason for the log", async () => {
    const refused = await Promise.all([
      receive(slackWebhook, requestOf({})),
      receive(slackWebhook, slackRequest("{}", { secret: "wrong" })),
      receive(slackWebhook, slackRequest("{}", { timestamp: "1" })),
      receive(slackWebhook, slackRequest("{}", { timestamp: "NaN" })),
      receive(slackWebhook, slackRequest("{}", { headers: { "x-slack-signature": "v1=00" } })),
    ]);
    expect(refused.map((one) => one.kind === "rejected" && one.reason)).toEqual([
      "missing_header",
      "bad_signature",
      "stale_timestamp",
      "malformed_timestamp",
      "unsupported_scheme",
    ]);
    expect(new Set(refused.map((one) => JSON.stringify(one.kind === "rejected" && one.failure))).size).toBe(1);
    expect(refused[0]).toMatchObject({ failure: { code: "webhook.unauthentic" } });
  });

  it("says that a connection is misconfigured when it has no secret to verify with", async () => {
    for (const secrets of [[], [""], ["dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=="]]) {
      expect(await receive(zendeskWebhook, zendeskRequest("{}"), secrets)).toMatchObject({
        kind: "rejected",
        failure: { code: "webhook.misconfigured" },
      });
    }
  });

  it("answers an unsigned probe and does nothing else with it", async () => {
    const smuggled = requestOf(FORM, "ssl_check=1&payload=%7B%22type%22%3A%22block_actions%22%7D");
    expect(await receive(slackWebhook, smuggled)).toEqual({ kind: "answer", to: "probe", status: 200, body: "" });
  });

  it("echoes a handshake only when it is authentic", async () => {
    expect(await receive(slackWebhook, slackRequest(CHALLENGE))).toMatchObject({
      kind: "answer",
      to: "handshake",
      status: 200,
      body: "3eZbrw1aBm2r",
    });
    expect(await receive(slackWebhook, slackRequest(CHALLENGE, { secret: "wrong" }))).toMatchObject({ kind: "rejected" });
    expect(await receive(slackWebhook, requestOf({ "content-type": "application/json" }, CHALLENGE))).toMatchObject({ kind: "rejected" });
  });

  it("sends an authentic body that does not parse to the dead letters, under one id however often it comes", async () => {
    const broken = '{"ticket_id":5158,"title":"broken "quoted""}';
    const first = await receive(zendeskWebhook, zendeskRequest(broken));
    expect(first).toMatchObject({ kind: "dead_letter", body: broken, deliveryKey: "8350205582" });
    expect(await receive(zendeskWebhook, zendeskRequest(broken))).toEqual(first);
  });

  it("never parses a body that is not authentic", async () => {
    const declaration: WebhookDeclaration = {
      ...zendeskWebhook,
      parse: () => {
        throw new Error("parsed");
      },
      handshake: () => {
        throw new Error("read");
      },
    };
    expect(await receive(declaration, zendeskRequest("{}", { secret: "wrong" }))).toMatchObject({ kind: "rejected" });
  });

  it("ignores our own write coming back", async () => {
    const own = { type: "zen:event-type:ticket.updated", id: "e", subject: "zen:ticket:1", detail: { actor_id: "77" } };
    expect(await receive(zendeskWebhook, zendeskRequest(JSON.stringify(own)))).toMatchObject({ kind: "ignored" });
  });
});

describe("a delivery of several events", () => {
  const list = (ids: readonly (string | null)[], actors: readonly string[] = []): WebhookDeclaration => ({
    ...zendeskWebhook,
    stored: { status: 200, body: "<Ack/>", contentType: "text/xml" },
    parse: (_, receivedAt) => ({
      kind: "events",
      deliveryKey: "d1",
      events: ids.map((id, place) => ({
        ...(id === null ? {} : { signedId: id }),
        actors: actors.slice(place, place + 1),
        type: "contact.created",
        subject: String(place),
        time: receivedAt,
        data: { place },
      })),
    }),
  });
  const eventsOf = async (declaration: WebhookDeclaration, body = "[]") => {
    const received = await receive(declaration, zendeskRequest(body));
    return received.kind === "accepted" ? received.events : [];
  };

  it("gives each its identity: its signed id, or its place in what was signed", async () => {
    const signed = await eventsOf(list(["a", "b"]));
    expect(signed.map(({ subject }) => subject)).toEqual(["0", "1"]);
    const [b, a] = await eventsOf(list(["b", "a"]), "another body");
    expect([a?.id, b?.id]).toEqual(signed.map(({ id }) => id));
    const placed = await eventsOf(list([null, null]));
    expect(new Set(placed.map(({ id }) => id)).size).toBe(2);
    expect((await eventsOf(list([null, null]))).map(({ id }) => id)).toEqual(placed.map(({ id }) => id));
    const other = await eventsOf(list([null, null]), "another body");
    expect(other.some(({ id }) => placed.some((one) => one.id === id))).toBe(false);
  });

  it("has an event once that is in it twice", async () => {
    expect((await eventsOf(list(["a", "b", "a"]))).map(({ subject }) => subject)).toEqual(["0", "1"]);
  });

  it("leaves out our own writes, and is ignored where there is nothing else", async () => {
    const some = await eventsOf(list([null, null, null], ["77", "1", "77"]));
    expect(some.map(({ subject }) => subject)).toEqual(["1"]);
    // The places are those of the delivery, not of what is left.
    expect(some[0]?.id).toBe((await eventsOf(list([null, null, null])))[1]?.id);
    expect(await receive(list(["a"], ["77"]), zendeskRequest("[]"))).toMatchObject({ kind: "ignored", stored: { body: "<Ack/>" } });
    expect(await receive(list([]), zendeskRequest("[]"))).toMatchObject({ kind: "ignored" });
  });

  it("is one dead letter where one of them is no event", async () => {
    const declaration: WebhookDeclaration = {
      ...zendeskWebhook,
      parse: () => ({
        kind: "events",
        deliveryKey: null,
        events: ["a", ""].map((type) => ({ signedId: `id ${type}`, type, subject: "1", time: 1, data: null })),
      }),
    };
    expect(await receive(declaration, zendeskRequest("[]"))).toMatchObject({ kind: "dead_letter", body: "[]" });
  });
});

describe("what the sender hears", () => {
  const refusing = (reason: RejectReason, more: Partial<WebhookDeclaration>): WebhookDeclaration => ({
    ...zendeskWebhook,
    scheme: { kind: "proof", verify: async () => ({ ok: false, reason }) },
    ...more,
  });
  const statusOf = async (declaration: WebhookDeclaration) => {
    const received = await receive(declaration, requestOf({}));
    return received.kind === "rejected" ? received.status : undefined;
  };

  it("is in the status that it understands, by reason where that differs", async () => {
    expect(await statusOf(refusing("bad_issuer", {}))).toBeNull();
    expect(await statusOf(refusing("bad_issuer", { refusedStatus: 403 }))).toBe(403);
    const graph = { refusedStatus: { client_state_mismatch: 202 } } as const;
    expect(await statusOf(refusing("client_state_mismatch", graph))).toBe(202);
    expect(await statusOf(refusing("bad_issuer", graph))).toBeNull();
    // What is refused for want of a secret may be genuine.
    expect(await statusOf(refusing("no_secret_configured", { refusedStatus: 202 }))).toBeNull();
  });

  it("is to send again what could not be verified because the keys could not be had", async () => {
    const declaration = refusing("unknown_key", {
      refusedStatus: 202,
      scheme: {
        kind: "proof",
        verify: async (_, { published }) =>
          (await published("https://keys.example/jwks")) === null ? { ok: false, reason: "unknown_key" } : { ok: true },
      },
    });
    const withKeys = (published: Delivery["published"]) =>
      receiveDelivery({
        connection: { id: "c1", connector: "t", declaration, secrets: [] },
        request: zendeskRequest("{}"),
        published,
        now: NOW,
      });
    expect(await withKeys(async () => ({ kind: "unavailable" }))).toMatchObject({
      kind: "rejected",
      status: null,
      reason: "unknown_key",
      failure: { code: "ingress.unavailable" },
    });
    expect(await withKeys(async () => ({ kind: "absent" }))).toMatchObject({ status: 202, failure: { code: "webhook.unauthentic" } });
    expect((await withKeys(async () => ({ kind: "found", text: "{}" }))).kind).toBe("dead_letter");
  });

  it("may depend on the delivery", async () => {
    const declaration: WebhookDeclaration = {
      ...zendeskWebhook,
      stored: ({ body }) => (body.length > 20 ? { status: 200, body: "{}" } : null),
    };
    expect(await receive(declaration, zendeskRequest('{"ticket_id":42}'))).toMatchObject({ kind: "accepted", stored: null });
    expect(await receive(declaration, zendeskRequest('{"ticket_id":42,"more":"text"}'))).toMatchObject({ stored: { body: "{}" } });
  });
});

describe("a delivery for another recipient", () => {
  const declaration: WebhookDeclaration = {
    ...zendeskWebhook,
    addressed: ({ body }, { organization }) =>
      new TextDecoder().decode(body).includes(organization ?? "?") ? { ok: true } : { ok: false, reason: "wrong_recipient" },
    parse: (request, receivedAt) => {
      if (new TextDecoder().decode(request.body).includes("other")) throw new Error("parsed");
      return zendeskWebhook.parse(request, receivedAt);
    },
  };
  const meant = (body: string, secret?: string) =>
    receiveDelivery({
      connection: { id: "c1", connector: "test", declaration, secrets: [SECRET], settings: { organization: "ours" } },
      request: zendeskRequest(body, secret ? { secret } : {}),
      published: nowhere,
      now: NOW,
    });

  it("is refused as unauthentic, unread, and only after its signature was found good", async () => {
    expect(await meant('{"ticket_id":1,"for":"ours"}')).toMatchObject({ kind: "accepted" });
    expect(await meant('{"ticket_id":1,"for":"other"}')).toMatchObject({
      kind: "rejected",
      reason: "wrong_recipient",
      failure: { code: "webhook.unauthentic" },
    });
    expect(await meant('{"ticket_id":1,"for":"other"}', "wrong")).toMatchObject({ reason: "bad_signature" });
  });
});

describe("a sealed delivery", () => {
  it("is read, and kept, as it was opened", async () => {
    const opened = new TextEncoder().encode('{"ticket_id":"broken');
    const sealed: WebhookDeclaration = { ...zendeskWebhook, scheme: { kind: "proof", verify: async () => ({ ok: true, opened }) } };
    expect(await receive(sealed, requestOf({}, "c2VhbGVk"))).toMatchObject({ kind: "dead_letter", body: '{"ticket_id":"broken' });
  });
});

describe("a secret in the delivery", () => {
  it("reaches neither the reader nor what is kept", async () => {
    const seen: string[] = [];
    const inPath: WebhookDeclaration = {
      ...zendeskWebhook,
      scheme: { kind: "shared-secret", carried: { in: "path" } },
      required: ["x-topic"],
      parse: ({ url, headers }) => {
        seen.push(url, JSON.stringify([...headers]));
        return { kind: "unparsable", reason: "not readable" };
      },
    };
    const request = {
      ...requestOf({ "x-topic": "t", authorization: "Basic x" }, "{}"),
      url: `https://interlock.example/hooks/c1/${SECRET}`,
    };
    const received = await receive(inPath, request);
    expect(received).toMatchObject({ kind: "dead_letter", kept: { headers: { "x-topic": "t" } } });
    expect(JSON.stringify([received, seen])).not.toContain(SECRET);
    expect(JSON.stringify(received)).not.toContain("Basic");
  });
});
