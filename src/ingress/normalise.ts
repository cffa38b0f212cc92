// An authentic delivery becomes events in our vocabulary, or is ignored, or is text that nobody can read.
// It must only be called with a verified request, and must not throw: a parser's bug on one payload is a dead letter and no outage.
import type { Parsed, ParsedEvent, UnreadableRecord, WebhookDeclaration, WebhookRequest } from "../connectors/webhook.ts";
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
  /** One event or one unreadable record at least, each id once. */
  | {
      readonly kind: "events";
      readonly events: readonly InterlockEvent[];
      readonly unreadable: readonly UnreadableRecord[];
      readonly bodyDigest: string;
      readonly deliveryKey: string | null;
    }
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
  const idOf = (signedId?: string, place?: number) =>
    eventIdOf(connection.id, eventKey(declaration.scheme, request, bodyDigest, signedId, place));
  const parsed = parseSafely(declaration, request, receivedAt);
  const deliveryKey = parsed.deliveryKey ?? null;
  const ignored = (reason: string): Normalised => ({ kind: "ignored", reason, deliveryKey });
  const unparsable = (id: string, reason: string): Normalised => ({ kind: "unparsable", id, reason, deliveryKey });

  if (parsed.kind === "ignored") return ignored(parsed.reason);
  if (parsed.kind === "unparsable") return unparsable(idOf(), parsed.reason);
  const several = parsed.kind === "events";
  const all: readonly ParsedEvent[] = several ? parsed.events : [parsed];
  const unreadable = (several && parsed.unreadable) || [];
  if (all.length + unreadable.length === 0) return ignored("There is no event in it");
  const events = new Map<string, InterlockEvent>();
  for (const [place, one] of all.entries()) {
    if (ownActorId !== undefined && one.actors?.includes(ownActorId)) continue;
    const id = idOf(one.signedId, several ? place : undefined);
    const event = InterlockEvent.safeParse({
      id,
      connection: connection.id,
      source: `${connection.connector}/${connection.id}`,
      type: one.type,
      subject: one.subject,
      time: Math.floor(one.time),
      data: one.data,
    });
    // The delivery is kept as a whole: read again, it gives the others the same ids.
    if (!event.success) return unparsable(several ? idOf() : id, `Not an event: ${event.error.message}`);
    if (!events.has(id)) events.set(id, event.data);
  }
  if (events.size + unreadable.length === 0) return ignored("Caused by this connection's own user");
  return { kind: "events", events: [...events.values()], unreadable, bodyDigest, deliveryKey };
}
