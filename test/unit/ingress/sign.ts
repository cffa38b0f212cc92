// Signs deliveries as the vendors do, with node:crypto alone: the tests must not lean on the code that they test.
import { createHmac } from "node:crypto";
import type { WebhookRequest } from "../../../src/connectors/webhook.ts";

export const NOW = Date.parse("2026-11-20T05:09:29Z");
export const SECRET = "aHR0cHM6Ly9leGFtcGxlLmNvbS9ub3QtYS1yZWFsLXNlY3JldA==";

const bytes = (body: string | Uint8Array): Uint8Array => (typeof body === "string" ? new TextEncoder().encode(body) : body);

export const mac = (key: string | Uint8Array, ...parts: (string | Uint8Array)[]): Buffer => {
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
};

export const requestOf = (headers: Record<string, string>, body: string | Uint8Array = "", method = "POST"): WebhookRequest => ({
  method,
  url: "https://interlock.example/hooks/c1",
  headers: new Headers(headers),
  body: bytes(body),
});

interface Signing {
  readonly secret?: string;
  readonly timestamp?: string;
  readonly headers?: Record<string, string>;
}

export function zendeskRequest(
  body: string | Uint8Array,
  { secret = SECRET, timestamp = "2026-11-20T05:09:27Z", headers = {} }: Signing = {},
) {
  return requestOf(
    {
      "content-type": "application/json",
      "x-zendesk-webhook-invocation-id": "8350205582",
      "x-zendesk-webhook-signature": mac(secret, timestamp, body).toString("base64"),
      "x-zendesk-webhook-signature-timestamp": timestamp,
      ...headers,
    },
    body,
  );
}

export function slackRequest(body: string, { secret = SECRET, timestamp = String(NOW / 1000 - 2), headers = {} }: Signing = {}) {
  return requestOf(
    {
      "content-type": body.startsWith("{") ? "application/json" : "application/x-www-form-urlencoded",
      "x-slack-request-timestamp": timestamp,
      "x-slack-signature": `v0=${mac(secret, `v0:${timestamp}:`, body).toString("hex")}`,
      ...headers,
    },
    body,
  );
}

const KEY = Buffer.from("0123456789abcdef0123456789abcdef");
export const STANDARD_SECRET = `whsec_${KEY.toString("base64")}`;

export function standardRequest(
  body: string,
  { timestamp = String(NOW / 1000 - 2), headers = {}, id = "msg_1" }: Signing & { id?: string } = {},
) {
  return requestOf(
    {
      "webhook-id": id,
      "webhook-timestamp": timestamp,
      "webhook-signature": `v1,${mac(KEY, `${id}.${timestamp}.`, body).toString("base64")}`,
      ...headers,
    },
    body,
  );
}
