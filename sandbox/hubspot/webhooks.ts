// What the app posts to Interlock: up to 100 changes in one array, signed with v3 over the address; or what a HubSpot workflow sends, one object, signed alike.
// A delivery that is not answered with a 2xx is kept, and comes again with the attempt counted up and a signature of its own time.
import { createHash, createHmac } from "node:crypto";
import { OAUTH_APP } from "./account.ts";
import type { PendingEvent, Store } from "./store.ts";

const BATCH = 100;
export const HOOK = "/hooks/hubspot";

export interface Manner {
  /** v1 and v2 are the older ones, which HubSpot sends beside v3 where v3 is sent. */
  readonly version: "v1" | "v2" | "v3";
  readonly signature: "valid" | "bad";
  readonly hook: string;
}

function signed({ version, signature }: Manner, url: string, body: string, now: number): Record<string, string> {
  const secret = signature === "valid" ? OAUTH_APP.clientSecret : "another secret";
  const timestamp = String(now);
  if (version === "v3") {
    const mac = createHmac("sha256", secret).update(`POST${url}${body}${timestamp}`).digest("base64");
    return { "x-hubspot-signature-v3": mac, "x-hubspot-request-timestamp": timestamp };
  }
  const hash = createHash("sha256").update(version === "v1" ? secret + body : `${secret}POST${url}${body}`);
  return { "x-hubspot-signature": hash.digest("hex"), "x-hubspot-signature-version": version };
}

async function post(store: Store, what: string, payload: unknown, manner: Manner): Promise<number | null> {
  const body = JSON.stringify(payload);
  const url = store.world.address() + manner.hook;
  const headers = { "content-type": "application/json", ...signed(manner, url, body, store.world.now()) };
  return (await store.world.post({ what, path: manner.hook, body, headers })).status;
}

/** The oldest changes that were not told of yet; null where there are none. */
export async function deliver(store: Store, manner: Manner): Promise<{ events: readonly PendingEvent[]; status: number | null } | null> {
  const events = store.pending.all().slice(0, BATCH);
  if (events.length === 0) return null;
  const status = await post(store, `${events.length} events`, events, manner);
  const taken = status !== null && status >= 200 && status <= 299;
  for (const event of events) {
    if (taken) store.pending.delete(String(event.eventId));
    else store.pending.put(String(event.eventId), { ...event, attemptNumber: event.attemptNumber + 1 });
  }
  return { events, status };
}

/** The same events once more, as after an answer that HubSpot did not see. */
export async function repeat(store: Store, events: readonly PendingEvent[], manner: Manner): Promise<number | null> {
  const again = events.map((event) => ({ ...event, attemptNumber: event.attemptNumber + 1 }));
  return post(store, `${again.length} events again`, again, manner);
}

export const callFromWorkflow = (store: Store, payload: unknown, manner: Manner): Promise<number | null> =>
  post(store, "a workflow's webhook", payload, manner);
