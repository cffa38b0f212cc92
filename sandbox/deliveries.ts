// What was sent to Interlock, and what it answered. A delivery is written down after its last attempt, with its body, so that the same
// invocation can be sent again later: a duplicate has the same id and body and a signature of its own time.
import type { Attempt, Retry } from "./delivery.ts";
import { attempt } from "./delivery.ts";
import { numberOf } from "./storage.ts";

export interface Delivery {
  /** By its connector's name. */
  system: string;
  what: string;
  ticket_id: number | null;
  invocation_id: string | null;
  url: string;
  signature: "valid" | "bad";
  attempts: Attempt[];
}

export type Outgoing = Omit<Delivery, "attempts"> & {
  body: string;
  timeoutMs: number;
  retry: Retry;
  /** Made anew for each attempt: a signature carries the time of sending. */
  headers(): Promise<Record<string, string>>;
};

export class Deliveries {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Sends until it is over, writes it down, and answers what happened, with the last answer's body. */
  async send(outgoing: Outgoing): Promise<Delivery & { answer: string }> {
    const { body, timeoutMs, retry, headers, ...rest } = outgoing;
    let answer = "";
    const attempts = await attempt(
      async () => {
        const abort = new AbortController();
        // Not AbortSignal.timeout: its timer goes on after the answer, and the object could not be taken from memory until it is over.
        const timer = setTimeout(() => abort.abort(), timeoutMs);
        try {
          const response = await fetch(rest.url, {
            method: "POST",
            headers: await headers(),
            body,
            redirect: "manual",
            signal: abort.signal,
          });
          answer = await response.text();
          const retryAfter = response.headers.get("retry-after");
          return { status: response.status, ...(retryAfter && /^\d+$/.test(retryAfter) ? { retryAfter: Number(retryAfter) } : {}) };
        } catch {
          return { status: null, error: abort.signal.aborted ? "timeout" : "connection" };
        } finally {
          clearTimeout(timer);
        }
      },
      retry,
      (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    );
    const delivery: Delivery = { ...rest, attempts };
    this.#sql.exec("INSERT INTO deliveries (ticket_id, doc, body) VALUES (?, ?, ?)", rest.ticket_id, JSON.stringify(delivery), body);
    return { ...delivery, answer };
  }

  /** The last invocation for a ticket that was signed properly, to be sent again. */
  lastFor(ticketId: number): { invocationId: string; body: string } | null {
    const rows = this.#sql.exec<{ doc: string; body: string }>(
      "SELECT doc, body FROM deliveries WHERE ticket_id = ? ORDER BY id DESC",
      ticketId,
    );
    for (const { doc, body } of rows) {
      const { invocation_id, signature } = JSON.parse(doc) as Delivery;
      if (invocation_id && signature === "valid") return { invocationId: invocation_id, body };
    }
    return null;
  }

  count(): number {
    return numberOf(this.#sql, "SELECT COUNT(*) FROM deliveries");
  }

  /** Newest first. */
  list(limit: number): Delivery[] {
    const rows = this.#sql.exec<{ doc: string }>("SELECT doc FROM deliveries ORDER BY id DESC LIMIT ?", limit);
    return [...rows].map((row) => JSON.parse(row.doc) as Delivery);
  }
}
