// HubSpot's two credentials: the token of a private app, which stays as it is, and an OAuth app's refresh token, for which an access token of half an hour is asked.
import * as z from "zod";
import { type Auth, bearer, type TokenAuth } from "./auth.ts";
import { formOf, hasParts, readCredential } from "./credential.ts";
import { promised } from "./http.ts";

const OAuthSecret = z.strictObject({
  flow: z.literal("refresh_token"),
  clientId: z.string().min(1),
  clientSecret: z.string().min(1),
  refreshToken: z.string().min(1),
});
type OAuthSecret = z.infer<typeof OAuthSecret>;

const TokenAnswer = z.object({
  access_token: z.string().min(1),
  expires_in: z.number().positive(),
  refresh_token: z.string().min(1).optional(),
});

export const hubspotCredentials = [
  "pat-eu1-…: the access token of a private (or static-token) app",
  '{"flow":"refresh_token","clientId":"…","clientSecret":"…","refreshToken":"…"}: an OAuth app, installed in the account',
] as const;

export function hubspotAuth(secret: string): Auth {
  const text = secret.trim();
  return text === "" || hasParts(text) ? oauth(readCredential("HubSpot", OAuthSecret, hubspotCredentials, text)) : bearer(text);
}

/** v1 of the endpoint ends on 2027-02-16; v3 takes the parameters in the body. */
function oauth({ clientId, clientSecret, refreshToken }: OAuthSecret): TokenAuth {
  return {
    kind: "token",
    request: ({ kept }) => ({
      method: "POST",
      path: "/oauth/v3/token",
      content: formOf({
        grant_type: "refresh_token",
        client_id: clientId,
        client_secret: clientSecret,
        refresh_token: kept ?? refreshToken,
      }),
    }),
    read: ({ json }, now) => {
      const { access_token, expires_in, refresh_token } = promised(TokenAnswer, json, "a token of HubSpot");
      return {
        value: access_token,
        expiresAt: now + expires_in * 1_000,
        // HubSpot repeats the one it was given; only another one has to be kept.
        ...(refresh_token === undefined || refresh_token === refreshToken ? {} : { refresh: refresh_token }),
      };
    },
  };
}
