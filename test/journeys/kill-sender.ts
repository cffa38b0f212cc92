// A sender of webhooks that outlives what it sends to: many connections, each delivery with an id of its own, and a delivery that got no 2xx is sent again
// with the same id until it gets one. It remembers which were acknowledged, and as which event.
import { signZendesk } from "../../sandbox/signature.ts";
import { until } from "./until.ts";

const CONNECTIONS = 8;
const LIMIT_S = 300;
/** Shorter than any vendor's, so that the load is on again soon after a restart. */
const REPEAT_MS = 500;

export interface Sender {
  /** Event ids by delivery id: what the receiver said that it has. */
  readonly acknowledged: ReadonlyMap<string, string>;
  /** How many posts ended without a 2xx. */
  readonly cut: () => number;
  /** Resolves when each has had its 2xx. */
  readonly deliver: (events: readonly object[]) => Promise<void>;
}

export function createSender(url: string, secret: string): Sender {
  const acknowledged = new Map<string, string>();
  let cut = 0;

  async function post(event: object): Promise<boolean> {
    const body = JSON.stringify(event);
    const { timestamp, signature } = await signZendesk(secret, body, Date.now());
    try {
      const response = await fetch(url, {
        method: "POST",
        headers: {
          "content-type": "application/json; charset=utf-8",
          "x-zendesk-webhook-signature": signature,
          "x-zendesk-webhook-signature-timestamp": timestamp,
        },
        body,
      });
      const answer = await response.text();
      if (response.ok) acknowledged.set((event as { id: string }).id, (JSON.parse(answer) as { event: string }).event);
      else cut++;
      return response.ok;
    } catch {
      cut++;
      return false;
    }
  }

  return {
    acknowledged,
    cut: () => cut,
    deliver: async (events) => {
      const waiting = [...events];
      const connection = async () => {
        for (let event = waiting.shift(); event; event = waiting.shift()) {
          const mine = event;
          await until(() => post(mine), LIMIT_S, "a 2xx for a delivery", REPEAT_MS);
        }
      };
      await Promise.all(Array.from({ length: CONNECTIONS }, connection));
    },
  };
}
