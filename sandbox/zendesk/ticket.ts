// A ticket, its comments and its audits as the vendor's API answers them, and the clock that stamps them.

export const STATUSES = ["new", "open", "pending", "hold", "solved", "closed"] as const;
export const PRIORITIES = ["urgent", "high", "normal", "low"] as const;
export const TYPES = ["problem", "incident", "question", "task"] as const;
export type Status = (typeof STATUSES)[number];
export type Priority = (typeof PRIORITIES)[number];
export type TicketType = (typeof TYPES)[number];

export interface CustomField {
  id: number;
  value: unknown;
}

export interface Ticket {
  id: number;
  url: string;
  external_id: string | null;
  via: Via;
  created_at: string;
  updated_at: string;
  type: TicketType | null;
  subject: string;
  raw_subject: string;
  description: string;
  priority: Priority | null;
  status: Status;
  recipient: string | null;
  requester_id: number;
  submitter_id: number;
  assignee_id: number | null;
  organization_id: number | null;
  group_id: number | null;
  collaborator_ids: number[];
  follower_ids: number[];
  problem_id: number | null;
  has_incidents: boolean;
  is_public: boolean;
  due_at: string | null;
  tags: string[];
  custom_fields: CustomField[];
}

export interface Via {
  channel: "api" | "web" | "email";
  source: { from: object; to: object; rel: string | null };
}

export interface Comment {
  id: number;
  type: "Comment";
  author_id: number;
  body: string;
  html_body: string;
  plain_body: string;
  public: boolean;
  attachments: never[];
  audit_id: number;
  via: Via;
  created_at: string;
  metadata: { system: object; custom: object };
}

/** What happened, before it has a number. */
export type TicketEvent =
  | { type: "Create"; field_name: string; value: unknown }
  | { type: "Change"; field_name: string; value: unknown; previous_value: unknown }
  | { type: "Comment"; author_id: number; body: string; html_body: string; plain_body: string; public: boolean; attachments: never[] }
  | { type: "CommentPrivacyChange"; comment_id: number; public: boolean }
  | { type: "CommentRedactionEvent"; comment_id: number };

export interface Audit {
  id: number;
  ticket_id: number;
  created_at: string;
  author_id: number;
  metadata: { system: object; custom: object };
  events: (TicketEvent & { id: number })[];
  via: Via;
}

export const VIA_API: Via = { channel: "api", source: { from: {}, to: {}, rel: null } };

/**
 * The stamp of a change. Zendesk's has a resolution of a second, and a second change within it would carry the same stamp and pass a
 * `safe_update` check that should fail; here it is pushed on by a second instead.
 */
export function stampAfter(previous: string | null, now: number): string {
  const second = Math.floor(now / 1000) * 1000;
  const time = previous === null ? second : Math.max(second, Date.parse(previous) + 1000);
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}
