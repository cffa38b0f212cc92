// One delivery that may hold several records: a JSON value, a JSON array, or one JSON value per line. A record that does not read must not take the others with it:
// it is handed on as text, for a dead letter of its own. An array that is no JSON has no boundaries to trust, and is one unreadable delivery.
import type { Json } from "../core/json.ts";
import { type Read, readJson } from "./payload.ts";
import type { Parsed, ParsedEvent, UnreadableRecord, WebhookRequest } from "./webhook.ts";

/** What one record is. skipped: nothing of interest, and nothing wrong. */
export type RecordRead =
  | { readonly kind: "event"; readonly event: ParsedEvent }
  | { readonly kind: "skipped"; readonly reason: string }
  | { readonly kind: "unreadable"; readonly reason: string };

export const unreadable = (reason: string): RecordRead => ({ kind: "unreadable", reason });
export const skipped = (reason: string): RecordRead => ({ kind: "skipped", reason });

export const isObject = (value: Json): boolean => value !== null && typeof value === "object" && !Array.isArray(value);

interface Line {
  readonly read: Read;
  readonly text: string;
}

const NEWLINE = 0x0a;
const utf8 = new TextDecoder();

/** Split as bytes: one line that is no UTF-8 says nothing about the others. */
function linesOf(body: Uint8Array): readonly Line[] {
  const lines: Line[] = [];
  for (let from = 0; from < body.length; ) {
    const end = body.indexOf(NEWLINE, from);
    const line = body.subarray(from, end < 0 ? body.length : end);
    const text = utf8.decode(line);
    if (text.trim() !== "") lines.push({ read: readJson(line), text });
    from = end < 0 ? body.length : end + 1;
  }
  return lines;
}

/** Null for a single value. */
function severalIn(whole: Read, body: Uint8Array): readonly Line[] | null {
  if (whole.ok)
    return Array.isArray(whole.value) ? whole.value.map((value) => ({ read: { ok: true, value }, text: JSON.stringify(value) })) : null;
  const lines = linesOf(body);
  // One object on a line of its own tells lines of records from a broken text over several lines.
  return lines.length > 1 && lines.some(({ read }) => read.ok && isObject(read.value)) ? lines : null;
}

export function parseRecords({ body }: WebhookRequest, deliveryKey: string | null, readOne: (record: Json) => RecordRead): Parsed {
  if (body.length === 0) return { kind: "ignored", reason: "The delivery has no payload", deliveryKey };
  const whole = readJson(body);
  const lines = severalIn(whole, body);
  if (lines === null) {
    if (!whole.ok) return { kind: "unparsable", reason: whole.reason, deliveryKey };
    const read = readOne(whole.value);
    if (read.kind === "event") return { kind: "event", deliveryKey, ...read.event };
    return { kind: read.kind === "skipped" ? "ignored" : "unparsable", reason: read.reason, deliveryKey };
  }
  const events: ParsedEvent[] = [];
  const poison: UnreadableRecord[] = [];
  let reason = "There is no record in it";
  for (const { read, text } of lines) {
    const record = read.ok ? readOne(read.value) : unreadable(read.reason);
    if (record.kind === "event") events.push(record.event);
    else if (record.kind === "unreadable") poison.push({ reason: record.reason, text });
    else reason = record.reason;
  }
  if (events.length + poison.length === 0) return { kind: "ignored", reason, deliveryKey };
  return { kind: "events", deliveryKey, events, unreadable: poison };
}
