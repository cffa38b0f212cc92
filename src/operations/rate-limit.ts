// One source must not starve the others: deliveries per connection are limited. An isolate that sees little of a connection asks nobody; one that sees much
// asks the shared limiter (the HOOK_LIMIT binding, which counts per Cloudflare location) for each further delivery of the window.
import type { Context } from "./context.ts";

/** The window of the HOOK_LIMIT binding in wrangler.toml. */
const WINDOW_MS = 10_000;
/** Half of that binding's limit: what one isolate may take on its own word. The call costs as much as the rest of a delivery. */
const UNASKED = 5_000;

interface Window {
  readonly began: number;
  readonly count: number;
}

/** Pure: counts one delivery, and says whether the shared limiter has to be asked. */
export function countDelivery(window: Window | undefined, now: number): { readonly window: Window; readonly ask: boolean } {
  const current = window && now - window.began < WINDOW_MS ? window : { began: now, count: 0 };
  const count = current.count + 1;
  return { window: { began: current.began, count }, ask: count > UNASKED };
}

const windows = new Map<string, Window>();

export async function withinLimit(context: Context, connection: string, now: number): Promise<boolean> {
  const counted = countDelivery(windows.get(connection), now);
  windows.set(connection, counted.window);
  // A limiter that cannot answer refuses nobody: it protects the others from one source, and guards no door.
  return !counted.ask || (await context.env.HOOK_LIMIT.limit({ key: connection }).catch(() => ({ success: true }))).success;
}
