// A JSON web token (RFC 7519) that a system signs its deliveries with: RS256 and nothing else, by a key that the system publishes. The token's own header chooses among
// the published keys and never brings one. It must not fetch by itself and reads no clock: keys and time are given.
// Sequence: three parts; the algorithm; the key, asked for anew once where it is not known yet; the signature; issuer, audience, time.
import * as z from "zod";
import { verifiesRs256 } from "../core/rsa.ts";
import type { RejectReason } from "./webhook.ts";

export interface TokenDemands {
  readonly issuers: readonly string[];
  readonly audience: string;
  /** Both ways. */
  readonly skewSeconds: number;
  /** Epoch milliseconds. */
  readonly now: number;
  /** The JWKS as text; `fresh` asks for it anew. Null where it cannot be had. */
  readonly keys: (fresh: boolean) => Promise<string | null>;
}

export type VerifiedToken =
  | { readonly ok: true; readonly claims: Readonly<Record<string, unknown>>; readonly key: PublishedKey }
  | { readonly ok: false; readonly reason: RejectReason };

const PublishedKey = z.object({
  kty: z.literal("RSA"),
  kid: z.string(),
  n: z.string(),
  e: z.string(),
  use: z.literal("sig").optional(),
  /** Microsoft's own: the channels that this key may speak for. */
  endorsements: z.array(z.string()).default([]),
});
type PublishedKey = z.infer<typeof PublishedKey>;

/** A key of another kind is none that we could use, and no reason to do without the others. */
const PublishedKeys = z
  .object({ keys: z.array(z.unknown()) })
  .transform(({ keys }) => keys.map((key) => PublishedKey.safeParse(key).data).filter((key) => key !== undefined));

const JoseHeader = z.object({ alg: z.unknown(), kid: z.unknown().optional(), crit: z.undefined().optional() });
const Claims = z.record(z.string(), z.unknown());

const no = (reason: RejectReason): VerifiedToken => ({ ok: false, reason });

export async function verifyToken(token: string, demands: TokenDemands): Promise<VerifiedToken> {
  const parts = token.split(".");
  const [head = "", body = "", signature = ""] = parts;
  const header = JoseHeader.safeParse(decoded(head));
  const claims = Claims.safeParse(decoded(body));
  if (parts.length !== 3 || !header.success || !claims.success || !/^[A-Za-z0-9_-]*$/.test(signature)) return no("malformed_header");
  if (header.data.alg !== "RS256") return no("bad_alg");
  const key = (await keyOf(header.data.kid, demands, false)) ?? (await keyOf(header.data.kid, demands, true));
  if (!key) return no("unknown_key");
  if (!(await verifiesRs256(key, `${head}.${body}`, Buffer.from(signature, "base64url")))) return no("bad_signature");
  const wrong = wrongClaim(claims.data, demands);
  return wrong ? no(wrong) : { ok: true, claims: claims.data, key };
}

async function keyOf(kid: unknown, { keys }: TokenDemands, fresh: boolean): Promise<PublishedKey | null> {
  const published = PublishedKeys.safeParse(jsonOf((await keys(fresh)) ?? ""));
  return published.data?.find((key) => key.kid === kid) ?? null;
}

function wrongClaim(claims: Readonly<Record<string, unknown>>, { issuers, audience, skewSeconds, now }: TokenDemands): RejectReason | null {
  const { iss, aud, exp, nbf } = claims;
  if (!issuers.some((issuer) => issuer === iss)) return "bad_issuer";
  if (!(Array.isArray(aud) ? aud : [aud]).includes(audience)) return "bad_audience";
  const seconds = now / 1_000;
  if (typeof exp !== "number" || seconds > exp + skewSeconds) return "expired";
  if (nbf !== undefined && !(typeof nbf === "number" && seconds >= nbf - skewSeconds)) return "not_yet_valid";
  return null;
}

const decoded = (part: string): unknown => (/^[A-Za-z0-9_-]+$/.test(part) ? jsonOf(Buffer.from(part, "base64url").toString("utf8")) : null);

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
