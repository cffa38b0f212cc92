// What a Zendesk account has beside tickets, in memory: users, webhooks with their secrets, records of one custom object. Answers null to what is none of it.
import { json } from "./faults.ts";

export interface FakeUser {
  id: number | null;
  name: string;
  email: string;
  role: string;
  active: boolean;
  suspended: boolean;
  ticket_restriction: string | null;
}

const user = (id: number, name: string, email: string, role: string): FakeUser => ({
  id,
  name,
  email,
  role,
  active: true,
  suspended: false,
  ticket_restriction: null,
});

const NOT_FOUND = { error: "RecordNotFound", description: "Not found" };
const FORBIDDEN = { error: "Forbidden", description: "You do not have access to this page." };

export class FakeAccount {
  me: FakeUser = user(900, "Interlock", "interlock@example.com", "agent");
  readonly users: FakeUser[] = [
    user(901, "Maya Brandt", "maya.brandt@example.com", "agent"),
    user(501, "Elena Rossi", "elena.rossi@example.net", "end-user"),
  ];
  /** Whether the user may list webhooks. */
  admin = false;
  readonly webhooks: { id: string; name: string; endpoint: string; status: string; subscriptions: string[]; secret: string }[] = [];
  readonly records = new Map<string, { id: string; name: string; custom_object_fields: Record<string, unknown>; updated_at: string }>([
    [
      "contract/01GCSJW391QVSC80GYDH7E93Q6",
      {
        id: "01GCSJW391QVSC80GYDH7E93Q6",
        name: "C-7",
        custom_object_fields: { seats: 5, renewal: null },
        updated_at: "2026-01-05T08:00:00Z",
      },
    ],
  ]);
  /** Calls of this minute: told in every answer of /users/me. */
  limit: { total: number; left: number } | null = { total: 700, left: 699 };

  answer(
    method: string,
    path: string,
    query: URLSearchParams,
    body: Record<string, unknown> | null,
  ): { response: Response; changed: boolean } | null {
    const told = (value: unknown, status = 200, headers: Record<string, string> = {}) => ({
      response: json(value, status, headers),
      changed: false,
    });
    if (path === "/users/me") {
      const { limit } = this;
      const headers: Record<string, string> = limit
        ? { "x-rate-limit": String(limit.total), "x-rate-limit-remaining": String(limit.left) }
        : {};
      return told({ user: this.me }, 200, headers);
    }
    if (path === "/users/search") {
      const wanted = (query.get("query") ?? "").replace(/^email:/, "").toLowerCase();
      return told({ users: this.users.filter(({ email }) => email.includes(wanted)) });
    }
    const [, userId] = /^\/users\/(\d+)$/.exec(path) ?? [];
    if (userId) {
      const found = this.users.find(({ id }) => String(id) === userId);
      return found ? told({ user: found }) : told(NOT_FOUND, 404);
    }
    if (path.startsWith("/webhooks") && !this.admin) return told(FORBIDDEN, 403);
    if (path === "/webhooks") return told({ webhooks: this.webhooks.map(({ secret: _, ...shown }) => shown), meta: { has_more: false } });
    const [, webhookId] = /^\/webhooks\/(\w+)\/signing_secret$/.exec(path) ?? [];
    if (webhookId) {
      const secret = this.webhooks.find(({ id }) => id === webhookId)?.secret;
      return told({ signing_secret: { algorithm: "SHA256", secret } });
    }
    const [, object, id] = /^\/custom_objects\/(\w+)\/records(?:\/(\w+))?$/.exec(path) ?? [];
    if (!object) return null;
    if (!id) {
      const known = [...this.records.keys()].some((key) => key.startsWith(`${object}/`));
      return known ? told({ custom_object_records: [...this.records.values()] }) : told(NOT_FOUND, 404);
    }
    const record = this.records.get(`${object}/${id}`);
    if (!record) return told(NOT_FOUND, 404);
    if (method !== "PATCH") return told({ custom_object_record: record });
    const { custom_object_fields } = (body as { custom_object_record: { custom_object_fields: Record<string, unknown> } })
      .custom_object_record;
    const next = {
      ...record,
      custom_object_fields: { ...record.custom_object_fields, ...custom_object_fields },
      updated_at: new Date(Date.parse(record.updated_at) + 1_000).toISOString().replace(".000", ""),
    };
    this.records.set(`${object}/${id}`, next);
    return { response: json({ custom_object_record: next }), changed: true };
  }
}
