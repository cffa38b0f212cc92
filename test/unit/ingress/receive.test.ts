import { describe, expect, it } from "vitest";
import { slackWebhook } from "../../../src/connectors/slack-webhook.ts";
import type { WebhookDeclaration, WebhookRequest } from "../../../src/connectors/webhook.ts";
import { zendeskWebhook } from "../../../src/connectors/zendesk-webhook.ts";
import { receiveDelivery } from "../../../src/ingress/receive.ts";
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
