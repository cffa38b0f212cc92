// How Interlock signs in to a shop: with an access token that an admin made, as the shop's own app (client credentials, a day at a time), or with an expiring
// offline token whose refresh token Shopify replaces with each use.
import * as z from "zod";
import { type Auth, header, type TokenRequest } from "./auth.ts";
import { formOf, hasParts, readCredential } from "./credential.ts";
import { promised } from "./http.ts";

const TOKEN_PATH = "/admin/oauth/access_token";
const TOKEN_HEADER = "x-shopify-access-token";

const part = z.string().min(1);
const ShopifyCredential = z.discriminatedUnion("flow", [
  z.strictObject({ flow: z.literal("client_credentials"), clientId: part, clientSecret: part }),
  z.strictObject({ flow: z.literal("refresh_token"), clientId: part, clientSecret: part, refreshToken: part }),
]);
type ShopifyCredential = z.infer<typeof ShopifyCredential>;

export const shopifyCredentials = [
  "shpat_… (an access token that does not expire)",
  '{"flow":"client_credentials","clientId":"…","clientSecret":"…"}',
  '{"flow":"refresh_token","clientId":"…","clientSecret":"…","refreshToken":"…"}',
] as const;

function requestFor(credential: ShopifyCredential, kept: string | null): TokenRequest {
  const app = { client_id: credential.clientId, client_secret: credential.clientSecret };
  const grant: Readonly<Record<string, string>> =
    credential.flow === "client_credentials"
      ? { grant_type: "client_credentials" }
      : { grant_type: "refresh_token", refresh_token: kept ?? credential.refreshToken };
  return { method: "POST", path: TOKEN_PATH, content: formOf({ ...grant, ...app }) };
}

const TokenJson = z.object({ access_token: part, expires_in: z.number().positive().optional(), refresh_token: part.optional() });

export function shopifyAuth(secret: string): Auth {
  if (!hasParts(secret)) return header(TOKEN_HEADER, secret);
  const credential = readCredential("Shopify", ShopifyCredential, shopifyCredentials, secret);
  return {
    kind: "token",
    request: ({ kept }) => requestFor(credential, kept),
    read: ({ json }, now) => {
      const { access_token, expires_in, refresh_token } = promised(TokenJson, json, "a token");
      return {
        value: access_token,
        expiresAt: expires_in === undefined ? null : now + expires_in * 1_000,
        ...(refresh_token === undefined ? {} : { refresh: refresh_token }),
      };
    },
    header: (token) => ({ name: TOKEN_HEADER, value: token }),
  };
}
