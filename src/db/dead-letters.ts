// Messages and deliveries that could not be handled, kept with their reason.
import { sha256Hex } from "../core/crypto.ts";

export interface DeadLetter {
  /** The same for a repeated delivery; a digest of the letter where the caller knows none. */
  readonly id?: string;
  readonly source: string;
  readonly reason: string;
  readonly body: string;
}

/** A letter that is delivered twice is one row. */
export async function keepDeadLetters(db: D1Database, letters: readonly DeadLetter[], at: number): Promise<void> {
  if (letters.length === 0) return;
  const rows = letters.map((letter) => [
    letter.id ?? `dl_${sha256Hex(`${letter.source}\n${letter.reason}\n${letter.body}`).slice(0, 32)}`,
    at,
    letter.source,
    letter.reason,
    letter.body,
  ]);
  await db
    .prepare(
      `insert or ignore into dead_letter (id, at, source, reason, body)
       select value->>0, value->>1, value->>2, value->>3, value->>4 from json_each(?) where true`,
    )
    .bind(JSON.stringify(rows))
    .run();
}
