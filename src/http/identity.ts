// Who is asking? One port: `identify`. In production the answer is Cloudflare Access's signed assertion and nothing else: no cookie, no header that a client
// could write. It says who, and never what they may: grants are in D1 (src/operations/grants.ts).
// Sequence: Access, if it is configured -> else the development identity, if this is a development deployment -> else refuse, saying what is missing.
import { createRemoteJWKSet, customFetch, type JWTPayload, jwtVerify } from "jose";
import { outboundFetch } from "../connectors/http.ts";
import { type Failure, fail, failureOf } from "../core/errors.ts";
import type { Identity } from "../core/principal.ts";
import { bindingOf } from "../deployment.ts";

export type Identified = { readonly ok: true; readonly identity: Identity } | { readonly ok: false; readonly failure: Failure };

export async function identify(request: Request, env: Env): Promise<Identified> {
  // A variable that a wrangler environment forgot to repeat is undefined, and jose would then skip that check: absent counts as empty.
  const team = bindingOf(env, "ACCESS_TEAM_DOMAIN");
  const audience = bindingOf(env, "ACCESS_AUD");
  if (!team && env.ENVIRONMENT === "development") return developer(bindingOf(env, "DEV_IDENTITY") ?? "");
  if (!team || !audience) {
    const missing = [!team && "ACCESS_TEAM_DOMAIN", !audience && "ACCESS_AUD"].filter(Boolean).join(" and ");
    return refuse(
      "access.not_configured",
      `The console trusts Cloudflare Access only, and ${missing} ${team || audience ? "is" : "are"} not set: put an Access application in front of this Worker, then set both in wrangler.toml`,
    );
  }
  const issuer = issuerOf(team);
  if (!issuer) return refuse("access.not_configured", "ACCESS_TEAM_DOMAIN must be your team's name or https://<team>.cloudflareaccess.com");
  const assertion = request.headers.get("cf-access-jwt-assertion");
  if (!assertion)
    return refuse("access.denied", "The request carries no assertion of Cloudflare Access: open the console at its Access address");
  try {
    const { payload } = await jwtVerify(assertion, keysOf(issuer), {
      issuer,
      audience,
      // Named, so that a token can choose neither "none" nor an HMAC keyed with the public key.
      algorithms: ["RS256"],
      requiredClaims: ["exp"],
    });
    return identityOf(payload);
  } catch (thrown) {
    // Which check failed is for our log; a forger learns nothing from the answer.
    console.warn(JSON.stringify({ message: "assertion refused", error: failureOf(thrown).message }));
    return refuse("access.denied", "The assertion of Cloudflare Access could not be verified: sign in again");
  }
}

/** A person has an e-mail address; a service token has its client id as common_name instead. */
function identityOf({ email, common_name: tokenName }: JWTPayload): Identified {
  if (typeof email === "string" && email !== "") {
    const id = email.toLowerCase();
    return { ok: true, identity: { kind: "person", id, name: id } };
  }
  if (typeof tokenName === "string" && tokenName !== "") {
    return { ok: true, identity: { kind: "token", id: tokenName, name: tokenName } };
  }
  return refuse("access.denied", "The assertion of Cloudflare Access names neither a person nor a service token");
}

/** "Ada Reviewer <ada@example.com>" */
function developer(named: string): Identified {
  const [, name, address] = /^\s*([^<>]*?)\s*<([^<>\s]+@[^<>\s]+)>\s*$/.exec(named) ?? [];
  if (!address) {
    return refuse(
      "access.not_configured",
      "This development deployment has no identity: set DEV_IDENTITY to a name and address such as Ada Reviewer <ada@example.com>, or set ACCESS_TEAM_DOMAIN and ACCESS_AUD",
    );
  }
  const id = address.toLowerCase();
  return { ok: true, identity: { kind: "person", id, name: name || id } };
}

function issuerOf(configured: string): string | null {
  const team = /^(?:https:\/\/)?([a-z0-9-]+)(?:\.cloudflareaccess\.com)?\/?$/i.exec(configured)?.[1];
  return team ? `https://${team.toLowerCase()}.cloudflareaccess.com` : null;
}

/** One set of keys per isolate: jose keeps them for ten minutes and asks again, at most every 30 s, for a key that it does not know. */
const keySets = new Map<string, ReturnType<typeof createRemoteJWKSet>>();

function keysOf(issuer: string): ReturnType<typeof createRemoteJWKSet> {
  let keys = keySets.get(issuer);
  if (!keys) {
    keys = createRemoteJWKSet(new URL(`${issuer}/cdn-cgi/access/certs`), { [customFetch]: outboundFetch });
    keySets.set(issuer, keys);
  }
  return keys;
}

const refuse = (code: "access.denied" | "access.not_configured", message: string): Identified => ({
  ok: false,
  failure: fail(code, message).error,
});
