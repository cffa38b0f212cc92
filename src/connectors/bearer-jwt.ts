// A sender that gets its token from the customer's own identity provider (OAuth client credentials): the token is a JWT of the issuer that the connection names, for the
// audience that it names, signed by a key that the issuer publishes. It proves who sends and says nothing about the body.
import type { Setting } from "./define.ts";
import { verifyToken } from "./jwt.ts";
import type { ProofScheme, RejectReason, Verdict } from "./webhook.ts";

/** Clocks of an identity provider and ours; the same as for Bot Framework tokens. */
const SKEW_SECONDS = 300;

export const JWT_SETTINGS: Readonly<Record<"issuer" | "audience" | "keysUrl", Setting>> = {
  issuer: { summary: "OAuth only: the identity provider’s issuer, exactly as its tokens have it in iss" },
  audience: { summary: "OAuth only: what its tokens for us have in aud" },
  keysUrl: { summary: "OAuth only: the https address where it publishes its keys (jwks_uri)" },
};

/** Debezium Server's jwt mode writes a colon behind the word. */
const BEARER = /^bearer:? +(\S+)$/i;

const no = (reason: RejectReason, header?: string): Verdict => ({ ok: false, reason, ...(header ? { header } : {}) });

export const bearerJwt = (keptHeaders: readonly string[] = []): ProofScheme => ({
  kind: "proof",
  keptHeaders,
  verify: async ({ headers }, { settings: { issuer, audience, keysUrl }, published, now }) => {
    if (!issuer || !audience || !keysUrl?.startsWith("https://")) return no("no_secret_configured");
    const value = headers.get("authorization") ?? "";
    if (value === "") return no("missing_header", "authorization");
    if (value.includes(",")) return no("duplicate_header", "authorization");
    const token = BEARER.exec(value)?.[1];
    if (!token) return no("malformed_header", "authorization");
    const verified = await verifyToken(token, {
      issuers: [issuer],
      audience,
      skewSeconds: SKEW_SECONDS,
      now,
      keys: (fresh) => published(keysUrl, fresh),
    });
    return verified.ok ? { ok: true } : no(verified.reason, verified.reason === "malformed_header" ? "authorization" : undefined);
  },
});
