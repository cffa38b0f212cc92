// Zendesk Support in memory, behind a fetch: tickets, groups, audits, comments. It keeps the rules that a connector can get wrong: the body's envelope,
// safe_update, an audit only for a change, tags replaced as a whole, comment text squeezed, redaction for good. It counts what it did.
import { FakeAccount } from "./fake-zendesk-account.ts";
import { type FakeRequest, type FaultKind, Faults, type FaultTime, fakeFetch, json } from "./faults.ts";

export interface FakeTicket {
  id: number;
  subject: string;
  description: string;
  status: string;
  priority: string | null;
  group_id: number | null;
  tags: string[];
  requester_id: number;
  updated_at: string;
  assignee_id?: number | null;
  custom_fields?: { id: number; value: unknown }[];
  type?: string | null;
  external_id?: string | null;
  is_public?: boolean;
  created_at?: string;
}
export interface FakeAudit {
  id: number;
  ticket_id: number;
  created_at: string;
  author_id: number;
  metadata: { system: object; custom: Record<string, unknown> };
  events: Record<string, unknown>[];
}
export interface FakeComment {
  id: number;
  type: "Comment";
  body: string;
  public: boolean;
  audit_id: number;
}
interface State {
  tickets: Map<string, FakeTicket>;
  audits: Map<string, FakeAudit[]>;
  comments: Map<string, FakeComment[]>;
}

const GROUPS = ["support", "billing", "shipping", "returns", "technical"].map((name, index) => ({ id: 100 + index, name, deleted: false }));
const INTERLOCK = 900;
const PERSON = 901;
const START = Date.parse("2026-01-05T08:00:00Z");

export interface FakeZendesk {
  readonly fetch: typeof fetch;
  readonly tickets: Map<string, FakeTicket>;
  readonly groups: { id: number; name: string; deleted: boolean }[];
  /** Users, webhooks, custom objects. */
  readonly account: FakeAccount;
  /** Updates by Interlock that changed a ticket, by its id; a redaction is one. */
  readonly writes: Map<string, number>;
  /** Every request that arrived, in order. */
  readonly requests: FakeRequest[];
  /** The ticket's business rules: called on each update before it is stored, and may change it. */
  rule: ((ticket: FakeTicket) => void) | null;
  /** Answers 200 to updates and does nothing, as the vendor does with a body it does not understand. */
  deaf: boolean;
  add(ticket?: Partial<FakeTicket>): string;
  /** An agent changes a ticket in the browser. */
  edit(id: string, change: Partial<Pick<FakeTicket, "status" | "priority" | "group_id" | "tags">>): void;
  audits(id: string): FakeAudit[];
  comments(id: string): FakeComment[];
  fault(kind: FaultKind, when: FaultTime, matches?: (request: FakeRequest) => boolean): void;
  /** A deep copy to compare with. */
  snapshot(): State & { records: unknown };
}

export function createFakeZendesk({
  token,
  now = () => START,
  pageSize = 100,
}: {
  token: string;
  now?: () => number;
  pageSize?: number;
}): FakeZendesk {
  const state: State = { tickets: new Map(), audits: new Map(), comments: new Map() };
  const faults = new Faults();
  const requests: FakeRequest[] = [];
  const writes = new Map<string, number>();
  const created = new Map<string, { request: string; ticket: FakeTicket }>();
  let lastId = 1000;

  /** Never twice the same stamp for one ticket, though the vendor's has a resolution of a second. */
  const stampAfter = (previous: string | null): string => {
    const second = Math.floor(now() / 1000) * 1000;
    return `${new Date(previous === null ? second : Math.max(second, Date.parse(previous) + 1000)).toISOString().slice(0, 19)}Z`;
  };

  function save(
    ticket: FakeTicket,
    next: FakeTicket,
    said: { body: string; public: boolean } | null,
    custom: Record<string, unknown>,
    author: number,
  ): FakeAudit | null {
    const id = String(ticket.id);
    const auditId = ++lastId;
    const events: Record<string, unknown>[] = [];
    for (const field of ["status", "priority", "group_id", "tags", "assignee_id", "custom_fields"] as const) {
      if (JSON.stringify(ticket[field]) === JSON.stringify(next[field])) continue;
      events.push({ id: ++lastId, type: "Change", field_name: field, value: next[field], previous_value: ticket[field] });
    }
    if (said) {
      const comment: FakeComment = { id: ++lastId, type: "Comment", ...said, audit_id: auditId };
      events.push({ ...comment });
      state.comments.get(id)?.push(comment);
    }
    if (events.length === 0) return null;
    Object.assign(ticket, next, { updated_at: stampAfter(ticket.updated_at) });
    const audit: FakeAudit = {
      id: auditId,
      ticket_id: ticket.id,
      created_at: ticket.updated_at,
      author_id: author,
      metadata: { system: {}, custom },
      events,
    };
    state.audits.get(id)?.push(audit);
    if (author === INTERLOCK) writes.set(id, (writes.get(id) ?? 0) + 1);
    return audit;
  }

  function update(ticket: FakeTicket, body: Record<string, unknown> | null): Response {
    const input = fake.deaf ? {} : ((body?.ticket ?? {}) as Record<string, unknown>);
    if (ticket.status === "closed") return invalid("status", "Status: closed prevents ticket update");
    if (input.safe_update && input.updated_stamp !== ticket.updated_at) {
      return json({ error: "UpdateConflict", description: "Safe Update prevented the update due to outdated ticket data." }, 409);
    }
    const next = structuredClone(ticket);
    if (input.priority !== undefined) next.priority = input.priority as string | null;
    if (input.status !== undefined) next.status = input.status as string;
    if (input.group_id !== undefined) next.group_id = input.group_id as number | null;
    if (input.tags !== undefined) next.tags = [...new Set(input.tags as string[])];
    if (input.assignee_id !== undefined) next.assignee_id = input.assignee_id as number | null;
    if (input.custom_fields !== undefined) next.custom_fields = withFields(next.custom_fields ?? [], input.custom_fields as CustomField[]);
    if (next.group_id !== null && !fake.groups.some((group) => group.id === next.group_id)) return invalid("group", "Group: is invalid");
    if (next.status === "solved" && next.priority === null) return invalid("base", "Priority: is required when solving a ticket");
    fake.rule?.(next);
    const comment = input.comment as { body: string; public?: boolean } | undefined;
    const said = comment ? { body: squeeze(comment.body), public: comment.public ?? true } : null;
    const audit = save(ticket, next, said, (input.metadata ?? {}) as Record<string, unknown>, INTERLOCK);
    return json({ ticket, audit: audit ?? { id: 0, events: [] } });
  }

  function redact(ticket: FakeTicket, commentId: number, text: unknown): Response {
    const id = String(ticket.id);
    const comment = state.comments.get(id)?.find((one) => one.id === commentId);
    if (!comment) return NOT_FOUND();
    if (ticket.status === "closed") return invalid("status", "Status: closed prevents ticket update");
    const blotted = comment.body.replaceAll(String(text), "▇".repeat(String(text).length));
    if (blotted !== comment.body) writes.set(id, (writes.get(id) ?? 0) + 1);
    comment.body = blotted;
    return json({ comment });
  }

  function page(name: string, items: readonly { id: number }[], query: URLSearchParams): Response {
    const ordered = query.get("sort") === "-created_at" || query.get("sort_order") === "desc" ? [...items].reverse() : [...items];
    const size = Math.min(pageSize, Number(query.get("page[size]") ?? pageSize));
    const after = query.get("page[after]");
    const start = after === null ? 0 : ordered.findIndex((item) => `c${item.id}==` === after) + 1;
    const shown = ordered.slice(start, start + size);
    return json({ [name]: shown, meta: { has_more: start + size < ordered.length, after_cursor: `c${shown.at(-1)?.id}==` }, links: {} });
  }

  function handle({ method, path, query, headers, body }: FakeRequest): Response {
    if (headers.get("authorization") !== `Bearer ${token}`) return json({ error: "Couldn't authenticate you" }, 401);
    if (path === "/groups") return page("groups", fake.groups, query);
    const told = fake.account.answer(method, path, query, body);
    if (told) {
      if (told.changed) writes.set(path, (writes.get(path) ?? 0) + 1);
      return told.response;
    }
    if (path === "/incremental/tickets/cursor") return exported(query);
    if (path === "/tickets") return method === "POST" ? create(headers.get("idempotency-key"), body) : listTickets(query);
    const [, id = "", list, commentId, verb] = /^\/tickets\/(\d+)(?:\/(audits|comments)(?:\/(\d+)\/(redact))?)?$/.exec(path) ?? [];
    const ticket = state.tickets.get(id);
    if (!ticket) return NOT_FOUND();
    if (verb && method === "PUT") return redact(ticket, Number(commentId), body?.text);
    if (list && method === "GET") return page(list, (list === "audits" ? state.audits.get(id) : state.comments.get(id)) ?? [], query);
    if (list) return json({ error: "InvalidEndpoint", description: "Not found" }, 404);
    if (method === "DELETE") {
      state.tickets.delete(id);
      writes.set(id, (writes.get(id) ?? 0) + 1);
      return new Response(null, { status: 204 });
    }
    return method === "PUT" ? update(ticket, body) : json({ ticket });
  }

  function listTickets(query: URLSearchParams): Response {
    const wanted = query.get("external_id");
    const all = [...state.tickets.values()].filter(({ external_id }) => wanted === null || external_id === wanted);
    return page("tickets", all, query);
  }

  /** A repeat under the same key answers the first ticket, and one with another body is refused. */
  function create(key: string | null, body: Record<string, unknown> | null): Response {
    const request = JSON.stringify(body);
    const kept = key === null ? undefined : created.get(key);
    if (kept && kept.request !== request)
      return json({ error: "IdempotentRequestError", description: "Request parameters do not match the given idempotency key" }, 400);
    if (kept) return json({ ticket: kept.ticket }, 201, { "x-idempotency-lookup": "hit" });
    const input = (body?.ticket ?? {}) as Partial<FakeTicket> & { comment: { body: string; public?: boolean } };
    const {
      subject = "",
      priority = null,
      group_id = 100,
      assignee_id = null,
      tags = [],
      custom_fields = [],
      type = null,
      comment,
    } = input;
    const id = fake.add({
      subject,
      description: squeeze(comment.body),
      priority,
      group_id,
      assignee_id,
      tags,
      custom_fields,
      type,
      external_id: input.external_id ?? null,
      is_public: comment.public ?? true,
    });
    writes.set(id, 1);
    const ticket = state.tickets.get(id) as FakeTicket;
    if (key !== null) created.set(key, { request, ticket });
    return json({ ticket }, 201, { "x-idempotency-lookup": "miss" });
  }

  /** The cursor is the change that was seen last, as time and number. */
  function exported(query: URLSearchParams): Response {
    const order = [...state.tickets.values()].sort((a, b) =>
      a.updated_at < b.updated_at ? -1 : a.updated_at > b.updated_at ? 1 : a.id - b.id,
    );
    const [at = "", id = "0"] = (query.get("cursor") ?? "").split(" ");
    const start = Number(query.get("start_time") ?? 0) * 1_000;
    const left = order.filter((ticket) =>
      query.has("cursor")
        ? ticket.updated_at > at || (ticket.updated_at === at && ticket.id > Number(id))
        : Date.parse(ticket.updated_at) >= start,
    );
    const shown = left.slice(0, Math.min(pageSize, Number(query.get("per_page") ?? 1_000)));
    const last = shown.at(-1);
    const tickets = shown.map((ticket) => ({ ...ticket, created_at: ticket.created_at ?? ticket.updated_at }));
    return json({ tickets, after_cursor: last ? `${last.updated_at} ${last.id}` : null, end_of_stream: shown.length === left.length });
  }

  const fake: FakeZendesk = {
    fetch: fakeFetch("/api/v2", faults, requests, handle),
    tickets: state.tickets,
    groups: structuredClone(GROUPS),
    account: new FakeAccount(),
    writes,
    requests,
    rule: null,
    deaf: false,
    add: (fields = {}) => {
      const id = fields.id ?? ++lastId;
      const description = fields.description ?? "It does not work";
      const ticket = {
        id,
        subject: "Help",
        description,
        status: "new",
        priority: null,
        group_id: 100,
        tags: [],
        requester_id: 501,
        updated_at: stampAfter(null),
        ...fields,
      };
      state.tickets.set(String(id), ticket);
      state.audits.set(String(id), []);
      state.comments.set(String(id), [{ id: ++lastId, type: "Comment", body: description, public: true, audit_id: 0 }]);
      return String(id);
    },
    edit: (id, change) => {
      const ticket = state.tickets.get(id);
      if (ticket) save(ticket, { ...structuredClone(ticket), ...change }, null, {}, PERSON);
    },
    audits: (id) => state.audits.get(id) ?? [],
    comments: (id) => state.comments.get(id) ?? [],
    fault: (kind, when, matches) => faults.add(kind, when, matches),
    snapshot: () => structuredClone({ ...state, records: fake.account.records }),
  };
  return fake;
}

type CustomField = { id: number; value: unknown };

const withFields = (kept: readonly CustomField[], set: readonly CustomField[]): CustomField[] => [
  ...kept.filter(({ id }) => !set.some((field) => field.id === id)),
  ...set,
];

/** What Zendesk does to the text of a comment sent as `body`. */
const squeeze = (body: string): string =>
  body
    .replace(/ {2,}/g, " ")
    .replace(/\n{2,}/g, "\n")
    .trim();

const NOT_FOUND = (): Response => json({ error: "RecordNotFound", description: "Not found" }, 404);

const invalid = (field: string, description: string): Response =>
  json(
    { error: "RecordInvalid", description: "Record validation errors", details: { [field]: [{ description, error: "InvalidValue" }] } },
    422,
  );
