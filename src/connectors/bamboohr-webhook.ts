// BambooHR's webhooks: both payloads (event-based; field-based, with several employees) in both formats (JSON; a form with names such as data[employeeId]).
// The timestamp is signed behind the body, as text. There is no id of an event: what happened to whom and when is its identity.
import { sha256Hex } from "../core/crypto.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { parseRfc3339 } from "../core/rfc3339.ts";
import { at, digitsAt, isForm, type Read, readForm, readJson, textAt } from "./payload.ts";
import type { Parsed, ParsedEvent, WebhookDeclaration, WebhookRequest } from "./webhook.ts";

/** BambooHR states none; a delivery names fields of a few employees. */
const MAX_BYTES = 512 * 1024;

/** Attempts go on for 155 minutes, and nobody says that a later one is signed anew. */
const TOLERANCE_SECONDS = 3 * 60 * 60;

const NAME = /^[a-z][a-z_.-]{0,63}$/;

/** "+0000" is written without a colon. */
const instantOf = (text: string | null): number | null =>
  text === null ? null : parseRfc3339(text.replace(/([+-]\d{2})(\d{2})$/, "$1:$2"));

/** "data[changedFields][0]" -> data, changedFields, 0. Lists stay objects with their places as names: whoever reads them takes the values. */
function nested(form: Readonly<Record<string, string>>): Json {
  const root: Record<string, Json> = {};
  for (const [name, value] of Object.entries(form)) {
    const path = name.split(/[[\]]+/).filter((part) => part !== "");
    const last = path.pop();
    let here = root;
    for (const part of path) {
      const next = Object.hasOwn(here, part) ? here[part] : undefined;
      const inner: Record<string, Json> =
        next !== null && typeof next === "object" && !Array.isArray(next) ? (next as Record<string, Json>) : {};
      define(here, part, inner);
      here = inner;
    }
    if (last !== undefined) define(here, last, value);
  }
  return root;
}

/** Own members only, whatever a sender calls them. */
const define = (target: Record<string, Json>, name: string, value: Json): void => {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
};

const valuesOf = (value: Json | undefined): readonly Json[] => (value !== null && typeof value === "object" ? Object.values(value) : []);

const identityOf = (...parts: readonly Json[]): string => sha256Hex(JSON.stringify(parts));

/** `{type, timestamp, data: {companyId, employeeId, changedFields}}` */
function happened(payload: Json, type: string, receivedAt: number): ParsedEvent | null {
  const data = at(payload, "data") ?? null;
  const id = (name: string) => digitsAt(data, name) ?? textAt(data, name);
  const subject = id("employeeId") ?? id("companyId");
  if (!NAME.test(type) || subject === null) return null;
  const stamp = textAt(payload, "timestamp");
  return {
    // Without its own time the body says nothing of when: the signed timestamp does then.
    ...(stamp === null ? {} : { signedId: identityOf(type, stamp, data) }),
    type,
    subject,
    time: instantOf(stamp) ?? receivedAt,
    data: payload,
  };
}

/** `{id, action: "Updated", timestamp, changedFields, fields}` */
function employee(one: Json, receivedAt: number): ParsedEvent | null {
  const subject = digitsAt(one, "id") ?? textAt(one, "id");
  const action = textAt(one, "action")?.toLowerCase() ?? "";
  if (subject === null || !NAME.test(action)) return null;
  const stamp = textAt(one, "timestamp");
  return {
    ...(stamp === null ? {} : { signedId: identityOf(action, stamp, one) }),
    type: `employee.${action}`,
    subject,
    time: instantOf(stamp) ?? receivedAt,
    data: one,
  };
}

function parse(request: WebhookRequest, receivedAt: number): Parsed {
  const read: Read = isForm(request) ? { ok: true, value: nested(readForm(request.body)) } : readJson(request.body);
  if (!read.ok) return { kind: "unparsable", reason: read.reason };
  const type = textAt(read.value, "type");
  if (type !== null) {
    const event = happened(read.value, type, receivedAt);
    return event
      ? { kind: "event", deliveryKey: null, ...event }
      : { kind: "unparsable", reason: "The event names no employee and no company" };
  }
  const employees = valuesOf(at(read.value, "employees"));
  if (employees.length === 0) return { kind: "unparsable", reason: "The payload has neither a type nor employees" };
  const events: ParsedEvent[] = [];
  const unreadable: { reason: string; text: string }[] = [];
  for (const one of employees) {
    const event = employee(one, receivedAt);
    if (event) events.push(event);
    else
      unreadable.push({ reason: "The employee has no id or no action", text: JSON.stringify({ employees: [one] } satisfies JsonObject) });
  }
  return { kind: "events", deliveryKey: null, events, unreadable };
}

const employees: WebhookDeclaration = {
  docs: "https://documentation.bamboohr.com/docs/webhooks",
  maxBytes: MAX_BYTES,
  scheme: {
    kind: "hmac-sha256",
    signature: { header: "x-bamboohr-signature", encoding: "hex" },
    secret: { encoding: "text" },
    timestamp: { header: "x-bamboohr-timestamp", format: "seconds or rfc3339", toleranceSeconds: TOLERANCE_SECONDS },
    signed: ["body", { header: "x-bamboohr-timestamp" }],
  },
  bodyRequired: true,
  parse,
};

export const bamboohrWebhooks = { employees } as const;
