// Reads a ticket and sets its fields, with groups and people by name.
// Sequence of a write: look (the fields, and updated_at as version) -> PUT with safe_update -> check that the answer shows it -> read back.
import * as z from "zod";
import { InterlockError } from "../core/errors.ts";
import { type Json, type JsonObject, sameJson } from "../core/json.ts";
import { type ApplyContext, type Http, readAction, writeAction } from "./define.ts";
import { promised } from "./http.ts";
import { CustomFields, carries, DOCS, findAudit, putTicket, readTicket, Tag, TicketId, TicketJson, ticketPath } from "./zendesk-api.ts";
import { groupId, groupName } from "./zendesk-groups.ts";
import { agentEmail, agentId } from "./zendesk-users.ts";

export const Priority = z.enum(["low", "normal", "high", "urgent"]);

/** What `updateTicket` may set. Not "new", which Zendesk never gives back, and not "closed", which nobody can undo. `tags` are added. */
const TicketSet = z
  .strictObject({
    group: z.string().min(1).optional(),
    priority: Priority.optional(),
    status: z.enum(["open", "pending", "hold", "solved"]).optional(),
    tags: z.array(Tag).min(1).optional(),
    /** An agent's address; null for nobody. */
    assignee: z.email().toLowerCase().nullable().optional(),
    custom: CustomFields.refine((fields) => Object.keys(fields).length > 0, "Name a field").optional(),
  })
  .refine((set) => Object.values(set).some((value) => value !== undefined), "Name at least one field to set");
type TicketSet = z.infer<typeof TicketSet>;
const TicketUpdate = z.strictObject({ id: TicketId, set: TicketSet });
const FullTicketAnswer = z.object({
  ticket: TicketJson.extend({ subject: z.string().nullish(), description: z.string().nullish(), requester_id: z.number() }),
});

// ---- custom fields ----

const FIELD = "field_";

/** One level, so that a rule and a reviewer see a custom field ("field_27642") as they see any other. */
export function flat<S extends { readonly custom?: CustomFields | undefined }>({ custom = {}, ...set }: S): JsonObject {
  const named = Object.entries(custom).map(([id, value]): [string, Json] => [`${FIELD}${id}`, value]);
  return Object.fromEntries([...Object.entries(set).filter(([, value]) => value !== undefined), ...named]) as JsonObject;
}

/** The way back. */
export function nested(values: JsonObject): Record<string, unknown> {
  const entries = Object.entries(values);
  const custom = entries.filter(([name]) => name.startsWith(FIELD)).map(([name, value]) => [name.slice(FIELD.length), value]);
  return {
    ...Object.fromEntries(entries.filter(([name]) => !name.startsWith(FIELD))),
    ...(custom.length > 0 ? { custom: Object.fromEntries(custom) } : {}),
  };
}

export const wireCustom = (custom: CustomFields): Json => Object.entries(custom).map(([id, value]) => ({ id: Number(id), value }));

const customIn = (ticket: TicketJson, id: string): Json => ticket.custom_fields.find((field) => String(field.id) === id)?.value ?? null;

/** Zendesk gives numbers back as text, and an empty field as null or as no text. */
function sameValue(kept: Json, wanted: Json): boolean {
  const empty = (value: Json) => value === null || value === "";
  if (empty(kept) || empty(wanted)) return empty(kept) && empty(wanted);
  if (typeof kept === "object" || typeof wanted === "object") return sameJson(kept, wanted);
  return String(kept) === String(wanted);
}

// ---- setting fields ----

type Fields = { readonly [Field in keyof TicketSet]?: unknown } & {
  readonly tags?: readonly string[] | undefined;
  readonly custom?: CustomFields | undefined;
};

/** The fields as people know them, restricted to those of `set`. Of the tags, only ours count: those of others come and go beside them. */
export async function fieldsOf(ticket: TicketJson, set: Fields, http: Http): Promise<JsonObject> {
  const fields: Record<string, Json> = {};
  if (set.group !== undefined) fields.group = await groupName(ticket.group_id, http);
  if (set.priority !== undefined) fields.priority = ticket.priority ?? null;
  if (set.status !== undefined) fields.status = ticket.status;
  if (set.tags !== undefined) fields.tags = set.tags.filter((tag) => ticket.tags.includes(tag));
  if (set.assignee !== undefined) fields.assignee = await agentEmail(ticket.assignee_id, http);
  for (const [id, wanted] of Object.entries(set.custom ?? {})) {
    const kept = customIn(ticket, id);
    fields[`${FIELD}${id}`] = sameValue(kept, wanted) ? wanted : kept;
  }
  return fields;
}

/** New values, or the old ones of an undo: there `tags` are those that had been there before, and `without` is ours. */
interface Wanted {
  readonly group?: string | null | undefined;
  readonly priority?: string | null | undefined;
  readonly status?: string | undefined;
  readonly assignee?: string | null | undefined;
  readonly custom?: CustomFields | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly without?: readonly string[];
}

export async function setFields(id: string, wanted: Wanted, context: ApplyContext): Promise<z.infer<typeof UpdateOutput>> {
  const change: Record<string, Json> = {};
  let { version } = context;
  if (wanted.group !== undefined) change.group_id = wanted.group === null ? null : await groupId(wanted.group, context.http);
  if (wanted.priority !== undefined) change.priority = wanted.priority;
  if (wanted.status !== undefined) change.status = wanted.status;
  if (wanted.assignee !== undefined) change.assignee_id = wanted.assignee === null ? null : await agentId(wanted.assignee, context.http);
  if (wanted.custom !== undefined) change.custom_fields = wireCustom(wanted.custom);
  const removed = (wanted.without ?? []).filter((tag) => !wanted.tags?.includes(tag));
  if (wanted.tags !== undefined) {
    // This endpoint replaces the whole list (additional_tags belongs to update_many), so the write holds only for the ticket the list was read from.
    const now = await readTicket(id, context.http);
    change.tags = [...new Set([...now.tags.filter((tag) => !removed.includes(tag)), ...wanted.tags])];
    version ??= now.updated_at;
  }
  const { ticket, audit } = await putTicket(id, change, context, version);
  const ignored = Object.keys(change).filter((field) => !holds(ticket, field, change[field], removed));
  // With our key in the audit the update did happen, and a trigger of the account changed it again: the proof will show that.
  if (ignored.length > 0 && !carries(audit, context.key)) {
    throw new InterlockError("connector.answer_invalid", `Zendesk answered 200 and did not set ${ignored.join(", ")} of ticket/${id}`);
  }
  return { id, updatedAt: ticket.updated_at, auditId: audit?.id ? String(audit.id) : null };
}

function holds(ticket: TicketJson, field: string, value: Json | undefined, removed: readonly string[]): boolean {
  if (field === "group_id") return (ticket.group_id ?? null) === value;
  if (field === "priority") return (ticket.priority ?? null) === value;
  if (field === "status") return ticket.status === value;
  if (field === "assignee_id") return (ticket.assignee_id ?? null) === value;
  if (field === "custom_fields")
    return (value as { id: number; value: Json }[]).every((wanted) => sameValue(customIn(ticket, String(wanted.id)), wanted.value));
  return (value as string[]).every((tag) => ticket.tags.includes(tag)) && !removed.some((tag) => ticket.tags.includes(tag));
}

// ---- actions ----

export const getTicket = readAction({
  summary: "Read a ticket",
  docs: `${DOCS}/tickets/#show-ticket`,
  input: z.strictObject({ id: TicketId }),
  output: z.object({
    id: z.string(),
    subject: z.string(),
    description: z.string(),
    status: z.string(),
    priority: z.string().nullable(),
    group: z.string().nullable(),
    tags: z.array(z.string()),
    requester: z.object({ id: z.string() }),
    updatedAt: z.string(),
    /** An agent's address; absent where nobody is assigned. */
    assignee: z.string().optional(),
    /** By the fields' numbers; absent where no field has a value. */
    custom: z.record(z.string(), z.json()).optional(),
  }),
  run: async ({ id }, http) => {
    const { json } = await http.send({ method: "GET", path: `${ticketPath(id)}.json` });
    const { ticket } = promised(FullTicketAnswer, json, "a ticket");
    const custom = ticket.custom_fields.filter(({ value }) => value !== null && value !== "").map(({ id, value }) => [String(id), value]);
    return {
      id: String(ticket.id),
      subject: ticket.subject ?? "",
      description: ticket.description ?? "",
      status: ticket.status,
      priority: ticket.priority ?? null,
      group: await groupName(ticket.group_id, http),
      tags: ticket.tags,
      requester: { id: String(ticket.requester_id) },
      updatedAt: ticket.updated_at,
      ...(ticket.assignee_id ? { assignee: (await agentEmail(ticket.assignee_id, http)) ?? "" } : {}),
      ...(custom.length > 0 ? { custom: Object.fromEntries(custom) } : {}),
    };
  },
});

/** `auditId` is null for an update that changed nothing. */
const UpdateOutput = z.object({ id: z.string(), updatedAt: z.string(), auditId: z.string().nullable() });

export const updateTicket = writeAction({
  effect: "write",
  summary: "Set a ticket's group, assignee, priority, status or custom fields, or add tags",
  docs: `${DOCS}/tickets/#update-ticket`,
  idempotency: "lookup",
  input: TicketUpdate,
  output: UpdateOutput,
  target: ({ id }) => `ticket/${id}`,
  values: ({ set }): JsonObject => flat(set),
  withValues: (input, values) => ({ ...input, set: nested(values) as TicketSet }),
  look: async ({ id, set }, http) => {
    const ticket = await readTicket(id, http);
    return { fields: await fieldsOf(ticket, set, http), version: ticket.updated_at };
  },
  apply: ({ id, set }, context) => setFields(id, set, context),
  find: async ({ id }, context) => {
    const audit = await findAudit(id, context);
    return audit && { id, updatedAt: audit.created_at ?? "", auditId: String(audit.id) };
  },
  prove: async ({ id, set }, _output, http) => fieldsOf(await readTicket(id, http), set, http),
  undo: {
    kind: "restore",
    restore: async ({ id, set }, values, context) => {
      await setFields(id, { ...(nested(values) as Wanted), without: set.tags }, context);
    },
  },
});
