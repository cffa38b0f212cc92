// Messages and deliveries that could not be handled, kept with their reason and with what a replay needs; and what became of each replay.
// A letter is never deleted. Once a replay has succeeded its record is final: nothing here writes over it.
import { sha256Hex } from "../core/crypto.ts";
import type { InterlockEvent } from "../core/event.ts";

export interface DeadLetter {
  /** The same for a repeated delivery; a digest of the letter where the caller knows none. */
  readonly id?: string;
  /** delivery: authentic, and not readable. event: an InterlockEvent. message: of the queue, and not an event. */
  readonly kind: "delivery" | "event" | "message";
  readonly connection: string | null;
  readonly source: string;
  readonly reason: string;
  readonly body: string;
  /** What a delivery needs besides its text: see src/ingress/kept-delivery.ts. */
  readonly delivery?: { readonly headers: Readonly<Record<string, string>>; readonly digest: string };
}

export const eventLetter = (event: InterlockEvent, reason: string): DeadLetter => ({
  kind: "event",
  connection: event.connection,
  source: event.source,
  reason,
  body: JSON.stringify(event),
});

/** A letter that is delivered twice is one row. */
export async function keepDeadLetters(db: D1Database, letters: readonly DeadLetter[], at: number): Promise<void> {
  if (letters.length === 0) return;
  const rows = letters.map((letter) => [
    letter.id ?? `dl_${sha256Hex(`${letter.source}\n${letter.reason}\n${letter.body}`).slice(0, 32)}`,
    at,
    letter.kind,
    letter.connection,
    letter.source,
    letter.reason,
    letter.body,
    letter.delivery ? JSON.stringify(letter.delivery) : null,
  ]);
  await db
    .prepare(
      `insert or ignore into dead_letter (id, at, kind, connection, source, reason, body, delivery)
       select value->>0, value->>1, value->>2, value->>3, value->>4, value->>5, value->>6, value->>7 from json_each(?) where true`,
    )
    .bind(JSON.stringify(rows))
    .run();
}

// ---- replay ----

/** A letter whose replay failed can be replayed again; any other outcome is final. */
const FAILED = ["refused", "failed"];
export const OPEN = `(outcome is null or ${FAILED.map((word) => `outcome like '${word}:%'`).join(" or ")})`;
export const isOpen = ({ outcome }: { readonly outcome: string | null }): boolean =>
  outcome === null || FAILED.some((word) => outcome.startsWith(`${word}:`));

export interface KeptLetter {
  readonly id: string;
  readonly at: number;
  readonly kind: string;
  readonly connection: string | null;
  readonly source: string;
  readonly body: string;
  readonly delivery: string | null;
  readonly outcome: string | null;
}

export async function readLetters(db: D1Database, ids: readonly string[]): Promise<KeptLetter[]> {
  const { results } = await db
    .prepare(
      `select id, at, kind, connection, source, body, delivery, outcome from dead_letter
       where id in (select value from json_each(?)) order by at, id`,
    )
    .bind(JSON.stringify(ids))
    .all<KeptLetter>();
  return results;
}

/** Open letters, the never tried and then the longest untried first: what fails again and again does not stand before the rest. */
export async function openLetters(
  db: D1Database,
  filter: { readonly source?: string | undefined; readonly reason?: string | undefined; readonly limit: number },
): Promise<string[]> {
  const { results } = await db
    .prepare(
      `select id from dead_letter where ${OPEN} and (?1 is null or source = ?1) and (?2 is null or instr(reason, ?2) > 0)
       order by replayed_at, at, id limit ?3`,
    )
    .bind(filter.source ?? null, filter.reason ?? null, filter.limit)
    .all<{ id: string }>();
  return results.map(({ id }) => id);
}

/** The ids that were marked: not those that somebody else's replay has settled meanwhile. */
export async function markReplayed(
  db: D1Database,
  replays: readonly { readonly id: string; readonly outcome: string; readonly run: string | null }[],
  by: string,
  at: number,
): Promise<ReadonlySet<string>> {
  const { results } = await db
    .prepare(
      `update dead_letter set replayed_at = ?1, replayed_by = ?2, outcome = r.value->>1, run = r.value->>2
       from json_each(?3) as r where dead_letter.id = r.value->>0 and ${OPEN} returning dead_letter.id`,
    )
    .bind(at, by, JSON.stringify(replays.map(({ id, outcome, run }) => [id, outcome, run])))
    .all<{ id: string }>();
  return new Set(results.map(({ id }) => id));
}
