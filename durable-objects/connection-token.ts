// The token of one connection: asked for once for all who wait, kept sealed, and replaced when its time is over or a caller was refused with it.
// A refresh token that an answer replaced is durable before its token is handed out: the old one may be void already. Nothing is kept unsealed.
import type { Token, TokenAuth } from "../src/connectors/auth.ts";
import { type ConnectOptions, doorOf } from "../src/connectors/connect.ts";
import { createHttp } from "../src/connectors/http.ts";
import { seal, sha256Hex, unseal } from "../src/core/crypto.ts";
import { failureOf, InterlockError } from "../src/core/errors.ts";

/** Milliseconds before its end from which a token is not handed out any more, as src/connectors/connect.ts does not use it. */
const EARLY_MS = 60_000;

export class ConnectionToken {
  readonly #sql: SqlStorage;
  readonly #sealKey: string | null;
  #held: (Token & { readonly credential: string }) | null = null;
  #asking: Promise<Token> | null = null;

  constructor(sql: SqlStorage, sealKey: string | null) {
    this.#sql = sql;
    this.#sealKey = sealKey;
  }

  async get(options: Omit<ConnectOptions, "account">, refused: string | null): Promise<{ value: string; expiresAt: number | null }> {
    const { connector, secret, now } = options;
    const auth = secret === null ? null : connector.auth(secret);
    if (secret === null || auth?.kind !== "token")
      throw new InterlockError("connector.unauthorised", `${connector.title}: this credential is no token that expires`);
    // A credential that was set anew makes what was got with the old one worthless.
    const credential = sha256Hex(secret);
    const held = this.#heldFor(credential);
    const inTime = held && (held.expiresAt === null || now() < held.expiresAt - EARLY_MS);
    if (held && inTime && held.value !== refused) return { value: held.value, expiresAt: held.expiresAt };
    this.#asking ??= this.#ask(auth, credential, held?.refresh ?? null, options).finally(() => {
      this.#asking = null;
    });
    const { value, expiresAt } = await this.#asking;
    return { value, expiresAt };
  }

  async #ask(auth: TokenAuth, credential: string, kept: string | null, options: Omit<ConnectOptions, "account">): Promise<Token> {
    let token: Token;
    try {
      token = await exchange(auth, kept, options);
    } catch (thrown) {
      // The kept refresh token may have ended while the credential's own was renewed by hand.
      if (kept === null || failureOf(thrown).code !== "connector.unauthorised") throw thrown;
      token = await exchange(auth, null, options);
    }
    const held = { ...token, refresh: token.refresh ?? kept ?? undefined, credential } as Token & { credential: string };
    this.#keep(held, token.refresh !== undefined && token.refresh !== kept, options.connector.title);
    this.#held = held;
    return token;
  }

  #keep(held: Token & { credential: string }, rotated: boolean, system: string): void {
    if (this.#sealKey === null) {
      if (!rotated) return;
      throw new InterlockError(
        "connector.unauthorised",
        `${system} replaces its refresh token with each use, and the new one can only be kept sealed: set the secret CONNECTION_SEAL_KEY (wrangler secret put CONNECTION_SEAL_KEY)`,
      );
    }
    this.#sql.exec(
      "insert into token (one, sealed) values (1, ?) on conflict (one) do update set sealed = excluded.sealed",
      seal(this.#sealKey, "token", JSON.stringify(held)),
    );
  }

  #heldFor(credential: string): Token | null {
    this.#held ??= this.#read();
    return this.#held?.credential === credential ? this.#held : null;
  }

  #read(): (Token & { credential: string }) | null {
    const [row] = this.#sql.exec<{ sealed: string }>("select sealed from token").toArray();
    const text = row && this.#sealKey !== null ? unseal(this.#sealKey, "token", row.sealed) : null;
    return text ? (JSON.parse(text) as Token & { credential: string }) : null;
  }
}

async function exchange(auth: TokenAuth, kept: string | null, options: Omit<ConnectOptions, "account">): Promise<Token> {
  const { connector, now, nonce } = options;
  const { base, ...request } = auth.request({ kept, now: now(), nonce: nonce() });
  const { refusal: _, ...door } = doorOf(options);
  try {
    return auth.read(await createHttp({ ...door, baseUrl: base ?? door.baseUrl }).send(request), now(), door.baseUrl);
  } catch (thrown) {
    const { code, message, retryAfterMs } = failureOf(thrown);
    // RFC 6749, 5.2: a token endpoint says 400 to a credential that is wrong.
    if (code !== "connector.rejected" && code !== "connector.unauthorised" && code !== "connector.not_found") throw thrown;
    throw new InterlockError(
      "connector.unauthorised",
      `${connector.title} gave no token: ${message}`,
      retryAfterMs === undefined ? {} : { retryAfterMs },
    );
  }
}
