// How Salesforce posts to us: outbound messages (SOAP, without a signature: an address that nobody can guess, and the org's id), callouts of a Flow (a header of a named
// credential), callouts of Apex (which can sign). An outbound message carries the record as it is when it is sent, at least once and in no order.
// It must not pass on the session id of an outbound message, which is a credential, and must not read a document type.
import type { Json, JsonObject } from "../core/json.ts";
import { parseRfc3339 } from "../core/rfc3339.ts";
import { at, readJson, textAt } from "./payload.ts";
import { bothForms, longId, sameId } from "./salesforce-id.ts";
import type { Parsed, ParsedEvent, Verdict, WebhookDeclaration, WebhookRequest } from "./webhook.ts";
import { childrenOf, isNil, onlyChild, readXml, type XmlElement } from "./xml.ts";

const SOAP = "http://schemas.xmlsoap.org/soap/envelope/";
const OUTBOUND = "http://soap.sforce.com/2005/09/outbound";

/** A hundred records with a few long texts; Salesforce states no limit. */
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
/** Salesforce's own limit of a callout is 6 MB; what a workflow needs of a record is far less. */
const MAX_CALLOUT_BYTES = 256 * 1024;
/** SOAP API guide: a message holds up to a hundred notifications. */
const MOST_NOTIFICATIONS = 100;
/** Our own scheme; five minutes is what Slack, HubSpot and Standard Webhooks use. */
const TOLERANCE_SECONDS = 300;

// ---- outbound messages ----

interface Message {
  readonly organizationId: string;
  readonly actionId: string;
  readonly notifications: readonly {
    readonly id: string;
    readonly object: string;
    readonly recordId: string;
    readonly record: JsonObject;
  }[];
}

type ReadMessage =
  | { readonly ok: true; readonly message: Message }
  | { readonly ok: false; readonly reason: "unsafe_body" | "malformed_body"; readonly why: string };

const malformed = (why: string): ReadMessage => ({ ok: false, reason: "malformed_body", why });

const XSI = "http://www.w3.org/2001/XMLSchema-instance";

function readMessage({ method, body }: WebhookRequest): ReadMessage {
  if (method !== "POST") return malformed("An outbound message is posted");
  const read = readXml(body);
  if (!read.ok) return { ok: false, reason: read.unsafe ? "unsafe_body" : "malformed_body", why: read.reason };
  const { root } = read;
  const content = root.name === "Envelope" && root.namespace === SOAP ? onlyChild(root, "Body", SOAP) : null;
  const notifications = content && onlyChild(content, "notifications", OUTBOUND);
  if (!notifications) return malformed("The XML is not an outbound message of Salesforce");
  const organizationId = onlyChild(notifications, "OrganizationId", OUTBOUND)?.text.trim();
  if (!organizationId) return malformed("The message must name one organisation");
  const list = childrenOf(notifications, "Notification", OUTBOUND).map(readNotification);
  if (list.length === 0 || list.length > MOST_NOTIFICATIONS)
    return malformed(`The message has ${list.length} notifications, of 1 to ${MOST_NOTIFICATIONS}`);
  const whole = list.filter((one) => one !== null);
  if (whole.length < list.length) return malformed("A notification lacks its id, or a record with an id");
  const actionId = onlyChild(notifications, "ActionId", OUTBOUND)?.text.trim() ?? "";
  return { ok: true, message: { organizationId, actionId, notifications: whole } };
}

function readNotification(element: XmlElement): Message["notifications"][number] | null {
  const id = onlyChild(element, "Id", OUTBOUND)?.text.trim();
  const sObject = onlyChild(element, "sObject", OUTBOUND);
  // The type is a qualified name: sf:Case.
  const object = sObject?.attributes
    .find(({ name, namespace }) => name === "type" && namespace === XSI)
    ?.value.split(":")
    .at(-1);
  if (!id || !sObject || !object || !/^[A-Za-z][A-Za-z0-9_]{0,79}$/.test(object)) return null;
  const names = sObject.children.map(({ name }) => name);
  if (new Set(names).size !== names.length) return null;
  const record = Object.fromEntries(sObject.children.map((field) => [field.name, fieldValue(field)]));
  const recordId = longId(String(record.Id ?? ""));
  return recordId === null ? null : { id, object, recordId, record: { ...record, Id: recordId } };
}

/** All values are text, as XML has them; an address has parts. */
function fieldValue(field: XmlElement): Json {
  if (isNil(field)) return null;
  return field.children.length > 0 ? Object.fromEntries(field.children.map((part) => [part.name, fieldValue(part)])) : field.text;
}

function addressed(request: WebhookRequest, settings: Readonly<Record<string, string>>): Verdict {
  const read = readMessage(request);
  if (!read.ok) return { ok: false, reason: read.reason };
  // All orgs post with the same certificate and from the same addresses: without the org's id any of them could.
  if (!settings.organizationId) return { ok: false, reason: "no_secret_configured" };
  return sameId(read.message.organizationId, settings.organizationId) ? { ok: true } : { ok: false, reason: "wrong_recipient" };
}

const instant = (text: string | null): number | null => (text === null ? null : parseRfc3339(text.replace(/([+-]\d{2})(\d{2})$/, "$1:$2")));

/** When the record was changed, where the message carries it. */
const changedAt = (record: Json): number | null => instant(textAt(record, "SystemModstamp") ?? textAt(record, "LastModifiedDate"));

export const changed = (object: string): string => `${object.toLowerCase()}.changed`;

function parseMessage(request: WebhookRequest, receivedAt: number): Parsed {
  const read = readMessage(request);
  if (!read.ok) return { kind: "unparsable", reason: read.why };
  const { organizationId, actionId, notifications } = read.message;
  const events = notifications.map(
    ({ id, object, recordId, record }): ParsedEvent => ({
      signedId: id,
      actors: bothForms([textAt(record, "LastModifiedById")]),
      type: changed(object),
      subject: recordId,
      time: changedAt(record) ?? receivedAt,
      data: { object, organizationId, actionId, notificationId: id, record },
    }),
  );
  // Salesforce gives the message as a whole no id.
  return { kind: "events", deliveryKey: notifications.length === 1 ? (notifications[0]?.id ?? null) : null, events };
}

/** Anything else, a plain 200 as well, is a failure to Salesforce, and it sends the message again for a day. */
const ACK = `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="${SOAP}"><soapenv:Body><notificationsResponse xmlns="${OUTBOUND}"><Ack>true</Ack></notificationsResponse></soapenv:Body></soapenv:Envelope>`;

const outboundMessage: WebhookDeclaration = {
  docs: "https://developer.salesforce.com/docs/atlas.en-us.api.meta/api/sforce_api_om_outboundmessaging_understanding.htm",
  maxBytes: MAX_MESSAGE_BYTES,
  scheme: { kind: "shared-secret", carried: { in: "path" } },
  addressed,
  parse: parseMessage,
  stored: { status: 200, body: ACK, contentType: "text/xml; charset=utf-8" },
};

// ---- callouts ----

const TYPE = /^[a-z][a-z0-9_.]{0,99}$/;

/**
 * What an administrator or a developer wrote: `{recordId, object, event?, eventId?, fields?}`. `eventId` (a Flow's interview id, say) makes a repeat known as one; without
 * it two deliveries with the same text are told apart by their signed time alone, where there is one.
 */
function parseCallout(request: WebhookRequest, receivedAt: number): Parsed {
  const read = readJson(request.body);
  if (!read.ok) return { kind: "unparsable", reason: read.reason };
  const payload = read.value;
  const deliveryKey = textAt(payload, "eventId");
  const object = textAt(payload, "object");
  const subject = longId(textAt(payload, "recordId") ?? "");
  if (subject === null)
    return { kind: "unparsable", reason: "The payload must name its record: recordId with 15 or 18 characters", deliveryKey };
  const type = textAt(payload, "event") ?? (object === null ? null : changed(object));
  if (type === null || !TYPE.test(type))
    return {
      kind: "unparsable",
      reason: 'The payload must say what happened (event: "case.created") or to what (object: "Case")',
      deliveryKey,
    };
  const fields = at(payload, "fields") ?? null;
  return {
    kind: "event",
    deliveryKey,
    ...(deliveryKey === null ? {} : { signedId: deliveryKey }),
    actors: bothForms([textAt(payload, "lastModifiedById") ?? textAt(fields, "LastModifiedById")]),
    type,
    subject,
    time: changedAt(fields) ?? receivedAt,
    data: payload,
  };
}

/** A Flow's callout fails on an answer without a body. */
const EMPTY_OBJECT = { status: 200, body: "{}", contentType: "application/json" };

const flow: WebhookDeclaration = {
  docs: "https://help.salesforce.com/s/articleView?id=platform.flow_http_callout.htm",
  maxBytes: MAX_CALLOUT_BYTES,
  scheme: { kind: "shared-secret", carried: { in: "header", header: "x-webhook-secret" } },
  parse: parseCallout,
  stored: EMPTY_OBJECT,
};

const apex: WebhookDeclaration = {
  docs: "https://developer.salesforce.com/docs/atlas.en-us.apexref.meta/apexref/apex_classes_restful_crypto.htm",
  maxBytes: MAX_CALLOUT_BYTES,
  scheme: {
    kind: "hmac-sha256",
    signature: { header: "x-webhook-signature", encoding: "base64" },
    secret: { encoding: "text" },
    timestamp: { header: "x-webhook-timestamp", format: "seconds", toleranceSeconds: TOLERANCE_SECONDS },
    signed: [{ header: "x-webhook-timestamp" }, { literal: "." }, "body"],
  },
  parse: parseCallout,
  stored: EMPTY_OBJECT,
};

export const salesforceWebhooks = { "outbound-message": outboundMessage, flow, apex } as const;
