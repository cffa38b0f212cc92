// HubSpot's two credentials: the token of a private app, which stays as it is, and an OAuth app's refresh token, for which an access token of half an hour is asked.
import * as z from "zod";
import { InterlockError } from "../core/errors.ts";
import { type Auth, bearer, type TokenAuth } from "./auth.ts";
import { promised } from "./http.ts";

const OAuthSecret = z.strictObject({
  kind: z.literal("oauth"),
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
  '{"kind":"oauth","clientId":"…","clientSecret":"…","refreshToken":"…"}: an OAuth app, installed in the account',
] as const;

export function hubspotAuth(secret: string): Auth {
  const text = secret.trim();
  if (text.startsWith("{")) return oauth(readOAuth(text));
  if (text === "") throw unusable("it is empty");
  return bearer(text);
}

const unusable = (why: string): InterlockError =>
  new InterlockError("connector.unauthorised", `HubSpot: the credential cannot be used: ${why}. It is ${hubspotCredentials.join(", or ")}`);

function readOAuth(text: string): OAuthSecret {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw unusable("it begins with { and is not JSON");
  }
  const read = OAuthSecret.safeParse(json);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  // Never the value: the issue's text names the part and what is wrong with it.
  throw unusable(`${issue?.path.join(".") || "the object"}: ${issue?.message}`);
}

/** v1 of the endpoint ends on 2027-02-16; v3 takes the parameters in the body. */
function oauth({ clientId, clientSecret, refreshToken }: OAuthSecret): TokenAuth {
  return {
    kind: "token",
    request: ({ kept }) => ({
      method: "POST",
      path: "/oauth/v3/token",
      content: {
        type: "application/x-www-form-urlencoded",
        text: new URLSearchParams({
          grant_type: "refresh_token",
          client_id: clientId,
          client_secret: clientSecret,
          refresh_token: kept ?? refreshToken,
        }).toString(),
      },
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
