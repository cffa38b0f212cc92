// Tickets and what was said on them, and the one way in which they change: every change gets a later second than the one before it.
import type { StandInWorld, Table } from "../stand-in.ts";
import { AGENTS, FIELDS, type Field, GROUPS } from "./account.ts";
import { invalid, notFound } from "./answer.ts";

export interface Ticket {
  id: number;
  subject: string;
  description: string;
  description_text: string;
  status: number;
  priority: number;
  source: number;
  type: string | null;
  group_id: number | null;
  responder_id: number | null;
  requester_id: number;
  email: string;
  tags: string[];
  custom_fields: Record<string, unknown>;
  spam: boolean;
  deleted: boolean;
  created_at: string;
  updated_at: string;
}

export interface Conversation {
  id: number;
  ticket_id: number;
  user_id: number;
  body: string;
  body_text: string;
  private: boolean;
  incoming: boolean;
  source: 0 | 2;
  created_at: string;
  updated_at: string;
}

export interface FreshdeskSettings {
  /** Calls in a minute. */
  perMinute: number;
  /** Of these, what others have called already, in every minute. */
  spent: number;
  /** Milliseconds that the search is behind the tickets. */
  indexDelayMs: number;
  /** What the agent of the key may see: 1 all, 2 its groups, 3 its own. */
  ticketScope: number;
  /** Whether its key may list automation rules. */
  admin: boolean;
  /** Lists that it may not read: "groups". */
  denied: string[];
}

const DEFAULTS: FreshdeskSettings = { perMinute: 700, spent: 0, indexDelayMs: 0, ticketScope: 1, admin: false, denied: [] };

const FIRST_TICKET = 41;
const FIRST_CONTACT = 9001;

export class Store {
  readonly world: StandInWorld;
  readonly tickets: Table<Ticket>;
  readonly conversations: Table<Conversation>;
  readonly rules: Table<{ id: number; type: number; name: string; active: boolean; actions: object[] }>;
  readonly #numbers: Table<number>;
  readonly #settings: Table<Partial<FreshdeskSettings>>;
  readonly #fields: Table<Field[]>;
  readonly #contacts: Table<{ id: number; email: string }>;

  constructor(world: StandInWorld) {
    this.world = world;
    this.tickets = world.table("tickets");
    this.conversations = world.table("conversations");
    this.rules = world.table("rules");
    this.#numbers = world.table("numbers");
    this.#settings = world.table("settings");
    this.#fields = world.table("fields");
    this.#contacts = world.table("contacts");
  }

  get settings(): FreshdeskSettings {
    return { ...DEFAULTS, ...this.#settings.get("one") };
  }

  set(changes: Partial<FreshdeskSettings>): void {
    this.#settings.put("one", { ...this.#settings.get("one"), ...changes });
  }

  get fields(): readonly Field[] {
    return this.#fields.get("all") ?? FIELDS;
  }

  setFields(fields: Field[]): void {
    this.#fields.put("all", fields);
  }

  next(name: string, first: number): number {
    const number = (this.#numbers.get(name) ?? first - 1) + 1;
    this.#numbers.put(name, number);
    return number;
  }

  /** One that is in the trash is answered as such by its number, and in no list. */
  ticket(id: string): Ticket {
    const ticket = this.tickets.get(id);
    if (!ticket) throw notFound();
    return ticket;
  }

  create(input: Record<string, unknown>): Ticket {
    const missing = ["subject", "description", "status", "priority"].filter((name) => input[name] === undefined);
    const noOne = typeof input.email !== "string" ? ["email"] : [];
    if (missing.length + noOne.length > 0)
      throw invalid([...missing, ...noOne].map((field) => ({ field, message: "It should be a/an String", code: "missing_field" })));
    const email = String(input.email).toLowerCase();
    const contact = this.#contacts.get(email) ?? { id: this.next("contact", FIRST_CONTACT), email };
    const id = this.next("ticket", FIRST_TICKET);
    const at = this.#stamp(null);
    const blank: Ticket = {
      id,
      subject: String(input.subject),
      description: String(input.description),
      description_text: textOf(String(input.description)),
      status: 2,
      priority: 1,
      source: 2,
      type: null,
      group_id: null,
      responder_id: null,
      requester_id: contact.id,
      email,
      tags: [],
      custom_fields: Object.fromEntries(this.fields.filter(({ name }) => name.startsWith("cf_")).map(({ name }) => [name, null])),
      spam: false,
      deleted: false,
      created_at: at,
      updated_at: at,
    };
    const ticket = this.#changed(blank, input);
    this.#contacts.put(email, contact);
    this.tickets.put(String(id), ticket);
    return ticket;
  }

  update(ticket: Ticket, input: Record<string, unknown>): Ticket {
    const next = { ...this.#changed(ticket, input), updated_at: this.#stamp(ticket.updated_at) };
    this.tickets.put(String(ticket.id), next);
    return next;
  }

  say(ticket: Ticket, said: { body: string; private: boolean; source: 0 | 2; by: number }): Conversation {
    const at = this.#stamp(ticket.updated_at);
    const { body, by, source } = said;
    const conversation: Conversation = {
      id: this.next("conversation", 5001),
      ticket_id: ticket.id,
      user_id: by,
      body,
      body_text: textOf(body),
      private: said.private,
      incoming: false,
      source,
      created_at: at,
      updated_at: at,
    };
    this.conversations.put(String(conversation.id), conversation);
    this.tickets.put(String(ticket.id), { ...ticket, updated_at: at });
    return conversation;
  }

  #changed(ticket: Ticket, input: Record<string, unknown>): Ticket {
    const problems: { field: string; message: string; code: string }[] = [];
    const oneOf = (field: string, allowed: readonly unknown[], said = allowed) => {
      if (input[field] === undefined || allowed.includes(input[field])) return;
      problems.push({ field, message: `It should be one of these values: '${said.join(",")}'`, code: "invalid_value" });
    };
    oneOf("status", [2, 3, 4, 5]);
    oneOf("priority", [1, 2, 3, 4]);
    oneOf("group_id", [null, ...GROUPS.map(({ id }) => id)]);
    oneOf("responder_id", [null, ...AGENTS.map(({ id }) => id)]);
    const custom = (input.custom_fields ?? {}) as Record<string, unknown>;
    for (const [field, value] of Object.entries(custom)) {
      const known = this.fields.find(({ name }) => name === field);
      if (!known) problems.push({ field, message: "Unexpected/invalid field in request", code: "invalid_field" });
      else if (known.type === "custom_text" && typeof value === "string" && value.length > 255)
        problems.push({ field, message: "Has 256 characters, it can have maximum of 255 characters", code: "invalid_value" });
      else if (known.type === "custom_text" && value !== null && typeof value !== "string")
        problems.push({ field, message: "Value set is of type other. It should be a/an String", code: "datatype_mismatch" });
    }
    if (problems.length > 0) throw invalid(problems);
    const { status, priority, group_id, responder_id, tags, subject } = { ...ticket, ...input } as Ticket;
    return {
      ...ticket,
      subject,
      status,
      priority,
      group_id,
      responder_id,
      tags: [...tags],
      custom_fields: { ...ticket.custom_fields, ...custom },
    };
  }

  #stamp(previous: string | null): string {
    const second = Math.floor(this.world.now() / 1_000) * 1_000;
    const time = previous === null ? second : Math.max(second, Date.parse(previous) + 1_000);
    return `${new Date(time).toISOString().slice(0, 19)}Z`;
  }
}

const textOf = (html: string): string =>
  html
    .replace(/<br>|<\/div>|<\/p>/g, "\n")
    .replace(/<[^>]*>/g, "")
    .replace(/&(lt|gt|quot);/g, (_, name: string) => ({ lt: "<", gt: ">", quot: '"' })[name] ?? "")
    .replaceAll("&amp;", "&")
    .trim();
