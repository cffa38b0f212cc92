// Sets a ticket's fields. Freshdesk takes any update at any time, so each one reads first: a ticket that bears our mark was set already (a repeat after a lost answer
// changes nothing), and one that somebody else changed since `look` is a conflict. What comes between that read and the PUT is not seen.
// Sequence: read, compare updated_at -> PUT of the change with the mark -> read back.
import * as z from "zod";
import { InterlockError } from "../core/errors.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { type ApplyContext, type Http, writeAction } from "./define.ts";
import {
  CustomFields,
  DOCS,
  isMarked,
  PRIORITIES,
  priorityNumber,
  priorityWord,
  readTicket,
  STATUSES,
  statusNumber,
  statusWord,
  TicketId,
  type TicketJson,
  ticketPath,
  withMark,
} from "./freshdesk-api.ts";
import { agentEmail, agentId, groupId, groupName } from "./freshdesk-people.ts";
import { promised } from "./http.ts";

/** 32 characters, as Freshdesk keeps them; a comma would part one in two. */
export const Tag = z
  .string()
  .min(1)
  .max(32)
  .refine((tag) => tag === tag.trim() && !tag.includes(","), "No comma, and no space around it");

/** What `updateTicket` may set. `tags` are added. An agent of null is nobody. */
const TicketSet = z
  .strictObject({
    group: z.string().min(1).optional(),
    agent: z.email().toLowerCase().nullable().optional(),
    priority: z.enum(PRIORITIES).optional(),
    status: z.enum(STATUSES).optional(),
    tags: z.array(Tag).min(1).optional(),
    custom: CustomFields.refine((fields) => Object.keys(fields).length > 0, "Name a field").optional(),
  })
  .refine((set) => Object.values(set).some((value) => value !== undefined), "Name at least one field to set");
type TicketSet = z.infer<typeof TicketSet>;

/** One level, so that a rule and a reviewer see a custom field as they see any other. */
export function flat<S extends { readonly custom?: CustomFields | undefined }>({ custom, ...set }: S): JsonObject {
  return Object.fromEntries(Object.entries({ ...set, ...custom }).filter(([, value]) => value !== undefined)) as JsonObject;
}

/** The way back. */
export function nested(values: JsonObject): Record<string, unknown> {
  const entries = Object.entries(values);
  const custom = entries.filter(([name]) => name.startsWith("cf_"));
  return {
    ...Object.fromEntries(entries.filter(([name]) => !name.startsWith("cf_"))),
    ...(custom.length > 0 ? { custom: Object.fromEntries(custom) } : {}),
  };
}

/** A decimal may come back as text, and an empty field as null or as no text. */
function sameValue(kept: Json, wanted: Json): boolean {
  const empty = (value: Json) => value === null || value === "";
  if (empty(kept) || empty(wanted)) return empty(kept) && empty(wanted);
  return typeof kept !== "object" && String(kept) === String(wanted);
}

/** The fields in words, restricted to those of `set`. Of the tags, only ours count: those of others come and go beside them. */
export async function fieldsOf(
  ticket: TicketJson,
  set: Omit<TicketSet, "agent" | "group"> & { group?: unknown; agent?: unknown },
  http: Http,
) {
  const fields: Record<string, Json> = {};
  if (set.group !== undefined) fields.group = await groupName(ticket.group_id, http);
  if (set.agent !== undefined) fields.agent = await agentEmail(ticket.responder_id, http);
  if (set.priority !== undefined) fields.priority = priorityWord(ticket.priority);
  if (set.status !== undefined) fields.status = statusWord(ticket.status);
  if (set.tags !== undefined) fields.tags = set.tags.filter((tag) => ticket.tags.includes(tag));
  for (const [name, wanted] of Object.entries(set.custom ?? {})) {
    const kept = ticket.custom_fields[name] ?? null;
    fields[name] = sameValue(kept, wanted) ? wanted : kept;
  }
  return fields;
}

/** New values, or the old ones of an undo: there `tags` are those that had been there before, and `without` is ours. */
export interface Wanted {
  readonly group?: string | null | undefined;
  readonly agent?: string | null | undefined;
  readonly priority?: string | undefined;
  readonly status?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly without?: readonly string[] | undefined;
  readonly custom?: CustomFields | undefined;
}

/** As the API takes them, without tags and mark. */
export async function wire(wanted: Wanted, http: Http): Promise<JsonObject> {
  const change: Record<string, Json> = {};
  if (wanted.group !== undefined) change.group_id = wanted.group === null ? null : await groupId(wanted.group, http);
  if (wanted.agent !== undefined) change.responder_id = wanted.agent === null ? null : await agentId(wanted.agent, http);
  if (wanted.priority !== undefined) change.priority = priorityNumber(wanted.priority);
  if (wanted.status !== undefined) change.status = statusNumber(wanted.status);
  return change;
}

const Updated = z.object({ id: z.number(), updated_at: z.string() });
const Output = z.object({ id: z.string(), updatedAt: z.string() });

async function setFields(id: string, wanted: Wanted, { http, key, version }: ApplyContext): Promise<z.infer<typeof Output>> {
  const change = await wire(wanted, http);
  const now = await readTicket(id, http);
  if (isMarked(now, key, http)) return { id, updatedAt: now.updated_at };
  if (version !== null && version !== now.updated_at)
    throw new InterlockError("connector.conflict", `Somebody has changed ticket/${id} in Freshdesk since it was looked at`);
  const { tags, without = [] } = wanted;
  // The list is replaced as a whole.
  const merged = tags && [...new Set([...now.tags.filter((tag) => tags.includes(tag) || !without.includes(tag)), ...tags])];
  const body = { ...change, ...(merged ? { tags: merged } : {}), custom_fields: { ...wanted.custom, ...withMark(now, key, http) } };
  const { json } = await http.send({ method: "PUT", path: ticketPath(id), body });
  return { id, updatedAt: promised(Updated, json, "an updated ticket").updated_at };
}

export const updateTicket = writeAction({
  effect: "write",
  summary: "Set a ticket's group, agent, priority, status or custom fields, or add tags",
  docs: `${DOCS}#update_ticket`,
  idempotency: "lookup",
  input: z.strictObject({ id: TicketId, set: TicketSet }),
  output: Output,
  target: ({ id }) => `ticket/${id}`,
  values: ({ set }): JsonObject => flat(set),
  withValues: (input, values) => ({ ...input, set: nested(values) as TicketSet }),
  look: async ({ id, set }, http) => {
    const ticket = await readTicket(id, http);
    return { fields: await fieldsOf(ticket, set, http), version: ticket.updated_at };
  },
  apply: ({ id, set }, context) => setFields(id, set, context),
  find: async ({ id }, { http, key }) => {
    const ticket = await readTicket(id, http);
    return isMarked(ticket, key, http) ? { id, updatedAt: ticket.updated_at } : null;
  },
  prove: async ({ id, set }, _output, http) => fieldsOf(await readTicket(id, http), set, http),
  undo: {
    kind: "restore",
    restore: async ({ id, set }, values, context) => {
      await setFields(id, { ...(nested(values) as Wanted), without: set.tags }, context);
    },
  },
});
