// The least share of a workflow's automatic writes that is drawn to be looked at, as a partition knows it: read from D1 and kept, because every ruling asks. One that
// cannot be read stops no write: the last one known counts, or none, and then the spec's own share does.
import { readAuditShare } from "../src/db/audit-rates.ts";

/** It is worked out once a day; an hour later it is known everywhere. */
const KEPT_MS = 60 * 60_000;
/** While it cannot be read it is asked for again after this. */
const AGAIN_MS = 30_000;

export class AuditFloors {
  readonly #db: D1Database;
  readonly #now: () => number;
  readonly #kept = new Map<string, { until: number; share: Promise<number> }>();

  constructor(db: D1Database, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  of(workflow: string): Promise<number> {
    const kept = this.#kept.get(workflow);
    if (kept && this.#now() < kept.until) return kept.share;
    const read = { until: this.#now() + KEPT_MS, share: Promise.resolve(0) };
    read.share = readAuditShare(this.#db, workflow).catch(() => {
      read.until = this.#now() + AGAIN_MS;
      return kept?.share ?? 0;
    });
    this.#kept.set(workflow, read);
    return read.share;
  }
}
