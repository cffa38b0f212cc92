// Provider cards as a partition knows them: read from D1 and kept for moments, because every model call asks. It decides nothing: whether a card allows a call is
// for the data flow to say, with the time of the call. A card that cannot be read is no card, and the call is tried again.
import { InterlockError } from "../src/core/errors.ts";
import { readCard } from "../src/db/provider-cards.ts";
import type { ProviderCard } from "../src/governance/data-flow.ts";

/** A card that was taken back holds this much longer; an operator who has just recorded one waits no longer than this. */
const KEPT_MS = 15_000;

type Recipient = Pick<ProviderCard, "provider" | "host">;

export class ProviderCards {
  readonly #db: D1Database;
  readonly #now: () => number;
  readonly #kept = new Map<string, { readonly at: number; readonly card: Promise<ProviderCard | null> }>();

  constructor(db: D1Database, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  of(recipient: Recipient): Promise<ProviderCard | null> {
    const key = `${recipient.provider}\n${recipient.host}`;
    const kept = this.#kept.get(key);
    if (kept && this.#now() - kept.at < KEPT_MS) return kept.card;
    const card = this.#read(recipient).catch((error) => {
      this.#kept.delete(key);
      throw error;
    });
    this.#kept.set(key, { at: this.#now(), card });
    return card;
  }

  async #read(recipient: Recipient): Promise<ProviderCard | null> {
    try {
      return await readCard(this.#db, recipient);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new InterlockError("model.unavailable", `The provider card of ${recipient.provider} could not be read: ${why}`);
    }
  }
}
