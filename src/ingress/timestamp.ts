// Is a signed timestamp well formed, and near enough to now? Syntax comes before arithmetic: NaN > 300 is false, and would skip the check.
import type { HmacScheme } from "../connectors/webhook.ts";
import { parseRfc3339 } from "../core/rfc3339.ts";

type Timestamp = NonNullable<HmacScheme["timestamp"]>;

/** Twelve digits reach the year 33658 and stay exact; thirteen would be milliseconds. */
const SECONDS = /^[0-9]{1,12}$/;
/** As far, and exact as well. A time in seconds is one of January 1970 here: stale. */
const MILLISECONDS = /^[0-9]{1,15}$/;

function instantOf(format: Timestamp["format"], text: string): number | null {
  if (format === "rfc3339") return parseRfc3339(text);
  if (format === "milliseconds") return MILLISECONDS.test(text) ? Number(text) : null;
  if (SECONDS.test(text)) return Number(text) * 1000;
  return format === "seconds or rfc3339" ? parseRfc3339(text) : null;
}

/** Exactly at the tolerance is accepted, on both sides. A sender's clock in the future is refused too, else a captured delivery could be kept for later. */
export function checkTimestamp(
  timestamp: Timestamp,
  text: string,
  now: number,
): "ok" | "malformed_timestamp" | "stale_timestamp" | "future_timestamp" {
  const instant = instantOf(timestamp.format, text);
  if (instant === null) return "malformed_timestamp";
  const age = now - instant;
  const tolerance = timestamp.toleranceSeconds * 1000;
  if (age > tolerance) return "stale_timestamp";
  return -age > tolerance ? "future_timestamp" : "ok";
}
