// Zendesk Support: read a ticket, set its fields, comment on it. Groups go by name, so that rules, people and models see "billing" and not 101.
// Ticket updates have no idempotency key, so each one carries ours as custom metadata; Zendesk keeps it in the update's audit, where `find` looks for it.
// An update that changes nothing makes no audit: then `find` says no, and a repeat again changes nothing.
// Sequence of a write: look (the fields, and updated_at as version) -> PUT with safe_update -> check that the answer shows it -> read back.
import * as z from "zod";
import { InterlockError } from "../core/errors.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { basic, bearer } from "./auth.ts";
import { type ApplyContext, defineConnector, type Http, readAction, writeAction } from "./define.ts";
import { promised } from "./http.ts";
import { zendeskWebhook } from "./zendesk-webhook.ts";

const DOCS = "https://developer.zendesk.com/api-reference/ticketing/tickets";

const TicketId = z.string().regex(/^\d{1,15}$/, "A ticket's number, digits only");
/** As Zendesk stores a tag; anything else it would change on the way in, and the proof would then fail. */
const Tag = z.string().regex(/^[\p{Ll}\p{Lo}\p{N}_/:.-]{1,100}$/u, "Lower-case letters, digits and _ / : . -");

/** What `updateTicket` may set. Not "new", which Zendesk never gives back, and not "closed", which nobody can undo. `tags` are added. */
const TicketSet = z
  .strictObject({
    group: z.string().min(1).optional(),
    priority: z.enum(["low", "normal", "high", "urgent"]).optional(),
    status: z.enum(["open", "pending", "hold", "solved"]).optional(),
    tags: z.array(Tag).min(1).optional(),
  })
  .refine((set) => Object.values(set).some((value) => value !== undefined), "Name at least one field to set");
type TicketSet = z.infer<typeof TicketSet>;
const TicketUpdate = z.strictObject({ id: TicketId, set: TicketSet });

const CommentInput = z.strictObject({
  id: TicketId,
  body: z
    .string()
    .refine((body) => body.trim() !== "", "A comment needs text")
    // 64 kB, and Zendesk cuts off the rest without a word; a UTF-16 unit is at most three bytes of UTF-8.
    .max(21_000)
    // Zendesk fills placeholders in: a text that a customer talked a model into could read other fields out to them.
    .refine((body) => !/\{\{|\{%/.test(body), "Zendesk would replace what stands in {{ }} or {% %}"),
  public: z.boolean(),
});

const TicketJson = z.object({
  id: z.number(),
  status: z.string(),
  priority: z.string().nullish(),
  group_id: z.number().nullish(),
  tags: z.array(z.string()).default([]),
  updated_at: z.string(),
});
type TicketJson = z.infer<typeof TicketJson>;
const TicketAnswer = z.object({ ticket: TicketJson });
const FullTicketAnswer = z.object({
  ticket: TicketJson.extend({ subject: z.string().nullish(), description: z.string().nullish(), requester_id: z.number() }),
});
const AuditJson = z.object({
  id: z.number(),
  created_at: z.string().optional(),
  events: z.array(z.object({ id: z.number(), type: z.string() })).default([]),
  metadata: z.object({ custom: z.unknown() }).nullish(),
});
type AuditJson = z.infer<typeof AuditJson>;
const UpdateAnswer = z.object({ ticket: TicketJson, audit: AuditJson.nullish() });
const CommentJson = z.object({ id: z.number(), body: z.string(), public: z.boolean() });
type CommentJson = z.infer<typeof CommentJson>;
const GroupJson = z.object({ id: z.number(), name: z.string(), deleted: z.boolean().default(false) });
type GroupJson = z.infer<typeof GroupJson>;

// ---- requests ----

/** The inputs are checked already; this makes it impossible to build a path from anything but digits, whoever calls. */
function ticketPath(id: string): string {
  return `/api/v2/tickets/${digits(id)}`;
}

function digits(id: string): string {
  if (!/^\d{1,15}$/.test(id))
    throw new InterlockError("connector.rejected", `"${id}" is not a number of a Zendesk record`, { field: "id" });
  return id;
}

const PAGE = 100;
/** A ticket has at most 5,000 comments. A longer list is not read to its end: better no answer than a wrong no. */
const MAX_PAGES = 50;

const PageEnd = z.object({
  meta: z.object({ has_more: z.boolean(), after_cursor: z.string().nullish() }).optional(),
  next_page: z.string().nullish(),
});

/** Every record of a list, page by page (cursor pagination). The order is a wish that an account may ignore: nothing may depend on it. */
async function* records<T>(http: Http, path: string, list: string, item: z.ZodType<T>): AsyncGenerator<T> {
  const Items = z.array(item);
  let cursor = "";
  for (let page = 0; page < MAX_PAGES; page++) {
    const { json } = await http.send({ method: "GET", path: `${path}${path.includes("?") ? "&" : "?"}page[size]=${PAGE}${cursor}` });
    const { meta, next_page } = promised(PageEnd, json, `a page of ${list}`);
    yield* promised(Items, (json as Record<string, unknown>)[list], `a list of ${list}`);
    if (!(meta ? meta.has_more : next_page)) return;
    if (!meta?.after_cursor) break;
    cursor = `&page[after]=${encodeURIComponent(meta.after_cursor)}`;
  }
  throw new InterlockError("connector.answer_invalid", `The list of ${list} could not be read to its end`);
}

async function readTicket(id: string, http: Http): Promise<TicketJson> {
  const { json } = await http.send({ method: "GET", path: `${ticketPath(id)}.json` });
  return promised(TicketAnswer, json, "a ticket").ticket;
}

/** Zendesk answers 200 to a body that it ignores, so every answer is looked at by the caller. */
async function putTicket(
  id: string,
  ticket: JsonObject,
  { http, key }: ApplyContext,
  version: string | null,
): Promise<z.infer<typeof UpdateAnswer>> {
  const guard: JsonObject = version === null ? {} : { updated_stamp: version, safe_update: true };
  const body = { ticket: { ...ticket, metadata: { interlock: key }, ...guard } };
  const { json } = await http.send({ method: "PUT", path: `${ticketPath(id)}.json`, body });
  return promised(UpdateAnswer, json, "an updated ticket");
}

const carries = (audit: AuditJson | null | undefined, key: string): boolean =>
  (audit?.metadata?.custom as { interlock?: unknown } | null | undefined)?.interlock === key;

/** The audit of the update that carried this key. */
async function findAudit(id: string, { http, key }: ApplyContext): Promise<AuditJson | null> {
  for await (const audit of records(http, `${ticketPath(id)}/audits?sort=-created_at`, "audits", AuditJson)) {
    if (carries(audit, key)) return audit;
  }
  return null;
}

async function findComment(ticketId: string, commentId: string, http: Http): Promise<CommentJson | null> {
  for await (const comment of records(http, `${ticketPath(ticketId)}/comments?sort=-created_at`, "comments", CommentJson)) {
    if (String(comment.id) === commentId) return comment;
  }
  return null;
}

// ---- groups ----

/** `since` "recheck": a name that the kept list lacks may be of a group made a minute ago. */
function groupsOf(http: Http, since: "kept" | "recheck"): Promise<GroupJson[]> {
  const load = async () => {
    const groups: GroupJson[] = [];
    for await (const group of records(http, "/api/v2/groups", "groups", GroupJson)) groups.push(group);
    return groups;
  };
  return since === "kept" ? http.remember("groups", 300_000, load) : http.remember("groups.recheck", 30_000, load);
}

/** A group that is no longer listed keeps a name that leads back to it: an undo must be able to restore it. */
async function groupName(id: number | null | undefined, http: Http): Promise<string | null> {
  if (id === null || id === undefined) return null;
  const named = (groups: GroupJson[]) => groups.find((group) => group.id === id)?.name;
  return named(await groupsOf(http, "kept")) ?? named(await groupsOf(http, "recheck")) ?? `#${id}`;
}

async function groupId(name: string, http: Http): Promise<number> {
  if (/^#\d{1,15}$/.test(name)) return Number(name.slice(1));
  let groups: GroupJson[] = [];
  for (const since of ["kept", "recheck"] as const) {
    groups = (await groupsOf(http, since)).filter((group) => !group.deleted);
    const [first, second] = groups.filter((group) => group.name === name);
    if (first && second) throw new InterlockError("connector.rejected", `Zendesk has more than one group "${name}"`, { field: "group" });
    if (first) return first.id;
  }
  const allowed = groups.map((group) => group.name).join(", ");
  throw new InterlockError("connector.rejected", `Zendesk has no group "${name}"; it has: ${allowed}`, { field: "group" });
}

// ---- setting fields ----

/** The fields as people know them, restricted to those of `set`. Of the tags, only ours count: those of others come and go beside them. */
async function fieldsOf(ticket: TicketJson, set: TicketSet, http: Http): Promise<JsonObject> {
  const fields: Record<string, Json> = {};
  if (set.group !== undefined) fields.group = await groupName(ticket.group_id, http);
  if (set.priority !== undefined) fields.priority = ticket.priority ?? null;
  if (set.status !== undefined) fields.status = ticket.status;
  if (set.tags !== undefined) fields.tags = set.tags.filter((tag) => ticket.tags.includes(tag));
  return fields;
}

/** New values, or the old ones of an undo: there `tags` are those that had been there before, and `without` is ours. */
interface Wanted {
  readonly group?: string | null;
  readonly priority?: string | null;
  readonly status?: string;
  readonly tags?: readonly string[];
  readonly without?: readonly string[];
}

async function setFields(id: string, wanted: Wanted, context: ApplyContext): Promise<z.output<typeof UpdateOutput>> {
  const change: Record<string, Json> = {};
  let { version } = context;
  if (wanted.group !== undefined) change.group_id = wanted.group === null ? null : await groupId(wanted.group, context.http);
  if (wanted.priority !== undefined) change.priority = wanted.priority;
  if (wanted.status !== undefined) change.status = wanted.status;
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
  return (value as string[]).every((tag) => ticket.tags.includes(tag)) && !removed.some((tag) => ticket.tags.includes(tag));
}

// ---- actions ----

const getTicket = readAction({
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
  }),
  run: async ({ id }, http) => {
    const { json } = await http.send({ method: "GET", path: `${ticketPath(id)}.json` });
    const { ticket } = promised(FullTicketAnswer, json, "a ticket");
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
    };
  },
});

/** `auditId` is null for an update that changed nothing. */
const UpdateOutput = z.object({ id: z.string(), updatedAt: z.string(), auditId: z.string().nullable() });

const updateTicket = writeAction({
  effect: "write",
  summary: "Set a ticket's group, priority or status, or add tags",
  docs: `${DOCS}/tickets/#update-ticket`,
  idempotency: "lookup",
  input: TicketUpdate,
  output: UpdateOutput,
  target: ({ id }) => `ticket/${id}`,
  values: ({ set }) => Object.fromEntries(Object.entries(set).filter(([, value]) => value !== undefined)),
  withValues: (input, values) => ({ ...input, set: values as TicketSet }),
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
      await setFields(id, { ...(values as Wanted), without: set.tags }, context);
    },
  },
});

/** Zendesk puts runs of spaces and newlines together; two texts that differ only in those are one. */
const oneSpaced = (text: string): string => text.replace(/\s+/g, " ").trim();

const NOTHING: JsonObject = {};

const addComment = writeAction({
  effect: "write",
  summary: "Add a public reply or an internal note to a ticket; the undo blots its text out, but not in a reply that was e-mailed already",
  docs: `${DOCS}/ticket_comments/#creating-ticket-comments`,
  idempotency: "lookup",
  input: CommentInput,
  output: z.object({ id: z.string(), auditId: z.string() }),
  target: ({ id }) => `ticket/${id}`,
  values: ({ body, public: isPublic }) => ({ body, public: isPublic }),
  withValues: (input, values) => ({ ...input, ...(values as { body: string; public: boolean }) }),
  apply: async ({ id, body, public: isPublic }, context) => {
    const { audit } = await putTicket(id, { comment: { body, public: isPublic } }, context, context.version);
    const output = commentIn(audit);
    if (!output) throw new InterlockError("connector.answer_invalid", `Zendesk answered 200 and added no comment to ticket/${id}`);
    return output;
  },
  find: async ({ id }, context) => commentIn(await findAudit(id, context)),
  prove: async ({ id, body }, output, http) => {
    const comment = await findComment(id, output.id, http);
    if (!comment) return NOTHING;
    return { body: oneSpaced(comment.body) === oneSpaced(body) ? body : comment.body, public: comment.public };
  },
  undo: {
    kind: "withdraw",
    // Comments cannot be deleted. Redaction is for good, needs the right to delete tickets, and is refused once the ticket is closed.
    withdraw: async ({ id, body }, output, { http }) => {
      const comment = await findComment(id, output.id, http);
      if (!comment || isGone(comment, body)) return;
      // The text as Zendesk stored it; an agent's signature may stand behind ours.
      const text = comment.body.includes(body) ? body : comment.body;
      await http.send({ method: "PUT", path: `${ticketPath(id)}/comments/${digits(output.id)}/redact.json`, body: { text } });
    },
    gone: async ({ id, body }, output, http) => {
      const comment = await findComment(id, output.id, http);
      return !comment || isGone(comment, body);
    },
  },
});

/** An audit event of type Comment has the number of the comment that it made. */
function commentIn(audit: AuditJson | null | undefined): { id: string; auditId: string } | null {
  const event = audit?.events.find(({ type }) => type === "Comment");
  return audit && event ? { id: String(event.id), auditId: String(audit.id) } : null;
}

const isGone = (comment: CommentJson, body: string): boolean => !oneSpaced(comment.body).includes(oneSpaced(body));

export const zendesk = defineConnector({
  name: "zendesk",
  title: "Zendesk",
  /** "e-mail/token:api token" is Zendesk's Basic form (https://developer.zendesk.com/api-reference/introduction/security-and-auth/); all else is an OAuth token. */
  auth: (secret) => {
    const colon = secret.indexOf("/token:");
    return colon < 0 ? bearer(secret) : basic(secret.slice(0, colon + 6), secret.slice(colon + 7));
  },
  credentials: ["agent@example.com/token:API-TOKEN", "an OAuth access token"],
  webhooks: { events: zendeskWebhook },
  triggers: {
    "ticket.created": "A ticket was created",
    "ticket.updated": "A ticket was changed",
    trigger: "A trigger or an automation of the account called the webhook",
  },
  actions: { getTicket, updateTicket, addComment },
});
