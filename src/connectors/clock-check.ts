// The integration assessment's question about time, for every system whose answers carry a Date: a clock that is off makes signed deliveries stale and tokens expired.
import type { Finding } from "./check.ts";

/** Deliveries are taken up to five minutes old; well before that somebody should know. */
const WARN_S = 60;
const BROKEN_S = 300;

export function clockFinding(date: string | null, now: number): Finding {
  const there = Date.parse(date ?? "");
  if (Number.isNaN(there)) return { outcome: "cannot_tell", said: "The answer carries no Date header" };
  const seconds = Math.round(Math.abs(there - now) / 1_000);
  const said = `Its clock and ours differ by ${seconds} s`;
  if (seconds <= WARN_S) return { outcome: "confirmed", said };
  return {
    outcome: seconds > BROKEN_S ? "missing" : "warning",
    said,
    fix: `Set the clock of the machine that runs this: from ${BROKEN_S} s on, signed deliveries are refused as too old`,
  };
}
