// The token endpoint of an OAuth app: a refresh token against an access token of half an hour. The refresh token stays, unless a test makes it change.
import { Hono } from "hono";
import type { StandInWorld } from "../stand-in.ts";
import { OAUTH_APP, PORTAL_ID } from "./account.ts";
import { Refused } from "./answer.ts";
import type { IssuedToken } from "./door.ts";
import type { SettingsOf } from "./settings.ts";

const LIFETIME_S = 1_800;

export function oauthRoutes(world: StandInWorld, settings: SettingsOf): Hono {
  const tokens = world.table<IssuedToken>("tokens");
  return new Hono().post("/oauth/v3/token", async (c) => {
    const form = new URLSearchParams(await c.req.text());
    if (form.get("grant_type") !== "refresh_token")
      throw new Refused(400, "VALIDATION_ERROR", "unsupported grant_type", { error: "unsupported_grant_type" });
    if (form.get("client_id") !== OAUTH_APP.clientId || form.get("client_secret") !== OAUTH_APP.clientSecret)
      throw new Refused(400, "BAD_CLIENT_ID", "missing or unknown client id", { error: "invalid_client" });
    if (form.get("refresh_token") !== OAUTH_APP.refreshToken)
      throw new Refused(400, "BAD_REFRESH_TOKEN", "missing or invalid refresh token", { error: "invalid_grant" });
    const value = `sandbox-access-${tokens.all().length + 1}`;
    tokens.put(value, { value, expiresAt: world.now() + LIFETIME_S * 1_000 });
    return c.json({
      token_type: "bearer",
      access_token: value,
      refresh_token: OAUTH_APP.refreshToken,
      expires_in: LIFETIME_S,
      hub_id: PORTAL_ID,
      scopes: settings.value.scopes,
    });
  });
}
