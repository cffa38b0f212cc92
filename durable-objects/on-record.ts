// What is on record about a workflow as a partition knows it: read from D1 and kept for moments, because every ruling asks. It decides nothing. What cannot be read is
// said to be so (null), and whoever rules asks a person: a proof that nobody has seen is none.
import { openBreakerOf } from "../src/db/breakers.ts";
import { readCertificates } from "../src/db/certificates.ts";
import type { OnRecord } from "../src/governance/on-record.ts";

/** A breaker that has just tripped holds nothing for this much longer; whoever closes one waits no longer than this. */
const KEPT_MS = 15_000;

export class OnRecordCache {
  readonly #db: D1Database;
  readonly #now: () => number;
  readonly #kept = new Map<string, { readonly at: number; readonly read: Promise<OnRecord | null> }>();

  constructor(db: D1Database, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  of(workflow: string, certificates: readonly string[]): Promise<OnRecord | null> {
    const key = JSON.stringify([workflow, ...certificates]);
    const kept = this.#kept.get(key);
    if (kept && this.#now() - kept.at < KEPT_MS) return kept.read;
    const read = this.#read(workflow, certificates).catch(() => {
      this.#kept.delete(key);
      return null;
    });
    this.#kept.set(key, { at: this.#now(), read });
    return read;
  }

  async #read(workflow: string, ids: readonly string[]): Promise<OnRecord> {
    const [issued, open] = await Promise.all([readCertificates(this.#db, ids), openBreakerOf(this.#db, workflow)]);
    return {
      certificates: issued.map(({ certificate }) => certificate),
      breaker: open && { openedAt: open.openedAt, reason: open.reason },
    };
  }
}
