// One event, one id: over retries, replays and deliveries that merely look alike.
import { describe, expect, it } from "vitest";
import { genericHmacWebhook } from "../../../src/connectors/generic-hmac.ts";
import { slackWebhook } from "../../../src/connectors/slack-webhook.ts";
import { standardWebhooksDeclaration } from "../../../src/connectors/standard-webhooks.ts";
import type { WebhookDeclaration, WebhookRequest } from "../../../src/connectors/webhook.ts";
import { zendeskWebhook } from "../../../src/connectors/zendesk-webhook.ts";
import { normalise } from "../../../src/ingress/normalise.ts";
import { NOW, requestOf, slackRequest, standardRequest, zendeskRequest } from "./sign.ts";

const run = (declaration: WebhookDeclaration, request: WebhookRequest, more: { id?: string; ownActorId?: string } = {}) =>
  normalise({ id: "support", connector: "zendesk", declaration, ...more }, request, NOW);

const idOf = (declaration: WebhookDeclaration, request: WebhookRequest, id = "support"): string => {
  const outcome = run(declaration, request, { id });
  if (outcome.kind !== "events") throw new Error(`not an event: ${outcome.reason}`);
  return outcome.events.map((event) => event.id).join();
};

const event = (id: string, detail: Record<string, unknown> = {}) =>
  JSON.stringify({ type: "zen:event-type:ticket.created", id, subject: "zen:ticket:42", time: "2026-11-20T05:09:26Z", detail });
const LATER = "2026-11-20T05:09:57Z";
const other = { "x-zendesk-webhook-invocation-id": "9999999999" };

describe("a Zendesk event", () => {
  const first = idOf(zendeskWebhook, zendeskRequest(event("e1")));

  it("keeps its id on a retry, also when the retry is signed afresh", () => {
    expect(idOf(zendeskWebhook, zendeskRequest(event("e1")))).toBe(first);
    expect(idOf(zendeskWebhook, zendeskRequest(event("e1"), { timestamp: LATER }))).toBe(first);
  });

  it("keeps its id when it is replayed under another invocation id", () => {
    expect(idOf(zendeskWebhook, zendeskRequest(event("e1"), { headers: other }))).toBe(first);
  });

  it("is not another event, of the same ticket, in the same second, under the same invocation id", () => {
    expect(idOf(zendeskWebhook, zendeskRequest(event("e2")))).not.toBe(first);
  });

  it("is not the same event on another connection", () => {
    expect(idOf(zendeskWebhook, zendeskRequest(event("e1")), "sales")).not.toBe(first);
  });
});

describe("a Zendesk trigger's payload without an id", () => {
  const body = '{"ticket_id":42}';
  const first = idOf(zendeskWebhook, zendeskRequest(body));

  it("keeps its id on a retry of the same request, and on a replay under another invocation id", () => {
    expect(idOf(zendeskWebhook, zendeskRequest(body))).toBe(first);
    expect(idOf(zendeskWebhook, zendeskRequest(body, { headers: other }))).toBe(first);
  });

  it("is another event when it is signed at another time, because the trigger may have fired again", () => {
    expect(idOf(zendeskWebhook, zendeskRequest(body, { timestamp: LATER, headers: other }))).not.toBe(first);
  });

  it("is another event with another body", () => {
    expect(idOf(zendeskWebhook, zendeskRequest('{"ticket_id":43}'))).not.toBe(first);
  });

  it("keeps its id on a retry signed afresh once it carries updated_at", () => {
    const dated = '{"ticket_id":42,"updated_at":"2026-11-20T05:09:26Z"}';
    expect(idOf(zendeskWebhook, zendeskRequest(dated, { timestamp: LATER, headers: other }))).toBe(
      idOf(zendeskWebhook, zendeskRequest(dated)),
    );
  });
});

describe("other sources", () => {
  const message = (id: string) =>
    JSON.stringify({ type: "event_callback", event_id: id, event_time: 1, event: { type: "message", channel: "C" } });

  it("know a Slack event by its event id, whatever the attempt", () => {
    const first = idOf(slackWebhook, slackRequest(message("Ev1")));
    const retry = slackRequest(message("Ev1"), { timestamp: String(NOW / 1000 + 60), headers: { "x-slack-retry-num": "1" } });
    expect(idOf(slackWebhook, retry)).toBe(first);
    expect(idOf(slackWebhook, slackRequest(message("Ev2")))).not.toBe(first);
  });

  it("know a Standard Webhooks event by its signed id", () => {
    const first = idOf(standardWebhooksDeclaration, standardRequest("{}"));
    expect(idOf(standardWebhooksDeclaration, standardRequest("{}", { timestamp: String(NOW / 1000 + 60) }))).toBe(first);
    expect(idOf(standardWebhooksDeclaration, standardRequest("{}", { id: "msg_2" }))).not.toBe(first);
  });

  it("know an event without id and timestamp by its body alone", () => {
    const declaration = genericHmacWebhook({ name: "shop", signatureHeader: "x-sig", encoding: "hex", idHeader: "x-delivery" });
    const first = idOf(declaration, requestOf({ "x-delivery": "1" }, '{"n":1}'));
    expect(idOf(declaration, requestOf({ "x-delivery": "2" }, '{"n":1}'))).toBe(first);
    expect(idOf(declaration, requestOf({ "x-delivery": "1" }, '{"n":2}'))).not.toBe(first);
  });

  it("cannot make a signed id collide with a body's key", () => {
    const ids = new Set<string>();
    for (const id of ["", "a", "body", "body\n", "id\na"]) ids.add(idOf(zendeskWebhook, zendeskRequest(event(id))));
    expect(ids.size).toBe(5);
  });
});

describe("the event", () => {
  it("names connector, connection, type, subject and time, and carries the payload", () => {
    expect(run(zendeskWebhook, zendeskRequest(event("e1")))).toEqual({
      kind: "events",
      unreadable: [],
      bodyDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
      deliveryKey: "8350205582",
      events: [
        {
          id: expect.stringMatching(/^evt_[0-9a-f]{32}$/),
          connection: "support",
          source: "zendesk/support",
          type: "ticket.created",
          subject: "42",
          time: Date.parse("2026-11-20T05:09:26Z"),
          data: JSON.parse(event("e1")),
        },
      ],
    });
  });

  it("is ignored when this connection's own user caused it", () => {
    const own = zendeskRequest(event("e1", { actor_id: "77" }));
    expect(run(zendeskWebhook, own, { ownActorId: "77" })).toMatchObject({ kind: "ignored" });
    expect(run(zendeskWebhook, own, { ownActorId: "78" })).toMatchObject({ kind: "events" });
    expect(run(zendeskWebhook, zendeskRequest(event("e1", { actor_id: 77 })), { ownActorId: "77" })).toMatchObject({ kind: "ignored" });
    expect(run(zendeskWebhook, own)).toMatchObject({ kind: "events" });
  });

  it("is unparsable when the connector's parser throws or yields no event", () => {
    const parsers: WebhookDeclaration["parse"][] = [
      () => {
        throw new Error("bug");
      },
      () => ({ kind: "event", deliveryKey: null, type: "", subject: "", time: Number.NaN, data: null }),
    ];
    for (const parse of parsers) expect(run({ ...zendeskWebhook, parse }, zendeskRequest("{}"))).toMatchObject({ kind: "unparsable" });
  });
});
