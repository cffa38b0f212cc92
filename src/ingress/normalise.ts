// An authentic delivery becomes an event in our vocabulary, or is ignored, or is text that nobody can read.
// It must only be called with a verified request, and must not throw: a parser's bug on one payload is a dead letter and no outage.
import type { Parsed, WebhookDeclaration, WebhookRequest } from "../connectors/webhook.ts";
import { sha256Hex } from "../core/crypto.ts";
import { InterlockEvent } from "../core/event.ts";
import { eventIdOf } from "../core/ids.ts";
import { eventKey } from "./event-key.ts";

/** One configured account, as far as receiving needs it. */
export interface ReceivingConnection {
  readonly id: string;
  /** The connector's name; with the id it is the event's source: "zendesk/support". */
  readonly connector: string;
  readonly declaration: WebhookDeclaration;
  /** The user, bot or app that we write as. Events that it caused are our own writes coming back, and would start the workflow again. */
  readonly ownActorId?: string;
}

/** `deliveryKey` is the sender's own id of the delivery, for the log and for looking it up there. */
export type Normalised =
  | { readonly kind: "event"; readonly event: InterlockEvent; readonly bodyDigest: string; readonly deliveryKey: string | null }
  | { readonly kind: "ignored"; readonly reason: string; readonly deliveryKey: string | null }
  | { readonly kind: "unparsable"; readonly id: string; readonly reason: string; readonly deliveryKey: string | null };

function parseSafely(declaration: WebhookDeclaration, request: WebhookRequest, receivedAt: number): Parsed {
  try {
    return declaration.parse(request, receivedAt);
  } catch (thrown) {
    return { kind: "unparsable", reason: `The connector's parser failed: ${thrown instanceof Error ? thrown.message : String(thrown)}` };
  }
}

export function normalise(connection: ReceivingConnection, request: WebhookRequest, receivedAt: number): Normalised {
  const { declaration, ownActorId } = connection;
  const bodyDigest = sha256Hex(request.body);
  const idOf = (signedId?: string) => eventIdOf(connection.id, eventKey(declaration.scheme, request, bodyDigest, signedId));
  const parsed = parseSafely(declaration, request, receivedAt);
  const deliveryKey = parsed.deliveryKey ?? null;

  if (parsed.kind === "ignored") return { kind: "ignored", reason: parsed.reason, deliveryKey };
  if (parsed.kind === "unparsable") return { kind: "unparsable", id: idOf(), reason: parsed.reason, deliveryKey };
  if (parsed.kind === "events") return { kind: "unparsable", id: idOf(), reason: "Several events in one delivery", deliveryKey };
  if (ownActorId !== undefined && parsed.actors?.includes(ownActorId)) {
    return { kind: "ignored", reason: "Caused by this connection's own user", deliveryKey };
  }
  const event = InterlockEvent.safeParse({
    id: idOf(parsed.signedId),
    connection: connection.id,
    source: `${connection.connector}/${connection.id}`,
    type: parsed.type,
    subject: parsed.subject,
    time: Math.floor(parsed.time),
    data: parsed.data,
  });
  if (!event.success) return { kind: "unparsable", id: idOf(parsed.signedId), reason: `Not an event: ${event.error.message}`, deliveryKey };
  return { kind: "event", event: event.data, bodyDigest, deliveryKey };
}
