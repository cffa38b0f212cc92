// What stands before every call: the token (static, or one that was issued and has a time), the window of ten seconds, the day's calls, the search's own second.
// Answers of everything but searches carry the limits in their headers. The windows are in memory: a restart forgives.
import type { Context, MiddlewareHandler } from "hono";
import type { StandInWorld, Table } from "../stand-in.ts";
import { PRIVATE_APP_TOKEN } from "./account.ts";
import { limited, Refused, unauthenticated } from "./answer.ts";
import type { SettingsOf } from "./settings.ts";

const WINDOW_MS = 10_000;

export interface IssuedToken {
  value: string;
  expiresAt: number;
}

class Window {
  #times: number[] = [];

  /** False where the window is full; what was turned away is not counted. */
  take(limit: number, windowMs: number, now: number): boolean {
    this.#times = this.#times.filter((time) => time > now - windowMs);
    if (this.#times.length >= limit) return false;
    this.#times.push(now);
    return true;
  }

  left(limit: number): number {
    return Math.max(0, limit - this.#times.length);
  }
}

function checkToken(c: Context, tokens: Table<IssuedToken>, now: number): void {
  const token = /^Bearer (.+)$/.exec(c.req.header("authorization") ?? "")?.[1];
  if (token === PRIVATE_APP_TOKEN) return;
  const issued = token === undefined ? undefined : tokens.get(token);
  if (!issued) throw unauthenticated();
  if (issued.expiresAt <= now)
    throw new Refused(
      401,
      "EXPIRED_AUTHENTICATION",
      `The OAuth token used to make this call expired ${Math.ceil((now - issued.expiresAt) / 1_000)} second(s) ago.`,
    );
}

export function door(world: StandInWorld, settings: SettingsOf): MiddlewareHandler {
  const calls = new Window();
  const searches = new Window();
  const tokens = world.table<IssuedToken>("tokens");
  let counted = 0;
  return async (c, next) => {
    const now = world.now();
    const { burst, daily, searchesPerSecond, clockAheadMs, ...rest } = settings.value;
    const date = { date: new Date(now + clockAheadMs).toUTCString() };
    checkToken(c, tokens, now);
    const isSearch = c.req.path.endsWith("/search");
    if (isSearch && !searches.take(searchesPerSecond, 1_000, now)) throw limited("SECONDLY", "You have reached your secondly limit.", date);
    const spent = rest.spent + counted;
    if (spent >= daily) throw limited("DAILY", "You have reached your daily limit.", date);
    const headersFor = (): Record<string, string> => ({
      "x-hubspot-ratelimit-max": String(burst),
      "x-hubspot-ratelimit-remaining": String(calls.left(burst)),
      "x-hubspot-ratelimit-interval-milliseconds": String(WINDOW_MS),
      ...date,
    });
    if (!calls.take(burst, WINDOW_MS, now))
      throw limited("TEN_SECONDLY_ROLLING", "You have reached your ten_secondly_rolling limit.", headersFor());
    counted += 1;
    const [odd, ...later] = rest.next;
    if (odd !== undefined) {
      settings.change({ next: later });
      throw oddity(odd);
    }
    await next();
    const headers = isSearch
      ? date
      : {
          ...headersFor(),
          "x-hubspot-ratelimit-daily": String(daily),
          "x-hubspot-ratelimit-daily-remaining": String(Math.max(0, daily - spent - 1)),
        };
    for (const [name, value] of Object.entries(headers)) c.res.headers.set(name, value);
  };
}

function oddity(status: 423 | 477 | 502): Refused {
  if (status === 423) return new Refused(423, "LOCKED", "The resource is locked by another operation");
  if (status === 477) return new Refused(477, "MIGRATION_IN_PROGRESS", "The account is being moved", {}, { "retry-after": "120" });
  return new Refused(502, "BAD_GATEWAY", "The request could not be processed");
}

/** Throws what HubSpot says to a token that may not. */
export function requireScope(settings: SettingsOf, scope: string): void {
  if (settings.value.scopes.includes(scope)) return;
  throw new Refused(
    403,
    "MISSING_SCOPES",
    "This app hasn't been granted all required scopes to make this call. Read more about required scopes here",
    {
      errors: [{ message: "One or more of the following scopes are required.", context: { requiredScopes: [scope] } }],
    },
  );
}
