// Zendesk's credentials: an API token with its user's address, an access token that stays as it is, and an OAuth client's refresh token, for which access tokens are asked.
// Each refresh voids the token before it and gives another, so what came last is what counts: the connection's object keeps it, sealed.
import * as z from "zod";
import { type Auth, basic, bearer, type TokenAuth } from "./auth.ts";
import { hasParts, readCredential } from "./credential.ts";
import { promised } from "./http.ts";

const OAuthSecret = z.strictObject({
  flow: z.literal("refresh_token"),
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
  refreshToken: z.string().min(1),
});
type OAuthSecret = z.infer<typeof OAuthSecret>;

export const zendeskCredentials = [
  "agent@example.com/token:API-TOKEN",
  "an OAuth access token",
  '{"flow":"refresh_token","clientId":"…","clientSecret":"…","refreshToken":"…"}: an OAuth client whose access tokens expire',
] as const;

/** "e-mail/token:api token" is Zendesk's Basic form (https://developer.zendesk.com/api-reference/introduction/security-and-auth/). */
export function zendeskAuth(secret: string): Auth {
  if (hasParts(secret)) return oauth(readCredential("Zendesk", OAuthSecret, zendeskCredentials, secret));
  const colon = secret.indexOf("/token:");
  return colon < 0 ? bearer(secret) : basic(secret.slice(0, colon + 6), secret.slice(colon + 7));
}

/** Seconds. docs: the longest lives that may be asked for, two days and 90 days. */
const ACCESS_S = 172_800;
const REFRESH_S = 7_776_000;

const TokenAnswer = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1),
  expires_in: z.number().positive().nullish(),
});

function oauth({ clientId, clientSecret, refreshToken }: OAuthSecret): TokenAuth {
  return {
    kind: "token",
    request: ({ kept }) => ({
      method: "POST",
      path: "/oauth/tokens",
      body: {
        grant_type: "refresh_token",
        refresh_token: kept ?? refreshToken,
        client_id: clientId,
        client_secret: clientSecret,
        expires_in: ACCESS_S,
        refresh_token_expires_in: REFRESH_S,
      },
    }),
    read: ({ json }, now) => {
      const { access_token, refresh_token, expires_in } = promised(TokenAnswer, json, "a token of Zendesk");
      return { value: access_token, expiresAt: expires_in ? now + expires_in * 1_000 : null, refresh: refresh_token };
    },
  };
}
