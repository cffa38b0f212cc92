// The shop's token endpoint: a day's token for the app itself, an hour's for a refresh token, which is replaced. The one before stays good until the new one is used.
import type { Context } from "hono";
import { API_TOKEN, APP, type Shop } from "./shop.ts";

const DAY_SECONDS = 86_399;
const HOUR_SECONDS = 3_600;
const REFRESH_SECONDS = 7_776_000;

export function isAccepted(shop: Shop, token: string | undefined): boolean {
  if (token === API_TOKEN) return true;
  const issued = token === undefined ? undefined : shop.tokens.get(token);
  return issued !== undefined && issued.endsAt > shop.world.now();
}

export async function giveToken(shop: Shop, c: Context): Promise<Response> {
  const text = await c.req.text();
  const asked: Record<string, unknown> = (c.req.header("content-type") ?? "").includes("json")
    ? (JSON.parse(text) as Record<string, unknown>)
    : Object.fromEntries(new URLSearchParams(text));
  const { client_id, client_secret, grant_type, refresh_token } = asked;
  if (client_id !== APP.clientId || client_secret !== APP.clientSecret)
    return c.json({ error: "application_cannot_be_found", error_description: "The client is not known, or its secret is wrong" }, 400);
  const issue = (seconds: number): string => {
    const value = `shpat_${shop.newId()}`;
    shop.tokens.put(value, { value, endsAt: shop.world.now() + seconds * 1_000 });
    return value;
  };
  const scope = shop.settings.scopes.join(",");
  if (grant_type === "client_credentials") return c.json({ access_token: issue(DAY_SECONDS), scope, expires_in: DAY_SECONDS });
  if (grant_type !== "refresh_token") return c.json({ error: "unsupported_grant_type" }, 400);
  const { refreshTokens } = shop.settings;
  if (typeof refresh_token !== "string" || !refreshTokens.includes(refresh_token))
    return c.json({ error: "invalid_grant", error_description: "The refresh token is not valid any more" }, 400);
  const fresh = `shprt_${shop.newId()}`;
  shop.change({ refreshTokens: [refresh_token, fresh] });
  return c.json({
    access_token: issue(HOUR_SECONDS),
    scope,
    expires_in: HOUR_SECONDS,
    refresh_token: fresh,
    refresh_token_expires_in: REFRESH_SECONDS,
  });
}
