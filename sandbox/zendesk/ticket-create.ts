// What a new ticket looks like: the defaults, and what the caller set. Pure; the number is given by the store.
import { DEFAULT_GROUP } from "./directory.ts";
import { stampAfter, type Ticket, type TicketEvent, type Via } from "./ticket.ts";
import { invalid, type Refused } from "./ticket-change.ts";
import { readComment } from "./ticket-comment.ts";
import { type Known, nextCustomFields, nextTags, readFields } from "./ticket-fields.ts";

export interface CreateContext {
  id: number;
  requester: number;
  submitter: number;
  via: Via;
  now: number;
  known: Known;
}

export type Created = { ok: true; ticket: Ticket; events: TicketEvent[] };

export function createTicket(input: Record<string, unknown>, context: CreateContext): Created | Refused {
  const { values, problems } = readFields(input, context.known);
  const comment = readComment(input.comment ?? input.description);
  if (!comment) problems.base = [{ description: "Description: cannot be blank", error: "BlankValue" }];
  if (!comment || Object.keys(problems).length > 0) return invalid(problems);

  const at = stampAfter(null, context.now);
  const subject = values.subject ?? comment.plain_body.slice(0, 80);
  const assignee = values.assignee_id ?? null;
  const ticket: Ticket = {
    id: context.id,
    url: `https://sandbox.zendesk.example/api/v2/tickets/${context.id}.json`,
    external_id: values.external_id ?? null,
    via: context.via,
    created_at: at,
    updated_at: at,
    type: values.type ?? null,
    subject,
    raw_subject: subject,
    description: comment.plain_body,
    priority: values.priority ?? null,
    status: values.status ?? (assignee === null ? "new" : "open"),
    recipient: null,
    requester_id: context.requester,
    submitter_id: context.submitter,
    assignee_id: assignee,
    organization_id: null,
    group_id: values.group_id === undefined ? DEFAULT_GROUP : values.group_id,
    collaborator_ids: [],
    follower_ids: [],
    problem_id: null,
    has_incidents: false,
    is_public: comment.public,
    due_at: null,
    tags: nextTags([], input),
    custom_fields: nextCustomFields([], input.custom_fields),
  };
  const author = context.requester;
  const events: TicketEvent[] = [{ type: "Comment", author_id: author, ...comment, attachments: [] }];
  for (const name of ["subject", "type", "priority", "status", "external_id", "group_id", "assignee_id", "requester_id"] as const) {
    const value = ticket[name];
    if (value !== null) events.push({ type: "Create", field_name: name, value: String(value) });
  }
  if (ticket.tags.length > 0) events.push({ type: "Create", field_name: "tags", value: ticket.tags });
  for (const { id, value } of ticket.custom_fields) events.push({ type: "Create", field_name: String(id), value });
  return { ok: true, ticket, events };
}
