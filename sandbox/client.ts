// Talks to a running sandbox from Node: a test, the demo or a load run. The vendors' APIs with the sandbox's own credentials, and the control
// API with its types. It throws on a control request that failed (the caller made a mistake) and never on a vendor's answer.
import type { Count } from "./counters.ts";
import type { Delivery } from "./deliveries.ts";
import type { CountedRule, FaultInput } from "./faults.ts";
import type { ModelRules } from "./model/rules.ts";
import type { Settings } from "./settings.ts";
import type { Message } from "./slack/message.ts";
import type { Audit, Comment, Ticket } from "./zendesk/ticket.ts";

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** Empty where the answer was none. */
  json: Record<string, unknown>;
}

export interface NewTicket {
  subject: string;
  description: string;
  requester?: number | string | { name?: string; email: string };
  type?: string;
  priority?: string;
  group_id?: number;
  external_id?: string;
  tags?: string[];
  custom_fields?: { id: number; value: unknown }[];
}

export interface Delivered {
  ticket_id: number;
  deliveries: { invocation_id: string; status: number | null; error?: string; attempts: number }[];
}

export interface TicketState extends Ticket {
  comments: Comment[];
  audits: Audit[];
  writes: Count;
  other_writes: Count;
}

export interface State {
  tickets: TicketState[];
  groups: { id: number; name: string }[];
  slack: { channels: { id: string; name: string }[]; messages: Record<string, Message[]> };
  deliveries: Delivery[];
  writes: Record<string, Count>;
  model: { requests: number; recent: { at: string; request: unknown }[] };
}

export const ZENDESK_AUTH = { authorization: "Bearer sandbox-token" };
export const SLACK_AUTH = { authorization: "Bearer xoxb-sandbox" };

/** Basic credentials with which a call counts as that person's and not as Interlock's. */
export function asAgent(email: string): { authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${email}/token:sandbox-token`).toString("base64")}` };
}

export type SandboxClient = ReturnType<typeof sandboxClient>;

export function sandboxClient(url: string) {
  const base = url.replace(/\/$/, "");
  const call = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> => {
    const text = typeof body === "string" || body === undefined ? body : JSON.stringify(body);
    const sent = { method, headers: { "content-type": "application/json", ...headers }, ...(text === undefined ? {} : { body: text }) };
    const response = await fetch(base + path, sent);
    const answer = await response.text();
    return { status: response.status, headers: response.headers, text: answer, json: jsonOf(answer) };
  };
  const control = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const { status, text, json } = await call(method, `/control${path}`, body);
    if (status >= 300) throw new Error(`sandbox: ${method} /control${path} answered ${status}: ${text}`);
    return json as T;
  };
  return {
    base,
    call,
    zendesk: (method: string, path: string, body?: unknown, headers: Record<string, string> = ZENDESK_AUTH) =>
      call(method, `/zendesk/api/v2${path}`, body, headers),
    slack: (method: string, body: unknown = {}, headers: Record<string, string> = SLACK_AUTH) =>
      call("POST", `/slack/api/${method}`, body, headers),
    newTicket: (ticket: NewTicket & { deliver?: "once" | "twice" | "bad-signature" | "none" }) =>
      control<Delivered>("POST", "/tickets", ticket),
    bulk: (tickets: NewTicket[], events = false) =>
      control<{ ticket_ids: number[]; events?: object[] }>("POST", "/tickets/bulk", { tickets, events }),
    redeliver: (ticket_id: number, signature: "valid" | "bad" = "valid") =>
      control<Delivered>("POST", "/redeliver", { ticket_id, signature }),
    press: (press: { channel: string; ts: string; action_id: string; user?: string; deliver?: "once" | "twice" | "bad-signature" }) =>
      control<{ deliveries: { status: number | null; error?: string; answer: string }[] }>("POST", "/slack/press", press),
    faults: (...rules: FaultInput[]) => control<CountedRule[]>("PUT", "/faults", rules),
    faultsLeft: () => control<CountedRule[]>("GET", "/faults"),
    model: (rules: Partial<ModelRules>) => control<ModelRules>("PUT", "/model", rules),
    settings: (changes: Partial<Settings>) => control<Settings>("PUT", "/settings", changes),
    state: () => control<State>("GET", "/state"),
    ticket: async (id: number): Promise<TicketState> => {
      const { tickets } = await control<State>("GET", `/state?ticket=${id}`);
      if (!tickets[0]) throw new Error(`sandbox: there is no ticket ${id}`);
      return tickets[0];
    },
    reset: () => control<unknown>("POST", "/reset"),
  };
}

function jsonOf(text: string): Record<string, unknown> {
  return /^[{[]/.test(text) ? (JSON.parse(text) as Record<string, unknown>) : {};
}
