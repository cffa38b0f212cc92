// How Interlock signs in to Salesforce: as an integration user with a certificate (JWT bearer), as the app itself (client credentials), or with a refresh token.
// Salesforce does not say how long a token lasts: the session policy decides, and a 401 tells. It must not use a token of an org that is not the configured one.
import * as z from "zod";
import { constantTimeEqual, hmacSha256, signRs256 } from "../core/crypto.ts";
import { InterlockError } from "../core/errors.ts";
import type { TokenAuth, TokenRequest } from "./auth.ts";
import { formOf, readCredential } from "./credential.ts";
import type { HttpAnswer } from "./define.ts";
import { promised } from "./http.ts";
import type { Verdict } from "./webhook.ts";

const PRODUCTION = "https://login.salesforce.com";
const SANDBOX = "https://test.salesforce.com";
const TOKEN_PATH = "/services/oauth2/token";
const JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/** help.salesforce.com, remoteaccess_oauth_jwt_flow: at most three minutes ahead. */
const ASSERTION_SECONDS = 180;

const part = z.string().min(1);
/** Where tokens are asked for, where it is not the usual place: a My Domain, a stand-in. */
const login = z.url({ protocol: /^https?$/ }).optional();

const SalesforceCredential = z.discriminatedUnion("flow", [
  z.strictObject({
    flow: z.literal("jwt"),
    clientId: part,
    username: part,
    /** PEM. */
    privateKey: part,
    /** Production or sandbox: what the assertion is made out to. */
    audience: z.enum([PRODUCTION, SANDBOX]).default(PRODUCTION),
    login,
  }),
  z.strictObject({ flow: z.literal("client_credentials"), clientId: part, clientSecret: part }),
  z.strictObject({ flow: z.literal("refresh_token"), clientId: part, clientSecret: part.optional(), refreshToken: part, login }),
]);
type SalesforceCredential = z.infer<typeof SalesforceCredential>;

export const salesforceCredentials = [
  `{"flow":"jwt","clientId":"…","username":"integration@example.com","privateKey":"-----BEGIN PRIVATE KEY-----…","audience":"${PRODUCTION}"} (${SANDBOX} for a sandbox)`,
  '{"flow":"client_credentials","clientId":"…","clientSecret":"…"}',
  '{"flow":"refresh_token","clientId":"…","clientSecret":"…","refreshToken":"…"}',
] as const;

const unauthorised = (message: string): InterlockError => new InterlockError("connector.unauthorised", message);

const base64url = (text: string): string =>
  btoa(String.fromCharCode(...new TextEncoder().encode(text)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");

function assertion({ clientId, username, privateKey, audience }: Extract<SalesforceCredential, { flow: "jwt" }>, now: number): string {
  const claims = { iss: clientId, aud: audience, sub: username, exp: Math.floor(now / 1000) + ASSERTION_SECONDS };
  const text = `${base64url('{"alg":"RS256"}')}.${base64url(JSON.stringify(claims))}`;
  try {
    return `${text}.${signRs256(privateKey, text)}`;
  } catch {
    // The library's own words may hold a part of the key.
    throw unauthorised("Salesforce: privateKey in the credential is not an RSA key in PEM (BEGIN PRIVATE KEY or BEGIN RSA PRIVATE KEY)");
  }
}

const form = (fields: Readonly<Record<string, string>>, base: string | undefined): TokenRequest => ({
  method: "POST",
  path: TOKEN_PATH,
  content: formOf(fields),
  ...(base === undefined ? {} : { base }),
});

function requestFor(credential: SalesforceCredential, kept: string | null, now: number): TokenRequest {
  switch (credential.flow) {
    case "jwt":
      return form({ grant_type: JWT_BEARER, assertion: assertion(credential, now) }, credential.login ?? credential.audience);
    case "client_credentials": {
      const { clientId, clientSecret } = credential;
      // Only a My Domain gives tokens in this way.
      return form({ grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret }, undefined);
    }
    case "refresh_token": {
      const { clientId, clientSecret, refreshToken } = credential;
      const secret: Record<string, string> = clientSecret === undefined ? {} : { client_secret: clientSecret };
      return form({ grant_type: "refresh_token", client_id: clientId, ...secret, refresh_token: kept ?? refreshToken }, credential.login);
    }
  }
}

const TokenJson = z.object({ access_token: z.string().min(1), instance_url: z.url(), refresh_token: z.string().min(1).optional() });
const SignedPart = z.object({ id: z.string(), issued_at: z.string(), signature: z.string() });

/** Whether a token's answer was made by whoever shares the consumer secret: base64 of HMAC-SHA-256 over `id` and `issued_at`, which names the org and the user. */
export function verifyTokenSignature(answer: unknown, consumerSecret: string): Verdict {
  if (consumerSecret === "") return { ok: false, reason: "no_secret_configured" };
  const read = SignedPart.safeParse(answer);
  if (!read.success || read.data.signature === "") return { ok: false, reason: "missing_header", header: "signature" };
  const { id, issued_at, signature } = read.data;
  const expected = btoa(String.fromCharCode(...hmacSha256(consumerSecret, [id, issued_at])));
  const bytes = new TextEncoder();
  return constantTimeEqual(bytes.encode(expected), bytes.encode(signature)) ? { ok: true } : { ok: false, reason: "bad_signature" };
}

function readToken(answer: HttpAnswer, credential: SalesforceCredential, baseUrl: string) {
  const { access_token, instance_url, refresh_token } = promised(TokenJson, answer.json, "a token");
  if (
    "clientSecret" in credential &&
    credential.clientSecret !== undefined &&
    !verifyTokenSignature(answer.json, credential.clientSecret).ok
  )
    throw unauthorised("Salesforce: the token's signature is not of this consumer secret: compare clientSecret with the one of the app");
  const [given, configured] = [new URL(instance_url).host, new URL(baseUrl).host];
  if (given !== configured)
    throw unauthorised(
      `Salesforce: the token is for ${instance_url}, and the connection's address is ${baseUrl}: set the address to ${instance_url}`,
    );
  return { value: access_token, expiresAt: null, ...(refresh_token === undefined ? {} : { refresh: refresh_token }) };
}

export function salesforceAuth(secret: string): TokenAuth {
  const credential = readCredential("Salesforce", SalesforceCredential, salesforceCredentials, secret);
  return {
    kind: "token",
    request: ({ kept, now }) => requestFor(credential, kept, now),
    read: (answer, _now, baseUrl) => readToken(answer, credential, baseUrl),
  };
}
