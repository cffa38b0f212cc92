// Stores the changes that a poll found, as deliveries are stored: as events in the queue. Resolves when the queue has them all. What cannot be an event, whatever is done, is
// a dead letter: our connector is wrong about it, and the changes behind it go on. The cursor is durable-objects/poller.ts's.
import { InterlockError } from "../core/errors.ts";
import { keepDeadLetters } from "../db/dead-letters.ts";
import { bindingOf } from "../deployment.ts";
import type { Change } from "../ingress/poll-cursor.ts";
import { eventsOf } from "../ingress/poll-events.ts";
import type { Context } from "./context.ts";
import { sendEvents } from "./send-events.ts";

export async function storePolled(
  context: Context,
  connection: string,
  poll: string,
  changes: readonly Change[],
  now: number,
): Promise<void> {
  const configured = context.deployment.connections[connection];
  if (!configured) throw new InterlockError("workflow.undeclared", `This deployment has no connection "${connection}"`);
  const connector = configured.connector.name;
  const ownActorId = configured.ownActor && bindingOf(context.env, configured.ownActor);
  const { events, unreadable } = eventsOf({ id: connection, connector, ...(ownActorId ? { ownActorId } : {}) }, poll, changes);
  const letters = unreadable.map((one) => ({ kind: "message" as const, connection, source: `${connector}/${connection}`, ...one }));
  await keepDeadLetters(context.env.DB, letters, now);
  // One event is measured too: a page's size is not known here.
  if (events.length > 0) await sendEvents(context, events, Number.POSITIVE_INFINITY);
}
