// Tickets that were made or changed, by the cursor of the incremental export, which loses none. For accounts without webhooks, and beside them: Zendesk's circuit breaker
// drops events. The export leaves out the last minute and allows ten calls a minute.
import * as z from "zod";
import { InterlockError } from "../core/errors.ts";
import { parseRfc3339 } from "../core/rfc3339.ts";
import { promised } from "./http.ts";
import type { Poll, PollPage } from "./poll.ts";

const EVERY_MS = 60_000;
/** The last minute is not in the export, and asking for it is refused. */
const OVERLAP_MS = 2 * 60_000;
/** docs: the most that a page holds. */
const PAGE = 1_000;

const Exported = z.object({ id: z.number(), status: z.string(), created_at: z.string(), updated_at: z.string() });
const Page = z.object({ tickets: z.array(Exported), after_cursor: z.string().nullish(), end_of_stream: z.boolean() });

function instantOf(id: number, text: string): number {
  const instant = parseRfc3339(text);
  if (instant !== null) return instant;
  throw new InterlockError("connector.answer_invalid", `Zendesk's ticket ${id} has a time that cannot be read`);
}

/** A new ticket is told of once for all, whatever happened to it since; each later change by its time. */
function changesOf(ticket: z.infer<typeof Exported>, since: number): PollPage["changes"] {
  if (ticket.status === "deleted") return [];
  const id = String(ticket.id);
  const created = instantOf(ticket.id, ticket.created_at);
  const updated = instantOf(ticket.id, ticket.updated_at);
  const change = (type: "ticket.created" | "ticket.updated", time: number, version: string) => ({
    id: `${id}:${type}`,
    version,
    changedAt: updated,
    event: {
      signedId: `${id}:${type}:${version}`,
      type,
      subject: id,
      time,
      data: { ticket_id: id, created_at: ticket.created_at, updated_at: ticket.updated_at },
    },
  });
  return [
    ...(created >= since ? [change("ticket.created", created, "once")] : []),
    ...(updated > created ? [change("ticket.updated", updated, ticket.updated_at)] : []),
  ];
}

export const zendeskPolls = {
  tickets: {
    summary: "Tickets that were made or changed, a minute or two later",
    docs: "https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/#incremental-ticket-export-cursor-based",
    types: ["ticket.created", "ticket.updated"],
    everyMs: EVERY_MS,
    overlapMs: OVERLAP_MS,
    page: async ({ since, position }, http) => {
      const from: Record<string, string> = position === null ? { start_time: String(Math.floor(since / 1_000)) } : { cursor: position };
      const query = new URLSearchParams({ ...from, per_page: String(PAGE) });
      const { json } = await http.send({ method: "GET", path: `/api/v2/incremental/tickets/cursor.json?${query}` });
      const { tickets, after_cursor, end_of_stream } = promised(Page, json, "a page of exported tickets");
      return { changes: tickets.flatMap((ticket) => changesOf(ticket, since)), next: end_of_stream ? null : (after_cursor ?? null) };
    },
  },
} as const satisfies Record<string, Poll>;
