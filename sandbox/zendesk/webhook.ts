// Zendesk's webhook: posts ticket.created to Interlock. Sequence: event -> invocation -> signed post -> retries -> delivery log.
// Pure parts (event, signature, retry rules) are elsewhere; here they meet the settings and the secret.
import type { Delivery } from "../deliveries.ts";
import { zendeskRetry } from "../delivery.ts";
import { signZendesk } from "../signature.ts";
import type { World } from "../world.ts";
import { ACCOUNT_ID, WEBHOOK_ID } from "./directory.ts";
import { ticketCreated } from "./event.ts";
import type { Ticket } from "./ticket.ts";

export interface Invocation {
  invocationId: string;
  body: string;
}

export function invocationOf(ticket: Ticket): Invocation {
  return { invocationId: invocationId(), body: JSON.stringify(ticketCreated(ticket, crypto.randomUUID())) };
}

export async function postWebhook(
  world: World,
  ticketId: number,
  { invocationId, body }: Invocation,
  signature: "valid" | "bad",
): Promise<Delivery> {
  const { interlock_url, zendesk_hook, webhook_timeout_ms, webhook_retry_ms } = world.settings.value;
  const secret = signature === "valid" ? world.env.ZENDESK_WEBHOOK_SECRET : "not-the-secret";
  const { answer: _, ...delivery } = await world.deliveries.send({
    system: "zendesk",
    what: "ticket.created",
    ticket_id: ticketId,
    invocation_id: invocationId,
    url: interlock_url.replace(/\/$/, "") + zendesk_hook,
    signature,
    body,
    timeoutMs: webhook_timeout_ms,
    retry: zendeskRetry(webhook_retry_ms),
    headers: async () => {
      const signed = await signZendesk(secret, body, Date.now());
      return {
        "content-type": "application/json; charset=utf-8",
        "user-agent": "Zendesk Webhook",
        "x-zendesk-account-id": String(ACCOUNT_ID),
        "x-zendesk-webhook-id": WEBHOOK_ID,
        "x-zendesk-webhook-invocation-id": invocationId,
        "x-zendesk-webhook-signature": signed.signature,
        "x-zendesk-webhook-signature-timestamp": signed.timestamp,
      };
    },
  });
  return delivery;
}

/** A number, as the vendor's are; wide enough never to meet itself in a load test. */
function invocationId(): string {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
  return String((BigInt(high) << 28n) + BigInt(low & 0xfffffff) + 10n ** 15n);
}
