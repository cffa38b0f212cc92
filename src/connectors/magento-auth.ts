// How Interlock signs in to a shop: an integration's OAuth 1.0a keys (each request signed), an integration's access token as a bearer where the shop allows that,
// an admin user's name and password (a token of four hours), or, for Commerce as a Cloud Service, Adobe's own sign-in (IMS) as a technical account.
import * as z from "zod";
import { type Auth, bearer } from "./auth.ts";
import { formOf, hasParts, readCredential } from "./credential.ts";
import { promised } from "./http.ts";
import { oauth1Header } from "./oauth1.ts";

const IMS = "https://ims-na1.adobelogin.com";
const IMS_PATH = "/ims/token/v3";
/** The scopes that Adobe's console shows for a server-to-server credential with the Commerce API. */
const IMS_SCOPES = "openid,AdobeID,email,profile,additional_info.roles,additional_info.projectedProductContext,commerce.accs";

/** Stores > Configuration > Services > OAuth > Admin Token Lifetime: four hours unless set otherwise. A shorter one shows in a 401, and another token is asked for. */
const ADMIN_TOKEN_MS = 4 * 60 * 60_000;

const part = z.string().min(1);
const MagentoCredential = z.discriminatedUnion("flow", [
  z.strictObject({ flow: z.literal("oauth1"), consumerKey: part, consumerSecret: part, token: part, tokenSecret: part }),
  z.strictObject({ flow: z.literal("admin"), username: part, password: part }),
  z.strictObject({
    flow: z.literal("ims"),
    clientId: part,
    clientSecret: part,
    organisation: part.describe("IMS organisation, such as 1234@AdobeOrg"),
    scopes: part.optional(),
    /** Where Adobe signs this organisation in, where that is another host. */
    address: z.url().optional(),
  }),
]);

export const magentoCredentials = [
  '{"flow":"oauth1","consumerKey":"…","consumerSecret":"…","token":"…","tokenSecret":"…"} (System > Integrations)',
  "an integration's access token, where the shop allows it as a bearer token",
  '{"flow":"admin","username":"…","password":"…"} (an admin user without a second factor)',
  '{"flow":"ims","clientId":"…","clientSecret":"…","organisation":"…@AdobeOrg"} (Commerce as a Cloud Service)',
] as const;

const AdminToken = z.string().min(1);
const ImsToken = z.object({ access_token: part, expires_in: z.number().positive().optional() });

export function magentoAuth(secret: string): Auth {
  if (!hasParts(secret)) return bearer(secret);
  const credential = readCredential("Magento", MagentoCredential, magentoCredentials, secret);
  switch (credential.flow) {
    case "oauth1":
      return {
        kind: "signed",
        sign: (request, stamp) => ({ authorization: oauth1Header(request, credential, stamp, { method: "HMAC-SHA256" }) }),
      };
    case "admin": {
      const { username, password } = credential;
      return {
        kind: "token",
        request: () => ({ method: "POST", path: "/V1/integration/admin/token", body: { username, password } }),
        read: ({ json }, now) => ({ value: promised(AdminToken, json, "a token"), expiresAt: now + ADMIN_TOKEN_MS }),
      };
    }
    case "ims": {
      const { clientId, clientSecret, organisation, scopes = IMS_SCOPES, address = IMS } = credential;
      const form = { grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret, scope: scopes };
      return {
        kind: "token",
        request: () => ({
          method: "POST",
          base: address,
          path: IMS_PATH,
          content: formOf(form),
        }),
        read: ({ json }, now) => {
          const { access_token, expires_in } = promised(ImsToken, json, "a token");
          return { value: access_token, expiresAt: expires_in === undefined ? null : now + expires_in * 1_000 };
        },
        beside: { "x-api-key": clientId, "x-gw-ims-org-id": organisation },
      };
    }
  }
}
