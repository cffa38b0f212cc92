// Provider cards in D1: which data-processing agreement covers a model provider at a host. A new version is a new row that stays; the latest counts.
import type { RecordedCard, Transfer } from "../governance/card-standing.ts";
import type { ProviderCard } from "../governance/data-flow.ts";

/** `at` is epoch milliseconds, `by` who vouches for it. */
export const INSERT_CARD = `insert into provider_card
  (provider, host, recorded_at, recorded_by, dpa_signed_on, dpa_expires, region, zero_retention, transfer) values (?, ?, ?, ?, ?, ?, ?, ?, ?)`;

export type CardValues = [string, string, number, string, string | null, string | null, string, number, string | null];

export const cardValues = (card: ProviderCard, at: number, by: string, transfer: Transfer | null = null): CardValues => [
  card.provider,
  card.host,
  at,
  by,
  card.dpaSignedOn,
  card.dpaExpires,
  card.region,
  card.zeroRetention ? 1 : 0,
  transfer,
];

/** Versions of one card are told apart by their time: one in the same millisecond as another, or by a clock that is behind, counts as a moment later. */
export async function recordCard(db: D1Database, { recordedAt, recordedBy, transfer, ...card }: RecordedCard): Promise<void> {
  await db
    .prepare(
      `insert into provider_card (provider, host, recorded_at, recorded_by, dpa_signed_on, dpa_expires, region, zero_retention, transfer)
       values (?1, ?2, max(?3, coalesce((select max(recorded_at) + 1 from provider_card where provider = ?1 and host = ?2), 0)), ?4, ?5, ?6, ?7, ?8, ?9)`,
    )
    .bind(...cardValues(card, recordedAt, recordedBy, transfer))
    .run();
}

interface Stored {
  readonly provider: string;
  readonly host: string;
  readonly recordedAt: number;
  readonly recordedBy: string;
  readonly dpaSignedOn: string | null;
  readonly dpaExpires: string | null;
  readonly region: string;
  readonly zeroRetention: number;
  readonly transfer: string | null;
}

const COLUMNS = `provider, host, recorded_at as "recordedAt", recorded_by as "recordedBy", dpa_signed_on as "dpaSignedOn", dpa_expires as "dpaExpires",
  region, zero_retention as "zeroRetention", transfer`;

const cardOf = (row: Stored): RecordedCard => ({
  ...row,
  zeroRetention: row.zeroRetention === 1,
  transfer: row.transfer as Transfer | null,
});

export async function readCard(db: D1Database, { provider, host }: Pick<ProviderCard, "provider" | "host">): Promise<RecordedCard | null> {
  const row = await db
    .prepare(`select ${COLUMNS} from provider_card where provider = ? and host = ? order by recorded_at desc limit 1`)
    .bind(provider, host)
    .first<Stored>();
  return row && cardOf(row);
}

/** Every version of every card, the latest first: they are few, one for each agreement and each of its renewals. */
export async function listCards(db: D1Database): Promise<RecordedCard[]> {
  const { results } = await db.prepare(`select ${COLUMNS} from provider_card order by recorded_at desc, provider, host`).all<Stored>();
  return results.map(cardOf);
}
