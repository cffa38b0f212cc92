// What an automation rule posts to Interlock: Simple content as Freshdesk makes it, or content that the rule's author wrote; with the secret in a header or as a password.
import { HOOK, WEBHOOK_SECRET } from "./account.ts";
import type { Store, Ticket } from "./store.ts";

export interface Manner {
  readonly content: "simple" | "advanced";
  readonly carried: "header" | "basic";
  readonly secret: "valid" | "bad" | "none";
  /** As Freshdesk writes it: "{ticket_action:created}". */
  readonly event: string;
}

function contentOf(ticket: Ticket, { content, event }: Manner): object {
  if (content === "advanced") return { ticket_id: String(ticket.id), updated_at: ticket.updated_at, triggered_event: event };
  return {
    freshdesk_webhook: {
      ticket_id: ticket.id,
      ticket_subject: ticket.subject,
      ticket_description: ticket.description,
      ticket_url: `https://sandbox.freshdesk.example/helpdesk/tickets/${ticket.id}`,
      triggered_event: event,
    },
  };
}

function proofOf({ carried, secret }: Manner): Record<string, string> {
  if (secret === "none") return {};
  const text = secret === "valid" ? WEBHOOK_SECRET : "another secret";
  return carried === "header" ? { "x-webhook-secret": text } : { authorization: `Basic ${btoa(`freshdesk:${text}`)}` };
}

export const callRule = (store: Store, ticket: Ticket, manner: Manner) =>
  store.world.post({
    what: `${manner.event} of ${ticket.id}`,
    path: HOOK,
    body: JSON.stringify(contentOf(ticket, manner)),
    headers: { "content-type": "application/json", ...proofOf(manner) },
  });
