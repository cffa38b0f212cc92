import { describe, expect, it } from "vitest";
import { standardWebhooksDeclaration } from "../../../src/connectors/standard-webhooks.ts";
import type { WebhookDeclaration } from "../../../src/connectors/webhook.ts";
import { zendeskWebhook } from "../../../src/connectors/zendesk-webhook.ts";
import { keepDelivery, requestOfKept } from "../../../src/ingress/kept-delivery.ts";
import { requestOf, zendeskRequest } from "./sign.ts";

const bytes = (...codes: number[]) => new Uint8Array(codes);

describe("a kept delivery", () => {
  it("gives the same bytes and the headers of its identity again, and no signature", () => {
    const request = zendeskRequest('{"title":"Grüße"}');
    const { body, kept } = keepDelivery(zendeskWebhook, request);
    expect(Object.keys(kept.headers).sort()).toEqual(["content-type", "x-zendesk-webhook-signature-timestamp"]);
    const again = requestOfKept("zendesk", body, kept);
    expect(again?.body).toEqual(new Uint8Array(request.body));
    expect(again?.headers.get("x-zendesk-webhook-signature-timestamp")).toBe(request.headers.get("x-zendesk-webhook-signature-timestamp"));
  });

  it("keeps the signed id of a scheme that has one", () => {
    const headers = new Headers({ "Webhook-Id": "msg_1", "webhook-timestamp": "1", "webhook-signature": "v1,x", authorization: "secret" });
    const { kept } = keepDelivery(standardWebhooksDeclaration, { method: "POST", url: "https://x.test/", headers, body: bytes(0x7b) });
    expect(kept.headers).toEqual({ "webhook-id": "msg_1", "webhook-timestamp": "1" });
  });

  it("keeps what the system always sends and what the vendor's proof asks for, and no credential, whoever asks for it", () => {
    const headers = { "x-topic": "orders/create", "x-token": "s3cret", "x-shop": "acme", authorization: "Bearer jwt", cookie: "a=b" };
    const keptOf = (scheme: WebhookDeclaration["scheme"]) =>
      keepDelivery({ ...zendeskWebhook, scheme, required: ["X-Topic", "x-token"] }, requestOf(headers, "{}")).kept.headers;
    expect(keptOf({ kind: "shared-secret", carried: { in: "header", header: "X-Token" } })).toEqual({ "x-topic": "orders/create" });
    expect(keptOf({ kind: "proof", verify: async () => ({ ok: true }), keptHeaders: ["x-shop", "Authorization", "cookie"] })).toEqual({
      "x-topic": "orders/create",
      "x-token": "s3cret",
      "x-shop": "acme",
    });
  });

  it("keeps a byte order mark", () => {
    const { body, kept } = keepDelivery(zendeskWebhook, { ...zendeskRequest(""), body: bytes(0xef, 0xbb, 0xbf, 0x7b) });
    expect(requestOfKept("zendesk", body, kept)?.body).toEqual(bytes(0xef, 0xbb, 0xbf, 0x7b));
  });

  it("is null where its bytes were no text", () => {
    const { body, kept } = keepDelivery(zendeskWebhook, { ...zendeskRequest(""), body: bytes(0x7b, 0xff) });
    expect(requestOfKept("zendesk", body, kept)).toBeNull();
  });
});
