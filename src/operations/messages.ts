// What travels in the queues. EVENTS: the event itself, or, when it is too large for a message, the key under which its JSON lies in R2. VALIDATIONS: which records of a
// validation are to be answered; the records themselves lie in D1.
import * as z from "zod";
import { InterlockEvent } from "../core/event.ts";

/** A queue message may hold 128 KB (https://developers.cloudflare.com/queues/platform/limits/); the rest is left for the envelope. */
export const MAX_MESSAGE_BYTES = 120_000;

/** Where an event lies in R2 that is too large for a message. */
export const eventKey = (eventId: string): string => `event/${eventId}`;

export const EventMessage = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("event"), event: InterlockEvent }),
  z.object({ kind: z.literal("pointer"), key: z.string().min(1) }),
]);
export type EventMessage = z.infer<typeof EventMessage>;

/** Records `from` to `to` of a validation, both included. */
export const ValidationMessage = z.object({
  kind: z.literal("validation"),
  validation: z.string().min(1),
  from: z.int().min(1),
  to: z.int().min(1),
});
export type ValidationMessage = z.infer<typeof ValidationMessage>;
