// What makes two deliveries the same event. The key must come from signed content only: delivery ids in headers (Zendesk's invocation id,
// Shopify's webhook id) are not under the MAC, so whoever captured one delivery could replay it within the tolerance under as many ids as they like.
//
// 1. With a signed id (Slack's event_id, Zendesk's event id in the body, Standard Webhooks' webhook-id): that id, alone. A retry carries it again,
//    with whatever timestamp and signature; a replay under another delivery id carries it too; another event does not.
// 2. Without one (a Zendesk trigger's own payload, a plain HMAC source): the body's digest and the signed timestamp. A replay keeps both. Two events
//    with equal bodies stay two, unless they were signed within the same tick. The price: a sender that signs a retry afresh, with a new timestamp,
//    gets a second run. The other choice, the digest alone, would swallow the second of two real events with equal bodies for good, and a lost
//    event is worse than a repeated one, whose writes meet the effect protocol. A trigger payload with the ticket's updated_at does not pay it.
// 3. Without a timestamp either, the digest alone: such a delivery stays valid for ever, and nothing else tells a replay from an event.
// Several events of one delivery that have no signed ids are told apart by their places in it.
import type { Scheme, WebhookRequest } from "../connectors/webhook.ts";

/** A poll's change with this id is the same event. */
export const signedKey = (signedId: string): string => `id\n${signedId}`;

export function eventKey(
  scheme: Scheme,
  request: WebhookRequest,
  bodyDigest: string,
  signedId: string | undefined,
  place?: number,
): string {
  if (signedId !== undefined) return signedKey(signedId);
  const timestamp = scheme.kind === "hmac-sha256" && scheme.timestamp ? (request.headers.get(scheme.timestamp.header) ?? "") : "";
  return `body\n${bodyDigest}\n${timestamp}${place === undefined ? "" : `\n${place}`}`;
}
