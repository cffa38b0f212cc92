// The permission that a sender of CloudEvents asks for before it posts (OPTIONS, "abuse protection" of the HTTP webhook specification). It is granted in the answer or
// not at all: the callback address that a sender may name is never called, because whoever sends chooses it.
import type { Setting } from "./define.ts";
import type { HandshakeAnswer, WebhookRequest } from "./webhook.ts";

export const HANDSHAKE_SETTINGS: Readonly<Record<"origins" | "rate", Setting>> = {
  origins: { summary: "Who may ask to send, by commas: host names, or *.example.com for all below" },
  rate: { summary: "Deliveries a minute that a sender which asks is granted; without it as many as it likes" },
};

const HOST = /^[a-z0-9.-]{1,253}$/i;

const allows = (pattern: string, origin: string): boolean =>
  pattern.startsWith("*.") ? origin.endsWith(pattern.slice(1)) : pattern === origin;

const answer = (status: number, body: string, headers: Readonly<Record<string, string>> = {}): HandshakeAnswer => ({
  status,
  body,
  headers,
});

/** `usual`: who may send where the connection names nobody; null for anybody, since a delivery proves itself. */
export const handshakeFor =
  (usual: string | null) =>
  ({ method, headers }: WebhookRequest, settings: Readonly<Record<string, string>> = {}): HandshakeAnswer | null => {
    if (method !== "OPTIONS") return null;
    const origin = headers.get("webhook-request-origin")?.trim() ?? "";
    if (!HOST.test(origin)) return answer(400, "WebHook-Request-Origin must name the sender’s host");
    const origins = settings.origins ?? usual;
    const known = origins === null || origins.split(",").some((one) => allows(one.trim().toLowerCase(), origin.toLowerCase()));
    if (!known) return answer(403, "This sender is not one of the connection’s");
    const asked = headers.get("webhook-request-rate") !== null;
    return answer(200, "", {
      allow: "POST, OPTIONS",
      "webhook-allowed-origin": origin,
      ...(asked ? { "webhook-allowed-rate": settings.rate ?? "*" } : {}),
    });
  };
