// The door to one connection: its address, its credential in the way its connector declares, and its share of what the account may do. Tokens and the shared budget
// are kept by the connection's object (`account`); here is only what one caller holds of them for a moment.
// It must not keep a token past its time, nor ask for another while the object has one that was not refused.
import { type Failure, InterlockError, type Result } from "../core/errors.ts";
import type { Auth, TokenAuth } from "./auth.ts";
import { type Ask, LEASE_MS, type Lease, type Usage } from "./budget.ts";
import type { Connector, Http, Settings } from "./define.ts";
import { type Authoriser, createHttp, type HttpOptions, type Spending, secretsIn } from "./http.ts";

/** What the connection's object does for all callers. Durable: see durable-objects/connection.ts. */
export interface Account {
  /** The token in use; another one, asked for once for all who wait, where this is the one that was refused. */
  token(refused: string | null): Promise<Result<{ readonly value: string; readonly expiresAt: number | null }>>;
  lease(ask: Ask): Promise<Result<Lease>>;
  /** What answers told, and a pause that the system asked for; `countedAs`: of a budget that is counted apart. */
  note(usage: Usage | null, pauseMs: number, countedAs?: string): Promise<Result<null>>;
}

export interface ConnectOptions {
  readonly connector: Connector;
  readonly baseUrl: string;
  /** Null for a connection without a credential. */
  readonly secret: string | null;
  readonly settings: Settings;
  readonly account: Account;
  readonly now: () => number;
  readonly nonce: () => string;
  readonly fetch?: typeof fetch;
  readonly timeoutMs?: number;
}

/** Throws `connector.unauthorised` for a credential that the connector cannot read. */
export function connect(options: ConnectOptions): Http {
  const { connector, secret, account, now } = options;
  const spending = connector.budget || connector.usage ? spendingOf(connector.title, account, now) : undefined;
  return createHttp({
    ...doorOf(options),
    authorization: secret === null ? null : authoriserOf(connector.auth(secret), options),
    ...(connector.usage ? { usage: connector.usage } : {}),
    ...(spending ? { spending } : {}),
  });
}

/** The door without a credential and without a budget: through it a token is asked for. */
export const doorOf = (options: Omit<ConnectOptions, "account" | "nonce" | "secret">): HttpOptions => ({
  baseUrl: options.baseUrl,
  authorization: null,
  system: options.connector.title,
  settings: options.settings,
  now: options.now,
  ...(options.fetch === undefined ? {} : { fetch: options.fetch }),
  ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
  ...(options.connector.refusal ? { refusal: options.connector.refusal } : {}),
});

function authoriserOf(auth: Auth, { account, now, nonce }: ConnectOptions): string | Authoriser {
  switch (auth.kind) {
    case "header":
      if (auth.name === "authorization") return auth.value;
      return { headers: async () => ({ [auth.name]: auth.value }), renew: async () => false, secrets: () => secretsIn(auth.value) };
    case "signed": {
      // Each call has its own, and several are under way: the last few are what a refusal may quote.
      const sent: string[] = [];
      return {
        headers: async (request) => {
          const signed = await auth.sign(request, { now: now(), nonce: nonce() });
          sent.push(...Object.values(signed).flatMap(secretsIn));
          sent.splice(0, Math.max(0, sent.length - SIGNED_KEPT));
          return signed;
        },
        renew: async () => false,
        secrets: () => sent,
      };
    }
    case "token":
      return tokens(auth, account, now);
  }
}

/** Texts: four to a header, of as many calls as one connection of a partition has under way (six, says the platform), and as many again. */
const SIGNED_KEPT = 48;

/** A token is not used in its last minute: the system's clock is another, and a call takes its time. */
const EARLY_MS = 60_000;

function tokens(auth: TokenAuth, account: Account, now: () => number): Authoriser {
  let held: { readonly value: string; readonly expiresAt: number | null } | null = null;
  const get = async (refused: string | null): Promise<string> => {
    const answer = await account.token(refused);
    if (!answer.ok) throw asThrown(answer.error);
    held = answer.value;
    return held.value;
  };
  return {
    headers: async () => {
      const inTime = held !== null && (held.expiresAt === null || now() < held.expiresAt - EARLY_MS);
      const value = inTime && held ? held.value : await get(null);
      const { name, value: text } = auth.header?.(value) ?? { name: "authorization", value: `Bearer ${value}` };
      return { ...auth.beside, [name]: text };
    },
    renew: async () => {
      const refused = held?.value ?? null;
      return (await get(refused)) !== refused;
    },
    secrets: () => (held ? [held.value] : []),
  };
}

function spendingOf(system: string, account: Account, now: () => number): Spending {
  const held = new Map<string, { units: number; until: number }>();
  const keyOf = (effect: Ask["effect"], countedAs = "") => `${effect} ${countedAs}`;
  const tell = (usage: Usage | null, pauseMs: number, countedAs?: string) =>
    void account.note(usage, pauseMs, ...(countedAs === undefined ? [] : [countedAs])).catch(() => undefined);
  return {
    spend: async (units, effect, countedAs) => {
      const key = keyOf(effect, countedAs);
      const mine = held.get(key);
      if (!mine || now() >= mine.until || mine.units < units) {
        // The object that counts is there to spare the system; without its answer the system says no by itself.
        const answer = await account.lease({ units, effect, ...(countedAs === undefined ? {} : { countedAs }) }).catch(() => null);
        if (!answer?.ok) return;
        const lease = answer.value;
        if (lease.kind === "wait")
          throw new InterlockError("connector.held_back", `${system}: the call was not sent, because ${lease.because}`, {
            retryAfterMs: lease.ms,
          });
        // Another call of this pass may have leased meanwhile.
        const other = held.get(key);
        const rest = other && now() < other.until ? other.units : 0;
        held.set(key, { units: rest + lease.units - units, until: now() + LEASE_MS });
        return;
      }
      mine.units -= units;
    },
    note: (usage) => tell(usage, 0),
    pause: (ms, countedAs) => {
      for (const effect of ["read", "write"] as const) held.delete(keyOf(effect, countedAs));
      tell(null, ms, countedAs);
    },
  };
}

const asThrown = ({ code, message, retryAfterMs }: Failure): InterlockError =>
  new InterlockError(code, message, retryAfterMs === undefined ? {} : { retryAfterMs });
