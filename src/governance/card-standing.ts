// How a provider's card stands on a day: whether its data-processing agreement is there, holds, is about to end or has ended. Pure. It judges the agreement alone; what
// an element asks beside it is decideSend's (data-flow.ts), which goes by this.
import type { ProviderCard } from "./data-flow.ts";

/** `daysLeft` counts the days after today on which it still holds; null where it has no end. Days are days in UTC. */
export type Standing =
  | { readonly state: "missing" }
  | { readonly state: "unsigned" }
  | { readonly state: "not_yet"; readonly from: string }
  | { readonly state: "in_force"; readonly daysLeft: number | null }
  | { readonly state: "expiring"; readonly daysLeft: number }
  | { readonly state: "expired"; readonly on: string };

/** A new agreement takes weeks to sign: from here on a page says so. */
export const EXPIRING_DAYS = 30;

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const DAY_MS = 86_400_000;

export function standingOf(card: Pick<ProviderCard, "dpaSignedOn" | "dpaExpires"> | null, now: number): Standing {
  if (card === null) return { state: "missing" };
  const { dpaSignedOn, dpaExpires } = card;
  const signed = dayOf(dpaSignedOn);
  if (dpaSignedOn === null || signed === null) return { state: "unsigned" };
  if (signed > now) return { state: "not_yet", from: dpaSignedOn };
  if (dpaExpires === null) return { state: "in_force", daysLeft: null };
  const last = dayOf(dpaExpires);
  if (last === null || now >= last + DAY_MS) return { state: "expired", on: dpaExpires };
  const daysLeft = Math.floor((last + DAY_MS - 1 - now) / DAY_MS);
  return daysLeft <= EXPIRING_DAYS ? { state: "expiring", daysLeft } : { state: "in_force", daysLeft };
}

/** Start of a day in UTC; null for anything that is no day. */
function dayOf(day: string | null): number | null {
  if (day === null || !DAY.test(day)) return null;
  const time = Date.parse(`${day}T00:00:00Z`);
  return Number.isNaN(time) ? null : time;
}

/** What covers the transfer of personal data to where the provider processes them (GDPR chapter V), as the data-protection officer records it. It is not enforced. */
export const TRANSFERS = {
  none: "none: processed within the European Economic Area",
  adequacy: "an adequacy decision (Art. 45)",
  "standard-clauses": "standard contractual clauses (Art. 46)",
  "binding-rules": "binding corporate rules (Art. 47)",
  derogation: "a derogation (Art. 49)",
} as const;
export type Transfer = keyof typeof TRANSFERS;

export interface RecordedCard extends ProviderCard {
  /** Null where nobody has said. */
  readonly transfer: Transfer | null;
  readonly recordedAt: number;
  readonly recordedBy: string;
}
