// The token endpoint: JWT bearer (the assertion's signature is verified with the app's certificate), client credentials, refresh token (which may be replaced with each use).
// There is no expires_in: the session policy ends a session, and a 401 tells.
import { Hono } from "hono";
import { CLIENT_ID, CLIENT_SECRET, ORGANIZATION, USERNAME } from "./directory.ts";
import type { Org } from "./org.ts";

const AUDIENCES = ["https://login.salesforce.com", "https://test.salesforce.com"];
/** An assertion is good for three minutes; the vendor forgives a little more. */
const LONGEST_SECONDS = 300;

type Granted = { readonly user: string; readonly signed: boolean; readonly refresh?: string };
type Refused = { readonly error: string; readonly error_description: string };

const refused = (error: string, error_description: string): Refused => ({ error, error_description });

export function tokenRoutes(org: Org) {
  return new Hono().post("/token", async (c) => {
    const form = new URLSearchParams(await c.req.text());
    const granted = await grant(org, (name) => form.get(name) ?? "");
    if ("error" in granted) return c.json(granted, 400);
    const issued_at = String(org.world.now());
    const id = `https://login.salesforce.com/id/${ORGANIZATION}/${granted.user}`;
    const base = c.req.url.slice(0, c.req.url.indexOf("/services/"));
    return c.json({
      access_token: org.issue(granted.user),
      ...(granted.signed ? { signature: await sign(id + issued_at), issued_at } : {}),
      ...(granted.refresh ? { refresh_token: granted.refresh } : {}),
      scope: "api",
      instance_url: base,
      id,
      token_type: "Bearer",
    });
  });
}

async function grant(org: Org, field: (name: string) => string): Promise<Granted | Refused> {
  const integration = userNamed(org, USERNAME) ?? "";
  switch (field("grant_type")) {
    case "urn:ietf:params:oauth:grant-type:jwt-bearer":
      return asserted(org, field("assertion"));
    case "client_credentials":
      return isClient(field) ? { user: integration, signed: true } : refused("invalid_client", "invalid client credentials");
    case "refresh_token": {
      if (!isClient(field)) return refused("invalid_client", "invalid client credentials");
      const { refreshToken, rotates } = org.settings;
      if (field("refresh_token") !== refreshToken) return refused("invalid_grant", "expired access/refresh token");
      if (!rotates) return { user: integration, signed: true };
      const refresh = `${refreshToken}+`;
      org.set({ refreshToken: refresh });
      return { user: integration, signed: true, refresh };
    }
    default:
      return refused("unsupported_grant_type", "grant type not supported");
  }
}

const isClient = (field: (name: string) => string): boolean => field("client_id") === CLIENT_ID && field("client_secret") === CLIENT_SECRET;

const userNamed = (org: Org, username: unknown): string | null =>
  org
    .table("User")
    .all()
    .find((user) => user.Username === username && user.IsActive === true)?.Id ?? null;

async function asserted(org: Org, assertion: string): Promise<Granted | Refused> {
  const [head = "", body = "", signature = "", ...more] = assertion.split(".");
  const header = decoded(head);
  const claims = decoded(body);
  const { certificate } = org.settings;
  if (more.length > 0 || header?.alg !== "RS256" || !claims || certificate === null) return refused("invalid_grant", "invalid assertion");
  if (!(await verifies(certificate, `${head}.${body}`, signature))) return refused("invalid_grant", "invalid assertion");
  if (claims.iss !== CLIENT_ID) return refused("invalid_client_id", "client identifier invalid");
  if (!AUDIENCES.includes(String(claims.aud))) return refused("invalid_grant", "audience is invalid");
  const now = org.world.now() / 1000;
  if (typeof claims.exp !== "number" || claims.exp <= now || claims.exp > now + LONGEST_SECONDS)
    return refused("invalid_grant", "expired authorization code");
  const user = userNamed(org, claims.sub);
  return user ? { user, signed: false } : refused("invalid_grant", "user hasn't approved this consumer");
}

function decoded(part: string): Record<string, unknown> | null {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString()) as Record<string, unknown>;
  } catch {
    return null;
  }
}

async function verifies(pem: string, text: string, signature: string): Promise<boolean> {
  const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ""), "base64");
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("spki", der, algorithm, false, ["verify"]);
  return crypto.subtle.verify(algorithm, key, Buffer.from(signature, "base64url"), new TextEncoder().encode(text));
}

async function sign(text: string): Promise<string> {
  const bytes = new TextEncoder();
  const key = await crypto.subtle.importKey("raw", bytes.encode(CLIENT_SECRET), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return Buffer.from(await crypto.subtle.sign("HMAC", key, bytes.encode(text))).toString("base64");
}
