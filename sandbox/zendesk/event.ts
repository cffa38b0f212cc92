// The event that Zendesk posts for a new ticket to a webhook that subscribes to ticket.created. Pure. Numbers are given as text and
// words in capitals: the event's own form, which differs from the API's.
import { ACCOUNT_ID } from "./directory.ts";
import type { Ticket } from "./ticket.ts";

export function ticketCreated(ticket: Ticket, id: string): object {
  return {
    account_id: ACCOUNT_ID,
    id,
    // The vendor gives nanoseconds; a reader that wants milliseconds has to cope.
    time: ticket.created_at.replace("Z", ".000000000Z"),
    type: "zen:event-type:ticket.created",
    subject: `zen:ticket:${ticket.id}`,
    zendesk_event_version: "2022-11-06",
    detail: {
      id: String(ticket.id),
      subject: ticket.subject,
      description: ticket.description,
      priority: ticket.priority?.toUpperCase() ?? null,
      status: ticket.status.toUpperCase(),
      type: ticket.type?.toUpperCase() ?? null,
      group_id: textOf(ticket.group_id),
      assignee_id: textOf(ticket.assignee_id),
      requester_id: String(ticket.requester_id),
      submitter_id: String(ticket.submitter_id),
      actor_id: String(ticket.submitter_id),
      organization_id: textOf(ticket.organization_id),
      external_id: ticket.external_id,
      is_public: ticket.is_public,
      tags: ticket.tags,
      created_at: ticket.created_at,
      updated_at: ticket.updated_at,
      via: { channel: ticket.via.channel },
    },
    event: {},
  };
}

function textOf(id: number | null): string | null {
  return id === null ? null : String(id);
}
