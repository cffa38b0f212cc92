// What an update does to a ticket: the vendor's rules in one pure function. It neither stores nor numbers anything.
// Sequence: closed? stale stamp? then every field, all problems at once; then what changed, as events.

import { stampAfter, type Ticket, type TicketEvent } from "./ticket.ts";
import { readComment } from "./ticket-comment.ts";
import { type Known, nextCustomFields, nextTags, type Problem, type Problems, readFields } from "./ticket-fields.ts";

export interface ChangeContext {
  actor: number;
  now: number;
  known: Known;
  requiredOnSolve: { id: number; title: string }[];
}

export type Changed = { ok: true; ticket: Ticket; events: TicketEvent[] };
export type Refused = { ok: false; status: 400 | 409 | 422; body: object };

/** A change with no events is one that asked for nothing new: the ticket keeps its stamp and no audit is written. */
export function changeTicket(ticket: Ticket, input: Record<string, unknown>, context: ChangeContext): Changed | Refused {
  if (ticket.status === "closed") return CLOSED;
  if (isStale(ticket, input)) return CONFLICT;

  const { values, problems } = readFields(input, context.known);
  const next: Ticket = {
    ...ticket,
    ...values,
    tags: nextTags(ticket.tags, input),
    custom_fields: nextCustomFields(ticket.custom_fields, input.custom_fields),
  };
  if (values.subject !== undefined) next.raw_subject = values.subject;
  // A new ticket that gets an assignee is open, unless the caller says otherwise.
  if (ticket.status === "new" && next.assignee_id !== null && values.status === undefined) next.status = "open";
  const missing = next.status === "solved" && ticket.status !== "solved" ? missingToSolve(next, context) : [];
  if (missing.length > 0) problems.base = missing;
  if (Object.keys(problems).length > 0) return invalid(problems);

  const events = changes(ticket, next);
  const comment = readComment(input.comment);
  if (comment) events.unshift({ type: "Comment", author_id: context.actor, ...comment, attachments: [] });
  if (events.length > 0) next.updated_at = stampAfter(ticket.updated_at, context.now);
  return { ok: true, ticket: next, events };
}

export function invalid(details: Problems): Refused {
  return { ok: false, status: 422, body: { error: "RecordInvalid", description: "Record validation errors", details } };
}

export const CLOSED = invalid({ status: [{ description: "Status: closed prevents ticket update", error: "InvalidValue" }] });

const CONFLICT: Refused = {
  ok: false,
  status: 409,
  body: { error: "UpdateConflict", description: "Safe Update: the ticket changed after the given stamp. Fetch it again and retry." },
};

/** With `safe_update` the caller's stamp has to be the ticket's own, or later; a missing stamp protects nothing and is refused. */
function isStale(ticket: Ticket, input: Record<string, unknown>): boolean {
  if (input.safe_update !== true && input.safe_update !== "true") return false;
  const seen = typeof input.updated_stamp === "string" ? Date.parse(input.updated_stamp) : Number.NaN;
  return !(seen >= Date.parse(ticket.updated_at));
}

function missingToSolve(ticket: Ticket, { requiredOnSolve }: ChangeContext): Problem[] {
  const filled = new Set(ticket.custom_fields.filter(({ value }) => value !== null && value !== "").map(({ id }) => id));
  return requiredOnSolve
    .filter(({ id }) => !filled.has(id))
    .map(({ id, title }) => ({ description: `${title}: is required when solving a ticket`, error: "BlankValue", field_key: id }));
}

const COMPARED = ["subject", "type", "priority", "status", "external_id", "group_id", "assignee_id", "requester_id"] as const;

function changes(before: Ticket, after: Ticket): TicketEvent[] {
  const events: TicketEvent[] = [];
  for (const name of COMPARED) {
    if (before[name] === after[name]) continue;
    events.push({ type: "Change", field_name: name, value: asText(after[name]), previous_value: asText(before[name]) });
  }
  if (before.tags.join(" ") !== after.tags.join(" ")) {
    events.push({ type: "Change", field_name: "tags", value: after.tags, previous_value: before.tags });
  }
  const previous = new Map(before.custom_fields.map((field) => [field.id, field.value]));
  for (const { id, value } of after.custom_fields) {
    const was = previous.get(id) ?? null;
    if (JSON.stringify(was) === JSON.stringify(value)) continue;
    events.push({ type: "Change", field_name: String(id), value, previous_value: was });
  }
  return events;
}

/** The vendor's audit gives numbers as text. */
function asText(value: string | number | null): string | null {
  return value === null ? null : String(value);
}
