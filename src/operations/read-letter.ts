// A dead letter read again with the code and the configuration as they are now: the events that it holds, or why there is none. It starts nothing.
// A delivery's signature is not asked for: it was verified when the delivery came, and only an authentic delivery becomes a letter.
import { InterlockEvent } from "../core/event.ts";
import type { KeptLetter } from "../db/dead-letters.ts";
import { bindingOf, webhookOf } from "../deployment.ts";
import { type KeptDelivery, requestOfKept } from "../ingress/kept-delivery.ts";
import { normalise } from "../ingress/normalise.ts";
import type { Context } from "./context.ts";
import { jsonOf, readMessage } from "./read-message.ts";

export type ReadLetter =
  /** One at least: a delivery may hold several. */
  | { readonly kind: "events"; readonly events: readonly InterlockEvent[] }
  | { readonly kind: "ignored" | "refused"; readonly reason: string };

const refused = (reason: string): ReadLetter => ({ kind: "refused", reason });

/** Throws where storage does not answer. */
export async function readLetter(context: Context, letter: KeptLetter): Promise<ReadLetter> {
  switch (letter.kind) {
    case "event": {
      const event = InterlockEvent.safeParse(jsonOf(letter.body));
      return event.success ? { kind: "events", events: [event.data] } : refused("The kept event does not parse");
    }
    case "message": {
      const read = await readMessage(jsonOf(letter.body) ?? letter.body, context);
      return read.ok ? { kind: "events", events: [read.event] } : refused(read.reason);
    }
    case "delivery":
      return readDelivery(context, letter);
    default:
      return refused(`This release does not know letters of the kind ${letter.kind}`);
  }
}

function readDelivery(context: Context, letter: KeptLetter): ReadLetter {
  const { connections } = context.deployment;
  const id = letter.connection ?? "";
  const connection = Object.hasOwn(connections, id) ? connections[id] : undefined;
  const declaration = connection && webhookOf(connection);
  if (!connection || !declaration) return refused(`No connection ${id} receives deliveries`);
  const request = requestOfKept(id, letter.body, JSON.parse(letter.delivery ?? "{}") as KeptDelivery);
  if (!request) return refused("The delivery’s bytes are no text, and only its text was kept: have the source send it again");
  const ownActorId = connection.ownActor && bindingOf(context.env, connection.ownActor);
  const outcome = normalise(
    { id, connector: connection.connector.name, declaration, ...(ownActorId ? { ownActorId } : {}) },
    request,
    letter.at,
  );
  switch (outcome.kind) {
    case "events": {
      const [still] = outcome.unreadable;
      // All of its records or none: a letter has one outcome, and a refused one can be replayed again.
      return still ? refused(`A record of it still cannot be read: ${still.reason}`) : { kind: "events", events: outcome.events };
    }
    case "ignored":
      return { kind: "ignored", reason: outcome.reason };
    case "unparsable":
      return refused(`It still cannot be read: ${outcome.reason}`);
  }
}
