// A CloudEvents 1.0 delivery, read in all three content modes of the HTTP binding: binary (ce-* headers), structured and batched. All become the JSON form, so that a
// workflow reads the same whatever the mode. The producer promises that source and id together name one event; nothing here goes beyond that promise.
import type { Json, JsonObject } from "../core/json.ts";
import { parseRfc3339 } from "../core/rfc3339.ts";
import { at, digitsAt, readJson, textAt } from "./payload.ts";
import { isObject, parseRecords, type RecordRead, unreadable } from "./records.ts";
import type { Parsed, ParsedEvent, WebhookRequest } from "./webhook.ts";

/** Attributes that are read when a delivery in binary mode is kept; extensions are not. */
export const CE_HEADERS = ["specversion", "id", "source", "type", "subject", "time", "dataschema"].map((name) => `ce-${name}`);

const TYPE = /^[a-z0-9][a-z0-9._:/-]{0,255}$/i;

/** The record that an event without a subject is about, where the type of the payload is known. */
export type SubjectOf = (event: Json, type: string) => string | null;

/** https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md#3132-http-header-values: percent-encoded. */
function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** Binary mode's headers and body in the JSON form; the body stays text where it is not said to be JSON. */
function assembled({
  headers,
  body,
}: WebhookRequest): { readonly ok: true; readonly event: Json } | { readonly ok: false; readonly reason: string } {
  const event: Record<string, Json> = {};
  for (const [name, value] of headers) if (name.startsWith("ce-")) event[name.slice(3)] = decoded(value);
  const type = headers.get("content-type") ?? "";
  if (type !== "") event.datacontenttype = type;
  if (body.length === 0) return { ok: true, event };
  if (type !== "" && !/[/+]json\b/i.test(type)) {
    const text = new TextDecoder().decode(body);
    return { ok: true, event: { ...event, data: text } };
  }
  const read = readJson(body);
  return read.ok ? { ok: true, event: { ...event, data: read.value } } : read;
}

export function readCloudEvent(event: Json, receivedAt: number, subjectOf: SubjectOf): RecordRead {
  if (!isObject(event)) return unreadable("A CloudEvent is an object");
  if (textAt(event, "specversion") !== "1.0") return unreadable("specversion is not 1.0: send CloudEvents 1.0");
  const [id, source, type] = [textAt(event, "id"), textAt(event, "source"), textAt(event, "type")];
  if (!id || !source || !type) return unreadable("id, source and type must be there, each with a text");
  if (!TYPE.test(type)) return unreadable("type has a form that no workflow could name");
  const time = textAt(event, "time");
  const data = at(event, "data");
  const named = textAt(event, "subject") ?? subjectOf(event, type) ?? textAt(data, "id") ?? digitsAt(data, "id");
  return {
    kind: "event",
    event: {
      signedId: `${source}|${id}`,
      type,
      subject: named ?? id,
      time: (time === null ? null : parseRfc3339(time)) ?? receivedAt,
      data: event as JsonObject,
    } satisfies ParsedEvent,
  };
}

const none: SubjectOf = () => null;

export function parseCloudEvents(request: WebhookRequest, receivedAt: number, subjectOf: SubjectOf = none): Parsed {
  if (request.headers.get("ce-specversion") === null || /^application\/cloudevents/i.test(request.headers.get("content-type") ?? ""))
    return parseRecords(request, null, (record) => readCloudEvent(record, receivedAt, subjectOf));
  const binary = assembled(request);
  if (!binary.ok) return { kind: "unparsable", reason: binary.reason };
  const read = readCloudEvent(binary.event, receivedAt, subjectOf);
  return read.kind === "event" ? { kind: "event", deliveryKey: null, ...read.event } : { kind: "unparsable", reason: read.reason };
}
