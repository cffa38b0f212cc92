// The provider cards that a local run records: the sandbox's own stand-in for a model, and nobody else. In production a card is recorded for a signed agreement.
import { cardValues, INSERT_CARD } from "../src/db/provider-cards.ts";
import type { ProviderCard } from "../src/governance/data-flow.ts";

/** sandbox/wrangler.toml's port. */
const HOST = "127.0.0.1:8788";
/** Fixed, so that a second seed adds nothing. */
const RECORDED_AT = Date.parse("2026-01-01T00:00:00Z");

export const localCards: readonly ProviderCard[] = [
  { provider: "sandbox", host: HOST, dpaSignedOn: "2026-01-01", dpaExpires: null, region: "local", zeroRetention: true },
];

export const cardRows = (cards: readonly ProviderCard[] = localCards) =>
  cards.map((card) => ({ statement: INSERT_CARD, values: cardValues(card, RECORDED_AT, "sandbox@example.com") }));

export async function seedCards(db: D1Database, cards: readonly ProviderCard[] = localCards): Promise<void> {
  await db.batch(cardRows(cards).map(({ statement, values }) => db.prepare(statement).bind(...values)));
}
