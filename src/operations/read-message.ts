// A queue message's body as the event that it carries or points to. What it cannot read is said in words, for the dead letter; storage that does not answer
// throws, because another try may help. The consumer and a dead letter's replay both come here.
import { InterlockEvent } from "../core/event.ts";
import type { Context } from "./context.ts";
import { EventMessage } from "./messages.ts";

export type ReadMessage = { readonly ok: true; readonly event: InterlockEvent } | { readonly ok: false; readonly reason: string };

export async function readMessage(body: unknown, context: Context): Promise<ReadMessage> {
  const parsed = EventMessage.safeParse(body);
  if (!parsed.success)
    return {
      ok: false,
      reason: `The message is not an event: ${parsed.error.issues[0]?.path.join(".")} ${parsed.error.issues[0]?.message}`,
    };
  if (parsed.data.kind === "event") return { ok: true, event: parsed.data.event };
  const stored = await context.env.BLOBS.get(parsed.data.key);
  if (!stored) return { ok: false, reason: `The event body ${parsed.data.key} is not in storage` };
  const event = InterlockEvent.safeParse(jsonOf(await stored.text()));
  return event.success ? { ok: true, event: event.data } : { ok: false, reason: `The stored event ${parsed.data.key} does not parse` };
}

/** Undefined for what is not JSON: trying again would read the same. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
