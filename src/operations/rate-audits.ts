// Once a day: how many writes each workflow makes without anybody being asked, and the least share of them that is drawn from then on so that a quarter has enough
// to look at. Part of the sweep; it draws nothing itself and changes no write.
import { EVERY_WORKFLOW } from "../core/principal.ts";
import { automaticWrites, keepAuditRates, lastRated } from "../db/audit-rates.ts";
import { shareFloor } from "../governance/sample.ts";
import type { Context } from "./context.ts";

const DAY_MS = 24 * 60 * 60_000;
/** What a volume is taken from: long enough for the weekly rhythm of an office, short enough to follow growth. */
const OBSERVED_MS = 28 * DAY_MS;

/** How many workflows were rated; none while the last time is less than a day ago. */
export async function rateAudits({ env }: Context, now: number): Promise<number> {
  const last = await lastRated(env.DB);
  if (last !== null && now - last < DAY_MS) return 0;
  // A row of its own says when this was done last, also where there was nothing to count.
  const done = { workflow: EVERY_WORKFLOW, at: now, writes: 0, days: 0, share: 0 };
  const counted = await automaticWrites(env.DB, now - OBSERVED_MS);
  const rates = counted.map(({ workflow, writes, first }) => {
    const days = Math.max(1, Math.ceil((now - first) / DAY_MS));
    return { workflow, at: now, writes, days, share: shareFloor(writes, days) };
  });
  await keepAuditRates(env.DB, [...rates, done]);
  return rates.length;
}
