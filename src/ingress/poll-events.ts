// Changes that a poll found become events in our vocabulary. An event has the identity that a webhook's delivery of the same change would have, where the connector gives
// it an id of its own; else one of the connection, the poll, the record and its version. What our own user caused is left out, as it is of a delivery.
import { sha256Hex } from "../core/crypto.ts";
import { InterlockEvent } from "../core/event.ts";
import { eventIdOf } from "../core/ids.ts";
import { signedKey } from "./event-key.ts";
import type { ReceivingConnection } from "./normalise.ts";
import type { Change } from "./poll-cursor.ts";

export interface PolledEvents {
  readonly events: readonly InterlockEvent[];
  /** What is no event whatever is done, which is our connector's fault: for somebody to look at. */
  readonly unreadable: readonly { readonly id: string; readonly reason: string; readonly body: string }[];
}

export function eventsOf(
  { id: connection, connector, ownActorId }: Omit<ReceivingConnection, "declaration">,
  poll: string,
  changes: readonly Change[],
): PolledEvents {
  const events = new Map<string, InterlockEvent>();
  const unreadable: PolledEvents["unreadable"][number][] = [];
  for (const { id: record, version, event } of changes) {
    if (ownActorId !== undefined && event.actors?.includes(ownActorId)) continue;
    const key = event.signedId === undefined ? `poll\n${sha256Hex(JSON.stringify([poll, record, version]))}` : signedKey(event.signedId);
    const id = eventIdOf(connection, key);
    const { type, subject, time, data } = event;
    const read = InterlockEvent.safeParse({
      id,
      connection,
      source: `${connector}/${connection}`,
      type,
      subject,
      time: Math.floor(time),
      data,
    });
    if (read.success) events.set(id, read.data);
    else unreadable.push({ id, reason: `Not an event: ${read.error.message}`, body: JSON.stringify({ poll, record, version, event }) });
  }
  return { events: [...events.values()], unreadable };
}
