// Puts the events of one delivery into the queue: one message, or batches within the platform's limits. Resolves when the queue has them all; a batch that fails after another
// was taken is harmless, because an event that comes twice finds its run.
import type { InterlockEvent } from "../core/event.ts";
import type { Context } from "./context.ts";
import { type EventMessage, eventKey, MAX_MESSAGE_BYTES } from "./messages.ts";

/** One sendBatch: 100 messages and 256 KB together (https://developers.cloudflare.com/queues/platform/limits/); the rest is left for the envelopes. */
const MAX_BATCH = 100;
const MAX_BATCH_BYTES = 240_000;

interface Sized {
  readonly message: EventMessage;
  readonly bytes: number;
}

export async function sendEvents(context: Context, events: readonly InterlockEvent[], bodyBytes: number): Promise<void> {
  const { EVENTS } = context.env;
  const [only] = events;
  if (only && events.length === 1) {
    // JSON writes no byte of a body as more than six ("\\u0000"), so a small one need not be measured.
    const small = bodyBytes * 6 < MAX_MESSAGE_BYTES - 4_000;
    await EVENTS.send(small ? { kind: "event", event: only } : (await messageFor(context, only)).message);
    return;
  }
  const messages = await Promise.all(events.map((event) => messageFor(context, event)));
  await Promise.all(inBatches(messages).map((batch) => EVENTS.sendBatch(batch.map(({ message }) => ({ body: message })))));
}

/** An event over a message's size lies in R2, written before the message that points to it. */
async function messageFor(context: Context, event: InterlockEvent): Promise<Sized> {
  const text = JSON.stringify(event);
  const bytes = new TextEncoder().encode(text).length;
  if (bytes <= MAX_MESSAGE_BYTES) return { message: { kind: "event", event }, bytes };
  const key = eventKey(event.id);
  await context.env.BLOBS.put(key, text);
  return { message: { kind: "pointer", key }, bytes: key.length };
}

function inBatches(messages: readonly Sized[]): Sized[][] {
  const batches: Sized[][] = [];
  let bytes = 0;
  for (const message of messages) {
    const last = batches.at(-1);
    if (last && last.length < MAX_BATCH && bytes + message.bytes <= MAX_BATCH_BYTES) {
      last.push(message);
      bytes += message.bytes;
    } else {
      batches.push([message]);
      bytes = message.bytes;
    }
  }
  return batches;
}
