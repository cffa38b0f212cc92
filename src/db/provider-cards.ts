// Provider cards in D1: which data-processing agreement covers a model provider at a host. A new version is a new row; the latest counts.
import type { ProviderCard } from "../governance/data-flow.ts";

/** `at` is epoch milliseconds, `by` who vouches for it. */
export const INSERT_CARD =
  "insert or ignore into provider_card (provider, host, recorded_at, recorded_by, dpa_signed_on, dpa_expires, region, zero_retention) values (?, ?, ?, ?, ?, ?, ?, ?)";

export type CardValues = [string, string, number, string, string | null, string | null, string, number];

export const cardValues = (card: ProviderCard, at: number, by: string): CardValues => [
  card.provider,
  card.host,
  at,
  by,
  card.dpaSignedOn,
  card.dpaExpires,
  card.region,
  card.zeroRetention ? 1 : 0,
];

export async function recordCard(db: D1Database, card: ProviderCard, at: number, by: string): Promise<void> {
  await db
    .prepare(INSERT_CARD)
    .bind(...cardValues(card, at, by))
    .run();
}

export async function readCard(db: D1Database, { provider, host }: Pick<ProviderCard, "provider" | "host">): Promise<ProviderCard | null> {
  const row = await db
    .prepare(
      `select dpa_signed_on as "dpaSignedOn", dpa_expires as "dpaExpires", region, zero_retention as "zeroRetention"
       from provider_card where provider = ? and host = ? order by recorded_at desc limit 1`,
    )
    .bind(provider, host)
    .first<{ dpaSignedOn: string | null; dpaExpires: string | null; region: string; zeroRetention: number }>();
  return row && { provider, host, ...row, zeroRetention: row.zeroRetention === 1 };
}
