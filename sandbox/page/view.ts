// What the page shows, gathered in one go: the newest tickets with their last words and their last change, each channel's last messages,
// the last deliveries. Bounded, however much the sandbox holds.
import type { Delivery } from "../deliveries.ts";
import { CHANNELS, type Channel } from "../slack/directory.ts";
import type { Message } from "../slack/message.ts";
import type { World } from "../world.ts";
import { API_USER, GROUPS } from "../zendesk/directory.ts";
import type { Comment, Ticket, TicketEvent } from "../zendesk/ticket.ts";

export interface TicketView {
  ticket: Ticket;
  group: string;
  requester: string;
  assignee: string | null;
  comments: { comment: Comment; author: string; byInterlock: boolean }[];
  earlier: number;
  /** Nobody has touched it since it came in. */
  untouched: boolean;
  lastWrite: { by: string; byInterlock: boolean; at: string; changes: string[] };
}

export interface View {
  tickets: TicketView[];
  ticketCount: number;
  channels: { channel: Channel; messages: Message[] }[];
  deliveries: Delivery[];
  deliveryCount: number;
  faultsLeft: number;
  now: number;
}

const TICKETS = 24;
const COMMENTS = 3;
const MESSAGES = 6;
const DELIVERIES = 12;

export function viewOf(world: World): View {
  return {
    tickets: world.tickets.newest(TICKETS).map((ticket) => ticketView(world, ticket)),
    ticketCount: world.tickets.count(),
    channels: CHANNELS.map((channel) => ({ channel, messages: byThread(world.messages.recent(channel.id, MESSAGES)) })).filter(
      ({ messages }) => messages.length > 0,
    ),
    deliveries: world.deliveries.list(DELIVERIES),
    deliveryCount: world.deliveries.count(),
    faultsLeft: world.faults.value.reduce((sum, { left }) => sum + left, 0),
    now: Date.now(),
  };
}

function ticketView(world: World, ticket: Ticket): TicketView {
  const nameOf = (id: number | null): string | null => (id === null ? null : (world.people.get(id)?.name ?? `user ${id}`));
  const comments = world.tickets.comments(ticket.id);
  const audits = world.tickets.audits(ticket.id);
  const last = audits.at(-1);
  return {
    ticket,
    group: groupName(ticket.group_id),
    requester: nameOf(ticket.requester_id) ?? "",
    assignee: nameOf(ticket.assignee_id),
    comments: comments.slice(-COMMENTS).map((comment) => ({
      comment,
      author: nameOf(comment.author_id) ?? "",
      byInterlock: comment.author_id === API_USER,
    })),
    earlier: Math.max(0, comments.length - COMMENTS),
    untouched: audits.length < 2,
    lastWrite: {
      by: nameOf(last?.author_id ?? null) ?? "",
      byInterlock: last?.author_id === API_USER,
      at: last?.created_at ?? ticket.updated_at,
      changes: (last?.events ?? []).flatMap((event) => changeText(event, nameOf)),
    },
  };
}

function changeText(event: TicketEvent, nameOf: (id: number | null) => string | null): string[] {
  if (event.type === "Comment") return [event.public ? "public reply" : "internal note"];
  if (event.type === "CommentRedactionEvent") return ["comment redacted"];
  if (event.type === "CommentPrivacyChange") return ["comment made private"];
  if (event.type !== "Change") return [];
  const { field_name, previous_value, value } = event;
  const word = (value: unknown): string => {
    const id = value === null ? null : Number(value);
    if (field_name === "group_id") return groupName(id);
    return field_name === "assignee_id" || field_name === "requester_id" ? (nameOf(id) ?? "none") : plain(value);
  };
  return [`${field_name.replace(/_id$/, "")}: ${word(previous_value)} → ${word(value)}`];
}

/** Threads newest first; in a thread, the root and then its replies as they came. */
function byThread(newestFirst: Message[]): Message[] {
  const threads = Map.groupBy(newestFirst, ({ ts, thread_ts }) => thread_ts ?? ts);
  return [...threads].sort(([a], [b]) => b.localeCompare(a)).flatMap(([, messages]) => messages.reverse());
}

function groupName(id: number | null): string {
  return id === null ? "no group" : (GROUPS.find((group) => group.id === id)?.name ?? `group ${id}`);
}

function plain(value: unknown): string {
  if (value === null || value === "") return "none";
  return Array.isArray(value) ? value.join(", ") || "none" : String(value);
}
