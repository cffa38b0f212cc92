// Which version of the built-in model is current, as a partition knows it: read from D1 and kept for moments, because every decision asks. It decides nothing. While D1
// cannot be read, the version that was read last goes on.
import { currentModel } from "../src/db/model-versions.ts";

/** A version that was made current is used within this time. */
const KEPT_MS = 5_000;

interface Kept {
  readonly at: number;
  readonly model: Promise<string | null>;
}

export class CurrentModels {
  readonly #db: D1Database;
  readonly #now: () => number;
  readonly #kept = new Map<string, Kept>();

  constructor(db: D1Database, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  current(workflow: string): Promise<string | null> {
    const kept = this.#kept.get(workflow);
    const now = this.#now();
    if (kept && now - kept.at < KEPT_MS) return kept.model;
    const model = currentModel(this.#db, workflow).catch((error) => {
      if (kept) return kept.model;
      this.#kept.delete(workflow);
      throw error;
    });
    this.#kept.set(workflow, { at: now, model });
    return model;
  }
}
