// Which fields of a ticket a caller may set, and what each accepts. Pure. A value of the wrong kind is a validation problem in the
// vendor's form, never an exception; a field that is not listed is ignored, as the vendor does.
import { GROUPS } from "./directory.ts";
import { type CustomField, PRIORITIES, STATUSES, type Ticket, TYPES } from "./ticket.ts";

export interface Problem {
  description: string;
  error: string;
  field_key?: number;
}
export type Problems = Record<string, Problem[]>;

/** Who may be named: an assignee has to be an agent, a requester anybody who is known. */
export interface Known {
  isAgent(id: number): boolean;
  isUser(id: number): boolean;
}

type Settable = "subject" | "type" | "priority" | "status" | "external_id" | "group_id" | "assignee_id" | "requester_id";

interface Field {
  /** The name the vendor's problem details use, as key and as title. */
  key: string;
  title: string;
  /** The value to store, or undefined when it is not acceptable. */
  accept(value: unknown, known: Known): unknown;
}

const FIELDS: Record<Settable, Field> = {
  subject: { key: "subject", title: "Subject", accept: (value) => (typeof value === "string" ? value : undefined) },
  type: { key: "type", title: "Type", accept: (value) => oneOfOrNull(TYPES, value) },
  priority: { key: "priority", title: "Priority", accept: (value) => oneOfOrNull(PRIORITIES, value) },
  status: { key: "status", title: "Status", accept: (value) => STATUSES.find((status) => status === value) },
  external_id: { key: "external_id", title: "External", accept: (value) => (value === null ? null : textOf(value)) },
  group_id: { key: "group", title: "Group", accept: (value) => idOrNull(value, (id) => GROUPS.some((group) => group.id === id)) },
  assignee_id: { key: "assignee", title: "Assignee", accept: (value, known) => idOrNull(value, known.isAgent) },
  requester_id: { key: "requester", title: "Requester", accept: (value, known) => idOrNull(value, known.isUser) ?? undefined },
};

/** The acceptable values among `input`, with a problem for each that is not. */
export function readFields(input: Record<string, unknown>, known: Known): { values: Partial<Pick<Ticket, Settable>>; problems: Problems } {
  const values: Record<string, unknown> = {};
  const problems: Problems = {};
  for (const [name, field] of Object.entries(FIELDS)) {
    if (input[name] === undefined) continue;
    const value = field.accept(input[name], known);
    if (value === undefined) problems[field.key] = [{ description: `${field.title}: is invalid`, error: "InvalidValue" }];
    else values[name] = value;
  }
  return { values: values as Partial<Pick<Ticket, Settable>>, problems };
}

/** Tags after `tags` (replaces), `additional_tags` (adds) and `remove_tags`: lower case, no spaces, each once. */
export function nextTags(current: string[], input: Record<string, unknown>): string[] {
  const kept = input.tags === undefined ? current : tagList(input.tags);
  const removed = new Set(tagList(input.remove_tags));
  return [...new Set([...kept, ...tagList(input.additional_tags)])].filter((tag) => !removed.has(tag));
}

/** Custom fields after `custom_fields`: a list of id and value, others stay. */
export function nextCustomFields(current: CustomField[], value: unknown): CustomField[] {
  if (!Array.isArray(value)) return current;
  const fields = new Map(current.map((field) => [field.id, field.value]));
  for (const entry of value as unknown[]) {
    const { id, value: set } = (entry ?? {}) as { id?: unknown; value?: unknown };
    const key = Number(id);
    if (Number.isSafeInteger(key)) fields.set(key, set ?? null);
  }
  return [...fields].map(([id, set]) => ({ id, value: set }));
}

function tagList(value: unknown): string[] {
  const parts = Array.isArray(value) ? value.filter((tag) => typeof tag === "string") : typeof value === "string" ? [value] : [];
  return parts.flatMap((part) => part.toLowerCase().split(/[\s,]+/)).filter(Boolean);
}

function oneOfOrNull<T extends string>(allowed: readonly T[], value: unknown): T | null | undefined {
  if (value === null || value === "") return null;
  return allowed.find((one) => one === value);
}

function idOrNull(value: unknown, exists: (id: number) => boolean): number | null | undefined {
  if (value === null || value === "") return null;
  const id = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  return typeof id === "number" && exists(id) ? id : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : undefined;
}
