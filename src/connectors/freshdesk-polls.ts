// Tickets that were made or changed, by the list and not by the search, whose index lags. For accounts without automation rules, and beside them: what Freshdesk puts off
// for a day and then drops, a poll still finds.
// Each page begins at the last change seen, so that tickets that move while the list is read are not skipped; pages are counted only within one second.
import { InterlockError } from "../core/errors.ts";
import { parseRfc3339 } from "../core/rfc3339.ts";
import { DOCS, MOST_PAGES, PAGE, type TicketJson, ticketsSince } from "./freshdesk-api.ts";
import type { Poll, PollPage } from "./poll.ts";

/** Growth allows 20 lists a minute. */
const EVERY_MS = 5 * 60_000;
const OVERLAP_MS = 60_000;
/** updated_at has a resolution of a second, and whether the list holds the second that it is asked for is not written anywhere. */
const SECOND_MS = 1_000;

interface Position {
  readonly from: number;
  readonly page: number;
}

function positionOf(since: number, position: string | null): Position {
  const [from, page] = position === null ? [since, 1] : position.split(":").map(Number);
  return { from: from ?? since, page: page ?? 1 };
}

function instantOf(ticket: TicketJson, text: string | undefined): number {
  const instant = parseRfc3339(text ?? "");
  if (instant !== null) return instant;
  throw new InterlockError("connector.answer_invalid", `Freshdesk's ticket ${ticket.id} has a time that cannot be read`);
}

/** A new ticket is told of once for all, whatever happened to it since; each later change by its time. */
function changesOf(ticket: TicketJson, since: number): PollPage["changes"] {
  const id = String(ticket.id);
  const created = instantOf(ticket, ticket.created_at ?? ticket.updated_at);
  const updated = instantOf(ticket, ticket.updated_at);
  const change = (type: "ticket.created" | "ticket.updated", at: number, version: string) => ({
    id: `${id}:${type}`,
    version,
    // The list's own order.
    changedAt: updated,
    event: {
      signedId: `${id}:${type}:${version}`,
      type,
      subject: id,
      time: at,
      data: { ticket_id: id, created_at: ticket.created_at ?? null, updated_at: ticket.updated_at },
    },
  });
  return [
    ...(created >= since ? [change("ticket.created", created, "once")] : []),
    ...(updated > created ? [change("ticket.updated", updated, ticket.updated_at)] : []),
  ];
}

export const freshdeskPolls = {
  tickets: {
    summary: "Tickets that were made or changed",
    docs: `${DOCS}#list_all_tickets`,
    types: ["ticket.created", "ticket.updated"],
    everyMs: EVERY_MS,
    overlapMs: OVERLAP_MS,
    page: async ({ since, position }, http) => {
      const { from, page } = positionOf(since, position);
      if (page > MOST_PAGES)
        throw new InterlockError("connector.answer_invalid", `Freshdesk lists no more than ${MOST_PAGES * PAGE} tickets of one second`);
      const tickets = await ticketsSince(Math.max(0, from - SECOND_MS), page, http);
      const changes = tickets.flatMap((ticket) => changesOf(ticket, since));
      const last = tickets.at(-1);
      if (!last || tickets.length < PAGE) return { changes, next: null };
      const reached = instantOf(last, last.updated_at);
      return { changes, next: reached > from ? `${reached}:1` : `${from}:${page + 1}` };
    },
  },
} as const satisfies Record<string, Poll>;
